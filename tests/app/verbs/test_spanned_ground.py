"""Spanned gaps by site, through the commands: points to terrain to estimate, on files that moved since."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import shapely

from app.cli import main
from app.i18n import translator
from app.project import Project
from models.changes import Insert
from models.notices import Notice

EAST, NORTH, GROUND = 417_000.0, 4_496_000.0, 1050.0
HOME = "EPSG:4546"


def bowl(x, y):
    """A paraboloid pit, 60 m in radius, 12 m deep: volume ½πr²h."""
    return GROUND - 12 * np.clip(1 - (x**2 + y**2) / 3600, 0, None)


def survey(path, keep, step=2.0, f=bowl):
    at = np.arange(-120, 120.1, step)
    x, y = (v.ravel() for v in np.meshgrid(at, at))
    good = keep(x, y)
    rows = [
        f"{i},,{EAST + a:.3f},{NORTH + b:.3f},{f(a, b):.4f}"
        for i, (a, b) in enumerate(zip(x[good], y[good], strict=True), 1)
    ]
    path.write_text("\n".join(rows))
    return path


def outline(project_file, code, shape):
    with Project.open(project_file) as project:
        project.store.transact(
            Notice("test", "add"), [Insert("sand_pits", {"code": code, "geometry": shapely.MultiPolygon([shape])})]
        )


def run(capsys, *line):
    assert main([str(a) for a in (*line, "--json")]) == 0
    return json.loads(capsys.readouterr().out)


def made(project_file, tmp_path, capsys, keep, edge=4, name="g"):
    file = survey(tmp_path / f"{name}.dat", keep)
    line = ("terrain", "from-points", project_file, file, "--out", tmp_path / f"{name}.tif", "--crs", HOME)
    return run(capsys, *line, "--order", "en", "--cell", 1, "--max-edge", edge)


def estimated(project_file, capsys, code="SK-001"):
    line = ("estimate", project_file, "--site", code, "--reference", "level", "--level", GROUND)
    (answer,) = run(capsys, *line)["estimates"]
    return answer


def test_a_part_of_the_floor_without_points(project_file, tmp_path, capsys):
    """Of the floor 10 ≤ x ≤ 40, -12 ≤ y ≤ 12 nobody walked: 720 m², fill there ∬ 12 (1 - (x² + y²)/3600) = 6 845 m³."""
    outline(project_file, "SK-001", shapely.Point(EAST, NORTH).buffer(62, quad_segs=64))
    report = made(project_file, tmp_path, capsys, lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)))
    whole = np.pi * 3600 * 12 / 2
    answer = estimated(project_file, capsys)
    found = answer["support"]
    # Triangles in the corners of the gap are as short as any: they count as measured.
    assert found["spanned_area_m2"] == pytest.approx(720, rel=0.03)
    assert found["spanned_area_share"] == pytest.approx(720 / answer["footprint_m2"], rel=0.03)
    integral = 12 * (30 * 24 - (24 * (40**3 - 10**3) / 3 + 30 * 2 * 12**3 / 3) / 3600)
    assert found["spanned_volume_m3"] == pytest.approx(integral, rel=0.04)
    assert found["gap_x"] == pytest.approx(EAST + 25, abs=1)
    assert found["gap_y"] == pytest.approx(NORTH, abs=1)
    assert found["gap_width_m"] == pytest.approx(24, rel=0.15)
    assert found["points_per_100_m2"] == pytest.approx(25, rel=0.05)
    half = answer["interval95"]["fill_m3"]
    assert abs(answer["fill_m3"] - whole) < half
    assert 2 * answer["interval95"]["parts"]["spanned_m3"] <= half
    assert report["gap_share"] == pytest.approx(720 / 240**2, rel=0.03)
    said = "\n".join(answer["warnings"])
    assert "in gaps between points: spanned, not measured; the largest" in said
    assert "of the ground lies in gaps" not in said, "what is said of the whole terrain is not repeated"


def test_a_site_on_measured_ground_of_the_same_terrain(project_file, tmp_path, capsys):
    outline(project_file, "SK-002", shapely.box(EAST - 60, NORTH - 20, EAST - 5, NORTH + 20))
    made(project_file, tmp_path, capsys, lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)))
    answer = estimated(project_file, capsys, "SK-002")
    assert answer["support"]["spanned_area_m2"] == 0
    assert "spanned_m3" not in answer["interval95"]["parts"]
    assert "spanned" not in "\n".join(answer["warnings"])


def test_it_moves_with_the_file_and_counts_in_another_project(project_file, tmp_path, capsys):
    outline(project_file, "SK-001", shapely.Point(EAST, NORTH).buffer(62))
    made(project_file, tmp_path, capsys, lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)))
    here = estimated(project_file, capsys)
    away = tmp_path / "搬 走"
    away.mkdir()
    for file in (project_file, tmp_path / "g.tif"):
        shutil.move(file, away / file.name)
    assert estimated(away / project_file.name, capsys)["support"] == here["support"]
    other = tmp_path / "other.gpkg"
    Project.create(other, crs=HOME, name="二").close()
    outline(other, "SK-001", shapely.Point(EAST, NORTH).buffer(62))
    run(capsys, "terrain", "add", other, away / "g.tif", "--sigma-z", 0.05)
    assert estimated(other, capsys)["support"] == here["support"]


def test_without_the_knowledge_todays_remark_stays(project_file, tmp_path, capsys, monkeypatch):
    """A terrain of a version before: the file says nothing, the project's record says what of the whole was spanned."""
    outline(project_file, "SK-001", shapely.Point(EAST, NORTH).buffer(62))
    monkeypatch.setattr("gis.points.geotiff.NAMESPACE", "OF_BEFORE")
    made(project_file, tmp_path, capsys, lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)))
    answer = estimated(project_file, capsys)
    assert answer["support"] is None
    assert any("of the ground lies in gaps between points" in w for w in answer["warnings"])


