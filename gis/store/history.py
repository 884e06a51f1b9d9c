"""Undo and redo over the change log. History is never rewritten: an undo is a step of its own."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gis.store.step_log import from_text
from gis.store.steps import Step
from gis.store.tables import GEOMETRY_COLUMN, TABLES, table_word
from models.errors import Refused
from models.notices import N_, Notice


@dataclass
class Stacks:
    """Which steps can be undone and redone, after step `upto`."""

    upto: int = 0
    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)


def stacks(con: sqlite3.Connection, known: Stacks | None = None) -> Stacks:
    """The stacks as the log has them now; `known` from before is carried on instead of reading the whole log again."""
    now = known or Stacks()
    query = "SELECT DISTINCT step, kind, target FROM change_log WHERE step > ? ORDER BY step"
    for step, kind, target in con.execute(query, (now.upto,)):
        now.upto = step
        if kind == "do":
            now.done.append(step)
            now.undone.clear()
        elif kind == "undo":
            _take(now.done, target)
            now.undone.append(target)
        elif kind == "redo":
            _take(now.undone, target)
            now.done.append(target)
        else:  # a rescue: where the history of a new file begins
            now.done.clear()
            now.undone.clear()
    return now


def _take(steps: list[int], target: int) -> None:
    if steps and steps[-1] == target:  # as it is but for steps that two programs turned in turn
        steps.pop()
    elif target in steps:
        steps.remove(target)


def label_of(con: sqlite3.Connection, step: int) -> Notice:
    """The label under which a step was made."""
    row = con.execute("SELECT label FROM change_log WHERE step = ? LIMIT 1", (step,)).fetchone()
    return Notice.from_json(json.loads(row[0]))


def turn(con: sqlite3.Connection, target: int, *, back: bool) -> Step:
    """Undo (`back`) or redo the step `target` inside the transaction at hand; the step that does it, unfinished.

    Raises Refused if a row is no longer as the step left it, so that nobody else's edit is overwritten silently.
    """
    what = label_of(con, target)
    text = N_("undo: {what}") if back else N_("redo: {what}")
    label = Notice("store.undo" if back else "store.redo", text, what=what)
    order = "DESC" if back else "ASC"
    rows = con.execute(
        "SELECT table_name, row_fid, op, before, after, before_geom, after_geom FROM change_log "
        f"WHERE step = ? ORDER BY fid {order}",
        (target,),
    ).fetchall()
    lost = "delete" if back else "insert"  # what brings rows in again
    coming = Counter(r[0] for r in rows if r[2] == lost)
    step = Step(con, label, "undo" if back else "redo", target, expected=coming)
    for table, fid, op, *sides in rows:
        before, after = ({} if t is None else from_text(t) for t in sides[:2])
        for side, body in ((before, sides[2]), (after, sides[3])):
            if body is not None or sides[2] is not None or sides[3] is not None:
                side[GEOMETRY_COLUMN] = body
        if back:
            before, after = after, before
            op = {"insert": "delete", "delete": "insert"}.get(op, op)  # noqa: PLW2901 - the inverse
        _replay(step, table, fid, op, before, after, what)
    return step


def _replay(
    step: Step, table: str, fid: int, op: str, before: dict[str, Any], after: dict[str, Any], what: Notice
) -> None:
    present = step.find(table, fid)
    if op == "insert":
        if present is not None:
            raise _changed_outside(table, fid, what)
        step.insert(table, {"fid": fid, **after})
        return
    # An insert logs no empty columns; the row must still be empty there.
    columns = [*TABLES[table].columns, *before] if op == "delete" else before
    if present is None or any(present.get(k) != before.get(k) for k in columns):
        raise _changed_outside(table, fid, what)
    if op == "delete":
        step.delete(table, present)
    else:
        step.update(table, present, after)


def _changed_outside(table: str, fid: int, what: Notice) -> Refused:
    return Refused("undo.changed_outside",
                   N_("{step} cannot be turned back: row {fid} of {table} was changed by another program since"),
                   advice=N_("change it by hand"), step=what, fid=fid, table=table_word(table))  # fmt: skip
