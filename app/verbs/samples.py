"""Laboratory values from a table into the project: every row taken or named with its reason, as one undo step."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.project import Project
from app.verbs.sample_rows import Row, read_rows, understand
from gis.store import lab_row
from models.changes import Change, Insert
from models.errors import Refused
from models.lab_units import convert
from models.methods import read_method
from models.notices import N_, Notice, Translate, _same
from models.waste import LabValue


@dataclass(frozen=True)
class SkippedRow:
    """A row of the file that was not taken, and why."""

    row: int
    reason: Notice


@dataclass
class SamplesReport:
    """What became of each row. `updated` stays 0: a value that differs from a kept one is reported, not overwritten."""

    added: int = 0
    updated: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    encoding: str = ""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """{added, updated, skipped[{row, reason}], warnings, encoding}; sentences in the language of `translate`."""
        return {
            "added": self.added,
            "updated": self.updated,
            "skipped": [{"row": s.row, "reason": s.reason.render(translate)} for s in self.skipped],
            "warnings": [w.render(translate) for w in self.warnings],
            "encoding": self.encoding,
        }


_Key = tuple[str, str, str, str]


def import_samples(project: Project, path: Path) -> SamplesReport:
    """Import a CSV ``waste,sample,date,method,parameter,value,unit`` (headings in English or Chinese).

    Raises Missing or Unreadable for the file, Refused when columns are missing or there is no row. Rows that cannot be
    used are skipped with their reason: unknown waste or parameter, no unit, no method, impossible value, a value that
    is already there or contradicts the one that is.
    """
    rows, encoding = read_rows(Path(path))
    report = SamplesReport(encoding=encoding)
    wastes = project.store.codes("wastes")
    kept: dict[_Key, LabValue] = {_key(v): v for v in project.store.lab_values()}
    samples = {(r["waste"], r["code"]) for r in project.store.rows("samples")}
    changes: list[Change] = []
    for row in rows:
        try:
            value, remarks = understand(row, wastes)
            _refuse_known(value, kept)
        except Refused as error:
            report.skipped.append(SkippedRow(row.number, _reason(error)))
            continue
        kept[_key(value)] = value
        report.warnings += remarks
        if (value.waste, value.sample) not in samples:
            samples.add((value.waste, value.sample))
            changes.append(Insert("samples", _sample(row, value)))
        changes.append(Insert("lab_values", lab_row(value)))
        report.added += 1
    if changes:
        project.before_risky(Notice("snapshot.import", N_("before the import of {file}"), file=Path(path).name))
        project.store.transact(Notice("samples.import", N_("import {n} laboratory values"), n=report.added), changes)
    return report


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
