"""The roster's way to the kiosk: at the start, each quarter of an hour, and never a forged, foreign or older one."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import ManualClock, boot_identity
from adminduk.messages import SignedReceipt, StaffRoster
from central.fleet import staff
from kiosk.staff import Refusal, Roster, Unlocked, unlock
from kiosk.uplink import Courier
from kiosk.uplink.roster import AGAIN_S, EVERY_S
from tests.faultproxy import FaultProxy
from tests.unit.staff.hall import CENTRE_KEY, DESA, OTHER_DESA, PIN, person, roster, signed
from tests.unit.uplink.strangers import HTML, JSON, NOBODY, Forger, Reply, Stranger, problem
from tests.unit.uplink.village import Kiosk, RealCentre, new_kiosk, real_centre, wait_until


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    yield kiosk
    kiosk.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def remote(tmp_path: Path, clock: ManualClock) -> Iterator[Kiosk]:
    """A kiosk for strangers, with a clock that moves when told."""
    receipt_key = CENTRE_KEY.public_key().public_bytes_raw()
    kiosk = Kiosk(tmp_path / "remote", "K-0001", Ed25519PrivateKey.generate(), receipt_key, clock=clock)
    yield kiosk
    kiosk.close()


def held(kiosk: Kiosk) -> list[str]:
    return [one.staff_id for one in Roster.of(kiosk.store, kiosk.clock, receipt_key=kiosk.receipt_key).staff]


def opened(kiosk: Kiosk, staff_id: str, pin: str) -> Unlocked | Refusal:
    return unlock(kiosk.store, kiosk.clock, staff_id, pin, receipt_key=kiosk.receipt_key)


def refusals(kiosk: Kiosk) -> list[str]:
    return [detail for event, _, detail in kiosk.store.events() if event == "roster_refused"]


# --- the real centre --------------------------------------------------------------------------------------------------


def test_a_person_added_at_the_centre_opens_the_kiosk_after_the_next_round(centre: RealCentre, kiosk: Kiosk) -> None:
    new = staff.add(centre.context, desa=DESA, name="PETUGAS CONTOH")
    with kiosk.courier(centre.url) as courier:
        assert courier.fetch_roster()
    assert opened(kiosk, new.staff_id, new.pin) == Unlocked(staff_id=new.staff_id, name="PETUGAS CONTOH")
    staff.disable(centre.context, new.staff_id)
    assert isinstance(opened(kiosk, new.staff_id, new.pin), Unlocked), "the kiosk has not heard yet"
    with kiosk.courier(centre.url) as courier:
        courier.fetch_roster()
    assert opened(kiosk, new.staff_id, new.pin) == Refusal(code="staff.disabled")


def test_a_courier_that_starts_fetches_the_roster_by_itself(centre: RealCentre, kiosk: Kiosk) -> None:
    stop = Event()
    with kiosk.courier(centre.url) as courier:
        thread = Thread(target=courier.run, args=(stop,))
        thread.start()
        wait_until(lambda: kiosk.store.staff.roster(kiosk.clock.now()))
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_a_line_that_dies_in_the_answer_leaves_what_was_held(centre: RealCentre, kiosk: Kiosk) -> None:
    new = staff.add(centre.context, desa=DESA, name="PETUGAS CONTOH")
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        courier.fetch_roster()
    before = held(kiosk)
    staff.disable(centre.context, new.staff_id)
    with FaultProxy(centre.port, cut_every=200) as line, kiosk.courier(line.url) as courier:
        courier.fetch_roster()
    assert held(kiosk) == before
    assert isinstance(opened(kiosk, new.staff_id, new.pin), Unlocked)


def test_a_revoked_kiosk_keeps_its_roster_until_its_days_are_over(centre: RealCentre, kiosk: Kiosk) -> None:
    with kiosk.courier(centre.url) as courier:
        courier.fetch_roster()
    centre.revoke(kiosk.kiosk_id)
    before = held(kiosk)
    with kiosk.courier(centre.url) as courier:
        assert courier.fetch_roster()
        assert not courier.fetch_roster()
    assert held(kiosk) == before


# --- when -------------------------------------------------------------------------------------------------------------


def asked(stranger: Stranger) -> int:
    return sum(request.path == "/staff" for request in stranger.heard)


def test_the_roster_is_asked_for_at_the_start_and_each_quarter_of_an_hour(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier:
        assert [courier.fetch_roster(), courier.fetch_roster()] == [True, False]
        clock.advance(EVERY_S - 1)
        assert not courier.fetch_roster()
        clock.advance(1 + EVERY_S / 10)
        assert courier.fetch_roster()
        assert asked(stranger) == 2


def test_a_roster_that_did_not_come_is_asked_for_again_in_a_minute(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(lambda _: None) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
        clock.advance(AGAIN_S - 1)
        assert not courier.fetch_roster()
        stranger.answering = Forger(CENTRE_KEY, roster=roster(clock.now()))
        clock.advance(1)
        assert courier.fetch_roster()
    assert held(remote) == ["P-0007"]


def test_a_centre_that_says_no_is_not_asked_each_minute(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(lambda _: problem(404, "tidak_ada")) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
        clock.advance(AGAIN_S)
        assert not courier.fetch_roster()
        assert asked(stranger) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Reply(404),
        Reply(200, b"<html>log in</html>", HTML),
        Reply(302, b"", {"Location": "/"}),
        problem(404, "tidak_ada"),
    ],
)
def test_packets_do_not_wait_for_a_roster_that_does_not_come(remote: Kiosk, answer: Reply) -> None:
    remote.submit()
    lies = {("GET", "staff"): lambda _: answer}
    with Stranger(Forger(CENTRE_KEY, lies=lies)) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
        assert not courier.line.quiet
        courier.deliver_next()
    assert not remote.store.waiting()


def test_a_centre_that_asks_to_wait_is_left_alone(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(lambda _: problem(503, "sibuk", 300)) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
        clock.advance(299)
        assert not courier.fetch_roster()
        assert courier.line.quiet
        assert asked(stranger) == 1


def test_a_courier_without_a_round_asks_for_nothing(remote: Kiosk) -> None:
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier:
        plain = Courier(remote.store, remote.vault, courier._centre, clock=remote.clock, dice=courier.line._dice)
        assert not plain.fetch_roster()
        assert asked(stranger) == 0


# --- refused ----------------------------------------------------------------------------------------------------------


def offered(kiosk: Kiosk, clock: ManualClock, *answers: Reply) -> list[str]:
    """What the kiosk holds after each of these, a round apart."""
    kept = []
    for answer in answers:
        lies = {("GET", "staff"): lambda _, answer=answer: answer}
        with Stranger(Forger(CENTRE_KEY, lies=lies)) as stranger, kiosk.courier(stranger.url) as courier:
            assert courier.fetch_roster()
        kept.append(",".join(held(kiosk)))
    return kept


def says(message: StaffRoster, key: Ed25519PrivateKey = CENTRE_KEY) -> Reply:
    return Reply(200, signed(message, key).to_json(), JSON)


def test_a_forged_roster_is_refused_and_the_old_one_kept(remote: Kiosk, clock: ManualClock) -> None:
    good = roster(clock.now())
    forged = roster(clock.now() + timedelta(hours=1), person(66))
    kept = offered(remote, clock, says(good), says(forged, Ed25519PrivateKey.generate()))
    assert kept == ["P-0007", "P-0007"]
    assert refusals(remote) == ["staff.roster_forged"]


def test_a_roster_changed_on_the_way_is_refused(remote: Kiosk, clock: ManualClock) -> None:
    good, later = roster(clock.now()), signed(roster(clock.now() + timedelta(hours=1), person(8)))
    changed = replace(later, roster=later.roster.replace("P-0008", "P-0066"))
    assert offered(remote, clock, says(good), Reply(200, changed.to_json(), JSON)) == ["P-0007", "P-0007"]
    assert refusals(remote) == ["staff.roster_forged"]


def test_a_replayed_older_roster_is_refused_and_the_newer_kept(remote: Kiosk, clock: ManualClock) -> None:
    old, new = roster(clock.now(), person(66)), roster(clock.now() + timedelta(hours=1))
    assert offered(remote, clock, says(old), says(new), says(old)) == ["P-0066", "P-0007", "P-0007"]
    assert refusals(remote) == ["staff.roster_older"]


def test_a_replay_of_the_same_roster_is_no_news(remote: Kiosk, clock: ManualClock) -> None:
    same = says(roster(clock.now()))
    assert offered(remote, clock, same, same) == ["P-0007", "P-0007"]
    assert refusals(remote) == []


def test_another_desas_roster_is_refused_though_the_centre_signed_it(remote: Kiosk, clock: ManualClock) -> None:
    other = roster(clock.now() + timedelta(hours=1), person(66), desa=OTHER_DESA)
    assert offered(remote, clock, says(roster(clock.now())), says(other)) == ["P-0007", "P-0007"]
    assert refusals(remote) == ["staff.roster_other_desa"]


@pytest.mark.parametrize("receipt", ["as it is", "in a roster's clothes"])
def test_a_receipt_is_no_roster(remote: Kiosk, clock: ManualClock, receipt: str) -> None:
    good = says(roster(clock.now()))
    text = signed(roster(clock.now() + timedelta(hours=1), person(66)))
    if receipt == "as it is":
        answer = Reply(200, SignedReceipt(receipt=text.roster, signature=text.signature).to_json(), JSON)
    else:
        answer = Reply(200, replace(text, signature="AA==").to_json(), JSON)
    assert offered(remote, clock, good, answer) == ["P-0007", "P-0007"]


def test_a_refusal_is_told_once_until_a_roster_is_taken_again(
    remote: Kiosk, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    forger = Forger(Ed25519PrivateKey.generate(), roster=roster(clock.now()))
    with Stranger(forger) as stranger, remote.courier(stranger.url) as courier, caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert courier.fetch_roster()
            clock.advance(EVERY_S * 1.1)
        assert refusals(remote) == ["staff.roster_forged"]
        stranger.answering = Forger(CENTRE_KEY, roster=roster(clock.now()))
        assert courier.fetch_roster()
        clock.advance(EVERY_S * 1.1)
        stranger.answering = forger
        assert courier.fetch_roster()
    assert refusals(remote) == ["staff.roster_forged"] * 2
    assert [record.message for record in caplog.records] == ["roster_refused code=staff.roster_forged"] * 2


def test_no_name_and_no_hash_is_logged(remote: Kiosk, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    other = roster(clock.now(), person(66), desa=OTHER_DESA)
    caplog.set_level(logging.DEBUG)
    with Stranger(Forger(CENTRE_KEY, roster=other)) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
    assert "CONTOH" not in caplog.text
    assert "argon2" not in caplog.text


# --- lock-outs --------------------------------------------------------------------------------------------------------


def test_the_round_writes_down_which_lock_outs_are_over(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(Forger(CENTRE_KEY, roster=roster(clock.now()))) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
        for _ in range(3):
            locked = opened(remote, "P-0007", "000001")
        assert locked == Refusal(code="staff.locked", wait_s=60)
        clock.advance(EVERY_S * 1.1)
        courier.fetch_roster()
    after_a_boot = unlock(
        remote.store, clock, "P-0007", PIN, receipt_key=remote.receipt_key, boot=boot_identity() + "-next"
    )
    assert isinstance(after_a_boot, Unlocked)


def test_the_honest_stranger_serves_a_roster_of_nobody(remote: Kiosk) -> None:
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier:
        courier.fetch_roster()
    assert held(remote) == [row["id"] for row in NOBODY.staff] == []
