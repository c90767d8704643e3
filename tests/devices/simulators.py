"""Third-party simulators as context managers: emupos for receipts and codes, CUPS with ippeveprinter for A4. All on loopback."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
EMUPOS = TOP / ".cache" / "simulators" / "emupos"


def until(holds: Callable[[], bool], *, seconds: float = 20.0, what: str = "the condition") -> None:
    """Wait for a condition with a deadline; there is nothing to be notified by."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def offspring(pid: int) -> Iterator[int]:
    """Every process below one of ours."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                yield int(stat.parent.name)
                yield from offspring(int(stat.parent.name))


@contextmanager
def running(*words: str, log: Path, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program of ours, ended by its pid, or by the kernel when this process dies: a killed run leaves nothing behind."""
    words = ("setpriv", "--pdeathsig", "TERM", "--", *words)
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **(environment or {})})
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# --- receipts ---------------------------------------------------------------------------------------------------------

FAULTS = ("paper-near-end", "paper-out", "cover-open", "offline")


@dataclass(frozen=True, slots=True)
class ReceiptEmulator:
    """emupos: a TM-T20III (device ``p``) and a narrow POS-5890 (``n``), each on TCP and on a pty, and a code scanner on a pty of
    its own."""

    tcp_port: int
    pty_path: Path
    api: str
    process: subprocess.Popen[bytes]
    narrow_port: int

    def _call(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(self.api + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            content: bytes = answer.read()
            return content

    def fault(self, name: str, *, on: bool, device: str = "p") -> None:
        self._call(f"/devices/{device}/faults/{name}", "PUT" if on else "DELETE")

    def heal(self) -> None:
        for device in ("p", "n"):
            for name in FAULTS:
                self.fault(name, on=False, device=device)

    def receipts(self, device: str = "p") -> list[str]:
        """Ids of what was cut, oldest first."""
        rows = json.loads(self._call(f"/devices/{device}/receipts"))
        return [row["id"] for row in sorted(rows, key=lambda row: row["completed_at"])]

    def text(self, receipt: str, device: str = "p") -> str:
        return self._call(f"/devices/{device}/receipts/{receipt}/text").decode()

    def picture(self, receipt: str, device: str = "p") -> bytes:
        """PNG of the paper."""
        return self._call(f"/devices/{device}/receipts/{receipt}/image")

    @property
    def narrow_path(self) -> Path:
        return self.pty_path.with_name("n")

    @property
    def scanner_path(self) -> Path:
        return self.pty_path.with_name("s")

    def scan(self, text: str) -> None:
        """Pull the scanner's trigger over a code."""
        body = json.dumps({"data": text, "countdown_seconds": 0}).encode()
        request = urllib.request.Request(f"{self.api}/devices/s/scans", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()

    def pause(self) -> None:
        """The printer's electronics hang: the line is open, nobody answers."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)


NARROW = """type: printer
name: POS-5890
dpi: 203
width_dots: 384
font_a: { width: 12, height: 24 }
font_b: { width: 9, height: 17 }
code_pages: { 0: PC437 }
default_code_page: 0
drawer_sensor_open_level: high
printer_id: { model: 2, autocutter: false, maker: POS, name: POS-5890 }
serial: { baud: 9600, data_bits: 8, parity: none, stop_bits: 1 }
"""


@contextmanager
def receipt_printer_emulator(folder: Path) -> Iterator[ReceiptEmulator]:
    assert (EMUPOS / ".python").exists(), "run `make setup-test`: provisioning/simulators/install.sh puts emupos there"
    api, tcp, narrow = free_port(), free_port(), free_port()
    config = folder / "emupos.yaml"
    (folder / "narrow.yaml").write_text(NARROW)
    config.write_text(
        f"schema: 1\napi: {{host: 127.0.0.1, port: {api}}}\ndevices:\n"
        "  - id: p\n    type: printer\n    profile: epson-tm-t20iii\n"
        f"    connections: [{{tcp: {{host: 127.0.0.1, port: {tcp}}}}}, {{serial: {{pty: true, link: p}}}}]\n"
        f"  - id: n\n    type: printer\n    profile: ./narrow.yaml\n"
        f"    connections: [{{tcp: {{host: 127.0.0.1, port: {narrow}}}}}, {{serial: {{pty: true, link: n}}}}]\n"
        "  - id: s\n    type: scanner\n    mode: serial\n    connections: [{serial: {pty: true, link: s}}]\n"
    )
    python = (EMUPOS / ".python").read_text().strip()
    compiled = {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(EMUPOS / ".compiled"),
    }  # else 2 s at each start
    environment = {"PYTHONPATH": str(EMUPOS), "TMPDIR": str(folder), **compiled}
    start = "import os; os.chdir(os.environ['TMPDIR']); from emupos.cli.app import main; main()"
    log = folder / "emupos.log"
    with running(python, "-c", start, "run", log=log, environment=environment) as process:
        until(lambda: answers(api) and answers(tcp), what="emupos")
        yield ReceiptEmulator(tcp, folder / "emupos" / "p", f"http://127.0.0.1:{api}/api/v1", process, narrow)


@contextmanager
def serial_cable(name: Path, tcp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A serial adapter between ``name`` and a printer's brain on TCP, under a number of its own; ended, it is unplugged."""
    name.unlink(missing_ok=True)
    words = ("socat", f"PTY,link={name},raw,echo=0", f"TCP:127.0.0.1:{tcp_port}")
    with running(*words, log=name.with_suffix(".log")) as process:
        until(name.exists, what="the serial adapter")
        yield process


# --- A4 ---------------------------------------------------------------------------------------------------------------

COMMAND = """#!/bin/sh
# ippeveprinter's print command: keeps the document, obeys a fault file, speaks STATE: and ATTR: as an engine does.
cd {folder}
n=$(date +%s%N)
echo "ATTR: job-impressions=1 job-impressions-completed=0" >&2
while [ -s fault ]; do
    reason=$(cat fault)
    if [ "$reason" = ABORT ]; then echo "ERROR: engine fault" >&2; exit 1; fi
    echo "STATE: +$reason" >&2
    while [ "$(cat fault 2>/dev/null)" = "$reason" ]; do sleep 0.05; done
    echo "STATE: -$reason" >&2
done
env | grep '^IPP_' | sort > "out/$n.env"
cp "$1" "out/$n.part" && mv "out/$n.part" "out/$n.pdf"
echo "ATTR: job-impressions-completed=1" >&2
"""

CUPS_FILES = """User lp
Group lp
SystemGroup root
ServerRoot {root}/etc
StateDir {root}/run
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
ErrorLog {root}/log/error
AccessLog {root}/log/access
PageLog {root}/log/page
DataDir /usr/share/cups
DocumentRoot /usr/share/cups/doc-root
ServerBin /usr/lib/cups
"""

CUPSD = """Listen 127.0.0.1:{port}
Listen {root}/run/cups.sock
LogLevel warn
Browsing Off
WebInterface No
DefaultAuthType Basic
DefaultPaperSize A4
IdleExitTimeout 0
MaxLogSize 0
DirtyCleanInterval 0
ErrorPolicy retry-current-job
JobRetryInterval 2
JobRetryLimit 5
PreserveJobHistory Yes
PreserveJobFiles No
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
<Policy strict>
  <Limit Resume-Printer>
    AuthType Basic
    Require user @SYSTEM
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""

BUS = """<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
<allow user="*"/></policy></busconfig>"""

AVAHI = """[server]
host-name=kios-uji
use-ipv6=no
allow-interfaces=lo
[publish]
publish-workstation=no
publish-hinfo=no
"""


@dataclass(slots=True)
class PaperStack:
    """A private CUPS and, behind it, an IPP Everywhere printer."""

    folder: Path
    cups_port: int
    device_port: int
    cups: subprocess.Popen[bytes] | None = None
    device: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As the kiosk's settings name it."""
        device = f"ipp://127.0.0.1:{self.device_port}/ipp/print"
        return f"ipp://127.0.0.1:{self.cups_port}/printers/A4?device={device}"

    def printed(self) -> list[bytes]:
        """The PDFs that came out, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "out").glob("*.pdf"))]

    def job_options(self) -> list[str]:
        return [path.read_text() for path in sorted((self.folder / "out").glob("*.env"))]

    def fault(self, reason: str) -> None:
        """From now on each job meets this: media-jam, cover-open, …, or ABORT."""
        (self.folder / "fault").write_text(reason)

    def heal(self) -> None:
        (self.folder / "fault").unlink(missing_ok=True)

    def tray(self, sheets: int) -> None:
        """How much A4 lies in both trays. ippeveprinter answers first and fills the tray while it writes its page.

        Who leaves before the page's end races with the next hand at the tray: the page is read to its end.
        """
        size = "iso_a4_210x297mm"
        trays = "&".join(f"size{n}={size}&type{n}=stationery&level{n}={sheets}" for n in (1, 2))
        with urllib.request.urlopen(f"http://127.0.0.1:{self.device_port}/media?{trays}", timeout=10) as page:
            page.read()

    def stop_cups(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM: as systemd does; SIGKILL: as the kernel does when memory is short, and then systemd with what it leaves."""
        assert self.cups is not None
        left = tuple(offspring(self.cups.pid))
        self.cups.send_signal(how)
        self.cups.wait(20)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def start_cups(self, *, emptied: bool = False) -> None:
        """``emptied``: with a spool of its own that begins empty, as on a device (provisioning/cups/service.conf)."""
        root = self.folder / "cups"
        for file in [*root.glob("spool/[cd]0*"), *root.glob("cache/job.cache*")] if emptied else []:
            file.unlink()
        cupsd = shutil.which("cupsd") or "/usr/sbin/cupsd"
        words = ("setpriv", "--pdeathsig", "TERM", "--", cupsd, "-f", "-c", f"{root}/etc/cupsd.conf", "-s")
        with (self.folder / "cups.log").open("ab") as log:
            self.cups = subprocess.Popen([*words, f"{root}/etc/cups-files.conf"], stdout=log, stderr=log)
        until(lambda: answers(self.cups_port), what="cupsd")

    def unfinished(self) -> int:
        environment = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{self.cups_port}"}
        run = subprocess.run(["lpstat", "-W", "not-completed", "-o"], env=environment, capture_output=True, check=False)
        return len(run.stdout.splitlines())


def _device(folder: Path, port: int, formats: str) -> tuple[str, ...]:
    return (
        "ippeveprinter", "-r", "off", "-p", str(port), "-n", "localhost", "-2", "-s", "20,20", "-M", "Uji", "-m", "Laser",
        "-f", formats, "-d", str(folder / "device"), "-c", str(folder / "engine.sh"), "Kios A4",
    )  # fmt: skip


@contextmanager
def a4_printer_stack() -> Iterator[PaperStack]:
    """dbus and avahi are private too: ippeveprinter will not start without them, even told not to announce itself.

    CUPS's filters run as lp and must be able to walk to their files; pytest closes its own folders again and again.
    """
    with tempfile.TemporaryDirectory(prefix="a4-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with _a4_stack(folder) as stack:
            yield stack


@contextmanager
def _a4_stack(folder: Path) -> Iterator[PaperStack]:
    for name in ("out", "device"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    engine = folder / "engine.sh"
    engine.write_text(COMMAND.format(folder=folder))
    engine.chmod(0o755)
    stack = PaperStack(folder, free_port(), free_port())
    with ExitStack() as opened:
        bus = opened.enter_context(_private_bus(folder))
        words = _device(folder, stack.device_port, "application/pdf,image/pwg-raster")
        stack.device = opened.enter_context(running(*words, log=folder / "device.log", environment=bus))
        until(lambda: answers(stack.device_port), what="ippeveprinter")
        stack.tray(200)
        opened.enter_context(_private_cups(folder, stack))
        yield stack


@contextmanager
def _private_bus(folder: Path) -> Iterator[dict[str, str]]:
    bus = folder / "bus.sock"
    (folder / "bus.conf").write_text(BUS.format(path=bus))
    (folder / "avahi.conf").write_text(AVAHI)
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}"}
    daemon = shutil.which("avahi-daemon") or "/usr/sbin/avahi-daemon"
    own_run = (
        "mkdir -p /run/avahi-daemon; mount -t tmpfs none /run/avahi-daemon; chown avahi:avahi /run/avahi-daemon; "
        f"exec {daemon} -f {folder}/avahi.conf --no-drop-root --no-chroot --no-rlimits"
    )
    with running("dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", log=folder / "bus.log"):
        until(bus.exists, what="dbus")
        avahi = running("unshare", "-m", "sh", "-c", own_run, log=folder / "avahi.log", environment=environment)
        with avahi:
            until(lambda: "startup complete" in (folder / "avahi.log").read_text(errors="replace"), what="avahi")
            yield environment


@contextmanager
def _private_cups(folder: Path, stack: PaperStack) -> Iterator[None]:
    root = folder / "cups"
    for name in ("etc/ppd", "etc/ssl", "run/certs", "spool/tmp", "cache", "log"):
        (root / name).mkdir(parents=True)
    for path in [root, *root.rglob("*")]:
        shutil.chown(path, group="lp")
        path.chmod(0o1770 if path.name == "tmp" else 0o775)
    (root / "etc/cups-files.conf").write_text(CUPS_FILES.format(root=root))
    ours = (TOP / "provisioning/cups/cupsd.conf").read_text()  # as on a real device
    (root / "etc/cupsd.conf").write_text(CUPSD.format(root=root, port=stack.cups_port) + ours)
    stack.start_cups()
    try:
        _add_queue(root, stack)
        yield
    finally:
        stack.stop_cups()


def _add_queue(root: Path, stack: PaperStack) -> None:
    """By the same step as on a real device."""
    environment = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{stack.cups_port}"}
    device = f"ipp://127.0.0.1:{stack.device_port}/ipp/print"
    make = ["sh", str(TOP / "provisioning" / "a4_queue.sh"), "A4", device]
    subprocess.run(make, env=environment, check=True, capture_output=True, timeout=60)
    ppd = root / "etc/ppd/A4.ppd"
    until(lambda: "application/pdf" in ppd.read_text(errors="replace"), what="the queue's PPD")
