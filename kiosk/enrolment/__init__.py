"""How a kiosk becomes one of a centre's, gets a new key, and leaves; see docs/decisions/0014."""

from kiosk.enrolment.configuring import EnrolmentError, configure, settings_text

__all__ = ["EnrolmentError", "configure", "settings_text"]
