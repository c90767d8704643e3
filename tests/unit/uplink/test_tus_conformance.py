"""Other people's tus against ours, both ways, over a line that is cut: tus-js-client, tuspy, @tus/server. And what it costs."""

import io
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from adminduk.clock import SystemClock
from kiosk.uplink import UplinkError
from kiosk.uplink.centre import Centre
from kiosk.uplink.exchange import Exchange
from kiosk.uplink.signing import KioskSignature
from tests.faultproxy import FaultProxy
from tests.unit.uplink.open_centre import OpenCentre, open_centre
from tests.unit.uplink.village import TOP, new_kiosk

HERE, PEERS = Path(__file__).parent, TOP / ".cache" / "simulators" / "tus"
SIZE, CUT_EVERY = 300_000, 80_000


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenCentre]:
    with open_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    assert found is not None, "node is missing: provisioning/system_packages.sh run"
    assert PEERS.is_dir(), "run provisioning/simulators/install.sh"
    return found


def over_tls(line: FaultProxy) -> str:
    return line.url.replace("http://127.0.0.1", "https://localhost")


# --- other people's clients, our server -------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [64 * 1024, SIZE])
def test_tus_js_client_brings_a_file_to_our_server_over_a_line_that_is_cut(
    centre: OpenCentre, node: str, tmp_path: Path, chunk: int
) -> None:
    packet_id, content = centre.expect(SIZE), secrets.token_bytes(SIZE)
    (tmp_path / "file").write_bytes(content)
    with FaultProxy(centre.port, cut_every=CUT_EVERY, latency=0.05) as line:
        words = [f"{over_tls(line)}/api/v1/uploads", str(tmp_path / "file"), packet_id, str(chunk)]
        with (HERE / "tus_js_client.mjs").open() as script:
            result = subprocess.run(
                [node, "--input-type=module", "-", *words], stdin=script, cwd=PEERS, capture_output=True, text=True,
                timeout=60, check=False, env={"NODE_EXTRA_CA_CERTS": str(centre.pem)},
            )  # fmt: skip
        assert result.returncode == 0, result.stderr[-2000:]
        assert line.counted.cuts >= 3
        assert line.counted.up < SIZE * 1.25, "it went on, it did not begin anew"
    assert result.stdout.strip().endswith(f"/api/v1/uploads/{packet_id}")
    assert centre.held(packet_id) == content


@pytest.mark.parametrize("chunk", [64 * 1024, SIZE])
def test_tuspy_brings_a_file_to_our_server_over_a_line_that_is_cut(
    centre: OpenCentre, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    from tusclient.client import TusClient
    from tusclient.exceptions import TusCommunicationError

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(centre.pem))
    packet_id, content, location = centre.expect(SIZE), secrets.token_bytes(SIZE), None
    with FaultProxy(centre.port, cut_every=CUT_EVERY, latency=0.05) as line:
        client, tries = TusClient(f"{over_tls(line)}/api/v1/uploads"), 0
        while tries < 30:
            tries += 1
            try:
                uploader = client.uploader(
                    file_stream=io.BytesIO(content), metadata={"id": packet_id}, chunk_size=chunk, url=location
                )
                if location is None:
                    location = uploader.create_url()
                    uploader.set_url(location)
                uploader.upload()
                break
            except (TusCommunicationError, requests.RequestException):
                continue
        assert line.counted.cuts >= 3
        assert line.counted.up < SIZE * 1.25
    assert centre.held(packet_id) == content


# --- our client, other people's server --------------------------------------------------------------------------------


@pytest.fixture
def tus_server(node: str, tmp_path: Path) -> Iterator[int]:
    """The port of @tus/server; its files lie in ``tmp_path/files``."""
    (tmp_path / "files").mkdir()
    with (HERE / "tus_server.mjs").open() as script:
        server = subprocess.Popen(
            [node, "--input-type=module", "-", str(tmp_path / "files")], stdin=script, cwd=PEERS,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.communicate(timeout=10)


def test_our_client_brings_a_packet_to_the_reference_server_over_a_line_that_is_cut(
    tus_server: int, tmp_path: Path
) -> None:
    packet_id, content, heard = str(uuid7()), secrets.token_bytes(SIZE), list[int]()
    clock = SystemClock()

    def read(offset: int, length: int) -> bytes:
        return content[offset : offset + length]

    with FaultProxy(tus_server, cut_every=CUT_EVERY, latency=0.05) as line:
        exchange = Exchange(line.url, KioskSignature("K-0001", Ed25519PrivateKey.generate(), clock), clock)
        ours, offset, tries = Centre(exchange, Ed25519PrivateKey.generate().public_key()), None, 0
        assert ours.held(packet_id) is None
        while offset != SIZE and tries < 30:
            tries += 1
            try:
                offset = ours.held(packet_id)
                if offset is None:
                    offset = ours.begin(packet_id, SIZE)
                ours.upload(packet_id, SIZE, read, heard.append, offset)
                offset = SIZE
            except UplinkError:
                continue
        ours.close()
        assert line.counted.cuts >= 3
        assert line.counted.up < SIZE * 1.5, "that server drops what it had not written yet, but it goes on"
    assert heard == sorted(heard)
    assert heard[-1] == SIZE
    assert (tmp_path / "files" / packet_id).read_bytes() == content


# --- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cut_every", "bound"), [(500_000, 1.02), (250_000, 1.03)])
def test_a_packet_costs_hardly_more_than_its_bytes_over_tls_and_cuts(
    centre: OpenCentre, tmp_path: Path, cut_every: int, bound: float
) -> None:
    """Counted below TLS, with everything: announced, signed, uploaded, receipted. bench/uplink_bytes.py has the peers.

    Enough bytes that a record more or less, lost with a cut, hardly counts."""
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    sizes = (500_000, 1_000_000, 1_500_000)
    for size in sizes:
        kiosk.submit(size)
    with (
        FaultProxy(centre.port, cut_every=cut_every, latency=0.05) as line,
        kiosk.courier(over_tls(line), ca_file=str(centre.pem)) as courier,
    ):
        while kiosk.store.waiting():
            with kiosk.store._engine.begin() as connection:
                connection.exec_driver_sql("UPDATE outbox SET next_try = 0")
            courier.line.up()
            if not courier.announce_next():
                courier.deliver_next()
        assert line.counted.cuts >= sum(sizes) // cut_every - 1
        assert line.counted.up <= sum(sizes) * bound
    received = centre.received()
    assert {name: received[name] for name in kiosk.sealed} == kiosk.sealed
    kiosk.close()


def test_tls_is_really_on_that_line(centre: OpenCentre) -> None:
    """Who does not know the authority gets no word out."""
    with FaultProxy(centre.port) as line, pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{over_tls(line)}/api/v1/health", timeout=5)
