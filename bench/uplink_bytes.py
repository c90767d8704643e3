"""Bytes on the line for bytes of packet, TLS and headers counted: our courier beside its peers, in turns, over one cut line.

    make bench-uplink        (python bench/uplink_bytes.py [--rounds 2])

A day of a kiosk: packets of 300, 600, 900 and 1,500 kB (one to five photographed pages), 3.3 MB together. Ours is the product
whole: courier, store, vault; announced, signed, uploaded, receipted by the centre under gunicorn. The others send the same
bytes to the same server process: tuspy (unsigned, in one chunk and in chunks of 64 KiB), one multipart form tried from the
beginning again, and rclone to its own WebDAV server. Whoever has sent three times a packet's bytes gives that packet up.

Counted is what passed upward at the line, below TLS; it is cut (RST) every so many of these bytes, give or take a quarter.
Counters, not times: they mean the same on any machine. Each connection takes 50 ms, as over any real line: without it a
client asks for the offset before the server has taken up the cut request.

Exit code 1 when ours is above 1.02 at a cut every 500 kB or above 1.03 at 250 kB.
"""

import argparse
import logging
import os
import random
import secrets
import socket
import ssl
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from bench.peers import uploads as peers  # noqa: E402 - the path comes first
from bench.peers.uploads import Way  # noqa: E402
from tests.faultproxy import FaultProxy  # noqa: E402
from tests.unit.uplink.open_centre import OpenCentre, open_centre  # noqa: E402
from tests.unit.uplink.village import new_kiosk  # noqa: E402

PACKETS = (300_000, 600_000, 900_000, 1_500_000)
CUTS = (0, 500_000, 250_000)
BOUNDS = {500_000: 1.02, 250_000: 1.03}
LATENCY_S, RECORD = 0.05, 16_384
Send = Callable[[Way, str, bytes], bool]


@dataclass
class Sum:
    """Over all rounds of one client at one kind of line."""

    up: int = 0
    needed: int = 0
    connections: int = 0
    given_up: int = 0
    each: list[float] = field(default_factory=list)

    def add(self, line: FaultProxy, needed: int, given_up: int) -> None:
        self.up, self.needed = self.up + line.counted.up, self.needed + needed
        self.connections, self.given_up = self.connections + line.counted.connections, self.given_up + given_up
        self.each.append(line.counted.up / needed)

    @property
    def ratio(self) -> float:
        return self.up / self.needed

    def __str__(self) -> str:
        more = f", {self.given_up} given up" if self.given_up else ""
        return f"{'>' if self.given_up else ''}{self.ratio:.4f} ({min(self.each):.4f} to {max(self.each):.4f}{more})"


def ours(centre: OpenCentre, line: FaultProxy, folder: Path) -> int:
    """A courier with everything it has, but for the pauses: bytes are counted here, not time."""
    kiosk = new_kiosk(folder, centre)
    for size in PACKETS:
        kiosk.submit(size)
    url = line.url.replace("http://127.0.0.1", "https://localhost")
    with kiosk.courier(url, ca_file=str(centre.pem)) as courier:
        while kiosk.store.waiting():
            with kiosk.store._engine.begin() as connection:
                connection.exec_driver_sql("UPDATE outbox SET next_try = 0")
            courier.line.up()
            if not courier.announce_next():
                courier.deliver_next()
    assert {name: centre.received()[name] for name in kiosk.sealed} == kiosk.sealed
    kiosk.close()
    return 0


def peer(send: Send, names: Callable[[int], str], way: Way) -> int:
    """How many packets it gave up."""
    return sum(not send(way, names(size), secrets.token_bytes(size)) for size in PACKETS)


