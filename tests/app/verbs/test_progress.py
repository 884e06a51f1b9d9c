"""progress: from registered terrains to the record and the printed document; held against the stored estimate."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from scipy.ndimage import map_coordinates

from app.cli import main
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.progress import against_plan, difference_map, progress
from app.verbs.progress_table import write_progress
from app.verbs.terrain import add_terrain
from models.comparison import ComparisonRequest
from models.errors import Missing, Refused, Unreadable
from models.estimate import EstimateRequest
from tests.app.conftest import GROUND_M, PIT_M3, SIZE, X0, Y0, pit_heights

CONTRACT = {
    "placed_m3",
    "removed_m3",
    "net_m3",
    "offset_m",
    "nmad_m",
    "covered_share",
    "interval95",
    "warnings",
}
LEVEL = EstimateRequest(reference="level", parameters={"level_m": GROUND_M})


def half_full() -> np.ndarray:
    """The pit of the tests filled up to 5 m below its rim."""
    return np.maximum(pit_heights(), GROUND_M - 5.0)


# The lower half of the prismatoid: floor 20 m wide, 40 m at half height.
LOWER_M3 = 5.0 / 3 * (20.0**2 + 40.0**2 + 20.0 * 40.0)


@pytest.fixture
def later_file(tmp_path: Path) -> Path:
    """The half filled pit, twice as fine, 0.2 m too high as a whole."""
    path = tmp_path / "复测.tif"
    z = np.repeat(np.repeat(half_full() + 0.2, 2, axis=0), 2, axis=1).astype("float32")
    profile = {"driver": "GTiff", "width": 2 * SIZE, "height": 2 * SIZE, "count": 1, "dtype": "float32",
               "crs": "EPSG:4546", "transform": from_origin(X0, Y0, 0.5, 0.5)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(z, 1)
    return path


@pytest.fixture
def surveyed(project_file: Path, dem_file: Path, later_file: Path, add_site: Callable[..., None]) -> Path:
    add_site("SK-001")
    with Project.open(project_file) as project:
        for name, path in (("2025", dem_file), ("2026", later_file)):
            add_terrain(project, path, name=name, vertical_datum="1985", sigma_z_m=0.05, range_m=20.0)
    return project_file


def test_the_printed_document_keeps_the_contract(surveyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["progress", str(surveyed), "--site", "SK-001", "--before", "2025", "--after", "2026", "--json"]
    assert main(line) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= CONTRACT
    assert found["offset_m"] == pytest.approx(0.2, abs=1e-4)
    assert found["offset_removed"] is False
    assert found["net_m3"] == pytest.approx(LOWER_M3 + 0.2 * 3600, rel=0.01)
    assert found["net_m3"] == pytest.approx(found["placed_m3"] - found["removed_m3"], abs=1e-6)
    assert main([*line, "--remove-offset"]) == 0
    removed = json.loads(capsys.readouterr().out)
    assert removed["net_m3"] == pytest.approx(LOWER_M3, rel=0.01)
    assert removed["interval95"]["net_m3"] < found["interval95"]["net_m3"]
    assert removed["before"]["terrain"] == "2025"
    assert (removed["share_of_plan"], removed["remaining_m3"], removed["plan"]) == (None, None, None)


@pytest.fixture
def hilly(project_file: Path, tmp_path: Path, add_site: Callable[..., None]) -> Path:
    """The pit of the tests in hilly ground, and half filled in a survey that lies 0.8 m to the east, 0.6 m south."""
    add_site("SK-001")
    row, col = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    hills = [2 * np.sin((col - e) / 9) + 1.5 * np.cos((row - s) / 11) for e, s in ((0, 0), (0.8, 0.6))]
    moved = [np.interp(np.arange(SIZE) - d, np.arange(SIZE), np.arange(SIZE)) for d in (0.6, 0.8)]
    later = map_coordinates(half_full(), np.meshgrid(*moved, indexing="ij"), order=1)
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "float32", "crs": "EPSG:4546",
               "transform": from_origin(X0, Y0, 1, 1)}  # fmt: skip
    random = np.random.default_rng(4)
    with Project.open(project_file) as project:
        for name, z in (("2025", pit_heights() + hills[0]), ("2026", later + hills[1])):
            with rasterio.open(tmp_path / f"{name}.tif", "w", **profile) as target:
                target.write((z + random.normal(0, 0.02, z.shape)).astype("float32"), 1)
            add_terrain(
                project, tmp_path / f"{name}.tif", name=name, vertical_datum="1985", sigma_z_m=0.02, range_m=5.0
            )
    return project_file


def test_a_sideways_shift_is_told_and_taken_off_if_asked(
    hilly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["progress", str(hilly), "--site", "SK-001", "--before", "2025", "--after", "2026"]
    assert main([*line, "--json"]) == 0
    left = json.loads(capsys.readouterr().out)
    assert left["shift"]["known"] == "whole"
    assert (left["shift"]["east_m"], left["shift"]["north_m"]) == (
        pytest.approx(0.8, abs=0.06), pytest.approx(-0.6, abs=0.06),
    )  # fmt: skip
    assert (left["shift"]["removed"], left["shift"]["significant"]) == (False, True)
    assert any("sideways shift" in w for w in left["warnings"])
    assert main([*line, "--remove-shift", "--json", "--map", str(tmp_path / "map.tif")]) == 0
    taken = json.loads(capsys.readouterr().out)
    assert taken["shift"]["removed"] is True
    assert taken["placed_m3"] == pytest.approx(LOWER_M3, rel=0.02)
    assert taken["removed_m3"] < 0.3 * left["removed_m3"]
    assert taken["interval95"]["net_m3"] < left["interval95"]["net_m3"]
    with rasterio.open(tmp_path / "map.tif") as ds:
        assert np.nansum(np.maximum(ds.read(1), 0)) == pytest.approx(taken["placed_m3"], rel=0.01)
    assert main(line) == 0
    out, err = capsys.readouterr()
    assert "m to the south-east" in out
    assert "left in" in out
    assert "sideways shift was not removed" in err
    with Project.open(hilly, read_only=True) as project:
        found = progress(project, "SK-001", before="2025", after="2026")
        write_progress([found], tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert found.shift is not None
    assert float(row["sideways shift east m"]) == pytest.approx(found.shift.east_m)
    assert float(row["standard error north m"]) == pytest.approx(found.shift.sigma_north_m)
    assert row["shift taken off"] == "no"


@pytest.fixture
def domed(project_file: Path, tmp_path: Path, add_site: Callable[..., None]) -> Path:
    """The pit of the tests, and half filled in a survey that is dished: 0.6 m higher at the edges than at the pit."""
    add_site("SK-001")
    row, col = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    dish = 0.6 * ((col - SIZE / 2) ** 2 + (row - SIZE / 2) ** 2) / (SIZE / 2) ** 2
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "float32", "crs": "EPSG:4546",
               "transform": from_origin(X0, Y0, 1, 1)}  # fmt: skip
    random = np.random.default_rng(4)
    with Project.open(project_file) as project:
        for name, z in (("2025", pit_heights()), ("2026", half_full() + dish)):
            with rasterio.open(tmp_path / f"{name}.tif", "w", **profile) as target:
                target.write((z + random.normal(0, 0.02, z.shape)).astype("float32"), 1)
            add_terrain(
                project, tmp_path / f"{name}.tif", name=name, vertical_datum="1985", sigma_z_m=0.02, range_m=5.0
            )
    return project_file


def test_a_bend_is_told_and_taken_off_if_asked(domed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["progress", str(domed), "--site", "SK-001", "--before", "2025", "--after", "2026", "--remove-offset"]
    assert main([*line, "--json"]) == 0
    left = json.loads(capsys.readouterr().out)
    assert (left["tilt"]["kind"], left["tilt"]["removed"]) == ("bowl", False)
    assert any("domed or dished" in w and "was not removed" in w for w in left["warnings"])
    assert main([*line, "--remove-tilt", "--json", "--map", str(tmp_path / "map.tif")]) == 0
    taken = json.loads(capsys.readouterr().out)
    assert taken["tilt"]["removed"] is True
    assert taken["net_m3"] == pytest.approx(LOWER_M3, abs=taken["interval95"]["net_m3"])
    assert abs(left["net_m3"] - LOWER_M3) > 2 * abs(taken["net_m3"] - LOWER_M3)
    assert taken["net_m3"] - left["net_m3"] == pytest.approx(left["tilt"]["change_m3"]["net_m3"], abs=5)
    with rasterio.open(tmp_path / "map.tif") as ds:
        assert np.nansum(np.maximum(ds.read(1), 0)) == pytest.approx(taken["placed_m3"], rel=0.01)
    assert main([*line, "--map", str(tmp_path / "map.png")]) == 0
    out, _ = capsys.readouterr()
    assert "tilt or bend on stable ground" in out
    assert "bent, " in out
    with Project.open(domed, read_only=True) as project:
        found = progress(project, "SK-001", before="2025", after="2026")
        write_progress([found], tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert found.tilt is not None
    assert found.tilt.change_m3 is not None
    assert float(row["tilt or bend, net m³"]) == pytest.approx(found.tilt.change_m3.net_m3)
    assert row["tilt taken off"] == "no"


def test_people_get_a_table_and_warnings(surveyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["progress", str(surveyed), "--site", "SK-001", "--before", "2025", "--after", "2026"]) == 0
    out, err = capsys.readouterr()
    assert "net" in out
    assert "±" in out
    assert "warning: SK-001" in err


def test_share_of_the_plan_and_what_remains(surveyed: Path) -> None:
    request = ComparisonRequest(remove_offset=True)
    with Project.open(surveyed) as project:
        estimate(project, ["SK-001"], terrain="2025", request=LEVEL)
        found = progress(project, "SK-001", before="2025", after="2026", request=request)
        assert found.plan is not None
        assert (found.plan.basis, found.plan.reference, found.plan.terrain) == ("before", "level", "2025")
        assert found.share_of_plan == pytest.approx(LOWER_M3 / PIT_M3, rel=0.01)
        assert found.remaining_m3 == pytest.approx(PIT_M3 - LOWER_M3, rel=0.01)
        estimate(project, ["SK-001"], terrain="2026", request=LEVEL)  # what remains by the later survey, offset and all
        later = progress(project, "SK-001", before="2025", after="2026")
        assert later.plan is not None
        assert later.plan.basis == "after"
        assert later.remaining_m3 == pytest.approx(later.plan.volume_m3)
        assert later.share_of_plan == pytest.approx(later.net_m3 / (later.plan.volume_m3 + later.net_m3))
        assert later.program_version


def test_a_stockpile_is_done_when_its_heap_is_gone(
    project_file: Path, tmp_path: Path, add_site: Callable[..., None]
) -> None:
    add_site("DC-001", layer="stockpiles")
    heap = 2 * GROUND_M - pit_heights()
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "float32", "crs": "EPSG:4546",
               "transform": from_origin(X0, Y0, 1, 1)}  # fmt: skip
    with Project.open(project_file) as project:
        for name, z in (("2025", heap), ("2026", np.minimum(heap, GROUND_M + 5.0))):
            with rasterio.open(tmp_path / f"{name}.tif", "w", **profile) as target:
                target.write(z.astype("float32"), 1)
            add_terrain(project, tmp_path / f"{name}.tif", name=name)
        estimate(project, ["DC-001"], terrain="2025", request=LEVEL)
        found = progress(project, "DC-001", before="2025", after="2026")
        assert found.removed_m3 == pytest.approx(LOWER_M3, rel=0.01)
        assert found.share_of_plan == pytest.approx(LOWER_M3 / PIT_M3, rel=0.01)
        assert found.remaining_m3 == pytest.approx(PIT_M3 - LOWER_M3, rel=0.01)


def test_a_plan_from_elsewhere_or_of_an_old_outline_is_said(surveyed: Path, dem_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tif"
    with (
        rasterio.open(dem_file) as source,
        rasterio.open(other, "w", **{**source.profile, "compress": "deflate"}) as out,
    ):
        out.write(source.read(1), 1)
    with Project.open(surveyed) as project:
        add_terrain(project, other, name="other")
        estimate(project, ["SK-001"], terrain="other", request=LEVEL)
        found = progress(project, "SK-001", before="2025", after="2026")
        assert found.plan is not None
        assert found.plan.basis == "other"
        assert "progress.other_plan" in {w.key for w in found.warnings}
        assert "progress.stale_plan" not in {w.key for w in found.warnings}
        old = replace(project.store.estimates(["SK-001"])[0], outline_sha256="0" * 64)
        again = against_plan(found, project.store.site("SK-001"), old)
        assert "progress.stale_plan" in {w.key for w in again.warnings}


def test_other_sites_are_no_stable_ground(surveyed: Path, add_site: Callable[..., None]) -> None:
    whole = shapely.MultiPolygon([shapely.box(X0, Y0 - SIZE, X0 + SIZE, Y0)])
    add_site("SK-002", whole)
    with Project.open(surveyed, read_only=True) as project:
        found = progress(project, "SK-001", before="2025", after="2026")
    assert (found.offset_m, found.stable_cells) == (None, 0)


def test_what_does_not_exist_or_changed_is_named(surveyed: Path, later_file: Path) -> None:
    with Project.open(surveyed) as project:
        with pytest.raises(Missing):
            progress(project, "SK-999", before="2025", after="2026")
        with pytest.raises(Missing):
            progress(project, "SK-001", before="2025", after="2031")
        with pytest.raises(Refused, match="same terrain"):
            progress(project, "SK-001", before="2025", after="2025")
        later_file.unlink()
        with pytest.raises(Unreadable):
            progress(project, "SK-001", before="2025", after="2026")


def test_refusals_are_one_line_and_exit_1(surveyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["progress", str(surveyed), "--site", "SK-001", "--before", "2025", "--after", "2025", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_the_map_of_differences(surveyed: Path) -> None:
    with Project.open(surveyed, read_only=True) as project:
        grid = difference_map(project, "SK-001", before="2025", after="2026", offset_m=0.2)
    assert grid.difference.shape == (120, 120)
    assert grid.difference[60, 60] == pytest.approx(5.0, abs=1e-3)
    assert grid.difference[1, 1] == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("ending", ["png", "pdf", "tif"])
def test_the_map_of_change(surveyed: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / f"变化图.{ending}"
    line = ["progress", str(surveyed), "--site", "SK-001", "--before", "2025", "--after", "2026", "--remove-offset"]
    assert main([*line, "--map", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= CONTRACT
    assert out.read_bytes()[:4] == {"png": b"\x89PNG", "pdf": b"%PDF", "tif": b"II*\0"}[ending]
    if ending == "tif":
        with rasterio.open(out) as ds:
            assert (str(ds.crs), ds.units) == ("EPSG:4546", ("m",))
            change = ds.read(1)
            cell = ds.res[0] * ds.res[1]
        assert np.nansum(np.maximum(change, 0)) * cell == pytest.approx(found["placed_m3"], rel=1e-3)
        assert main([*line, "--map", str(out)]) == 1  # it might be a terrain
        assert "already" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


@pytest.mark.parametrize("name", ["map.jpg", "map", "nowhere/map.png", "项目 一.gpkg"])
def test_a_map_that_cannot_go_there(surveyed: Path, tmp_path: Path, name: str) -> None:
    before = surveyed.read_bytes()
    line = ["progress", str(surveyed), "--site", "SK-001", "--before", "2025", "--after", "2026"]
    assert main([*line, "--map", str(tmp_path / name)]) == 1
    assert surveyed.read_bytes() == before
