"""Logs are events, one line each, masked: nothing personal leaves by the log, whoever wrote the line."""

import logging

from adminduk.masking import mask_text


class Masking(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), ()
        return True


class EventFormatter(logging.Formatter):
    """Tracebacks are masked too."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the library's name
        return mask_text(super().formatException(ei))  # type: ignore[arg-type]  # the library's own tuple


def set_up_logging() -> None:
    """To standard error, which systemd keeps; waitress and urllib3 only when something is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(Masking())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("waitress", "urllib3", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)
