"""Odd terrains and outlines through the commands: right, refused, or said; never a wrong figure (issue list)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine, from_origin

from app.cli import main
from gis.crs import parse_crs, scale_factor, transformer

X0, Y0, CELLS = 417_000.0, 4_496_000.0, 120
GROUND_M, FLOOR_M = 1050.0, 1040.0
FT, US_FT = 0.3048, 1200 / 3937
CRS = "EPSG:4546"
K2 = float(scale_factor(parse_crs(CRS), X0 + 60, Y0 - 60)) ** 2
BOX_M3 = 40 * 40 * 10 / K2
"""A box of 40 × 40 m, 10 m deep, on the ground."""

Run = Callable[..., tuple[int, str, str]]


def heights() -> np.ndarray:
    z = np.full((CELLS, CELLS), GROUND_M)
    z[40:80, 40:80] = FLOOR_M
    return z


def outline() -> shapely.Polygon:
    """The floor and half a cell around it."""
    return shapely.box(X0 + 39.5, Y0 - 80.5, X0 + 80.5, Y0 - 39.5)


@dataclass
class Dem:
    """A terrain to write, and how it is registered."""

    z: np.ndarray = field(default_factory=heights)
    transform: Affine = field(default_factory=lambda: from_origin(X0, Y0, 1, 1))
    crs: str | None = CRS
    scale: float | None = None
    offset: float = 0.0
    unit: str = ""
    nodata: float | None = None
    dtype: str = "float64"
    options: tuple[str, ...] = ()

    def write(self, path: Path) -> Path:
        profile: dict[str, Any] = {"driver": "GTiff", "height": self.z.shape[0], "width": self.z.shape[1], "count": 1}
        profile |= {"dtype": self.dtype, "crs": self.crs, "transform": self.transform, "nodata": self.nodata}
        with rasterio.open(path, "w", **profile) as ds:
            ds.write(self.z.astype(self.dtype), 1)
            if self.scale is not None:
                ds.scales, ds.offsets = (self.scale,), (self.offset,)
            if self.unit:
                ds.units = (self.unit,)
        return path


def with_value(value: float, where: tuple[slice, slice]) -> np.ndarray:
    z = heights()
    z[where] = value
    return z


INSIDE, OUTSIDE = np.s_[50:56, 50:56], np.s_[2:8, 2:8]


def turned(degrees: float) -> Dem:
    """The box on a grid turned about its middle, sampled exactly (nearest cell of the box's own lines)."""
    middle = Affine.translation(X0 + 60, Y0 - 60)
    transform = middle * Affine.rotation(degrees) * Affine.scale(0.25, -0.25) * Affine.translation(-300, -300)
    c, r = np.meshgrid(np.arange(600) + 0.5, np.arange(600) + 0.5)
    x, y = transform.a * c + transform.b * r + transform.c, transform.d * c + transform.e * r + transform.f
    deep = np.maximum(np.abs(x - X0 - 60), np.abs(y - Y0 + 60)) < 20
    return Dem(np.where(deep, FLOOR_M, GROUND_M), transform)


def in_degrees() -> Dem:
    """The box sampled on a grid of degrees of the same datum, about 0.25 m."""
    way = transformer(CRS, "EPSG:4490")
    lon, lat = way.transform(X0 - 5, Y0 + 5)
    east, south = way.transform(X0 + 125, Y0 - 125)
    n = 600
    step_x, step_y = (east - lon) / n, (lat - south) / n
    c, r = np.meshgrid(lon + (np.arange(n) + 0.5) * step_x, lat - (np.arange(n) + 0.5) * step_y)
    x, y = transformer("EPSG:4490", CRS).transform(c, r)
    deep = np.maximum(np.abs(x - X0 - 60), np.abs(y - Y0 + 60)) < 20
    return Dem(np.where(deep, FLOOR_M, GROUND_M), from_origin(lon, lat, step_x, step_y), "EPSG:4490")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def go(*words: object) -> tuple[int, str, str]:
        code = main(["--lang", "en", *map(str, words)])
        out, err = capsys.readouterr()
        return code, out, err

    return go


@pytest.fixture
def ready(tmp_path: Path, run: Run) -> Callable[..., Path]:
    """A project with the outline (imported by the command), and what else is given."""

    def make(*outlines: shapely.Geometry) -> Path:
        project = tmp_path / "odd.gpkg"
        assert run("new", project, "--crs", CRS)[0] == 0
        features = [{"type": "Feature", "properties": {"code": f"K{k}"}, "geometry": shapely.geometry.mapping(g)}
                    for k, g in enumerate(outlines or (outline(),))]  # fmt: skip
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4546"}}
        path = tmp_path / "o.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf8")
        code, _, err = run("import", project, path, "--layer", "sand_pits")
        assert code == 0, err
        return project

    return make


