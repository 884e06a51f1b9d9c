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
from app.verbs.terrain_points import summary, terrain_from_points
from models.changes import Insert
from models.errors import Cancelled, Missing, Refused
from models.estimate import EstimateRequest
from models.notices import Notice
from models.progress import Watch

EAST, NORTH, RADIUS, DEPTH, GROUND = 417_000.0, 4_496_000.0, 60.0, 20.0, 1050.0
HOME = "EPSG:4546"


@pytest.fixture
def project(project_file):
    with Project.open(project_file) as opened:
        yield opened


def cone(noise=0.0, step=2.0, seed=1):
    """Survey of a conical pit in level ground: places on a jittered lattice, (n, 3)."""
    rng = np.random.default_rng(seed)
    at = np.arange(-100, 100.1, step)
    x, y = (v.ravel() + rng.uniform(-0.3, 0.3, v.size) * step for v in np.meshgrid(at, at))
    z = GROUND - DEPTH * np.clip(1 - np.hypot(x, y) / RADIUS, 0, None) + rng.normal(0, noise, x.size) * (noise > 0)
    return np.column_stack((EAST + x, NORTH + y, z))


@pytest.fixture
def survey(tmp_path):
    """Write points as a CASS file."""

    def to_file(points, name="砂坑 测点.dat"):
        path = tmp_path / name
        rows = [f"{i},,{e:.4f},{n:.4f},{h:.4f}" for i, (e, n, h) in enumerate(points, 1)]
        path.write_text("\r\n".join(rows), encoding="gb18030")
        return path

    return to_file


def test_a_cone_comes_back_through_the_whole_program(project, survey, tmp_path):
    """Volume ⅓πr²h. A TIN of points every 2 m cuts the tip and the rim: within 0.5 %, and the interval holds it."""
    report = terrain_from_points(project, survey(cone(0.05)), tmp_path / "地 面.tif", crs=HOME, vertical_datum="1985")
    outline = shapely.MultiPolygon([shapely.Point(EAST, NORTH).buffer(RADIUS + 5, quad_segs=64)])
    project.store.transact(
        Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "name": "坑", "geometry": outline})]
    )
    request = EstimateRequest(reference="level", parameters={"level_m": GROUND})
    (e,) = estimate(project, ["SK-001"], request=request).estimates
    exact = np.pi * RADIUS**2 * DEPTH / 3
    # Random heights on level ground outside the cone count as fill where they are negative: about σ/√(2π) deep.
    ring = np.pi * ((RADIUS + 5) ** 2 - RADIUS**2) * 0.05 / (2 * np.pi) ** 0.5
    assert e.fill_m3 == pytest.approx(exact + ring, rel=5e-3)
    assert abs(e.fill_m3 - exact) < e.interval95.fill_m3
    errors = report.terrain.errors
    assert (errors.basis, errors.sigma_z_m) == ("cross-validation", report.ground.validation.sigma_z_m)
    assert 0.05 < errors.sigma_z_m < 0.09
    assert report.terrain.vertical_datum == "1985"


def test_the_file_says_how_it_was_made(project, survey, tmp_path):
    path = survey(cone())
    report = terrain_from_points(project, path, tmp_path / "g.tif", crs=HOME, cell=1.0)
    with rasterio.open(tmp_path / "g.tif") as dem:
        tags = dem.tags()
        assert (dem.crs.to_epsg(), dem.dtypes[0], dem.nodata, dem.res) == (4546, "float32", -9999.0, (1.0, 1.0))
        assert dem.block_shapes == [(256, 256)]
        assert dem.compression.name == "deflate"
    assert tags["HUITIAN_METHOD"] == "Delaunay TIN, linear"
    assert tags["HUITIAN_SOURCE"] == path.name
    assert tags["HUITIAN_SOURCE_SHA256"] == report.ground.points.sha256
    assert tags["HUITIAN_POINTS"] == str(len(cone()))
    assert float(tags["HUITIAN_DENSITY_PER_100_M2"]) == pytest.approx(25, rel=0.05)
    assert "rmse=" in tags["HUITIAN_CROSS_VALIDATION"]
    assert [t.name for t in project.store.terrains()] == ["g"]
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".huitian")]


def test_the_same_points_give_the_same_file(project, survey, tmp_path):
    path = survey(cone(0.05))
    terrain_from_points(project, path, tmp_path / "a.tif", crs=HOME)
    terrain_from_points(project, path, tmp_path / "b.tif", crs=HOME)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


def test_a_floor_that_nobody_walked_is_ground_and_is_told(project, survey, tmp_path):
    points = cone()
    points = points[np.hypot(points[:, 0] - EAST, points[:, 1] - NORTH) > 25]
    report = terrain_from_points(project, survey(points), tmp_path / "g.tif", crs=HOME, cell=1.0)
    with rasterio.open(tmp_path / "g.tif") as dem:
        inner = dem.read(1, masked=True)[10:-10, 10:-10]
    assert not np.ma.is_masked(inner)
    assert report.ground.wide == pytest.approx(np.pi * 23**2 / 200**2, rel=0.25)
    assert "points.wide" in [n.key for n in report.ground.notices]


