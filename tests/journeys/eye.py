"""Looks at every screen of a journey: ruler, axe, language, the glass's edges, what the console complains of; and notes how
long each tap took until something was painted."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from kiosk.ui.sizes import PanelSize
from tests.layout.measure import axed, ruled

# a refused answer is a page with status 422, a touch that comes after the end of its visit has 409: the console tells both
EXPECTED = ("the server responded with a status of 422", "the server responded with a status of 409")
SCRIPTS = Path(__file__).parent
# what axe may tell apart: tags, classes, attributes. Not what was typed, not which words stand in which language, and not the
# insides of pictures that no reader hears.
FACTS = """() => {
  const skip = new Set(['value', 'max', 'maxlength', 'src', 'name', 'rows', 'viewBox', 'width', 'height', 'x', 'y', 'transform']);
  const words = new Set(['lang', 'aria-label', 'alt', 'placeholder', 'data-wait', 'title']);
  const bones = (e) => {
    if (e.matches('svg[aria-hidden=true]')) return 'svg';
    const names = [...e.attributes].filter((a) => !skip.has(a.name) && !a.name.startsWith('data-')).map((a) => a.name + '=' + (words.has(a.name) ? a.value.trim() !== '' : a.value.replace(/[?]v=.*/, '')));
    return e.tagName + '{' + names.sort().join('|') + '}(' + [...e.children].map(bones).join(',') + ')';
  };
  const root = document.documentElement;
  return {
    bones: bones(root), lang: root.lang, step: document.body.dataset.step,
    scroll: root.scrollHeight - innerHeight, broken: [...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src),
    fellBack: document.querySelector('.fallback') !== null,
  };
}"""


@dataclass(slots=True)
class Tap:
    """``kind``: "key" or the verb that was sent. ``busy_ms``: to the frame that shows it was felt; ``paint_ms``: to what it led to."""

    kind: str
    paint_ms: float
    busy_ms: float = 0.0


@dataclass(slots=True)
class Checked:
    """What axe has seen already, for all journeys of a run: (panel, modes, the screen's bones)."""

    seen: set[tuple[str, str, str]] = field(default_factory=set)
    screens: int = 0


@dataclass(slots=True)
class Eye:
    """One window. ``wrong`` collects "screen: finding"."""

    page: Page
    panel: str
    checked: Checked
    language: str = "id"
    wrong: list[str] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, name: str, panel: PanelSize, checked: Checked) -> "Eye":
        context = browser.new_context(
            viewport={"width": panel.width, "height": panel.height},
            has_touch=True,
            locale="id-ID",
            reduced_motion="reduce",
        )
        context.add_init_script(path=SCRIPTS / "stopwatch.js")
        page = context.new_page()
        page.set_default_timeout(20_000)
        eye = cls(page, name, checked)
        page.on("console", lambda message: eye._hear(message))
        page.on("pageerror", lambda error: eye.wrong.append(f"script: {error}"))
        return eye

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(one in message.text for one in EXPECTED):
            self.wrong.append(f"console: {message.text[:200]}")

    def inspect(self, name: str) -> None:
        """The screen as it stands now."""
        facts: dict[str, Any] = self.page.evaluate(FACTS)
        found = [*ruled(self.page)]
        if facts["lang"] != self.language:
            found.append(f"lang={facts['lang']}, not {self.language}")
        if facts["scroll"] > 0:
            found.append(f"scrolls by {facts['scroll']} px")
        found += [f"no picture: {address}" for address in facts["broken"]]
        found += ["not all of it is translated"] if facts["fellBack"] else []
        found += self._axe(facts["bones"])
        self.wrong += [f"{name}: {one}" for one in found]
        self.checked.screens += 1

    def _axe(self, bones: str) -> list[str]:
        modes = self.page.get_attribute("html", "class") or ""
        key = (self.panel, " ".join(modes.split()), bones)
        if key in self.checked.seen:
            return []
        self.checked.seen.add(key)
        return axed(self.page)

    def collect_taps(self) -> None:
        """What the stopwatch noted since the last time."""
        told = json.loads(self.page.evaluate("() => kiosStopwatch()"))
        self.taps += [Tap(kind, round(paint, 1), round(busy or 0, 1)) for kind, paint, busy in told]

    def assert_nothing_wrong(self) -> None:
        assert not self.wrong, "\n".join(self.wrong)
