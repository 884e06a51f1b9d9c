"""Beside QGIS and GDAL: what they changed since our last step, told and taken into the change log."""

from __future__ import annotations

from dataclasses import replace

from gis.store import Store
from gis.store.outside import Difference
from gis.store.tables import table_word
from models.notices import N_, Notice
from models.outside import OutsideChange, OutsideReport
from models.problems import Problem
from models.progress import Watch

_EACH = 50
_WHAT = {
    "insert": N_("{row} was added to {table} by another program; the change log does not know it"),
    "update": N_("{row} of {table} was changed by another program ({fields}); the change log does not know it"),
    "delete": N_("{row} was removed from {table} by another program; the change log does not know it"),
}


def outside_changes(store: Store, watch: Watch | None = None) -> OutsideReport:
    """What other programs did since our last step; nothing is written.

    The rows are compared only where SQLite's change counter is not the one of our last commit.
    """
    found = store.outside(watch) if store.changed_outside else []
    return _with_foreign(store, OutsideReport(_changes(found)))


def adopt_outside(store: Store, watch: Watch | None = None) -> OutsideReport:
    """As `outside_changes`, and the change log takes the changes in as one step that can be undone.

    Rows without uid, code and times get them. Raises Unwritable, Cancelled; nothing changed then.
    """
    label = Notice("store.adopted", N_("adopted from another program"))
    done = store.adopt(label, watch) if store.changed_outside else None
    if done is None:
        return _with_foreign(store, OutsideReport(()))
    step, found = done
    return _with_foreign(store, OutsideReport(_changes(found), adopted=step.revision))


def _changes(found: list[Difference]) -> tuple[OutsideChange, ...]:
    return tuple(OutsideChange(d.table, d.fid, d.name, d.op, tuple(d.after) if d.op == "update" else ()) for d in found)


def _with_foreign(store: Store, report: OutsideReport) -> OutsideReport:
    found = store.foreign()
    return replace(report, foreign_tables=found.tables, foreign_columns=found.columns, foreign_styles=found.styles)


def outside_problems(report: OutsideReport) -> list[Problem]:
    """What a check says of them: one sentence for all, then row by row. They are no errors: nothing is damaged."""
    notice = report.notice()
    if notice is None or report.adopted is not None:
        return []
    found = [Problem(notice.key, "warning", notice)]
    for c in report.changes[:_EACH]:
        what = Notice("row.changed_outside", _WHAT[c.op], row=c.row, table=table_word(c.table),
                      fields=", ".join(c.fields))  # fmt: skip
        found.append(Problem(what.key, "warning", what, c.table, c.fid))
    return found
