"""`python -m kiosk content …`: what to record under which name, and what is wrong with the content, for who keeps it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from content.loader import ROOT, profiles
from content.spoken import clip_name
from kiosk.__main__ import main as kiosk_main
from kiosk.content_tools import main
from kiosk.ui.i18n import LANGUAGES, SOURCE


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


def test_a_mistake_in_the_content_is_one_clear_line_and_says_how_to_see_all(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (content / "base" / "groups.toml").write_text("ini bukan toml")
    assert main(["voices"], root=content) == 2
    told, advice = capsys.readouterr().err.splitlines()
    assert told.startswith("content: bukan_toml")
    assert "content check" in advice


def test_it_is_a_command_of_the_kiosk(capsys: pytest.CaptureFixture[str]) -> None:
    assert kiosk_main(["content", "voices"]) == 0
    assert "Selamat datang" in lines(capsys)


def test_help_is_of_the_group(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        kiosk_main(["content", "--help"])
    assert "voices" in capsys.readouterr().out


# --- check ------------------------------------------------------------------------------------------------------------


def test_content_without_mistakes_is_one_line_and_exit_code_0(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"], root=content) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("56 layanan, 5 profil: tidak ada kesalahan\n", "")


def test_mistakes_are_a_line_each_and_exit_code_2(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = content / "base/services/akl.toml"
    path.write_text(path.read_text().replace("deadline_days", "deadline_day").replace('"kuasa",', '"kuasaa",'))
    assert main(["check"], root=content) == 2
    printed = capsys.readouterr()
    assert [line.split(": ")[0] for line in printed.out.splitlines()] == [f"{path}:11:3", f"{path}:31:1"]
    assert printed.err == "56 layanan, 5 profil: 2 kesalahan, 0 peringatan. Betulkan, lalu jalankan lagi.\n"


def test_warnings_alone_are_exit_code_0(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = content / "base/services/akl.toml"
    path.write_text(path.read_text().replace('"Akta kelahiran"', '"Akta kelahiran anak yang baru"'))
    assert main(["check"], root=content) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "peringatan terlalu_panjang" in printed[0]
    assert printed[1] == "56 layanan, 5 profil: tidak ada kesalahan, 1 peringatan"


@pytest.mark.parametrize("profile", profiles())
def test_one_kabupaten_alone_can_be_checked(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--profile", profile]) == 0
    assert capsys.readouterr().out == "56 layanan, 1 profil: tidak ada kesalahan\n"


def test_only_the_kabupaten_that_is_named_is_checked(content: Path) -> None:
    path = content / "profiles/buleleng/place.toml"
    path.write_text(path.read_text().replace('"wa"', '"whatsapp"'))
    assert main(["check", "--profile", "mataram"], root=content) == 0
    assert main(["check", "--profile", "buleleng"], root=content) == 2
    assert main(["check", "--profile", "all"], root=content) == 2


def test_a_mistyped_kabupaten_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--profile", "bulelang"]) == 2
    assert capsys.readouterr().err == (
        'Tidak ada profil "bulelang". Yang ada: balangan, buleleng, maluku_tengah, mataram, wonogiri. Maksud Anda "buleleng"?\n'
    )


def test_another_folder_can_be_checked(content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--root", str(content)]) == 0
    capsys.readouterr()
    assert main(["check", "--root", str(tmp_path)]) == 2
    assert "tidak ada folder base" in capsys.readouterr().err


def test_a_file_is_named_so_that_an_editor_opens_it(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(content.parent)
    (content / "base/groups.toml").write_text("ini bukan toml")
    assert main(["check"], root=content) == 2
    assert capsys.readouterr().out.startswith("content/base/groups.toml:1:5: bukan_toml: ")


def test_lint_runs_the_check() -> None:
    lint = (ROOT.parent / "Makefile").read_text().split("\nlint:")[1].split("\n\n")[0]
    assert "-m kiosk content check" in lint


def test_a_reader_who_leaves_gets_no_traceback_and_the_work_is_done(tmp_path: Path) -> None:
    """`content messages | head` left the last catalogues as they were."""
    command = [sys.executable, "-m", "kiosk", "content", "messages", "--folder", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == ""
        assert running.wait(60) == 0
    assert {path.stem for path in tmp_path.glob("*.po")} == set(LANGUAGES) - {SOURCE}
