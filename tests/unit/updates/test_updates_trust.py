"""What a kiosk believes: only what the centre signed for it, and nothing older than it has seen. What runs goes on each time."""

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp

from adminduk.releases import Release, target_name
from central.publishing.chest import Chest
from central.publishing.edition import Edition
from central.publishing.errors import PublishingError
from central.publishing.publisher import Publisher
from central.publishing.stick import write_stick
from kiosk.updates.seen import last_signed
from kiosk.updates.sources import from_folder
from kiosk.updates.trust import Trusted
from kiosk.uplink.errors import Unreachable
from tests.unit.updates.printshop import KAB, NOW, OTHER, Counted, Printshop, Village, village

CACHED = ("timestamp.json", "snapshot.json", "targets.json", "kab-3312.json", "root.json", "root_history/1.root.json")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_release_is_taken_whole(shop: Printshop, kiosk: Village) -> None:
    bundle = shop.write("Sugeng enjing")
    shop.publish(bundle)
    line = Counted(shop.served)
    assert kiosk.look(line) == 1
    assert kiosk.word == "ready"
    assert b"Sugeng enjing" in files(kiosk.shelf.path(1))["profiles/wonogiri/place.toml"]
    assert line.bytes < len(bundle) + 8_000
    assert kiosk.told("content_staged") == [""]


def test_nothing_new_costs_less_than_a_kilobyte(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.look(shop.served)
    line = Counted(shop.served)
    assert kiosk.look(line) == 0
    assert line.bytes < 1024, line.asked
    assert [path.split("/")[-1] for path in line.asked] == ["2.root.json", "timestamp.json"]


def test_a_repository_without_any_release_is_no_trouble(shop: Printshop, kiosk: Village) -> None:
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready"


def test_a_centre_that_has_signed_nothing_is_no_trouble(kiosk: Village, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert kiosk.look(from_folder(tmp_path / "empty")) == 0
    assert kiosk.word == "ready"


# --- attacks ----------------------------------------------------------------------------------------------------------


def test_an_old_repository_played_back_is_refused(shop: Printshop, kiosk: Village, tmp_path: Path) -> None:
    old = shop.copy(tmp_path / "old")
    shop.publish(shop.write("Sugeng enjing"))
    assert kiosk.look(shop.served) == 1
    assert kiosk.look(from_folder(old)) == 0
    assert (kiosk.word, kiosk.told("content_unsigned")) == ("content.unsigned", ["BadVersionNumberError"])
    assert kiosk.serve() == 1, "what was taken serves"
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready"


def test_whoever_holds_news_back_is_found_out_after_a_week(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.look(shop.served)
    assert kiosk.serve() == 1
    kiosk.wait(days=7.1)
    shop.publish(shop.write("Sugeng dalu"), groups=())  # signed at the old time: already over
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "content.expired"
    assert kiosk.serve() == 1, "too old stops nothing that runs"
    shop.publisher.renew(now=NOW + timedelta(days=7.2))
    assert kiosk.look(shop.served) == 2


@pytest.mark.parametrize("at", [datetime(1970, 1, 1).astimezone(), datetime(2101, 1, 1).astimezone()])
def test_a_clock_that_cannot_be_believed_takes_nothing_new(shop: Printshop, kiosk: Village, at: datetime) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.clock.jump(at)
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "content.clock"
    assert kiosk.serve() == 0
    kiosk.clock.jump(NOW)
    assert kiosk.look(shop.served) == 1
    assert kiosk.word == "ready"


def test_the_time_is_the_kiosks_clock_not_the_machines(shop: Printshop, kiosk: Village) -> None:
    """The library reads the machine's; whoever brings a new release of it must see this hold."""
    shop.now = NOW + timedelta(days=3000)
    shop.publisher.renew(now=shop.now, everything=True)
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.clock.jump(shop.now + timedelta(days=1))
    assert kiosk.look(shop.served) == 1
    kiosk.clock.jump(shop.now + timedelta(days=8))
    kiosk.look(shop.served)
    assert kiosk.word == "content.expired"


def test_one_changed_byte_of_a_bundle_is_seen(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    (bundle,) = shop.publisher.targets.rglob("*.zip")
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])
    assert kiosk.look(shop.served) == 0
    assert (kiosk.word, kiosk.told("content_unsigned")) == ("content.unsigned", ["LengthOrHashMismatchError"])
    bundle.write_bytes(whole + b"more")
    assert kiosk.look(shop.served) == 0
    bundle.write_bytes(whole)
    assert kiosk.look(shop.served) == 1, "what was damaged on the way is fetched anew"


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.kab-3312.json"])
def test_one_changed_letter_of_metadata_is_seen(shop: Printshop, kiosk: Village, name: str) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    path = shop.publisher.metadata / name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"2026-", b"2036-").replace(b"2027-", b"2037-"))
    assert path.read_bytes() != whole
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "content.unsigned"


