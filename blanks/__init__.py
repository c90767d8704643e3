"""Official forms, filled: the kiosk prints them on A4, people sign them by hand and lay them under the camera again."""

from blanks.filling import FORMS, FormError, filled

__all__ = ["FORMS", "FormError", "filled"]
