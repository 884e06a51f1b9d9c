"""Nobody but gis/store touches a project file, and nothing but its transactions writes to it (DESIGN.md D2, D3)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|DROP|ALTER|CREATE)\b")
# Makes new files, brings old ones up to date, or works inside the step of a transaction.
_WRITERS = {
    "schema",
    "gpkg",
    "choices",
    "styles",
    "opening",
    "migrations",
    "steps",
    "bulk",
    "extents",
    "mark",
    "repairing",
    "rescuing",
}
_GDAL = {"fiona", "pyogrio", "rasterio", "osgeo"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def sources(*folders: str) -> list[Path]:
    return [p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))]


def test_outside_the_store_sqlite_only_looks() -> None:
    calls = [
        (path, ast.unparse(node))
        for path in set(sources("app", "gis", "layers", "models")) - set(sources("gis/store"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("sqlite3.connect")
    ]
    assert calls, "the foreign GeoPackage is looked at with sqlite3"
    assert not [c for c in calls if "?mode=ro" not in c[1]]


def test_no_gdal_on_the_open_project() -> None:
    assert not [p for p in sources("gis/store") if imports(p) & _GDAL]


def test_only_the_writing_modules_hold_writing_sql() -> None:
    holders = set()
    for path in sources("gis/store"):
        tree = ast.parse(path.read_text(encoding="utf8"))
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        if any(_WRITES.match(t) for t in texts):
            holders.add(path.stem)
    assert holders <= _WRITERS
    assert "steps" in holders
