"""The desk's page "Kiriman dari USB": what a stick brings through a browser, whoever was first, and what breaks on the way."""

import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from adminduk.clock import ManualClock
from adminduk.messages import SignedReceipt, verify_receipt
from adminduk.parcels import (
    FOLDER,
    LARGEST_MANIFEST,
    MANIFEST,
    RECEIPTS,
    Manifest,
    folder_name,
    packet_name,
    sign_manifest,
)
from central import worker
from central.context import Context
from central.fleet import kiosks
from central.intake import parcels, parts, sticks
from central.intake.packets import packet_path
from central.intake.parts import Begin, Piece
from central.intake.uploads import Uploads
from central.schema import applications, audit, packets
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.office import OFFICERS, Browser, hire
from tests.unit.central.people import Kiosk, Sealed, noise, packet, sealed

PAGE = "/kiriman-usb"
Files = dict[str, bytes]


@pytest.fixture
def desk(light: Context, light_app: Flask) -> Flask:
    hire(light)
    return light_app


@pytest.fixture
def vera(desk: Flask) -> Browser:
    browser = Browser.of(desk, "vera")
    browser.get(PAGE)
    return browser


def parcel(kiosk: Kiosk, *brought: Sealed, number: int = 1, context: Context | None = None, **kept: bytes) -> Files:
    """path → bytes, as a browser tells a chosen folder. ``kept``: other bytes for a packet, by its id's last five letters."""
    rows_ = tuple({"id": one.id, "sha256": one.sha256, "size": one.size} for one in brought)
    manifest = Manifest(
        kiosk_id=kiosk.kiosk_id, number=number, made_at="2026-11-20T01:02:03.000000Z", clock_trusted=True, packets=rows_
    )
    folder = f"{FOLDER}/{folder_name(kiosk.kiosk_id, number)}"
    files = {f"{folder}/{packet_name(one.id)}": kept.get(one.id[-5:], one.content) for one in brought}
    return {f"{folder}/{MANIFEST}": sign_manifest(manifest, kiosk.key).to_json(), **files}


def upload(browser: Browser, files: Files, *, token: str | None = None, name: str = "folder") -> TestResponse:
    """The form as a browser sends it: the token first, then each file with its path."""
    data = MultiDict[str, Any]({"token": browser.token if token is None else token})
    for path, content in files.items():
        data.add(name, (io.BytesIO(content), path))
    return browser.client.post(PAGE, data=data)


def result(browser: Browser, files: Files, **given: Any) -> str:
    """The page that says what became of it."""
    answer = upload(browser, files, **given)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"]).text


def fates(context: Context) -> list[tuple[str, str, bool]]:
    return [(fate.id, fate.code, fate.new) for one in sticks.newest(context)[0].parcels for fate in one.fates]


def received(context: Context) -> dict[str, str]:
    """id → SHA-256 of what lies there."""
    found = rows(context, sa.select(packets.c.id).where(packets.c.state != "announced"))
    return {str(row.id): hashlib.sha256(packet_path(context, str(row.id)).read_bytes()).hexdigest() for row in found}


def leftovers(context: Context) -> list[str]:
    """Uploads on their way, or their remains."""
    return [path.name for path in (context.settings.dir / "sticks").glob("*.tmp")]


# --- taken ------------------------------------------------------------------------------------------------------------


def test_a_stick_is_taken_in_the_browser_and_its_receipts_go_back_where_the_kiosk_looks(
    context: Context, app: Flask, kiosk: Kiosk
) -> None:
    """On SQLite and on PostgreSQL: the rows, the files, the queue, the audit."""
    hire(context)
    browser, brought = Browser.of(app, "vera"), [sealed(context, packet(kiosk.kiosk_id, number)) for number in (1, 2)]
    browser.get(PAGE)
    page = result(browser, parcel(kiosk, *brought))
    assert received(context) == {one.id: one.sha256 for one in brought}
    assert page.count("Diterima") == 2
    assert kiosk.kiosk_id in page
    while worker.admit_next(context):
        pass
    assert len(rows(context, sa.select(applications))) == 2
    noted = [(row.actor, row.what) for row in rows(context, sa.select(audit).order_by(audit.c.id))]
    assert noted == [("vera", "unggah_stik"), ("vera", "kiriman_stik")]
    upload_id = sticks.newest(context)[0].id
    packed = zipfile.ZipFile(io.BytesIO(browser.client.get(f"{PAGE}/{upload_id}/tanda-terima.zip").data))
    folder = folder_name(kiosk.kiosk_id, 1)
    assert sorted(packed.namelist()) == sorted(f"{FOLDER}/{folder}/{RECEIPTS}/{one.id}.json" for one in brought)
    for one in brought:
        signed = SignedReceipt.from_json(packed.read(f"{FOLDER}/{folder}/{RECEIPTS}/{one.id}.json"))
        assert verify_receipt(signed, context.keys.receipt.public_key()).sha256 == one.sha256


