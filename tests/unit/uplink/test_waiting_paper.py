"""A finished document that waits in the village, from the officer's hand to the paper: the real centre, the courier, a visit.

The centre is killed while it prints; a wrong one is replaced while it waits, while it is on the screen, after it was printed.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.application import Action, Role, State
from adminduk.clock import ManualClock, SystemClock
from adminduk.tickets import Claim, claim_code
from central.accounts import Officer
from central.desk import cases, replacing
from central.documents import sealing
from central.documents.authority import create_test_authority, roots_pem
from central.documents.signing import sign
from central.intake.inquiries import REPLACED
from central.schema import applications, document_prints, documents
from kiosk.session import Event, Step
from kiosk.uplink import Courier, Post, open_courier
from kiosk.uplink.downlink import AGAIN_S, EVERY_S
from kiosk.vault import GrowingVault
from tests.unit.documents.paperwork import blank_pdf
from tests.unit.session.world import World, new_world
from tests.unit.store.making import KEY
from tests.unit.uplink.test_uplink_downlink import SECRET, bring, finish
from tests.unit.uplink.village import DESA, QUICK, RealCentre, real_centre

PENA = Officer(username="pena", name="Kepala Contoh", role=Role.PENANDA_TANGAN)
VERA = Officer(username="vera", name="Vera Contoh", role=Role.VERIFIKATOR)
PULL_S, NOWHERE = 60.0, "http://127.0.0.1:9"


class Desa:
    """A kiosk's screen and its courier on the same files, enrolled at the centre."""

    def __init__(self, folder: Path, centre: RealCentre) -> None:
        self.folder, self.centre, self.key = folder, centre, Ed25519PrivateKey.generate()
        self.kiosk_id, self.clock = centre.enrol(self.key), ManualClock(at=SystemClock().now())
        self.world: World = new_world(folder, roots=roots_pem(centre.settings.authority).encode(), clock=self.clock)
        self.store = self.world.parts.store

    @contextmanager
    def courier(self, url: str = "", **told: Any) -> Iterator[Courier]:
        post = Post(
            store_file=self.folder / "kiosk.db", vault_folder=self.folder / "vault", url=url or self.centre.url,
            kiosk_id=self.kiosk_id, desa=DESA, store_key=KEY, device_key=self.key, receipt_key=self.centre.receipt_key,
            limits=QUICK, versions={"kiosk": "test"}, **({"pull_s": PULL_S} | told),
        )  # fmt: skip
        with open_courier(post, clock=self.clock, dice=secrets) as courier:
            yield courier

    def pull(self, url: str = "") -> None:
        """Everything that a courier has to do some minutes later."""
        self.clock.advance(PULL_S * 2)
        with self.courier(url) as courier:
            bring(courier)

    def show(self, ticket: str) -> None:
        """The receipt's code under the camera, without a line: what the kiosk itself knows."""
        self.world.do(Event.CHECK)
        self.world.codes.scan(claim_code(Claim(ticket=ticket, secret=SECRET, pin="")))
        self.world.kiosk.look()
        question = self.store.next_question()
        assert question is not None
        self.store.fail(question.id, "tidak_tersambung")
        self.world.kiosk.look()

    @property
    def status(self) -> Any:
        asking = self.world.kiosk.visit.asking
        assert asking is not None
        assert asking.status is not None
        return asking.status

    def print_it(self, ticket: str, document: str) -> None:
        self.show(ticket)
        self.world.do(self.world.kiosk.open_document(document), self.world.kiosk.print_document())
        self.world.kiosk.leave()

    @property
    def copies(self) -> frozenset[str]:
        return GrowingVault(self.folder / "documents").ids()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        create_test_authority(centre.settings.authority, now=SystemClock().now())
        yield centre


@pytest.fixture
def desa(tmp_path: Path, centre: RealCentre) -> Iterator[Desa]:
    made = Desa(tmp_path / "kios", centre)
    yield made
    made.store.close()
    if centre.process is None:
        centre.start()


@pytest.fixture(scope="module")
def papers(centre: RealCentre) -> tuple[bytes, bytes]:
    """(wrong, right): both really signed."""
    wrong, right = (sign(blank_pdf(), centre.settings.authority) for _ in range(2))
    assert wrong != right
    return wrong, right


def prints(centre: RealCentre) -> dict[str, int]:
    """document → how often the centre knows it printed."""
    counted = sa.select(document_prints.c.document_id, sa.func.count()).group_by(document_prints.c.document_id)
    with centre.engine.connect() as connection:
        return {str(document): int(number) for document, number in connection.execute(counted)}


def case_of(centre: RealCentre, document: str) -> Any:
    of = sa.select(applications).join(documents, documents.c.application_id == applications.c.id)
    with centre.engine.connect() as connection:
        return connection.execute(of.where(documents.c.id == document)).one()


def swap(centre: RealCentre, document: str, pdf: bytes) -> str:
    """Replaced at the desk; the new one's id."""
    case = case_of(centre, document)
    replacing.replace(
        centre.context, PENA, case.id, document, seen=State(case.state), why="Nama ayah salah ketik", pdf=pdf
    )  # fmt: skip
    with centre.engine.connect() as connection:
        return str(connection.scalar(sa.select(documents.c.id).where(documents.c.replaces == document)))


def publish(centre: RealCentre, document: str) -> None:
    cases.act(centre.context, VERA, case_of(centre, document).id, Action.TERBITKAN, seen=State.DITANDATANGANI)
    assert sealing.seal_next(centre.context)


