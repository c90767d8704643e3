"""The move to another desa, asked for at the screen: checked while the screen still runs, then screen and courier stop, the
centre is asked, everything goes. A refusal starts both again, and the screen says why.

``pindah.json`` beside kiosk.toml stands from before they stop until the end: after a power cut the next run goes on.
"""

import json
import logging
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from adminduk.clock import Clock
from adminduk.tickets import Dice
from kiosk.durable import sync_folder
from kiosk.enrolment import EnrolmentError, moving, terminal
from kiosk.enrolment.chest import Chest, signing_key
from kiosk.enrolment.configuring import write_whole
from kiosk.enrolment.enrolling import SETTINGS
from kiosk.enrolment.words import Words
from kiosk.errands import FOLDER, Asked, Phase, Tray, Verb
from kiosk.keys import STORE_KEY
from kiosk.settings import load
from kiosk.store import Store, StoreError
from kiosk.uplink.errors import UplinkError

log = logging.getLogger(__name__)

NOTE = "pindah.json"
UNITS = ("kios-ui.service", "kios-courier.service")


class Services(Protocol):
    """Screen and courier."""

    def stop(self) -> None: ...

    def start(self) -> None: ...


class SystemdServices:
    """Raises CalledProcessError."""

    def stop(self) -> None:
        subprocess.run(["systemctl", "stop", *UNITS], check=True)

    def start(self) -> None:
        subprocess.run(["systemctl", "start", "--no-block", *UNITS], check=True)


class NoServices:
    """Whoever started us has stopped them, and starts them again."""

    def stop(self) -> None:
        """Nothing to do."""

    def start(self) -> None:
        """Nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingOut:
    """``folder``: where kiosk.toml stands."""

    folder: Path
    chest: Chest
    services: Services
    clock: Clock
    dice: Dice

    @property
    def unfinished(self) -> bool:
        """Whether the centre was asked and its answer is not known: screen and courier stay closed until it is."""
        return (self.folder / NOTE).exists()

    def carry_next(self) -> bool:
        """One that is asked for, or that was cut off. False when there is none, or when it is not settled yet."""
        cut = self._noted()
        if cut is not None:
            return self._go_on(cut)
        if not (self.folder / SETTINGS).exists():
            return False
        tray = self._tray()
        if (left := tray.left_over(Verb.MOVE)) is not None:  # taken, and nothing was begun
            tray.tell(left, Phase.CUT)
            return True
        asked = tray.take(Verb.MOVE)
        if asked is None:
            return False
        tray.tell(asked, Phase.TAKEN)
        log.info("errand_taken verb=move")
        try:
            self._check()
        except EnrolmentError as refusal:
            self._refuse(tray, asked, refusal)
            return True
        write_whole(self.folder / NOTE, json.dumps({"id": asked.id}))
        self.services.stop()
        return self._leave(asked)

    def _go_on(self, cut: Asked) -> bool:
        """The power went after screen and courier were stopped. They may run again by now, if nothing was asked yet."""
        if moving.mark(self.folder) is None:
            if (self.folder / SETTINGS).exists():
                self._tray().tell(cut, Phase.CUT)
            self._over()
            return True
        self.services.stop()
        return self._leave(cut)

    def _check(self) -> None:
        """What would be refused anyway is refused before the screen goes dark."""
        settings = load(self.folder / SETTINGS)
        store = Store.open(settings.state / "kiosk.db", self.chest.read(STORE_KEY), clock=self.clock, dice=self.dice)
        try:
            left = {name: count for name, count in store.unfinished().items() if count}
        finally:
            store.close()
        if left:
            raise EnrolmentError("masih_tertunda", **left)
        registrar = terminal.signed(settings, signing_key(self.chest), self.clock)
        try:
            registrar.reach()
        except UplinkError:
            raise EnrolmentError("tidak_tersambung") from None
        finally:
            registrar.close()

    def _leave(self, asked: Asked) -> bool:
        """From here the screen is dark: it starts again with the reason, or never in this desa."""
        try:
            terminal.move(self.folder, self.chest, clock=self.clock, dice=self.dice, say=log.info)
        except (EnrolmentError, StoreError) as error:
            refusal = error if isinstance(error, EnrolmentError) else EnrolmentError("berkas_rusak")
            if moving.mark(self.folder) is None:
                self._refuse(self._tray(), asked, refusal)
                self._over()
                self.services.start()
                return True
            # asked, and the answer is not known: the next run asks again
            log.warning("move_unfinished code=%s", refusal.code)
            return False
        self._over()
        return True

    def _refuse(self, tray: Tray, asked: Asked, refusal: EnrolmentError) -> None:
        log.warning("errand_refused verb=move code=%s", refusal.code)
        tray.tell(asked, Phase.REFUSED, code=refusal.code, words=Words.load().refusal(refusal), **refusal.facts)

    def _tray(self) -> Tray:
        return Tray(load(self.folder / SETTINGS).state / FOLDER, self.clock)

    def _noted(self) -> Asked | None:
        try:
            told = json.loads((self.folder / NOTE).read_text(encoding="utf-8"))
            return Asked(id=str(told["id"]), verb=Verb.MOVE, staff_id="", at="", boot="", since=0.0)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            return Asked(id="", verb=Verb.MOVE, staff_id="", at="", boot="", since=0.0)

    def _over(self) -> None:
        (self.folder / NOTE).unlink(missing_ok=True)
        sync_folder(self.folder)
