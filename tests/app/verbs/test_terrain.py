"""A figure is computed from the file that was registered, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import rasterio

from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.extent import far_terrain
from app.verbs.terrain import add_terrain, terrain_file
from models.errors import Unreadable
from models.estimate import EstimateRequest


@pytest.fixture
def ready(project_file, add_site, dem_file):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file)
    return project_file


def test_a_file_of_the_same_size_with_other_heights_is_refused(ready, dem_file):
    body = bytearray(dem_file.read_bytes())
    body[-1] ^= 1
    dem_file.write_bytes(body)
    os.utime(dem_file, (dem_file.stat().st_mtime + 60,) * 2)
    with Project.open(ready) as project:
        report = estimate(project, None, request=EstimateRequest())
        assert [r.error.key for r in report.refused] == ["terrain.changed"]
        assert report.estimates == []


def test_a_copy_of_the_whole_folder_serves_as_the_original(ready, dem_file, tmp_path):
    moved = tmp_path / "移动 后"
    shutil.copytree(ready.parent, moved, ignore=shutil.ignore_patterns("移动*"))
    copied = moved / dem_file.relative_to(ready.parent)
    copied.touch()  # a copy is younger than the registration
    with Project.open(moved / ready.name, read_only=True) as project:
        (terrain,) = project.store.terrains()
        assert terrain_file(project, terrain) == copied.resolve()


def test_a_folder_in_the_place_of_the_file(ready, dem_file):
    dem_file.unlink()
    Path(dem_file).mkdir()
    with Project.open(ready) as project, pytest.raises(Unreadable, match="not there"):
        terrain_file(project, project.store.terrains()[0])


def rewritten(dem_file, path, **changes):
    with rasterio.open(dem_file) as source, rasterio.open(path, "w", **source.profile | changes) as out:
        out.write(source.read())
    return path


def test_a_terrain_in_the_zone_beside_is_told_with_the_right_one(project_file, add_site, dem_file, tmp_path):
    beside = rewritten(dem_file, tmp_path / "beside.tif", crs="EPSG:4547")
    with Project.open(project_file) as project:
        first = add_terrain(project, dem_file, name="t")
        assert far_terrain(project, first) == []  # the only thing there, where its project's system is made for
    add_site("SK-1")
    with Project.open(project_file) as project:
        assert far_terrain(project, first) == []
        wrong = add_terrain(project, beside, name="w")
        (told,) = far_terrain(project, wrong)
        assert (told.key, told.facts["code"]) == ("zone.wrong", "EPSG:4546")
        again = add_terrain(project, beside, name="again")
        assert far_terrain(project, again)[0].key == "zone.wrong"  # its twin is no witness
        assert all("far" not in w.key and "zone" not in w.key for w in wrong.warnings)  # not kept: sites may follow


def test_a_terrain_on_the_other_side_of_the_globe_has_a_distance(project_file, add_site, dem_file, tmp_path):
    there = rewritten(dem_file, tmp_path / "there.tif", crs="EPSG:32610")
    add_site("SK-1")
    with Project.open(project_file) as project:
        (told,) = far_terrain(project, add_terrain(project, there, name="t"))
        assert told.key == "import.far"
        assert told.facts["km"] == pytest.approx(9_700, rel=0.1)


def test_the_first_terrain_is_held_against_the_area_of_the_project_s_system(project_file, dem_file, tmp_path):
    beside = rewritten(dem_file, tmp_path / "beside.tif", crs="EPSG:4550")
    with Project.open(project_file) as project:
        (told,) = far_terrain(project, add_terrain(project, beside, name="w"))
        assert told.key == "crs.outside"