def test_a_stranger_who_has_only_the_servers_two_keys_can_bring_nothing(
    shop: Printshop, kiosk: Village, tmp_path: Path
) -> None:
    """Who broke into the server signs a snapshot of a role that he made up."""
    shop.publish(shop.write("Sugeng enjing"))
    mine = Publisher(
        folder=shop.publisher.folder, online=shop.publisher.online, offline=Chest((tmp_path / "mine",))
    )  # fmt: skip
    with pytest.raises(PublishingError, match="kunci_kurang: kab-3312"):
        mine.publish(KAB, shop.write("Kejutan"), percent=100, dice=secrets, now=NOW)
    forge(shop, KAB, mine.offline.make("mine"), shop.write("Kejutan"), number=2)
    assert kiosk.look(shop.served) == 0
    assert (kiosk.word, kiosk.told("content_unsigned")) == ("content.unsigned", ["UnsignedMetadataError"])


def forge(shop: Printshop, kabupaten: str, signer: CryptoSigner, bundle: bytes, *, number: int, role: str = "") -> None:
    """A release of ``kabupaten`` in ``role``, signed by anybody's key, and the server's keys around it."""
    role = role or f"kab-{kabupaten}"
    edition = Edition.read(shop.publisher.metadata)
    signed: Metadata[Targets] = edition.roles[role]
    target = TargetFile.from_data(target_name(kabupaten, number), bundle, ["sha256"])
    target.unrecognized_fields["custom"] = Release(number=number, percent=100, salt="x").custom()
    signed.signed.targets[target.path] = target
    signed.signed.version += 1
    signed.sign(signer)
    signed.to_file(str(shop.publisher.metadata / f"{signed.signed.version}.{role}.json"))
    file = shop.publisher.targets / f"kab/{kabupaten}/{target.hashes['sha256']}.content-{number}.zip"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bundle)
    snapshot: Metadata[Snapshot] = edition.snapshot
    snapshot.signed.meta[f"{role}.json"] = MetaFile(signed.signed.version)
    snapshot.signed.version += 1
    snapshot.sign(shop.publisher.online.find(edition.keyids("snapshot")[0])[0])
    snapshot.to_file(str(shop.publisher.metadata / f"{snapshot.signed.version}.snapshot.json"))
    timestamp: Metadata[Timestamp] = edition.timestamp
    timestamp.signed.snapshot_meta = MetaFile(snapshot.signed.version)
    timestamp.signed.version += 1
    timestamp.sign(shop.publisher.online.find(edition.keyids("timestamp")[0])[0])
    timestamp.to_file(str(shop.publisher.metadata / "timestamp.json"))


def test_the_key_of_one_kabupaten_signs_nothing_for_another(shop: Printshop, kiosk: Village) -> None:
    (theirs,) = shop.publisher.offline.find(Edition.read(shop.publisher.metadata).keyids(f"kab-{OTHER}")[0])
    forge(shop, KAB, theirs, shop.write("Om swastiastu"), number=9, role=f"kab-{OTHER}")
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready", "names for us in their own role count for nothing"
    shop.publish(shop.write("Sugeng enjing"))
    assert kiosk.look(shop.served) == 1
    forge(shop, KAB, theirs, shop.write("Kejutan"), number=9)
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "content.unsigned", "their key in our role"


