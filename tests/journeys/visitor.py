"""A kiosk process that submits applications as fast as it can, until somebody kills it: for test_killed.py.

It is the screen process without the pages: the same parts, the same start, the same submit. It says nothing; what counts is
what came out on paper.
"""

import sys
from pathlib import Path

from kiosk.appliance import build_parts
from kiosk.session import Visit, submitting
from kiosk.session.parts import Parts
from kiosk.settings import load

ANSWERS = {
    "nik": "3312120101909901", "no_kk": "3312121505129901", "nama": "WARGA CONTOH", "telepon": "",
    "milik": "sendiri", "elemen": "pekerjaan", "semula": "PELAJAR", "menjadi": "PETANI",
}  # fmt: skip
PAGE = b"\xff\xd8" + b"halaman contoh " * 2000


def visit(parts: Parts, number: int) -> Visit:
    """Somebody who has answered everything and photographed both papers."""
    made = Visit(id=f"kunjungan-{number}")
    made.service = parts.catalogue.services["KK-UBAH-3"]
    made.draft.answers.update(ANSWERS)
    made.draft.pages.update({code: [bytearray(PAGE)] for code in ("kk_lama", "bukti")})
    return made


def main(settings: Path, most: int) -> None:
    parts = build_parts(load(settings), on_wiped=lambda: None)
    for number in range(most):
        submitting.submit(visit(parts, number), parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
