"""The uplink: see ``Courier``."""
