"""A new device key, asked for with the old one. Wherever the power goes, one of the two keys is known on both sides.

The centre keeps the new key beside the old one until the new one signs; this kiosk keeps both until it has.
"""

from adminduk.enrolments import NewKey
from adminduk.tickets import Dice
from kiosk.enrolment.chest import BYTES, NEXT_KEY, Chest, signing_key
from kiosk.enrolment.configuring import EnrolmentError
from kiosk.enrolment.registrar import Connect, Registrar
from kiosk.uplink.errors import Refused

_STRANGER = "kios_tidak_dikenal"


def rekey(chest: Chest, kiosk_id: str, *, connect: Connect, dice: Dice) -> None:
    """One that was cut off goes on with the key that it had made.

    Raises:
        EnrolmentError: ``kios_tidak_dikenal`` (revoked, or neither key is known), ``kunci_dipakai``, other words of the centre.
        Unreachable, Busy: again later; both keys stay.
    """
    if not chest.has(NEXT_KEY):
        chest.put(NEXT_KEY, dice.token_bytes(BYTES))
    new = signing_key(chest, NEXT_KEY)
    message = NewKey.made(kiosk_id, new)
    try:
        _offer(connect(signing_key(chest)), message)
    except Refused as error:
        if error.code != _STRANGER:
            chest.remove(NEXT_KEY)
            raise EnrolmentError(error.code) from None
    try:  # its first request ends the old key; when the first answer was lost, that was long ago
        _offer(connect(new), message)
    except Refused as error:
        raise EnrolmentError(error.code) from None
    chest.take_over()


def _offer(registrar: Registrar, message: NewKey) -> None:
    try:
        registrar.offer(message)
    finally:
        registrar.close()
