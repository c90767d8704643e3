"""The outbox under any order of events: couriers that die, clocks that jump, people who try again.

A model of plain Python beside the real SQL. Whatever happens: no packet is held by two couriers at once (unless a clock
jumped over the lease), none is lost, none comes back from the dead, and after the longest wait every one is due.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from adminduk.clock import ManualClock
from kiosk.store import Phase
from kiosk.store.outbox import LEASE_S, LONGEST_TRUE_S, LONGEST_WAIT_S, WAITING
from tests.unit.store.making import numbered_id, open_store, submission


@dataclass
class Known:
    """What the model knows of one packet."""

    state: Phase = Phase.SEALED
    free_at: float = 0.0


class Outbox(RuleBasedStateMachine):
    """Numbers stand for packets; ``held`` is what some courier, alive or dead, has claimed."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.store = open_store(Path(self.folder.name), clock=self.clock)
        self.model: dict[str, Known] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @property
    def now(self) -> float:
        return self.clock.now().timestamp()

    def due(self) -> list[str]:
        return sorted(
            name for name, known in self.model.items() if known.state in WAITING and known.free_at <= self.now
        )

    @rule()
    def somebody_submits(self) -> None:
        packet_id = numbered_id(len(self.model) + 1)
        self.store.record_submission(submission(len(self.model) + 1, packet_id=packet_id))
        self.model[packet_id] = Known()

    @rule(target=held)
    def a_courier_claims(self) -> object:
        item, due = self.store.claim(), self.due()
        assert (None if item is None else item.id) == (due[0] if due else None)
        if item is None:
            return multiple()
        assert item.state == self.model[item.id].state
        self.model[item.id].free_at = self.now + LEASE_S
        return item.id

    @rule(packet=held, offset=st.integers(0, 1000))
    def it_sends_some(self, packet: str, offset: int) -> None:
        if self.model[packet].state in (Phase.SEALED, Phase.ANNOUNCED, Phase.UPLOADING):
            self.store.advance(packet, Phase.UPLOADING, offset=offset)
            self.model[packet] = Known(Phase.UPLOADING, self.now + LEASE_S)

    @rule(packet=consumes(held))
    def the_line_goes(self, packet: str) -> None:
        if self.model[packet].state in WAITING:
            self.store.set_back(packet, "tidak_tersambung")
            (row,) = (row for row in self.store.waiting() if row.id == packet)
            assert 1.0 <= row.next_try - self.now + 1e-3 <= LONGEST_WAIT_S + 1
            self.model[packet].free_at = row.next_try

    @rule(packet=consumes(held))
    def the_centre_refuses(self, packet: str) -> None:
        if self.model[packet].state in WAITING:
            self.store.need_attention(packet, "isi_berbeda")
            self.model[packet] = Known(Phase.NEEDS_ATTENTION)

    @rule(packet=held)
    def a_person_tries_again(self, packet: str) -> None:
        self.store.try_again(packet)
        if self.model[packet].state is Phase.NEEDS_ATTENTION:
            self.model[packet] = Known()

    @rule(packet=consumes(held), erased=st.booleans())
    def the_receipt_comes(self, packet: str, erased: bool) -> None:
        if self.model[packet].state in WAITING:
            self.store.receive(packet, "{}")
            self.model[packet].state = Phase.RECEIVED
            if erased:
                self.store.purge(packet)
                self.model[packet].state = Phase.PURGED

    @rule(seconds=st.sampled_from([0.5, 2.0, LEASE_S, LONGEST_WAIT_S]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(days=st.sampled_from([-18_262, -3650, 1, 365]))
    def the_clock_jumps(self, days: int) -> None:
        """Back: every wait and lease lies too far ahead to be true. Ahead: everything is due."""
        if 1971 < (self.clock.at + timedelta(days=days)).year < 2090:
            self.clock.jump(self.clock.at + timedelta(days=days))
            self.look_again()

    @rule()
    def the_battery_dies_and_ntp_returns(self) -> None:
        """To a moment near which old waits may still be true."""
        self.clock.jump(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
        self.look_again()

    def look_again(self) -> None:
        """After a jump the model asks the database what is believable: hardly more than the longest wait ahead."""
        with self.store._engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT id, next_try, leased_until FROM outbox").all()
        for packet, next_try, leased_until in rows:
            times = [moment for moment in (next_try, leased_until) if moment <= self.now + LONGEST_TRUE_S]
            self.model[packet].free_at = max(times, default=0.0)

    @invariant()
    def nothing_is_lost_and_nothing_returns_from_the_dead(self) -> None:
        alive = {packet: known.state for packet, known in self.model.items() if known.state is not Phase.PURGED}
        assert {row.id: row.state for row in self.store.waiting()} == alive

    @invariant()
    def after_the_longest_wait_everything_is_due(self) -> None:
        """Also when NTP set the clock back by some seconds: then what lies too far ahead is due now."""
        for row in self.store.waiting():
            ahead = row.next_try - self.now
            assert ahead <= LONGEST_TRUE_S or self.soon_due(row.id)

    def soon_due(self, packet: str) -> bool:
        """Now, or when a lease that is still true has run out."""
        return self.model[packet].state not in WAITING or self.model[packet].free_at <= self.now + LEASE_S


Outbox.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestOutbox = Outbox.TestCase
