"""What of a wreck is believed: rows of pages against the change log, which knows each row a second time.

Where the log is whole (its seal holds) and no other program wrote since, it is the truth: a row that reads otherwise
was damaged. Where the log is not whole, the row of the page goes first and the log fills the gaps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import shapely

from gis.store import blob, mark
from gis.store.records import NO_RECORD, RECORDS
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from gis.store.wreck import Row, Wreck, WreckTable, mark_of


@dataclass
class SalvagedTable:
    """The rows of one table as they are to be written, by fid, and how they were come by.

    `from_log`: taken from the change log. `doubtful`: may not be the last state. `no_outline`: the geometry is lost.
    `refused`: rows that contradict others or hold no record that can be read. `lost`: rows known to have been there, by
    fid, with their code where it is known.
    """

    name: str
    rows: dict[int, Row] = field(default_factory=dict)
    from_log: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    no_outline: set[int] = field(default_factory=set)
    refused: dict[int, Row] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)


@dataclass
class Salvage:
    """`log`: the whole change log in its order where it can be trusted, else None; `log_rows`: what there is of it."""

    tables: dict[str, SalvagedTable]
    log: list[tuple[Any, ...]] | None
    log_rows: list[Row]
    changed_outside: bool


@dataclass
class _State:
    """A row as the log ends."""

    row: Row
    gone: bool = False
    whole: bool = True


def salvage(wreck: Wreck) -> Salvage:
    """Decide for each row what it was."""
    log_rows = [row for _, row in sorted(wreck.tables["change_log"].rows.items())]
    listed = [tuple(row.get(c) for c in mark.LOG_COLUMNS) for row in log_rows]
    whole, ours = _log_is_whole(wreck, listed), _last_write_is_ours(wreck)
    states = _end_states(log_rows)
    tables = {
        key: _table(table, wreck.tables[key], states.get(key, {}), believe=whole and ours)
        for key, table in TABLES.items()
        if key != "change_log"
    }
    for key, of_table in tables.items():
        _refuse_doubles(TABLES[key], of_table)
    return Salvage(tables, listed if whole else None, log_rows, whole and not ours)


def _log_is_whole(wreck: Wreck, listed: list[tuple[Any, ...]]) -> bool:
    table, present = wreck.tables["change_log"], mark_of(wreck)
    if present is not None and present.start == 0:
        try:
            return mark.seals(listed, present)
        except TypeError:
            return False
    # A file from before there were marks: no page of the log is broken, and none of its rows is missing.
    counted = wreck.tables.get("sqlite_sequence")
    said = [r.get("seq") for r in counted.rows.values() if r.get("name") == "change_log"] if counted else []
    return (
        bool(listed)
        and not table.broken
        and not table.doubtful
        and sorted(table.rows) == list(range(1, len(table.rows) + 1))
        and said == [len(table.rows)]
    )


def _last_write_is_ours(wreck: Wreck) -> bool:
    present = mark_of(wreck)
    return present is not None and wreck.counter is not None and present.counter == wreck.counter


def _end_states(log_rows: list[Row]) -> dict[str, dict[int, _State]]:
    found: dict[str, dict[int, _State]] = {}
    for entry in log_rows:
        table, fid, op = entry.get("table_name"), entry.get("row_fid"), entry.get("op")
        if table not in TABLES or not isinstance(fid, int):
            continue
        states = found.setdefault(str(table), {})
        if op == "delete":
            states[fid] = _State({}, gone=True)
            continue
        try:
            after = {k: bytes.fromhex(v["$hex"]) if isinstance(v, dict) else v
                     for k, v in json.loads(entry.get("after") or "{}").items()}  # fmt: skip
        except NO_RECORD:
            continue
        if entry.get("after_geom") is not None or entry.get("before_geom") is not None:
            after[GEOMETRY_COLUMN] = entry.get("after_geom")
        old = states.get(fid)
        if op == "insert" or old is None or old.gone:
            states[fid] = _State(after, whole=op == "insert")
        else:
            old.row.update(after)
    return found


def _table(table: Table, wreck: WreckTable, states: dict[int, _State], *, believe: bool) -> SalvagedTable:
    made = SalvagedTable(table.key)
    alive = {fid for fid, state in states.items() if not state.gone}
    for fid in sorted({*wreck.rows, *alive}):
        page, state = wreck.rows.get(fid), states.get(fid)
        if page is None and state is not None:
            made.rows[fid] = {"fid": fid, **state.row}
            made.from_log.add(fid)
            if not believe or not state.whole:
                made.doubtful.add(fid)
        elif page is not None:
            _decide(table, made, page, state, believe=believe, loose=fid in wreck.doubtful)
    for fid, row in list(made.rows.items()):
        _check(table, made, fid, row, states.get(fid))
    gone = {fid for fid, state in states.items() if state.gone}
    made.lost = {fid: code for fid, code in wreck.seen.items() if fid not in made.rows and fid not in gone}
    return made


def _decide(table: Table, made: SalvagedTable, page: Row, state: _State | None, *, believe: bool, loose: bool) -> None:
    fid = page["fid"]
    if state is None:
        if not (believe and loose and not table.kept):  # a whole log that does not know it: a row of long ago
            made.rows[fid] = page
            made.doubtful |= {fid} if loose else set()
        return
    if state.gone:
        if not believe and not loose:
            made.rows[fid] = page
            made.doubtful.add(fid)
        return
    own = (*table.columns, *([GEOMETRY_COLUMN] if table.geometry else []))
    same = all(page.get(c) == state.row.get(c) for c in own if state.whole or c in state.row)
    if same:
        made.rows[fid] = page
    elif believe or loose:
        kept = {k: v for k, v in page.items() if k not in own or (not state.whole and k not in state.row)}
        made.rows[fid] = {**kept, "fid": fid, **state.row}
        made.from_log.add(fid)
        made.doubtful |= set() if believe else {fid}
    else:
        made.rows[fid] = page
        made.doubtful.add(fid)


def _check(table: Table, made: SalvagedTable, fid: int, row: Row, state: _State | None) -> None:
    """Leave out what would make the new project unsound: records that cannot be read, outlines that are none."""
    for column in table.json:
        try:
            document = json.loads(row[column]) if row.get(column) is not None else None
            if table.key in RECORDS and column == "record":
                RECORDS[table.key](document or {})
        except NO_RECORD:
            made.refused[fid] = made.rows.pop(fid)
            return
    if table.geometry and not _is_shape(row.get(GEOMETRY_COLUMN)):
        logged = state.row.get(GEOMETRY_COLUMN) if state else None
        row[GEOMETRY_COLUMN] = logged if _is_shape(logged) else None
        (made.from_log if row[GEOMETRY_COLUMN] else made.no_outline).add(fid)


def _is_shape(body: Any) -> bool:
    try:
        return isinstance(body, bytes) and not blob.decode(body).is_empty
    except (ValueError, shapely.GEOSException):
        return False


def _refuse_doubles(table: Table, made: SalvagedTable) -> None:
    """A value that must stand once stands once: the row that is sure goes before one that is not."""
    for f in table.fields:
        if not f.unique:
            continue
        taken: dict[Any, int] = {}
        for fid in _surest_first(made):
            value = made.rows[fid].get(f.name)
            if value is not None and value in taken:
                made.refused[fid] = made.rows.pop(fid)
            elif value is not None:
                taken[value] = fid


def _surest_first(made: SalvagedTable) -> Iterable[int]:
    return sorted(made.rows, key=lambda fid: (fid in made.doubtful, fid))
