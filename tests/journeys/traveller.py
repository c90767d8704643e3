"""A villager with one finger: taps through a whole visit as the screens offer it, and has every screen looked at.

What to answer is read from the kiosk's visit (it runs in this process); everything is done by touching the glass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

from adminduk.services import Field, FieldKind
from kiosk.session import Step, forms
from tests.journeys.browser import arrive
from tests.journeys.eye import Eye
from tests.right_answers import right_answer
from tests.unit.session.world import World, birth_letter_on_desk

MOST_SCREENS = 250
CHOSEN = (FieldKind.CHOICE, FieldKind.YES_NO)
PARTS = {FieldKind.DATE: (("hari", "bulan", "tahun"), "-"), FieldKind.TIME: (("jam", "menit"), ":")}


@dataclass(slots=True)
class Traveller:
    """``wanted``: field key → answer, where the first one that comes to mind is not meant. ``all_nine``: of the survey."""

    world: World
    eye: Eye
    wanted: Mapping[str, str] = field(default_factory=dict)
    all_nine: bool = True
    typed_kinds: set[FieldKind] = field(default_factory=set)
    erred: bool = False

    @property
    def page(self) -> Page:
        return self.eye.page

    def at(self, step: Step) -> bool:
        return self.world.step is step

    # --- the finger -----------------------------------------------------------------------------------------------------

    def tap(self, button: Locator) -> None:
        """A button that leads to another screen; the screen is waited for and looked at."""
        body = self.page.locator("body")
        visit, version = body.get_attribute("data-visit"), body.get_attribute("data-version")
        button.first.tap()
        arrive(self.page, visit=visit, version=version)
        self.look()

    def follow(self, link: Locator) -> None:
        """A link or a button that changes nothing in the visit: only the page is another."""
        self.page.evaluate("document.documentElement.dataset.left = '1'")
        link.first.tap()
        arrive(self.page)
        self.look()

    def look(self) -> None:
        self.eye.inspect(f"{self.world.step} {self.world.kiosk.visit.at}".strip())
        self.eye.collect_taps()

    def verb(self, name: str, **fields: str) -> Locator:
        """The button of a verb's form with these hidden fields."""
        form = self.page.locator(f"form[action$='/{name}']")
        for key, value in fields.items():
            form = form.filter(has=self.page.locator(f"input[name='{key}'][value='{value}']"))
        return form.locator("button:not([type=button])")

    def find(self, name: str, **fields: str) -> Locator:
        """Turns the pages of a list until the button is there."""
        for _ in range(20):
            button = self.verb(name, **fields)
            if button.count():
                return button
            self.tap(self.verb("list").last)
        raise AssertionError(f"no page offers {name} {fields}")

    def press(self, text: str) -> None:
        """The keys drawn in the page."""
        for sign in text:
            self.page.locator(f"[data-key='{sign}']").first.tap()

    def go_on(self) -> None:
        self.tap(self.page.locator("[data-go]"))

    # --- the way --------------------------------------------------------------------------------------------------------

    def speak(self, language: str) -> None:
        """Choose the language of this visit."""
        if language != self.eye.language:
            self.eye.language = language
            self.tap(self.verb("bahasa", kode=language))

    def enlarge(self, mode: str) -> None:
        self.tap(self.verb(mode))

    def choose(self, code: str) -> None:
        """From the first screen to the service's papers."""
        service = self.world.parts.catalogue.services[code]
        self.tap(self.verb("apply"))
        if self.verb("group").count():
            self.tap(self.find("group", kelompok=service.group))
        self.tap(self.find("choose", layanan=code))

    def fill_in(self) -> None:
        """Every question and every paper, until the answers can be checked."""
        self.tap(self.verb("have_papers"))
        self.tap(self.verb("agree"))
        self.world.camera.lay_paper(birth_letter_on_desk())
        for _ in range(MOST_SCREENS):
            if self.at(Step.QUESTION):
                self.answer(forms.current_field(self.world.kiosk.visit))
            elif self.at(Step.CAPTURE):
                self.photograph()
            else:
                break
        assert self.at(Step.REVIEW), (self.world.step, self.world.kiosk.visit.at)

    def send(self) -> None:
        """Past the last page of the answers, the slip, the questions about the service, back to the first screen."""
        self.tap(self.find("submit"))
        assert self.at(Step.RECEIPT), self.world.kiosk.visit.complaint
        claim = self.world.kiosk.visit.claim
        assert claim is not None
        assert claim.ticket in "".join(
            sign for sign in self.page.locator(".number").first.inner_text() if sign.isdigit()
        )
        self.judge_and_leave()

    def judge_and_leave(self) -> None:
        self.tap(self.verb("to_survey"))
        for mark in "432143214" if self.all_nine else "4":
            self.tap(self.verb("score", nilai=mark))
        if not self.all_nine:
            self.tap(self.verb("end_survey"))
        assert self.at(Step.THANKS)
        self.eye.language = "id"  # the next screen is the next visitor's
        self.tap(self.verb("finish").last)
        assert self.at(Step.HOME)

    # --- one screen -----------------------------------------------------------------------------------------------------

    def answer(self, asked: Field) -> None:
        text = self.wanted.get(asked.key, right_answer(asked))
        first = asked.kind not in self.typed_kinds
        self.typed_kinds.add(asked.kind)
        if asked.kind in CHOSEN:
            self.tap(self.find("answer", jawaban=text))
        elif asked.kind is FieldKind.REGION:
            self.go_to_place(text)
        elif asked.kind in PARTS:
            self.step_through(asked.kind, text, by_hand=first)
        else:
            self.type_in(asked, text, by_hand=first)

    def type_in(self, asked: Field, text: str, *, by_hand: bool) -> None:
        """The first field of its kind by the keys of the page, later ones as by a keyboard; once with a mistake first."""
        if by_hand and asked.kind is FieldKind.NIK and not self.erred:
            self.erred = True
            self.press(text[:8])
            self.go_on()
            assert self.world.kiosk.visit.complaint
            self.page.locator("[data-key=clear]").first.tap()
        if by_hand:
            self.press(text)
        else:
            self.page.locator("#jawaban").fill(text)
        assert self.page.locator("#jawaban").input_value().replace(" ", "") == text.replace(" ", "")
        self.go_on()
        if forms.current_field(self.world.kiosk.visit).key == asked.key and self.world.kiosk.visit.complaint:
            self.go_on()  # a warning is shown once; the same answer again is believed

    def step_through(self, kind: FieldKind, text: str, *, by_hand: bool) -> None:
        """Day, month, year: an arrow up and down, then the keys; or the fields themselves."""
        names, joint = PARTS[kind]
        if by_hand:
            for arrow in ("1", "-1"):
                self.page.locator(f"[data-for={names[0]}][data-step='{arrow}']").tap()
            self.page.locator(f"#{names[0]}").tap()
            self.press(text.replace(joint, ""))
        else:
            for name, part in zip(names, text.split(joint), strict=True):
                self.page.locator(f"#{name}").fill(part)
        self.go_on()

    def go_to_place(self, code: str) -> None:
        """Province, kabupaten, kecamatan, desa."""
        for length in (2, 4, 6, 10):
            self.tap(self.find("region", wilayah=code[:length]))

    def photograph(self) -> None:
        """One page of the paper asked for."""
        self.tap(self.verb("take"))
        assert self.at(Step.PAGE), self.world.kiosk.visit.complaint
        self.tap(self.verb("use"))
        if self.at(Step.CAPTURE) and self.verb("enough").count() and self.verb("remove_page").count():
            self.tap(self.verb("enough"))
