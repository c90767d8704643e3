"""Hands and eyes at the screens, through Playwright and Debian's Chromium."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.devices.simulators import until

# the same Chromium without a desktop around it: what it costs less is in docs/decisions/0011
BROWSER = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--force-device-scale-factor=1",
    "--font-render-hinting=none",
    "--hide-scrollbars",
]
PANELS = {"portrait": (1080, 1920), "landscape": (1280, 800)}
WARGA = {"nik": "3312120101909901", "kk": "3312121505129901", "nama": "WARGA CONTOH", "hp": "081200009901"}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield browser
        browser.close()


# asked at every frame: a locator that waits looks again after 20, 50, 100, 100 and then every 500 ms
ARRIVED = """([visit, version, step]) => {
  const body = document.body, root = document.documentElement;
  return body && root.dataset.ready && !('left' in root.dataset) && (!step || body.dataset.step === step) &&
    (!visit || body.dataset.visit !== visit || body.dataset.version !== version);
}"""


def arrive(page: Page, *, visit: str | None = None, version: str | None = None, step: str = "") -> None:
    """Until a page stands that is not this version of this visit (None: any), and is at this step."""
    page.wait_for_function(ARRIVED, arg=[visit, version, step], polling="raf")


def keep(page: Page, path: Path) -> None:
    """A photograph of the page for the documents: half as wide, 64 colours, some 30 KB."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    small = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    small.quantize(64).save(path, optimize=True)


@dataclass(slots=True)
class Screen:
    """The kiosk's page. ``problems`` collects what the console complained of."""

    page: Page
    problems: list[str]

    @classmethod
    def open(cls, browser: Browser, address: str, panel: str = "portrait") -> "Screen":
        width, height = PANELS[panel]
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, locale="id-ID")
        page = context.new_page()
        page.set_default_timeout(20_000)
        screen = cls(page, [])
        page.on("pageerror", lambda error: screen.problems.append(f"{error} {error.stack or ''}"[:300]))
        page.goto(address)
        screen.settle()
        return screen

    def settle(self) -> None:
        arrive(self.page)

    @property
    def step(self) -> str:
        return self.page.get_attribute("body", "data-step") or ""

    def reach(self, step: str) -> None:
        """Until the kiosk is at a step, by itself or by our last tap."""
        arrive(self.page, step=step)

    def do(self, verb: str, **fields: str) -> None:
        """One of the kiosk's verbs by its form, whatever its words; the page that follows is waited for."""
        form = self.page.locator(f"form[action$='/{verb}']")
        for name, value in fields.items():
            form = form.filter(has=self.page.locator(f"input[name='{name}'][value='{value}']"))
        self._click(form.first.locator("button:not([type=button])").first)

    def _click(self, button: Locator) -> None:
        version = self.page.get_attribute("body", "data-version")
        visit = self.page.get_attribute("body", "data-visit")
        button.click()
        arrive(self.page, visit=visit, version=version)

    def offers(self, verb: str) -> bool:
        """Whether the page has a form for a verb."""
        return self.page.locator(f"form[action$='/{verb}']").count() > 0

    def fill(self, text: str, verb: str = "answer") -> None:
        """Type an answer and go on."""
        self.page.locator("#jawaban").fill(text)
        self.go_on(verb)

    def go_on(self, verb: str) -> None:
        """Send what stands in the field."""
        self._click(self.page.locator(f"form[action$='/{verb}'] button.main").first)

    def press(self, keys: str) -> None:
        """The keyboard drawn in the page."""
        for key in keys:
            self.page.locator(f"[data-key='{key}']").first.click()

    def read(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()


class Hands(Protocol):
    """What a visit needs of a window, whichever it is: `Screen`, or WebKit's in kiosk_window.py."""

    @property
    def step(self) -> str: ...

    def offers(self, verb: str) -> bool: ...

    def do(self, verb: str, **fields: str) -> None: ...

    def fill(self, text: str) -> None: ...

    def reach(self, step: str) -> None: ...


def to_papers(screen: Hands, who: Mapping[str, str] = WARGA) -> None:
    """From the first screen to the camera, for a change of the family card."""
    screen.do("apply")
    if screen.offers("group"):  # many services are asked for by group first
        screen.do("group", kelompok="keluarga")
    screen.do("choose", layanan="KK-UBAH-3")
    screen.do("have_papers")
    screen.do("agree")
    for answer in who.values():
        screen.fill(answer)
    screen.do("answer", jawaban="sendiri")
    screen.do("answer", jawaban="pekerjaan")
    screen.fill("PELAJAR")
    screen.fill("PETANI")
    screen.do("answer", jawaban="tidak")
    screen.reach("capture")


def photograph(screen: Hands) -> None:
    """One page of the paper asked for, and on to the next paper."""
    until(lambda: taken(screen), seconds=30, what="a picture of the camera")
    screen.do("use")
    if screen.step == "capture" and screen.offers("enough"):
        screen.do("enough")


def taken(screen: Hands) -> bool:
    """Press until the camera has woken, as a person does."""
    screen.do("take")
    return screen.step == "page"
