"""The machine voice: one audible clip for every text, made once, gone when nobody says it any more."""

import io
import json
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.loader import ROOT, load
from content.spoken import Pronunciation, clip_name, clip_texts, content_texts, messages, pieces, spoken_texts
from provisioning.assets import voice

TOP = Path(__file__).parents[3]
BUILT = TOP / "build" / "static" / "voice" / "id"
PRONUNCIATION = ROOT / "base" / "pronunciation.toml"
THREE = ("Berapa NIK Anda?", "Foto: %(paper)s", "Selamat datang")


@pytest.fixture(scope="module")
def pronunciation() -> Pronunciation:
    return Pronunciation(PRONUNCIATION)


@pytest.fixture(scope="module")
def texts() -> tuple[str, ...]:
    return spoken_texts(voice.TEMPLATES)


def seconds(opus: bytes) -> float:
    """Length by the last Ogg page's position (RFC 7845: 48 000 a second, less the pre-skip)."""
    last = opus.rindex(b"OggS")
    (position,) = struct.unpack_from("<q", opus, last + 6)
    (skipped,) = struct.unpack_from("<H", opus, opus.index(b"OpusHead") + 10)
    return float(position - skipped) / 48_000


# --- names and pieces ---------------------------------------------------------------------------------------------------


def test_a_clips_name_can_be_read_and_belongs_to_one_text() -> None:
    assert clip_name("Selamat datang") == "selamat-datang-5d8d44d3"
    assert clip_name("Selamat datang") != clip_name("Selamat datang.")
    assert clip_name("Selamat datang").rpartition("-")[0] == clip_name("Selamat datang.").rpartition("-")[0]


@given(text=st.text())
def test_any_texts_name_is_a_safe_file_name(text: str) -> None:
    name = clip_name(text)
    assert name.replace("-", "").isalnum()
    assert name.isascii()
    assert name == name.lower()
    assert len(name) < 60


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Selamat datang", ("Selamat datang",)),
        ("Foto: %(paper)s", ("Foto:",)),
        ("Langkah %(n)s dari %(all)s", ("Langkah", "dari")),
        ("Halaman %(n)s dari %(all)s.", ("Halaman", "dari")),
        ("Milik %(office)s. Petugas memeriksa.", ("Milik", "Petugas memeriksa.")),
        ("%(n)s foto", ("foto",)),
        ("%(n)s", ()),
        ("…", ()),
    ],
)
def test_a_sentence_is_spoken_in_pieces_between_its_values(text: str, expected: tuple[str, ...]) -> None:
    assert pieces(text) == expected


def test_a_sentence_with_values_has_no_clip_of_its_own() -> None:
    assert clip_texts(THREE) == ("Berapa NIK Anda?", "Foto:", "Selamat datang")


# --- what is collected --------------------------------------------------------------------------------------------------


def test_every_kabupatens_words_are_collected(texts: tuple[str, ...]) -> None:
    for profile in sorted(path.name for path in (ROOT / "profiles").iterdir()):
        own = {text for text in content_texts(load(profile)) if pieces(text)}
        assert own <= set(texts), profile


def test_the_screens_own_words_are_collected(texts: tuple[str, ...]) -> None:
    assert {text for text in messages(voice.TEMPLATES) if pieces(text)} <= set(texts)
    assert "Selamat datang" in texts


def test_the_numbers_that_screens_count_are_collected(texts: tuple[str, ...]) -> None:
    assert {str(number) for number in (0, 9, 14, 30, 60, 100)} <= set(texts)


def test_what_only_staff_may_read_is_not_spoken(texts: tuple[str, ...]) -> None:
    reasons = load().reasons.values()
    words = set(load().complaints.values()) | {reason.text for reason in reasons if not reason.staff_only}
    assert not {reason.text for reason in reasons if reason.staff_only} - words & set(texts)


# --- how it is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Berapa NIK Anda?", "Berapa nik Anda?"),
        ("Nomor KK", "Nomor ka ka"),
        ("KK-nya bagaimana?", "ka ka nya bagaimana?"),
        ("Lihat di KTP-el.", "Lihat di ka te pe el."),
        ("KTP hilang", "ka te pe hilang"),
        ("PIN, rahasiakan", "pin, rahasiakan"),
        ("Petugas Dukcapil", "Petugas duk capil"),
        ("SPTJM kebenaran data kelahiran (F-2.03)", "es pe te je em kebenaran data kelahiran (ef 2 titik nol 3)"),
        ("misalnya 07:30.", "misalnya pukul 7 lewat 30 menit."),
        ("Buka 08.00 sampai 14.30", "Buka pukul 8 sampai pukul 14 lewat 30 menit"),
        ("misalnya 05-11-2026.", "misalnya tanggal 5, bulan 11, tahun 2026."),
        ("Bermeterai 10.000,", "Bermeterai 10 ribu,"),
        ("lapor.go.id", "lapor titik go titik id"),
        ("Mencetak struk …", "Mencetak struk."),
        ("PIKNIK", "PIKNIK"),
        ("Tokoh", "Tokoh"),
    ],
)
def test_words_that_the_machine_would_misread_are_respelled(
    pronunciation: Pronunciation, text: str, reading: str
) -> None:
    assert pronunciation.of(text) == reading