def test_another_kabupatens_release_is_not_for_us(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Om swastiastu"), kabupaten=OTHER)
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready"


# --- keys come and go -------------------------------------------------------------------------------------------------


def test_a_revoked_kabupaten_key_signs_nothing_more(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    assert kiosk.look(shop.served) == 1
    (stolen,) = shop.publisher.offline.find(Edition.read(shop.publisher.metadata).keyids(f"kab-{KAB}")[0])
    shop.publisher.change_key(f"kab-{KAB}", now=NOW)
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready", "the releases stand, signed anew"
    forge(shop, KAB, stolen, shop.write("Kejutan"), number=2)
    assert kiosk.look(shop.served) == 0
    assert (kiosk.word, kiosk.serve()) == ("content.unsigned", 1)


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_a_new_key_reaches_a_kiosk_that_knows_only_the_first_root(shop: Printshop, kiosk: Village, role: str) -> None:
    shop.publisher.change_key(role, now=NOW)
    shop.publish(shop.write("Sugeng enjing"))
    assert kiosk.look(shop.served) == 1
    shop.publisher.change_key(role, now=NOW)
    shop.publish(shop.write("Sugeng dalu"))
    assert kiosk.look(shop.served) == 2


def test_a_lost_root_key_is_replaced_by_the_two_others(shop: Printshop, kiosk: Village) -> None:
    lost = shop.keys / "root-2.key"
    gone = lost.read_bytes()
    lost.unlink()
    before = set(Edition.read(shop.publisher.metadata).keyids("root")[0])
    shop.publisher.change_key("root", now=NOW)
    after = set(Edition.read(shop.publisher.metadata).keyids("root")[0])
    assert (len(after), len(before - after)) == (3, 1)
    lost.write_bytes(gone)
    assert not {one.public_key.keyid for one in shop.publisher.offline.find(tuple(before - after))} & after
    shop.publish(shop.write("Sugeng enjing"))
    assert kiosk.look(shop.served) == 1


def test_one_root_key_alone_changes_nothing(shop: Printshop, kiosk: Village) -> None:
    for number in (1, 2):
        (shop.keys / f"root-{number}.key").unlink()
    with pytest.raises(PublishingError, match="kunci_kurang: root"):
        shop.publisher.change_key("targets", now=NOW)
    assert not (shop.publisher.metadata / "2.root.json").exists()
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready"


def test_a_root_that_one_key_signed_is_refused(shop: Printshop, kiosk: Village) -> None:
    data = json.loads((shop.publisher.metadata / "1.root.json").read_bytes())
    data["signed"]["version"] = 2
    (shop.publisher.metadata / "2.root.json").write_text(json.dumps(data))
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "content.unsigned"


def test_another_centres_root_fits_nothing(shop: Printshop, tmp_path: Path) -> None:
    other = Printshop(tmp_path / "other")
    shop.publish(shop.write("Sugeng enjing"))
    with village(tmp_path / "stranger", other.root) as kiosk:
        assert kiosk.look(shop.served) == 0
        assert kiosk.word == "content.unsigned"


def test_a_root_that_is_none_is_told(shop: Printshop, tmp_path: Path) -> None:
    with village(tmp_path / "stranger", b"{}") as kiosk:
        assert kiosk.look(shop.served) == 0
        assert kiosk.word == "content.unsigned"


# --- a disk that forgets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["zeroed", "garbage", "gone"])
def test_a_damaged_cache_is_fetched_anew(shop: Printshop, kiosk: Village, how: str) -> None:
    for number, name in enumerate(CACHED, 1):
        shop.publish(shop.write(f"Sugeng {number}"))
        assert kiosk.look(shop.served) == number, name
        path = kiosk.folder / "updates" / "metadata" / name
        if how == "gone":
            path.unlink()
        else:
            path.resolve().write_bytes(b"" if how == "zeroed" else bytes(300))
        assert kiosk.look(shop.served) == 0
        assert kiosk.word == "ready", name


def test_leftovers_of_a_cut_write_go(shop: Printshop, kiosk: Village) -> None:
    kiosk.look(shop.served)
    leftover = kiosk.folder / "updates" / "metadata" / "tmpabc123"
    leftover.write_bytes(b"half")
    kiosk.look(shop.served)
    assert not leftover.exists()


def test_a_half_fetched_bundle_goes_on_where_it_was_cut(shop: Printshop, kiosk: Village) -> None:
    bundle = shop.write("Sugeng enjing", weight=40_000)
    shop.publish(bundle)
    line = Counted(shop.served, size=8_192, breaks_after=8)
    with pytest.raises(Unreachable):
        kiosk.look(line)
    assert 0 < line.bytes < len(bundle)
    (part,) = (kiosk.folder / "updates" / "parts").iterdir()
    had = part.stat().st_size
    again = Counted(shop.served, size=8_192)
    assert kiosk.look(again) == 1
    assert again.bytes < len(bundle) - had + 2_000
    assert not part.exists()


@pytest.mark.parametrize("damage", ["zeroed", "longer", "garbage"])
def test_a_damaged_half_of_a_bundle_is_thrown_away_once(shop: Printshop, kiosk: Village, damage: str) -> None:
    shop.publish(shop.write("Sugeng enjing", weight=40_000))
    with pytest.raises(Unreachable):
        kiosk.look(Counted(shop.served, size=8_192, breaks_after=8))
    (part,) = (kiosk.folder / "updates" / "parts").iterdir()
    have = part.stat().st_size
    part.write_bytes({"zeroed": bytes(have), "longer": bytes(400_000), "garbage": b"\xff" * 77}[damage])
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "content.unsigned"
    assert kiosk.look(shop.served) == 1
    assert kiosk.word == "ready"


# --- who takes it -----------------------------------------------------------------------------------------------------


def test_a_kiosk_takes_the_highest_release_that_is_for_it(shop: Printshop, kiosk: Village, tmp_path: Path) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    shop.publish(shop.write("Sugeng dalu"), percent=0, groups=("perintis",))
    assert kiosk.look(shop.served) == 1
    with village(tmp_path / "pilot", shop.root, group="perintis") as pilot:
        assert pilot.look(shop.served) == 2
    shop.publisher.stage(KAB, 2, percent=100, groups=(), now=NOW)
    assert kiosk.look(shop.served) == 2


def test_newer_software_than_ours_is_waited_for(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"), least_software="0.2")
    assert kiosk.look(shop.served) == 0
    assert kiosk.word == "ready"


def test_stick_and_line_bring_the_same_bytes(shop: Printshop, kiosk: Village, tmp_path: Path) -> None:
    shop.publisher.change_key("targets", now=NOW)
    shop.publish(shop.write("Sugeng enjing"))
    stick = write_stick(shop.publisher.folder, tmp_path / "stick")
    assert kiosk.look(shop.served) == 1
    with village(tmp_path / "other", shop.root) as other:
        assert other.look(from_folder(stick)) == 1
        assert files(other.shelf.path(1)) == files(kiosk.shelf.path(1))
        assert other.look(shop.served) == 0, "the line has nothing newer"
    assert not list(stick.rglob("*.key"))


def test_a_stick_that_was_under_way_too_long_is_too_old(shop: Printshop, kiosk: Village, tmp_path: Path) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    shop.publisher.renew(now=NOW, days=30)
    stick = from_folder(write_stick(shop.publisher.folder, tmp_path / "stick"))
    kiosk.wait(days=31)
    assert kiosk.look(stick) == 0
    assert kiosk.word == "content.expired"
    kiosk.wait(days=-2)
    assert kiosk.look(stick) == 1


def test_an_older_stick_is_refused(shop: Printshop, kiosk: Village, tmp_path: Path) -> None:
    old = from_folder(write_stick(shop.publisher.folder, tmp_path / "stick"))
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.look(shop.served)
    assert kiosk.look(old) == 0
    assert kiosk.word == "content.unsigned"


def test_a_stick_whose_links_lead_out_of_it_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "stick" / "metadata").mkdir(parents=True)
    (tmp_path / "secret.json").write_bytes(b"{}")
    (tmp_path / "stick" / "metadata" / "timestamp.json").symlink_to(tmp_path / "secret.json")
    get = from_folder(tmp_path / "stick")
    assert get("content/metadata/timestamp.json", 0) is None
    assert get("content/metadata/../../secret.json", 0) is None


def test_how_old_the_news_is_can_be_asked(shop: Printshop, kiosk: Village) -> None:
    folder = kiosk.folder / "updates"
    assert last_signed(folder) is None
    kiosk.look(shop.served)
    assert last_signed(folder) == NOW
    assert (folder / "metadata" / "timestamp.json").stat().st_mode & 0o777 == 0o640, "the screen is of the group"
    shop.publisher.renew(now=NOW + timedelta(days=1))
    kiosk.look(shop.served)
    assert last_signed(folder) == NOW + timedelta(days=1)
    (folder / "metadata" / "timestamp.json").write_text('{"signed": {"signed_at": 7}}')
    assert last_signed(folder) is None


def test_what_was_last_seen_grows_old_while_nobody_answers(shop: Printshop, kiosk: Village) -> None:
    trusted = Trusted(folder=kiosk.folder / "updates", root=shop.root, kabupaten=KAB)
    assert not trusted.lapsed(NOW), "nothing was ever seen"
    kiosk.look(shop.served)
    kiosk.wait(days=6.9)
    kiosk.round.unheard()
    assert kiosk.word == "ready"
    kiosk.wait(days=0.2)
    kiosk.round.unheard()
    assert kiosk.word == "content.expired"
