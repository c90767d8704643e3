"""New content over the real wire: the kiosk's courier and the real centre, a line that breaks, and who waits meanwhile."""

import secrets
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from adminduk.clock import SystemClock
from central.publishing.publisher import Publisher, publisher_of
from central.publishing.stick import write_stick
from content.bundle import pack
from kiosk.store import Store
from kiosk.updates.round import AGAIN_S, ContentRound, Taker
from kiosk.updates.shelf import Shelf
from kiosk.updates.sources import from_folder
from kiosk.updates.trust import Trusted
from kiosk.uplink.centre import PIECE
from tests.faultproxy import FaultProxy
from tests.unit.updates.printshop import KAB, sound
from tests.unit.uplink.strangers import HTML, Reply, Stranger, problem
from tests.unit.uplink.village import Kiosk, RealCentre, new_kiosk, real_centre


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture(scope="module")
def publisher(centre: RealCentre, tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """One release of the whole content stands."""
    shop = publisher_of(centre.folder, [tmp_path_factory.mktemp("keys")])
    shop.begin([KAB], now=SystemClock().now())
    shop.publish(KAB, pack("wonogiri"), percent=100, dice=secrets, now=SystemClock().now())
    return shop


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    yield kiosk
    kiosk.close()


def round_of(kiosk: Kiosk, publisher: Publisher, store: Store) -> ContentRound:
    folder = kiosk.folder / "updates"
    root = (publisher.folder / "1.root.json").read_bytes()
    return ContentRound(
        shelf=Shelf(folder), trusted=Trusted(folder=folder, root=root, kabupaten=KAB), judge=sound, store=store,
        taker=Taker(kiosk_id=kiosk.kiosk_id, group="", software="0.1.0"), clock=kiosk.clock, dice=secrets,
    )  # fmt: skip


def courier(kiosk: Kiosk, publisher: Publisher, url: str) -> Any:
    return kiosk.courier(url, content=partial(round_of, kiosk, publisher))


def heard(kiosk: Kiosk) -> str:
    return kiosk.store.devices().get("content", "")


def test_a_courier_brings_what_the_centre_has_published(
    centre: RealCentre, publisher: Publisher, kiosk: Kiosk, tmp_path: Path
) -> None:
    with courier(kiosk, publisher, centre.url) as bringing:
        assert bringing.fetch_content()
        assert not bringing.fetch_content(), "once a day"
    shelf = Shelf(kiosk.folder / "updates")
    assert (shelf.waiting(), heard(kiosk)) == (1, "ready")
    stick = from_folder(write_stick(publisher.folder, tmp_path / "stick"))
    other = Trusted(folder=tmp_path / "other", root=(publisher.folder / "1.root.json").read_bytes(), kabupaten=KAB)
    found = other.newest(stick, now=SystemClock().now(), choose=lambda _release: True)
    assert found is not None
    assert found[1] == pack("wonogiri"), "the same bundle by stick"
    assert (shelf.path(1) / "profiles/wonogiri/place.toml").read_bytes() in _contents(tmp_path, found[1])


def _contents(folder: Path, bundle: bytes) -> list[bytes]:
    (folder / "bundle.zip").write_bytes(bundle)
    shutil.unpack_archive(folder / "bundle.zip", folder / "unpacked")
    return [path.read_bytes() for path in (folder / "unpacked").rglob("*.toml")]


def test_the_heartbeat_says_which_content_is_shown(centre: RealCentre, publisher: Publisher, kiosk: Kiosk) -> None:
    with courier(kiosk, publisher, centre.url) as bringing:
        bringing.fetch_content()
        assert "content" not in bringing._pulse.beat().versions, "it waits for the next start"
        shelf = Shelf(kiosk.folder / "updates")
        shelf.confirm(shelf.begin("boot"))
        assert bringing._pulse.beat().versions["content"] == "1"
        assert bringing._pulse.beat().devices["content"] == "ready"


def test_nothing_new_costs_little_on_the_wire(centre: RealCentre, publisher: Publisher, kiosk: Kiosk) -> None:
    with FaultProxy(centre.port) as line:
        with courier(kiosk, publisher, line.url) as bringing:
            bringing.fetch_content()
        before = (line.counted.up, line.counted.down)
        with courier(kiosk, publisher, line.url) as bringing:
            assert bringing.fetch_content()
        cost = line.counted.up - before[0], line.counted.down - before[1]
    assert sum(cost) < 4_000, cost
    with courier(kiosk, publisher, centre.url) as bringing:
        bringing.fetch_content()
        assert bringing._content.trusted.received < 1_024


def test_a_line_that_breaks_in_the_middle_loses_no_piece(
    centre: RealCentre, publisher: Publisher, kiosk: Kiosk
) -> None:
    bundle = len(pack("wonogiri"))
    with FaultProxy(centre.port) as line:
        with courier(kiosk, publisher, line.url) as bringing:
            get = bringing._piece

            def broken(path: str, offset: int) -> Any:
                if offset >= PIECE:
                    line.hang_up()
                return get(path, offset)

            bringing._piece = broken
            assert bringing.fetch_content()
            assert not bringing.line.quiet, "packets do not wait for it"
            (part,) = (kiosk.folder / "updates" / "parts").iterdir()
            assert part.stat().st_size == PIECE
            line.pick_up()
        down = line.counted.down
        with courier(kiosk, publisher, line.url) as bringing:
            bringing.fetch_content()
        assert line.counted.down - down < bundle - PIECE + 6_000
    assert Shelf(kiosk.folder / "updates").waiting() == 1


def test_who_waits_at_the_screen_is_served_between_two_pieces(
    centre: RealCentre, publisher: Publisher, kiosk: Kiosk
) -> None:
    question = "01a1fc62-68af-764b-8599-9db65e4023c8"
    with courier(kiosk, publisher, centre.url) as bringing:
        answered: list[bool] = []
        get = bringing._centre.content

        def content(path: str, offset: int) -> Any:
            if offset == PIECE:
                kiosk.store.ask(question, b"sealed")
            elif offset > PIECE:
                answered.append(kiosk.store.reply(question) is not None)
            return get(path, offset)

        bringing._centre.content = content
        bringing.fetch_content()
    assert answered[0], "before the next piece"


def test_a_courier_that_is_told_to_stop_stops_between_two_pieces(
    centre: RealCentre, publisher: Publisher, kiosk: Kiosk
) -> None:
    stop = Event()
    stop.set()
    with courier(kiosk, publisher, centre.url) as bringing:
        bringing._stop = stop
        assert bringing.fetch_content()
        assert Shelf(kiosk.folder / "updates").waiting() == 0
        stop.clear()
        bringing._content._due = 0.0
        bringing.fetch_content()
    assert Shelf(kiosk.folder / "updates").waiting() == 1


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (Reply(200, HTML, {"Content-Type": "text/html"}), ""),
        (Reply(200, b"{}", {"Content-Type": "application/octet-stream"}), ""),
        (Reply(206, b"{}", {"Content-Type": "application/octet-stream", "Content-Range": "bytes 5-6/900"}), ""),
        (
            Reply(206, b"{}", {"Content-Type": "application/octet-stream", "Content-Range": "bytes 0-1/2"}),
            "content.unsigned",
        ),
        (Reply(404, HTML, {"Content-Type": "text/html"}), ""),
        (problem(404, "tidak_ada"), "ready"),
        (problem(401, "kios_tidak_dikenal"), ""),
        (problem(503, "sibuk", retry_after=60), ""),
    ],
)
def test_only_a_centre_that_answers_is_blamed(publisher: Publisher, kiosk: Kiosk, reply: Reply, word: str) -> None:
    """A captive portal, a proxy, a busy centre: no trouble of the content's. A false word in the centre's shape is."""
    with Stranger(lambda _request: reply) as stranger, courier(kiosk, publisher, stranger.url) as bringing:
        assert bringing.fetch_content()
        assert heard(kiosk) == word
        assert bringing._content._due > kiosk.clock.monotonic()
        if word == "" and reply.status != 401:
            assert bringing._content._due <= kiosk.clock.monotonic() + AGAIN_S, "asked again soon"


def test_nobody_at_the_other_end_is_no_trouble(publisher: Publisher, kiosk: Kiosk) -> None:
    with courier(kiosk, publisher, "http://127.0.0.1:9") as bringing:
        assert bringing.fetch_content()
        assert heard(kiosk) == ""