def test_what_validation_cannot_see_stays_with_every_estimate(project, survey, tmp_path):
    points = cone()
    far = np.hypot(points[:, 0] - EAST, points[:, 1] - NORTH) > 25
    report = terrain_from_points(project, survey(points[far]), tmp_path / "a.tif", crs=HOME)
    outline = shapely.MultiPolygon([shapely.Point(EAST, NORTH).buffer(RADIUS + 5)])
    project.store.transact(Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "geometry": outline})])
    kept = project.store.terrain("a")
    assert [w.key for w in kept.warnings if w.key == "points.wide"] == ["points.wide"]
    answer = estimate(project, ["SK-001"], request=EstimateRequest(reference="level", parameters={"level_m": GROUND}))
    told = [w.key for w in answer.estimates[0].warnings]
    assert "points.wide" not in told, "of the site, not of the whole terrain"
    assert "support.spanned" in told
    once = kept.warnings[0].render()
    assert report.to_json()["warnings"].count(once) == 1, "told once, though the terrain has it too"


def test_blunders_are_named_and_left_out_only_if_asked(project, survey, tmp_path):
    points = cone(0.02)
    points[500, 2] += 30
    path = survey(points)
    kept = terrain_from_points(project, path, tmp_path / "a.tif", crs=HOME)
    assert kept.ground.outliers.rows == [501]
    assert any("rows 501" in w for w in kept.to_json()["warnings"])
    assert kept.ground.used == len(points)
    left = terrain_from_points(project, path, tmp_path / "b.tif", crs=HOME, drop_outliers=True)
    assert left.ground.used == len(points) - 1
    assert [t["rows"] for t in left.to_json()["skipped"]] == [[501]]
    assert left.terrain.errors.sigma_z_m < kept.terrain.errors.sigma_z_m / 5


def test_doubles_and_zero_heights_are_told(project, survey, tmp_path):
    points = cone()
    more = np.array([points[0], [*points[1, :2], points[1, 2] + 1], [EAST, NORTH + 1, 0]])
    report = terrain_from_points(project, survey(np.concatenate((points, more))), tmp_path / "g.tif", crs=HOME)
    n = len(points)
    skipped = {t.reason.key: t.rows for t in report.ground.points.skips}
    assert skipped == {"points.zero_height": [n + 3], "points.repeated": [n + 1]}
    assert any(f"rows 2, {n + 2}" in w for w in report.to_json()["warnings"])
    assert report.ground.used == n


def test_what_is_in_the_way_is_refused_before_anything_is_made(project, survey, tmp_path):
    path, out = survey(cone(step=10)), tmp_path / "g.tif"
    terrain_from_points(project, path, out, crs=HOME)
    before = out.read_bytes()
    for kind, key, arguments in (
        (Refused, "points.exists", {"out": out, "name": "x"}),
        (Refused, "points.registered", {"out": out, "name": "x", "overwrite": True}),
        (Refused, "terrain.name_taken", {"out": tmp_path / "h.tif", "name": "g"}),
        (Refused, "points.ending", {"out": tmp_path / "h.asc"}),
        (Missing, "export.no_folder", {"out": tmp_path / "no" / "h.tif"}),
        (Refused, "points.cells", {"out": tmp_path / "h.tif", "cell": 0.002}),
        (Refused, "points.bad_length", {"out": tmp_path / "h.tif", "cell": float("nan")}),
        (Refused, "points.no_triangles", {"out": tmp_path / "h.tif", "max_edge": 0.5}),
    ):
        with pytest.raises(kind) as refused:
            terrain_from_points(project, path, crs=HOME, **arguments)
        assert refused.value.key == key
    assert out.read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("*.tif")) == ["g.tif"]
    assert len(project.store.terrains()) == 1


def test_a_file_of_nobody_is_replaced_when_said(project, survey, tmp_path):
    out = tmp_path / "g.tif"
    out.write_bytes(b"old")
    terrain_from_points(project, survey(cone(step=10)), out, crs=HOME, overwrite=True)
    assert out.stat().st_size > 1000


def test_cancelled_leaves_nothing(project, survey, tmp_path):
    def stop(share, _note):
        if share > 0.5:
            watch.cancel()

    watch = Watch(stop)
    watch._last = -1.0
    with pytest.raises(Cancelled):
        terrain_from_points(project, survey(cone(0.05)), tmp_path / "g.tif", crs=HOME, cell=0.2, watch=watch)
    assert not (tmp_path / "g.tif").exists()
    assert not project.store.terrains()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".huitian")]


def test_points_on_a_line(project, survey, tmp_path):
    t = np.arange(20.0)
    with pytest.raises(Refused) as refused:
        terrain_from_points(
            project, survey(np.column_stack((EAST + t, NORTH + t, GROUND + t))), tmp_path / "g.tif", crs=HOME
        )
    assert refused.value.key == "points.collinear"
    assert "砂坑 测点.dat" in str(refused.value)


