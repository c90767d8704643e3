"""The kernel's number is found under whatever words a library wraps it in."""

import errno

import pytest

from kiosk.hardware.errors import errno_of


def raised(error: BaseException, first: BaseException | None = None, *, chained: bool = False) -> BaseException:
    try:
        if first is None:
            raise error
        try:
            raise first
        except type(first) as cause:
            if chained:
                raise error from cause
            raise error  # noqa: B904 - the case that is asked about
    except BaseException as caught:  # noqa: BLE001 - any kind is the point
        return caught


class Wordy(Exception):  # noqa: N818
    """As python-escpos's own."""


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (OSError(errno.EBUSY, "busy"), errno.EBUSY),
        (Wordy("nothing"), 0),
        (raised(Wordy("busy"), OSError(errno.EBUSY, "busy")), errno.EBUSY),
        (raised(Wordy("busy"), OSError(errno.EACCES, "no"), chained=True), errno.EACCES),
        (Wordy(5, "as termios has it"), errno.EIO),
        (TimeoutError("timed out"), 0),
    ],
)
def test_the_number(error: BaseException, number: int) -> None:
    assert errno_of(error) == number


def test_pyserial_and_pyusb_keep_it_where_it_is_looked_for() -> None:
    import serial
    import usb.core

    assert errno_of(serial.SerialException(errno.EAGAIN, "locked")) == errno.EAGAIN
    assert errno_of(usb.core.USBError("no", -3, errno.EACCES)) == errno.EACCES
