"""Working copies for work without the office's file: given out, and brought back row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from app.project import Project
from app.verbs import labels
from app.verbs.csv_out import write_csv
from app.verbs.history import local_time
from app.verbs.photos_merged import bring_files
from gis.store import Store
from gis.store import merging as engine
from gis.store.merge_plan import Takes
from gis.store.tables import TABLES, field_word, table_word
from gis.store.working_copy import copy_out as _copy_out
from models.errors import Missing, Refused, Unreadable
from models.merging import MergeConflict, MergeReport, Take
from models.notices import N_, Notice, Translate, _same
from models.outline import OutlineFacts
from models.progress import Watch

KINDS = {
    "field": N_("both changed this field"),
    "outline": N_("both changed the outline"),
    "record": N_("both changed this record"),
    "deleted_here": N_("deleted in the project, changed in the copy"),
    "deleted_there": N_("deleted in the copy, changed in the project"),
    "code": N_("both used this code for different things"),
}
SIDES = ("mine", "theirs")


def copy_out(project: Project, out: Path, watch: Watch | None = None) -> dict[str, Any]:
    """A working copy at `out`; its mark: uid, revision, made_at, made_by, of. Terrain files are not copied.

    Raises Refused (no .gpkg name, exists), Missing (no such folder), Unwritable, Cancelled.
    """
    return _copy_out(project.store, Path(out), watch)


def merge(
    project: Project, copy: Path, *, takes: Mapping[str, Take] | None = None, others: Take | None = None,
    dry_run: bool = False, watch: Watch | None = None,
) -> MergeReport:  # fmt: skip
    """Bring a working copy back as one step. `takes` decides conflicts by key, `others` the rest (None: refused).

    Raises Missing (no such file), Refused (no copy of this project, a conflict is not decided), Unreadable, Unwritable,
    Cancelled: the project is as it was then. A trial changes nothing.
    """
    watch = watch or Watch()
    copy = Path(copy)
    if copy.exists() and copy.samefile(project.path):
        raise Refused("merge.itself", N_("this is the open project itself"), where=str(copy))
    if not dry_run:
        project.before_risky(
            Notice("snapshot.merge", N_("before the merge of {file}"), file=copy.name), watch.part(0.0, 0.2)
        )
    with Store.open(copy, read_only=True) as other:
        report = engine.merge(
            project.store, other, Takes(dict(takes or {}), others), dry_run=dry_run, watch=watch.part(0.2, 1.0)
        )
    return report if dry_run else replace(report, remarks=(*report.remarks, *bring_files(project, copy)))


def read_takes(path: Path) -> dict[str, Take]:
    """Decisions of a file: JSON ``[{"conflict": …, "take": "mine"}]`` or ``{key: "mine"}``, or a CSV of these columns.

    What ``merge --conflicts`` and ``merge --json`` wrote can be filled in and read back; an empty decision stays open.
    Raises Missing, Unreadable (no such form) or Refused (neither mine nor theirs), naming the line.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise Missing("file.absent", N_("there is no such file"), where=str(path)) from cause
    except (OSError, UnicodeDecodeError) as cause:
        raise Unreadable("takes.unreadable", N_("the decisions cannot be read"), where=str(path),
                         advice=N_("save the table as CSV in UTF-8")) from cause  # fmt: skip
    found: dict[str, Take] = {}
    for line, key, take in _pairs(text, str(path)):
        if not take:
            continue
        side = _side(take)
        if side is None:
            raise Refused("takes.value", N_("{take} is no decision"), where=f"{path}:{line}", take=take,
                          advice=N_("mine (the project) or theirs (the copy)"))  # fmt: skip
        found[key] = side
    return found


def _side(text: str) -> Take | None:
    words = {"mine": "mine", "theirs": "theirs", "本项目": "mine", "副本": "theirs"}
    return cast(Take | None, words.get(text.strip().casefold()))


