"""The centre signs content: by keys that the server has not, in stages, fresh each day, and serves it to its kiosks only."""

import json
import logging
import secrets
import shutil
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tuf.api.metadata import Metadata, Root, Timestamp
from werkzeug.test import TestResponse

from adminduk.clock import ManualClock, SystemClock
from central import worker
from central.__main__ import main
from central.context import Context
from central.publishing.edition import Edition
from central.publishing.errors import PublishingError
from central.publishing.publisher import MOST_LISTED, Publisher, publisher_of
from central.publishing.stick import write_stick
from central.publishing.upkeep import EVERY_S, Upkeep
from content.bundle import pack
from content.loader import ROOT
from kiosk.updates.sources import from_folder
from kiosk.updates.trust import Trusted  # the kiosk's own reader: what is written here must hold there
from tests.unit.central.people import Kiosk
from tests.unit.content.planting import change, copied

KAB = "3312"


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre's folder with `content init` done, and its keys beside it; to copy."""
    folder = tmp_path_factory.mktemp("signed")
    assert main(["content", "init", "--dir", str(folder / "centre"), "--keys", str(folder / "keys")]) == 0
    return folder


@pytest.fixture
def centre(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "signed"))


@pytest.fixture
def run(centre: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """A command with this centre's folder; its answers."""

    def call(name: str, *words: str, keys: bool = True, fails: str = "") -> list[dict[str, Any]]:
        given = ["--keys", str(centre / "keys")] if keys else []
        capsys.readouterr()
        status = main(["content", name, "--dir", str(centre / "centre"), *given, *words])
        said = capsys.readouterr()
        assert (status, fails in said.err) == (2 if fails else 0, True), said.err
        return [json.loads(line) for line in said.out.splitlines()]

    return call


def publisher(centre: Path) -> Publisher:
    return publisher_of(centre / "centre", [centre / "keys"])


def metadata(centre: Path, name: str) -> bytes:
    return (centre / "centre" / "content" / "metadata" / name).read_bytes()


# --- the commands -----------------------------------------------------------------------------------------------------


def test_the_server_keeps_two_keys_and_no_other(centre: Path) -> None:
    on_server = sorted(path.name for path in (centre / "centre").rglob("*.key"))
    assert on_server == ["snapshot-1.key", "timestamp-1.key"]
    elsewhere = sorted(path.name for path in (centre / "keys").iterdir())
    assert elsewhere == ["kab-3312-1.key", "root-1.key", "root-2.key", "root-3.key", "targets-1.key"]
    assert {path.stat().st_mode & 0o777 for path in centre.rglob("*.key")} == {0o600}


def test_two_of_three_root_keys_sign_the_root(centre: Path) -> None:
    root = Metadata[Root].from_bytes(metadata(centre, "1.root.json")).signed
    role = root.roles["root"]
    assert (len(role.keyids), role.threshold, root.consistent_snapshot) == (3, 2, True)
    assert (centre / "centre" / "content" / "1.root.json").read_bytes() == metadata(centre, "1.root.json")


def test_a_release_is_published_staged_listed_and_taken_back(run: Any) -> None:
    (first,) = run("publish", "--percent", "100")
    (second,) = run("publish", "--percent", "10", "--group", "perintis", "--group", "kota", "--least-software", "0.1")
    assert (first["number"], second["number"]) == (1, 2)
    assert (second["percent"], second["groups"], second["least_software"]) == (10, ["perintis", "kota"], "0.1")
    assert 10_000 < second["bytes"] < 100_000
    (wider,) = run("stage", "--number", "2", "--percent", "50")
    assert (wider["salt"], wider["groups"]) == (second["salt"], []), "who is in stays in"
    (nobody,) = run("stage", "--number", "2", "--percent", "0")
    assert nobody["percent"] == 0
    (back,) = run("publish", "--again", "1", "--percent", "100")
    assert (back["number"], back["bytes"]) == (3, first["bytes"])
    assert [one["number"] for one in run("list", keys=False)] == [1, 2, 3]


def test_what_a_kiosk_would_refuse_is_not_signed(run: Any, centre: Path, tmp_path: Path) -> None:
    root = copied(tmp_path)
    change(root, "base/services/akl.toml", "name = ", "nama = ")
    run("publish", "--root", str(root), fails="isi_salah: base/services/akl.toml")
    assert publisher(centre).releases(KAB) == ()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("init",), "sudah_ada"),
        (("publish", "--again", "9"), "rilis_tidak_dikenal: 9"),
        (("stage", "--number", "9"), "rilis_tidak_dikenal: 9"),
        (("publish", "--profile", "buleleng"), "kabupaten_tidak_dikenal: 5108"),
        (("delegate",), "kabupaten_sudah_ada: 3312"),
        (("revoke-key", "--role", "kab-9999"), "peran_tidak_dikenal: kab-9999"),
        (("delegate", "--profile", "atlantis"), "isi_salah: profil_tidak_dikenal"),
    ],
)
def test_a_mistake_changes_nothing_and_is_one_line(run: Any, centre: Path, words: Any, complaint: str) -> None:
    before = metadata(centre, "timestamp.json")
    run(*words, fails=complaint)
    assert metadata(centre, "timestamp.json") == before


