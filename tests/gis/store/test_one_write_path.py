"""Nobody but gis/store touches a project file, and nothing but its transactions writes to it (DESIGN.md D2, D3).

Whoever adds a function that writes to a database or a layer file must name it here, with the reason: the reviewer sees
it then. A module (no function) allows all of its functions; that is for those which only make new files.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.gis.store.writes import acts

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("app", "gis", "layers", "models", "resources")
_GDAL = {"fiona", "pyogrio", "rasterio", "osgeo"}
_STEP = "inside the transaction of a step, which logs it"
_NEW = "makes the tables of a new file"
ALLOWED = {
    "gis.store.connection.connect": "opens the file and says how its commits are kept",
    "gis.store.connection.Connections.writing": "the one transaction that all steps go through",
    "gis.store.connection.Connections.close": "takes back the WAL mode that another program left on",
    "gis.store.steps": _STEP,
    "gis.store.step_log": _STEP,
    "gis.store.many": _STEP,
    "gis.store.bulk": _STEP,
    "gis.store.packing": _STEP,
    "gis.store.extents": _STEP,
    "gis.store.schema": _NEW,
    "gis.store.gpkg": _NEW,
    "gis.store.choices": _NEW,
    "gis.store.styles": _NEW,
    "gis.store.creating._fill": _NEW,
    "gis.store.opening._settle": "tells at once that the file is held; takes back WAL mode and an empty journal",
    "gis.store.upgrading": "brings an older file up to date, on a copy that is swapped in",
    "gis.store.migrations": "brings an older file up to date",
    "gis.store.copying._copy": "copies the whole project into a new file",
    "gis.store.copying._count_on": "gives the new file the change counter of its project",
    "gis.store.mark": "inside the transaction of a step: which commit was our last, and the seal of the log",
    "gis.store.blueprint.blueprint": "makes an empty project in memory, to compare with",
    "gis.store.soundness._held": "holds the file while it is looked at; nothing is written",
    "gis.store.repairing": "repairs what stands around the rows, after the file was kept; rows are mended in a step",
    "gis.store.rescuing": "fills a new project with what can be read of a damaged one",
    "gis.basemaps.opening.open_tiles": "tiles of a foreign file, read-only and immutable; says how little it may do",
    "gis.formats.geojson.write": "a foreign file, written beside and put in place by gis.formats.write",
    "gis.formats.geopackage.write": "a foreign file, written beside and put in place by gis.formats.write",
    "gis.formats.geopackage_many": "a new file in the folder of a package that is built beside",
    "gis.formats.shapefile.write": "a foreign file, written beside and put in place by gis.formats.write",
}
LOOKING = {  # these open a database to look at it: read-only by their address
    "app.gui.project_commands.ProjectCommands._is_project",
    "gis.formats.geopackage.plan",
}
STEPS = {"gis.store.store", "gis.store.merging", "gis.store.restoring", "gis.store.rescuing"}
"""Who may open a step."""


def modules() -> dict[str, Path]:
    paths = [p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*.py"))]
    return {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in paths}


def allowed_by(where: str) -> str | None:
    """The entry of the allow-list that covers a function."""
    return next((name for name in ALLOWED if where == name or where.startswith(name + ".")), None)


@cache
def found_acts():
    return [act for module, path in modules().items() for act in acts(path.read_text(encoding="utf8"), module)]


def test_nobody_else_writes() -> None:
    looking = [a for a in found_acts() if a.where in LOOKING]
    assert {a.where for a in looking} == LOOKING
    assert all(a.kind == "connect" and "?mode=ro" in a.text for a in looking)
    others = [a for a in found_acts() if a.where not in LOOKING and allowed_by(a.where) is None]
    assert not others, "write through store.transact, or add the function with its reason: " + "\n".join(
        map(str, others)
    )


def test_the_list_names_nobody_who_does_not_write() -> None:
    used = {allowed_by(a.where) for a in found_acts()}
    assert set(ALLOWED) <= used


def test_only_the_store_opens_a_step() -> None:
    callers = set()
    for module, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"open_step", "writing"} and module.startswith("gis"):
                callers.add(module)
            assert not (isinstance(node, ast.Attribute) and node.attr == "open_step" and module.startswith("app"))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Step", "steps.Step"}:
                callers.add(module)
    assert callers <= STEPS | {"gis.store.history"}
    assert callers >= STEPS


def test_no_gdal_on_the_open_project() -> None:
    for module, path in modules().items():
        if not module.startswith("gis.store"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {n.partition(".")[0] for n in names} & _GDAL, module


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("con.execute('INSERT INTO sand_pits VALUES (1)')", "sql"),
        ("con.execute('  update sand_pits set name = 1')", "sql"),
        ("con.cursor().execute('-- a word\\n/* two */ DELETE FROM x')", "sql"),
        ("con.execute(f'UPDATE {table} SET a = 1')", "sql"),
        ("con.execute('DEL' + 'ETE FROM x')", "sql"),
        ("con.execute('DROP TABLE %s' % t)", "sql"),
        ("con.execute('REPLACE INTO {}'.format(t))", "sql"),
        ("sql = 'ALTER TABLE x ADD y'\ncon.execute(sql)", "sql"),
        ("verb = 'DELETE'\ncon.execute(f'{verb} FROM x')", "sql"),
        ("con.execute('SELECT 1' if a else 'CREATE TABLE x (y)')", "sql"),
        ("con.execute('WITH a AS (SELECT 1) INSERT INTO x SELECT * FROM a')", "sql"),
        ("con.execute('PRAGMA user_version = 3')", "sql"),
        ("con.execute('PRAGMA main.journal_mode=WAL')", "sql"),
        ("con.execute('VACUUM')", "sql"),
        ("con.execute('ATTACH ? AS other', (p,))", "sql"),
        ("con.executemany('INSERT INTO x VALUES (?)', rows)", "sql"),
        ("con.executescript(text)", "script"),
        ("con.execute(text)", "unreadable sql"),
        ("def f(sql):\n    con.execute(sql)", "unreadable sql"),
        ("for sql in many:\n    con.execute(sql)", "unreadable sql"),
        ("con.execute(f'{text} x')", "unreadable sql"),
        ("LATER = 'UPDATE sand_pits SET name = 1'", "sql"),
        ("import sqlite3\nsqlite3.connect(p)", "connect"),
        ("import sqlite3 as s\ns.connect(p)", "connect"),
        ("from sqlite3 import connect\nconnect(p)", "connect"),
        ("con.backup(other)", "backup"),
        ("frame.to_file(p)", "layer file"),
        ("import pyogrio\npyogrio.write_dataframe(f, p)", "layer file"),
        ("from pyogrio import write_dataframe as w\nw(f, p)", "layer file"),
        ("import fiona\nfiona.open(p, 'a')", "layer file"),
        ("import fiona\nfiona.open(p, mode=m)", "layer file"),
    ],
)
def test_the_finder_finds_it(code: str, kind: str) -> None:
    assert kind in {a.kind for a in acts(code, "m")}


@pytest.mark.parametrize(
    "code",
    [
        "con.execute('SELECT * FROM x')",
        "con.execute(f'SELECT {a} FROM {b}')",
        "con.execute('PRAGMA table_info(x)')",
        "names = f'SELECT {a}'\ncon.execute(names + ' ORDER BY fid')",
        "con.execute('PRAGMA journal_mode')",
        "label = 'update the outline'",
        "file.write('x')",
        "import fiona\nfiona.open(p)",
    ],
)
def test_the_finder_lets_readers_be(code: str) -> None:
    assert acts(code, "m") == []
