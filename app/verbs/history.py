"""What happened to a project: undo and redo, the history of a feature, earlier states, the log for an audit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.project import Project
from app.verbs import labels
from app.verbs.csv_out import write_csv
from gis.store import log
from gis.store.log import LogEntry, StepEntry
from gis.store.tables import TABLES, field_word, table_word
from models.changes import ChangeSet
from models.errors import Missing, Refused
from models.merging import CopyStep
from models.notices import N_, Notice, Translate, _same
from models.outline import OutlineFacts
from models.progress import Watch

OPS = {"insert": N_("made"), "update": N_("changed"), "delete": N_("deleted")}


def local_time(at: str) -> str:
    """A time of the log in this computer's zone, with the zone: 2026-11-26T19:30:34+08:00."""
    try:
        return datetime.fromisoformat(at).astimezone().isoformat(timespec="seconds")
    except ValueError:
        return at


def turn(project: Project, steps: int = 1, *, back: bool = True) -> list[ChangeSet]:
    """Undo (`back`) or redo so many steps, one by one; fewer if there are no more.

    Raises Refused if there is nothing at all, or if another program changed a row since; the steps before stay turned.
    """
    done: list[ChangeSet] = []
    while len(done) < steps:
        change = project.store.undo() if back else project.store.redo()
        if change is None:
            break
        done.append(change)
    if not done:
        text = N_("there is nothing to undo") if back else N_("there is nothing to redo")
        raise Refused("undo.nothing" if back else "redo.nothing", text, where=str(project.path))
    return done


@dataclass(frozen=True)
class FieldChange:
    """One field of one row: the stored values, for people in words of `value_word`."""

    table: str
    name: str
    old: Any
    new: Any

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """{field, label, unit, old, new, old_words, new_words}."""
        old, new = (labels.value_word(self.table, self.name, v, short=False) for v in (self.old, self.new))
        return {
            "field": self.name,
            "label": _said(field_word(self.table, self.name), translate),
            "unit": labels.unit_of(self.table, self.name),
            "old": self.old,
            "new": self.new,
            "old_words": _said(old, translate),
            "new_words": _said(new, translate),
        }


def _said(value: Any, translate: Translate) -> str:
    return value.render(translate) if isinstance(value, Notice) else str(value)


@dataclass(frozen=True)
class RowChange:
    """What one step did to one row: who, when, field by field; outlines by area and number of vertices.

    `before` and `after` are None where the step did not touch the outline or there was none.
    """

    entry: LogEntry
    code: str
    fields: tuple[FieldChange, ...]
    before: OutlineFacts | None
    after: OutlineFacts | None
    origin: tuple[CopyStep, ...] = ()
    """The steps of a working copy that came in with this one: who changed the row there, and when."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``history --json`` prints for each entry; times with the zone of this computer."""
        e = self.entry
        return {
            "step": e.step,
            "kind": e.kind,
            "target": e.target,
            "at": local_time(e.at),
            "user": e.user,
            "label": e.label.render(translate),
            "table": e.table,
            "code": self.code,
            "uid": e.uid,
            "op": e.op,
            "fields": [f.to_json(translate) for f in self.fields],
            "outline": self._outline(),
            "origin": [
                {"step": s.step, "at": local_time(s.at), "user": s.user, "label": s.label.render(translate)}
                for s in self.origin
            ],
        }

    def _outline(self) -> dict[str, Any] | None:
        if self.before is None and self.after is None:
            return None
        made: dict[str, Any] = {}
        for name, facts in (("before", self.before), ("after", self.after)):
            made[name] = facts and facts.to_json()
        both = self.before is not None and self.after is not None
        made["area_change_m2"] = self.after.area_m2 - self.before.area_m2 if both else None  # type: ignore[union-attr]
        return made


def row_change(entry: LogEntry, code: str = "") -> RowChange:
    """An entry of the log in the form in which it is shown; `code` where the entry itself says none."""
    known = TABLES.get(entry.table)
    skip = known.json if known else frozenset[str]()  # records are long; what is said of them stands in other columns
    fields = tuple(FieldChange(entry.table, *f) for f in entry.fields if f[0] not in skip or entry.table == "project")
    touched = entry.op != "update" or entry.moved
    old, new = (log.outline_facts(b) if touched else None for b in (entry.before_geom, entry.after_geom))
    own = entry.after.get("code") or entry.before.get("code") or code
    return RowChange(entry, str(own or ""), fields, old, new)


def feature_history(project: Project, code: str) -> list[RowChange]:
    """Every change of the feature or waste with this code, newest first; deleted ones are found too.

    Raises Missing if nothing has or had the code.
    """
    with project.store.reader() as con:
        found = log.find_row(con, code)
        return [with_origin(con, row_change(e, code)) for e in log.entries(con, uid=found.uid, newest=True)]


