"""Serving ends clean, whatever is still open."""

import http.client
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.ui.serving import Dispatcher, serve
from tests.devices.simulators import until

Begin = Callable[[str, list[tuple[str, str]]], Any]


def endless(environ: dict[str, Any], start_response: Begin) -> Iterator[bytes]:
    """A live picture: it never ends by itself."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    while True:
        yield b"x" * 65536


def brief(environ: dict[str, Any], start_response: Begin) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ya"]


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            serve(brief, port=taken.getsockname()[1])


@pytest.mark.parametrize("app", [brief, endless])
def test_stopping_while_clients_hang_on_leaves_no_thread_no_error_and_no_open_door(
    app: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    served = serve(app, threads=6)
    clients = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=5) for _ in range(6)]
    for client in clients:
        client.request("GET", "/")
        assert client.getresponse().read(2)
    served.stop()
    for client in clients:
        client.close()
    assert f"pages-{served.port}" not in names()
    wrong = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert [record for record in wrong if record.name != "waitress.queue"] == []  # that one only says: a busy machine
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", served.port), 1)


def test_stopping_in_the_middle_of_traffic_ends_it_every_time() -> None:
    """waitress runs what it is asked before the one who asks has finished asking, once in a hundred times."""
    for _ in range(60):
        served, over = serve(brief, threads=6), threading.Event()
        visitors = [threading.Thread(target=visit, args=(served.port, over)) for _ in range(5)]
        for visitor in visitors:
            visitor.start()
        served.stop()
        over.set()
        for visitor in visitors:
            visitor.join()
        assert f"pages-{served.port}" not in names()


def visit(port: int, over: threading.Event) -> None:
    while not over.is_set():
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            client.request("GET", "/")
            client.getresponse().read()
        except (OSError, http.client.HTTPException):
            return
        finally:
            client.close()


def test_a_connection_kept_for_nobody_is_let_go_with_the_answer_it_holds_and_a_live_picture_is_not() -> None:
    served = serve(
        lambda environ, start: (endless if environ["PATH_INFO"] == "/kamera" else brief)(environ, start), idle_s=0
    )
    kept, looking = (http.client.HTTPConnection("127.0.0.1", served.port, timeout=5) for _ in range(2))
    kept.request("GET", "/")
    assert kept.getresponse().read() == b"ya"
    looking.request("GET", "/kamera")
    picture = looking.getresponse()
    assert picture.read(2)
    served.drop_idle()
    assert kept.sock.recv(1) == b""
    assert picture.read(1_000_000)
    for client in (kept, looking):
        client.close()
    served.stop()


def test_an_idle_thread_keeps_nothing_of_what_it_answered() -> None:
    """On a busy machine the last answers of a visit lay with threads that nobody woke: waitress's hold what they did last."""
    given: list[weakref.ref[object]] = []
    done: list[str] = []
    all_done = threading.Barrier(4, timeout=10)

    class Connection:
        def service(self) -> None:
            given.append(weakref.ref(self))
            all_done.wait()

    dispatcher = Dispatcher(3, lambda: done.append(threading.current_thread().name))
    for _ in range(3):
        dispatcher.add_task(Connection())
    all_done.wait()
    until(lambda: len(done) == 3, what="the threads' own word")
    assert len(set(done)) == 3
    until(lambda: [one() for one in given] == [None] * 3, what="nobody who holds them")
    dispatcher.shutdown()


def test_a_request_that_fails_is_let_go_as_well(caplog: pytest.LogCaptureFixture) -> None:
    class Connection:
        def service(self) -> None:
            raise ValueError

    done = threading.Event()
    dispatcher = Dispatcher(1, done.set)
    dispatcher.add_task(Connection())
    assert done.wait(10)
    until(lambda: "Exception when servicing" in caplog.text)
    dispatcher.shutdown()
