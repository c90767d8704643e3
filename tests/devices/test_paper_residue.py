"""When a form is printed, the print service's spool, job history and logs have nothing of it left, and its process holds at most
what it read last, on its stack, until it reads the next form."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kiosk.hardware.health import PRINTED
from tests.devices.simulators import TOP, PaperStack, a4_printer_stack, until
from tests.devices.test_paper_contract import a4, driver
from tests.journeys.residue import in_memory, needles, pieces, traces

pytestmark = pytest.mark.devices

NAME = "LESTARI UJIMEMORI"
FORM = a4(NAME) + f"% {NAME}\n".encode()  # typst packs its words; a PDF may say anything behind its end
PAGE = pieces(FORM)
NEXT = a4("Somebody else's") + b"% nobody\n" * 8000


@pytest.fixture(scope="module")
def stack() -> Iterator[PaperStack]:
    """With the allocator that a device's service has."""
    rules = (TOP / "provisioning" / "cups" / "service.conf").read_text()
    tunables = re.search(r"^Environment=GLIBC_TUNABLES=(.+)$", rules, re.MULTILINE)
    assert tunables
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLIBC_TUNABLES", tunables[1])
        with a4_printer_stack() as running:
            yield running


def test_a_form_that_jammed_is_in_the_spool_and_one_that_came_out_nowhere(stack: PaperStack) -> None:
    service, printer = stack.folder / "cups", driver(stack, deadline_s=60)
    assert stack.cups is not None
    stack.fault("media-jam")
    with ThreadPoolExecutor(1) as hands:
        printing = hands.submit(printer.print, FORM, job="F-1.02")
        until(lambda: traces([service], [NAME], PAGE) != [], seconds=30, what="the form in the spool")
        places = traces([service], [NAME], PAGE)
        assert all("/spool/" in place for place in places), places
        stack.heal()
        printing.result(90)
    printer.cancel_leftovers()
    assert printer.print(FORM, job="F-1.02") == PRINTED
    until(lambda: stack.unfinished() == 0, what="the jobs' end")
    assert traces([service], [NAME], PAGE) == []
    wanted = needles([NAME], PAGE)
    left = in_memory(stack.cups.pid, wanted)
    assert [place for place in left if not place.startswith("[stack]")] == []  # docs/threat-model.md says why
    assert printer.print(NEXT, job="F-1.02") == PRINTED
    until(lambda: stack.unfinished() == 0, what="the next job's end")
    assert in_memory(stack.cups.pid, wanted) == [], "the next form lies over it"


def test_the_job_history_says_which_form_and_never_whose(stack: PaperStack) -> None:
    history = (stack.folder / "cups" / "cache").glob("job.cache*")
    said = b"".join(path.read_bytes() for path in history)
    assert not re.search(NAME.encode(), said)
