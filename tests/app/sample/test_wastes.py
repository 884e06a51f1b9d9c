from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.project import Project
from app.sample.wastes import ACID, LEACH, SAMPLES, WASTES, lab_rows, waste_fields
from app.verbs.samples import import_samples
from models.changes import Insert
from models.evaluate import MINIMUM_SET
from models.notices import Notice

INCOMPLETE = {"SS-01"}


@pytest.mark.parametrize("waste", WASTES, ids=lambda w: w.code)
def test_complete_but_for_the_one_that_lacks_values(waste: object) -> None:
    code = waste_fields(waste)["code"]  # type: ignore[arg-type]  # a SampleWaste
    rows = [r for r in lab_rows("2026-09-01") if r["waste"] == code]
    assert len({r["sample"] for r in rows}) == SAMPLES
    leached = {r["parameter"] for r in rows if r["method"] == LEACH}
    assert (leached >= set(MINIMUM_SET)) == (code not in INCOMPLETE)
    assert {r["parameter"] for r in rows if r["method"] == ACID}
    solid = {r["parameter"] for r in rows if r["unit"] in {"%", "Bq/kg"}}
    assert (solid >= {"organic", "salts", "U238", "Th232", "Ra226", "K40"}) == (code not in INCOMPLETE)


def test_the_plain_table_imports_to_the_same_values(built: Path, tmp_path: Path) -> None:
    table = tmp_path / "检测数据.csv"
    rows = lab_rows("2026-09-24")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with Project.create(tmp_path / "new.gpkg", crs="EPSG:4546") as project:
        project.store.transact(Notice("t", "wastes"), [Insert("wastes", waste_fields(w)) for w in WASTES])
        report = import_samples(project, table)
        assert not report.skipped
        assert not report.warnings
        imported = _values(project)
    with Project.open(built, read_only=True) as project:
        kept = _values(project)
    assert imported == kept
    assert len(kept) == report.added


def _values(project: Project) -> dict[tuple[str, str, str], tuple[object, ...]]:
    values = project.store.lab_values()
    return {(v.sample, v.method, v.parameter): (v.raw, v.value, v.below, v.unit, v.date) for v in values}
