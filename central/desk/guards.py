"""Who may see a page, and whether a form is of our own page."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, g, redirect, url_for

from adminduk.application import Role

View = Callable[..., Any]


def only(*roles: Role) -> Callable[[View], View]:
    """Strangers go to the login, officers of other roles are told no. Without a role: every officer may."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if not g.officer:
                return redirect(url_for("desk.login"))
            if roles and g.officer.role not in roles:
                abort(403)
            return view(*arguments, **named)

        return guarded

    return guard


def same(told: str, token: str) -> bool:
    """Compared as bytes: ``compare_digest`` takes no letters beyond ASCII."""
    return hmac.compare_digest(told.encode(), token.encode())
