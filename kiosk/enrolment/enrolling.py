"""First enrolment, one durable step at a time: key made → code taken → admin's yes → settings written.

Each step can be repeated: the same code with the same key gives the same answer, and the settings are written whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adminduk.clock import Clock
from adminduk.enrolment_codes import fingerprint
from adminduk.enrolments import EnrolAnswer, EnrolQuestion, EnrolRequest, public_hex
from adminduk.tickets import Dice
from kiosk.enrolment import progress
from kiosk.enrolment.chest import Chest, make_missing, signing_key
from kiosk.enrolment.configuring import EnrolmentError, configure, write_whole
from kiosk.enrolment.invitation import Invitation
from kiosk.enrolment.progress import Progress, Step
from kiosk.enrolment.registrar import Registrar
from kiosk.keys import DEVICE_KEY
from kiosk.settings import Settings
from kiosk.uplink.errors import Busy, Refused, UplinkError

SETTINGS, CA = "kiosk.toml", "ca.pem"
POLL_S, LONGEST_POLL_S = 5.0, 60.0
FINAL = (
    "kode_salah", "kode_terkunci", "kode_kedaluwarsa", "kode_dipakai", "kunci_dipakai", "bukti_salah", "ditolak", "tidak_ada",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the technician decides. ``extra``: TOML of content, devices and screen; ``desa_name``: empty for the centre's;
    ``state``: None for ``state`` beside the settings."""

    extra: str
    desa_name: str = ""
    state: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What stands on the kiosk's screen while the admin looks: compare ``fingerprint`` with the centre's page."""

    fingerprint: str
    desa: str
    desa_name: str


class Enrolling:
    """``folder``: where kiosk.toml goes. A new one takes up where the last was cut off."""

    def __init__(self, folder: Path, chest: Chest, *, clock: Clock, dice: Dice) -> None:
        self._folder, self._chest, self._clock, self._dice = folder, chest, clock, dice

    @property
    def under_way(self) -> Progress | None:
        return progress.read(self._folder)

    def begin(self, given: Invitation, *, new_key: bool = False) -> None:
        """Make the keys that are missing and write down what is meant; one that is under way is left for this one, unless
        its code is taken: then the admin decides about that.

        Raises:
            EnrolmentError: ``sudah_terdaftar``, ``masih_menunggu``.
        """
        before = self.under_way
        if before is None and (self._folder / SETTINGS).exists():
            raise EnrolmentError("sudah_terdaftar")
        if before is not None and before.step is not Step.CLAIMING:
            raise EnrolmentError("masih_menunggu")
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if new_key:
            self._chest.remove(DEVICE_KEY)
        make_missing(self._chest, self._dice)
        if given.ca:
            write_whole(self._folder / CA, given.ca)
        meant = Progress(step=Step.CLAIMING, url=given.url, pinned=bool(given.ca), code=given.code)
        progress.keep(self._folder, meant)

    def shown(self) -> Shown | None:
        """None until the code is taken."""
        now = self.under_way
        if now is None or now.step is Step.CLAIMING:
            return None
        told = now.told
        digits = fingerprint(public_hex(signing_key(self._chest)), told.row, told.receipt_key)
        return Shown(fingerprint=digits, desa=told.desa, desa_name=told.desa_name)

    def step(self, site: Site) -> Step:
        """One step further, durably; WAITING again while the admin has not decided.

        Raises:
            EnrolmentError: the centre said no (its code; after one of FINAL nothing is under way), or ``jawaban_berbeda``.
            Unreachable, Busy: try again later; nothing is lost.
        """
        now = self.under_way
        if now is None:
            raise EnrolmentError("belum_mulai")
        if now.step is Step.CONFIRMED:
            self._write(now, site)
            return Step.DONE
        try:
            answer = self._ask(now)
        except Refused as error:
            if error.code in FINAL:
                progress.forget(self._folder)
            raise EnrolmentError(error.code) from None
        if now.step is Step.WAITING and not _same(now.told, answer):
            raise EnrolmentError("jawaban_berbeda")
        after = now.after(answer)
        progress.keep(self._folder, after)
        return after.step

    def _ask(self, now: Progress) -> EnrolAnswer:
        key, ca_file = signing_key(self._chest), self._folder / CA if now.pinned else None
        registrar = Registrar.at(now.url, self._clock, ca_file=ca_file)
        try:
            if now.step is Step.CLAIMING:
                return registrar.enrol(EnrolRequest.made(now.code, key))
            return registrar.ask(EnrolQuestion.made(now.told.row, key))
        finally:
            registrar.close()

    def _write(self, now: Progress, site: Site) -> Settings:
        """``kiosk.toml`` last; the progress goes only when it loads."""
        told = now.told
        ca = (self._folder / CA).read_text(encoding="utf-8") if now.pinned else ""
        public = {
            "url": now.url, "sealing_key": told.sealing_key, "receipt_key": told.receipt_key, "roots": told.roots, "ca": ca,
            "content_root": told.content_root,
        }  # fmt: skip
        identity = {"kiosk_id": told.kiosk_id, "number": told.number, "desa": told.desa}
        name = site.desa_name or told.desa_name or told.desa
        state = str(site.state) if site.state else "state"
        settings = configure(self._folder, public, identity, desa_name=name, extra=site.extra, state_dir=state)
        progress.forget(self._folder)
        return settings


def _same(before: EnrolAnswer, now: EnrolAnswer) -> bool:
    """Whether both come from the same centre about the same code."""
    return (before.row, before.desa, before.receipt_key) == (now.row, now.desa, now.receipt_key)


def run(
    enrolling: Enrolling, site: Site, *, wait: Callable[[float], None], show: Callable[[Shown], None],
    trouble: Callable[[str], None],
) -> None:  # fmt: skip
    """Until it is done or refused. ``show`` hears once what to compare; ``trouble`` hears codes of a line that is down."""
    shown, failures = False, 0
    while True:
        pause = POLL_S
        try:
            if (reached := enrolling.step(site)) is Step.DONE:
                return
            failures, pause = 0, 0.0 if reached is Step.CONFIRMED else POLL_S
        except UplinkError as error:
            trouble(error.code)
            asked = error.retry_after if isinstance(error, Busy) else None
            failures, pause = failures + 1, min(asked or POLL_S * 2**failures, LONGEST_POLL_S)
        if not shown and (digits := enrolling.shown()) is not None:
            show(digits)
            shown = True
        if pause:
            wait(pause)
