"""The number behind an error of a line: libraries wrap it in words, and words are nothing to decide by."""


def errno_of(error: BaseException) -> int:
    """Of the error, or of the one that it was raised from; 0 when none has a number.

    pyserial and termios keep it in ``args``, pyusb in ``errno``, python-escpos only in what it caught.
    """
    one: BaseException | None = error
    while one is not None:
        for number in (getattr(one, "errno", None), *one.args[:1]):
            if isinstance(number, int):
                return number
        one = one.__cause__ or one.__context__
    return 0
