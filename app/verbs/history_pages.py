"""The history as a window reads it: page by page, filtered, with what can be turned back from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from app.project import Project
from app.verbs import labels
from app.verbs.history import RowChange, code_of, row_change, with_origin
from gis.store import blob, log
from gis.store.history import stacks
from gis.store.log import Found, StepEntry
from gis.store.log_search import StepFilter, find_steps
from gis.store.log_search import people as _people
from models.changes import ChangeSet
from models.errors import Refused
from models.notices import N_
from models.progress import Watch

PAGE = 20


def row_page(
    project: Project, layer: str, fid: int, *, beyond: int | None = None, limit: int = PAGE
) -> list[RowChange]:
    """Changes of one row that is there, newest first; the next page begins `beyond` the last entry's number."""
    row = project.store.row(layer, fid)
    with project.store.reader() as con:
        found = log.entries(con, uid=row["uid"], newest=True, beyond=beyond, limit=limit)
        return [with_origin(con, row_change(e, str(row.get("code") or ""))) for e in list(found)]


def step_page(project: Project, step: int, *, beyond: int | None = None, limit: int = PAGE) -> list[RowChange]:
    """Rows that one step changed, in their order."""
    with project.store.reader() as con:
        found = list(log.entries(con, step=step, beyond=beyond, limit=limit))
        return [row_change(e, code_of(con, e)) for e in found]


@dataclass(frozen=True)
class Turnable:
    """Which steps stand now: the last one of `done` is the next to be taken back."""

    done: tuple[int, ...] = ()

    def back_to(self, step: int) -> int:
        """How many steps are to be undone to take `step` back; 0 if it does not stand."""
        return len(self.done) - self.done.index(step) if step in self.done else 0


def turnable(project: Project) -> Turnable:
    """Which steps can be taken back now."""
    with project.store.reader() as con:
        return Turnable(tuple(stacks(con).done))


def steps_page(project: Project, wanted: StepFilter, *, before: int | None = None, limit: int = 100) -> list[StepEntry]:
    """The last steps that the filter wants, newest first."""
    with project.store.reader() as con:
        return find_steps(con, wanted, before=before, limit=limit)


def people(project: Project) -> list[str]:
    """Everybody who changed something in the project."""
    with project.store.reader() as con:
        return _people(con)


def uid_of_code(project: Project, code: str) -> str:
    """The uid of what has or had the code. Raises Missing."""
    with project.store.reader() as con:
        return log.find_row(con, code).uid


def undo_to(project: Project, step: int, watch: Watch | None = None) -> list[ChangeSet]:
    """Take back `step` and all that came after it, the last first, each as a step of its own: redo brings them back.

    Raises Refused if the step does not stand (any more), or if another program changed a row since; Cancelled. The
    steps that were turned until then stay turned.
    """
    watch = watch or Watch()
    count = turnable(project).back_to(step)
    if not count:
        raise Refused("undo.not_done", N_("step {step} is taken back already"), step=step,
                      advice=N_("choose a step that stands"))  # fmt: skip
    done: list[ChangeSet] = []
    for n in range(count):
        watch.report(n / count)
        change = project.store.undo()
        if change is None:
            break
        done.append(change)
    return done


def restore_part(
    project: Project, layer: str, fid: int, step: int, *, fields: Sequence[str] = (), outline: bool = False
) -> ChangeSet:
    """Bring these fields, or the outline, of a row back to what they were after `step`, as a new step.

    Raises Missing (row, step, field), Refused (it was not there then, nothing would change, the code is taken).
    """
    row = project.store.row(layer, fid)
    label = labels.restored_part(layer, str(row.get("code") or ""), step, fields, outline=outline)
    return project.store.restore_row(label, Found(layer, row["uid"], fid), step, fields=fields, outline=outline)


def shape_of(body: bytes | None) -> BaseGeometry | None:
    """A stored outline; None if there is none, or none that can be read."""
    try:
        return None if body is None else blob.decode(body)
    except (ValueError, shapely.GEOSException):
        return None
