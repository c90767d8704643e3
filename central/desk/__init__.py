"""The officers' desk; see ``register``."""

from central.desk.pages import register

__all__ = ["register"]
