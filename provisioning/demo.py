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
from pathlib import Path
from typing import Any

from provisioning.crew import TOP, Crew, Part

DEMO = TOP / ".cache" / "demo"
CENTRE_PORT, KIOSK_PORT, PANEL_PORT = 8710, 8700, 8701
DESA, DESA_NAME, STAFF_NAME = "3312122001", "Desa Contoh", "Petugas Contoh"


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
    if not (centre / "content" / "1.root.json").exists():  # its offline keys lie beside it, which only a demo may do
        tool("central", "content", "init", "--dir", str(centre), "--keys", str(folder / "content-keys"))
    if not (kiosk / "kiosk.toml").exists():
        enrol(centre, kiosk)
        configure(centre, kiosk)
    elif "root_file" not in (kiosk / "kiosk.toml").read_text():  # of a demo from before there was one
        configure(centre, kiosk)
    if not (folder / "staff.json").exists():
        keep(
            folder / "staff.json",
            tool("central", "staff", "add", "--dir", str(centre), "--desa", DESA, "--name", STAFF_NAME),
        )
    passwords: dict[str, str] = json.loads(accounts.read_text())
    return passwords


def enrol(centre: Path, kiosk: Path) -> None:
    """What a technician and an admin do together: a key, and a place in the centre's list."""
    key = tool("kiosk", "setup", "--dir", str(kiosk))["public_key"]
    keep(kiosk / "enrolment.json", tool("central", "enrol", "--dir", str(centre), "--desa", DESA, "--key", key))


def configure(centre: Path, kiosk: Path) -> None:
    """The settings, from what the centre says of itself: its keys, and the root of the content that it signs."""
    url = f"http://127.0.0.1:{CENTRE_PORT}"
    keep(kiosk / "public.json", tool("central", "public", "--dir", str(centre), "--url", url))
    tool("kiosk", "configure", "--dir", str(kiosk), "--public", str(kiosk / "public.json"),
         "--enrolment", str(kiosk / "enrolment.json"), "--desa-name", DESA_NAME, "--assets", str(TOP / "build"),
         "--port", str(KIOSK_PORT), "--panel-port", str(PANEL_PORT),
         *(f"--{device}=simulated://" for device in ("scanner", "codes", "power")))  # fmt: skip
    stick = kiosk / "stick"  # a folder plays the USB stick
    stick.mkdir(exist_ok=True)
    with (kiosk / "kiosk.toml").open("a") as settings:
        settings.write(f"\n[storage]\nstick = {json.dumps(str(stick))}\n")


def parts(folder: Path, shell: str) -> tuple[Part, ...]:
    centre, settings = str(folder / "centre"), str(folder / "kiosk" / "kiosk.toml")
    return (
        Part("centre", ("central", "serve", "--dir", centre, "--port", str(CENTRE_PORT))),
        Part("worker", ("central", "worker", "--dir", centre)),
        Part("courier", ("kiosk", "courier", "--settings", settings), again=True),
        Part("carrier", ("kiosk.carrier", "--settings", settings, "--watch"), again=True),
        Part("kiosk", ("kiosk", "ui", "--settings", settings, "--shell", shell), again=True),
    )


def move_asked(folder: Path) -> bool:
    """What `kios-move.path` watches on a device."""
    state = folder / "kiosk" / "state" / "errands"
    return (state / "move.request").exists() or (state / "move.taken").exists()


def move_out(crew: Crew) -> None:
    """What systemd does on a device when the move to another desa is asked for at the screen: the kiosk's three processes
    stop, the move is carried out, and they start again; a kiosk that was wiped is enrolled anew, as a technician would."""
    names = ("courier", "carrier", "kiosk")
    crew.stop(*names)
    settings = str(crew.folder / "kiosk" / "kiosk.toml")
    crew.run(Part("move", ("kiosk.carrier", "--settings", settings, "--move")))
    prepare(crew.folder)
    crew.start(*names)
    wait_ready(crew)
    say("", f"  The kiosk was asked to move. Its screen is at {entry_address(crew.folder / 'kiosk')}")


def answers(port: int, path: str = "/") -> bool:
    """Whether somebody answers HTTP there, whatever it says."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def wait_ready(crew: Crew) -> None:
    """Until centre, kiosk and panel answer; a part that ended is shown with the end of its log."""
    deadline = time.monotonic() + 60
    waiting = [CENTRE_PORT, KIOSK_PORT, PANEL_PORT]
    while waiting and time.monotonic() < deadline:
        crew.look()
        waiting = [port for port in waiting if not answers(port)]
        time.sleep(0.1)
    if waiting:
        sys.exit(f"no answer on port {waiting} within 60 s; logs are in {crew.folder}")


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
        "  USB stick          the folder .cache/demo/kiosk/stick: staff, Ringkasan, Kiriman, Simpan ke USB",
        f"  Desa staff         {STAFF_NAME}, PIN {staff['pin']}: on the citizen's screen touch Bantuan, then Saya petugas",
        "",
        "  Try: ask for a family-card change; at each paper lay it under the camera in the device panel; keep the",
        "  ticket and PIN from the receipt (device panel); at the desk verifikator approves, siak enters, validator",
        "  validates, kepala signs and publishes; then check the status at the kiosk and print.",
        "",
        "  New content: docs/penerbitan.md, with --dir .cache/demo/centre --keys .cache/demo/content-keys; the kiosk takes it",
        "  within some minutes, and its screen begins again.",
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
    crew = Crew(DEMO, parts(DEMO, shell), say)
    try:
        crew.start()
        wait_ready(crew)
        explain(accounts, json.loads((DEMO / "staff.json").read_text()), shell, entry_address(DEMO / "kiosk"))
        while True:
            crew.look()
            if move_asked(DEMO):
                move_out(crew)
            time.sleep(1)
    except KeyboardInterrupt:
        with suppress(OSError):  # nobody reads any more
            say("", "Stopping ...")
    finally:
        crew.stop()


if __name__ == "__main__":
    main()
