"""A battery on the bench and the hand at its plug: the twin, NUT's own upsd with its dummy-ups driver, and files as sysfs lays them."""

import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from adminduk.clock import ManualClock
from kiosk.hardware.power import Power, connect
from kiosk.hardware.power.simulated import SimulatedPower
from tests.devices.simulators import free_port, running, until

NUT = Path("/lib/nut")  # /sbin/upsd is Debian's wrapper, which asks /etc/nut/nut.conf whether it may start
START = {"ups.status": "OL CHRG", "battery.charge": "100", "battery.runtime": "2400"}


class Ups:
    """upsd and dummy-ups as processes of ours, and upsrw as the hand."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = dict.fromkeys(("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"), str(folder))
        self.url = f"nut://127.0.0.1:{self.port}/kios"
        self.upsd: subprocess.Popen[bytes]
        self.driver: subprocess.Popen[bytes]

    def ask(self, name: str) -> str:
        """upsd's word on one variable; empty when it has none."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line, line.makefile("rw") as talk:
            print("GET VAR kios", name, file=talk, flush=True)
            return talk.readline().partition('"')[2].rstrip('"\n')

    def says(self, wanted: Mapping[str, str]) -> bool:
        try:
            return all(self.ask(name) == value for name, value in wanted.items())
        except OSError:
            return False

    def say(self, wanted: Mapping[str, str]) -> None:
        """dummy-ups looks at its orders once a second: all go first, and are waited for together."""
        for name, value in wanted.items():
            order = f"{name}={value}"
            command = ["upsrw", "-s", order, "-u", "uji", "-p", "uji", f"kios@127.0.0.1:{self.port}"]
            subprocess.run(command, capture_output=True, check=True, timeout=10)
        until(lambda: self.says(wanted), what=f"{wanted}")

    def heal(self) -> None:
        self.say({name: value for name, value in START.items() if self.ask(name) != value})

    def hang(self) -> None:
        self.upsd.send_signal(signal.SIGSTOP)

    def recover(self) -> None:
        self.upsd.send_signal(signal.SIGCONT)


def lay_configuration(ups: Ups) -> None:
    files = {
        "ups.conf": "[kios]\n  driver = dummy-ups\n  port = kios.dev\n",
        "upsd.conf": f"LISTEN 127.0.0.1 {ups.port}\n",
        "upsd.users": "[uji]\n  password = uji\n  actions = SET\n",
        "kios.dev": "".join(f"{name}: {value}\n" for name, value in START.items()),
    }
    for name, content in files.items():
        (ups.folder / name).write_text(content)
        (ups.folder / name).chmod(0o640)


@contextmanager
def ups_simulator(folder: Path) -> Iterator[Ups]:
    assert (NUT / "dummy-ups").exists(), "run `make setup-test`: nut-server is in provisioning/packages/test.txt"
    ups, me = Ups(folder), pwd.getpwuid(os.getuid()).pw_name
    lay_configuration(ups)
    with ExitStack() as opened:
        driver = [str(NUT / "dummy-ups"), "-a", "kios", "-u", me, "-F", "-D", "-i", "1"]
        ups.driver = opened.enter_context(running(*driver, log=folder / "driver.log", environment=ups.environment))
        until((folder / "dummy-ups-kios").exists, what="dummy-ups")
        upsd = [str(NUT / "upsd"), "-u", me, "-F", "-D"]
        ups.upsd = opened.enter_context(running(*upsd, log=folder / "upsd.log", environment=ups.environment))
        opened.callback(ups.recover)  # a stopped process is not ended by SIGTERM
        until(lambda: ups.says(START), what="upsd")
        yield ups


class Bench(Protocol):
    """What hands do to a supply. ``clock`` is the driver's."""

    clock: ManualClock
    power: Power

    def cut_mains(self) -> None: ...

    def restore_mains(self) -> None: ...

    def drain_to(self, percent: int, *, minutes: int) -> None: ...

    def wear_out(self) -> None: ...

    def lose_track(self) -> None: ...

    def fall_silent(self) -> None: ...

    def speak_again(self) -> None: ...


class TwinBench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.power = SimulatedPower(clock=self.clock)
        self.cut_mains, self.restore_mains = self.power.cut_mains, self.power.restore_mains
        self.drain_to, self.wear_out, self.lose_track = self.power.drain_to, self.power.wear_out, self.power.lose_track
        self.fall_silent, self.speak_again = self.power.fall_silent, self.power.speak_again


class NutBench:
    def __init__(self, ups: Ups) -> None:
        self.clock, self.ups = ManualClock(), ups
        ups.heal()
        self.power = connect(ups.url, clock=self.clock)
        self.fall_silent, self.speak_again = ups.hang, ups.recover

    def cut_mains(self) -> None:
        self.ups.say({"ups.status": "OB DISCHRG"})

    def restore_mains(self) -> None:
        self.ups.say({"ups.status": "OL CHRG"})

    def drain_to(self, percent: int, *, minutes: int) -> None:
        self.ups.say({"battery.charge": str(percent), "battery.runtime": str(minutes * 60)})

    def wear_out(self) -> None:
        self.ups.say({"ups.status": "OL RB"})

    def lose_track(self) -> None:
        self.ups.say({"ups.status": "WAIT"})


class SysfsBench:
    """A laptop: adapter, battery, and a mouse with a battery of its own that is nearly empty."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.root = ManualClock(), folder / "power_supply"
        self.lay("AC", type="Mains", online="1")
        self.lay("BAT0", type="Battery", present="1", status="Full", capacity="100", health="Good")
        self.lay("BAT0", energy_now="40000000", energy_full="40000000", energy_full_design="44000000", power_now="0")
        self.lay("hidpp_battery_0", type="Battery", scope="Device", status="Discharging", capacity="3")
        self.power = connect(f"sysfs://{self.root}", clock=self.clock)

    def lay(self, supply: str, **files: str) -> None:
        (self.root / supply).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (self.root / supply / name).write_text(content + "\n")

    def cut_mains(self) -> None:
        self.lay("AC", online="0")
        self.lay("BAT0", status="Discharging")

    def restore_mains(self) -> None:
        self.lay("AC", online="1")
        self.lay("BAT0", status="Charging")

    def drain_to(self, percent: int, *, minutes: int) -> None:
        """Some drivers give the drawn power as a negative number."""
        self.lay("BAT0", capacity=str(percent), energy_now=str(minutes * 200_000), power_now="-12000000")

    def wear_out(self) -> None:
        self.lay("BAT0", energy_full="15000000")

    def lose_track(self) -> None:
        (self.root / "AC" / "online").unlink()
        self.lay("BAT0", status="Unknown")

    def fall_silent(self) -> None:
        self.root.rename(self.root.with_name("away"))

    def speak_again(self) -> None:
        self.root.with_name("away").rename(self.root)
