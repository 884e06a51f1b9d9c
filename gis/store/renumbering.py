"""Codes and names that both sides gave to different rows: who keeps it, and what the other is called then."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gis.store.gpkg import quote
from gis.store.steps import last_number
from gis.store.tables import SITE_TABLES, TABLES
from gis.store.threeway import Decision, Key
from models.merging import MergeConflict, Take
from models.notices import N_, Notice


@dataclass(frozen=True)
class CodeClash:
    """The copy's row (of `decision`) wants a code that a row of the project has."""

    conflict: MergeConflict
    decision: Decision
    column: str
    holder: Key
    holder_fid: int


@dataclass(frozen=True)
class Renaming:
    """A row of the project that gets another code, because the copy's row keeps it."""

    table: str
    fid: int
    column: str
    value: str


def unique_column(table: str) -> str | None:
    """The column by which people know a row: it must be the only one with its value."""
    return next((f.name for f in TABLES[table].fields if f.unique and not f.system), None)


def scope(table: str) -> tuple[str, ...]:
    """The tables among which the codes of a table must differ."""
    return SITE_TABLES if TABLES[table].site else (table,)


def holder_of(con: sqlite3.Connection, table: str, column: str, value: str) -> tuple[str, str, int] | None:
    """(table, uid, fid) of the row that has this code now."""
    for other in scope(table):
        sql = f"SELECT uid, fid FROM {quote(other)} WHERE {quote(column)} = ?"
        row = con.execute(sql, (value,)).fetchone()
        if row:
            return other, row[0], row[1]
    return None


def code_clashes(con: sqlite3.Connection, decisions: dict[Key, Decision], remarks: list[Notice]) -> list[CodeClash]:
    """The clashes of codes. A terrain of the same name and the same file is no clash: it is there already."""
    found = []
    for key, made in decisions.items():
        column = unique_column(key[0])
        if column is None or made.op not in {"insert", "update"} or made.values.get(column) is None:
            continue
        value = str(made.values[column])
        held = holder_of(con, key[0], column, value)
        if held is None or held[:2] == key or _moves_away(decisions.get(held[:2]), column, value):
            continue
        if key[0] == "terrains" and made.op == "insert" and _same_file(con, held[2], made):
            made.op, made.values = "keep", {}
            text = N_("terrain {name} is registered on both sides from the same file; it is kept once")
            remarks.append(Notice("merge.same_terrain", text, name=value))
            continue
        conflict = MergeConflict(f"{key[0]}/{value}/{column}", "code", key[0], key[1], value, column, None,
                                 _facts(con, held[0], held[2]), _plain(made), other=held[0])  # fmt: skip
        found.append(CodeClash(conflict, made, column, held[:2], held[2]))
    return found


def _moves_away(made: Decision | None, column: str, value: str) -> bool:
    if made is None:
        return False
    return made.op == "delete" or (made.op == "update" and made.values.get(column, value) != value)


def _same_file(con: sqlite3.Connection, fid: int, made: Decision) -> bool:
    row = con.execute("SELECT sha256 FROM terrains WHERE fid = ?", (fid,)).fetchone()
    return bool(row and row[0] and row[0] == made.values.get("sha256"))


NAMED_RECORDS = frozenset({"terrains", "basemaps"})
"""Tables whose record says the name of its row too."""
_SHOWN = ("code", "name", "district", "status", "kind", "producer", "path", "remarks", "created_at")


def _facts(con: sqlite3.Connection, table: str, fid: int) -> dict[str, Any]:
    names = [n for n in _SHOWN if TABLES[table].field_named(n)]
    row = con.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table)} WHERE fid = ?", (fid,)).fetchone()
    return {"table": table, **{n: v for n, v in zip(names, row, strict=True) if v is not None}}


def _plain(made: Decision) -> dict[str, Any]:
    state = made.pair.theirs_cells or {}
    return {"table": made.pair.table, **{n: state[n] for n in _SHOWN if state.get(n) is not None}}


def renamings(
    mine: sqlite3.Connection,
    theirs: sqlite3.Connection,
    decisions: dict[Key, Decision],
    clashes: list[CodeClash],
    side_of: Callable[[str], Take | None],
) -> list[Renaming]:
    """Carry out what was decided: "mine" gives the copy's row a new code, "theirs" the project's row."""
    fresh = _Fresh(mine, theirs, decisions)
    made: list[Renaming] = []
    for clash in clashes:
        side = side_of(clash.conflict.key)
        if side == "mine":
            name = fresh.code(clash.decision.pair.table, clash.conflict.code)
            clash.decision.values[clash.column] = name
            if clash.decision.pair.table in NAMED_RECORDS:
                clash.decision.values["record"] = renamed_record(clash.decision.values.get("record"), name)
        elif side == "theirs":
            made.append(Renaming(clash.holder[0], clash.holder_fid, clash.column,
                                 fresh.code(clash.holder[0], clash.conflict.code)))  # fmt: skip
    return made


def renamed_record(text: Any, name: str) -> Any:
    """The record of a terrain or basemap, which says its name too, with another name."""
    try:
        return json.dumps({**json.loads(text), "name": name}, ensure_ascii=False)
    except (TypeError, ValueError):
        return text


class _Fresh:
    """Codes that neither file uses."""

    def __init__(self, mine: sqlite3.Connection, theirs: sqlite3.Connection, decisions: dict[Key, Decision]) -> None:
        self._files = (mine, theirs)
        self._last: dict[str, int] = {}
        self._given: set[tuple[str, str]] = {
            (key[0], str(v)) for key, d in decisions.items() for v in (d.values.get(unique_column(key[0]) or ""),) if v
        }

    def code(self, table: str, old: str) -> str:
        """The next number of the layer; where there are no numbers, the old name with one behind it."""
        for made in self._candidates(table, old):
            free = all(holder_of(con, table, unique_column(table) or "code", made) is None for con in self._files)
            if free and not any((t, made) in self._given for t in scope(table)):
                self._given.add((table, made))
                return made
        raise AssertionError  # the candidates never end

    def _candidates(self, table: str, old: str) -> Iterator[str]:
        prefix = TABLES[table].code_prefix
        if prefix and table not in self._last:
            self._last[table] = max(last_number(con, TABLES[table]) for con in self._files)
        n = 1
        while True:
            if prefix:
                self._last[table] += 1
                yield f"{prefix}-{self._last[table]:03d}"
            else:
                n += 1
                yield f"{old}-{n}"
