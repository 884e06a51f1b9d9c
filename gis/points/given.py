"""A ground of triangles that a file gives: used as they are, and no ground where no face lies."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array
from gis.points.mesh import Corners, Kinds, Mesh, Overlaps, areas, longest_edges
from gis.points.tin import Sizes


class GivenTin:
    """The triangles `corners` (m, 3) of `xy` (n, 2) and `z` (n), m; those with an edge over `max_edge` count as gaps.

    `overlaps` fills while blocks are asked for: cells that lie inside more than one triangle.
    """

    swapped = 0

    def __init__(self, xy: Array, z: Array, corners: Corners, max_edge: float) -> None:
        self.middle = np.median(xy, axis=0)
        self.level = float(np.median(z))
        self.max_edge = max_edge
        self._mesh = Mesh(xy - self.middle, z - self.level, corners, max_edge)
        box = self._mesh.xy[corners]
        self._low, self._high = box.min(axis=1), box.max(axis=1)
        self.overlaps = Overlaps()

    def __len__(self) -> int:
        return len(self._mesh.z)

    def extent(self) -> tuple[float, float, float, float]:
        """X min, y min, x max, y max of the triangles."""
        (x0, y0), (x1, y1) = self._low.min(axis=0) + self.middle, self._high.max(axis=0) + self.middle
        return float(x0), float(y0), float(x1), float(y1)

    @property
    def area_m2(self) -> float:
        """Of all triangles in plan, each counted, m²."""
        return float(areas(self._mesh.xy, self._mesh.corners).sum())

    def _about(self, low: Array, high: Array) -> Mesh:
        """The triangles that can cover a box."""
        near = (self._high >= low).all(axis=1) & (self._low <= high).all(axis=1)
        return Mesh(self._mesh.xy, self._mesh.z, self._mesh.corners[near], self.max_edge)

    def at(self, xy: Array) -> Array:
        """Heights at scattered places (n, 2), best near each other; NaN where no face lies."""
        places = np.asarray(xy) - self.middle
        if not len(places):
            return np.zeros(0)
        return np.asarray(self._about(places.min(axis=0), places.max(axis=0)).at(places) + self.level)

    def block(self, left: float, top: float, cell: float, rows: int, cols: int) -> tuple[Array, Kinds]:
        """(heights, kinds of triangle) at the cell centres of a block of a north-up grid; NaN where no face lies."""
        z, kind = np.full((rows, cols), np.nan), np.zeros((rows, cols), np.uint8)
        own = left - self.middle[0], top - self.middle[1]
        box = np.array([own[0], own[1] - rows * cell]), np.array([own[0] + cols * cell, own[1]])
        self._about(*box).lay(z, kind, *own, cell, self.overlaps.of_block(left, top, cell, rows, cols))
        self.overlaps.add()
        return z + self.level, kind


def sizes_of(xy: Array, corners: Corners) -> Sizes:
    """How large the triangles are, as gis.points.tin.measure tells it of points."""
    edge = longest_edges(xy, corners)
    least = np.full(len(xy), np.inf)
    for k in range(3):
        np.minimum.at(least, corners[:, k], edge)
    least = np.sort(least[np.isfinite(least)])
    reach = float(least[int(0.99 * (len(least) - 1))])
    near = edge <= 3 * reach
    size, ground = edge[near], areas(xy, corners[near])
    order = np.argsort(size)
    half = np.searchsorted(np.cumsum(ground[order]), ground.sum() / 2)
    return Sizes(float(np.median(least)), reach, float(size[order[min(int(half), len(order) - 1)]]))
