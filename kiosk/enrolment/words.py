"""A technician's words for codes and steps (content/enrolment.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass

from content.loader import ROOT, read_toml
from kiosk.enrolment.configuring import EnrolmentError


@dataclass(frozen=True, slots=True)
class Words:
    says: Mapping[str, str]
    pending: Mapping[str, str]
    refusals: Mapping[str, str]

    @classmethod
    def load(cls) -> "Words":
        data = read_toml(ROOT / "enrolment.toml")
        return cls(data["says"], data["pending"], data["refusals"])

    def say(self, name: str, **facts: object) -> str:
        return self.says[name].format(**facts)

    def refusal(self, error: EnrolmentError) -> str:
        """Its sentence, and what is pending line by line; a code without words is shown as it is."""
        sentence = self.refusals.get(error.code, str(error))
        if error.code != "masih_tertunda":
            return f"{sentence.format(**error.facts)} ({error.code})"
        rows = (f"- {self.say('pending', kind=self.pending[kind], count=count)}" for kind, count in error.facts.items())
        return "\n".join([f"{sentence} ({error.code})", *rows])

    def storage(self, kind: str) -> str:
        return self.say(f"storage_{kind}")
