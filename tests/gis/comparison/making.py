"""Two made-up surveys of one ground: any grid, cell size, direction and CRS over 300 m × 300 m."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer
from rasterio.transform import Affine

from gis.comparison import Survey
from tests.gis.ground import CRS, X0, Y0, terrain, write

Height = Callable[[np.ndarray, np.ndarray], np.ndarray]
SIZE = 300.0


def survey(
    folder: Path,
    name: str,
    height: Height,
    *,
    cell: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    angle: float = 0.0,
    crs: str = CRS,
    size: float = SIZE,
    holes: tuple[slice, slice] | None = None,
    **more: Any,
) -> Survey:
    """`height(x, y)` (m from the corner of the ground) at the centres of a grid over the ground.

    The grid is `cell` (metres; in a geographic CRS metres over 111 km), moved by `shift` and turned by `angle` degrees
    about its middle; turned or in another CRS it is half as large again, so that it still covers the ground.
    """
    turned = angle != 0 or crs != CRS
    span = size * 1.5 if turned else size
    n = int(np.ceil(span / cell))
    middle = (X0 + SIZE / 2 + shift[0], Y0 + SIZE / 2 + shift[1])
    move = Transformer.from_crs(CRS, crs, always_xy=True)
    x, y = move.transform(*middle)
    step = cell / 111_000 if abs(x) <= 180 else cell
    transform = Affine.translation(x, y) * Affine.rotation(angle) * Affine.scale(step, -step)
    transform @= Affine.translation(-n / 2, -n / 2)
    c, r = np.meshgrid(np.arange(n) + 0.5, np.arange(n) + 0.5)
    wx, wy = (transform.a * c + transform.b * r + transform.c, transform.d * c + transform.e * r + transform.f)
    gx, gy = move.transform(wx, wy, direction="INVERSE")
    z = np.asarray(height(gx - X0, gy - Y0), np.float64) + np.zeros(c.shape)
    if holes is not None:
        z[holes] = -9999.0
    path = write(folder / f"{name}.tif", z, transform, crs, nodata=-9999.0)
    return Survey(terrain(path, crs, **{"sha256": name.ljust(64, "0"), **more}), path)


def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Gently sloping ground."""
    return 1000 + 0.05 * x - 0.03 * y


def cone(x: np.ndarray, y: np.ndarray, *, radius: float = 30.0, height: float = 10.0) -> np.ndarray:
    """Height of a heap in the middle of the ground."""
    return height * np.clip(1 - np.hypot(x - SIZE / 2, y - SIZE / 2) / radius, 0, 1)


CONE_M3 = np.pi * 30.0**2 * 10.0 / 3


def heaped(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The ground with the heap on it."""
    return plane(x, y) + cone(x, y)


def rough(seed: int, sigma: float) -> Height:
    """Independent noise of each cell on top of any ground: add it to a height."""
    generator = np.random.default_rng(seed)

    def noise(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return generator.normal(0, sigma, x.shape)

    return noise


def hills(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Ground that slopes every way, by some 13 % (root mean square)."""
    return 1000 + 3 * np.sin(x / 23) + 2.5 * np.cos(y / 31) + 2 * np.sin((x + y) / 41)


def pit_in_hills(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Hills with a conical pit, 8 m deep and 80 m across, in their middle."""
    return hills(x, y) - 8 * np.clip(1 - np.hypot(x - SIZE / 2, y - SIZE / 2) / 40, 0, 1)


def half_filled(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """That pit filled to half its depth: the fill is a cone of half the pit's size."""
    return np.maximum(pit_in_hills(x, y), hills(x, y) - 4)


HALF_FILL_M3 = np.pi * 20.0**2 * 4.0 / 3


def aside(height: Height, east: float, north: float) -> Height:
    """The same ground seen that many metres to the east and north of where it is."""
    return lambda x, y: height(x - east, y - north)


def both(*heights: Height) -> Height:
    """Their sum."""
    return lambda x, y: sum((h(x, y) for h in heights[1:]), start=heights[0](x, y))
