"""A terrain whose file was moved is found by its content, with those that moved along; another file is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.project import Project
from app.verbs.terrain import add_terrain, terrain_file
from app.verbs.terrain_place import place_terrain
from models.errors import Missing, Refused


@pytest.fixture
def moved(project_file: Path, dem_file: Path, tmp_path: Path) -> Any:
    """A project with two terrains and the folder to which both files went."""
    second = dem_file.with_name("第二期.tif")
    shutil.copy(dem_file, second)
    there = tmp_path / "新 位置"
    there.mkdir()
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="一期")
        add_terrain(project, second, name="二期")
        for file in (dem_file, second):
            shutil.move(file, there / file.name)
        yield project, there, dem_file.name


def test_both_are_found_and_it_is_one_step(moved: Any) -> None:
    project, there, name = moved
    assert place_terrain(project, "一期", there / name) == ["一期", "二期"]
    for terrain in project.store.terrains():
        assert terrain_file(project, terrain).parent == there
    assert project.store.undo_label().render() == "new place of the file of terrain 一期, 二期"
    project.store.undo()
    assert not project.store.terrain_path(project.store.terrain("一期")).is_file()


def test_a_file_of_another_content_is_refused(moved: Any) -> None:
    project, there, name = moved
    body = bytearray((there / name).read_bytes())
    body[-1] ^= 1
    (there / name).write_bytes(body)
    revision = project.store.revision
    with pytest.raises(Refused) as caught:
        place_terrain(project, "一期", there / name)
    assert caught.value.key == "terrain.other_file"
    assert caught.value.where == str(there / name)
    with pytest.raises(Missing):
        place_terrain(project, "一期", there / "无.tif")
    assert project.store.revision == revision


def test_by_command(moved: Any, project_file: Path, capsys: Any) -> None:
    project, there, name = moved
    project.close()
    assert main(["terrain", "place", str(project_file), "二期", str(there / "第二期.tif"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"placed": ["二期", "一期"]}
    assert main(["terrain", "place", str(project_file), "三期", str(there / name)]) == 1
