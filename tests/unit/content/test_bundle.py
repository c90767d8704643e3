"""A bundle of content: the same bytes for the same files, and nothing but content comes out of it."""

import io
import stat
import tomllib
import zipfile
import zlib
from pathlib import Path

import pytest

from adminduk.catalogue import ContentError
from content import bundle
from content.bundle import BundleError, pack, unpack
from content.loader import ROOT, load

NAME = "base/place.toml"


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        for name, content in entries:
            archive.writestr(name, content, compress_type=way)
    return buffer.getvalue()


def complaint(data: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        unpack(data)
    return caught.value.code


def test_what_comes_out_is_content_that_loads(tmp_path: Path) -> None:
    for name, content in unpack(pack("wonogiri")).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
        tomllib.loads(content.decode())
    assert load("wonogiri", root=tmp_path) == load("wonogiri")
    with pytest.raises(ContentError):
        load("buleleng", root=tmp_path)


def test_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    first = pack("wonogiri")
    for name, content in unpack(first).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert pack("wonogiri", root=tmp_path) == first
    assert first != pack("buleleng")
    assert len(first) < 100_000, "a minute's worth of a village's line"


def test_a_kabupaten_without_content_is_refused() -> None:
    with pytest.raises(ContentError):
        pack("atlantis", root=ROOT)


@pytest.mark.parametrize(
    "name",
    [
        "../base/place.toml", "/etc/passwd", "base/../../x.toml", "base\\..\\x.toml", "base/place.py", "base/services/../x.toml",
        "profiles/../base/x.toml", "base/.hidden.toml", "base/services/", "content/base/place.toml", "base/a/b/c.toml", "base/é.toml",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert complaint(zipped((name, b""))) == "nama_terlarang"


def test_a_link_is_refused() -> None:
    link = zipfile.ZipInfo(NAME)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert complaint(zipped((link, b"/etc/shadow"))) == "tautan"


def test_one_name_twice_is_refused(recwarn: pytest.WarningsRecorder) -> None:
    assert complaint(zipped((NAME, b"a = 1"), (NAME, b"a = 2"))) == "nama_ganda"


def test_a_bomb_is_refused_before_it_opens() -> None:
    assert complaint(zipped((NAME, bytes(bundle.LARGEST_FILE + 1)))) == "terlalu_besar"
    many = [(f"base/a{number}.toml", bytes(bundle.LARGEST_FILE)) for number in range(9)]
    assert complaint(zipped(*many)) == "terlalu_besar"


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    data = bytearray(zipped((NAME, bytes(1_000_000))))
    real = (1_000_000).to_bytes(4, "little")
    assert data.count(real) == 2
    assert complaint(bytes(data.replace(real, (10).to_bytes(4, "little")))) == "bukan_bundel"


def test_too_many_files_are_refused() -> None:
    assert complaint(zipped(*[(f"base/a{n}.toml", b"") for n in range(bundle.MOST_FILES + 1)])) == "terlalu_banyak"
    assert complaint(zipped()) == "terlalu_banyak"


def test_other_ways_to_press_are_refused() -> None:
    assert complaint(zipped((NAME, b"a = 1"), way=zipfile.ZIP_BZIP2)) == "bukan_bundel"


def test_a_bundle_that_is_too_large_is_not_opened_at_all() -> None:
    assert complaint(bytes(bundle.LARGEST_BUNDLE + 1)) == "terlalu_besar"


def test_what_is_cut_or_garbled_is_no_bundle() -> None:
    whole = pack("wonogiri")
    assert complaint(b"") == complaint(b"PK") == complaint(whole[: len(whole) // 2]) == "bukan_bundel"
    garbled = bytearray(whole)
    garbled[200:260] = zlib.compress(b"x" * 100)[:8] * 7 + b"1234"
    assert complaint(bytes(garbled)) == "bukan_bundel"
