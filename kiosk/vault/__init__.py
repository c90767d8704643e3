"""Sealed packets on disk; see ``Vault``."""

from kiosk.vault.vault import Vault, VaultError

__all__ = ["Vault", "VaultError"]
