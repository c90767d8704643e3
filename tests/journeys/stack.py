"""Everything as real processes: centre, worker, courier, kiosk; set up by the same command lines as `make run`."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.devices.simulators import answers, free_port, until

TOP = Path(__file__).parents[2]
DESA, DESA_NAME = "3312122001", "Desa Contoh"


def tool(program: str, *words: str) -> Any:
    """One of our command lines, and the JSON it prints; in this process, which has imported everything already."""
    printed, complaint = io.StringIO(), io.StringIO()
    with redirect_stdout(printed), redirect_stderr(complaint):
        code = import_module(f"{program}.__main__").main(words)
    assert code == 0, complaint.getvalue()
    return json.loads(printed.getvalue() or "{}")


@dataclass(slots=True)
class Stack:
    """The processes by name. ``accounts``: username → password."""

    folder: Path
    centre_port: int
    kiosk_port: int
    panel_port: int
    accounts: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def centre(self) -> Path:
        return self.folder / "centre"

    @property
    def kiosk(self) -> Path:
        return self.folder / "kiosk"

    @property
    def settings(self) -> str:
        return str(self.kiosk / "kiosk.toml")

    def words(self, name: str) -> tuple[str, ...]:
        """How a part is started."""
        return {
            "centre": (
                "central",
                "serve",
                "--dir",
                str(self.centre),
                "--port",
                str(self.centre_port),
                "--threads",
                "16",
            ),
            "worker": ("central", "worker", "--dir", str(self.centre)),
            "courier": ("kiosk", "courier", "--settings", self.settings),
            "kiosk": ("kiosk", "ui", "--settings", self.settings, "--shell", "none"),
        }[name]

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", *self.words(name)], cwd=TOP, stdout=log, stderr=log, start_new_session=True
                )

    def kill(self, name: str) -> None:
        """SIGKILL to the part and whatever it started (gunicorn's workers, the camera's grabber)."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.terminate()
        for name in list(self.processes):
            with suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(8)
            self.kill(name)

    def wait_kiosk(self) -> str:
        """Until the pages answer; the address that opens them."""
        address = self.kiosk / "run" / "address"
        until(lambda: address.exists() and answers(self.kiosk_port), seconds=60, what="the kiosk")
        return address.read_text()

    def wait_centre(self) -> None:
        until(lambda: answers(self.centre_port), seconds=60, what="the centre")

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*.log")))


def set_up(folder: Path, *extra: str) -> Stack:
    """Centre, accounts, enrolled kiosk, settings; nothing runs yet. ``extra``: options of `kiosk configure`."""
    stack = Stack(folder, free_port(), free_port(), free_port())
    stack.accounts = tool("central", "setup", "--dir", str(stack.centre))["accounts"]
    key = tool("kiosk", "setup", "--dir", str(stack.kiosk))["public_key"]
    url = f"http://127.0.0.1:{stack.centre_port}"
    for name, words in (
        ("public", ("central", "public", "--dir", str(stack.centre), "--url", url)),
        ("enrolment", ("central", "enrol", "--dir", str(stack.centre), "--desa", DESA, "--key", key)),
    ):
        (stack.kiosk / f"{name}.json").write_text(json.dumps(tool(*words)))
    tool(
        "kiosk", "configure", "--dir", str(stack.kiosk), "--public", str(stack.kiosk / "public.json"),
        "--enrolment", str(stack.kiosk / "enrolment.json"), "--desa-name", DESA_NAME, "--assets", str(TOP / "build"),
        "--port", str(stack.kiosk_port), "--shell", "none", *extra,
    )  # fmt: skip
    settings = Path(stack.settings)  # reading a card's number has tests of its own, and costs seconds a card
    settings.write_text("auto_capture = false\nread_nik = false\n" + settings.read_text())
    return stack


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """All four, until the block ends."""
    try:
        stack.start("centre", "worker", "courier", "kiosk")
        stack.wait_centre()
        stack.wait_kiosk()
        yield stack
    finally:
        stack.stop()