def test_sparse_points_are_said(project_file, tmp_path, capsys):
    outline(project_file, "SK-001", shapely.box(EAST + 10, NORTH - 60, EAST + 100, NORTH + 60))
    made(project_file, tmp_path, capsys, lambda x, y: (x < 0) | ((x % 4 == 0) & (y % 4 == 0)), 7)
    found = estimated(project_file, capsys)
    assert found["support"]["points_per_100_m2"] == pytest.approx(6.25, rel=0.05)
    assert any("points per 100 m², the terrain" in w for w in found["warnings"])


def test_chinese(project_file, tmp_path, capsys):
    from app.verbs.estimate import estimate
    from models.estimate import EstimateRequest

    outline(project_file, "SK-001", shapely.Point(EAST, NORTH).buffer(62))
    made(project_file, tmp_path, capsys, lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)))
    with Project.open(project_file) as project:
        request = EstimateRequest("level", {"level_m": GROUND})
        (answer,) = estimate(project, ["SK-001"], request=request).estimates
    words = [w.render(translator("zh_CN")) for w in answer.warnings if w.key.startswith("support.")]
    assert len(words) == 2
    assert "空白" in words[0]


def test_the_curve_tells_of_it(project_file, tmp_path, capsys):
    """The same gap holds 6 845 m³ of the fill, less its corners; the estimate's words stand beside the table."""
    outline(project_file, "SK-001", shapely.Point(EAST, NORTH).buffer(62, quad_segs=64))
    made(project_file, tmp_path, capsys, lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)))
    line = ("curve", project_file, "--site", "SK-001", "--reference", "level", "--level", GROUND)
    found = run(capsys, *line)
    assert found["rows"][-1]["spanned_m3"] == pytest.approx(6845, rel=0.045)
    assert found["support"]["spanned_area_m2"] == pytest.approx(720, rel=0.03)
    assert found["reference_support"] is None
    assert any("spanned, not measured; the largest" in w for w in found["warnings"])
    assert any("unsure by ±" in w for w in found["warnings"])
    assert main([str(a) for a in line]) == 0
    out, err = capsys.readouterr()
    assert "in gaps between points m³" in out
    assert "spanned, not measured" in err


def test_two_surveys_tell_of_it(project_file, tmp_path, capsys):
    """The later survey of the pit, filled to 6 m below its rim, has the gap; the earlier one has none."""
    outline(project_file, "SK-001", shapely.Point(EAST, NORTH).buffer(62, quad_segs=64))
    made(project_file, tmp_path, capsys, lambda x, y: x < 1e9, name="before")
    file = survey(tmp_path / "after.dat", lambda x, y: ~((x > 10) & (x < 40) & (np.abs(y) < 12)),
                  f=lambda x, y: np.maximum(bowl(x, y), GROUND - 6))  # fmt: skip
    line = ("terrain", "from-points", project_file, file, "--out", tmp_path / "after.tif", "--crs", HOME)
    run(capsys, *line, "--order", "en", "--cell", 1, "--max-edge", 4)
    found = run(capsys, "progress", project_file, "--site", "SK-001", "--before", "before", "--after", "after")
    assert found["before"]["support"]["spanned_area_m2"] == 0
    assert found["after"]["support"]["spanned_area_m2"] == pytest.approx(720, rel=0.03)
    assert found["interval95"]["parts"]["spanned_m3"] is not None
    told = [w for w in found["warnings"] if "spanned, not measured" in w]
    assert len(told) == 1
    assert told[0].startswith("terrain after: ")
    whole = np.pi * 3600 * 12 / 2 * (1 - 6 / 12) ** 2  # a paraboloid of half the depth, so of a quarter of the volume
    assert abs(found["placed_m3"] - whole) < found["interval95"]["placed_m3"]
