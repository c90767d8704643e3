"""A scanner that types is told from a person who types by its pace, wherever the focus is, in a real browser.

Keys come through the browser's own input pipe, each with the moment at which it was pressed, so that a busy machine changes
no pace; the many cases of the rule are put to the page's script as events with moments of their own.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from adminduk.services import FieldKind
from adminduk.tickets import claim_code, new_claim
from kiosk.hardware.codes.wedge import WedgeCodeReader
from kiosk.session import Event, Step, forms
from tests.devices.simulators import until
from tests.journeys.browser import Screen, arrive, chromium
from tests.unit.session.world import World, new_world, right_answer
from tests.unit.ui.harness import served

pytestmark = pytest.mark.journey

CLAIM = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FAST_MS, HUMAN_MS = 5, 75
NAMED = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, ""), "Shift": ("ShiftLeft", 16, "")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@dataclass(slots=True)
class Keyboard:
    """Whoever types: presses keys at moments of its own choosing, counted from where the last one stopped."""

    line: CDPSession
    at: float  # seconds since 1970, as the browser counts

    def press(self, key: str, *, after_ms: float, repeat: bool = False) -> None:
        self.at += after_ms / 1000
        code, number, text = NAMED.get(key, ("", ord(key.upper()) if len(key) == 1 else 0, key))
        what = {"key": key, "code": code, "windowsVirtualKeyCode": number, "timestamp": self.at}
        self.line.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, "autoRepeat": repeat, **what})
        self.line.send("Input.dispatchKeyEvent", {"type": "keyUp", **what})

    def type(self, text: str, *, each_ms: float, end: str = "Enter") -> None:
        for key in (*text, end):
            self.press(key, after_ms=each_ms)


@dataclass(slots=True)
class Stand:
    """A kiosk whose scanner types, and its screen."""

    world: World
    screen: Screen
    keyboard: Keyboard

    @property
    def page(self) -> Page:
        return self.screen.page

    @property
    def scanned(self) -> str | None:
        return self.world.kiosk.parts.codes.next()

    def scan(self, text: str, end: str = "Enter") -> None:
        """And wait until it has been handed in."""
        with self.page.expect_response("**/kode") as handed:
            self.keyboard.type(text, each_ms=FAST_MS, end=end)
        assert handed.value.status == 204

    def value(self, selector: str = "#jawaban") -> str:
        return self.page.locator(selector).input_value()


@pytest.fixture(scope="module")
def kiosk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    world = new_world(tmp_path_factory.mktemp("wedge"))
    world.kiosk.parts = replace(world.parts, codes=WedgeCodeReader(clock=world.clock))
    with served(world) as pages:
        screen = Screen.open(browser, pages.address())
        line = screen.page.context.new_cdp_session(screen.page)
        now = screen.page.evaluate("Date.now()") / 1000
        yield Stand(world, screen, Keyboard(line, now))
        assert screen.problems == []
        screen.page.context.close()
    world.parts.store.close()


@pytest.fixture
def stand(kiosk: Stand) -> Stand:
    """At the first screen, by a visitor who has just come."""
    kiosk.world.kiosk.leave()
    arrive(kiosk.page, step=Step.HOME)
    kiosk.page.wait_for_function("id => document.body.dataset.visit === id", arg=kiosk.world.kiosk.visit.id)
    kiosk.keyboard.at += 10
    return kiosk


def show(stand: Stand, *verbs: object, step: Step) -> None:
    stand.world.do(*verbs)  # type: ignore[arg-type]  # verbs and events, as World takes them
    arrive(stand.page, step=step)


# --- a slip before the scanner ----------------------------------------------------------------------------------------


def test_a_scanned_slip_opens_its_status_and_leaves_nothing_in_the_field(stand: Stand) -> None:
    show(stand, Event.CHECK, step=Step.TICKET)
    stand.page.locator("#jawaban").press("1")
    stand.keyboard.at += 10
    seen: list[str] = []
    stand.page.on("request", lambda request: seen.append(request.url))
    with stand.page.expect_response("**/kode"):
        stand.keyboard.type(claim_code(new_claim(17, stand.world.parts.dice)), each_ms=FAST_MS)
    assert stand.value() == "1"
    stand.screen.reach(Step.WAITING)
    assert [url for url in seen if "KIOS1" in url or url.endswith("/ticket")] == []


def test_a_person_who_types_a_slip_s_number_is_no_scanner(stand: Stand) -> None:
    show(stand, Event.CHECK, step=Step.TICKET)
    handed: list[str] = []
    stand.page.on("request", lambda request: handed.append(request.url) if request.url.endswith("/kode") else None)
    ticket = new_claim(17, stand.world.parts.dice).ticket
    stand.keyboard.type(ticket, each_ms=HUMAN_MS)
    stand.screen.reach(Step.PIN)
    assert (handed, stand.scanned) == ([], None)


def test_a_scan_into_a_half_typed_answer_changes_nothing_of_it(stand: Stand) -> None:
    """Letters, in the middle, with the cursor where it was; Enter sends nothing."""
    stand.world.to_questions()
    while (field := forms.current_field(stand.world.kiosk.visit)).kind is not FieldKind.NAME:
        stand.world.do(stand.world.kiosk.answer(right_answer(field)))
    arrive(stand.page, step=Step.QUESTION)
    stand.page.wait_for_selector("textarea#jawaban")
    stand.page.locator("#jawaban").fill("WARGA CONTOH")
    stand.page.evaluate("document.querySelector('#jawaban').setSelectionRange(5, 5)")
    version = stand.world.kiosk.visit.version
    stand.scan(CLAIM)
    assert stand.value() == "WARGA CONTOH"
    assert stand.page.evaluate("document.querySelector('#jawaban').selectionStart") == 5
    assert stand.world.kiosk.visit.version == version
    assert stand.scanned == CLAIM


def test_a_scan_does_not_press_the_button_that_has_the_focus(stand: Stand) -> None:
    """A claim has blanks, and a blank presses a button; so does its Enter."""
    stand.page.locator("form[action$='/apply'] button").focus()
    stand.scan(CLAIM)
    assert stand.world.step is Step.HOME
    assert stand.page.evaluate("document.activeElement.closest('form').action").endswith("/apply")
    assert stand.scanned == CLAIM


def test_a_blank_of_a_person_still_presses_a_button(stand: Stand) -> None:
    stand.page.locator("form[action$='/apply'] button").focus()
    stand.keyboard.press(" ", after_ms=HUMAN_MS)
    stand.screen.reach(Step.SERVICES)


def test_a_tab_ends_a_scan_and_moves_no_focus(stand: Stand) -> None:
    stand.page.locator("form[action$='/check'] button").focus()
    stand.scan(CLAIM, end="Tab")
    assert stand.page.evaluate("document.activeElement.closest('form').action").endswith("/check")


def test_both_ends_of_a_scanner_that_sends_two_are_swallowed(stand: Stand) -> None:
    show(stand, Event.CHECK, step=Step.TICKET)
    stand.scan("A" * 4 + "B" * 8)
    stand.keyboard.press("Enter", after_ms=FAST_MS)
    stand.keyboard.at += 10
    assert stand.world.kiosk.visit.complaint == ""
    stand.keyboard.press("Enter", after_ms=HUMAN_MS)  # a person's: the empty field is complained of
    until(lambda: stand.world.kiosk.visit.complaint != "", what="the complaint")


# --- the rule, by many cases ------------------------------------------------------------------------------------------

Key = tuple[str, float]  # what is pressed, and how many milliseconds after the key before

ASK = """keys => {
  const sent = [], was = window.fetch;
  window.fetch = (address, how) => {
    if (address === "/kode") { sent.push(how.body.get("kode")); return Promise.resolve(); }
    return was(address, how);
  };
  let at = performance.now();
  for (const [key, after, repeat] of keys) {
    const event = new KeyboardEvent("keydown", { key, repeat: !!repeat, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: at += after });
    document.activeElement.dispatchEvent(event);
  }
  window.fetch = was;
  return sent;
}"""


def heard(stand: Stand, *keys: Sequence[object]) -> list[str]:
    """What the page would hand in."""
    found: list[str] = stand.page.evaluate(ASK, [["x", 10_000], *keys, ["y", 10_000]])
    return found


def burst(text: str, each: float = 10, end: str = "Enter") -> list[Key]:
    return [(text[0], 1000), *((key, each) for key in (*text[1:], end))]


def test_the_rule_is_that_of_scanners_and_of_nobody_s_hands(stand: Stand) -> None:
    """One page, every case: a browser costs more than a hundred of them."""
    hiccup, pause = burst(CLAIM), burst(CLAIM)
    hiccup[20], pause[20] = (CLAIM[20], 140), (CLAIM[20], 160)
    shifted = [(CLAIM[0], 1000.0), *(key for one in CLAIM[1:] for key in (("Shift", 3.0), (one, 4.0))), ("Enter", 4.0)]
    leaned = [("a", 1000, False), *[("a", 33, True)] * 30, ("Enter", 33, False)]
    cases: list[tuple[str, Sequence[Sequence[object]], list[str]]] = [
        ("a scanner", burst(CLAIM), [CLAIM]),
        ("a slow scanner", burst(CLAIM, 34), [CLAIM]),
        ("the fastest typist", burst(CLAIM, 60), []),
        ("just too slow", burst(CLAIM, 36), []),
        ("the shortest code", burst("12345678"), ["12345678"]),
        ("shorter", burst("1234567"), []),
        ("Tab at its end", burst(CLAIM, end="Tab"), [CLAIM]),
        ("no end", burst(CLAIM, end="z"), []),
        ("capitals by Shift", shifted, [CLAIM]),
        ("a key that is leaned on", leaned, []),
        ("a browser's hiccup", hiccup, [CLAIM]),
        ("a pause is another beginning", pause, [CLAIM[20:]]),
        ("two scans in a row", [*burst(CLAIM), *burst("ABCDEFGH")], [CLAIM, "ABCDEFGH"]),
        ("typed before, by a person", [("1", 1000), ("2", 400), *burst(CLAIM)], [CLAIM]),
        ("an Enter alone", [("Enter", 1000)], []),
        ("the longest", burst("xy" * 2048, 1), ["xy" * 2048]),
        ("too long", burst("xy" * 2049, 1), []),
        ("letters beyond ASCII", burst("Éalah-éaé"), ["Éalah-éaé"]),
    ]
    found = {name: heard(stand, *keys) for name, keys, _ in cases}
    assert found == {name: codes for name, _, codes in cases}


def test_no_pace_of_a_person_is_ever_a_scan(stand: Stand) -> None:
    """Two hundred random typings by people, 40 ms and more a key, and as many scans, in one go."""
    script = f"""() => {{
      const ask = {ASK}, dice = (() => {{ let s = 20261121; return () => (s = s * 48271 % 2147483647) / 2147483647; }})();
      const pick = () => String.fromCharCode(33 + Math.floor(dice() * 94));
      const wrong = [];
      for (let run = 0; run < 200; run++) {{
        const text = Array.from({{ length: 8 + Math.floor(dice() * 40) }}, pick);
        const person = text.map((key, n) => [key, n ? 40 + dice() * 300 : 1000]);
        if (ask([...person, ["Enter", 40 + dice() * 300]]).length) wrong.push(person);
        const scan = text.map((key, n) => [key, n ? 1 + dice() * 30 : 1000]);
        const heard = ask([...scan, ["Enter", 10]]);
        if (heard.length !== 1 || heard[0] !== text.join("")) wrong.push(scan);
      }}
      return wrong;
    }}"""
    assert json.dumps(stand.page.evaluate(script)) == "[]"


def test_a_kiosk_whose_scanner_has_its_own_cable_listens_to_nobody_s_typing(browser: Browser, tmp_path: Path) -> None:
    world = new_world(tmp_path)
    with served(world) as pages:
        screen = Screen.open(browser, pages.address())
        assert screen.page.evaluate(ASK, burst(CLAIM)) == []
        screen.page.context.close()
    world.parts.store.close()
