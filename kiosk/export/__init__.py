"""The side exit: sealed packets leave on a USB stick, receipts come back on it or by the line; whichever is first counts."""

from kiosk.export.errors import StickError
from kiosk.export.receipts import Taken, take_receipts
from kiosk.export.writing import Exported, export

__all__ = ["Exported", "StickError", "Taken", "export", "take_receipts"]
