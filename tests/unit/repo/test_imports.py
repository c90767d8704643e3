"""The import table of docs/architecture.md is the truth: who may import whom, and what a part must never load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
OURS = ("adminduk", "blanks", "content", "kiosk", "central")


def rows() -> dict[str, tuple[set[str], set[str]]]:
    """package → (ours it may import, third-party it must never load), read from the page."""
    table: dict[str, tuple[set[str], set[str]]] = {}
    section = (TOP / "docs/architecture.md").read_text().split("## Who may import whom")[1].split("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            package, may, never = (cell.strip() for cell in line.strip("|").split("|"))
            names = {name.strip().strip("`") for name in may.split(",")} - {"—", ""}
            table[package.strip("`")] = (names, {name.strip() for name in never.split(",")} - {""})
    return table


TABLE = rows()


def modules(package: str) -> Iterator[Path]:
    folder = TOP / package.replace(".", "/")
    yield from (folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")])


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            pytest.fail(f"{path}: relative imports hide who is meant")


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def owner(name: str) -> str:
    """The row that a module belongs to: the longest that fits."""
    return max((row for row in TABLE if within(name, row)), key=len, default="")


def breaches(package: str, allowed: set[str]) -> list[str]:
    wide = package == "kiosk.appliance"
    permitted = {*allowed, package} | ({"kiosk", "adminduk", "blanks", "content"} if wide else set())
    return [
        f"{path.relative_to(TOP)} imports {name}"
        for path in modules(package)
        for name in imported(path)
        if name.split(".")[0] in OURS and not any(within(name, good) or within(good, name) for good in permitted)
    ]


@pytest.mark.parametrize("package", TABLE)
def test_a_package_imports_only_what_its_row_allows(package: str) -> None:
    assert breaches(package, TABLE[package][0]) == []


@pytest.mark.parametrize("package", [name for name, (_, never) in TABLE.items() if never])
def test_importing_a_package_never_loads_what_its_row_forbids(package: str) -> None:
    names = sorted({".".join(path.relative_to(TOP).with_suffix("").parts) for path in modules(package)})
    names = [n.removesuffix(".__init__") for n in names if not n.endswith("__main__") and "migrations" not in n]
    loading = "; ".join(f"importlib.import_module({name!r})" for name in names)
    code = f"import importlib, sys; {loading}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert set(run.stdout.split()) & TABLE[package][1] == set()


def test_every_package_of_the_kiosk_has_a_row() -> None:
    folders = {f"kiosk.{path.name}" for path in (TOP / "kiosk").iterdir() if (path / "__init__.py").exists()}
    assert folders <= set(TABLE)


def test_kiosk_and_central_never_import_each_other() -> None:
    for side, other in (("kiosk", "central"), ("central", "kiosk")):
        names = {name for path in modules(side) for name in imported(path)}
        assert not [name for name in names if within(name, other)]


def test_the_checker_sees_a_forbidden_import(tmp_path: Path) -> None:
    guilty = tmp_path / "guilty.py"
    guilty.write_text("def f():\n    from kiosk.ui import pages\n")
    assert "kiosk.ui" in set(imported(guilty))
    assert not any(within("kiosk.ui", good) for good in TABLE["kiosk.store"][0])
