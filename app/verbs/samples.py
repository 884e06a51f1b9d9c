"""Laboratory values from a table into the project: every row taken or named with its reason, as one undo step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.project import Project
from app.verbs.lab.grids import Grid, column_number, read_grids
from app.verbs.lab.layout import SEARCH_ROWS, Layout, find_layout
from app.verbs.lab.rows import Given, rows_of, understood
from app.verbs.sample_rows import Row, plain_head, read_rows, understand
from gis.store import lab_row
from models.changes import Change, Insert, Update
from models.errors import Missing, Refused
from models.lab_units import convert
from models.methods import read_method
from models.notices import N_, Notice, Translate, _same
from models.waste import LabValue

_MEMORY = "lab_tables"
"""Key in the project's settings: what was said of tables, by their headings."""


@dataclass(frozen=True)
class SkippedRow:
    """A row of the file that was not taken, and why. `cell` where its value stands, "" in the plain form."""

    row: int
    reason: Notice
    cell: str = ""


@dataclass
class SamplesReport:
    """What became of each row. `updated` stays 0: a value that differs from a kept one is reported, not overwritten.

    `understood` says what was taken for what; `values` are the lab values taken (or, in a trial, that would be).
    """

    added: int = 0
    updated: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    encoding: str = ""
    understood: list[Notice] = field(default_factory=list)
    values: list[LabValue] = field(default_factory=list)
    trial: bool = False

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """{added, updated, skipped[{row, cell, reason}], warnings, encoding, understood, dry_run}, in words."""
        return {
            "added": self.added,
            "updated": self.updated,
            "skipped": [{"row": s.row, "cell": s.cell, "reason": s.reason.render(translate)} for s in self.skipped],
            "warnings": [w.render(translate) for w in self.warnings],
            "encoding": self.encoding,
            "understood": [u.render(translate) for u in self.understood],
            "dry_run": self.trial,
        }


_Key = tuple[str, str, str, str]


def import_samples(project: Project, path: Path, given: Given | None = None, *, trial: bool = False) -> SamplesReport:
    """Import the values of a laboratory's table: CSV, XLSX or DOCX, in either orientation.

    The plain form is ``waste,sample,date,method,parameter,value,unit`` (headings in English or Chinese). What a table
    does not say of its values (waste, leach test, date, unit) comes from `given`, or, for columns and unit, from what
    was given for the last table with the same headings; both are said. `trial` writes nothing. Raises Missing or
    Unreadable for the file, Refused when it holds no such table, several, or not enough is said. Cells that cannot be
    used are skipped with their reason: unknown waste or parameter, no unit, no method, impossible value, a value that
    is already there or contradicts the one that is.
    """
    path = Path(path)
    report = SamplesReport(trial=trial)
    rows, remembered = _rows(project, path, given or Given(), report)
    wastes = project.store.codes("wastes")
    sites = {s.code for s in project.store.sites()}
    kept: dict[_Key, LabValue] = {_key(v): v for v in project.store.lab_values()}
    samples = {(r["waste"], r["code"]): dict(r) for r in project.store.rows("samples")}
    fuller: dict[int, dict[str, Any]] = {}
    changes: list[Change] = []
    for row in rows:
        try:
            value, remarks = understand(row, wastes, sites)
            _refuse_known(value, kept)
        except Refused as error:
            report.skipped.append(SkippedRow(row.number, _reason(error), row.place))
            continue
        kept[_key(value)] = value
        report.warnings += [r for r in remarks if r not in report.warnings]
        said = _sample(row, value)
        known = samples.setdefault((value.waste, value.sample), said)
        if known is said:
            changes.append(Insert("samples", said))
        elif lacking := {k: v for k, v in said.items() if v not in {None, ""} and known.get(k) in {None, ""}}:
            known |= lacking  # an Insert of this import carries it, a sample of the project is updated
            if "fid" in known:
                fuller.setdefault(known["fid"], {}).update(lacking)
        changes.append(Insert("lab_values", lab_row(value)))
        report.values.append(value)
        report.added += 1
    changes += [Update("samples", fid, values) for fid, values in fuller.items()]
    if changes and not trial:
        changes += remembered
        project.before_risky(Notice("snapshot.import", N_("before the import of {file}"), file=path.name))
        project.store.transact(Notice("samples.import", N_("import {n} laboratory values"), n=report.added), changes)
    return report


def _rows(project: Project, path: Path, given: Given, report: SamplesReport) -> tuple[list[Row], list[Change]]:
    """The rows of the file, and what is to be remembered of how it was understood."""
    plain: Refused | None = None
    if given == Given():
        try:
            rows, report.encoding = read_rows(path)
        except Refused as error:
            if error.key not in {"samples.columns", "samples.not_csv"}:
                raise
            plain = error if error.key == "samples.columns" else None  # another orientation, or a workbook
        else:
            return rows, []
    grids, report.encoding = read_grids(path)
    settings = dict(project.store.project()["settings"])
    memory = dict(settings.get(_MEMORY, {}))
    grid, layout = _table(grids, _with_columns(given, grids, memory), path, plain)
    signature = layout.signature(grid)
    known = memory.get(signature, {})
    used = _with_memory(given, known, report)
    if used.roles != given.roles:
        layout = find_layout(grid, used.columns()) or layout
    report.understood += understood(grid, layout)
    rows = rows_of(grid, layout, used)
    if not rows:
        raise Refused("samples.empty", N_("the table has headings and no rows"), where=str(path))
    kept = used.to_json() | ({"heads": _heads(grid, layout, used)} if used.roles else {})
    if kept == known or not kept:
        return rows, []
    memory[signature] = kept
    fid = project.store.rows("project")[0]["fid"]
    return rows, [Update("project", fid, {"settings": settings | {_MEMORY: memory}})]


