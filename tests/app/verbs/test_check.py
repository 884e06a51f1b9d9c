"""What a check says of terrains and estimates, beyond what the file itself shows."""

from __future__ import annotations

import sqlite3

import pytest
import shapely

from app.project import Project
from app.verbs.check import check_report
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.changes import Update
from models.errors import Unreadable
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import pit_outline


def keys(project):
    return [(p.key, p.severity) for p in check_report(project).problems]


@pytest.fixture
def estimated(project_file, add_site, dem_file):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file)
        made = estimate(project, None, request=EstimateRequest())
        assert len(made.estimates) == 1
        assert keys(project) == []
    return project_file


def test_a_terrain_that_is_gone_is_named_once_with_its_place(estimated, dem_file):
    dem_file.unlink()
    with Project.open(estimated, read_only=True) as project:
        assert keys(project) == [("terrain.gone", "error")]
        assert str(dem_file) in check_report(project).problems[0].message.render()


def test_a_terrain_of_the_same_size_with_another_height_makes_the_estimate_stale(estimated, dem_file):
    body = bytearray(dem_file.read_bytes())
    body[-1] ^= 1
    dem_file.write_bytes(body)
    with Project.open(estimated, read_only=True) as project:
        assert keys(project) == [("terrain.changed", "error"), ("estimate.stale", "warning")]


def test_an_outline_that_was_drawn_anew_makes_the_estimate_stale_until_it_is_taken_back(estimated):
    with Project.open(estimated) as project:
        smaller = shapely.MultiPolygon([g.buffer(-1) for g in pit_outline().geoms])
        project.store.transact(Notice("x", "x"), [Update("sand_pits", 1, {"geometry": smaller})])
        assert keys(project) == [("estimate.stale", "warning")]
        project.store.undo()
        assert keys(project) == []


@pytest.mark.parametrize("table", ["terrains", "estimates"])
@pytest.mark.parametrize("record", ["{}", "[1]", "no json", '{"transform": 3}'])
def test_a_record_that_is_none_is_found_and_named(estimated, table, record):
    con = sqlite3.connect(estimated)
    con.execute(f"UPDATE {table} SET record = ?", (record,))
    con.commit()
    con.close()
    with Project.open(estimated, read_only=True) as project:
        found = check_report(project).problems
        assert [(p.key, p.table, p.fid) for p in found if p.severity == "error"] == [("row.damaged", table, 1)]
        with pytest.raises(Unreadable, match="damaged"):
            getattr(project.store, table)()
