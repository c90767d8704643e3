"""The technician's commands, each a few verbs of this package. ``say`` gets lines for a person."""

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import Clock
from adminduk.enrolment_codes import spoken
from adminduk.tickets import Dice
from kiosk.enrolment import enrolling, moving, rekeying
from kiosk.enrolment.chest import Chest, make_missing, signing_key
from kiosk.enrolment.configuring import EnrolmentError
from kiosk.enrolment.enrolling import SETTINGS, Enrolling, Shown, Site
from kiosk.enrolment.invitation import Invitation
from kiosk.enrolment.registrar import Registrar
from kiosk.enrolment.words import Words
from kiosk.keys import STORE_KEY
from kiosk.settings import Settings, load
from kiosk.store import Store
from kiosk.uplink.errors import UplinkError
from kiosk.uplink.service import CourierRunningError, only_one
from kiosk.uplink.signing import KioskSignature

Say = Callable[[str], None]


def enrol(
    folder: Path, chest: Chest, given: Invitation | None, site: Site, *,
    clock: Clock, dice: Dice, wait: Callable[[float], None], say: Say, new_key: bool = False,
) -> Settings:  # fmt: skip
    """``given``: None goes on with one that was cut off. Raises EnrolmentError, SettingsError."""
    words, work = Words.load(), Enrolling(folder, chest, clock=clock, dice=dice)
    before = work.under_way
    if given is not None:
        work.begin(given, new_key=new_key)
    elif before is not None:
        say(words.say("resumed"))

    def show(what: Shown) -> None:
        say(words.say("compare", digits=spoken(what.fingerprint), desa=what.desa, desa_name=what.desa_name))

    def trouble(code: str) -> None:
        say(words.say("waiting_line", code=code))

    enrolling.run(work, site, wait=wait, show=show, trouble=trouble)
    settings = load(folder / SETTINGS)
    say(words.say("done", kiosk_id=settings.identity.kiosk_id, file=folder / SETTINGS))
    say(words.storage(chest.storage))
    return settings


def keys(chest: Chest, *, dice: Dice, say: Say) -> None:
    """Make what is missing and say how strongly it is kept."""
    make_missing(chest, dice)
    say(Words.load().storage(chest.storage))


def signed(settings: Settings, key: Ed25519PrivateKey, clock: Clock) -> Registrar:
    signature = KioskSignature(settings.identity.kiosk_id, key, clock)
    ca_file = Path(settings.centre.ca_file) if settings.centre.ca_file else None
    return Registrar.at(settings.centre.url, clock, ca_file=ca_file, signature=signature)


def rekey(folder: Path, chest: Chest, *, clock: Clock, dice: Dice, say: Say) -> None:
    """Raises EnrolmentError: besides those of rekeying.rekey ``kurir_berjalan``, ``tidak_tersambung``."""
    settings = load(folder / SETTINGS)
    moving.refuse_while_moving(folder)
    try:
        with only_one(settings.state / "courier.lock"):
            rekeying.rekey(
                chest, settings.identity.kiosk_id, connect=lambda key: signed(settings, key, clock), dice=dice
            )
    except CourierRunningError:
        raise EnrolmentError("kurir_berjalan") from None
    except UplinkError:
        raise EnrolmentError("tidak_tersambung") from None
    say(Words.load().say("rekeyed"))


def move(folder: Path, chest: Chest, *, clock: Clock, dice: Dice, say: Say, revoked: bool = False) -> None:
    """``revoked``: the centre has revoked this kiosk and answers it no more. Raises EnrolmentError."""
    now = moving.mark(folder)
    if now is None or now.step != moving.WIPING:
        try:
            _leave(folder, load(folder / SETTINGS), chest, clock, dice, revoked=revoked)
        except CourierRunningError:
            raise EnrolmentError("kurir_berjalan") from None
        except UplinkError:
            raise EnrolmentError("tidak_tersambung") from None
    moving.wipe(folder, chest)
    say(Words.load().say("moved"))


def _leave(folder: Path, settings: Settings, chest: Chest, clock: Clock, dice: Dice, *, revoked: bool) -> None:
    registrar = None if revoked else signed(settings, signing_key(chest), clock)
    store = Store.open(settings.state / "kiosk.db", chest.read(STORE_KEY), clock=clock, dice=dice)
    try:
        moving.leave(
            folder, settings, registrar=registrar, unfinished=store.unfinished,
            alone=lambda: only_one(settings.state / "courier.lock"),
        )  # fmt: skip
    finally:
        store.close()
        if registrar is not None:
            registrar.close()
