"""A kabupaten's own copy of the content, into which tests write mistakes."""

import shutil
from pathlib import Path

from content.checking import Report, check
from content.loader import ROOT
from content.sources import Finding
from kiosk.content_tools import known

KNOWN = known()


def copied(folder: Path) -> Path:
    """The content's data alone."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "recordings")
    return Path(shutil.copytree(ROOT, folder / "content", ignore=ignored))


def checked(root: Path, *names: str) -> Report:
    return check(names or ("wonogiri",), known=KNOWN, root=root)


def change(root: Path, file: str, old: str, new: str) -> int:
    """Replace the first ``old``; the line on which ``new`` begins."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    at = text.index(old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.count("\n", 0, at) + 1


def brief(finding: Finding) -> tuple[str, int, str, str]:
    """File name, line, code, sentence."""
    return finding.file.name, finding.at.line, finding.code, finding.say
