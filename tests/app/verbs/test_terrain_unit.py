"""A terrain in feet that nothing says so of, beside one in metres: refused, and nothing is left."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from app.cli import main
from app.project import Project
from app.verbs.terrain import add_terrain
from app.verbs.terrain_cloud import terrain_from_cloud
from app.verbs.terrain_points import terrain_from_points
from models.errors import Refused
from models.units import FOOT_M
from tests.gis.clouds.synthetic import EAST, NORTH, points, write


@pytest.fixture
def project(project_file, tmp_path):
    """A project with the terrain of the same place in metres."""
    with Project.open(project_file) as opened:
        xyz = points(20_000)
        terrain_from_cloud(
            opened, [write(tmp_path / "米.laz", xyz, np.full(len(xyz), 2))], tmp_path / "米.tif", cell=2.0
        )
        yield opened


def feet(folder, crs="EPSG:4546"):
    xyz = points(20_000, seed=2)
    return write(folder / "英尺.laz", xyz, np.full(len(xyz), 2), factor=1 / FOOT_M, crs=crs)


def test_a_cloud_in_feet_is_refused_by_what_the_project_knows(project, tmp_path):
    out = tmp_path / "英尺.tif"
    with pytest.raises(Refused) as caught:
        terrain_from_cloud(project, [feet(tmp_path)], out, cell=2.0)
    assert caught.value.key == "terrain.looks_feet"
    assert caught.value.what.facts["name"] == "米"
    assert caught.value.what.facts["mine"] == pytest.approx(1050 / FOOT_M, rel=0.01)
    assert not out.exists()
    assert [t.name for t in project.store.terrains()] == ["米"]
    made = terrain_from_cloud(project, [feet(tmp_path)], out, z_unit="ft", cell=2.0)
    assert made.terrain.name == "英尺"


def test_a_raster_in_feet_too_and_what_is_stated_counts(project, tmp_path):
    import rasterio

    with rasterio.open(tmp_path / "米.tif") as good:
        z, profile = good.read(1), good.profile
    with rasterio.open(tmp_path / "尺.tif", "w", **profile) as bad:
        bad.write(np.where(z == profile["nodata"], z, z / FOOT_M).astype(z.dtype), 1)
    with pytest.raises(Refused) as caught:
        add_terrain(project, tmp_path / "尺.tif")
    assert caught.value.key == "terrain.looks_feet"
    assert add_terrain(project, tmp_path / "尺.tif", z_unit="ft").name == "尺"


def test_without_a_witness_the_account_says_what_was_assumed(project_file, tmp_path):
    with Project.open(project_file) as opened:
        report = terrain_from_cloud(opened, [feet(tmp_path)], tmp_path / "英尺.tif", cell=2.0)
    said = " ".join(report.to_json()["warnings"])
    assert "nothing says in what unit the heights are" in said
    assert "3445" in said or "3444" in said


def test_another_survey_of_the_place_and_one_beside_it_are_taken(project, tmp_path):
    xyz = points(20_000, seed=5) - [0, 0, 14.0]
    write(tmp_path / "低.laz", xyz, np.full(len(xyz), 2))
    assert terrain_from_cloud(project, [tmp_path / "低.laz"], tmp_path / "低.tif", cell=2.0).terrain.name == "低"
    far = write(
        tmp_path / "远.laz", points(5000), np.full(5000, 2), factor=1 / FOOT_M, at=(418_000.0, 4_497_000.0)
    )  # fmt: skip
    assert terrain_from_cloud(project, [far], tmp_path / "远.tif", cell=5.0).terrain.name == "远"


def test_points_in_feet_are_refused_and_come_in_once_the_unit_is_stated(project, tmp_path, capsys):
    """The way out that the refusal names is one that the command has."""
    xyz = points(3000, seed=3)
    rows = "\n".join(f"{x + EAST:.3f},{y + NORTH:.3f},{z / FOOT_M:.4f}" for x, y, z in xyz)
    table = tmp_path / "英尺.csv"
    table.write_text(f"E,N,H\n{rows}\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        terrain_from_points(project, table, tmp_path / "点.tif", crs="EPSG:4546")
    assert caught.value.key == "terrain.looks_feet"
    assert "--z-unit" in caught.value.sentence()
    line = ["terrain", "from-points", str(project.path), str(table), "--out", str(tmp_path / "点.tif")]
    project.close()
    assert main(["--lang", "en", *line, "--crs", "EPSG:4546", "--z-unit", "ft"]) == 0
    out = capsys.readouterr().out
    assert "heights: 10" in out
    with Project.open(project.path) as opened, rasterio.open(tmp_path / "点.tif") as made:
        assert [t.name for t in opened.store.terrains()] == ["米", "点"]
        z = made.read(1, masked=True)
        assert 1035 < float(z.min()) < float(z.max()) < 1052
