"""The screen's start with new content: loaded whole or sent back, shown, and left again when nobody is here."""

import json
import logging
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from content.bundle import pack, unpack
from content.loader import ROOT, load_faults
from kiosk import appliance, forgetting, keys, shown_content
from kiosk.__main__ import main
from kiosk.hardware.health import Condition, Health
from kiosk.session.parts import NOT_FITTED
from kiosk.settings import Centre, Identity, Panel, Settings, Updates
from kiosk.shell import connect
from kiosk.shown_content import Loaded, Shown, at_rest, folder_of, load_all, round_maker, take_from, told
from kiosk.updates import Running, Shelf, begin
from tests.unit.content.planting import change, copied
from tests.unit.session.world import World, new_world
from tests.unit.updates.printshop import Printshop, sound

TOP = Path(__file__).parents[3]


def put(shelf: Shelf, number: int, files: dict[str, bytes] | None = None) -> None:
    with shelf.alone():
        shelf.stage(number, files or {"base/n.toml": f"n = {number}".encode()}, sound)


def name_of(root: Path) -> str:
    return root.name


def strict(*bad: str):  # type: ignore[no-untyped-def]  # a loader
    def load(root: Path) -> str:
        if root.name in bad:
            raise ValueError(root.name)
        return root.name

    return load


# --- which content a start has ----------------------------------------------------------------------------------------


def test_the_newest_that_loads_is_shown(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "updates")
    assert begin(shelf, "b", name_of, installed=ROOT) == ("content", Running(shelf, 0))
    put(shelf, 1)
    assert begin(shelf, "b", name_of, installed=ROOT) == ("content-1", Running(shelf, 1))


def test_what_does_not_load_goes_back_in_the_same_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf(tmp_path / "updates")
    put(shelf, 1)
    shelf.confirm(shelf.begin("b"))
    put(shelf, 2)
    with caplog.at_level(logging.ERROR):
        loaded, running = begin(shelf, "b", strict("content-2"), installed=ROOT)
    assert (loaded, running.number, running.reverted) == ("content-1", 1, 2)
    assert "content_does_not_load number=2 error=ValueError" in caplog.text
    assert not running.outdated


def test_when_nothing_new_loads_what_was_installed_does(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "updates")
    put(shelf, 1)
    shelf.confirm(shelf.begin("b"))
    put(shelf, 2)
    loaded, running = begin(shelf, "b", strict("content-1", "content-2"), installed=ROOT)
    assert (loaded, running.number, shelf.book.bad) == ("content", 0, (1, 2))


def test_installed_content_that_does_not_load_is_a_crash(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="content"):
        begin(Shelf(tmp_path / "updates"), "b", strict("content"), installed=ROOT)


def test_a_disk_that_takes_nothing_shows_what_served_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path / "updates")
    put(shelf, 1)
    shelf.confirm(shelf.begin("b"))
    put(shelf, 2)
    (shelf.folder / "book.json").chmod(0o440)
    monkeypatch.setattr("kiosk.updates.book.replace_file", no_room)
    assert begin(shelf, "b", name_of, installed=ROOT) == ("content-1", Running(shelf, 1))
    Running(shelf, 2).confirm()
    assert begin(shelf, "b", strict("content-1"), installed=ROOT)[0] == "content", (
        "and if that fails, what was installed"
    )


def no_room(_path: Path, _content: bytes) -> None:
    raise OSError(28, "No space left on device")


