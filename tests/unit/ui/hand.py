"""A visitor without scripts: reads the page, fills its forms, presses its buttons; nothing the page does not offer."""

import html
import re
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adminduk.services import Service
from tests.unit.ui.harness import Pages

FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: id="[^"]*")? value="([^"]*)">')
WORDS = re.compile(r"<[^>]+>")


@dataclass(slots=True)
class Hand:
    pages: Pages
    client: FlaskClient = field(init=False)
    page: str = ""
    status: int = 0
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.pages.app.test_client()

    def enter(self) -> None:
        self.client.get(self.pages.address())
        self.look()

    def get(self, path: str) -> TestResponse:
        self.addresses.append(path)
        return self.client.get(path, base_url=self.pages.origin)

    def look(self) -> str:
        response = self.get("/")
        self.page, self.status = response.get_data(as_text=True), response.status_code
        return self.page

    def forms(self, verb: str) -> list[dict[str, str]]:
        """The hidden fields of each form for a verb that the page offers."""
        found = [inner for action, inner in FORM.findall(self.page) if action.rsplit("/", 1)[-1] == verb]
        return [{name: html.unescape(value) for name, value in HIDDEN.findall(inner)} for inner in found]

    def press(self, verb: str, at: str = "langkah", **fields: str) -> str:
        """Press the verb's first button whose hidden fields fit; type the rest."""
        fitting = [one for one in self.forms(verb) if all(one.get(k, v) == v for k, v in fields.items())]
        assert fitting, f"the page offers no {verb}"
        return self.post(f"/{at}/{verb}", {**fitting[0], **fields})

    def post(self, path: str, data: dict[str, str]) -> str:
        self.addresses.append(path)
        answer = self.client.post(path, data=data, base_url=self.pages.origin)
        assert answer.status_code == 303, answer.status_code
        return self.look()

    @property
    def words(self) -> str:
        """What can be read on the page."""
        body = re.sub(r"<dialog.*?</dialog>", " ", self.page.split("<main")[1], flags=re.DOTALL)
        return " ".join(html.unescape(WORDS.sub(" ", body)).split())

    # --- longer ways ----------------------------------------------------------------------------------------------------

    def choose(self, service: Service) -> None:
        """From the menu: its group when there are groups, turning pages, then the service."""
        if self.forms("group"):
            self.find("group", kelompok=service.group)
            self.press("group", kelompok=service.group)
        self.find("choose", layanan=service.code)
        self.press("choose", layanan=service.code)

    def find(self, verb: str, **fields: str) -> None:
        """Turn the pages of a list until the page offers it."""
        for _ in range(20):
            if any(all(one.get(key) == value for key, value in fields.items()) for one in self.forms(verb)):
                return
            self.press("list", halaman=self.forms("list")[-1]["halaman"])
        raise AssertionError(f"no page offers {verb} {fields}")

    def to_questions(self, service: Service) -> None:
        self.press("apply")
        self.choose(service)
        self.press("have_papers")
        self.press("agree")

    def answer(self, text: str) -> None:
        """One question, by the form that the page offers for its kind."""
        if 'name="hari"' in self.page:
            day, month, year = text.split("-")
            self.press("answer", hari=day, bulan=month, tahun=year)
        elif 'name="jam"' in self.page:
            hour, minute = text.split(":")
            self.press("answer", jam=hour, menit=minute)
        elif self.forms("region"):
            for code in (text[:2], text[:4], text[:6], text):
                self.find("region", wilayah=code)
                self.press("region", wilayah=code)
        elif any("jawaban" in one for one in self.forms("answer")):
            self.find("answer", jawaban=text)
            self.press("answer", jawaban=text)
        else:
            self.press("answer", jawaban=text)
