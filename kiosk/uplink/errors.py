"""What can go wrong on the line, by who must act. Anything else is a bug: it crashes, systemd restarts, the lease runs out."""


class UplinkError(Exception):
    """``code`` is stable; never the text of an answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreachable(UplinkError):  # noqa: N818 - the three read as answers
    """Nobody must act: no line, a captive portal, a proxy's page. Try later."""


class Busy(UplinkError):  # noqa: N818
    """The centre asks to wait. ``retry_after`` seconds, None when it did not say."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class Refused(UplinkError):  # noqa: N818
    """A person must look: the centre understood and said no."""


class Forged(UplinkError):  # noqa: N818
    """A person must look: somebody answered in the centre's place, or the centre's key is not the one we were given."""