def _table(grids: list[Grid], given: Given, path: Path, plain: Refused | None) -> tuple[Grid, Layout]:
    """The one table with values: the one that was named, else the only one. Raises Refused."""
    if given.table:
        named = [g for g in grids if g.name == given.table]
        if not named:
            raise Missing(
                "samples.no_sheet",
                N_("there is no table {name} in it"),
                where=str(path),
                advice=N_("it has: {names}"),
                name=given.table,
                names=", ".join(g.name for g in grids),
            )
        grids = named
    found = [(g, layout) for g in grids if (layout := find_layout(g, given.columns())) is not None]
    if len(found) > 1:
        raise Refused(
            "samples.which_table",
            N_("{n} tables hold values"),
            where=str(path),
            advice=N_("say which with --table: {names}"),
            n=len(found),
            names=", ".join(g.name for g, _ in found),
        )
    if not found:
        raise plain or Refused(
            "samples.no_values",
            N_("no table of laboratory values was found in it"),
            where=str(path),
            advice=N_("the parameters stand in a row or a column by their names; or name the columns with --map"),
        )
    return found[0]


def _heads(grid: Grid, layout: Layout, given: Given) -> dict[str, str]:
    """Column → heading of the columns that a person named, but for those of samples, whose names change."""
    columns = [c for role, named in given.roles.items() if role != "values" for c in named]
    return {c: plain_head(grid.cell(layout.head, column_number(c) or 0)) for c in columns}


def _with_columns(given: Given, grids: list[Grid], memory: dict[str, Any]) -> Given:
    """With the columns that were named for a table of the same headings, if nobody names them now."""
    if given.roles:
        return given
    for known in memory.values():
        heads = {column_number(c) or 0: text for c, text in known.get("heads", {}).items()}
        if any(heads.values()) and any(_headed(g, heads) for g in grids if given.table in {"", g.name}):
            return replace(given, roles=known["roles"])
    return given


def _headed(grid: Grid, heads: dict[int, str]) -> bool:
    rows = range(min(len(grid.rows), SEARCH_ROWS))
    return any(all(plain_head(grid.cell(r, c)) == text for c, text in heads.items()) for r in rows)


def _with_memory(given: Given, known: dict[str, Any], report: SamplesReport) -> Given:
    """What a person says goes before what was said the last time."""
    taken = {k: v for k, v in known.items() if k in {"unit", "roles"} and not getattr(given, k)}
    if not taken:
        return given
    text = N_("as for the last table with these headings: {what}")
    what = ", ".join(f"{k} {v}" for k, v in taken.items())
    report.understood.append(Notice("lab.remembered", text, what=what))
    return replace(given, **taken)


def _reason(error: Refused) -> Notice:
    """What and what to do, as one notice."""
    if not error.advice.text:
        return error.what
    return Notice(error.key, N_("{what}; {advice}"), what=error.what, advice=error.advice)


def _key(value: LabValue) -> _Key:
    method = read_method(value.method)
    test = method.medium if method.medium not in {"solid", "unknown"} else " ".join(method.keys)
    return value.waste, value.sample, value.parameter, test


def _refuse_known(value: LabValue, kept: dict[_Key, LabValue]) -> None:
    known = kept.get(_key(value))
    if known is None:
        return
    facts = {"parameter": value.parameter, "sample": value.sample}
    if _same_value(known, value):
        raise Refused("lab.known", N_("{parameter} of sample {sample} is already there"), **facts)
    raise Refused(
        "lab.conflict",
        N_("{parameter} of sample {sample} is {new} here but {old} in the project; nothing was overwritten"),
        **facts,
        new=f"{value.raw} {value.unit}",
        old=f"{known.raw} {known.unit}",
        advice=N_("correct the file, or give a repeated test a sample name of its own"),
    )


def _same_value(one: LabValue, other: LabValue) -> bool:
    if one.below != other.below or (one.value is None) != (other.value is None):
        return False
    if one.value is None or other.value is None:
        return True
    try:
        return convert(one.value, one.unit, other.unit) == other.value
    except Refused:
        return False


def _sample(row: Row, value: LabValue) -> dict[str, Any]:
    cma = row.cells.get("cma", "").strip().casefold()
    return {
        "waste": value.waste,
        "code": value.sample,
        "date": value.date or None,
        "place": row.cells.get("place", "").strip(),
        "lab": row.cells.get("lab", "").strip(),
        "cma": True if cma in {"1", "yes", "true", "是", "有", "cma"} else False if cma else None,
    }
