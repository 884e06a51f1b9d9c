"""The commands section and spill, as a user runs them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from app.cli import main
from app.project import Project
from models.changes import Insert
from models.notices import Notice
from tests.app.conftest import DEPTH_M, FLOOR, GROUND_M, SIZE, TOP, X0, Y0, pit_heights

MIDDLE = SIZE / 2
AREA_M2 = DEPTH_M * (FLOOR + TOP) / 2  # the trapezoid of a section through the middle


@pytest.fixture
def ready(
    project_file: Path, dem_file: Path, add_site: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> Path:
    add_site("SK-001")
    earlier = dem_file.with_name("采前.tif")
    with rasterio.open(
        earlier, "w", driver="GTiff", width=SIZE, height=SIZE, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X0, Y0, 1, 1),
    ) as out:  # fmt: skip
        out.write(pit_heights() * 0 + GROUND_M, 1)
    assert main(["terrain", "add", str(project_file), str(dem_file), "--name", "t"]) == 0
    assert main(["terrain", "add", str(project_file), str(earlier), "--name", "采前"]) == 0
    line = shapely.MultiPolygon([shapely.box(X0 + 70, Y0 - 120, X0 + 80, Y0)])
    with Project.open(project_file) as project:
        project.store.transact(
            Notice("t", "t"), [Insert("red_lines", {"code": "HX-1", "name": "红线", "geometry": line})]
        )
    capsys.readouterr()
    return project_file


def run(capsys: pytest.CaptureFixture[str], *line: object, want: int = 0) -> Any:
    code = main([str(a) for a in line])
    out, err = capsys.readouterr()
    assert code == want, err
    return json.loads(out) if "--json" in line else out + err


def test_section(ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "断面.csv"
    ends = [f"{X0 + x},{Y0 - MIDDLE}" for x in (10, 110)]
    line = ("section", ready, "--site", "SK-001", "--terrain", "t", "--level", GROUND_M, "--with", "采前",
            "--point", ends[0], "--point", ends[1])  # fmt: skip
    document = run(capsys, *line, "--out", out, "--json")
    assert document["length_m"] == pytest.approx(100)
    assert document["fill_m2"] == pytest.approx(AREA_M2, rel=0.005)
    assert document["cut_m2"] == pytest.approx(0, abs=0.01)
    assert document["inside"] == [pytest.approx([20, 80])]
    (crossed,) = document["crossings"]
    assert (crossed["code"], crossed["from_m"], crossed["to_m"]) == ("HX-1", pytest.approx(60), pytest.approx(70))
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(document["rows"])
    middle = min(rows, key=lambda r: abs(float(r["distance_m"]) - 50))
    assert float(middle["ground_m"]) == pytest.approx(GROUND_M - DEPTH_M)
    assert float(middle["fill_m"]) == pytest.approx(DEPTH_M)
    assert float(middle["ground_m 采前"]) == GROUND_M
    assert float(middle["y_east"]) == pytest.approx(X0 + 60, abs=0.5)
    assert next(float(r["distance_m"]) for r in rows if r["control"]) == pytest.approx(60, abs=0.5)
    assert rows[0]["reference_m"] == ""
    assert "HX-1 红线" in run(capsys, *line)
    assert "of that name already" in run(capsys, *line, "--out", out, want=1)
    run(capsys, *line, "--out", out, "--overwrite")


def test_section_along_and_across(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ((), ("--across",)):
        document = run(capsys, "section", ready, "--site", "SK-001", "--terrain", "t", *more, "--json")
        assert document["length_m"] == pytest.approx(TOP * 1.2, rel=0.01)
        assert document["fill_m2"] == pytest.approx(AREA_M2, rel=0.02)
    run(capsys, "section", ready, "--site", "SK-001", "--point", "1,2", want=2)
    run(capsys, "section", ready, "--site", "SK-001", "--point", "a,b", "--point", "1,2", want=1)
    assert "采后" in run(capsys, "section", ready, "--site", "SK-001", "--with", "采后", want=1)


def test_a_line_anywhere_shows_ground_and_the_surfaces_of_sites_that_it_passes(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = [f"{X0 + x},{Y0 - MIDDLE}" for x in (10, 110)]
    line = ("section", ready, "--terrain", "t", "--point", ends[0], "--point", ends[1])
    document = run(capsys, *line, "--json")
    assert (document["site"], document["reference"]) == (None, None)
    assert document["fill_m2"] == 0
    assert {r["reference_m"] for r in document["rows"]} == {None}
    run(capsys, "estimate", ready, "--site", "SK-001", "--terrain", "t", "--level", GROUND_M)
    document = run(capsys, *line, "--with", "采前", "--json")
    assert document["fill_m2"] == pytest.approx(AREA_M2, rel=0.01)
    (passed,) = document["passes"]
    assert (passed["code"], passed["from_m"], passed["to_m"]) == ("SK-001", pytest.approx(20), pytest.approx(80))
    assert document["rows"][0]["ground_m 采前"] == GROUND_M
    assert "SK-001" in run(capsys, *line)
    away = ("section", ready, "--point", f"{X0 + 9000},{Y0}", "--point", f"{X0 + 9100},{Y0}")
    assert "no terrain of the project lies under the line" in run(capsys, *away, want=1)
    assert "--site" in run(capsys, "section", ready, want=2)
    assert "--site" in run(capsys, *line, "--level", GROUND_M, want=2)


def test_section_with_the_surfaces_that_an_estimate_has(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ("section", ready, "--site", "SK-001", "--terrain", "t")
    run(capsys, "rim", "set", ready, "--site", "SK-001", "--at", f"{X0 + MIDDLE - TOP / 2},{Y0 - MIDDLE}", "--length",
        "20", "--level", GROUND_M - 1)  # fmt: skip
    document = run(capsys, *line, "--reference", "edited_rim", "--json")
    assert document["reference"] == "edited_rim"
    inside = [r["reference_m"] for r in document["rows"] if r["reference_m"] is not None]
    assert inside == pytest.approx([GROUND_M - 1] * len(inside))  # over the edited rim: its lowest point
    run(capsys, "estimate", ready, "--site", "SK-001", "--terrain", "t", "--reference", "edited_rim")
    assert run(capsys, *line, "--json")["reference"] == "edited_rim"
    document = run(capsys, *line, "--reference", "dem", "--reference-terrain", "采前", "--json")
    assert document["fill_m2"] == pytest.approx(AREA_M2, rel=0.02)
    ends = [f"{X0 + x},{Y0 - MIDDLE}" for x in (10, 110)]
    line = (*line, "--point", ends[0], "--point", ends[1])
    document = run(capsys, *line, "--level", GROUND_M, "--fall", "2", "--azimuth", "90", "--json")
    fallen = [r["reference_m"] for r in document["rows"] if r["reference_m"] is not None]
    assert fallen[0] - fallen[-1] == pytest.approx(0.02 * TOP, rel=0.03)


def test_spill_over_the_edited_rim(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    east = (X0 + MIDDLE + TOP / 2, Y0 - MIDDLE)
    run(capsys, "rim", "set", ready, "--site", "SK-001", "--at", f"{east[0]},{east[1]}", "--length", "6", "--level",
        GROUND_M - 1.5)  # fmt: skip
    line = ("spill", ready, "--site", "SK-001", "--terrain", "t")
    (way,) = run(capsys, *line, "--json")["ways"]
    assert way["level_m"] > GROUND_M - 1
    (way,) = run(capsys, *line, "--reference", "edited_rim", "--json")["ways"]
    assert way["level_m"] == pytest.approx(GROUND_M - 1.5)
    assert way["x"] == pytest.approx(east[0], abs=0.5)
    assert abs(way["y"] - east[1]) <= 3.5
    run(capsys, "estimate", ready, "--site", "SK-001", "--terrain", "t", "--reference", "edited_rim")
    (way,) = run(capsys, *line, "--json")["ways"]  # the surface of the last estimate says it
    assert way["level_m"] == pytest.approx(GROUND_M - 1.5)
    (way,) = run(capsys, *line, "--reference", "spill", "--json")["ways"]
    assert way["level_m"] > GROUND_M - 1


def test_spill(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "spill", ready, "--site", "SK-001", "--terrain", "t", "--json")
    (way,) = document["ways"]
    assert way["level_m"] == pytest.approx(GROUND_M, abs=0.2)  # the rim's middle of cells at the slope's edge
    assert way["end"] == "edge"
    assert way["length_m"] > 20
    assert "where the terrain ends" in run(capsys, "spill", ready, "--site", "SK-001")


def test_a_level_comes_with_its_interval(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    level = GROUND_M - 3
    line = ("curve", ready, "--site", "SK-001", "--terrain", "t", "--at", level)
    (found,) = run(capsys, *line, "--json")["levels"]
    asked = ("estimate", ready, "--site", "SK-001", "--terrain", "t", "--level", level, "--json")
    (same,) = run(capsys, *asked)["estimates"]
    assert found["fill_m3"] == pytest.approx(same["fill_m3"], rel=1e-6)
    assert found["half_m3"] is None or found["half_m3"] == pytest.approx(same["interval95"]["fill_m3"], rel=0.02)
    assert (found["half_m3"] is None) == (same["interval95"]["fill_m3"] is None)
    run(capsys, "terrain", "set", ready, "t", "--sigma-z", 0.1, "--range", 20)
    (found,) = run(capsys, *line, "--json")["levels"]
    (same,) = run(capsys, *asked)["estimates"]
    assert found["half_m3"] == pytest.approx(same["interval95"]["fill_m3"], rel=0.02)
    assert " ± " in run(capsys, *line)
