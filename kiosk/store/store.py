"""The kiosk's one file: what the screen and the courier share, in verbs. Each verb is one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from adminduk.clock import Clock, stamp, trusted
from adminduk.tickets import Dice
from kiosk.store import claims, consumables, health, inquiries, outbox, prints, queued, unfinished
from kiosk.store.diagnostics import DiagnosticShelf
from kiosk.store.downlink import DownShelf
from kiosk.store.drafts import DraftShelf
from kiosk.store.engine import open_engine, store_error
from kiosk.store.migrate import upgrade
from kiosk.store.schema import counters, diary, surveys
from kiosk.store.staff import StaffShelf

KNOWS_VAULT = "knows_vault"


class TicketTakenError(Exception):
    """That ticket was given before; throw the dice again."""


class Store:
    """Open it once a process; any thread may use it. ``now`` everywhere is the clock's wall time."""

    def __init__(self, engine: sa.Engine, clock: Clock, dice: Dice) -> None:
        self._engine, self._clock, self._dice = engine, clock, dice
        self._path = Path(str(engine.url.database))
        self._inode = self._path.stat().st_ino
        self.staff = StaffShelf(self._transaction)
        self.drafts = DraftShelf(self._transaction, clock)
        self.supplies = consumables.SupplyShelf(self._transaction)
        self.diagnostics = DiagnosticShelf(self._transaction, clock)
        self.down = DownShelf(self._transaction)
        self.claims = claims.ClaimShelf(self._transaction)

    @classmethod
    def open(cls, path: Path, key: bytes, *, clock: Clock, dice: Dice) -> "Store":
        """Open, or make, and migrate. Raises StoreError."""
        engine = open_engine(path, key)
        try:
            upgrade(engine)
        except sa.exc.DBAPIError as error:
            engine.dispose()
            raise (store_error(error) or error) from None
        return cls(engine, clock, dice)

    def close(self) -> None:
        self._engine.dispose()

    def replaced(self) -> bool:
        """Whether another file stands in this one's place: it was damaged and put aside. Who has it open must begin anew."""
        try:
            return self._path.stat().st_ino != self._inode
        except OSError:
            return True

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise (store_error(error) or error) from None

    def _now(self) -> float:
        return self._clock.now().timestamp()

    # --- submitting: ONE transaction ----------------------------------------------------------------------------------

    def record_submission(self, submission: outbox.Submission) -> prints.PrintJob:
        """Outbox row, ticket, print intent and diary, together or not at all. The same id again changes nothing.

        Raises:
            TicketTakenError: the ticket belongs to another packet.
            StoreError: ``penuh``, ``sibuk``, ``rusak``.
        """
        with self._transaction() as connection:
            if outbox.known(connection, submission.id):
                return prints.jobs_of(connection, submission.id)[0]
            if outbox.ticket_taken(connection, submission.ticket):
                raise TicketTakenError
            outbox.insert(connection, submission)
            job = prints.intend(connection, prints.PrintKind.SLIP, submission.id, at=submission.sealed_at)
            self._note(connection, "submitted", submission.id)
            return job

    def knows_vault(self) -> bool:
        """Whether a packet without a row is a leftover: not in a store that was just made, beside packets of an older one."""
        with self._transaction() as connection:
            return connection.scalar(sa.select(counters.c.value).where(counters.c.counter == KNOWS_VAULT)) is not None

    def take_up(self, found: Sequence[outbox.Submission]) -> None:
        """Packets whose rows were lost with an older store, all in one transaction; from now on it knows the vault."""
        with self._transaction() as connection:
            connection.execute(counters.insert().values(counter=KNOWS_VAULT, value=1))
            for submission in found:
                outbox.insert(connection, submission)
                self._note(connection, "taken_up", submission.id)

    def ticket_taken(self, ticket: str) -> bool:
        with self._transaction() as connection:
            return outbox.ticket_taken(connection, ticket)

    # --- the courier's side -------------------------------------------------------------------------------------------

    def claim(self, states: Sequence[outbox.Phase] = outbox.WAITING) -> outbox.Item | None:
        with self._transaction() as connection:
            return outbox.claim(connection, self._now(), states)

    def advance(self, item_id: str, state: outbox.Phase, *, offset: int = 0) -> None:
        with self._transaction() as connection:
            outbox.advance(connection, item_id, state, offset=offset, now=self._now())

    def receive(self, item_id: str, receipt: str, *, how: str = "") -> bool:
        """``how``: a word for the diary, such as ``stick``. False when a receipt was here already."""
        with self._transaction() as connection:
            done = outbox.receive(connection, item_id, receipt)
            if done:
                self._note(connection, "received", item_id, how)
            return done

    def purge(self, item_id: str) -> None:
        with self._transaction() as connection:
            outbox.purge(connection, item_id)

    def set_back(self, item_id: str, error: str, *, wait: float | None = None) -> None:
        with self._transaction() as connection:
            outbox.set_back(connection, item_id, error, now=self._now(), dice=self._dice, wait=wait)

    def release(self, item_id: str) -> None:
        with self._transaction() as connection:
            outbox.release(connection, item_id)

    def release_leases(self) -> None:
        """Only the courier, at its start: what a killed courier had claimed is free in a moment."""
        with self._transaction() as connection:
            outbox.shorten_leases(connection, self._now())

    def need_attention(self, item_id: str, code: str) -> None:
        with self._transaction() as connection:
            if outbox.need_attention(connection, item_id, code):
                self._note(connection, "needs_attention", item_id, code)

    def try_again(self, item_id: str) -> bool:
        with self._transaction() as connection:
            return outbox.try_again(connection, item_id)

    def unsent(self) -> tuple[outbox.Item, ...]:
        """Every packet without a receipt, oldest first."""
        with self._transaction() as connection:
            return queued.unsent(connection)

    def find(self, item_id: str) -> outbox.Item | None:
        with self._transaction() as connection:
            return queued.find(connection, item_id)

    def unsent_ticket(self, ticket: str) -> queued.Waiting | None:
        with self._transaction() as connection:
            return queued.unsent_ticket(connection, ticket)

    def backlog(self) -> queued.Backlog:
        with self._transaction() as connection:
            return queued.backlog(connection)

    def waiting(self) -> tuple[queued.Waiting, ...]:
        with self._transaction() as connection:
            return queued.waiting(connection)

    def packet_ids(self) -> frozenset[str]:
        with self._transaction() as connection:
            return queued.packet_ids(connection)

    def unfinished(self) -> dict[str, int]:
        """How many of each kind it still has to do; see kiosk/store/unfinished.py."""
        with self._transaction() as connection:
            return unfinished.counts(connection)

    # --- printing -----------------------------------------------------------------------------------------------------

    def intend_print(
        self, kind: prints.PrintKind, subject: str, *, claim: claims.NewClaim | None = None
    ) -> prints.PrintJob:
        """``claim``: of a document's print, which the centre shall hear of."""
        now = self._clock.now()
        with self._transaction() as connection:
            job = prints.intend(connection, kind, subject, at=stamp(now))
            if claim is not None:
                claims.record(connection, claim, subject, job.id, at=stamp(now), clock_trusted=trusted(now))
            return job

    def settle_print(
        self, job: prints.PrintJob, state: prints.PrintState, code: str = "", *, use: consumables.Use | None = None
    ) -> None:
        """Move a job on. ``use``: the paper that it takes, written down when it is handed over and settled with the job."""
        with self._transaction() as connection:
            prints.settle(connection, job.id, state, code)
            consumables.settle(connection, job.id, state, use)
            claims.settle(connection, job.id, state)

    def prints_of(self, subject: str) -> tuple[prints.PrintJob, ...]:
        with self._transaction() as connection:
            return prints.jobs_of(connection, subject)

    def doubtful_prints(self) -> tuple[prints.PrintJob, ...]:
        """What a person has to decide about, oldest first."""
        with self._transaction() as connection:
            return prints.doubtful(connection)

    def drop_unpromised(self, held: frozenset[str]) -> tuple[str, ...]:
        """Only the screen, at its start, before it reconciles prints. Rows of packets that the vault (``held``) does not have
        and whose slip was never handed over: the disk refused the transaction, whoever stood there read that nothing was
        kept, and the power went before the next one overwrote what of it had reached the log."""
        with self._transaction() as connection:
            dropped = queued.unpromised(connection, held)
            for packet_id in dropped:
                outbox.drop(connection, packet_id)
                self._note(connection, "never_kept", packet_id)
            return dropped

    def reconcile_prints(self) -> tuple[prints.PrintJob, ...]:
        """Only the screen, at its start; returns what became doubtful."""
        with self._transaction() as connection:
            doubtful = prints.reconcile(connection)
            for job in doubtful:
                self._note(connection, "print_doubtful", job.subject)
            return doubtful

    # --- inquiries ----------------------------------------------------------------------------------------------------

    def ask(self, question_id: str, sealed: bytes) -> None:
        with self._transaction() as connection:
            inquiries.ask(connection, question_id, sealed, self._now())

    def next_question(self) -> inquiries.Question | None:
        with self._transaction() as connection:
            return inquiries.next_open(connection, self._now())

    def answer(self, question_id: str, sealed: bytes) -> None:
        with self._transaction() as connection:
            inquiries.answered(connection, question_id, sealed)

    def fail(self, question_id: str, code: str) -> None:
        with self._transaction() as connection:
            inquiries.failed(connection, question_id, code)

    def reply(self, question_id: str) -> inquiries.Reply | None:
        with self._transaction() as connection:
            return inquiries.reply(connection, question_id)

    def forget_questions(self) -> None:
        with self._transaction() as connection:
            inquiries.forget(connection)

    # --- the kiosk's health -------------------------------------------------------------------------------------------

    def report_device(self, role: str, code: str) -> None:
        """The screen says how a device is (a fault code, or ``ready``); the heartbeat carries it. Call it on change."""
        with self._transaction() as connection:
            health.report(connection, role, code)

    def devices(self) -> dict[str, str]:
        with self._transaction() as connection:
            return health.devices(connection)

    def next_number(self, name: str) -> int:
        """1, 2, 3 … for each name, over restarts."""
        with self._transaction() as connection:
            return health.next_number(connection, name)

    # --- survey, diary ------------------------------------------------------------------------------------------------

    def add_survey(self, survey_id: str, message: bytes) -> None:
        with self._transaction() as connection:
            connection.execute(surveys.insert().values(id=survey_id, message=message.decode()))

    def next_survey(self) -> tuple[str, bytes] | None:
        with self._transaction() as connection:
            due = sa.or_(surveys.c.next_try <= self._now(), surveys.c.next_try > self._now() + outbox.LONGEST_TRUE_S)
            row = connection.execute(sa.select(surveys).where(due).order_by(surveys.c.id).limit(1)).first()
            return None if row is None else (row.id, row.message.encode())

    def postpone_survey(self, survey_id: str) -> None:
        with self._transaction() as connection:
            later = self._now() + outbox.LONGEST_WAIT_S
            connection.execute(surveys.update().where(surveys.c.id == survey_id).values(next_try=later))

    def remove_survey(self, survey_id: str) -> None:
        with self._transaction() as connection:
            connection.execute(surveys.delete().where(surveys.c.id == survey_id))

    def note(self, event: str, subject: str = "", detail: str = "") -> None:
        """One line in the diary; never anything personal."""
        with self._transaction() as connection:
            self._note(connection, event, subject, detail)

    def events(self) -> tuple[tuple[str, str, str], ...]:
        """(event, subject, detail), oldest first by id, whatever the clock said."""
        with self._transaction() as connection:
            rows = connection.execute(sa.select(diary.c.event, diary.c.subject, diary.c.detail).order_by(diary.c.id))
            return tuple((row.event, row.subject, row.detail) for row in rows)

    def _note(self, connection: sa.Connection, event: str, subject: str = "", detail: str = "") -> None:
        now = self._clock.now()
        values = {"at": stamp(now), "clock_trusted": trusted(now), "event": event, "subject": subject, "detail": detail}
        connection.execute(diary.insert().values(**values))
