"""`python -m kiosk content voices`: what to record, under which name, and what is still missing."""

import shutil
from pathlib import Path

import pytest

from content.loader import ROOT
from content.spoken import clip_name
from kiosk.__main__ import main as kiosk_main
from kiosk.content_tools import main


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A kabupaten's own copy."""
    return Path(
        shutil.copytree(ROOT, tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__", "recordings"))
    )


def lines(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Text → file name, as printed."""
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    return {text: name for name, text in rows}


def test_every_text_has_the_name_of_its_file(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices"], root=content) == 0
    found = lines(capsys)
    assert found["Selamat datang"] == f"{clip_name('Selamat datang')}.opus"
    assert len(set(found.values())) == len(found)


def test_pieces_of_sentences_are_listed_and_placeholders_are_not(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["voices"], root=content)
    found = lines(capsys)
    assert "Foto:" in found
    assert not [text for text in found if "%(" in text]


def test_what_is_recorded_is_not_asked_for_again(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = content / "recordings" / "ban"
    folder.mkdir(parents=True)
    (folder / f"{clip_name('Selamat datang')}.mp3").write_bytes(b"ID3")
    main(["voices", "--missing", "ban"], root=content)
    assert "Selamat datang" not in lines(capsys)
    main(["voices", "--missing", "id"], root=content)
    assert "Selamat datang" in lines(capsys)


def test_a_mistake_in_the_content_is_one_clear_line(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (content / "base" / "groups.toml").write_text("ini bukan toml")
    assert main(["voices"], root=content) == 2
    assert capsys.readouterr().err.startswith("content: bukan_toml")


def test_it_is_a_command_of_the_kiosk(capsys: pytest.CaptureFixture[str]) -> None:
    assert kiosk_main(["content", "voices"]) == 0
    assert "Selamat datang" in lines(capsys)


def test_help_is_of_the_group(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        kiosk_main(["content", "--help"])
    assert "voices" in capsys.readouterr().out
