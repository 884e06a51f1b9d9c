"""A figure is computed from the file that was registered, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.project import Project
from app.verbs.estimate import estimate
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
