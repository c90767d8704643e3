"""How far an enrolment came, in one file that is always whole: the power may go between any two steps, and nothing doubles."""

import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from adminduk.enrolments import EnrolAnswer
from adminduk.messages import MessageError
from kiosk.durable import sync_folder
from kiosk.enrolment.configuring import EnrolmentError, write_whole

FILE = "enrolment.json"


class Step(StrEnum):
    """CLAIMING: the code is not known to be taken; WAITING: for the admin; CONFIRMED: only the settings are missing."""

    CLAIMING = "claiming"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``code`` is kept only until it is taken; ``answer``: the centre's last, as it came."""

    step: Step
    url: str
    pinned: bool
    code: str = field(default="", repr=False)
    answer: str = ""

    @property
    def told(self) -> EnrolAnswer:
        """Raises EnrolmentError ``berkas_rusak``."""
        try:
            return EnrolAnswer.from_json(self.answer.encode())
        except MessageError:
            raise EnrolmentError("berkas_rusak") from None

    def after(self, answer: EnrolAnswer) -> "Progress":
        step = Step.CONFIRMED if answer.state == "confirmed" else Step.WAITING
        return replace(self, step=step, code="", answer=answer.to_json().decode())


def read(folder: Path) -> Progress | None:
    """None when none is under way. Raises EnrolmentError ``berkas_rusak``."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Progress(**{**data, "step": Step(data["step"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise EnrolmentError("berkas_rusak") from None


def keep(folder: Path, progress: Progress) -> None:
    write_whole(folder / FILE, json.dumps(asdict(progress)), mode=0o600)


def forget(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)
    sync_folder(folder)
