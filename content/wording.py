"""What was found, in the words of content/check.toml: one line each, with the file and line an editor can open."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from content.checking import Report
from content.sources import Finding

SENTENCES = Path(__file__).with_name("check.toml")
MOST_NAMED = 12
"""As many names are listed of those that may stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """content/check.toml. ``start``: the folder from which files are named."""

    lines: Mapping[str, str]
    wanted: Mapping[str, str]
    what: Mapping[str, str]
    remedies: Mapping[str, str]
    start: Path

    @classmethod
    def read(cls, start: Path, path: Path = SENTENCES) -> "Words":
        return cls(start=start, **tomllib.loads(path.read_text(encoding="utf-8")))

    def line(self, finding: Finding) -> str:
        """``content/base/services/akl.toml:12:5: kunci_tidak_dikenal di blocks[0].whem: …``."""
        kind = "warning" if finding.warning else "mistake" if finding.place else "mistake_of_file"
        return self.lines[kind] % {
            "file": _named(finding.file, self.start), "line": finding.at.line, "column": finding.at.column,
            "code": finding.code, "place": finding.place, "remedy": self.remedy(finding.say, finding.facts),
        }  # fmt: skip

    def remedy(self, say: str, facts: Mapping[str, Any]) -> str:
        """What to write. Raises KeyError for a sentence that is not there, or that needs a fact that is not told."""
        told = dict(facts) | {"near": self._near(facts)}
        if "known" in facts:
            told["known"] = self._listed(facts["known"])
        for name, words in (("wanted", self.wanted), ("what", self.what)):
            if name in facts:
                told[name] = words[facts[name]]
        return self.remedies[say] % told if "%(" in self.remedies[say] else self.remedies[say]

    def _near(self, facts: Mapping[str, Any]) -> str:
        """What was probably meant."""
        close = get_close_matches(str(facts.get("found", "")), [name for name in facts.get("known", ()) if name], n=1)
        return self.lines["near"] % {"near": close[0]} if close else ""

    def _listed(self, known: tuple[str, ...]) -> str:
        shown = ", ".join(known[:MOST_NAMED])
        left = len(known) - MOST_NAMED
        return self.lines["more"] % {"known": shown, "number": left} if left > 0 else shown or "-"

    def summary(self, report: Report) -> str:
        """The last line."""
        kind = "wrong" if report.mistakes else "clean_but" if report.warnings else "clean"
        return self.lines[kind] % {
            "services": report.services, "profiles": report.profiles,
            "mistakes": len(report.mistakes), "warnings": len(report.warnings),
        }  # fmt: skip

    def unknown_profile(self, facts: Mapping[str, Any]) -> str:
        return self.lines["unknown_profile"] % {
            "found": facts["found"], "known": self._listed(facts["known"]), "near": self._near(facts)
        }  # fmt: skip


def _named(file: Path, start: Path) -> str:
    return str(file.relative_to(start)) if file.is_relative_to(start) else str(file)