def with_origin(con: sqlite3.Connection, change: RowChange) -> RowChange:
    """A change with the steps of the working copy from which a merge brought the change."""
    e = change.entry
    if e.label.key != "copy.merge" or e.kind != "do":
        return change
    for entry in log.entries(con, step=e.step, table="merges"):
        record = json.loads(entry.after["record"])
        numbers = set(record["steps"].get(f"{e.table}/{e.uid}", ()))
        steps = tuple(CopyStep.from_json(s) for s in record["log"] if s["step"] in numbers)
        return replace(change, origin=steps)
    return change


def step_changes(project: Project, step: int) -> list[RowChange]:
    """Every row that one step changed. Raises Missing if there is no such step."""
    with project.store.reader() as con:
        found = [row_change(e, code_of(con, e)) for e in log.entries(con, step=step)]
    if not found:
        raise Missing("history.no_step", N_("there is no step {step}"), step=step,
                      advice=N_("history lists the steps"))  # fmt: skip
    return found


def code_of(con: Any, entry: LogEntry) -> str:
    """The present code of the row that an entry changed, "" if it has none or the entry itself says it."""
    table = TABLES.get(entry.table)
    if table is None or table.field_named("code") is None or entry.op != "update":
        return ""
    row = con.execute(f'SELECT code FROM "{table.key}" WHERE uid = ?', (entry.uid,)).fetchone()  # noqa: S608 - declared
    return str(row[0]) if row else ""


def steps(project: Project, limit: int | None = None) -> list[StepEntry]:
    """The last steps of the project, newest first."""
    with project.store.reader() as con:
        return log.steps(con, limit=limit)


def deleted_features(project: Project) -> list[RowChange]:
    """What was deleted and can be restored, newest first."""
    with project.store.reader() as con:
        return [row_change(e) for e in log.deleted(con)]


def restore(
    project: Project, code: str, step: int, *, fields: Sequence[str] | None = None, outline: bool | None = None
) -> ChangeSet:
    """Bring a feature or waste back to what it was after `step`, as a new step: all of it, some fields, the outline.

    A deleted one comes back whole, with what was deleted with it. Raises Missing (code, step, field), Refused (it was
    not there then, nothing would change, its code is taken).
    """
    with project.store.reader() as con:
        found = log.find_row(con, code)
    whole = outline if outline is not None else fields is None
    if outline and fields is None:
        fields = ()
    label = labels.restored(found.table, code, step)
    return project.store.restore_row(label, found, step, fields=fields, outline=whole)


def _head(translate: Translate) -> list[str]:
    texts = (N_("step"), N_("kind"), N_("turns step"), N_("time"), N_("user"), N_("what was done"), N_("operation"),
             N_("table"), N_("code"), N_("uid"), N_("field"), N_("old"), N_("new"), N_("unit"))  # fmt: skip
    return [translate(t) for t in texts]


_KINDS = {"do": N_("do"), "undo": N_("undo"), "redo": N_("redo")}


def _log_rows(change: RowChange, translate: Translate) -> Iterator[list[Any]]:
    """The lines of one entry: one for each changed field, one for a changed outline; at least one."""
    e = change.entry
    head = [e.step, translate(_KINDS.get(e.kind, e.kind)), e.target, local_time(e.at), e.user,
            e.label.render(translate), translate(OPS.get(e.op, e.op)), _said(table_word(e.table), translate),
            change.code, e.uid]  # fmt: skip
    said = False
    for f in (f.to_json(translate) for f in change.fields):
        said = True
        yield [*head, f["label"], *("" if f[k] is None else f[f"{k}_words"] for k in ("old", "new")), f["unit"]]
    if change.before is not None or change.after is not None:
        said = True
        text = translate(N_("{area} m², {n} points"))
        sides = ["" if o is None else text.format(area=f"{o.area_m2:.2f}", n=o.vertices)
                 for o in (change.before, change.after)]  # fmt: skip
        yield [*head, translate(N_("outline")), *sides, ""]
    if not said:
        yield [*head, "", "", "", ""]


def export_log(
    project: Project, out: Path, *, overwrite: bool = False, translate: Translate = _same, watch: Watch | None = None
) -> int:
    """The whole change log as a CSV for an audit, with the marks of undo and redo; returns the number of its lines.

    Raises Refused (name, exists), Missing (folder), Unwritable, Cancelled.
    """
    watch = watch or Watch()
    total = max(1, project.store.count("change_log"))

    def lines() -> Iterator[list[Any]]:
        with project.store.reader() as con:
            codes: dict[str | None, str] = {}
            for n, entry in enumerate(log.entries(con)):
                change = row_change(entry, codes.get(entry.uid, ""))
                codes[entry.uid] = change.code
                yield from _log_rows(change, translate)
                if n % 500 == 0:
                    watch.report(n / total)

    return write_csv(Path(out), _head(translate), lines(), overwrite=overwrite)
