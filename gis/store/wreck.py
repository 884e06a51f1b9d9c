"""What a damaged project file still holds: its tables, row by row, read without SQLite (gis.store.pages).

Pages that hang in a tree belong to its table. Pages that hang nowhere (a page above them is gone) are assigned by what
their rows look like: their uid is known to the change log, or only one table has rows of that shape. Pages on the free
list hold what was deleted and are left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gis.store import mark
from gis.store.pages import TABLE_LEAF, Broken, Cell, Pages
from gis.store.schema import column_names, statement_columns
from gis.store.table import Table
from gis.store.tables import TABLES
from models.progress import Watch

Row = dict[str, Any]
_KINDS = frozenset({"do", "undo", "redo", "rescue"})
_OBJECTS = frozenset({"table", "index", "trigger", "view"})
_BUILT_IN = {"sqlite_sequence": ("name", "seq")}
_OPS = frozenset({"insert", "update", "delete"})


@dataclass
class WreckTable:
    """The rows of one table by fid, as they lie in the file. `columns`: their names, foreign ones last.

    `broken`: pages and cells that could not be read. `doubtful`: fids of rows from pages that hung nowhere. `seen`:
    fids that an index of the table knows, with the code where it is the index of codes.
    """

    name: str
    columns: tuple[str, ...]
    sql: str = ""
    rows: dict[int, Row] = field(default_factory=dict)
    broken: int = 0
    doubtful: set[int] = field(default_factory=set)
    seen: dict[int, str] = field(default_factory=dict)


@dataclass
class Wreck:
    """All that can be read. `stray`: rows that belong to no table that is known (page, rowid, values)."""

    tables: dict[str, WreckTable]
    stray: list[Cell]
    counter: int | None
    page_count: int
    broken_pages: int


def read_wreck(read: Callable[[int, int], bytes], size: int, watch: Watch | None = None) -> Wreck:
    """Read a file through `read(at, count)`. Never raises on what the file holds; raises Cancelled."""
    watch = watch or Watch()
    pages = Pages(read, size)
    tables, roots, indexes = _catalogue(pages)
    used = pages.free()
    for done, (name, root) in enumerate(roots.items()):
        watch.report(0.5 * done / max(len(roots), 1), name)
        used |= _read_tree(pages, root, tables.get(name))
    for index, (owner, root) in indexes.items():  # the second unique column of a table is its code or name
        _read_index(pages, root, tables.get(owner), codes=index.endswith("_2"), used=used)
    stray = _read_loose(pages, tables, used, watch.part(0.5, 1.0))
    head = read(0, 100)
    counter = int.from_bytes(head[24:28], "big") if pages.sound_header else None
    return Wreck(tables, stray, counter, pages.count, sum(t.broken for t in tables.values()))


def _catalogue(
    pages: Pages,
) -> tuple[dict[str, WreckTable], dict[str, int], dict[str, tuple[str, int]]]:
    """The tables (all that a project has, and those found), roots of tables, and table and root of each index."""
    tables = {key: WreckTable(key, column_names(key)) for key in TABLES}
    roots: dict[str, int] = {"": 1}
    indexes: dict[str, tuple[str, int]] = {}
    master = WreckTable("", ("type", "name", "tbl_name", "rootpage", "sql"))
    _read_tree(pages, 1, master)
    if master.broken:
        for number, cells in enumerate(_loose_catalogue(pages)):
            master.rows |= {-1000 * number - i - 1: _named(master, c) for i, c in enumerate(cells)}
    for row in master.rows.values():
        kind, name, owner, root, sql = (row.get(c) for c in master.columns)
        if not isinstance(name, str) or not isinstance(root, int) or not 1 < root <= pages.count:
            continue
        if kind == "index" and isinstance(owner, str):
            indexes[name] = (owner, root)
        elif kind == "table" and isinstance(sql, str):
            roots[name] = root
            columns = _BUILT_IN.get(name) or tuple(statement_columns(sql)) or column_names(name)
            if name in TABLES and set(column_names(name)) - set(columns) and not _shorter(columns, column_names(name)):
                columns = column_names(name)  # the statement itself is damaged, or a column was renamed
            tables[name] = WreckTable(name, columns, sql)
    return tables, roots, indexes


def _shorter(columns: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    """Whether a table lacks columns of ours (an older version, a dropped one) and its statement names the rest.

    By position their values would stand in the wrong columns. Columns of other programs come last.
    """
    known = [c in ours for c in columns]
    own = columns[: sum(known)]
    return all(known[: len(own)]) and own != ours[: len(own)]


def _loose_catalogue(pages: Pages) -> Iterator[list[Cell]]:
    """Pages of the catalogue, found by what they hold: where it is broken they may hang nowhere."""
    for number in range(2, pages.count + 1):
        if pages.kind(number) != TABLE_LEAF:
            continue
        with suppress(Broken):
            cells, _ = pages.rows(number)
            if cells and all(_is_catalogue(c.values) for c in cells):
                yield cells


def _is_catalogue(values: list[Any]) -> bool:
    return len(values) == 5 and values[0] in _OBJECTS and isinstance(values[3], int)


def _read_tree(pages: Pages, root: int, table: WreckTable | None) -> set[int]:
    """Read the rows under `root` into the table; the pages that the tree holds."""
    tree = pages.tree(root)
    if table is not None:
        table.broken += tree.broken
        for number in tree.leaves:
            try:
                cells, bad = pages.rows(number)
            except Broken:
                table.broken += 1
                continue
            table.broken += bad
            for cell in cells:
                table.rows.setdefault(cell.rowid, _named(table, cell))
    return {*tree.inner, *tree.leaves}


def _named(table: WreckTable, cell: Cell) -> Row:
    row = dict(zip(table.columns, cell.values, strict=False))
    if "fid" in row:
        row["fid"] = cell.rowid
    return row


def _read_index(pages: Pages, root: int, table: WreckTable | None, *, codes: bool, used: set[int]) -> None:
    tree = pages.tree(root)
    used.update(tree.inner, tree.leaves)
    if table is None:
        return
    for number in (*tree.inner, *tree.leaves):
        for key in pages.keys(number):
            if len(key) > 1 and isinstance(key[-1], int):
                known = table.seen.setdefault(key[-1], "")
                if codes and not known and isinstance(key[0], str):
                    table.seen[key[-1]] = key[0]


def _read_loose(pages: Pages, tables: dict[str, WreckTable], used: set[int], watch: Watch) -> list[Cell]:
    """Rows of pages that hang in no tree, given to the table that they belong to; those that are left."""
    loose: list[list[Cell]] = []
    for number in range(2, pages.count + 1):
        if number % 500 == 0:
            watch.report(number / pages.count)
        if number in used or pages.kind(number) != TABLE_LEAF:
            continue
        try:
            cells, _ = pages.rows(number)
        except Broken:
            continue
        loose.append(cells)
    left: list[Cell] = []
    log_pages = [cells for cells in loose if cells and all(_is_log(c.values) for c in cells)]
    for cells in log_pages:
        _adopt(tables["change_log"], cells)
    owners = {r.get("row_uid"): r.get("table_name") for r in tables["change_log"].rows.values() if r.get("row_uid")}
    for cells in (c for c in loose if c not in log_pages):
        names = Counter(n for c in cells for n in _owners(tables, c.values, owners))
        best = names.most_common(2)
        if best and (len(best) == 1 or best[0][1] > best[1][1]):
            _adopt(tables[best[0][0]], cells)
        else:
            left += [c for c in cells if not _is_standard(c.values, tables)]
    return left


def _adopt(table: WreckTable, cells: list[Cell]) -> None:
    for cell in cells:
        if cell.rowid not in table.rows:
            table.rows[cell.rowid] = _named(table, cell)
            table.doubtful.add(cell.rowid)


def _is_standard(values: list[Any], tables: dict[str, WreckTable]) -> bool:
    """Whether a row belongs to the tables that each new project has: those of the standard, of indexes, of styles."""
    n, first = len(values), values[0] if values else None
    return (
        _is_catalogue(values)
        or (isinstance(first, str) and first in tables)
        or (n == 2 and (first is None or first in tables) and isinstance(values[1], int | bytes))  # R-trees
        or (n == 8 and values[1] in {"enum", "range", "glob"})
        or (n == 6 and values[1] is None and isinstance(values[3], int))  # coordinate systems
        or (n == 6 and first is None and isinstance(values[3], int) and isinstance(values[4], str))  # the mark
        or (n == 12 and values[3] in tables)  # styles
    )


def _is_log(values: list[Any]) -> bool:
    row = dict(zip(column_names("change_log"), values, strict=False))
    return row.get("kind") in _KINDS and row.get("op") in _OPS and isinstance(row.get("step"), int)


def _owners(tables: dict[str, WreckTable], values: list[Any], owners: dict[Any, Any]) -> Iterator[str]:
    """The tables that a row may belong to: the one that the log knows for its uid, else all of its shape."""
    known = next((owners[v] for v in values[1:3] if isinstance(v, str) and v in owners), None)
    if known in tables:
        yield known
        return
    for key, table in TABLES.items():
        if key != "change_log" and _fits(table, tables[key].columns, values):
            yield key


def _fits(table: Table, columns: tuple[str, ...], values: list[Any]) -> bool:
    if len(values) != len(columns) or values[0] is not None:
        return False
    row = dict(zip(columns, values, strict=True))
    if table.geometry and not (isinstance(row.get("geom"), bytes) and row["geom"][:2] == b"GP"):
        return False
    if not isinstance(row.get("uid"), str):
        return False
    for f in table.fields:
        value = row.get(f.name)
        if f.required and value is None:
            return False
        if value is not None and f.choices and value not in {c.value for c in f.choices}:
            return False
        if f.kind in {"text", "date", "datetime"} and not isinstance(value, str | None):
            return False
        if f.kind in {"real", "integer", "boolean"} and not isinstance(value, int | float | None):
            return False
    prefix = table.code_prefix
    return not prefix or str(row.get("code") or "").startswith(prefix) or row.get("code") is None


def mark_of(wreck: Wreck) -> mark.Mark | None:
    """The mark of our last write, where it can be read."""
    table = wreck.tables.get(mark.TABLE)
    row = next(iter(table.rows.values()), None) if table else None
    if row is None or not all(isinstance(row.get(k), int) for k in ("start", "step")):
        return None
    return mark.Mark(row.get("counter"), row["start"], row["step"], str(row.get("seal")), str(row.get("project")))
