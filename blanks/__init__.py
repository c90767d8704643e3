"""Official forms, filled: the kiosk prints them on A4, people sign them by hand and lay them under the camera again.

Also the villagers' poster, which hangs beside the kiosk.
"""

from blanks.filling import FORMS, FormError, filled
from blanks.poster import parse_words, pictures_in, poster

__all__ = ["FORMS", "FormError", "filled", "parse_words", "pictures_in", "poster"]