def handshake(line: FaultProxy, pem: Path) -> int:
    """Bytes upward of a TLS connection that says nothing."""
    context = ssl.create_default_context(cafile=str(pem))
    before = line.counted.up
    with (
        socket.create_connection(("127.0.0.1", line.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as link,
    ):
        link.settimeout(0.5)
        try:
            link.recv(1)
        except TimeoutError:
            return line.counted.up - before
    raise AssertionError("the server spoke first")


@dataclass
class Bench:
    centre: OpenCentre
    folder: Path
    dav: int | None
    sums: dict[tuple[int, str], Sum] = field(default_factory=dict)

    def clients(self) -> dict[str, Callable[[FaultProxy], int]]:
        def way(line: FaultProxy) -> Way:
            return Way(line, self.centre.pem, self.folder)

        def made_up(_size: int) -> str:
            return str(uuid.uuid4())

        chunked: Send = partial(peers.send_tuspy, chunk=64 * 1024)
        found: dict[str, Callable[[FaultProxy], int]] = {
            "ours": lambda line: ours(self.centre, line, self.folder / "kiosk"),
            "tuspy": lambda line: peer(peers.send_tuspy, self.centre.expect, way(line)),
            "tuspy 64K": lambda line: peer(chunked, self.centre.expect, way(line)),
            "multipart": lambda line: peer(peers.send_form, made_up, way(line)),
        }
        if self.dav is not None:
            found["rclone"] = lambda line: peer(peers.send_rclone, made_up, way(line))
        return found

    def run(self, rounds: int) -> None:
        dice, clients = random.Random(20261121), self.clients()
        for number in range(rounds):
            for every in CUTS:
                cut_at = int(every * dice.uniform(0.75, 1.25))
                for name, client in clients.items():
                    port = self.dav if name == "rclone" and self.dav is not None else self.centre.port
                    with FaultProxy(port, cut_every=cut_at, latency=LATENCY_S) as line:
                        given_up = client(line)
                    self.sums.setdefault((every, name), Sum()).add(line, sum(PACKETS), given_up)
                newest = self.sums[every, "ours"].each[-1]
                print(f"round {number + 1}: a cut every {cut_at} bytes, ours {newest:.4f}", flush=True)

    def least(self, every: int, hello: int) -> float:
        """What TLS alone costs: a handshake for each connection, 22 bytes for each full record."""
        connections = 1 + (sum(PACKETS) / every if every else 0)
        return 1 + hello * connections / sum(PACKETS) + 22 / RECORD

    def table(self) -> Iterator[str]:
        with FaultProxy(self.centre.port) as line:
            hello = handshake(line, self.centre.pem)
        yield f"TLS handshake: {hello} bytes up. Bytes up for bytes of packet, mean (least to most of the rounds):"
        for every in CUTS:
            yield f"\ncut every ~{every // 1000} kB" if every else "\nnever cut"
            yield f"  {'TLS alone':<10} {self.least(every, hello):.4f}"
            for (at, name), found in self.sums.items():
                if at == every:
                    rounds = len(found.each)
                    yield f"  {name:<10} {found}, {found.connections / rounds:.0f} connections"
        if self.dav is None:
            yield "\nrclone: NOT INSTALLED, not measured (apt-get install rclone)"

    def verdicts(self) -> Iterator[tuple[bool, str]]:
        for every, bound in BOUNDS.items():
            found = self.sums[every, "ours"].ratio
            word = "kept" if found <= bound else "BROKEN"
            yield found <= bound, f"{word}: {found:.4f} against {bound:.2f} at a cut every ~{every // 1000} kB"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    logging.disable()  # a line that goes is the point here
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        centre = stack.enter_context(open_centre(folder / "centre"))
        os.environ["REQUESTS_CA_BUNDLE"] = str(centre.pem)  # tuspy cannot be told otherwise; ours does not look there
        bench = Bench(centre, folder, stack.enter_context(peers.webdav(folder / "dav", centre.pem)))
        bench.run(rounds)
        print(*bench.table(), sep="\n")
        verdicts = list(bench.verdicts())
    print("", *(line for _, line in verdicts), sep="\n")
    return 0 if all(holds for holds, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
