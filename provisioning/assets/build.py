"""Build what is served but not written: fonts, icons, region table, accessibility tester from packages; the voice.

Packages come by `npm ci` (versions and hashes stand in package-lock.json) into .cache/assets; results go to build/.
Safe to run twice: does nothing when neither the lock, the icon lists nor this file has changed.
The voice (voice.py beside this file) has its own stamp: it changes with every word of the content.
"""

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
if str(TOP) not in sys.path:
    sys.path.insert(0, str(TOP))  # run as a script

from provisioning.assets import voice, woff  # noqa: E402 - the checkout is on the path only now

CACHE = TOP / ".cache" / "assets"
BUILD = TOP / "build"
ICON_LISTS = (TOP / "kiosk/ui/icons.txt",)
FONT = "@fontsource-variable/atkinson-hyperlegible-next"
PRINT_FONT, PRINT_WEIGHTS = "@fontsource/atkinson-hyperlegible-next", (400, 600, 700, 800)
# idn-area-data 4.0.1: code MIT, data ODbL 1.0 (attribution in build/NOTICE.txt and on the kiosk's "Tentang" page)
AREA_FILES = ("provinces", "regencies", "districts", "villages")


def inputs() -> list[Path]:
    """Every file that decides the result."""
    files = [
        HERE / "package.json",
        HERE / "package-lock.json",
        HERE / ".npmrc",
        HERE / "woff.py",
        Path(__file__),
        *ICON_LISTS,
    ]
    return [file for file in files if file.exists()]


def fingerprint() -> str:
    """SHA-256 over the inputs' contents."""
    digest = hashlib.sha256()
    for file in inputs():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fetch() -> Path:
    """Install the locked packages into the cache; return node_modules."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, CACHE / name)
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: run provisioning/system_packages.sh run")
    subprocess.run([npm, "ci", "--no-progress", "--loglevel=error"], cwd=CACHE, check=True)
    return CACHE / "node_modules"


def write(path: Path, content: bytes) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(path.suffix + ".tmp")
    draft.write_bytes(content)
    draft.replace(path)


def icon_names() -> list[str]:
    """The icons that the screens name, sorted, each once."""
    names = {line.strip() for file in ICON_LISTS if file.exists() for line in file.read_text().splitlines()}
    return sorted(name for name in names if name and not name.startswith("#"))


def build_icons(modules: Path) -> None:
    for name in icon_names():
        source = modules / "lucide-static" / "icons" / f"{name}.svg"
        if not source.exists():
            sys.exit(f"kiosk/ui/icons.txt names an icon that lucide does not have: {name}")
        write(BUILD / "static" / "icons" / f"{name}.svg", source.read_bytes())


def build_fonts(modules: Path) -> None:
    for subset in ("latin", "latin-ext"):
        name = f"atkinson-hyperlegible-next-{subset}-wght-normal.woff2"
        write(BUILD / "static" / "fonts" / name, (modules / FONT / "files" / name).read_bytes())


def build_print_fonts(modules: Path) -> None:
    """The screens' font for paper: typst reads no WOFF and no variable font."""
    for weight in PRINT_WEIGHTS:
        name = f"atkinson-hyperlegible-next-latin-{weight}-normal"
        content = (modules / PRINT_FONT / "files" / f"{name}.woff").read_bytes()
        write(BUILD / "fonts" / f"{name}.ttf", woff.unpacked(content))


def region_lines(data: Path) -> Iterator[str]:
    """`code<TAB>name`, dots removed from the code; 2, 4, 6 or 10 digits say which level."""
    for level in AREA_FILES:
        with (data / f"{level}.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield f"{row['code'].replace('.', '')}\t{row['name'].strip()}\n"


def build_regions(modules: Path) -> None:
    lines = "".join(region_lines(modules / "idn-area-data" / "data"))
    write(BUILD / "regions.tsv", lines.encode())


def build_notices(modules: Path) -> None:
    parts = [
        "Region names and codes: idn-area-data 4.0.1, data under the Open Database License 1.0 (ODbL).\n",
        "Voice: spoken by espeak-ng (GPL 3 or later; the program is not part of this build, its sound is), encoded with\n"
        "opus-tools (BSD). Recordings of people in content/recordings/ replace it.\n",
        "Icons: lucide-static, ISC licence.\n\n" + (modules / "lucide-static" / "LICENSE").read_text(),
        "Font: Atkinson Hyperlegible Next, SIL Open Font License 1.1.\n\n" + (modules / FONT / "LICENSE").read_text(),
    ]
    write(BUILD / "NOTICE.txt", "\n".join(parts).encode())


def build_test_tools(modules: Path) -> None:
    write(BUILD / "test" / "axe.min.js", (modules / "axe-core" / "axe.min.js").read_bytes())


def main() -> None:
    build_packages()
    voice.main(BUILD)


def build_packages() -> None:
    stamp = BUILD / ".assets"
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Building assets ...", flush=True)
    modules = CACHE / "node_modules"
    lock = CACHE / ".fetched"
    locked = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if not lock.exists() or lock.read_text() != locked:
        fetch()
        write(lock, locked.encode())
    for build in (build_icons, build_fonts, build_print_fonts, build_regions, build_notices, build_test_tools):
        build(modules)
    write(stamp, wanted.encode())


if __name__ == "__main__":
    os.umask(0o022)
    main()