def test_no_abbreviation_of_the_screens_is_left_to_the_machine(
    texts: tuple[str, ...], pronunciation: Pronunciation
) -> None:
    import re

    left = {word for text in texts for word in re.findall(r"\b[A-Z]{2,}\b", pronunciation.of(text))}
    assert left == set(), "add these to content/base/pronunciation.toml"


# --- the clips ----------------------------------------------------------------------------------------------------------


def test_a_clip_is_made_for_each_and_only_once(tmp_path: Path, pronunciation: Pronunciation) -> None:
    assert voice.build(tmp_path, THREE, pronunciation) == 3
    stamps = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.opus")}
    assert voice.build(tmp_path, THREE, pronunciation) == 0
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.opus")} == stamps


def test_a_new_text_makes_one_clip_and_an_orphan_goes(tmp_path: Path, pronunciation: Pronunciation) -> None:
    voice.build(tmp_path, THREE, pronunciation)
    assert voice.build(tmp_path, (*THREE[:2], "Terima kasih"), pronunciation) == 1
    assert not list(tmp_path.glob("selamat-datang-*"))
    assert sorted(json.loads((tmp_path / "index.json").read_text())) == ["Berapa NIK Anda?", "Foto:", "Terima kasih"]
    assert json.loads((tmp_path / "patterns.json").read_text()) == ["Foto: %(paper)s"]


def test_another_reading_makes_the_clip_anew(tmp_path: Path, pronunciation: Pronunciation) -> None:
    voice.build(tmp_path / "clips", THREE, pronunciation)
    other = tmp_path / "pronunciation.toml"
    other.write_text('[words]\nNIK = "en i ka"\n[[patterns]]\nfind = "x"\nsay = "x"\n')
    assert voice.build(tmp_path / "clips", THREE, Pronunciation(other)) == 1


def test_a_clip_that_was_lost_is_made_again(tmp_path: Path, pronunciation: Pronunciation) -> None:
    voice.build(tmp_path, THREE, pronunciation)
    next(tmp_path.glob("foto-*.opus")).unlink()
    assert voice.build(tmp_path, THREE, pronunciation) == 1


def test_a_clip_can_be_heard(tmp_path: Path, pronunciation: Pronunciation) -> None:
    (clip,) = voice.clips_of(["Selamat datang"], pronunciation)
    decoded = subprocess.run(
        ["opusdec", "--quiet", "--force-wav", "-", "-"], input=voice.speak(clip), capture_output=True, check=True
    ).stdout
    with wave.open(io.BytesIO(decoded)) as sound:
        samples = sound.readframes(sound.getnframes())
        length = len(samples) / (2 * sound.getnchannels() * sound.getframerate())
    loudest = max(abs(value) for (value,) in struct.iter_unpack("<h", samples[: len(samples) // 2 * 2]))
    assert 0.5 < length < 4
    assert loudest > 3000


def test_a_tool_that_fails_is_named_with_its_text(pronunciation: Pronunciation) -> None:
    (clip,) = voice.clips_of(["Selamat datang"], pronunciation)
    with pytest.raises(voice.VoiceError, match="false could not say 'Selamat datang'"):
        voice._run(("false",), b"", clip)


def test_a_tool_that_says_nothing_is_a_failure(pronunciation: Pronunciation) -> None:
    (clip,) = voice.clips_of(["Selamat datang"], pronunciation)
    with pytest.raises(voice.VoiceError):
        voice._run(("true",), b"", clip)


def test_a_half_written_clip_of_a_power_cut_goes(tmp_path: Path, pronunciation: Pronunciation) -> None:
    tmp_path.joinpath("selamat-datang-5d8d44d3.opus.tmp").write_bytes(b"Ogg")
    voice.build(tmp_path, THREE, pronunciation)
    assert not list(tmp_path.glob("*.tmp"))


def test_every_word_of_every_kabupaten_has_an_audible_clip_after_the_build(texts: tuple[str, ...]) -> None:
    index = json.loads((BUILT / "index.json").read_text())
    assert set(clip_texts(texts)) == set(index)
    lengths = {text: seconds((BUILT / name).read_bytes()) for text, name in index.items()}
    assert {text for text, length in lengths.items() if length <= 0.3} == set()
    assert {text for text, length in lengths.items() if length > 25} == set()


def test_the_build_holds_nothing_that_nobody_says() -> None:
    names = set(json.loads((BUILT / "index.json").read_text()).values())
    assert {path.name for path in BUILT.glob("*.opus")} == names


def test_the_fingerprint_follows_words_readings_and_templates(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "content" / "a.toml").write_text("a = 1")
    (tmp_path / "templates" / "b.html").write_text("b")
    prints = {voice.fingerprint(root=tmp_path / "content", templates=tmp_path / "templates")}
    (tmp_path / "content" / "a.toml").write_text("a = 2")
    prints.add(voice.fingerprint(root=tmp_path / "content", templates=tmp_path / "templates"))
    (tmp_path / "templates" / "b.html").write_text("c")
    prints.add(voice.fingerprint(root=tmp_path / "content", templates=tmp_path / "templates"))
    assert len(prints) == 3


def test_what_is_installed_to_build_stands_in_the_package_list() -> None:
    packages = (TOP / "provisioning" / "packages" / "run.txt").read_text().split()
    assert {"espeak-ng", "opus-tools", "opusenc"} <= set(packages)


def test_the_notice_names_the_voice() -> None:
    assert "espeak-ng" in (TOP / "build" / "NOTICE.txt").read_text()