# --- the appliance with it --------------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    sealing = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    (tmp_path / "roots.pem").write_text("PEM")
    (tmp_path / "content_root.json").write_text("{}")
    keys.make(tmp_path / "state")
    return Settings(
        state_dir=str(tmp_path / "state"), assets_dir=str(TOP / "build"), panel=Panel(),
        identity=Identity(kiosk_id="K-0001", number=1, desa="3312122001", desa_name="Desa Contoh"),
        centre=Centre(
            url="http://127.0.0.1:9", sealing_key=sealing, receipt_key="cd" * 32, roots_file=str(tmp_path / "roots.pem")
        ),
        updates=Updates(root_file=str(tmp_path / "content_root.json"), group="perintis"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def greeted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Whole content that greets otherwise."""
    root = copied(tmp_path_factory.mktemp("greeted"))
    change(root, "profiles/wonogiri/place.toml", "Sugeng rawuh", "Sugeng enjing")
    return dict(unpack(pack("wonogiri", root=root)))


def test_the_screens_greet_with_new_content_and_make_room_for_the_next(
    settings: Settings, greeted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With a real window's loop: nobody is here, the next release arrives, the loop ends, and systemd starts anew."""
    shelf = Shelf(folder_of(settings))
    put(shelf, 1, greeted)
    screen = appliance.build_screen(settings, by_hand=False, on_wiped=lambda: None)
    parts = screen.kiosk.parts
    assert parts.catalogue.place.greeting == "Sugeng enjing"
    assert screen.shown.running == Running(shelf, 1)
    assert parts.store.devices().get("content") is None, "all is well, and the courier says the rest"
    put(shelf, 2, greeted)
    monkeypatch.setattr(appliance, "WATCH_S", 0.02)
    monkeypatch.setattr(shown_content, "QUIET_S", 0.0)
    window = connect("none", address=screen.address, origin="", width=1, height=1, profile=settings.state)
    with caplog.at_level(logging.INFO):
        appliance.with_watchdog(window, screen.kiosk, screen.shown, forgetting.Broom())
    assert "leaving_for_new_content" in caplog.text
    assert (shelf.book.good, shelf.waiting()) == (1, 2), "the first was found sound before it made room"
    parts.store.close()


def test_content_that_gives_no_page_goes_back_and_the_next_start_serves(
    settings: Settings, greeted: dict[str, bytes]
) -> None:
    shelf = Shelf(folder_of(settings))
    put(shelf, 1, greeted)
    screen = appliance.build_screen(settings, by_hand=False, on_wiped=lambda: None)

    def broken() -> str:
        raise ZeroDivisionError

    screen.app.view_functions["resident.show"] = broken
    with pytest.raises(RuntimeError, match="content 1 gives no first page"):
        appliance.demand_first_page(screen, settings.screen.port)
    screen.kiosk.parts.store.close()
    assert shelf.book.bad == (1,)
    shown, store = shown_content.show(settings), appliance.open_store(settings, appliance.SystemClock())
    shown.tell(store)
    assert shown.loaded.catalogue.place.greeting == "Sugeng rawuh"
    assert store.devices()["content"] == "content.reverted"
    assert ("content_reverted", "1") in [(event, subject) for event, subject, _ in store.events()]
    store.close()


def test_a_kiosk_without_a_root_takes_nothing_and_says_so(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    put(Shelf(folder_of(settings)), 1)
    for off in (Updates(), Updates(root_file="/nowhere/root.json")):
        without = replace(settings, updates=off)
        shown = shown_content.show(without)
        assert shown.running is None
        store = appliance.open_store(without, appliance.SystemClock())
        shown.tell(store)
        shown.confirm()
        assert store.devices()["content"] == "content.off"
        assert take_from(without, store, Path("/nowhere")) == (0, "content.off")
        store.close()
    assert round_maker(replace(settings, updates=Updates())) is None
    assert "content_updates_off" in caplog.text


def test_the_courier_is_given_who_this_kiosk_is(settings: Settings) -> None:
    make = round_maker(settings)
    assert make is not None
    store = appliance.open_store(settings, appliance.SystemClock())
    looking = make(store)
    assert (looking.taker.kiosk_id, looking.taker.group, looking.trusted.kabupaten) == ("K-0001", "perintis", "3312")
    assert looking.shelf.folder == settings.state / "updates"
    store.close()


def test_older_content_does_not_lack_what_newer_software_says(tmp_path: Path) -> None:
    root = copied(tmp_path)
    (root / "base/faults.toml").write_text("")
    text = (root / "base/legibility.toml").read_text()
    (root / "base/legibility.toml").write_text(text.split("[automatic]")[0])
    loaded = load_all("wonogiri", root)
    assert loaded.faults == load_faults()
    assert loaded.patience == load_all("wonogiri", ROOT).patience


def test_staff_reads_how_new_content_fares(world: World) -> None:
    store, clock = world.parts.store, world.clock
    word = told(store, clock)
    assert word() == NOT_FITTED, "nobody has said anything"
    store.report_device("content", "content.refused")
    assert word() == NOT_FITTED, "asked now and then only"
    clock.advance(30)
    assert word() == Health(Condition.ATTENTION, "content.refused")
    assert word().usable, "it keeps nothing from working"
    store.report_device("content", "ready")
    clock.advance(30)
    assert word() == NOT_FITTED


# --- leaving for it ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> Loaded:
    return load_all("wonogiri", ROOT)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path / "kiosk")


@pytest.mark.parametrize(
    "who", ["nobody", "somebody was just here", "somebody applies", "somebody chose large letters"]
)
def test_the_screen_leaves_only_when_nobody_is_here(tmp_path: Path, world: World, whole: Loaded, who: str) -> None:
    shelf = Shelf(tmp_path / "updates")
    shown = Shown(whole, Running(shelf, 0))
    world.clock.advance(3600)
    assert not shown.outdated(world.kiosk), "nothing waits"
    put(shelf, 1)
    if who == "somebody was just here":
        world.kiosk.leave()
    elif who == "somebody applies":
        world.to_questions("KK-UBAH-3")
    elif who == "somebody chose large letters":
        world.kiosk.visit.version += 1
    assert shown.outdated(world.kiosk) is (who == "nobody")
    assert at_rest(world.kiosk) is (who == "nobody")
    assert not Shown(shown.loaded, None).outdated(world.kiosk)


def test_a_technicians_stick_brings_it_too(
    shop: Printshop, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command line, with the check that a kiosk really runs."""
    Path(settings.updates.root_file).write_bytes(shop.root)
    shop.now = appliance.SystemClock().now()
    shop.publisher.renew(now=shop.now, everything=True)
    shop.publish(pack("wonogiri"), percent=0, groups=("perintis",))
    file = tmp_path / "kiosk.toml"
    file.write_text(as_toml(settings))
    for stick, expected in ((shop.publisher.folder, 1), (shop.publisher.folder, 0), (tmp_path, 0)):
        assert main(["update", "--settings", str(file), "--from", str(stick)]) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"content": expected, "code": "ready"}


def as_toml(settings: Settings) -> str:
    top, tables = [], []
    for name, value in asdict(settings).items():
        if name in ("identity", "centre", "updates"):
            tables += [f"[{name}]", *(f"{key} = {json.dumps(inner)}" for key, inner in value.items())]
        elif name in ("state_dir", "assets_dir", "profile"):
            top.append(f"{name} = {json.dumps(value)}")
    return "\n".join([*top, *tables])
