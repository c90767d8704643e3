"""Which clips a text of the screen has: whole, in pieces, from a person or the machine, or none."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.spoken import clip_name
from kiosk.ui.voice import Clip, Voice
from tests.unit.ui.harness import ASSETS

BUILT = ASSETS / "static" / "voice"
TEXTS = (
    "Kembali",
    "Selamat datang",
    "Foto:",
    "Kartu Keluarga",
    "Halaman",
    "dari",
    "Antrean nomor",
    "0",
    "7",
    "8",
    "12",
)
PATTERNS = ("Foto: %(paper)s", "Halaman %(n)s dari %(all)s.", "Antrean nomor %(n)s.")


def make_voice(folder: Path, *recordings: str) -> Voice:
    """A small built voice, and recordings named ``language/text.suffix``."""
    built = folder / "voice" / "id"
    built.mkdir(parents=True)
    index = {text: f"{clip_name(text)}.opus" for text in TEXTS}
    for name in index.values():
        (built / name).write_bytes(b"OggS built")
    (built / "index.json").write_text(json.dumps(index))
    (built / "patterns.json").write_text(json.dumps(PATTERNS))
    for recording in recordings:
        language, _, rest = recording.partition("/")
        text, _, suffix = rest.rpartition(".")
        path = folder / "recordings" / language / f"{clip_name(text)}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"OggS recorded")
    return Voice(folder / "voice", folder / "recordings")


def said(voice: Voice, text: str, language: str = "id") -> list[str]:
    """The texts whose clips are played."""
    names = {clip_name(known): known for known in TEXTS}
    return [names[Path(clip.name).stem] for clip in voice.clips(text, language)]


# --- which clips a text has ---------------------------------------------------------------------------------------------


def test_a_text_of_the_index_is_its_clip(tmp_path: Path) -> None:
    assert make_voice(tmp_path).clips("Kembali") == (Clip("id", f"{clip_name('Kembali')}.opus"),)


@pytest.mark.parametrize("text", ["", " ", "WARGA CONTOH", "3312120101909901", "081234567890", "Kembali lagi"])
def test_what_is_not_in_the_index_is_silent(tmp_path: Path, text: str) -> None:
    assert make_voice(tmp_path).clips(text) == ()


def test_a_sentence_with_numbers_is_put_together(tmp_path: Path) -> None:
    assert said(make_voice(tmp_path), "Halaman 7 dari 12.") == ["Halaman", "7", "dari", "12"]


def test_a_number_that_has_no_word_is_said_digit_by_digit(tmp_path: Path) -> None:
    assert said(make_voice(tmp_path), "Antrean nomor 708.") == ["Antrean nomor", "7", "0", "8"]


def test_a_number_long_enough_to_be_somebodys_is_not_said(tmp_path: Path) -> None:
    assert said(make_voice(tmp_path), "Antrean nomor 78078.") == ["Antrean nomor"]


def test_a_known_value_is_said_in_its_sentence_and_an_unknown_one_is_left_out(tmp_path: Path) -> None:
    voice = make_voice(tmp_path)
    assert said(voice, "Foto: Kartu Keluarga") == ["Foto:", "Kartu Keluarga"]
    assert said(voice, "Foto: WARGA CONTOH") == ["Foto:"]


def test_another_language_falls_back_to_the_indonesian_clip(tmp_path: Path) -> None:
    voice = make_voice(tmp_path)
    assert said(voice, "Back", "en") == ["Kembali"]
    assert said(voice, "Photo: Family card", "en") == ["Foto:", "Kartu Keluarga"]
    assert {clip.language for clip in voice.clips("Back", "en")} == {"id"}


def test_a_language_of_recordings_alone_is_spoken_too(tmp_path: Path) -> None:
    voice = make_voice(tmp_path, "ban/Kembali.ogg")
    assert voice.clips("Kembali", "ban") == (Clip("ban", f"{clip_name('Kembali')}.ogg"),)
    assert said(voice, "Selamat datang", "ban") == ["Selamat datang"]


@pytest.mark.parametrize("suffix", ["opus", "ogg", "mp3", "wav"])
def test_a_recording_wins_over_the_machine(tmp_path: Path, suffix: str) -> None:
    voice = make_voice(tmp_path, f"id/Kembali.{suffix}")
    (clip,) = voice.clips("Kembali")
    path = voice.file(clip.language, clip.name)
    assert path is not None
    assert path.read_bytes() == b"OggS recorded"


def test_an_indonesian_recording_stands_in_for_another_language(tmp_path: Path) -> None:
    voice = make_voice(tmp_path, "id/Kembali.ogg")
    assert voice.clips("Back", "en") == (Clip("id", f"{clip_name('Kembali')}.ogg"),)


def test_a_recording_of_what_no_screen_says_is_not_served(tmp_path: Path) -> None:
    assert make_voice(tmp_path, "id/Rahasia.ogg").file("id", f"{clip_name('Rahasia')}.ogg") is None


def test_a_file_that_is_no_sound_is_not_served(tmp_path: Path) -> None:
    assert make_voice(tmp_path, "id/Kembali.html").file("id", f"{clip_name('Kembali')}.html") is None


def test_without_a_build_there_is_no_voice(tmp_path: Path) -> None:
    assert not Voice(tmp_path / "nowhere", None)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_is_taken_and_only_clips_of_the_index_come_back(text: str) -> None:
    voice = Voice(BUILT)
    assert all(voice.file(clip.language, clip.name) for clip in voice.clips(text))
