"""`make run`: the centre, the courier and the kiosk with simulated devices, on this machine, until Ctrl-C.

Everything it makes stays under .cache/demo (keys, databases, accounts); delete that folder to begin anew.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
DEMO = TOP / ".cache" / "demo"
CENTRE_PORT, KIOSK_PORT, PANEL_PORT = 8710, 8700, 8701
DESA, DESA_NAME, STAFF_NAME = "3312122001", "Desa Contoh", "Petugas Contoh"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the demo."""

    name: str
    arguments: tuple[str, ...]

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        """Its own session, so that Ctrl-C reaches us alone and we end the parts in order. Its log is kept."""
        with (folder / f"{self.name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *self.arguments], cwd=TOP, stdout=log, stderr=log, start_new_session=True
            )


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def tool(*arguments: str) -> Any:
    """Run one of our command lines and read the JSON that it prints."""
    result = subprocess.run([sys.executable, "-m", *arguments], cwd=TOP, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"python -m {' '.join(arguments)} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout or "{}")


def keep(path: Path, value: Any) -> None:
    """Passwords of the demo's accounts: readable by this user only."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(value, file)


def prepare(folder: Path) -> dict[str, str]:
    """Set up the centre and the kiosk once; afterwards only read. Returns the desk's accounts."""
    centre, kiosk, accounts = folder / "centre", folder / "kiosk", folder / "accounts.json"
    folder.mkdir(parents=True, exist_ok=True)
    if not accounts.exists():
        say("Setting up the centre and the kiosk ...")
        keep(accounts, tool("central", "setup", "--dir", str(centre))["accounts"])
    if not (kiosk / "kiosk.toml").exists():
        enrol(centre, kiosk)
    if not (folder / "staff.json").exists():
        keep(
            folder / "staff.json",
            tool("central", "staff", "add", "--dir", str(centre), "--desa", DESA, "--name", STAFF_NAME),
        )
    passwords: dict[str, str] = json.loads(accounts.read_text())
    return passwords


def enrol(centre: Path, kiosk: Path) -> None:
    """What a technician and an admin do together: key, enrolment, settings."""
    key = tool("kiosk", "setup", "--dir", str(kiosk))["public_key"]
    url = f"http://127.0.0.1:{CENTRE_PORT}"
    keep(kiosk / "enrolment.json", tool("central", "enrol", "--dir", str(centre), "--desa", DESA, "--key", key))
    keep(kiosk / "public.json", tool("central", "public", "--dir", str(centre), "--url", url))
    tool("kiosk", "configure", "--dir", str(kiosk), "--public", str(kiosk / "public.json"),
         "--enrolment", str(kiosk / "enrolment.json"), "--desa-name", DESA_NAME, "--assets", str(TOP / "build"),
         "--port", str(KIOSK_PORT), "--panel-port", str(PANEL_PORT),
         *(f"--{device}=simulated://" for device in ("scanner", "codes", "power")))  # fmt: skip


def parts(folder: Path, shell: str) -> tuple[Part, ...]:
    centre, settings = str(folder / "centre"), str(folder / "kiosk" / "kiosk.toml")
    return (
        Part("centre", ("central", "serve", "--dir", centre, "--port", str(CENTRE_PORT))),
        Part("worker", ("central", "worker", "--dir", centre)),
        Part("courier", ("kiosk", "courier", "--settings", settings)),
        Part("kiosk", ("kiosk", "ui", "--settings", settings, "--shell", shell)),
    )


def answers(port: int, path: str = "/") -> bool:
    """Whether somebody answers HTTP there, whatever it says."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def wait_ready(running: dict[str, subprocess.Popen[bytes]], folder: Path) -> None:
    """Until centre, kiosk and panel answer; a part that ended is shown with the end of its log."""
    deadline = time.monotonic() + 60
    waiting = [CENTRE_PORT, KIOSK_PORT, PANEL_PORT]
    while waiting and time.monotonic() < deadline:
        check_alive(running, folder)
        waiting = [port for port in waiting if not answers(port)]
        time.sleep(0.1)
    if waiting:
        sys.exit(f"no answer on port {waiting} within 60 s; logs are in {folder}")


def check_alive(running: dict[str, subprocess.Popen[bytes]], folder: Path) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            log = (folder / f"{name}.log").read_text(errors="replace")[-2000:]
            raise SystemExit(f"{name} ended with {process.returncode}. The end of its log:\n{log}")


def stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """The screen first, the centre last; each is asked, then after 10 s ended."""
    for process in reversed(running.values()):
        if process.poll() is None:
            process.terminate()
    for process in reversed(running.values()):
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def refuse_taken_ports(ports: Sequence[int]) -> None:
    for port in ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                sys.exit(f"port {port} is taken: is another `make run` still running?")


def explain(accounts: dict[str, str], staff: dict[str, str], shell: str, entry: str) -> None:
    say(
        "",
        f"  Citizen's screen   {entry}" + ("   (its window is open)" if shell != "none" else "   <- open this address"),
        f"  Officer's desk     http://127.0.0.1:{CENTRE_PORT}/",
        *(f"                       {name:12} password {password}" for name, password in accounts.items()),
        f"  Device panel       http://127.0.0.1:{PANEL_PORT}/   lay a paper under the camera, take it away,",
        "                       empty the paper, unplug a printer; see what came out of the printers",
        f"  Desa staff         {STAFF_NAME}, PIN {staff['pin']}: on the citizen's screen touch Bantuan, then Saya petugas",
        "",
        "  Try: ask for a family-card change; at each paper lay it under the camera in the device panel; keep the",
        "  ticket and PIN from the receipt (device panel); at the desk verifikator approves, siak enters, validator",
        "  validates, kepala signs and publishes; then check the status at the kiosk and print.",
        "",
        "  Ctrl-C stops everything.",
    )


def entry_address(kiosk: Path) -> str:
    """The kiosk's own address; without a window it left one with its key for us."""
    path = kiosk / "run" / "address"
    return path.read_text() if path.exists() else f"http://127.0.0.1:{KIOSK_PORT}/"


def main() -> None:
    refuse_taken_ports((CENTRE_PORT, KIOSK_PORT, PANEL_PORT))
    shell = "pywebview" if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else "none"
    accounts = prepare(DEMO)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal was closed
        signal.signal(ending, signal.default_int_handler)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for part in parts(DEMO, shell):
            running[part.name] = part.start(DEMO)
        wait_ready(running, DEMO)
        explain(accounts, json.loads((DEMO / "staff.json").read_text()), shell, entry_address(DEMO / "kiosk"))
        while True:
            check_alive(running, DEMO)
            time.sleep(1)
    except KeyboardInterrupt:
        with suppress(OSError):  # nobody reads any more
            say("", "Stopping ...")
    finally:
        stop(running)


if __name__ == "__main__":
    main()
