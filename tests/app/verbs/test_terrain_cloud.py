"""Clouds through the verb and the command: registered with its method, density and errors, and used by an estimate."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
import shapely

from app.cli import main
from app.i18n import translator
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.terrain_cloud import summary, terrain_from_cloud
from models.changes import Insert
from models.errors import AppError, Refused
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.gis.clouds.synthetic import EAST, GROUND, NORTH, PIT_M3, RADIUS, points, write


@pytest.fixture
def project(project_file):
    with Project.open(project_file) as opened:
        outline = shapely.MultiPolygon([shapely.Point(EAST, NORTH).buffer(RADIUS + 4, quad_segs=64)])
        opened.store.transact(
            Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "name": "坑", "geometry": outline})]
        )
        yield opened


@pytest.fixture
def tiles(tmp_path):
    """Two LAZ tiles of a pit in a folder with Chinese characters and a space."""
    xyz = points(120_000)
    for name, part in (("西", xyz[:, 0] < 0), ("东", xyz[:, 0] >= 0)):
        write(tmp_path / "点 云" / f"{name}.laz", xyz[part], np.full(int(part.sum()), 2))
    return tmp_path / "点 云"


def test_the_volume_of_the_pit_and_its_interval(project, tiles, tmp_path):
    report = terrain_from_cloud(project, [tiles], tmp_path / "地 面.tif", source="lidar", vertical_datum="1985")
    kept = project.store.terrain("地 面")
    assert kept == report.terrain
    making = kept.making
    assert making is not None
    assert making.points == 120_000
    assert making.density_per_100_m2 == pytest.approx(300, rel=0.02)
    assert making.rmse_m == pytest.approx(0.033, abs=0.005)
    assert making.survey_sigma_m == 0.15
    assert kept.errors.sigma_z_m == pytest.approx(np.hypot(0.15, 0.0), abs=0.004)
    assert kept.errors.basis == "default:lidar;cross-validation"
    assert kept.errors.sigma_xy_m == 0.15
    made = estimate(project, None, request=EstimateRequest("level", {"level_m": GROUND})).estimates[0]
    assert made.fill_m3 == pytest.approx(PIT_M3, rel=2e-3)
    assert made.interval95.fill_m3 is not None
    assert abs(made.fill_m3 - PIT_M3) < made.interval95.fill_m3
    with rasterio.open(tmp_path / "地 面.tif") as ds:
        assert ds.tags()["HUITIAN_SOURCE"] == "东.laz, 西.laz"
        assert ds.tags()["HUITIAN_SOURCE_SHA256"] == making.source_sha256
    texts = [n.render(translator("zh_CN")) for n in summary(report)]
    assert any("分类" in t or "类" in t for t in texts)


def test_what_is_in_the_way_is_refused_and_leaves_nothing(project, tiles, tmp_path):
    with pytest.raises(AppError) as ending:
        terrain_from_cloud(project, [tiles], tmp_path / "g.las")
    assert ending.value.key == "points.ending"
    (tmp_path / "empty").mkdir()
    with pytest.raises(AppError) as empty:
        terrain_from_cloud(project, [tmp_path / "empty"], tmp_path / "g.tif")
    assert empty.value.key == "terrain.empty_folder"
    with pytest.raises(Refused) as source:
        terrain_from_cloud(project, [tiles], tmp_path / "g.tif", source="dowsing")
    assert source.value.key == "terrain.unknown_source"
    terrain_from_cloud(project, [tiles], tmp_path / "g.tif", cell=2.0)
    with pytest.raises(Refused) as taken:
        terrain_from_cloud(project, [tiles], tmp_path / "g.tif", overwrite=True)
    assert taken.value.key in {"points.registered", "terrain.name_taken"}
    assert [t.name for t in project.store.terrains()] == ["g"]


def test_the_command(project_file, tiles, tmp_path, capsys):
    out = tmp_path / "地面.tif"
    files = [str(f) for f in sorted(tiles.iterdir())]
    assert main(["terrain", "from-cloud", str(project_file), *files, "--out", str(out), "--cell", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ground_classes"] == [2]
    assert answer["terrain"]["making"]["left_out"] == answer["cross_validation"]["count"] > 1000
    assert {"points_per_100_m2", "gap_share", "missing_inside_m2", "holes", "dropped", "classes"} <= set(answer)
    again = ["--out", str(tmp_path / "b.tif"), "--class", "2", "--cell", "2", "--sigma-z", "0.1"]
    assert main(["terrain", "from-cloud", str(project_file), str(tiles), *again]) == 0
    assert "120000 are ground" in capsys.readouterr().out
    assert main(["terrain", "list", str(project_file)]) == 0
    listed = capsys.readouterr().out
    assert "cross-validation of" in listed
    assert "per 100 m²" in listed
    assert (
        main(["terrain", "from-cloud", str(project_file), str(tiles), "--out", "x.tif", "--class", "2", "--lowest"])
        == 2
    )
    capsys.readouterr()
    (tmp_path / "kein.las").write_bytes(b"LASFxxxx")
    assert (
        main(["terrain", "from-cloud", str(project_file), str(tmp_path / "kein.las"), "--out", str(tmp_path / "k.tif")])
        == 1
    )
    assert capsys.readouterr().err.startswith("error:")