def add(run: Run, project: Path, dem: Dem) -> tuple[int, str]:
    code, _, err = run("terrain", "add", project, dem.write(project.parent / "dem.tif"), "--sigma-z", "0.1", "--range",
                       "20", *dem.options)  # fmt: skip
    return code, err


def estimated(run: Run, project: Path, *more: object) -> dict[str, Any]:
    request = more or ("--reference", "level", "--level", GROUND_M)
    code, out, err = run("estimate", project, "--all", *request, "--json")
    found: dict[str, Any] = json.loads(out) if out else {"estimates": [], "refused": [], "stderr": err}
    found["code"] = code
    return found


RIGHT = {
    "plain": (Dem(), 1e-6),
    "declared nodata outside": (Dem(with_value(-9999, OUTSIDE), nodata=-9999.0), 1e-6),
    "stated nodata outside": (Dem(with_value(-32767, OUTSIDE), options=("--nodata", "-32767")), 1e-6),
    "nan outside": (Dem(with_value(np.nan, OUTSIDE)), 1e-6),
    "inf outside": (Dem(with_value(np.inf, OUTSIDE)), 1e-6),
    "minus inf outside": (Dem(with_value(-np.inf, OUTSIDE)), 1e-6),
    "zero outside": (Dem(with_value(0.0, OUTSIDE)), 1e-6),
    "feet": (Dem(heights() / FT, unit="ft"), 1e-6),
    "feet stated": (Dem(heights() / FT, options=("--z-unit", "ft")), 1e-6),
    "us feet": (Dem(heights() / US_FT, unit="us-ft"), 1e-6),
    "scale and offset": (Dem((heights() - 1000) * 100, scale=0.01, offset=1000.0, dtype="int16"), 1e-6),
    "scale in feet": (Dem((heights() / FT - 3000) * 10, scale=0.1, offset=3000.0, unit="ft"), 1e-6),
    "south up": (Dem(heights()[::-1], Affine.translation(X0, Y0 - CELLS) * Affine.scale(1, 1)), 1e-6),
    "turned 30": (turned(30), 3e-3),
    "turned -77": (turned(-77), 3e-3),
    "degrees": (in_degrees(), 3e-3),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_whatever_the_file_is_like(name: str, ready: Callable[..., Path], run: Run) -> None:
    dem, tolerance = RIGHT[name]
    project = ready()
    code, err = add(run, project, dem)
    assert code == 0, err
    found = estimated(run, project)
    (e,) = found["estimates"]
    assert e["fill_m3"] == pytest.approx(BOX_M3, rel=tolerance)
    assert e["max_depth_m"] == pytest.approx(10, abs=1e-6)
    assert e["covered_share"] == 1


NOT_REGISTERED = {
    "nodata -9999 not declared": (Dem(with_value(-9999, INSIDE)), "-9999"),
    "nodata -32767 not declared": (Dem(with_value(-32767, INSIDE), dtype="int16"), "-32767"),
    "no crs": (Dem(crs=None), "--crs"),
    "a unit of its own": (Dem(unit="fathom"), "fathom"),
    "web mercator": (Dem(crs="EPSG:3857"), ""),
    "all missing": (Dem(np.full((CELLS, CELLS), np.nan)), "no height"),
}


@pytest.mark.parametrize("name", NOT_REGISTERED)
def test_refused_when_it_is_registered(name: str, ready: Callable[..., Path], run: Run) -> None:
    dem, word = NOT_REGISTERED[name]
    project = ready()
    before = project.read_bytes()
    code, err = add(run, project, dem)
    assert code == 1
    assert err.startswith("error: ")
    assert word in err
    assert project.read_bytes() == before


NOT_ESTIMATED = {
    "nan inside": (Dem(with_value(np.nan, INSIDE)), "covers only"),
    "inf inside": (Dem(with_value(np.inf, INSIDE)), "covers only"),
    "declared nodata inside": (Dem(with_value(-9999, INSIDE), nodata=-9999.0), "covers only"),
    "zero inside": (Dem(with_value(0.0, INSIDE)), "most likely missing"),
    "rim leaves the terrain": (Dem(heights()[:, :78]), "covers only"),
}


@pytest.mark.parametrize("reference", ["level", "spill", "rim_surface"])
@pytest.mark.parametrize("name", NOT_ESTIMATED)
def test_refused_when_it_is_estimated(name: str, reference: str, ready: Callable[..., Path], run: Run) -> None:
    dem, word = NOT_ESTIMATED[name]
    project = ready()
    code, err = add(run, project, dem)
    assert code == 0, err
    request = ("--reference", reference, *(("--level", GROUND_M) if reference == "level" else ()))
    found = estimated(run, project, *request)
    assert (found["code"], found["estimates"]) == (1, [])
    (refused,) = found["refused"]
    assert word in refused["reason"]
    assert refused["advice"]


def test_a_rim_that_only_touches_the_edge_of_the_terrain_is_measured(ready: Callable[..., Path], run: Run) -> None:
    project = ready(shapely.box(X0 + 40, Y0 - 80, X0 + 80, Y0 - 40))
    assert add(run, project, Dem(heights()[:, :80]))[0] == 0
    (e,) = estimated(run, project)["estimates"]
    assert e["fill_m3"] == pytest.approx(BOX_M3, rel=1e-6)


def test_few_cells_are_said_with_their_number(ready: Callable[..., Path], run: Run) -> None:
    project = ready(shapely.box(X0 + 45, Y0 - 54, X0 + 75, Y0 - 45))
    assert add(run, project, Dem())[0] == 0
    (e,) = estimated(run, project)["estimates"]
    (said,) = [w for w in e["warnings"] if "cells wide" in w]
    assert "9.0 cells" in said
    assert "270 cells" in said


def test_a_bow_tie_is_refused_with_the_place(ready: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    tie = shapely.Polygon([(X0 + 45, Y0 - 45), (X0 + 75, Y0 - 75), (X0 + 75, Y0 - 45), (X0 + 45, Y0 - 75)])
    project = ready()
    path = tmp_path / "tie.geojson"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4546"}}
    features = [{"type": "Feature", "properties": {"code": c}, "geometry": shapely.geometry.mapping(g)}
                for c, g in (("TIE", tie), ("OK", outline()))]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf8")
    code, out, err = run("import", project, path, "--layer", "sand_pits", "--json")
    assert code == 0, err
    told = json.loads(out)
    (skipped,) = told["skipped"]
    assert "crosses" in skipped["reason"]
    assert f"{X0 + 60:.0f}" in skipped["reason"].replace(",", "").replace(" ", "")
    assert add(run, project, Dem())[0] == 0
    assert {e["site"] for e in estimated(run, project)["estimates"]} == {"K0", "OK"}


def test_parts_have_rims_of_their_own(ready: Callable[..., Path], run: Run) -> None:
    z = np.where(np.arange(CELLS)[None, :] < 60, 1050.0, 1060.0) * np.ones((CELLS, 1))
    z[20:40, 20:40] -= 5
    z[20:40, 80:100] -= 8
    two = shapely.MultiPolygon([shapely.box(X0 + c - 0.5, Y0 - 40.5, X0 + c + 20.5, Y0 - 19.5) for c in (20, 80)])
    project = ready(two)
    assert add(run, project, Dem(z))[0] == 0
    (e,) = estimated(run, project, "--reference", "spill")["estimates"]
    assert e["fill_m3"] == pytest.approx((400 * 5 + 400 * 8) / K2, rel=1e-6)
    levels = [part["level_m"] for part in e["reference"]["parameters"]["parts"]]
    assert levels == pytest.approx([1050, 1060], abs=1e-6)


def test_a_coarse_public_dem_on_a_shallow_pit_is_called_no_estimate(ready: Callable[..., Path], run: Run) -> None:
    n = 30
    z = np.full((n, n), 1050.0)
    z[14:16, 14:16] = 1047.0
    x, y = X0 - 15 * 30 + 60, Y0 + 15 * 30 - 60
    project = ready(shapely.box(x + 13.5 * 30, y - 16.5 * 30, x + 16.5 * 30, y - 13.5 * 30))
    dem = Dem(z, from_origin(x, y, 30, 30))
    code, _, err = run("terrain", "add", project, dem.write(project.parent / "dem.tif"), "--sigma-z", "4", "--range",
                       "200")  # fmt: skip
    assert code == 0, err
    (e,) = estimated(run, project, "--reference", "spill")["estimates"]
    assert e["interval95"]["fill_m3"] > 0.5 * e["fill_m3"]
    assert "no estimate to plan with" in e["warnings"][0]
    code, _, err = run("estimate", project, "--all", "--reference", "spill")
    assert code == 0
    assert "no estimate to plan with" in err