@pytest.mark.parametrize("wrong", [{"percent": 101}, {"groups": ["PERINTIS"]}, {"least_software": "baru"}])
def test_a_value_that_no_kiosk_would_take_is_not_signed(centre: Path, wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"percent": 100, "dice": secrets, "now": SystemClock().now(), **wrong}
    with pytest.raises(PublishingError, match=f"nilai_salah: {next(iter(wrong))}"):
        publisher(centre).publish(KAB, b"bundle", **given)
    assert publisher(centre).releases(KAB) == ()


def test_without_the_keys_nothing_can_be_signed(run: Any, centre: Path, tmp_path: Path) -> None:
    run("renew", "--keys", str(tmp_path / "empty"), keys=False, fails="kunci_kurang: kab-3312")
    (centre / "keys" / "kab-3312-1.key").write_bytes(b"half a key")
    run("renew", fails="kunci_kurang: kab-3312")


def test_keys_may_lie_on_several_sticks(run: Any, centre: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        (centre / "keys" / f"root-{number}.key").rename(tmp_path / str(number) / f"root-{number}.key")
    (centre / "keys" / "root-3.key").unlink()
    run("revoke-key", "--role", "targets", "--keys", str(tmp_path / "1"), fails="kunci_kurang: root")
    run("revoke-key", "--role", "targets", "--keys", str(tmp_path / "1"), "--keys", str(tmp_path / "2"))
    assert Edition.read(centre / "centre/content/metadata").root.signed.version == 2


def test_a_centre_without_init_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["content", "renew", "--dir", str(tmp_path)]) == 2
    assert "belum_ada" in capsys.readouterr().err


def test_another_kabupaten_gets_a_key_of_its_own(run: Any, centre: Path) -> None:
    run("delegate", "--profile", "buleleng")
    (release,) = run("publish", "--profile", "buleleng", "--percent", "100")
    assert release["number"] == 1
    edition = Edition.read(centre / "centre/content/metadata")
    assert not set(edition.keyids("kab-3312")[0]) & set(edition.keyids("kab-5108")[0])


def test_old_releases_leave_the_list_and_numbers_go_on(centre: Path) -> None:
    shop, now = publisher(centre), SystemClock().now()
    for _ in range(MOST_LISTED + 2):
        shop.publish(KAB, b"bundle", percent=0, dice=secrets, now=now)
    numbers = [release.number for release in shop.releases(KAB)]
    assert numbers == list(range(3, MOST_LISTED + 3))
    assert shop.bundle(KAB, 3) == b"bundle"


def test_two_who_publish_at_once_take_turns(centre: Path, run: Any) -> None:
    with publisher(centre)._alone():
        run("renew", keys=False, fails="sedang_dipakai")


def test_a_stick_holds_what_a_kiosk_needs_and_lasts_a_month(run: Any, centre: Path, tmp_path: Path) -> None:
    for _ in range(2):
        publisher(centre).publish(KAB, b"bundle", percent=100, dice=secrets, now=SystemClock().now())
    (answer,) = run("stick", "--to", str(tmp_path), keys=False)
    now = SystemClock().now()
    reader = Trusted(folder=tmp_path / "kiosk", root=metadata(centre, "1.root.json"), kabupaten=KAB)
    found = reader.newest(
        from_folder(Path(answer["folder"])), now=now + timedelta(days=29), choose=lambda _release: True
    )
    assert found is not None
    assert found[0].number == 2
    assert not list(Path(answer["folder"]).rglob("*.key"))
    assert write_stick(centre / "centre/content", tmp_path) == Path(answer["folder"]), "twice is fine"


def test_everything_is_renewed_when_the_keys_are_there(run: Any, centre: Path) -> None:
    before = Edition.read(centre / "centre/content/metadata")
    run("renew")
    after = Edition.read(centre / "centre/content/metadata")
    assert after.root.signed.version == before.root.signed.version + 1
    assert after.roles["kab-3312"].signed.version == before.roles["kab-3312"].signed.version + 1


