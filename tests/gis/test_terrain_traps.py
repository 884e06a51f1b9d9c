"""Terrain files that mislead, as one file and as tiles: the volume of a known pit comes out right, or it is refused.

Nothing in between: each trap says which of the two, and a wrong figure fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from gis.crs import transformer
from gis.dem.mosaic import inspect_tiles
from gis.raster import inspect_dem
from gis.volume import estimate
from models.errors import AppError, Refused
from models.estimate import EstimateRequest
from models.terrain import Terrain
from models.units import FOOT_M, US_SURVEY_FOOT_M
from tests.gis.ground import CRS, X0, Y0, site, write

SIZE, RADIUS, DEPTH, TOP = 120, 40.0, 8.0, 1000.0
PIT_M3 = np.pi * RADIUS**2 * DEPTH / 2
"""A paraboloid, ½πr²h."""
OPTIONS: dict[str, Any] = {
    "crs": None, "kind": "dtm", "vertical_datum": "d", "source": None, "sigma_z_m": None, "range_m": None,
    "sigma_xy_m": None, "surveyed_on": None, "nodata": None, "z_unit": None,
}  # fmt: skip
NORTH_UP = Affine(1, 0, X0, 0, -1, Y0 + SIZE)
Values = np.ndarray


def pit(x: Values, y: Values) -> Values:
    """Heights about the middle of the first SIZE m from (X0, Y0)."""
    r = np.hypot(x - X0 - SIZE / 2, y - Y0 - SIZE / 2)
    return TOP - DEPTH * np.maximum(1 - (r / RADIUS) ** 2, 0)


def over(transform: Affine, rows: int = SIZE, cols: int = SIZE, to_metres: Any = None) -> Values:
    c, r = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    x, y = transform.a * c + transform.b * r + transform.c, transform.d * c + transform.e * r + transform.f
    return pit(*(to_metres.transform(x, y) if to_metres is not None else (x, y)))


@dataclass
class Trap:
    """How a file is spoilt, and what must come of it: the volume, or a refusal of this key when read or estimated."""

    spoil: Callable[[Values], Values] = lambda z: z
    transform: Affine = NORTH_UP
    key: str | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    crs: str = CRS
    shape: tuple[int, int] = (SIZE, SIZE)
    rel: float = 2e-3


def outside(value: float) -> Callable[[Values], Values]:
    """Put a value where the outline does not go: two corners of the grid."""

    def put(z: Values) -> Values:
        z = z.copy()
        z[:6, :6] = z[-6:, -6:] = value
        return z

    return put


def inside(value: float) -> Callable[[Values], Values]:
    def put(z: Values) -> Values:
        z = z.copy()
        z[50:60, 55:65] = value
        return z

    return put


def stored(dtype: str, scale: float, offset: float) -> Callable[[Values], Values]:
    return lambda z: np.round((z - offset) / scale).astype(dtype) if dtype[0] in "iu" else (
        (z - offset) / scale
    ).astype(dtype)  # fmt: skip


DEGREES = Affine(1.2e-5, 0, 111.0, 0, -9e-6, 40.6509)
TRAPS = {
    "as it is": Trap(),
    "south-up": Trap(transform=Affine(1, 0, X0, 0, 1, Y0)),
    "mirrored": Trap(transform=Affine(-1, 0, X0 + SIZE, 0, -1, Y0 + SIZE)),
    "turned by 30°": Trap(
        transform=Affine.translation(X0 - 40, Y0 + 100) * Affine.rotation(30) * Affine.scale(1, -1), shape=(220, 220)
    ),
    "turned by 90°": Trap(transform=Affine(0, 1, X0, 1, 0, Y0)),
    "oblong": Trap(transform=Affine(0.5, 0, X0, 0, -1, Y0 + SIZE), shape=(SIZE, 2 * SIZE)),
    "-9999 outside": Trap(outside(-9999), key="terrain.undeclared_nodata"),
    "-9999 inside": Trap(inside(-9999), key="terrain.undeclared_nodata"),
    "-32767 outside": Trap(outside(-32767), key="terrain.undeclared_nodata"),
    "-32768 inside": Trap(inside(-32768), key="terrain.undeclared_nodata"),
    "-32767 stated": Trap(outside(-32767), asked={"nodata": -32767.0}),
    "-9999 stated inside": Trap(inside(-9999), asked={"nodata": -9999.0}, key="terrain.not_covered"),
    "-9999 declared": Trap(outside(-9999), more={"nodata": -9999}),
    "the float's minimum": Trap(outside(-3.4028235e38)),
    "1e30 and more": Trap(outside(1e31)),
    "9999": Trap(outside(9999), key="terrain.impossible_heights"),
    "8888 inside": Trap(inside(8888), key="terrain.undeclared_nodata"),
    "8888 stated": Trap(outside(8888), asked={"nodata": 8888.0}),
    "9999 in feet": Trap(lambda z: outside(9999)(z / FOOT_M), more={"unit": "ft"}, key="terrain.undeclared_nodata"),
    "65535 in decimetres": Trap(
        lambda z: inside(65535)(np.round(z * 10).astype("uint16")), more={"scale": 0.1}, key="terrain.undeclared_nodata"
    ),
    "32767 in decimetres, declared": Trap(
        lambda z: outside(32767)(np.round(z * 10).astype("int16")), more={"scale": 0.1, "nodata": 32767}, rel=2e-2
    ),
    "-5000 of a blend": Trap(outside(-5000), key="terrain.impossible_heights"),
    "0 outside": Trap(outside(0)),
    "0 inside": Trap(inside(0), key="terrain.suspicious_inside"),
    "0 declared": Trap(outside(0), more={"nodata": 0}),
    "0 declared inside": Trap(inside(0), more={"nodata": 0}, key="terrain.not_covered"),
    "0 stated": Trap(outside(0), asked={"nodata": 0.0}),
    "NaN outside": Trap(outside(np.nan)),
    "NaN inside": Trap(inside(np.nan), key="terrain.not_covered"),
    "+inf outside": Trap(outside(np.inf)),
    "+inf inside": Trap(inside(np.inf), key="terrain.not_covered"),
    "-inf inside": Trap(inside(-np.inf), key="terrain.not_covered"),
    "feet of the band": Trap(lambda z: z / FOOT_M, more={"unit": "ft"}),
    "feet stated": Trap(lambda z: z / US_SURVEY_FOOT_M, asked={"z_unit": "us-ft"}),
    "feet of the system": Trap(lambda z: z / US_SURVEY_FOOT_M, crs=f"{CRS}+6360"),
    "a unit of nobody": Trap(more={"unit": "smoots"}, key="terrain.unit"),
    "feet, no word of it": Trap(lambda z: z * 10, key="terrain.impossible_heights"),
    "scale and offset": Trap(stored("int16", 0.01, 900.0), more={"scale": 0.01, "offset": 900.0}),
    "scale, float": Trap(stored("float32", 0.1, 0.0), more={"scale": 0.1}),
    "scale, offset and feet": Trap(
        lambda z: stored("int32", 0.001, 100.0)(z / FOOT_M), more={"scale": 0.001, "offset": 100.0, "unit": "ft"}
    ),
    "centimetres": Trap(lambda z: np.round(z * 100).astype("int32"), more={"unit": "cm"}),
    "degrees": Trap(transform=DEGREES, crs="EPSG:4490", shape=(200, 200), rel=4e-3),
    "degrees called metres": Trap(transform=DEGREES, key="terrain.degrees"),
    "metres called degrees": Trap(crs="EPSG:4490", key="terrain.not_degrees"),
    "sheared": Trap(transform=Affine(1, 0.5, X0, 0, -1, Y0 + SIZE), key="terrain.sheared"),
    "degrees, turned": Trap(
        transform=Affine.translation(111, 40.65) * Affine.rotation(20) * Affine.scale(1e-5, -1e-5), crs="EPSG:4490",
        key="terrain.rotated_degrees",
    ),
    "Web Mercator": Trap(crs="EPSG:3857", key="terrain.web_mercator"),
    "no system": Trap(crs="", key="terrain.no_crs"),
}  # fmt: skip


def files(folder: Path, trap: Trap, count: int) -> list[Path]:
    """The trap as one file, or cut into two tiles."""
    rows, cols = trap.shape
    move = transformer("EPSG:4490", CRS) if trap.crs == "EPSG:4490" and trap.key is None else None
    z = over(trap.transform, rows, cols, move) if move is None else _in_degrees(trap, move)
    z = trap.spoil(z)
    z = z.astype(np.float32) if z.dtype == np.float64 else z
    cut = cols * 45 // 100
    splits = [(0, cols)] if count == 1 else [(0, cut), (cut, cols)]
    return [
        write(folder / f"块 {k}.tif", z[:, c0:c1], trap.transform * Affine.translation(c0, 0), trap.crs or None,
              **trap.more)
        for k, (c0, c1) in enumerate(splits)
    ]  # fmt: skip


def _in_degrees(trap: Trap, move: Any) -> Values:
    """The pit of a grid in degrees, about the middle of the grid instead of (X0, Y0)."""
    rows, cols = trap.shape
    c, r = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    x, y = move.transform(trap.transform.c + trap.transform.a * c, trap.transform.f + trap.transform.e * r)
    middle = move.transform(*(trap.transform * (cols / 2, rows / 2)))
    return pit(x - middle[0] + X0 + SIZE / 2, y - middle[1] + Y0 + SIZE / 2)


def outline(trap: Trap) -> shapely.Polygon:
    """The pit and a metre around it, in metres."""
    x, y = X0 + SIZE / 2, Y0 + SIZE / 2
    if trap.crs == "EPSG:4490" and trap.key is None:
        middle = trap.transform * (trap.shape[1] / 2, trap.shape[0] / 2)
        x, y = transformer("EPSG:4490", CRS).transform(*middle)
    return shapely.Point(x, y).buffer(RADIUS + 1, quad_segs=90)


def register(paths: list[Path], trap: Trap) -> tuple[Terrain, Path]:
    options = OPTIONS | trap.asked
    if len(paths) == 1:
        return inspect_dem(paths[0], name="t", **options), paths[0]
    record = inspect_tiles(paths, name="t", **options)
    return record, Path(record.path)


@pytest.mark.parametrize("count", [1, 2], ids=["file", "tiles"])
@pytest.mark.parametrize("name", TRAPS)
def test_right_or_refused(tmp_path: Path, name: str, count: int) -> None:
    trap = TRAPS[name]
    paths = files(tmp_path, trap, count)
    request = EstimateRequest("level", {"level_m": TOP})
    if trap.key is not None:
        with pytest.raises(Refused) as caught:
            estimate(site(outline(trap)), *register(paths, trap), request)
        assert caught.value.key == trap.key
        assert caught.value.advice.text
        return
    record, path = register(paths, trap)
    made = estimate(site(outline(trap)), record, path, request)
    assert made.fill_m3 == pytest.approx(PIT_M3, rel=trap.rel)
    assert made.max_depth_m == pytest.approx(DEPTH, abs=0.1)
    if name == "0 outside":
        assert "terrain.suspicious_low" in {n.key for n in record.warnings}


def test_tiles_of_two_units_are_one_ground(tmp_path: Path) -> None:
    """One tile in feet by its band, one in metres: each by its own word."""
    z = over(NORTH_UP)
    left = write(tmp_path / "l.tif", (z[:, :60] / FOOT_M).astype(np.float32), NORTH_UP, unit="ft")
    right = write(tmp_path / "r.tif", z[:, 60:].astype(np.float32), NORTH_UP * Affine.translation(60, 0), unit="m")
    record = inspect_tiles([left, right], name="t", **OPTIONS)
    made = estimate(site(outline(Trap())), record, Path(record.path), EstimateRequest("spill"))
    assert made.fill_m3 == pytest.approx(PIT_M3, rel=5e-3)


def test_a_broken_tile_is_named(tmp_path: Path, shared_data: Path) -> None:
    good = write(tmp_path / "a.tif", over(NORTH_UP).astype(np.float32), NORTH_UP)
    for bad in sorted((shared_data / "broken_rasters").iterdir()):
        with pytest.raises(AppError) as caught:
            inspect_tiles([good, bad], name="t", **OPTIONS)
        assert bad.name in caught.value.where


def test_numbers_of_colours_are_no_heights(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    shape = {"driver": "GTiff", "width": 40, "height": 40, "count": 1, "dtype": "uint8"}
    with rasterio.open(path, "w", **shape, crs=CRS, transform=NORTH_UP) as out:
        out.write(np.arange(1600, dtype=np.uint8).reshape(1, 40, 40))
        out.write_colormap(1, {i: (i, i, i, 255) for i in range(256)})
    with pytest.raises(Refused, match="numbers of colours, not heights"):
        inspect_dem(path, **OPTIONS)


@pytest.mark.parametrize("clear", [True, False])
def test_an_alpha_band_that_gdal_takes_for_no_mask(tmp_path: Path, *, clear: bool) -> None:
    """`gdalwarp -dstalpha` of float heights: cells that it marks as transparent would count as ground."""
    z, alpha = over(NORTH_UP).astype("float32"), np.full((SIZE, SIZE), 255, "float32")
    if clear:
        alpha[50:60, 50:60] = 0
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 2, "dtype": "float32", "crs": CRS}
    with rasterio.open(path, "w", transform=NORTH_UP, ALPHA="YES", **profile) as ds:
        ds.write(z, 1)
        ds.write(alpha, 2)
    if clear:
        with pytest.raises(Refused) as refused:
            inspect_dem(path)
        assert refused.value.key == "terrain.alpha"
        return
    terrain = inspect_dem(path)
    got = estimate(site(outline(Trap())), terrain, path, EstimateRequest("level", {"level_m": TOP}))
    assert got.fill_m3 == pytest.approx(PIT_M3, rel=2e-3)
