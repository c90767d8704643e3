"""One visit at a time: who may act on it, how long it lasts, how it ends. The verbs stand in the modules beside it."""

import logging
from collections.abc import Callable
from threading import RLock

from kiosk.hardware.health import Health
from kiosk.session import drafts
from kiosk.session.menu import health
from kiosk.session.nik_offer import NikCheck
from kiosk.session.parts import Parts
from kiosk.session.steps import HOME_IDLE_S, WARNING_S, Event, Step, after, assisted, idle_limit
from kiosk.session.visit import DayDraft, Visit
from kiosk.staff import Unlocked
from kiosk.store import StoreError

log = logging.getLogger(__name__)

Action = Callable[[Visit], Event | None]


class Desk:
    """Verbs take the visit's id: a page of an earlier visit changes nothing. Every verb counts as a touch."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.lock = RLock()
        self.visit = self._fresh()
        self.called: float | None = None
        self.officer: Unlocked | None = None  # staff who unlocked the kiosk
        self.held: Visit | None = None  # a visitor's visit, put aside while staff is at the screen
        self.saved: list[DayDraft] = []  # what staff saved today

    def call_staff(self, visit_id: str) -> bool:
        """Ring for the desa's staff. What they learn is the step, never what was typed."""
        with self.lock:
            if not self.touch(visit_id):
                return False
            self.called = self.parts.clock.monotonic()
            log.info("staff_called step=%s", self.visit.step)
            return True

    def answer_call(self) -> None:
        """Staff has come, or the visitor needs them no more."""
        self.called = None

    def _fresh(self) -> Visit:
        nik = NikCheck(clock=self.parts.clock, wanted=self.parts.read_nik)
        return Visit(id=self.parts.dice.token_bytes(16).hex(), touched=self.parts.clock.monotonic(), nik=nik)

    def go(self, event: Event) -> None:
        """Follow the table. Home again is a new visit; who merely steps back home keeps letter size, contrast, language."""
        visit = self.visit
        visit.step = after(visit.step, assisted(visit.step, event) if visit.assisted_by else event)
        visit.version += 1
        if visit.scan is not None and visit.step is not Step.SCANNING:
            visit.scan.stop()
            visit.scan = None
        if visit.step is Step.HOME:
            display = dict(visit.display) if event is Event.BACK else {}
            self.leave()
            self.visit.display.update(display)
            if self.officer is not None:
                self.visit.step, self.visit.version = Step.STAFF, 1

    def noted(self, event: Event, visit: Visit) -> None:
        """A verb did something; who writes it down stands in ``staffing``."""

    def leave(self) -> None:
        """Wipe: the draft is overwritten, what the code reader holds is forgotten, devices rest, leftovers are cancelled,
        questions forgotten, the shell renewed."""
        with self.lock:
            old, self.visit = self.visit, self._fresh()
            was_used = old.version > 0
            old.wipe()
            self.called = None
            self.parts.codes.clear()
            if self.held is not None:
                self.held.wipe()
                self.held = None
            if was_used:
                self._tidy()

    def _tidy(self) -> None:
        self.parts.camera.rest()
        self.parts.selfie.rest()
        self.parts.paper.cancel_leftovers()
        try:
            self.parts.store.forget_questions()
            drafts.expire(self.parts)
        except StoreError as error:  # sealed, and opened by no key any more: the next visit's end forgets them
            log.warning("questions_kept code=%s", error.code)
        log.info("visit_wiped")
        self.parts.on_wiped()

    def touch(self, visit_id: str) -> bool:
        """Somebody is there. False for a page of an earlier visit."""
        with self.lock:
            if visit_id != self.visit.id:
                return False
            self.visit.touched, self.visit.moved = self.parts.clock.monotonic(), 0.0
            return True

    def seconds_left(self) -> float | None:
        """Seconds until the wipe; None at home, where nobody is. Wipes when the time is over."""
        with self.lock:
            idle = self.parts.clock.monotonic() - self.visit.touched
            if self.visit.step is Step.HOME:
                if self._left_in_disorder() and idle > HOME_IDLE_S:
                    self.leave()
                return None
            left = idle_limit(self.visit.step) + WARNING_S - idle
            if left <= 0:
                log.info("visit_timed_out step=%s", self.visit.step)
                self.officer = None
                self.leave()
                return None
            return left

    def _left_in_disorder(self) -> bool:
        """Somebody changed the first screen's letters or language and went away."""
        return self.visit.version > 0 or bool(self.visit.display)

    def act(self, visit_id: str, action: Action) -> bool:
        """Run one verb on the visit; False (and nothing) for a page of an earlier visit. A slow verb is no idleness."""
        with self.lock:
            if not self.touch(visit_id):
                return False
            self.visit.complaint = self.visit.typed = self.visit.note = ""
            self.visit.complaints.clear()
            event = action(self.visit)
            self.visit.touched = self.parts.clock.monotonic()
            if event is None:
                self.visit.version += 1
            else:
                self.noted(event, self.visit)
                self.go(event)
            return True

    def live(self) -> bool:
        """Whether a camera is open now: a sign on the screen says so, wherever the visit stands."""
        return self.parts.camera.live or self.parts.selfie.live

    def health(self) -> dict[str, Health]:
        """Each device that this kiosk has, now."""
        return health(self.parts)


def only_at(*steps: Step) -> Callable[[Action], Action]:
    """A verb that means nothing elsewhere: a second tap, a page that was left behind."""

    def guard(action: Action) -> Action:
        return lambda visit: action(visit) if visit.step in steps else None

    return guard
