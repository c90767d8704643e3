"""A kiosk set up by its own commands, for tests that put its parts together."""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.__main__ import main
from kiosk.settings import Settings, load

TOP = Path(__file__).parents[3]


def configured(folder: Path) -> Settings:
    """Everything of it lies below ``folder``; its devices are simulated."""
    sealing = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    public = {"url": "http://127.0.0.1:9", "sealing_key": sealing, "receipt_key": "cd" * 32, "roots": "PEM"}
    (folder / "p.json").write_text(json.dumps(public))
    (folder / "e.json").write_text(json.dumps({"kiosk_id": "K-0001", "number": 1, "desa": "3312122001"}))
    main(["setup", "--dir", str(folder)])
    main(["configure", "--dir", str(folder), "--public", str(folder / "p.json"), "--enrolment", str(folder / "e.json"),
          "--desa-name", "Desa Contoh", "--assets", str(TOP / "build"), "--shell", "none", "--panel-port", "1"])  # fmt: skip
    return load(folder / "kiosk.toml")
