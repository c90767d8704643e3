"""What the centre is told. Everything it owns stands under one folder, except a PostgreSQL given by URL."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``largest_packet`` in bytes; ``regions_file`` may be missing (no region names then); ``staff_valid_days``: how long a
    kiosk without a line goes on trusting the roster of the desa's staff; ``heartbeat_s``: how often a kiosk is to say how it
    is, 60 to 3600; ``largest_stick``: bytes of one upload of a stick's files."""

    dir: Path
    database_url: str = ""
    profile: str = "wonogiri"
    largest_packet: int = 32 * 1024 * 1024
    regions_file: Path = Path("build/regions.tsv")
    staff_valid_days: int = 30
    heartbeat_s: int = 300
    largest_stick: int = 4 * 1024 * 1024 * 1024

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.dir / 'central.db'}"

    @property
    def uploads(self) -> Path:
        """Packets on their way."""
        return self.dir / "uploads"

    @property
    def packets(self) -> Path:
        """Received packets, still sealed."""
        return self.dir / "packets"

    @property
    def keys(self) -> Path:
        return self.dir / "keys"

    @property
    def content_root(self) -> Path:
        """The first root of the signed content, which new kiosks are given; missing while none is signed."""
        return self.dir / "content" / "1.root.json"

    @property
    def authority(self) -> Path:
        """The signer's certificate and key (a test authority in a demo)."""
        return self.dir / "authority"
