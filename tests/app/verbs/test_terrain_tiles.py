"""Tiles as one terrain through the verbs and commands: kept, found again, checked, moved with the project."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import shapely

from app.cli import main
from app.project import Project
from app.verbs.check import check_report
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain, terrain_file
from app.verbs.terrain_points import terrain_from_points
from models.changes import Insert
from models.errors import Refused, Unreadable
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.gis.ground import X0, Y0, grid_transform, heights, write


def bowl(x, y):
    return 1000 - 10 * np.exp(-(((x - X0 - 40) ** 2 + (y - Y0 - 40) ** 2) / 400))


@pytest.fixture
def tiles(project_file):
    """Four tiles of a pit in a folder beside the project."""
    t = grid_transform(rows=80)
    z = heights(bowl, t, 80, 80)
    folder = project_file.parent / "高程 瓦片"
    folder.mkdir()
    for r, c in ((0, 0), (0, 35), (45, 0), (45, 35)):
        rows, cols = slice(r, 45 if r == 0 else 80), slice(c, 35 if c == 0 else 80)
        write(folder / f"{r}-{c}.tif", z[rows, cols], t * t.translation(c, r))
    return folder


@pytest.fixture
def project(project_file):
    with Project.open(project_file) as opened:
        outline = shapely.MultiPolygon([shapely.Point(X0 + 40, Y0 + 40).buffer(30)])
        opened.store.transact(
            Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "name": "坑", "geometry": outline})]
        )
        yield opened


def test_a_folder_is_one_terrain(project, tiles):
    made = add_terrain(project, tiles, kind="dtm", vertical_datum="1985", sigma_z_m=0.1, range_m=20.0)
    kept = project.store.terrain("高程 瓦片")
    assert kept == made
    assert (kept.path, len(kept.tiles), kept.tiles[0].path) == ("高程 瓦片", 4, "0-0.tif")
    report = estimate(project, None, request=EstimateRequest("spill"), workers=2)
    assert not report.refused
    assert report.estimates[0].terrain.sha256 == kept.sha256
    assert report.estimates[0].fill_m3 > 5000
    assert not [p for p in check_report(project).problems if p.severity == "error"]


def test_a_missing_or_changed_tile_is_named(project, tiles):
    record = add_terrain(project, sorted(tiles.iterdir()), name="t")
    gone = tiles / "45-0.tif"
    content = gone.read_bytes()
    gone.unlink()
    with pytest.raises(Unreadable) as caught:
        terrain_file(project, record)
    assert (caught.value.key, caught.value.where) == ("terrain.gone", str(gone))
    assert any("45-0.tif" in p.message.render() for p in check_report(project).problems)
    gone.write_bytes(content[:-8] + b"\0" * 8)
    with pytest.raises(Unreadable) as caught:
        terrain_file(project, record)
    assert (caught.value.key, caught.value.where) == ("terrain.changed", str(gone))
    refused = estimate(project, None, request=EstimateRequest("spill")).refused
    assert refused[0].error.where == str(gone)


def test_the_folder_moves_with_the_project(project, project_file, tiles, tmp_path):
    add_terrain(project, tiles, name="t")
    project.close()
    there = tmp_path / "别处"
    shutil.copytree(project_file.parent, there)
    shutil.rmtree(tiles)
    with Project.open(there / project_file.name) as moved:
        assert not estimate(moved, None, request=EstimateRequest("spill")).refused


def test_a_tile_is_not_overwritten_by_a_new_terrain(project, tiles, tmp_path):
    add_terrain(project, tiles, name="t")
    points = tmp_path / "p.csv"
    points.write_text("东,北,高程\n" + "\n".join(f"{X0 + i % 9},{Y0 + i // 9},{1000 + i}" for i in range(81)))
    with pytest.raises(Refused) as caught:
        terrain_from_points(project, points, tiles / "0-0.tif", crs="EPSG:4546", overwrite=True)
    assert caught.value.key == "points.registered"


def test_the_command_takes_several_files_and_lists_one(project_file, tiles, capsys):
    files = [str(f) for f in sorted(tiles.iterdir())]
    assert main(["terrain", "add", str(project_file), *files, "--name", "四块", "--json"]) == 0
    added = json.loads(capsys.readouterr().out)
    assert (added["name"], len(added["tiles"]), added["width"]) == ("四块", 4, 80)
    assert main(["terrain", "add", str(project_file), str(tiles)]) == 0
    assert "4 tiles" in capsys.readouterr().out
    assert main(["terrain", "list", str(project_file), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["terrains"]
    assert [len(t["tiles"]) for t in listed] == [4, 4]
    assert main(["terrain", "add", str(project_file), *files, "--name", "四块"]) == 1
