"""The centre's web application: the wire for kiosks, the desk for officers."""

import logging

from flask import Flask

from adminduk.masking import mask_text
from central.context import Context, open_context
from central.intake import wire
from central.settings import Settings


class MaskingFormatter(logging.Formatter):
    """Nothing personal leaves by the log, whoever wrote the line; a traceback is masked with it."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_text(super().format(record))


def set_up_logging() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def create_app(context: Context) -> Flask:
    """Everything joined; nothing is opened or started here."""
    from central import desk

    app = Flask("central")
    app.config["SECRET_KEY"] = context.keys.session
    wire.register(app, context)
    desk.register(app, context)
    return app


def serve_app(settings: Settings) -> Flask:
    """For gunicorn: open the context in the worker process."""
    set_up_logging()
    return create_app(open_context(settings))
