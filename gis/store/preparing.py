"""The values of changes, checked and in the form that is stored; many new rows of one table column by column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from gis.store import reading
from gis.store.table import Table
from gis.store.tables import TABLES, table_word
from gis.store.values import are_tidy_codes, stored_values
from models.changes import Change, Delete, Insert
from models.errors import Refused
from models.notices import N_

WORTHWHILE = 200
"""Fewer rows than this go one by one."""

Row = dict[str, Any]


def runs(changes: Sequence[Change]) -> list[range]:
    """The changes in their order, as runs: long ones of new rows of one table, and single changes."""
    found: list[range] = []
    at = 0
    while at < len(changes):
        end, table = at, changes[at].table
        while end < len(changes) and isinstance(changes[end], Insert) and changes[end].table == table:
            end += 1
        if end - at < WORTHWHILE:
            found += (range(i, i + 1) for i in range(at, max(end, at + 1)))
        else:
            found.append(range(at, end))
        at = max(end, at + 1)
    return found


def prepared(changes: Sequence[Change], parts: Sequence[range]) -> list[Row]:
    """What each change writes, without its geometry. `parts`: as `runs` finds them.

    A row of a long run may be that of the change itself, its geometry among it. Raises Refused or Missing.
    """
    made: list[Row] = []
    for part in parts:
        rows = [changes[i].values for i in part] if len(part) > 1 else []  # type: ignore[union-attr]
        if rows and _are_plain(TABLES.get(changes[part[0]].table), rows):
            made += rows
        else:
            made += (_prepare(changes[i]) for i in part)
    return made


def _prepare(change: Change) -> Row:
    table = reading.table_named(change.table)
    new = isinstance(change, Insert)
    if table.key == "change_log" or (table.kept and (new or isinstance(change, Delete))):
        raise Refused("table.kept", N_("{table} is kept by the program and cannot be changed"),
                      table=table_word(table.key))  # fmt: skip
    return {} if isinstance(change, Delete) else stored_values(table, change.values, new=new)


def _are_plain(table: Table | None, rows: Sequence[Row]) -> bool:
    """True where no value of these new rows needs a second look, which is nearly always so for a large file."""
    if table is None or table.kept:
        return False
    names = dict.fromkeys(chain.from_iterable(rows))
    if any(f.name not in names for f in table.required):
        return False
    required = {f.name for f in table.required}
    for name in names:
        if name == "geometry" and table.geometry:
            continue
        values = [row[name] for row in rows if name in row]
        if name in required and len(values) < len(rows):
            return False
        kind = table.plain.get(name)
        kinds = set(map(type, values))
        if kind is str and kinds == {str}:
            if not ("".join(values).isprintable() and all(map(str.strip, values))):
                return False
        elif kind is float and kinds == {float}:
            if not all(v - v == 0.0 for v in values):
                return False
        elif not (name == "code" and table.code_prefix and kinds == {str} and are_tidy_codes(values)):
            return False
    return True
