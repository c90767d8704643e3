"""Bytes of one submission receipt for each model of printer: our rendering, and python-escpos doing the same slip its own ways.

    python bench/receipt_bytes.py [--profile wonogiri] [--service AKL]

The slip is the one that a visit prints. Peers, in the same run: python-escpos with its own text and code verbs, style set
anew for each line as its manual shows (a code as raster where its profile has none, with the same error correction M), and
python-escpos with the slip drawn as one picture, as kiosks that print pages do. The code is read back from every
rendering's bytes: a size counts only for a slip that can be used. Counters, not times: the seconds are bytes on a serial
line of 9600 baud (8N1, 960 B/s). The last row of each model is what no rendering beats: a byte for each letter and line
end, the code's own text, and the paper.
"""

import argparse
import secrets
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import segno
import zxingcpp
from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from adminduk.tickets import new_claim  # noqa: E402 - the path comes first
from content.loader import load  # noqa: E402
from kiosk.hardware.receipt.encoding import fold  # noqa: E402
from kiosk.hardware.receipt.models import MODELS, Model  # noqa: E402
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip  # noqa: E402
from kiosk.hardware.receipt.render import render  # noqa: E402
from kiosk.session import slip  # noqa: E402
from tests.unit.session.world import new_world  # noqa: E402

BYTES_PER_S = 9600 / 10  # a start bit, eight, a stop bit
DOTS_PER_MM = 8
LINE_DOTS, LARGE_DOTS, MODULE = 30, 48, 6  # ESC/POS: default line spacing; doubled characters of 24 dots
MARGIN_DOTS = 4 * LINE_DOTS
LARGEST = 500  # what a slip may weigh on a printer that draws codes itself
Render = Callable[[Slip, Model], bytes]


@dataclass(frozen=True)
class Way:
    """One way to put a slip into bytes."""

    name: str
    render: Render


def escpos_text(paper: Slip, model: Model) -> bytes:
    """python-escpos by its manual: ``set`` for each line, ``text``, ``qr``, ``cut``."""
    printer = Dummy(profile=model.profile)
    printer.hw("INIT")
    for part in paper.parts:
        if isinstance(part, Code):
            printer.set(align="center")
            printer.qr(part.text, native=model.native_qr, ec=QR_ECLEVEL_M, size=MODULE,
                       image_arguments={"impl": "bitImageRaster"})  # fmt: skip
        else:
            large = part.size is Size.LARGE
            printer.set(align="center" if part.centred else "left", bold=part.bold, normal_textsize=not large,
                        double_width=large, double_height=large)  # fmt: skip
            for line in lines(part, model):
                printer.text(line + "\n")
    return finished(printer, model)


def escpos_picture(paper: Slip, model: Model) -> bytes:
    """The whole slip as one picture."""
    printer = Dummy(profile=model.profile)
    printer.hw("INIT")
    printer.image(drawn(paper, model), impl="bitImageRaster")
    return finished(printer, model)


def finished(printer: Any, model: Model) -> bytes:
    printer.cut() if model.cutter else printer.text("\n\n\n\n")
    output: bytes = printer.output
    return output


WAYS = (
    Way("ours", render),
    Way("python-escpos text", escpos_text),
    Way("python-escpos picture", escpos_picture),
)


