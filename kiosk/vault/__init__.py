"""Sealed packets on disk; see ``Vault``."""

from kiosk.vault.growing import GrowingVault
from kiosk.vault.second import SecondCopy, on_other_disk
from kiosk.vault.vault import Vault, VaultError

__all__ = ["GrowingVault", "SecondCopy", "Vault", "VaultError", "on_other_disk"]
