"""Brings a row back to what it was after an earlier step, as a new step that can be undone."""

from __future__ import annotations

from collections.abc import Collection

from gis.store.gpkg import quote
from gis.store.log import SYSTEM, Found, LogEntry, entries, no_such_step, rewind
from gis.store.step_log import last_step
from gis.store.steps import Row, Step
from gis.store.tables import GEOMETRY_COLUMN, LINKS, TABLES
from models.errors import Missing, Refused
from models.notices import N_


def restore_row(step: Step, found: Found, number: int, fields: Collection[str] | None, *, outline: bool) -> None:
    """Give the row the state that it had after step `number`: these fields (None: all) and, if wanted, the outline.

    A row that was deleted since comes back whole, with what went with it when it was deleted. Raises Refused if it was
    not there then or nothing would change, Missing for an unknown field.
    """
    if not 0 < number <= last_step(step.con):
        raise Missing("history.no_step", N_("there is no step {step}"), step=number,
                      advice=N_("history lists the steps"))  # fmt: skip
    now = None if found.fid is None else step.row(found.table, found.fid)
    then = now
    gone: LogEntry | None = None
    for entry in entries(step.con, uid=found.uid, after=number, newest=True):
        if gone is None and entry.op == "delete" and now is None:
            gone = entry
        then = rewind(then, entry)
    if then is None:
        raise no_such_step(number)
    if now is None:
        _bring_back(step, found.table, then)
        if gone is not None:
            _bring_children(step, found.table, then, gone)
        return
    values = {k: v for k, v in then.items() if k in now and k not in SYSTEM and _wanted(k, fields, outline)}
    for name in fields or ():
        if name not in values:
            raise Missing("field.unknown", N_("{table} has no field {field}"), advice=N_("known: {known}"),
                          table=found.table, field=name, known=", ".join(TABLES[found.table].columns))  # fmt: skip
    if not step.change_row(found.table, now, values):
        raise Refused("history.same", N_("it is as it was after step {step} already"), step=number)


def _wanted(name: str, fields: Collection[str] | None, outline: bool) -> bool:
    if name == GEOMETRY_COLUMN:
        return outline
    return fields is None or name in fields


def _bring_back(step: Step, table: str, row: Row) -> None:
    """Insert a row that is gone, under its old number where that is free."""
    present = step.columns(table)
    made = {k: v for k, v in row.items() if k in present and k != "fid"}
    if row.get("fid") is not None and step.find(table, int(row["fid"])) is None:
        made = {"fid": row["fid"], **made}
    step.check_code(table, made)
    step.insert(table, made)


def _bring_children(step: Step, parent: str, row: Row, gone: LogEntry) -> None:
    """What was deleted together with the row and belongs to it."""
    for link in LINKS:
        if link.parent != parent:
            continue
        for entry in entries(step.con, step=gone.step):
            value = entry.before.get(link.child_column)
            if entry.op != "delete" or entry.table != link.child or value != row.get(link.parent_column):
                continue
            there = f"SELECT 1 FROM {quote(link.child)} WHERE uid = ?"
            if step.con.execute(there, (entry.uid,)).fetchone() is None:
                child = rewind(None, entry) or {}
                _bring_back(step, link.child, child)
                _bring_children(step, link.child, child, gone)
