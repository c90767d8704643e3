"""Signed content from the centre, by the line or by a stick: fetched, verified, staged, tried, and sent back when it fails.

``round`` and ``trust`` load the TUF library: only who fetches imports them.
"""

from kiosk.updates.errors import UpdateError
from kiosk.updates.shelf import Shelf
from kiosk.updates.starting import Running, begin

__all__ = ["Running", "Shelf", "UpdateError", "begin"]
