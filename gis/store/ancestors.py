"""The state from which two files went apart: the steps that both logs share, and rows as they were after them.

Another program may have edited either file without a log. So each side is rewound over its own log; where the two do
not agree, the log that both share decides, and where that says nothing either, nothing is assumed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from gis.store.cells import CODE_LINKS, MERGED_TABLES, Cells, Codes, canonical, cells
from gis.store.gpkg import quote
from gis.store.log import LogEntry, entries, rewind
from gis.store.steps import Row
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.progress import Watch

_LOGGED = (
    "step, kind, target, label, table_name, row_fid, row_uid, op, before, after, user, at, before_geom, after_geom"
)
UNSURE = object()
"""The value of a cell of the ancestor that nobody can tell: it equals nothing."""


def common_step(mine: sqlite3.Connection, theirs: sqlite3.Connection) -> int:
    """The last step up to which both logs hold exactly the same rows; 0 if not even the first is."""
    sql = f"SELECT {_LOGGED} FROM change_log ORDER BY fid"
    before, current = 0, 0
    for one, other in zip_longest(mine.execute(sql), theirs.execute(sql)):
        # A step is whole only when the next one begins on both sides, or the logs end.
        starts = [None if row is None else row[0] for row in (one, other)]
        if all(s is None or s != current for s in starts):
            before = current
        if one != other:
            return before
        current = one[0]
    return current


@dataclass
class Pair:
    """One row that is not the same in both files; None where it is not there. `base`: its cells in the ancestor."""

    table: str
    uid: str
    mine: Row | None
    theirs: Row | None
    base: Cells | None = None
    mine_cells: Cells | None = None
    theirs_cells: Cells | None = None


@dataclass
class Pairs:
    """All rows that differ, and what is needed to read their links."""

    rows: dict[tuple[str, str], Pair] = field(default_factory=dict)
    only_theirs: dict[str, list[str]] = field(default_factory=dict)
    """Columns that other programs added to the copy only, by table."""


def differing(mine: sqlite3.Connection, theirs: sqlite3.Connection, watch: Watch | None = None) -> Pairs:
    """The rows whose cells are not the same; both tables are read once, in the order of uid. Raises Cancelled."""
    watch = watch or Watch()
    found = Pairs()
    for n, table in enumerate(MERGED_TABLES):
        watch.report(n / len(MERGED_TABLES))
        names, theirs_names = (_columns(con, table) for con in (mine, theirs))
        common = [n for n in names if n in set(theirs_names)]
        if extra := [n for n in theirs_names if n not in set(names)]:
            found.only_theirs[table] = extra
        watched = [n for n in common if n not in {"fid", "uid", "updated_at"}]
        for uid, one, other in _joined(_rows(mine, table, names), _rows(theirs, table, common)):
            watch.pause()
            if one is None or other is None or any(not _same(n, one[n], other[n]) for n in watched):
                found.rows[table, uid] = Pair(table, uid, one, other)
    return found


def _columns(con: sqlite3.Connection, table: str) -> list[str]:
    return [r[1] for r in con.execute(f"PRAGMA table_info({quote(table)})")]


def _rows(con: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[str, Row]]:
    listed = ", ".join(map(quote, names))
    sql = f"SELECT {listed} FROM {quote(table)} WHERE uid NOT NULL ORDER BY uid"
    at = names.index("uid")
    for values in con.execute(sql):
        yield values[at], dict(zip(names, values, strict=True))


def _joined(
    mine: Iterator[tuple[str, Row]], theirs: Iterator[tuple[str, Row]]
) -> Iterator[tuple[str, Row | None, Row | None]]:
    one, other = next(mine, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None  # noqa: S101 - for the type checker
            yield one[0], one[1], None
            one = next(mine, None)
        elif one is None or other[0] < one[0]:
            yield other[0], None, other[1]
            other = next(theirs, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(mine, None), next(theirs, None)


def _same(name: str, one: Any, other: Any) -> bool:
    if one == other:
        return True
    if name == GEOMETRY_COLUMN:
        return canonical(one) == canonical(other)
    return one in {None, ""} and other in {None, ""} if not isinstance(one, bytes) else False


def fill_cells(pairs: Pairs, mine: sqlite3.Connection, theirs: sqlite3.Connection, step: int) -> None:
    """Give each pair the cells of its three states; `step` is the last one that both logs share."""
    here, there = Codes.read(mine), Codes.read(theirs)
    for pair in pairs.rows.values():
        pair.mine_cells = None if pair.mine is None else cells(pair.table, pair.mine, here)
        pair.theirs_cells = None if pair.theirs is None else cells(pair.table, pair.theirs, there)
    was_mine = _rewound(pairs, mine, step, {k: p.mine for k, p in pairs.rows.items()})
    was_theirs = _rewound(pairs, theirs, step, {k: p.theirs for k, p in pairs.rows.items()})
    then = here
    for link in CODE_LINKS:
        rows = {uid: was_mine[t, uid] or was_theirs[t, uid] for t, uid in pairs.rows if t == link.parent}
        then = then.replaced(rows, link.parent, link.parent_column)
    doubtful = []
    for key, pair in pairs.rows.items():
        states = [None if row is None else cells(pair.table, row, then) for row in (was_mine[key], was_theirs[key])]
        if agree(*states):
            pair.base = states[0]
        else:
            doubtful.append((pair, states))
    if doubtful:
        logged = _by_log(mine, step, {(p.table, p.uid) for p, _ in doubtful})
        for pair, (one, other) in doubtful:
            known = logged.get((pair.table, pair.uid))
            pair.base = _judged(one, other, None if known is None else cells(pair.table, known, then))


def agree(one: Cells | None, other: Cells | None) -> bool:
    """True if both states say the same of all the columns that both have."""
    if one is None or other is None:
        return one is other
    return all(one[k] == other[k] for k in one.keys() & other.keys()) and _named(one) == _named(other)


def _named(state: Cells) -> set[str]:
    return {k for k in state if k.startswith("settings.")}


def _rewound(
    pairs: Pairs, con: sqlite3.Connection, step: int, rows: dict[tuple[str, str], Row | None]
) -> dict[tuple[str, str], Row | None]:
    for entry in entries(con, after=step, newest=True):
        key = (entry.table, entry.uid or "")
        if key in pairs.rows:
            rows[key] = rewind(rows[key], entry)
    return rows


def _by_log(con: sqlite3.Connection, step: int, keys: set[tuple[str, str]]) -> dict[tuple[str, str], Row | None]:
    """What the shared log alone says of these rows after `step`; no entry for a row that it never mentions."""
    found: dict[tuple[str, str], Row | None] = {}
    for entry in entries(con):
        if entry.step > step:
            break
        key = (entry.table, entry.uid or "")
        if key in keys:
            found[key] = _played(found.get(key), entry)
    return found


def _played(row: Row | None, entry: LogEntry) -> Row | None:
    if entry.op == "delete":
        return None
    made = dict.fromkeys(TABLES[entry.table].columns) if entry.op == "insert" else dict(row or {})
    made |= entry.after
    if entry.before_geom is not None or entry.after_geom is not None:
        made[GEOMETRY_COLUMN] = entry.after_geom
    return made


def _judged(one: Cells | None, other: Cells | None, known: Cells | None) -> Cells | None:
    """The ancestor where the two rewound states (here, there) differ: one of the files was edited without a log."""
    if one is None or other is None:
        # Known to the log: the side without it deleted it. Unknown: the side with it added it, and nothing is lost.
        return (one or other) if known is not None else None
    made: Cells = {}
    for name in one.keys() | other.keys():
        here, there = one.get(name), other.get(name)
        if here == there:
            made[name] = here
        elif known is not None and name in known and known[name] in (here, there):
            made[name] = known[name]
        elif here is None or there is None:
            made[name] = None  # something was filled in
        else:
            made[name] = UNSURE
    return made
