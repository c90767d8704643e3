"""The pages of a whole kiosk with simulated devices, served on loopback for a browser, or held by Flask's test client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from kiosk.ui.app import create_app
from kiosk.ui.entry import Entry
from kiosk.ui.serving import serve
from kiosk.ui.sizes import PanelSize
from tests.unit.session.world import World

TOP = Path(__file__).parents[3]
ASSETS = TOP / "build"
PORTRAIT = PanelSize(diagonal_inch=21.5, width=1080, height=1920)
LANDSCAPE = PanelSize(diagonal_inch=15.6, width=1280, height=800)
PANELS = {"portrait": PORTRAIT, "landscape": LANDSCAPE}


@dataclass(frozen=True, slots=True)
class Pages:
    """The app and the way in."""

    world: World
    app: Flask
    entry: Entry
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self) -> str:
        return f"{self.origin}/masuk?kunci={self.entry.fresh()}"


def pages(world: World, *, panel: PanelSize = PORTRAIT, port: int = 8700) -> Pages:
    """Not served: for Flask's test client, which must name ``origin`` as its base URL."""
    entry = Entry()
    return Pages(world, create_app(world.kiosk, entry=entry, panel=panel, assets=ASSETS, port=port), entry, port)


@contextmanager
def served(world: World, *, panel: PanelSize = PORTRAIT) -> Iterator[Pages]:
    """On a free loopback port until the block ends."""
    chosen: list[Flask] = []
    server = serve(_late(chosen), threads=12)
    made = pages(world, panel=panel, port=server.port)
    chosen.append(made.app)
    try:
        yield made
    finally:
        world.kiosk.leave()  # ends the live picture's thread
        server.stop()


def _late(chosen: list[Flask]) -> Callable[[Any, Any], Any]:
    """An app that is known only after the port is."""
    return lambda environ, start_response: chosen[0](environ, start_response)
