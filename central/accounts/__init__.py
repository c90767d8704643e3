"""Officers' accounts."""

from central.accounts.passwords import (
    AccountError,
    Login,
    Officer,
    create_account,
    create_default_accounts,
    disable,
    find_officer,
    log_in,
)

__all__ = [
    "AccountError",
    "Login",
    "Officer",
    "create_account",
    "create_default_accounts",
    "disable",
    "find_officer",
    "log_in",
]