def test_a_power_cut_between_two_files_leaves_the_edition_before(
    centre: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timestamp is last: until it is there, nobody is pointed to what was half written."""
    publisher(centre).publish(KAB, b"bundle", percent=100, dice=secrets, now=SystemClock().now())
    for cut in range(1, 5):
        written: list[Path] = []

        def torn(
            path: Path, content: bytes, *, mode: int = 0o640, cut: int = cut, written: list[Path] = written
        ) -> None:
            if len(written) == cut:
                raise KeyboardInterrupt
            written.append(path)
            path.write_bytes(content)

        with monkeypatch.context() as patch:
            patch.setattr("central.publishing.edition.write_durably", torn)
            patch.setattr("central.publishing.publisher.write_durably", torn)
            with pytest.raises(KeyboardInterrupt) if cut < 4 else _nothing():
                publisher(centre).publish(KAB, b"bundle", percent=100, dice=Zeros(), now=SystemClock().now())
        listed = [release.number for release in publisher(centre).releases(KAB)]
        assert listed == ([1] if cut < 4 else [1, 2]), [path.name for path in written]


class Zeros:
    def token_bytes(self, count: int) -> bytes:
        return bytes(count)

    def randbelow(self, limit: int) -> int:
        return 0


class _nothing:  # noqa: N801 - reads as pytest.raises does
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


# --- kept fresh -------------------------------------------------------------------------------------------------------


def test_the_worker_renews_the_timestamp_each_day(centre: Path) -> None:
    clock = ManualClock(SystemClock().now())
    upkeep = Upkeep(publisher_of(centre / "centre"), clock)
    assert not upkeep.tick(), "just signed"
    clock.advance(86_400)
    assert upkeep.tick()
    assert not upkeep.tick()
    clock.advance(EVERY_S)
    assert not upkeep.tick()
    clock.advance(86_400)
    assert upkeep.tick()
    assert Metadata[Timestamp].from_bytes(metadata(centre, "timestamp.json")).signed.version == 3


def test_an_upkeep_without_keys_says_so_and_goes_on(centre: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(SystemClock().now() + timedelta(days=2))
    shutil.rmtree(centre / "centre" / "keys")
    assert not Upkeep(publisher_of(centre / "centre"), clock).tick()
    assert "content_not_renewed code=kunci_kurang" in caplog.text


def test_a_centre_that_signs_nothing_has_no_upkeep(tmp_path: Path) -> None:
    assert not Upkeep(publisher_of(tmp_path), ManualClock()).tick()


def test_the_worker_does_it_between_two_packets(
    light: Context, clock: ManualClock, centre: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(centre / "centre" / "content", light.settings.dir / "content")
    shutil.copytree(centre / "centre" / "keys" / "content", light.settings.dir / "keys" / "content")
    clock.advance(2 * 86_400)
    stop = Event()
    with caplog.at_level(logging.INFO):
        worker.run(light, _Once(stop), alive=stop.set)
    assert "content_renewed" in caplog.text


class _Once(Event):
    """Over when another event is set: one round."""

    def __init__(self, told: Event) -> None:
        super().__init__()
        self._told, self._asked = told, False

    def is_set(self) -> bool:
        return self._told.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        return True


# --- the wire ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(light: Context, centre: Path) -> Path:
    """The content folder of the centre that the kiosk speaks to."""
    shutil.copytree(centre / "centre" / "content", light.settings.dir / "content")
    return light.settings.dir / "content"


def got(kiosk: Kiosk, path: str, **headers: str) -> TestResponse:
    return kiosk.send(kiosk.request("GET", path, **headers))


def test_metadata_and_bundles_are_served_to_kiosks(light_kiosk: Kiosk, served: Path) -> None:
    found = got(light_kiosk, "/content/metadata/timestamp.json")
    assert (found.status_code, found.content_type) == (200, "application/octet-stream")
    assert found.data == (served / "metadata" / "timestamp.json").read_bytes()
    (served / "targets" / "kab" / "3312").mkdir(parents=True)
    (served / "targets" / "kab" / "3312" / "ab.content-1.zip").write_bytes(bytes(range(256)))
    piece = got(light_kiosk, "/content/targets/kab/3312/ab.content-1.zip", range="bytes=16-31")
    assert (piece.status_code, piece.data) == (206, bytes(range(16, 32)))
    assert piece.headers["Content-Range"] == "bytes 16-31/256"
    beyond = got(light_kiosk, "/content/targets/kab/3312/ab.content-1.zip", range="bytes=256-300")
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        "/content/metadata/2.root.json", "/content/metadata/..%2F..%2Fcentral.db", "/content/targets/../../keys/receipt",
        "/content/targets/%2e%2e/%2e%2e/keys/receipt", "/content/targets//etc/passwd", "/content/lock", "/content/metadata/",
    ],
)  # fmt: skip
def test_what_is_not_published_is_not_there(light_kiosk: Kiosk, served: Path, path: str) -> None:
    found = got(light_kiosk, path)
    assert found.status_code in (308, 401, 404)
    assert found.content_type != "application/octet-stream"


def test_a_centre_without_content_says_that_it_has_none(light_kiosk: Kiosk) -> None:
    assert got(light_kiosk, "/content/metadata/timestamp.json").status_code == 404


def test_strangers_get_nothing(light_app: Any, served: Path) -> None:
    found = light_app.test_client().get("/api/v1/content/metadata/timestamp.json")
    assert (found.status_code, found.json["code"]) == (401, "kios_tidak_dikenal")


def test_the_content_here_is_the_content_that_is_published(run: Any, centre: Path) -> None:
    run("publish")
    assert publisher(centre).bundle(KAB, 1) == pack("wonogiri", root=ROOT)
