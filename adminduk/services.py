"""The catalogue: what can be asked for, which papers and answers each service needs. Data in, frozen values out.

The shapes carry what every service of domain reference §1.3 needs. Reading the data is adminduk/catalogue.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from adminduk.application import State
from adminduk.rules import Answers, Rule


class FieldKind(StrEnum):
    NIK = "nik"
    KK = "kk"
    NAME_NEW = "name_new"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    YES_NO = "yes_no"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question, one screen. ``label`` is the question, ``hint`` where to find the answer, ``caption`` the words beside
    the answer on paper and in lists; ``when`` hides it otherwise. ``whose`` names the person or part it is about ("Ayah"),
    ``number`` which of several ("Anggota keluarga", 2).

    What must hold between answers: ``differs_from`` fields with another value, ``min_age`` and ``max_age`` in full years of
    the person with this NIK or birth date (``soft``: a doubt, not a refusal), ``not_before`` a field with an earlier date.
    ``born_of`` a NIK whose birth date is offered as the answer.
    """

    key: str
    kind: FieldKind
    label: str
    caption: str = ""
    hint: str = ""
    required: bool = True
    choices: tuple[Choice, ...] = ()
    max_length: int = 60
    when: Rule | None = None
    icon: str = ""
    example: str = ""
    minimum: int | None = None
    maximum: int | None = None
    whose: str = ""
    number: int = 0
    differs_from: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    not_before: str = ""
    soft: bool = False
    born_of: str = ""

    def asked(self, answers: Answers) -> bool:
        return self.when is None or self.when.holds(answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Fields that belong together and are reused by services: as they are, for a person (``ayah_nik``), or many times."""

    code: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper to lay under the camera. ``shape``: a4, card or photo. ``picture``: what shows it to who cannot read (the name
    of a family of pictures: ``akta-lahir``). ``withdrawn``: the office keeps the original.
    ``form``: the official form that the kiosk prints, filled, to be signed and laid under the camera."""

    code: str
    name: str
    hint: str = ""
    required: bool = True
    when: Rule | None = None
    max_pages: int = 2
    shape: str = "a4"
    picture: str = ""
    withdrawn: bool = False
    form: str = ""

    def asked(self, answers: Answers) -> bool:
        return self.when is None or self.when.holds(answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A document that comes out. ``media``: a4 (self-printable) or card."""

    code: str
    name: str
    media: str = "a4"
    when: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    count: int = 0
    min_age: int = 21
    not_reporter: bool = True
    not_parent: bool = True
    card_copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a card of applicants from a region is printed and collected; the longest prefix wins."""

    prefix: str
    place: str


class Proof(StrEnum):
    """What happens to the originals at collection."""

    TIDAK_PERLU = "tidak_perlu"
    DISERAHKAN_SAAT_AMBIL = "diserahkan_saat_ambil"
    DITUNJUKKAN_SAAT_AMBIL = "ditunjukkan_saat_ambil"
    DITARIK = "ditarik"
    KIRIM_POS = "kirim_pos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. ``mode``: A kiosk alone, B with witnesses or statements, C card elsewhere, D in person.

    ``also``: further groups that show it. ``flow``: ``apply``, or ``check`` for what is no application (status, printing).
    ``notes``: what to know before beginning. ``queue``: a queue of its own at the office. ``needs``: devices without which
    it cannot be asked for now. ``confidence``: how sure the requirements are, H, M or L (domain reference). ``signed``: the
    paper under which its printed forms come back, signed.
    """

    code: str
    name: str
    short: str
    description: str
    group: str
    icon: str
    mode: str = "A"
    forms: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    papers: tuple[Paper, ...] = ()
    signed: Paper | None = None
    outputs: tuple[Output, ...] = ()
    witnesses: Witnesses = Witnesses()
    routing: tuple[Route, ...] = ()
    proof_at_collection: Proof = Proof.TIDAK_PERLU
    sla_working_days: int = 1
    deadline_days: int | None = None
    kuasa: bool = False
    next_steps: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    flow: str = "apply"
    notes: tuple[str, ...] = ()
    queue: str = ""
    confidence: str = "H"

    def fields(self) -> tuple[Field, ...]:
        return tuple(field for block in self.blocks for field in block.fields)

    def asked(self, answers: Answers) -> tuple[Field, ...]:
        return tuple(field for field in self.fields() if field.asked(answers))

    def every_paper(self) -> tuple[Paper, ...]:
        """The papers to bring, and last the signed forms, which nobody must bring."""
        return self.papers if self.signed is None else (*self.papers, self.signed)

    def forms_for(self, answers: Answers) -> tuple[str, ...]:
        """The official forms that these answers fill: all of the service's, but those of papers that are not asked for."""
        idle = {paper.form for paper in self.papers} - {paper.form for paper in self.papers_for(answers)}
        return tuple(form for form in self.forms if form not in idle)

    def papers_for(self, answers: Answers) -> tuple[Paper, ...]:
        return tuple(paper for paper in self.papers if paper.asked(answers))

    def outputs_for(self, answers: Answers) -> tuple[Output, ...]:
        """What comes out of an application with these answers."""
        return tuple(output for output in self.outputs if output.when is None or output.when.holds(answers))

    def blocks_for(self, answers: Answers) -> tuple[Block, ...]:
        """The blocks of which something is asked."""
        return tuple(block for block in self.blocks if any(field.asked(answers) for field in block.fields))

    def place_for(self, region: str) -> str | None:
        """Where to collect, by the longest matching prefix."""
        fitting = [route for route in self.routing if region.startswith(route.prefix)]
        return max(fitting, key=lambda route: len(route.prefix)).place if fitting else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The kabupaten. ``timezone`` is an IANA name, ``timezone_word`` WIB, WITA or WIT; ``pattern`` and ``accent`` (#rrggbb)
    are what its screens look like, ``greeting`` how it says welcome, ``channel`` how the centre tells people what happened."""

    code: str
    kabupaten: str
    province: str
    timezone: str
    timezone_word: str
    office: str
    complaints: str
    greeting: str = "Selamat datang"
    pattern: str = "batik"
    accent: str = "#8c1c2b"
    channel: str = "log"
    proof_at_collection: Proof = Proof.TIDAK_PERLU
    card_place: str = ""
    languages: tuple[str, ...] = ("id", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    code: str
    title: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The privacy notice; its version travels in every packet."""

    version: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an application came back. ``staff_only``: never worded so to a citizen."""

    code: str
    text: str
    staff_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRow:
    """One row of the receipt: text with placeholders, or the QR code."""

    text: str = ""
    large: bool = False
    centred: bool = False
    bold: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything a kabupaten decides that both sides need."""

    place: Place
    groups: tuple[Group, ...]
    services: Mapping[str, Service]
    notice: Notice
    status_words: Mapping[State, str]
    reasons: Mapping[str, Reason]
    survey: tuple[str, ...]
    slip: tuple[SlipRow, ...]
    draft_slip: tuple[SlipRow, ...]
    slips: Mapping[str, tuple[SlipRow, ...]]
    acts: Mapping[str, str]
    notifications: Mapping[State, str]
    complaints: Mapping[str, str]
    outputs: Mapping[str, Output]
    aliases: Mapping[str, tuple[str, ...]]

    def in_group(self, code: str) -> tuple[Service, ...]:
        """Services of a group; those that only also stand there come last."""
        own = [service for service in self.services.values() if service.group == code]
        return (*own, *(service for service in self.services.values() if code in service.also))
