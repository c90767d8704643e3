"""The real window, on a real X display: it paints, stays on our pages, and forgets the last visitor.

The pages are a tiny server's of this test; what they try (leave, pop up, alert) is what a hostile page would.
"""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.journeys.xvfb import Display, display

pytestmark = pytest.mark.journey

PAGE = """<!doctype html><html lang="id" translate="no"><meta charset="utf-8"><title>Kios</title>
<body style="margin:0;background:#0b6b35"><script>
const say = what => fetch('/said/' + encodeURIComponent(what), {method: 'POST'});
const kept = document.cookie.includes('dulu=1') ? 'kept' : 'clean';
document.cookie = 'dulu=1';
const painted = () => say(`painted ${location.pathname} ${innerWidth}x${innerHeight} ${kept}`);
requestAnimationFrame(() => requestAnimationFrame(painted));
const bridge = () => typeof window.pywebview !== 'undefined' && Object.keys(window.pywebview.api || {}).length;
const misbehave = () => {
  alert('macet?');
  window.open('/window');
  location.href = FOREIGN;
  setTimeout(() => say('still here ' + bridge()), 600);
};
if (location.pathname === '/visit/1') setTimeout(misbehave, 300);
</script>"""


class Peer(ThreadingHTTPServer):
    """Serves the page, hears what it says, and has a second port that nobody may reach."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.said: queue.Queue[str] = queue.Queue()
        self.foreign = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Peer

    def do_GET(self) -> None:
        self.server.said.put("asked " + self.path)
        body = PAGE.replace("FOREIGN", repr(self.server.foreign)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        from urllib.parse import unquote

        self.server.said.put(unquote(self.path.removeprefix("/said/")))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[Peer]:
    peer = Peer()
    thread = threading.Thread(target=peer.serve_forever)
    thread.start()
    try:
        yield peer
    finally:
        peer.shutdown()
        peer.server_close()
        thread.join()


@contextmanager
def window(kind: str, glass: Display, origin: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.window_driver", kind, origin],
        cwd=Path(__file__).parents[2], env=glass.environment, stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def heard(peer: Peer, start: str) -> str:
    """The next saying that begins so; fails after two minutes of silence."""
    while True:
        said = peer.said.get(timeout=120)
        if said.startswith(start):
            return said


@pytest.fixture
def glass() -> Iterator[Display]:
    with display(1080, 1920) as shown:
        yield shown


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving() as foreign, serving() as home:
        home.foreign = foreign.origin + "/stolen"
        yield home
        assert foreign.said.empty(), "the window left our pages"


def test_the_window_paints_the_whole_glass_and_stays_on_our_pages(glass: Display, peer: Peer, tmp_path: Path) -> None:
    with window("pywebview", glass, peer.origin):
        assert heard(peer, "painted") == "painted /visit/1 1080x1920 clean"
        assert heard(peer, "still here") == "still here 0"
        picture = glass.photograph(tmp_path)
        assert picture.size == (1080, 1920)
        assert {picture.getpixel(at) for at in ((5, 5), (1070, 5), (5, 1910), (1070, 1910))} == {(11, 107, 53)}


def test_the_next_visitor_gets_a_new_web_process_and_no_cookie(glass: Display, peer: Peer) -> None:
    with window("pywebview", glass, peer.origin) as process:
        heard(peer, "still here")
        assert process.stdin is not None
        process.stdin.write("renew\n")
        process.stdin.flush()
        assert heard(peer, "painted") == "painted /visit/2 1080x1920 clean"


def test_chromium_by_setting_forgets_the_last_visitor_too(glass: Display, peer: Peer) -> None:
    with window("chromium", glass, peer.origin) as process:
        assert heard(peer, "painted").startswith("painted /visit/1")
        assert process.stdin is not None
        process.stdin.write("renew\n")
        process.stdin.flush()
        assert heard(peer, "painted /visit/2").endswith("clean")
