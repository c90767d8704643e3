"""Who may see the pages: only the kiosk's own window. A one-time key in its first address becomes a cookie."""

import hmac
import secrets
from threading import Lock

COOKIE = "kios"


class Entry:
    """``fresh`` makes the next address's key; using it gives the cookie's value and ends every earlier cookie."""

    def __init__(self, *, reusable: bool = False) -> None:
        self._reusable = reusable  # a machine without a window: people open the address by hand, perhaps twice
        self._key = self._cookie = ""
        self._lock = Lock()

    def fresh(self) -> str:
        with self._lock:
            if not (self._reusable and self._key):
                self._key = secrets.token_urlsafe(24)
            return self._key

    def redeem(self, key: str) -> str | None:
        """The cookie for a right key; None otherwise. The key is spent."""
        with self._lock:
            if not self._key or not hmac.compare_digest(key, self._key):
                return None
            if not self._reusable:
                self._key = ""
            if not (self._reusable and self._cookie):
                self._cookie = secrets.token_urlsafe(24)
            return self._cookie

    def admits(self, cookie: str | None) -> bool:
        return bool(self._cookie) and hmac.compare_digest(cookie or "", self._cookie)
