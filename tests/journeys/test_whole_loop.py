"""One villager, the whole loop, on real processes and real parts: browser, kiosk, courier, centre, a camera's stream, a
receipt printer's emulator, CUPS and an IPP printer. It ends with what came out on paper."""

import io
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from adminduk.tickets import check_ticket, read_claim_code
from kiosk.documents import Signed, verify
from kiosk.panel import specimens
from tests.devices.simulators import (
    PaperStack,
    ReceiptEmulator,
    a4_printer_stack,
    answers,
    free_port,
    receipt_printer_emulator,
    until,
)
from tests.devices.simulators import running as running_program
from tests.journeys import desk
from tests.journeys.browser import WARGA, Screen, chromium, photograph, to_papers
from tests.journeys.residue import traces
from tests.journeys.stack import Stack, running, set_up

pytestmark = pytest.mark.journey


@contextmanager
def camera_stream(folder: Path) -> Iterator[int]:
    """GStreamer plays a family card on a desk as a live MJPEG camera; the noise of a sensor makes each frame another."""
    folder.mkdir()
    for number in range(8):
        frame, _ = specimens.on_desk(specimens.kk_page(), size=(1600, 1200), seed=1, noise=2.0 + number * 0.2)
        cv2.imwrite(str(folder / f"f{number:03d}.jpg"), frame, [cv2.IMWRITE_JPEG_QUALITY, 90])
    port = free_port()
    pipeline = (
        f"multifilesrc location={folder}/f%03d.jpg start-index=0 stop-index=7 loop=true caps=image/jpeg,framerate=10/1 "
        "! jpegdec ! identity sync=true ! jpegenc quality=88 ! multipartmux boundary=ffmpeg "
        f"! tcpserversink host=127.0.0.1 port={port} sync=false"
    )
    program = shutil.which("gst-launch-1.0")
    assert program, "gstreamer1.0-tools is in provisioning/packages/test.txt"
    with running_program(program, "-q", *pipeline.split(), log=folder / "gst.log"):
        until(lambda: answers(port), what="the camera's stream")
        yield port


class World:
    """The stack and its devices."""

    def __init__(self, stack: Stack, receipts: ReceiptEmulator, paper: PaperStack) -> None:
        self.stack, self.receipts, self.paper = stack, receipts, paper


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    tmp_path = tmp_path_factory.mktemp("world")
    (tmp_path / "emupos").mkdir()
    with (
        receipt_printer_emulator(tmp_path / "emupos") as receipts,
        a4_printer_stack() as paper,
        camera_stream(tmp_path / "camera") as camera,
    ):
        stack = set_up(
            tmp_path / "all",
            *("--receipt", f"tcp://127.0.0.1:{receipts.tcp_port}"),
            *("--paper", paper.url),
            *("--camera", f"mjpeg://127.0.0.1:{camera}"),
        )
        with running(stack):
            yield World(stack, receipts, paper)
        sys.stdout.write(stack.logs())  # pytest shows it when the test failed


def paper_text(world: World) -> tuple[str, list[str]]:
    """The newest receipt: its text, and its codes decoded from the picture of the paper."""
    newest = world.receipts.receipts()[-1]
    picture = np.asarray(Image.open(io.BytesIO(world.receipts.picture(newest))).convert("L"))
    return world.receipts.text(newest), [code.text for code in zxingcpp.read_barcodes(picture)]


def test_a_villager_goes_home_with_a_signed_document(world: World) -> None:
    stack = world.stack
    with chromium() as browser:
        screen = Screen.open(browser, stack.wait_kiosk())
        to_papers(screen)
        for _ in range(2):
            photograph(screen)
        assert screen.step == "review"
        assert WARGA["nik"] not in screen.page.content(), "the NIK is masked when it is shown again"
        screen.do("submit")
        assert screen.step == "receipt"
        ticket, pin = (text.strip() for text in screen.page.locator(".number").all_inner_texts()[:2])
        screen.do("finish")
        screen.do("finish")
        assert screen.step == "home"

        # the paper says what the screen said, and nothing of the person
        until(lambda: len(world.receipts.receipts()) == 1)
        text, codes = paper_text(world)
        assert ticket in text
        assert pin in text
        assert "GRATIS" in text
        assert not any(value in text for value in WARGA.values())
        claim = read_claim_code(codes[0])
        assert claim is not None
        assert claim[0] == check_ticket(ticket).value

        desk.publish(browser, stack)

        screen.page.goto(stack.wait_kiosk())
        screen.settle()
        screen.do("check")
        screen.press(check_ticket(ticket).value)
        screen.go_on("ticket")
        screen.press(pin.replace(" ", ""))
        screen.go_on("pin")
        screen.reach("status")
        assert screen.read("h1").strip() == "Pengajuan sudah selesai"
        screen.do("document")
        screen.reach("document")
        screen.do("print")
        screen.reach("printed")
        screen.do("to_survey")
        for _ in range(9):
            screen.do("score", nilai="3")
        screen.reach("thanks")
        screen.do("finish")
        screen.reach("home")
        assert screen.problems == []
    check_document(world)
    # the spool and the kiosk keep nothing of what was printed (the engine's "out" folder is the paper itself)
    assert traces([world.paper.folder / "cups", world.stack.kiosk, world.stack.folder / "kiosk"], WARGA.values()) == []


def check_document(world: World) -> None:
    """One A4 sheet came out, with the words of the signed PDF; the signed PDF itself is valid, and its QR reads."""
    printed = world.paper.printed()
    assert len(printed) == 1
    page = pypdf.PdfReader(io.BytesIO(printed[0])).pages[0]
    assert WARGA["nama"] in page.extract_text()
    assert "CONTOH" in page.extract_text()
    assert round(float(page.mediabox.width)) == 595
    sheet = pypdfium2.PdfDocument(printed[0])[0].render(scale=300 / 72).to_pil().convert("L")
    assert any(code.text.startswith("CONTOH ") for code in zxingcpp.read_barcodes(np.asarray(sheet)))
    kept = [path.read_bytes() for path in (world.stack.centre / "documents").rglob("*") if path.is_file()]
    signed = [content for content in kept if content.startswith(b"%PDF")]
    roots = (world.stack.kiosk / "roots.pem").read_bytes()
    assert [type(verify(pdf, roots)) for pdf in signed] == [Signed]
    assert len(kept) == 2, "and the same once more, sealed to the receipt"


def test_no_network_but_loopback_is_touched(world: World) -> None:
    """Every socket that our processes hold is on 127.0.0.1 or a unix one."""
    pids = {str(process.pid) for process in world.stack.processes.values()}
    run = subprocess.run(["ss", "-tunapH"], capture_output=True, text=True, check=False)
    mine = [line.split() for line in run.stdout.splitlines() if any(f"pid={pid}," in line for pid in pids)]
    local = {line[4].rsplit(":", 1)[0] for line in mine}
    assert local <= {"127.0.0.1", "[::1]"}
    assert socket.gethostbyname("localhost") == "127.0.0.1"
