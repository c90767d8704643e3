"""Officers at the centre's desk: accounts with one known password, and a browser that keeps its form token."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adminduk.application import Action, Role, State
from adminduk.packets import Packet
from central import worker
from central.context import Context
from central.schema import accounts, applications
from tests.unit.central.people import Kiosk, Sealed, packet, sealed

PASSWORD = "sandi-contoh-9"
OFFICERS = {
    "vera": Role.VERIFIKATOR, "oki": Role.OPERATOR_SIAK, "vali": Role.VALIDATOR, "pena": Role.PENANDA_TANGAN,
    "ada": Role.ADMIN,
}  # fmt: skip
NAME_OF = {role: username for username, role in OFFICERS.items()}


@cache
def hashed() -> str:
    """The known password as the table holds it; hashed once, cheaply."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def hire(context: Context) -> None:
    """One officer a role."""
    values = [
        {"username": name, "display_name": f"{name.title()} Contoh", "role": role, "password_hash": hashed()}
        for name, role in OFFICERS.items()
    ]
    with context.engine.begin() as connection:
        connection.execute(accounts.insert(), values)


def transfer(context: Context, username: str, role: Role) -> None:
    """The same person in another post."""
    with context.engine.begin() as connection:
        connection.execute(accounts.update().where(accounts.c.username == username).values(role=role))


def admit(context: Context, kiosk: Kiosk, number: int = 1, **changes: Any) -> str:
    """The id of the ``number``-th application, delivered and admitted as always."""
    opened: Packet = packet(kiosk.kiosk_id, number, **changes)
    parcel: Sealed = sealed(context, opened)
    assert kiosk.deliver(parcel).status_code == 200
    assert worker.admit_next(context)
    return parcel.id


def put_in(context: Context, case_id: str, state: State, **columns: object) -> None:
    """An application as if it had come that far."""
    change = applications.update().where(applications.c.id == case_id).values(state=state, **columns)
    with context.engine.begin() as connection:
        connection.execute(change)


@dataclass
class Browser:
    """One officer's browser: a cookie jar, and the token of the page last seen."""

    client: FlaskClient
    token: str = ""

    @classmethod
    def open(cls, app: Flask) -> "Browser":
        return cls(app.test_client())

    @classmethod
    def of(cls, app: Flask, username: str) -> "Browser":
        """Logged in."""
        browser = cls.open(app)
        assert browser.log_in(username).status_code == 303
        return browser

    def get(self, path: str, **extra: Any) -> TestResponse:
        response = self.client.get(path, **extra)
        found = re.search(r'name="token" value="([^"]+)"', response.text) if response.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return response

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(path, data={"token": self.token, **fields})

    def log_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        self.get("/masuk")
        response = self.post("/masuk", nama=username, sandi=password)
        self.get("/")
        return response

    def press(self, case_id: str, action: Action, *, seen: State, reason: str = "", note: str = "") -> TestResponse:
        """A button of the opened application."""
        fields = {"tindakan": action, "keadaan": seen, "alasan": reason, "catatan": note}
        return self.post(f"/permohonan/{case_id}", **fields)
