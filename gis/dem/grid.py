"""The geometry of a raster grid: pixel space and ground, whatever way the grid lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike
from pyproj import CRS

from gis.arrays import Array
from gis.crs import horizontal, metres_per_unit, parse_crs
from models.terrain import Terrain


@lru_cache(maxsize=64)
def _flat(text: str) -> CRS:
    return horizontal(parse_crs(text))


@dataclass(frozen=True)
class Grid:
    """Pixel space: column and row at cell corners, so that the centre of cell (r, c) is (c + 0.5, r + 0.5).

    `transform` as in models.terrain.Terrain. Rotated and south-up grids need nothing special: everything is measured
    in pixel space and multiplied by the cell's area, |det|. Axes must stand at right angles (checked at registration).
    """

    width: int
    height: int
    transform: tuple[float, float, float, float, float, float]
    crs_text: str

    @classmethod
    def of(cls, terrain: Terrain) -> Grid:
        """The grid of a registered terrain."""
        return cls(terrain.width, terrain.height, terrain.transform, terrain.crs)

    @cached_property
    def crs(self) -> CRS:
        """The horizontal CRS of the grid."""
        return _flat(self.crs_text)

    @cached_property
    def geographic(self) -> bool:
        """True where the grid counts in degrees."""
        return bool(self.crs.is_geographic)

    @cached_property
    def _unit(self) -> float:
        return metres_per_unit(self.crs)

    @property
    def axis_aligned(self) -> bool:
        """True where columns run along x and rows along y."""
        _, b, _, d, _, _ = self.transform
        return b == 0 and d == 0

    def to_pixel(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """(column, row) of places in the grid's CRS."""
        a, b, c, d, e, f = self.transform
        det = a * e - b * d
        u, v = np.asarray(x, np.float64) - c, np.asarray(y, np.float64) - f
        return (e * u - b * v) / det, (a * v - d * u) / det

    def to_world(self, col: ArrayLike, row: ArrayLike) -> tuple[Array, Array]:
        """(x, y) in the grid's CRS of pixel positions."""
        a, b, c, d, e, f = self.transform
        u, v = np.asarray(col, np.float64), np.asarray(row, np.float64)
        return a * u + b * v + c, d * u + e * v + f

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) of the outer cell edges in the grid's CRS."""
        x, y = self.to_world([0, self.width, 0, self.width], [0, 0, self.height, self.height])
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def row_areas(self, row0: int, row1: int) -> Array:
        """Ground area of one cell of each row row0..row1-1, m² (before the projection's scale factor).

        Projected: |det| in m². Geographic: the area of the ellipsoid between two parallels and two meridians,
        Snyder (1987) USGS PP 1395, eq. 3-12 (authalic q): a² Δλ (q₂ - q₁) / 2.
        """
        a, b, _, d, e, f = self.transform
        unit = self._unit
        if not self.geographic:
            return np.full(row1 - row0, abs(a * e - b * d) * unit * unit)
        q = self._authalic(np.radians(np.degrees((e * np.arange(row0, row1 + 1) + f) * unit)))
        ellipsoid = self.crs.ellipsoid
        semi = ellipsoid.semi_major_metre if ellipsoid is not None else 6378137.0
        return np.abs(np.diff(q)) * abs(a) * unit * semi**2 / 2

    def _authalic(self, latitude: Array) -> Array:
        ellipsoid = self.crs.ellipsoid
        flat = 1 / ellipsoid.inverse_flattening if ellipsoid is not None and ellipsoid.inverse_flattening else 0.0
        s = np.sin(latitude)
        e2 = flat * (2 - flat)
        if e2 <= 0:
            return np.asarray(2 * s)
        ecc = np.sqrt(e2)
        return np.asarray((1 - e2) * (s / (1 - e2 * s * s) - np.log((1 - ecc * s) / (1 + ecc * s)) / (2 * ecc)))

    def steps_m(self, row: float) -> tuple[float, float]:
        """Ground length of one column step and of one row step at a row, m (before the scale factor)."""
        a, b, _, d, e, f = self.transform
        unit = self._unit
        if not self.geographic:
            return float(np.hypot(a, d)) * unit, float(np.hypot(b, e)) * unit
        ellipsoid = self.crs.ellipsoid
        semi = ellipsoid.semi_major_metre if ellipsoid is not None else 6378137.0
        flat = 1 / ellipsoid.inverse_flattening if ellipsoid is not None and ellipsoid.inverse_flattening else 0.0
        e2, lat = flat * (2 - flat), (e * row + f) * unit
        w = np.sqrt(1 - e2 * np.sin(lat) ** 2)
        return float(abs(a) * unit * semi * np.cos(lat) / w), float(abs(e) * unit * semi * (1 - e2) / w**3)

    @property
    def cell_m(self) -> float:
        """Square root of a cell's ground area at the middle row, m."""
        middle = self.height // 2
        return float(np.sqrt(self.row_areas(middle, middle + 1)[0]))