def _pairs(text: str, where: str) -> Iterator[tuple[int, str, str]]:
    if text.lstrip()[:1] in {"[", "{"}:
        yield from _json_pairs(text, where)
        return
    rows = csv.reader(io.StringIO(text))
    head = [c.strip() for c in next(rows, [])]
    places = [next((i for i, c in enumerate(head) if c in names), -1) for names in (_KEY_HEADS, _TAKE_HEADS)]
    if -1 in places:
        raise Unreadable("takes.columns", N_("the table needs the columns conflict and take"), where=where)
    for n, row in enumerate(rows, start=2):
        if len(row) > max(places):
            yield n, row[places[0]].strip(), row[places[1]].strip()


_KEY_HEADS = {"conflict", "冲突"}
_TAKE_HEADS = {"take", "采用"}


def _json_pairs(text: str, where: str) -> Iterator[tuple[int, str, str]]:
    try:
        data = json.loads(text)
        data = data.get("conflicts", data) if isinstance(data, dict) else data
        pairs = data.items() if isinstance(data, dict) else [(d["conflict"], d.get("take")) for d in data]
        made = [(n, str(k), str(v or "")) for n, (k, v) in enumerate(pairs, start=1)]
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise Unreadable("takes.json", N_("the decisions are not of the form that merge --json prints"),
                         where=where) from cause  # fmt: skip
    yield from made


# Conflicts side by side


def side_words(conflict: MergeConflict, side: Any, translate: Translate = _same) -> str:
    """One side of a conflict on one line: a value, an outline by area and points, or the fields concerned."""
    if side is None:
        return translate(N_("(not there)")) if conflict.kind in {"deleted_here", "deleted_there"} else "—"
    if isinstance(side, OutlineFacts):
        return translate(N_("{area} m², {n} points")).format(area=f"{side.area_m2:.1f}", n=side.vertices)
    if isinstance(side, dict):
        return "; ".join(f"{field_name(conflict.table, k, translate)} {_value(conflict, k, v, translate)}"
                         for k, v in side.items() if k not in {"table", "record"} and v is not None)  # fmt: skip
    return _value(conflict, conflict.field, side, translate)


def _value(conflict: MergeConflict, name: str, value: Any, translate: Translate) -> str:
    """A value in words, with its unit: a choice by its label."""
    if isinstance(value, OutlineFacts | dict):
        return side_words(conflict, value, translate)
    f = TABLES[conflict.table].field_named(name)
    if f is not None and f.kind == "datetime" and value:
        return local_time(str(value))
    word = labels.value_word(conflict.table, name, value, short=False)
    unit = labels.unit_of(conflict.table, name)
    return (word.render(translate) if isinstance(word, Notice) else str(word)) + (f" {unit}" if unit else "")


def field_name(table: str, name: str, translate: Translate = _same) -> str:
    """A field of a conflict as people call it."""
    word = field_word(table, "name" if name == "settings.name" else name)
    if name in {"geom", "outline"}:
        return translate(N_("outline"))
    return word.render(translate) if isinstance(word, Notice) else word


def conflict_row(conflict: MergeConflict, translate: Translate = _same) -> list[str]:
    """A conflict as a line of a table: key, kind, what, code, field, ancestor, mine, theirs, decision."""
    what = table_word(conflict.table)
    kind = translate(KINDS[conflict.kind])
    if conflict.below:
        kind += translate(N_("; {n} rows belong to it")).format(n=conflict.below)
    sides = [side_words(conflict, s, translate) for s in (conflict.base, conflict.mine, conflict.theirs)]
    return [conflict.key, kind, what.render(translate) if isinstance(what, Notice) else what, conflict.code,
            field_name(conflict.table, conflict.field, translate) if conflict.field else "", *sides,
            conflict.take or ""]  # fmt: skip


CONFLICT_HEADS = (N_("conflict"), N_("what happened"), N_("table"), N_("code"), N_("field"), N_("before"), N_("mine"),
                  N_("theirs"), N_("take"))  # fmt: skip


def write_conflicts(report: MergeReport, out: Path, *, overwrite: bool = False, translate: Translate = _same) -> int:
    """The conflicts as a CSV whose last column waits for decisions; `read_takes` reads it back."""
    rows = (conflict_row(c, translate) for c in report.conflicts)
    return write_csv(Path(out), [translate(h) for h in CONFLICT_HEADS], rows, overwrite=overwrite)
