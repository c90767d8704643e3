"""`kiosk ui` as a process with its real window on a display, and hands in that window: WebKit's by kiosk_driver.py, Chromium's
by its own port. What a test types goes to the kiosk's process backwards in code whose letters are numbers turned around, so that a
search of its memory finds only what the kiosk itself made of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from kiosk.forgetting import WIPING
from tests.devices.simulators import offspring, until
from tests.journeys.kiosk_driver import HIDDEN
from tests.journeys.stack import TOP, Stack

STANDS = """(() => { const body = document.body, root = document.documentElement;
  return body && root.dataset.ready && !('left' in root.dataset)
    ? [body.dataset.step, body.dataset.visit, body.dataset.version].join(' ') : ''; })()"""
PRESS = """(() => {{ const forms = [...document.querySelectorAll("form[action$='/{verb}']")];
  const form = forms.find(form => {fields}.every(([name, value]) => form.querySelector(`input[name='${{name}}'][value='${{value}}']`)));
  form.querySelector("button:not([type=button])").click(); return 'pressed'; }})()"""
FILL = """(() => { document.querySelector('#jawaban').value = [...'BACKWARDS'].reverse().join('');
  document.querySelector("form[action$='/answer'] button.main").click(); return 'filled'; })()"""
# two runs of the page that was taken, each number turned around: the page itself must not pass through the window's process
PAGE = """fetch('/halaman').then(answer => answer.arrayBuffer()).then(content => { const all = new Uint8Array(content);
  window.told = JSON.stringify([3, 2].map(part => [...all.slice(all.length / part, all.length / part + 400)].map(b => b ^ 85))); })"""


def hidden(code: str) -> str:
    """For kiosk_driver.py: hexadecimal, each number turned around. (Backwards once more, what is typed stood there forwards.)"""
    return bytes(number ^ HIDDEN for number in code.encode()).hex()


class KioskProcess:
    """The screen's process, its clock in our hand. ``environment`` is put over our own."""

    def __init__(self, stack: Stack, shell: str, environment: Mapping[str, str]) -> None:
        words = ("-m", "tests.journeys.kiosk_driver", "ui", "--settings", stack.settings, "--shell", shell)
        with (stack.folder / "kiosk.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *words], cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                env={**os.environ, **WIPING, **environment}, start_new_session=True,
            )  # fmt: skip
        self.pid = self.process.pid
        stack.processes["kiosk"] = self.process

    def order(self, command: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().strip()

    def later(self, seconds: float) -> None:
        """That much time passes for the kiosk, at once."""
        assert self.order(f"later {seconds}") == "done"

    def children(self, program: str = "") -> set[int]:
        """Every process below it whose command line names this program."""
        return {pid for pid in offspring(self.pid) if program in command_line(pid)}


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class WebkitHands:
    """`browser.Hands` in the window of pywebview."""

    def __init__(self, kiosk: KioskProcess) -> None:
        self._kiosk = kiosk

    def run(self, code: str) -> str:
        return self._kiosk.order(f"js {hidden(' '.join(code.split()))}")

    def stands(self) -> str:
        """``step visit version``; empty while no page stands."""
        said = self.run(STANDS)
        return "" if said.startswith("failed") else said

    @property
    def step(self) -> str:
        return self.stands().partition(" ")[0]

    def reach(self, step: str) -> None:
        until(lambda: self.step == step, seconds=60, what=f"the step {step}")

    def _act(self, code: str) -> None:
        before = self.stands()
        said = self.run(code)
        assert not said.startswith("failed"), said
        until(lambda: self.stands() not in ("", before), seconds=60, what="the next page")

    def offers(self, verb: str) -> bool:
        return self.run(f"document.querySelectorAll(\"form[action$='/{verb}']\").length") != "0"

    def do(self, verb: str, **fields: str) -> None:
        self._act(PRESS.format(verb=verb, fields=json.dumps(list(fields.items()))))

    def fill(self, text: str) -> None:
        self._act(FILL.replace("BACKWARDS", text[::-1]))

    def leave(self) -> None:
        """The button of every page that ends the visit, and yes."""
        self.run("document.querySelector(\"form[action$='/selesai'] button\").click()")
        self._act("document.querySelector('#yakin-ya').click()")

    def page(self) -> list[bytes]:
        """Runs of the page that stands to be judged, as the kiosk holds it."""
        self.run(PAGE)
        until(lambda: self.run("window.told || ''") != "", what="the page")
        return [bytes(number ^ HIDDEN for number in run) for run in json.loads(self.run("window.told"))]