def test_the_same_stick_twice_and_the_line_before_or_after_it_double_nothing(
    context: Context, app: Flask, kiosk: Kiosk, clock: ManualClock
) -> None:
    hire(context)
    browser = Browser.of(app, "vera")
    by_line, by_stick, both = (noise(900, fill) for fill in (b"a", b"b", b"c"))
    kiosk.deliver(by_line)
    kiosk.upload(both, piece=400)  # all of it, and no receipt asked for
    files = parcel(kiosk, by_line, by_stick, both)
    browser.get(PAGE)
    assert "Sudah ada" in result(browser, files)
    assert fates(context) == [(one.id, "diterima", one is not by_line) for one in (by_line, by_stick, both)]
    first = {row.id: row.receipt for row in rows(context, sa.select(packets))}
    clock.advance(1)
    browser.get(PAGE)
    result(browser, files)
    assert {new for _, _, new in fates(context)} == {False}
    for one in (by_line, by_stick, both):
        assert kiosk.receipt(one).data.decode() == first[one.id], "the line gets the receipt that the stick got"
    assert received(context) == {one.id: one.sha256 for one in (by_line, by_stick, both)}
    assert list(context.settings.uploads.iterdir()) == []


def test_the_same_stick_in_two_browsers_at_once_is_one_stick(context: Context, app: Flask, kiosk: Kiosk) -> None:
    hire(context)
    brought = [noise(3000, bytes([number])) for number in range(4)]
    browsers = [Browser.of(app, name) for name in ("vera", "ada")]
    answers: list[int] = []
    for browser in browsers:
        browser.get(PAGE)
    threads = [
        Thread(target=lambda one=one: answers.append(upload(one, parcel(kiosk, *brought)).status_code))
        for one in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [303, 303]
    assert received(context) == {one.id: one.sha256 for one in brought}
    told = [fate for one in sticks.newest(context) for parcel_ in one.parcels for fate in parcel_.fates]
    assert {fate.code for fate in told} == {"diterima"}


def test_files_without_their_folder_are_a_parcel_too(light: Context, vera: Browser, light_kiosk: Kiosk) -> None:
    one = noise()
    bare = {path.rsplit("/", 1)[1]: content for path, content in parcel(light_kiosk, one).items()}
    assert "Diterima" in result(vera, bare, name="berkas")
    assert received(light) == {one.id: one.sha256}


def test_two_kiosks_and_a_whole_stick_of_other_things(
    light: Context, light_app: Flask, vera: Browser, light_kiosk: Kiosk
) -> None:
    other = Kiosk.enrol(light_app, light)
    mine, theirs, half = noise(10, b"m"), noise(20, b"t"), noise(30, b"h")
    files = parcel(light_kiosk, mine) | parcel(other, theirs)
    files |= {path.replace("-0009/", "-0009.tmp/"): content for path, content in parcel(other, half, number=9).items()}
    files |= {"foto/liburan.jpg": b"x" * 9000, f"{FOLDER}/K-0001-0001/{RECEIPTS}/{mine.id}.json": b"{}"}
    page = result(vera, files)
    assert received(light) == {one.id: one.sha256 for one in (mine, theirs)}
    assert "4 berkas lain dilewati" in page, "a photograph, an old receipt, half a parcel"
    assert {one.kiosk_id for one in sticks.newest(light)[0].parcels} == {light_kiosk.kiosk_id, other.kiosk_id}


# --- refused, and what to do --------------------------------------------------------------------------------------------


def test_each_packet_says_what_became_of_it_and_none_holds_up_the_others(
    light: Context, vera: Browser, light_kiosk: Kiosk, light_app: Flask
) -> None:
    good, spoilt, missing, conflict = (noise(500, fill) for fill in (b"g", b"s", b"m", b"k"))
    large = noise(light.settings.largest_packet + 1)
    Kiosk.enrol(light_app, light).deliver(replace(conflict, content=b"other"))
    files = parcel(light_kiosk, good, spoilt, missing, conflict, large, **{spoilt.id[-5:]: b"s" * 499 + b"!"})
    files = {path: content for path, content in files.items() if missing.id not in path}
    page = result(vera, files)
    assert fates(light) == [
        (good.id, "diterima", True), (spoilt.id, "isi_rusak", False), (missing.id, "hilang", False),
        (conflict.id, "isi_berbeda", False), (large.id, "terlalu_besar", False),
    ]  # fmt: skip
    for words in ("Rusak di stik", "Tidak ada di stik", "Berbeda dari yang sudah ada", "Terlalu besar", "stik lain"):
        assert words in page
    assert sticks.newest(light)[0].receipts == 1


@pytest.mark.parametrize(
    ("mishap", "code"),
    [
        ("no list", "tidak_ada_kiriman"), ("garbage", "daftar_rusak"), ("endless", "daftar_rusak"),
        ("forged", "daftar_kiriman_palsu"), ("revoked", "kios_tidak_dikenal"),
    ],
)  # fmt: skip
def test_a_stick_of_which_nothing_is_taken_says_why_and_what_to_do(
    light: Context, vera: Browser, light_kiosk: Kiosk, light_app: Flask, mishap: str, code: str
) -> None:
    one = noise()
    files = parcel(light_kiosk, one)
    name = next(iter(files))
    if mishap == "no list":
        del files[name]
    elif mishap == "garbage":
        files[name] = b"{"
    elif mishap == "endless":
        files[name] += b" " * LARGEST_MANIFEST
    elif mishap == "forged":
        files = parcel(replace(light_kiosk, key=Kiosk.enrol(light_app, light).key), one)
    else:
        kiosks.revoke(light, light_kiosk.kiosk_id)
    page = result(vera, files)
    told = sticks.newest(light)[0]
    assert code in (told.code, *(parcel_.code for parcel_ in told.parcels))
    assert 'class="wrong"' in page
    assert f">{code}<" not in page, "in words"
    assert rows(light, sa.select(packets)) == []
    assert "tanda-terima.zip" not in page
    assert vera.get(f"{PAGE}/{told.id}/tanda-terima.zip").status_code == 404


@pytest.mark.parametrize("name", [*OFFICERS, "nobody"])
def test_only_who_receives_and_who_keeps_the_kiosks_may(
    light: Context, desk: Flask, light_kiosk: Kiosk, name: str
) -> None:
    browser = Browser.open(desk) if name == "nobody" else Browser.of(desk, name)
    browser.get("/masuk")
    allowed = name in ("vera", "ada")
    seen = [
        browser.get(path).status_code for path in (PAGE, f"{PAGE}/{'0' * 32}", f"{PAGE}/{'0' * 32}/tanda-terima.zip")
    ]
    assert seen == ([200, 404, 404] if allowed else [302] * 3 if name == "nobody" else [403] * 3)
    assert upload(browser, parcel(light_kiosk, noise())).status_code == (303 if allowed else seen[0])
    assert bool(rows(light, sa.select(packets))) == allowed
    assert ("Kiriman dari USB" in browser.get("/").text) == allowed


def test_a_stranger_s_form_is_refused_before_a_file_of_it_is_laid_down(
    light: Context, vera: Browser, light_kiosk: Kiosk
) -> None:
    files = parcel(light_kiosk, noise())
    assert upload(vera, files, token="wrong").status_code == 400
    late = b'--b\r\nContent-Disposition: form-data; name="folder"; filename="daftar.json"\r\n\r\n{}\r\n'
    late += f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{vera.token}\r\n--b--\r\n'.encode()
    answer = vera.client.post(PAGE, data=late, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400, "the token after the files is too late"
    assert vera.client.post(PAGE, data={"token": vera.token}).status_code == 400, "no files, no multipart"
    assert vera.client.post(PAGE, data=b"x", content_type="multipart/form-data").status_code == 400
    assert not (light.settings.dir / "sticks").exists() or leftovers(light) == []
    assert rows(light, sa.select(packets)) == []


# --- cut, killed, full ----------------------------------------------------------------------------------------------------


def body_of(browser: Browser, files: Files) -> tuple[bytes, str]:
    data = MultiDict[str, Any]({"token": browser.token})
    for path, content in files.items():
        data.add("folder", (io.BytesIO(content), path))
    environ = EnvironBuilder(PAGE, method="POST", data=data).get_environ()
    return environ["wsgi.input"].read(), environ["CONTENT_TYPE"]


class Cut(io.BytesIO):
    """A line that dies: it said more would come."""


def post_cut(browser: Browser, body: bytes, content_type: str, at: int) -> int:
    cookie = "; ".join(f"{one.key}={one.value}" for one in browser.client._cookies.values())
    environ = EnvironBuilder(PAGE, method="POST", headers={"Cookie": cookie}).get_environ()
    environ.update({"CONTENT_TYPE": content_type, "wsgi.input": Cut(body[:at]), "CONTENT_LENGTH": str(len(body))})
    return int(run_wsgi_app(browser.client.application, environ)[1].split()[0])


def test_a_line_that_dies_anywhere_in_an_upload_leaves_nothing(
    light: Context, vera: Browser, light_kiosk: Kiosk
) -> None:
    body, content_type = body_of(vera, parcel(light_kiosk, noise(300_000)))
    for at in (0, 50, 700, 100_000, len(body) - 100, len(body) - 3):
        assert (at, post_cut(vera, body, content_type, at)) == (at, 400)
        assert (leftovers(light), rows(light, sa.select(packets)), sticks.newest(light)) == ([], [], ())
    assert post_cut(vera, body, content_type, len(body)) == 303


def test_a_server_killed_in_an_upload_leaves_what_the_next_one_sweeps(
    light: Context, vera: Browser, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """-9."""

    def breaks() -> Iterator[Begin | Piece]:
        yield Begin("folder", f"{FOLDER}/K-0001-0001/{MANIFEST}")
        yield Piece(b"{", last=False)
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", lambda *_given, **_named: None)  # a killed process tidies nothing
        with pytest.raises(Killed):
            sticks.take(light, breaks(), actor="vera")
    assert len(leftovers(light)) == 1
    result(vera, parcel(light_kiosk, noise()))
    assert leftovers(light) == []


def test_an_upload_that_is_still_coming_is_not_swept(light: Context, vera: Browser, light_kiosk: Kiosk) -> None:
    one = noise()

    def slowly() -> Iterator[Begin | Piece]:
        for path, content in parcel(light_kiosk, one).items():
            yield Begin("folder", path)
            result(vera, parcel(light_kiosk, noise(5)))  # somebody else's, in the middle of it
            yield Piece(content, last=True)

    assert [fate.code for fate in sticks.take(light, slowly(), actor="ada").parcels[0].fates] == ["diterima"]


def test_a_full_disk_is_said_in_words_and_nothing_is_kept(
    light: Context, vera: Browser, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any, **_named: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sticks, "_zip", full)
    answer = upload(vera, parcel(light_kiosk, noise()))
    assert (answer.status_code, "Ruang simpan server penuh" in answer.text) == (507, True)
    assert (leftovers(light), sticks.newest(light)) == ([], ())


def test_a_database_that_takes_nothing_more_is_said_in_words_and_the_stick_is_simply_brought_again(
    light: Context, vera: Browser, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer read "Internal Server Error", and did not know whether the stick may be wiped."""

    def full(*_given: Any, **_named: Any) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    one = noise()
    monkeypatch.setattr(parcels, "note", full)
    page = result(vera, parcel(light_kiosk, one))
    assert "Ruang simpan server penuh" in page
    assert light_kiosk.kiosk_id in page
    assert "Kios tidak diketahui" not in page
    assert [brought.code for brought in sticks.newest(light)[0].parcels] == ["tidak_tersimpan"]
    assert [code for _, code, _ in fates(light)] == ["diterima"], "what was taken before stays told"
    monkeypatch.setattr(sticks, "note", full)
    answer = upload(vera, parcel(light_kiosk, one))
    assert (answer.status_code, "Ruang simpan server penuh" in answer.text) == (507, True)
    monkeypatch.undo()
    assert "Ruang simpan server penuh" not in result(vera, parcel(light_kiosk, one))
    assert [fate.code for fate in sticks.newest(light)[0].parcels[0].fates] == ["diterima"]
    assert len(rows(light, sa.select(packets))) == 1


def test_a_disk_that_fills_up_between_two_packets_tells_which_one_came(
    light: Context, vera: Browser, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought, laid = [noise(10, b"1"), noise(10, b"2"), noise(10, b"3")], list[str]()
    lay = Uploads.lay

    def filling(uploads: Uploads, packet_id: str, *rest: Any) -> None:
        if laid:
            raise OSError(28, "No space left on device")
        laid.append(packet_id)
        lay(uploads, packet_id, *rest)

    monkeypatch.setattr(Uploads, "lay", filling)
    assert "Ruang simpan server penuh" in result(vera, parcel(light_kiosk, *brought))
    assert fates(light) == [(laid[0], "diterima", True)]
    assert sticks.newest(light)[0].receipts == 1
    monkeypatch.undo()
    assert "Ruang simpan server penuh" not in result(vera, parcel(light_kiosk, *brought))
    assert [new for _, _, new in fates(light)].count(True) == 2
    assert len(received(light)) == 3


def test_a_mistake_of_ours_is_no_full_disk(light: Context, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_given: Any, **_named: Any) -> None:
        raise sa.exc.ProgrammingError("INSERT", {}, Exception("no such table"))

    monkeypatch.setattr(parcels, "note", unknown)
    files = [
        (Begin("folder", path), Piece(content, last=True)) for path, content in parcel(light_kiosk, noise()).items()
    ]
    with pytest.raises(sa.exc.ProgrammingError):
        sticks.take(light, (event for file in files for event in file), actor="vera")


def test_more_than_an_upload_may_bring_is_refused_in_words(
    light: Context, vera: Browser, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sticks, "MOST_PARTS", 3)
    brought = [noise(10, fill) for fill in (b"1", b"2", b"3")]
    answer = upload(vera, parcel(light_kiosk, *brought))
    assert (answer.status_code, "terlalu banyak" in answer.text) == (413, True)
    monkeypatch.undo()
    assert (leftovers(light), rows(light, sa.select(packets))) == ([], [])


def test_an_upload_larger_than_the_setting_is_refused(light: Context, light_kiosk: Kiosk) -> None:
    from central.app import create_app

    small = faulty(light, settings=replace(light.settings, largest_stick=20_000))
    hire(small)
    browser = Browser.of(create_app(small), "vera")
    browser.get(PAGE)
    assert upload(browser, parcel(light_kiosk, noise(30_000))).status_code == 413
    assert (leftovers(small), rows(small, sa.select(packets))) == ([], [])


def test_results_go_after_a_week_and_strange_names_find_nothing(
    light: Context, vera: Browser, light_kiosk: Kiosk, clock: ManualClock
) -> None:
    result(vera, parcel(light_kiosk, noise()))
    old = sticks.newest(light)[0].id
    for strange in ("..", "0" * 31, "lock", "%2e%2e%2fkeys"):
        assert vera.get(f"{PAGE}/{strange}").status_code in (308, 404)
        assert vera.get(f"{PAGE}/{strange}/tanda-terima.zip").status_code in (308, 404)
    clock.advance((sticks.KEPT + timedelta(minutes=1)).total_seconds())
    sticks.take(light, iter(()), actor="ada")
    assert sticks.find(light, old) is None
    assert [one.code for one in sticks.newest(light)] == ["tidak_ada_kiriman"]


def test_a_name_that_leads_out_of_its_folder_is_laid_into_it(light: Context, vera: Browser, light_kiosk: Kiosk) -> None:
    one = noise()
    files = {f"../../../../keys/../{path}": content for path, content in parcel(light_kiosk, one).items()}
    files[f"/etc/{packet_name(str(uuid7()))}"] = b"x"
    before = sorted(path.name for path in light.settings.keys.iterdir())
    assert "Diterima" in result(vera, files)
    assert sorted(path.name for path in light.settings.keys.iterdir()) == before


# --- the form itself ----------------------------------------------------------------------------------------------------


def test_a_form_is_read_the_same_however_its_blocks_fall() -> None:
    content = bytes(range(256)) * 300 + b"\r\n--x\r\n--"
    body = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nt\r\n' + (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="d/e"\r\n\r\n' + content + b"\r\n--b--\r\n"
    )

    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 700))

    for stream in (io.BytesIO(body), Dripping(body)):
        found = list(parts.read(stream, "b", most_parts=5))
        assert [one for one in found if isinstance(one, Begin)] == [Begin("a", None), Begin("f", "d/e")]
        pieces = [one for one in found if isinstance(one, Piece)]
        assert b"".join(one.data for one in pieces) == b"t" + content
        assert [one.last for one in pieces].count(True) == 2


@pytest.mark.parametrize("body", [b"", b"--b", b"--b\r\nX: y\r\n\r\n", b"no form at all", b"--b\r\n\r\n\xff"])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        list(parts.read(io.BytesIO(body), "b", most_parts=5))


def test_a_form_without_an_end_to_its_head_is_not_held_in_memory() -> None:
    with pytest.raises(RequestEntityTooLarge):
        list(parts.read(io.BytesIO(b"x" * 10_000_000), "b", most_parts=5))


def test_other_forms_of_the_desk_bring_no_files(vera: Browser) -> None:
    assert vera.post("/keluar", much="x" * 100_000).status_code == 413


def test_nobody_s_path_reaches_the_disk(light: Context, vera: Browser, light_kiosk: Kiosk) -> None:
    files = {f"Ibu Siti 3312/{path}": content for path, content in parcel(light_kiosk, noise()).items()}
    result(vera, files)
    assert not [path for path in Path(light.settings.dir).rglob("*") if "Siti" in path.name]
