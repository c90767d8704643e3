"""Questions to a receipt printer and their answers, out of a stream in which late answers and news of its own come too."""

from contextlib import suppress

from kiosk.hardware.health import Condition
from kiosk.hardware.receipt.lines import Line, troubles
from kiosk.hardware.receipt.render import CLEAR, CLEARED
from kiosk.hardware.receipt.status import ASB_LENGTH, Kind, kind_of, summarise_asb

ANSWER_S = 1.0
MODEL_NAME, LONGEST_NAME = b"\x1dI\x43", 80
MOST_STRAYS = 64  # bytes of other kinds before an answer


def ask(line: Line, query: bytes, kind: Kind, wait_s: float) -> int | None:
    """Send a query and take the one byte of that kind; silence is None, a broken line an exception.

    Late answers to earlier questions are thrown away. A status that the printer sends by itself (ASB) is no answer; when it
    says that nothing prints, a fence need not be waited for.
    """
    drain(line)
    line.write(query)
    for _ in range(MOST_STRAYS):
        byte = line.read(wait_s)
        if byte is None:
            return None
        found = kind_of(byte)
        if found is kind:
            return byte
        if found is Kind.ASB and _stops(line, byte) and kind is Kind.PAPER:
            return None
    return None


def _stops(line: Line, first: int) -> bool:
    rest = [line.read(ANSWER_S) for _ in range(ASB_LENGTH - 1)]
    block = bytes([first, *(byte for byte in rest if byte is not None)])
    return len(block) == ASB_LENGTH and summarise_asb(block).condition is Condition.FAULT


def ask_name(line: Line) -> bytes:
    """The answer to GS I 67, without its NUL; empty from one that does not say."""
    drain(line)
    line.write(MODEL_NAME)
    answer = b""
    while len(answer) < LONGEST_NAME and (byte := line.read(ANSWER_S)):
        answer += bytes([byte])
    return answer


def forgets(line: Line) -> bool:
    """Tell it to drop what it holds; whether it says that it did. One that does not know the command prints nothing of it."""
    with suppress(*troubles()):
        drain(line)
        line.write(CLEAR)
        return all(line.read(ANSWER_S) == expected for expected in CLEARED)
    return False


def drain(line: Line) -> None:
    while line.read(0.0) is not None:
        pass