def test_a_kiosk_pulls_and_keeps_as_its_settings_say(centre: RealCentre, desa: Desa) -> None:
    """Ten minutes and sixty days unless told otherwise."""
    with desa.courier(NOWHERE, waiting_days=5) as courier:
        assert courier._down is not None
        assert (courier._down.every_s, courier._down.kept) == (PULL_S, timedelta(days=5))
    with desa.courier(NOWHERE, pull_s=EVERY_S) as courier:
        assert courier._down is not None
        assert (courier._down.every_s, courier._down.kept) == (600.0, timedelta(days=60))


# --- killed -------------------------------------------------------------------------------------------------------------


def before_it_prints(desa: Desa, kill: Callable[[], None], _patch: pytest.MonkeyPatch) -> None:
    """The document is on the screen."""
    kill()


def while_the_paper_runs(desa: Desa, kill: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    printer, real = desa.world.paper, desa.world.paper.print

    def print_and_kill(*given: Any, **named: Any) -> Any:
        kill()
        return real(*given, **named)

    patch.setattr(printer, "print", print_and_kill)


def as_it_is_told(desa: Desa, kill: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    """Between the print and its report."""
    patch.setattr(desa.world.kiosk, "leave", lambda leave=desa.world.kiosk.leave: (kill(), leave()))


@pytest.mark.parametrize(
    "moment",
    [pytest.param(before_it_prints, marks=pytest.mark.nightly), while_the_paper_runs, as_it_is_told],
)
def test_the_centre_is_killed_while_a_waiting_document_prints(
    centre: RealCentre, desa: Desa, papers: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch, moment: Any
) -> None:
    """It prints once, and once the centre is back it hears of it once, however often it is told."""
    ticket, document = finish(centre, desa, papers[0])  # type: ignore[arg-type]  # only its kiosk_id is asked
    desa.pull()
    assert desa.copies == {document}
    desa.show(ticket)
    desa.world.do(desa.world.kiosk.open_document(document))
    assert desa.world.step is Step.DOCUMENT
    moment(desa, centre.kill, monkeypatch)
    desa.world.do(desa.world.kiosk.print_document())
    assert (desa.world.step, desa.world.paper.printed) == (Step.PRINTED, [papers[0]])
    desa.world.kiosk.leave()
    assert centre.process is None, "it was killed"
    for _ in range(2):  # couriers that find nobody
        with desa.courier() as courier:
            assert courier.tell_print()
            desa.clock.advance(AGAIN_S)
    assert prints(centre).get(document, 0) == 0
    assert len(desa.store.claims.due()) == 1
    centre.start()
    for _ in range(2):
        desa.pull()
    assert prints(centre)[document] == 1
    assert desa.store.claims.due() == ()
    assert case_of(centre, document).state == State.SELESAI
    assert len(desa.world.paper.printed) == 1


# --- replaced -----------------------------------------------------------------------------------------------------------


def test_the_wrong_one_does_not_print_once_the_kiosk_learnt_of_it_and_the_new_one_does(
    centre: RealCentre, desa: Desa, papers: tuple[bytes, bytes]
) -> None:
    ticket, wrong = finish(centre, desa, papers[0])  # type: ignore[arg-type]  # only its kiosk_id is asked
    desa.pull()
    new = swap(centre, wrong, papers[1])
    desa.pull()
    assert (desa.copies, desa.store.down.documents_of(ticket)) == (frozenset(), ())
    desa.print_it(ticket, wrong)
    assert desa.world.paper.printed == []
    desa.show(ticket)
    assert (desa.status.state, desa.status.documents) == (State.DITANDATANGANI, ())
    assert desa.status.reason == desa.world.parts.catalogue.reasons[REPLACED].text
    desa.world.kiosk.leave()
    publish(centre, new)
    desa.pull()
    assert desa.copies == {new}
    desa.print_it(ticket, new)
    assert desa.world.paper.printed == [papers[1]]
    desa.pull()
    assert prints(centre)[new] == 1
    assert wrong not in prints(centre)


def test_it_is_replaced_while_its_status_is_on_the_screen(
    centre: RealCentre, desa: Desa, papers: tuple[bytes, bytes]
) -> None:
    ticket, wrong = finish(centre, desa, papers[0])  # type: ignore[arg-type]  # only its kiosk_id is asked
    desa.pull()
    desa.show(ticket)
    assert [one["id"] for one in desa.status.documents] == [wrong]
    swap(centre, wrong, papers[1])
    desa.clock.advance(PULL_S)
    with desa.courier() as courier:
        while courier.pull_changes():
            pass
    desa.world.do(desa.world.kiosk.open_document(wrong))
    assert desa.world.step is not Step.DOCUMENT
    assert desa.world.paper.printed == []


def test_a_print_of_the_wrong_one_before_the_kiosk_knew_is_told_and_the_new_one_prints_without_staff(
    centre: RealCentre, desa: Desa, papers: tuple[bytes, bytes]
) -> None:
    ticket, wrong = finish(centre, desa, papers[0])  # type: ignore[arg-type]  # only its kiosk_id is asked
    desa.pull()
    new = swap(centre, wrong, papers[1])
    desa.print_it(ticket, wrong)  # the line is down: nobody here has heard
    assert desa.world.paper.printed == [papers[0]]
    desa.pull()
    assert prints(centre)[wrong] == 1
    assert case_of(centre, new).state == State.DITANDATANGANI, "the old print finishes nothing"
    publish(centre, new)
    desa.pull()
    desa.print_it(ticket, new)
    assert desa.world.paper.printed == list(papers), "its first copy: nobody asks for a reason"
    desa.pull()
    assert (prints(centre)[wrong], prints(centre)[new]) == (1, 1)
    assert case_of(centre, new).state == State.SELESAI
