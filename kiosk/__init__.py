"""The appliance in the village."""

__version__ = "0.1.0"
