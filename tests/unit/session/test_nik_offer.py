"""The card's number beside the typed one: offered, never filled in; and nothing of it stays."""

import logging
import sys
from datetime import date
from pathlib import Path

import pytest

from adminduk.clock import ManualClock
from adminduk.services import Paper, Service
from content.loader import ROOT, load, read_toml
from kiosk.session import nik_offer
from kiosk.session.nik_offer import NikCheck, offer
from tests.devices.camera_bench import eventually

SERVICES = load("wonogiri").services
TODAY = date(2026, 11, 21)
TYPED, ON_CARD, STRANGER = "3312120101909901", "3312120101909910", "5108014502859907"
ECHO = "import sys; sys.stdin.buffer.read(); print(sys.argv[1], '0.9900')"
KEPT = {"ktp", "ktp_lama", "ktp_pasangan", "ktp_kepala"}
HANGS = "import time; time.sleep(600)"


def reads(number: str) -> tuple[str, ...]:
    """A reader that takes the picture and says that number."""
    return (sys.executable, "-c", ECHO, number)


def paper_of(service: str, code: str) -> Paper:
    return next(paper for paper in SERVICES[service].every_paper() if paper.code == code)


CARD, ACCOUNT = paper_of("KONSOL", "ktp"), SERVICES["AKUN"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def read_all(check: NikCheck, *papers: Paper) -> bool:
    """Each paper is kept and its reading waited for; whether a number came."""
    for paper in papers:
        check.begin(paper, b"a page")
    came = False

    def done() -> bool:
        nonlocal came
        came = check.look(today=TODAY) or came
        return not check.busy

    assert eventually(done)
    return came


def known(*numbers: str, paper: str = "ktp") -> NikCheck:
    check = NikCheck()
    check.read[paper] = list(numbers)
    return check


# --- comparing --------------------------------------------------------------------------------------------------------


def asked(service: Service, **answers: str) -> nik_offer.NikOffer | None:
    return offer(known(ON_CARD), service, answers, kept=KEPT)


def test_two_digits_typed_in_the_wrong_order_are_found_and_the_cards_number_is_offered() -> None:
    found = asked(SERVICES["KONSOL"], nik=TYPED)

    assert found is not None
    assert (found.key, found.number, found.typed) == ("nik", ON_CARD, TYPED)
    assert found.differs == (14, 15)


def test_the_same_number_is_no_matter() -> None:
    assert asked(SERVICES["KONSOL"], nik=ON_CARD) is None


def test_a_strangers_card_is_only_a_reason_to_look_again() -> None:
    found = offer(known(STRANGER), SERVICES["KONSOL"], {"nik": TYPED}, kept=KEPT)

    assert found is not None
    assert (found.paper, found.key) == ("ktp", "")


def test_a_number_typed_for_another_person_of_the_application_is_theirs() -> None:
    answers = {"nik": TYPED, "suami_nik": STRANGER, "istri_nik": ON_CARD}

    assert offer(known(STRANGER, paper="ktp_lama"), SERVICES["AKC"], answers, kept=KEPT) is None


def test_of_several_people_the_one_whose_number_is_nearest_is_meant() -> None:
    answers = {"nik": STRANGER, "suami_nik": TYPED, "istri_nik": "3312125512889902"}

    found = offer(known(ON_CARD, paper="ktp_pasangan"), SERVICES["AKC"], answers, kept=KEPT)

    assert found is not None
    assert found.key == "suami_nik"


def test_the_card_of_a_witness_whom_nobody_asked_for_says_nothing() -> None:
    assert offer(known(STRANGER, paper="ktp_kepala"), SERVICES["KK-HR"], {"nik": TYPED}, kept=KEPT) is None


def test_a_number_that_is_still_missing_is_offered_from_the_card() -> None:
    found = offer(known(ON_CARD), SERVICES["KONSOL"], {}, kept=KEPT)

    assert found is not None
    assert (found.key, found.typed, found.differs) == ("nik", "", ())


def test_a_card_whose_paper_is_not_asked_for_any_more_says_nothing() -> None:
    assert offer(known(ON_CARD), SERVICES["KONSOL"], {"nik": TYPED}, kept=set()) is None


def test_who_says_that_the_typed_number_is_right_is_not_asked_again() -> None:
    check = known(ON_CARD)
    check.settled.add(ON_CARD)

    assert offer(check, SERVICES["KONSOL"], {"nik": TYPED}, kept=KEPT) is None


def test_who_mends_the_number_by_hand_is_not_asked_again() -> None:
    check, answers = known(ON_CARD), {"nik": TYPED}
    assert offer(check, SERVICES["KONSOL"], answers, kept=KEPT)
    answers["nik"] = ON_CARD

    assert offer(check, SERVICES["KONSOL"], answers, kept=KEPT) is None


# --- taking -----------------------------------------------------------------------------------------------------------


def test_only_the_visitors_word_changes_the_answer() -> None:
    answers = {"nik": TYPED}
    found = offer(known(ON_CARD), SERVICES["KONSOL"], answers, kept=KEPT)
    assert found is not None
    assert answers == {"nik": TYPED}

    assert nik_offer.take(found, SERVICES["KONSOL"], answers, today=TODAY, regions=None) == ""
    assert answers == {"nik": ON_CARD}


def test_a_number_that_the_service_forbids_is_not_taken_and_the_reason_is_told() -> None:
    """A proxy gives the card's number for both: the same person twice."""
    service = SERVICES["KTP-HR"]
    wanted = next(item for item in service.fields() if item.key == "pemberi_nik")
    answers = {"nik": ON_CARD, "untuk": "kuasa", "pemberi_nik": TYPED}
    assert wanted.asked(answers)
    found = nik_offer.NikOffer(paper="ktp_rusak", key="pemberi_nik", number=ON_CARD, typed=TYPED)

    assert nik_offer.take(found, service, answers, today=TODAY, regions=None) == "orang_sama"
    assert answers["pemberi_nik"] == TYPED


def test_an_answer_that_is_not_asked_any_more_is_left_alone() -> None:
    found = nik_offer.NikOffer(paper="ktp", key="pemberi_nik", number=ON_CARD)
    answers = {"nik": TYPED}

    assert nik_offer.take(found, SERVICES["KONSOL"], answers, today=TODAY, regions=None) == ""
    assert answers == {"nik": TYPED}


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_kept_card_is_read_beside_the_visit(clock: ManualClock) -> None:
    check = NikCheck(clock=clock, command=reads(ON_CARD))

    assert read_all(check, CARD)
    assert check.read == {"ktp": [ON_CARD]}


def test_two_cards_are_read_one_after_the_other(clock: ManualClock) -> None:
    check = NikCheck(clock=clock, command=reads(ON_CARD))

    read_all(check, CARD, paper_of("AKW", "ktp_pasangan"))

    assert check.read == {"ktp": [ON_CARD], "ktp_pasangan": [ON_CARD]}


@pytest.mark.parametrize("said", ["3312129901909901", "1234", "", "3312120101900000"])
def test_a_number_without_sense_is_never_offered(clock: ManualClock, said: str) -> None:
    check = NikCheck(clock=clock, command=reads(said))

    assert not read_all(check, CARD)
    assert not any(check.read.values())


@pytest.mark.parametrize("code", ["kk", "tanda_tangan", "swafoto"])
def test_what_is_no_card_is_not_read(clock: ManualClock, code: str) -> None:
    check = NikCheck(clock=clock, command=reads(ON_CARD))

    assert not check.begin(paper_of("AKUN", code), b"a page")
    assert not check.busy


def test_a_kiosk_that_is_told_not_to_reads_nothing(clock: ManualClock) -> None:
    assert not NikCheck(clock=clock, wanted=False, command=reads(ON_CARD)).begin(CARD, b"a page")


@pytest.mark.parametrize(
    ("text", "begins"), [("MemAvailable:  600000 kB\n", False), ("MemAvailable: 900000 kB\n", True)]
)
def test_where_memory_is_short_nothing_is_read(clock: ManualClock, tmp_path: Path, text: str, begins: bool) -> None:
    memory = tmp_path / "meminfo"
    memory.write_text(f"MemTotal: 2000000 kB\n{text}")
    check = NikCheck(clock=clock, command=reads(ON_CARD), memory=memory)

    assert check.begin(CARD, b"a page") is begins
    check.wipe()


@pytest.mark.parametrize("text", ["", "MemTotal: 1 kB\n", "MemAvailable:\n", "MemAvailable: many\n"])
def test_a_kernel_that_tells_no_memory_counts_as_full(tmp_path: Path, text: str) -> None:
    (tmp_path / "meminfo").write_text(text)

    assert nik_offer.free_mb(tmp_path / "meminfo") == 0
    assert nik_offer.free_mb(tmp_path / "missing") == 0


def test_a_reader_that_hangs_is_killed_and_the_visit_goes_on(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    check = NikCheck(clock=clock, command=(sys.executable, "-c", HANGS))
    check.begin(CARD, b"a page")
    assert not check.look(today=TODAY)
    child = check._now._child if check._now else None
    clock.advance(26)
    with caplog.at_level(logging.WARNING):
        assert not check.look(today=TODAY)

    assert child is not None
    assert child.poll() is not None
    assert [record.getMessage() for record in caplog.records] == ["card_reading_late paper=ktp"]
    assert not check.busy


def test_the_end_of_the_visit_kills_the_reader_and_forgets_everything(clock: ManualClock) -> None:
    check = NikCheck(clock=clock, command=(sys.executable, "-c", HANGS))
    check.read["ktp"] = [ON_CARD]
    check.begin(CARD, b"a page")
    check.begin(CARD, b"another")
    child, waiting = (check._now._child if check._now else None), check._waiting[0][1]
    check.wipe()

    assert child is not None
    assert child.poll() is not None
    assert not any(waiting)
    assert (check.read, check.busy) == ({}, False)
    assert not check.look(today=TODAY)


def test_a_card_that_is_photographed_anew_is_compared_by_its_new_number_alone(clock: ManualClock) -> None:
    check = NikCheck(clock=clock, command=reads(ON_CARD))
    check.read["ktp"] = [STRANGER]
    check.forget("ktp")
    read_all(check, CARD)

    assert check.read == {"ktp": [ON_CARD]}


def test_a_paper_taken_away_while_it_is_read_is_not_compared(clock: ManualClock) -> None:
    check = NikCheck(clock=clock, command=(sys.executable, "-c", HANGS))
    check.begin(CARD, b"a page")
    check.begin(CARD, b"another")
    check.forget("ktp")

    assert not check.busy
    assert not check.look(today=TODAY)


def test_the_picture_reaches_the_reader_without_a_name_on_any_disk(clock: ManualClock) -> None:
    check = NikCheck(clock=clock, command=(sys.executable, "-c", HANGS))
    check.begin(CARD, b"a page")
    assert check._now is not None
    process = Path(f"/proc/{check._now._child.pid}")

    assert str((process / "fd" / "0").readlink()).startswith("/memfd:card")
    assert str((process / "fd" / "1").readlink()).startswith("pipe:")
    assert b"a page" not in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    check.wipe()


def test_no_number_stands_in_what_might_be_written_down() -> None:
    found = nik_offer.NikOffer(paper="ktp", key="nik", number=ON_CARD, typed=TYPED)

    assert all(number not in repr(one) for number in (ON_CARD, TYPED) for one in (found, known(ON_CARD)))


# --- content ----------------------------------------------------------------------------------------------------------


def test_the_papers_that_are_read_are_cards_of_the_content() -> None:
    papers = read_toml(ROOT / "base" / "papers.toml")

    assert {papers[code]["shape"] for code in (*nik_offer.OWN, *nik_offer.OTHERS)} == {"card"}


def test_every_service_that_asks_for_an_own_card_asks_for_a_nik() -> None:
    """Else each of its visitors would be told to look again."""
    asking = [one for one in SERVICES.values() if {paper.code for paper in one.every_paper()} & set(nik_offer.OWN)]

    assert asking
    assert all(any(item.kind == "nik" and item.required for item in one.fields()) for one in asking)


def test_the_warning_has_words() -> None:
    assert "periksa" in load("wonogiri").complaints["nik_di_foto_lain"]


def test_numbers_are_grouped_as_on_the_card() -> None:
    assert nik_offer.grouped(TYPED) == "3312 1201 0190 9901"
