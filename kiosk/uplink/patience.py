"""Connections that hang up by themselves: a socket's timeout bounds each single read, so that a peer which drips one byte of
a handshake or of a header every few seconds would hold the courier for days. Bodies are bounded in exchange.py."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

FACTOR = 1.25  # a whole handshake, or a whole head of an answer, may take so many times what a single read may


class _Patient(HTTPConnection):
    """``timeout`` is what urllib3 sets: the connecting one while connecting, the reading one while an answer is awaited."""

    _twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        link = super()._new_conn()
        self._twin = link.dup()  # TLS takes the socket itself away
        return link

    def connect(self) -> None:
        with self._limit():
            super().connect()

    def getresponse(self) -> Any:
        with self._limit():
            return super().getresponse()

    def close(self) -> None:
        super().close()
        if self._twin is not None:
            self._twin.close()
            self._twin = None

    @contextmanager
    def _limit(self) -> Iterator[None]:
        """Raises TimeoutError."""
        over = threading.Event()

        def hang_up() -> None:
            over.set()
            if self._twin is not None:
                with suppress(OSError):
                    self._twin.shutdown(socket.SHUT_RDWR)

        seconds = self.timeout if isinstance(self.timeout, int | float) else 60.0
        timer = threading.Timer(seconds * FACTOR, hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            if not over.is_set():
                raise
        finally:
            timer.cancel()
        if over.is_set():  # a head that breaks off reads like a whole one
            raise TimeoutError


class _PatientTLS(_Patient, HTTPSConnection):
    """The same, with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Patient


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _PatientTLS


class PatientAdapter(HTTPAdapter):
    """For a ``requests.Session``."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}