def lines(line: Line, model: Model) -> list[str]:
    return fold(line.text, model.columns // (2 if line.size is Size.LARGE else 1))


def matrix(code: Code) -> list[bytearray]:
    return list(segno.make(code.text, error="m", micro=False).matrix)


def dots_high(paper: Slip, model: Model) -> int:
    """How much paper the slip takes, whoever prints it."""
    high = MARGIN_DOTS
    for part in paper.parts:
        if isinstance(part, Code):
            high += len(matrix(part)) * MODULE
        else:
            high += len(lines(part, model)) * (LARGE_DOTS if part.size is Size.LARGE else LINE_DOTS)
    return high


def drawn(paper: Slip, model: Model) -> Image.Image:
    """The slip as a picture of the model's dots, one bit each."""
    picture = Image.new("1", (model.dots, dots_high(paper, model) - MARGIN_DOTS), 1)
    pen, top = ImageDraw.Draw(picture), 0
    for part in paper.parts:
        if isinstance(part, Code):
            top = draw_code(pen, matrix(part), (model.dots - len(matrix(part)) * MODULE) // 2, top)
            continue
        step = LARGE_DOTS if part.size is Size.LARGE else LINE_DOTS
        font = ImageFont.load_default(size=step * 0.8)
        for text in lines(part, model):
            left = (model.dots - pen.textlength(text, font=font)) / 2 if part.centred else 0
            pen.text((left, top), text, fill=0, font=font)
            top += step
    return picture


def draw_code(pen: ImageDraw.ImageDraw, rows: list[bytearray], left: int, top: int) -> int:
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                x, y = left + across * MODULE, top + down * MODULE
                pen.rectangle((x, y, x + MODULE - 1, y + MODULE - 1), fill=0)
    return top + len(rows) * MODULE


# --- what is in the bytes ---------------------------------------------------------------------------------------------


def readable(data: bytes, paper: Slip) -> bool:
    """Whether the slip's code can be had from these bytes: stored in a native command, or read from a picture."""
    (wanted,) = [part.text for part in paper.parts if isinstance(part, Code)]
    return b"1P0" + wanted.encode() in data or any(found == wanted for found in pictured(data))


def pictured(data: bytes) -> list[str]:
    """The codes in the pictures (GS v 0) of a job."""
    at = data.find(b"\x1dv0")
    strips: list[Image.Image] = []
    while at >= 0:
        wide, high = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (4, 6))
        body = data[at + 8 : at + 8 + wide * high].ljust(wide * high, b"\0")
        strip = Image.frombytes("1", (wide * 8, high), bytes(255 - byte for byte in body))
        doubled = data[at + 3]  # bit 0: across, bit 1: down
        strips.append(strip.resize((strip.width << (doubled & 1), strip.height << (doubled >> 1 & 1))))
        at = data.find(b"\x1dv0", at + 8 + wide * high)
    return [found.text for found in zxingcpp.read_barcodes(joined(strips))] if strips else []


def joined(strips: list[Image.Image]) -> Image.Image:
    """python-escpos cuts high pictures into strips; together they are one again, with white around."""
    wide, high = max(strip.width for strip in strips), sum(strip.height for strip in strips)
    whole, top = Image.new("L", (wide + 80, high + 80), 255), 40
    for strip in strips:
        whole.paste(strip, (40, top))
        top += strip.height
    return whole


def least(paper: Slip, model: Model) -> int:
    """The letters as they stand, a byte each with its line end, and the code's own text: what a text printer must be told."""
    return sum(
        len(part.text) if isinstance(part, Code) else sum(len(line) + 1 for line in lines(part, model))
        for part in paper.parts
    )


# --- the table --------------------------------------------------------------------------------------------------------


def receipt(profile: str, service: str) -> Slip:
    """As a visit prints it, with a ticket, a PIN and a secret that nobody has."""
    with tempfile.TemporaryDirectory() as folder:
        parts = new_world(Path(folder), catalogue=load(profile)).parts
        return slip.build(parts, parts.catalogue.services[service], new_claim(17, secrets), datetime.now(UTC))


def table(paper: Slip, ways: tuple[Way, ...] = WAYS) -> bool:
    """One row a model and way; False when a slip cannot be used or weighs too much."""
    print(f"{'model':<10} {'paper':>6} {'code':>7}  {'rendering':<22} {'bytes':>7} {'x ours':>7} {'9600 baud':>10}")
    good = True
    for model in MODELS.values():
        code, width = "native" if model.native_qr else "raster", "80 mm" if model.dots > 500 else "58 mm"
        sizes = {way.name: way.render(paper, model) for way in ways}
        ours = len(sizes[ways[0].name])
        for name, data in sizes.items():
            used = readable(data, paper)
            good &= used
            print(f"{model.name:<10} {width:>6} {code:>7}  {name:<22} {len(data):>7,} {len(data) / ours:>7.1f}"
                  f" {len(data) / BYTES_PER_S:>8.2f} s{'' if used else '  CODE CANNOT BE READ'}", flush=True)  # fmt: skip
        limit, long = least(paper, model), dots_high(paper, model) / DOTS_PER_MM
        print(f"{'':<26}  {'limit: letters + code':<22} {limit:>7,} {limit / ours:>7.1f} {limit / BYTES_PER_S:>8.2f} s"
              f"   {long:.0f} mm of paper, the same for all")  # fmt: skip
        good &= not model.native_qr or ours <= LARGEST
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="wonogiri")
    parser.add_argument("--service", default="AKL")
    arguments = parser.parse_args()
    return 0 if table(receipt(arguments.profile, arguments.service)) else 1


if __name__ == "__main__":
    sys.exit(main())
