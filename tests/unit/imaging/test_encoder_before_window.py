"""WebKit brings Debian's own libaom along; whoever loads it first lends it to the other. See kiosk/imaging/encoding.py."""

import subprocess
import sys

SEEN = "import sys, kiosk.imaging.encoding; sys.exit(0 if 'PIL._avif' in sys.modules else 'too late')"


def test_the_pages_encoder_is_there_before_any_window_opens() -> None:
    """Loaded at the first page instead, it met WebKit's libaom and no page could be kept (seen with pywebview's window;
    tests/journeys/test_residue_memory.py takes pages in it)."""
    run = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
