"""kill -9 of the kiosk, the courier and the centre, at random, twenty times each: every receipt on paper has exactly one
application at the centre, and nothing is left waiting."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from adminduk.tickets import check_ticket
from central.schema import applications, packets
from tests.devices.simulators import ReceiptEmulator, receipt_printer_emulator, until
from tests.journeys.stack import TOP, Stack, set_up

pytestmark = pytest.mark.journey

KILLS = 20
SEED = 20261121


def printed_tickets(receipts: ReceiptEmulator) -> list[str]:
    """Every ticket on a paper that was cut, in the order of printing."""
    found = []
    for receipt in receipts.receipts():
        ticket = re.search(r"\d{4}-\d{4}-\d{4}", receipts.text(receipt))
        assert ticket, "a receipt without a ticket"
        found.append(check_ticket(ticket[0]).value)
    return found


def at_the_centre(stack: Stack) -> tuple[list[str], int]:
    """(tickets of applications, packets that are not admitted)."""
    engine = sa.create_engine(f"sqlite:///{stack.centre / 'central.db'}")
    with engine.connect() as connection:
        tickets = list(connection.scalars(sa.select(applications.c.ticket)))
        open_packets = sa.select(sa.func.count()).select_from(packets).where(packets.c.state != "admitted")
        return tickets, int(connection.scalar(open_packets) or 0)


def visitor(stack: Stack, most: int = 1000) -> subprocess.Popen[bytes]:
    with (stack.folder / "visitor.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.visitor", stack.settings, str(most)], cwd=TOP, stdout=log, stderr=log
        )


def one_round(stack: Stack, receipts: ReceiptEmulator, dice: random.Random) -> None:
    """The kiosk is killed a moment after its first paper of this round; courier and centre at moments of their own."""
    before = len(receipts.receipts())
    kiosk = visitor(stack)
    try:
        until(lambda: len(receipts.receipts()) > before or kiosk.poll() is not None, seconds=180, what="a paper")
        assert kiosk.poll() is None, (stack.folder / "visitor.log").read_text()[-2000:]
        for name in dice.sample(["courier", "centre"], 2):
            papers = len(receipts.receipts()) + dice.randrange(3)
            until(lambda papers=papers: len(receipts.receipts()) >= papers, seconds=180, what="another paper")
            stack.kill(name)
            stack.start(name)
    finally:
        kiosk.kill()
        kiosk.wait(20)


def drained(stack: Stack) -> bool:
    waiting = list((stack.kiosk / "state" / "vault").glob("*.packet"))
    return not waiting and at_the_centre(stack)[1] == 0


def test_every_paper_has_exactly_one_application_however_often_power_goes(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    (tmp_path / "emupos").mkdir()
    with receipt_printer_emulator(tmp_path / "emupos") as receipts:
        stack = set_up(tmp_path / "all", "--receipt", f"tcp://127.0.0.1:{receipts.tcp_port}")
        try:
            stack.start("centre", "worker", "courier")
            stack.wait_centre()
            for _ in range(KILLS):
                one_round(stack, receipts, dice)
            last = visitor(stack, most=1)  # the start after the last cut settles what the cut left
            assert last.wait(60) == 0
            until(lambda: drained(stack), seconds=150, what="the courier's and the worker's rest")
            check(stack, printed_tickets(receipts))
        finally:
            stack.stop()
            sys.stdout.write(stack.logs())


def check(stack: Stack, papers: list[str]) -> None:
    tickets, _ = at_the_centre(stack)
    assert len(papers) > KILLS
    assert len(set(papers)) == len(papers), "a ticket was printed twice"
    assert len(set(tickets)) == len(tickets), "an application was doubled"
    assert set(papers) <= set(tickets), "a paper without an application"
    # a cut between keeping and printing leaves an application whose paper never came: at most one a cut
    assert len(set(tickets) - set(papers)) <= KILLS
