"""The NIK on a photographed card beside the NIK that was typed: a slip of the finger is found before the officer finds it.

What is read is offered, never filled in: the visitor looks at the card and says which number is right. Nothing else is
read, a name least of all. How it is read: `kiosk.session.card_reading`.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from adminduk import nik
from adminduk.answers import check_field
from adminduk.clock import Clock, SystemClock
from adminduk.regions import Regions
from adminduk.services import Field, FieldKind, Paper, Service
from kiosk.session.card_reading import COMMAND, LEAST_FREE_MB, MEMORY, CardReading, free_mb

# papers that are the card of somebody whose NIK the service asks for, and of somebody whose NIK it may not ask for
OWN = ("ktp", "ktp_lama", "ktp_rusak", "foto_ktp")
OTHERS = ("ktp_ortu", "ktp_pasangan", "ktp_saksi", "ktp_kepala")
SLIP = 3  # digits at most in which a typed number may differ from the card's and still be meant for it


@dataclass(frozen=True, slots=True, kw_only=True)
class NikOffer:
    """A card's number that is not among the typed ones. ``key``: the answer that may be meant, ``typed`` what stands in it
    ("" for nothing yet); an empty ``key`` is only a reason to look again."""

    paper: str
    key: str
    number: str = field(repr=False)
    typed: str = field(default="", repr=False)

    @property
    def differs(self) -> tuple[int, ...]:
        """Where the two numbers differ, counted from 0; for marking the digits."""
        return tuple(at for at, (one, two) in enumerate(zip(self.number, self.typed, strict=False)) if one != two)


def readable(paper: Paper) -> bool:
    """Whether a NIK stands on this paper, at its place on the card."""
    return paper.code in (*OWN, *OTHERS) and paper.shape == "card"


@dataclass(slots=True)
class NikCheck:
    """What a visit knows of the cards that it photographed; wiped with it.

    ``wanted``: switched on by the settings. ``command``: who reads. ``memory``: where the free memory is told.
    """

    clock: Clock = field(default_factory=SystemClock)
    wanted: bool = True
    command: Sequence[str] = COMMAND
    memory: Path = MEMORY
    read: dict[str, list[str]] = field(default_factory=dict, repr=False)  # paper code → numbers
    settled: set[str] = field(default_factory=set, repr=False)  # "what I typed is right", said of these numbers
    _waiting: deque[tuple[str, bytearray]] = field(default_factory=deque, repr=False)
    _now: CardReading | None = field(default=None, repr=False)

    def begin(self, paper: Paper, page: bytes | bytearray) -> bool:
        """A card was kept: read it, after those that are in work. False when it is not read."""
        if not self.wanted or not readable(paper) or free_mb(self.memory) < LEAST_FREE_MB:
            return False
        self._waiting.append((paper.code, bytearray(page)))
        self._next()
        return True

    def look(self, *, today: date, regions: Regions | None = None) -> bool:
        """Whether a number that makes sense has come since the last look. Called by the pulse; never waits."""
        if self._now is None:
            self._next()
            return False
        number, paper = self._now.result(), self._now.paper
        if number is None:
            return False
        self._now = None
        self._next()
        sound = nik.check(number, today=today, regions=regions).ok
        if sound and number not in self.read.setdefault(paper, []):
            self.read[paper].append(number)
        return sound

    @property
    def busy(self) -> bool:
        return self._now is not None

    def forget(self, paper: str) -> None:
        """The paper's pages were taken away or are replaced: what was read on them means nothing any more."""
        self.read.pop(paper, None)
        for code, page in self._waiting:
            page[:] = bytes(len(page)) if code == paper else page
        self._waiting = deque(item for item in self._waiting if item[0] != paper)
        if self._now is not None and self._now.paper == paper:
            self._now.stop()
            self._now = None

    def wipe(self) -> None:
        """The visit is over."""
        if self._now is not None:
            self._now.stop()
        self._now = None
        for _, page in self._waiting:
            page[:] = bytes(len(page))
        self._waiting.clear()
        self.read.clear()
        self.settled.clear()

    def _next(self) -> None:
        if self._now is None and self._waiting:
            paper, page = self._waiting.popleft()
            self._now = CardReading(paper, page, clock=self.clock, command=self.command)
            page[:] = bytes(len(page))


def offer(check: NikCheck, service: Service, answers: Mapping[str, str], *, kept: Collection[str]) -> NikOffer | None:
    """The first card whose number nobody typed, and to which typed number it is the likely mending. None: all is well.

    ``kept``: codes of the papers that the draft holds. Always by the answers of this moment: who mends the number by hand
    is not asked again.
    """
    asked = [item for item in service.asked(answers) if item.kind is FieldKind.NIK]
    typed = {item.key: answers[item.key] for item in asked if answers.get(item.key)}
    for paper, numbers in check.read.items():
        for number in numbers if paper in kept else ():
            if number in check.settled or number in typed.values():
                continue
            if found := _meant(paper, number, asked, typed):
                return found
    return None


def _meant(paper: str, number: str, asked: Sequence[Field], typed: Mapping[str, str]) -> NikOffer | None:
    near = {key: _distance(number, value) for key, value in typed.items()}
    key = min(near, key=lambda one: near[one], default="")
    if key and near[key] <= SLIP:
        return NikOffer(paper=paper, key=key, number=number, typed=typed[key])
    if paper not in OWN:
        return None  # a parent, a witness: perhaps nobody asked for this number
    empty = [item.key for item in asked if item.key not in typed]
    return NikOffer(paper=paper, key=empty[0] if len(empty) == 1 else "", number=number)


def _distance(one: str, two: str) -> int:
    return sum(a != b for a, b in zip(one, two, strict=False)) + abs(len(one) - len(two))


def take(offered: NikOffer, service: Service, answers: dict[str, str], *, today: date, regions: Regions | None) -> str:
    """The visitor has looked and says that the card's number is right: it becomes the answer. The code of what forbids it
    (it is another person's of the same application, or too young), and then nothing changes; empty when it is done.
    """
    wanted = next((item for item in service.asked(answers) if item.key == offered.key), None)
    if wanted is None:
        return ""
    verdict = check_field(wanted, offered.number, answers=answers, today=today, regions=regions)
    if verdict.ok:
        answers[wanted.key] = verdict.value
    return verdict.errors[0] if verdict.errors else ""


def grouped(number: str) -> str:
    """As it stands on the screen's own questions: 3312 1201 0190 9901."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
