"""No window: the pages are served and a browser on this machine shows them (tests, machines without a display)."""

from threading import Event


class HeadlessShell:
    """Waits until closed."""

    def __init__(self) -> None:
        self._closed = Event()

    def run(self) -> None:
        self._closed.wait()

    def renew(self) -> None:
        """Nothing to forget: there is no web process of ours."""

    def close(self) -> None:
        self._closed.set()