def test_the_command_prints_what_it_understood(project_file, survey, tmp_path, capsys):
    path = survey(cone(0.05, step=5))
    line = ["terrain", "from-points", str(project_file), str(path), "--out", str(tmp_path / "g.tif")]
    assert main(line) == 1
    assert "--crs EPSG:4546" in capsys.readouterr().err
    assert main([*line, "--crs", HOME, "--order", "en", "--cell", "2", "--name", "坑", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["rows_read"], answer["points"], answer["order"], answer["cell_m"]) == (1681, 1681, "en", 2.0)
    assert answer["terrain"]["errors"]["basis"] == "cross-validation"
    assert answer["cross_validation"]["rmse_m"] == pytest.approx(0.3, abs=0.3)
    line[-1] = str(tmp_path / "h.tif")
    assert main([*line, "--crs", HOME]) == 0
    out = capsys.readouterr().out
    for words in (
        "1681 rows read",
        "the easting stands first",
        "coordinate system: EPSG:4546",
        "cross-validation",
        "RMSE",
    ):
        assert words in out


def test_chinese(project, survey, tmp_path):
    report = terrain_from_points(project, survey(cone(0.05, step=5)), tmp_path / "g.tif", crs=HOME)
    words = [n.render(translator("zh_CN")) for n in summary(report)]
    assert words[2] == "坐标顺序：东坐标（Y）在前（CASS .dat：点号、编码、东坐标、北坐标、高程）"
    assert not any(c.isascii() and c.islower() for w in words[:3] for c in w.replace("dat", ""))


def test_swapped_edges_are_told_in_both_languages(project, tmp_path):
    """Crest and toe of a pit as 3D lines: the account says how many edges of level triangles were swapped."""
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], float)
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "LineString", "coordinates": [[EAST + x, NORTH + y, z] for x, y in half * square]},
        }
        for half, z in ((60, 1050.0), (30, 1050.0), (15, 1040.0))
    ]
    path = tmp_path / "坑.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    report = terrain_from_points(project, path, tmp_path / "g.tif", crs=HOME, cell=0.5)
    count = report.to_json()["swapped_edges"]
    assert count > 50
    assert any(f"{count} edges of level triangles" in n for n in report.to_json()["notes"])
    assert any(f"交换了 {count} 条边" in n for n in report.to_json(translator("zh_CN"))["notes"])


def test_points_of_a_table_and_breaklines_of_a_shapefile(project_file, tmp_path, capsys):
    """By the command: the volume of a frustum within 0.3 %, both files in the account and in the record."""
    import geopandas as gpd

    rng = np.random.default_rng(4)
    xy = rng.uniform(-90, 90, (400, 2))
    xy = np.concatenate((xy[np.abs(xy).max(axis=1) > 31], rng.uniform(-14, 14, (12, 2))))
    z = np.where(np.abs(xy).max(axis=1) > 31, 1050.0, 1040.0)
    table, lines, out = tmp_path / "测点.csv", tmp_path / "坑口坑底.shp", tmp_path / "g.tif"
    rows = [f"{i},{EAST + x:.3f},{NORTH + y:.3f},{h:.2f}" for i, ((x, y), h) in enumerate(zip(xy, z, strict=True), 1)]
    table.write_text("点号,东,北,高程\n" + "\n".join(rows), encoding="utf-8")
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], float)
    edges = [shapely.LineString([(EAST + x, NORTH + y, h) for x, y in s * square]) for s, h in ((30, 1050), (15, 1040))]
    gpd.GeoDataFrame({"id": [1, 2]}, geometry=edges, crs=HOME).to_file(lines, engine="pyogrio", encoding="UTF-8")
    said = ["terrain", "from-points", str(project_file), str(table), "--out", str(out), "--crs", HOME, "--cell", "0.5"]
    assert main([*said, "--breaklines-crs", HOME]) == 2
    assert main([*said, "--breaklines", str(lines), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["breaklines"]["file"]) == (str(table), str(lines))
    assert told["breaklines"]["lines"] == 2
    with Project.open(project_file) as opened:
        (terrain,) = opened.store.terrains()
        assert terrain.making.source == "测点.csv + 坑口坑底.shp"
        outline = shapely.MultiPolygon([shapely.box(EAST - 40, NORTH - 40, EAST + 40, NORTH + 40)])
        opened.store.transact(
            Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "name": "坑", "geometry": outline})]
        )
        request = EstimateRequest(reference="level", parameters={"level_m": 1050.0})
        (e,) = estimate(opened, ["SK-001"], request=request).estimates
    assert e.fill_m3 == pytest.approx(21_000, rel=0.003)
    assert main([*said[:-2], "--overwrite", "--name", "二", "--breaklines", str(lines)]) == 1  # that file is a terrain
    said[5] = str(tmp_path / "h.tif")
    assert main([*said, "--breaklines", str(lines)]) == 0
    assert "坑口坑底.shp: 2 breaklines with 10 vertices" in capsys.readouterr().out
