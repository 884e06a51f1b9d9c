"""A triangulated ground: Delaunay triangles of points, heights linear on each, no triangle with an edge over a limit.

Large sets are triangulated by parts that give the triangles of the whole: every triangle within the limit that touches
a place has its corners within the limit of it, so the part around a place takes all points as far as that. A triangle
that only the part knows (its circle would hold a point outside) is found by asking for the point nearest to its
circle's centre, and is not used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError, cKDTree

from gis.arrays import Array, Index, Mask
from models.errors import Refused
from models.notices import N_
from models.progress import Watch

WHOLE = 60_000
"""Points up to which one triangulation serves for all places; walking through larger ones costs more than parts do."""
_PART_LIMIT = 3_000_000
_MEASURED_PARTS = 8
_FLAT_M = 1e-6


@dataclass(frozen=True)
class Mesh:
    """What the triangles say of a set of points, lengths in metres.

    `size_m`: median over the points of the longest edge of the smallest triangle at each; `reach_m` the same at 99 %
    (a lone stray does not count); `triangle_m`: median over the ground of a triangle's longest edge, strays left out.
    """

    size_m: float
    reach_m: float
    triangle_m: float


class Tin:
    """The ground through `xy` (n, 2) and `z` (n), with triangles whose edges are at most `max_edge` long.

    Places and heights in metres; coordinates are counted from the middle of the points so that no digits are lost.
    """

    def __init__(self, xy: Array, z: Array, max_edge: float, *, whole: int = WHOLE) -> None:
        _, first = np.unique(xy, axis=0, return_index=True)
        first = first[np.argsort(xy[first, 0], kind="stable")]
        self.middle = np.median(xy, axis=0)
        self.level = float(np.median(z))
        self._xy = np.ascontiguousarray(xy[first] - self.middle)
        self._z = z[first] - self.level
        self.max_edge = float(max_edge)
        self._tree = cKDTree(self._xy)
        self._whole = _Part.of(self._xy, self._z, self.max_edge) if len(self._xy) <= whole else None

    def __len__(self) -> int:
        return len(self._z)

    def extent(self) -> tuple[float, float, float, float] | None:
        """X min, y min, x max, y max of the ground; None if no triangle is small enough."""
        if self._whole is not None:
            used = self._xy[np.unique(self._whole.corners[self._whole.valid])]
        else:
            used = self._xy[~self.lonely()]
        if not len(used):
            return None
        (x0, y0), (x1, y1) = used.min(axis=0) + self.middle, used.max(axis=0) + self.middle
        return float(x0), float(y0), float(x1), float(y1)

    def lonely(self) -> Mask:
        """Points (as given here, without repeats) with no other one within `max_edge`."""
        return np.asarray(np.asarray(self._tree.query(self._xy, k=2)[0])[:, 1] > self.max_edge)

    def at(self, x: Array, y: Array) -> tuple[Array, Mask]:
        """(heights, whether the triangle is level) at places of any shape; NaN where there is no ground."""
        places = np.column_stack((np.ravel(x), np.ravel(y))) - self.middle
        z, flat = np.full(len(places), np.nan), np.zeros(len(places), np.bool_)
        if len(places):
            part = self._part(places.min(axis=0), places.max(axis=0))
            if part is not None:
                z, flat = part.at(places)
        return (z + self.level).reshape(np.shape(x)), flat.reshape(np.shape(x))

    def _part(self, low: Array, high: Array) -> _Part | None:
        """The triangles that can cover the box between `low` and `high`."""
        if self._whole is not None:
            return self._whole
        low, high = low - self.max_edge, high + self.max_edge
        left, right = np.searchsorted(self._xy[:, 0], (low[0], high[0] + 1e-9))
        strip = self._xy[left:right, 1]
        chosen = left + np.flatnonzero((strip >= low[1]) & (strip <= high[1]))
        if len(chosen) > _PART_LIMIT:
            raise Refused(
                "points.reach",
                N_("triangles of up to {edge:.0f} m would need {count} points at once"),
                advice=N_("state a smaller --max-edge"),
                edge=self.max_edge,
                count=len(chosen),
            )
        if len(chosen) < 3:
            return None
        part = _Part.of(self._xy[chosen], self._z[chosen], self.max_edge)
        part.drop_foreign(self._tree, low, high)
        return part


@dataclass
class _Part:
    """Triangles of some points. `corners`: (m, 3) positions in `xy`; `valid`: those that count."""

    delaunay: Delaunay | None
    xy: Array
    z: Array
    corners: NDArray[np.int32]
    valid: Mask
    flat: Mask

    @classmethod
    def of(cls, xy: Array, z: Array, max_edge: float) -> _Part:
        """The triangulation; without triangles if all points lie on one line."""
        delaunay = triangulate(xy)
        if delaunay is None:
            none = np.zeros((0, 3), np.int32)
            return cls(None, xy, z, none, np.zeros(0, np.bool_), np.zeros(0, np.bool_))
        corners = delaunay.simplices
        heights = z[corners]
        flat = np.ptp(heights, axis=1) <= _FLAT_M
        return cls(delaunay, xy, z, corners, longest_edges(xy, corners) <= max_edge, flat)

    def drop_foreign(self, tree: cKDTree, low: Array, high: Array) -> None:
        """Take out triangles whose circle holds a point of the whole set: they are none of the whole's."""
        centre, radius = _circles(self.xy, self.corners)
        out = ((centre - radius[:, None] < low) | (centre + radius[:, None] > high)).any(axis=1) & self.valid
        ask = np.flatnonzero(out)
        nearest = np.asarray(tree.query(centre[ask])[0])
        self.valid[ask[nearest < radius[ask] * (1 - 1e-9)]] = False

    def at(self, places: Array) -> tuple[Array, Mask]:
        """(heights, level triangle) at places (n, 2)."""
        z, flat = np.full(len(places), np.nan), np.zeros(len(places), np.bool_)
        if self.delaunay is None:
            return z, flat
        found = self.delaunay.find_simplex(places)
        inside = np.flatnonzero(found >= 0)
        inside = inside[self.valid[found[inside]]]
        triangle = found[inside]
        # Own weights from signed areas: exact at the corners, and defined where scipy's transform is not (slivers).
        a, b, c = (self.xy[self.corners[triangle, k]] for k in range(3))
        p = places[inside]
        whole = _cross(b - a, c - a)
        good = whole != 0
        inside, triangle = inside[good], triangle[good]
        a, b, c, p, whole = a[good], b[good], c[good], p[good], whole[good]
        v, w = _cross(p - a, c - a) / whole, _cross(b - a, p - a) / whole
        za, zb, zc = (self.z[self.corners[triangle, k]] for k in range(3))
        z[inside] = za + v * (zb - za) + w * (zc - za)
        flat[inside] = self.flat[triangle]
        return z, flat


def triangulate(xy: Array) -> Delaunay | None:
    """Delaunay's triangulation, None for points on one line."""
    if len(xy) < 3:
        return None
    spread = np.linalg.svd(xy - xy.mean(axis=0), compute_uv=False) if len(xy) < 100_000 else np.ones(2)
    if spread[1] <= 1e-9 * spread[0]:
        return None
    try:
        return Delaunay(xy)
    except (QhullError, ValueError):
        return None


def longest_edges(xy: Array, corners: NDArray[np.int32]) -> Array:
    """The longest edge of each triangle."""
    a, b, c = xy[corners[:, 0]], xy[corners[:, 1]], xy[corners[:, 2]]
    sides = [np.hypot(*(q - p).T) for p, q in ((a, b), (b, c), (c, a))]
    return np.asarray(np.max(sides, axis=0))


def _cross(u: Array, v: Array) -> Array:
    return np.asarray(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])


def _circles(xy: Array, corners: NDArray[np.int32]) -> tuple[Array, Array]:
    """(centres, radii) of the circles through the corners; slivers get huge ones."""
    a, b, c = xy[corners[:, 0]], xy[corners[:, 1]], xy[corners[:, 2]]
    u, v = b - a, c - a
    with np.errstate(divide="ignore", invalid="ignore"):
        d = 2 * _cross(u, v)
        uu, vv = (u**2).sum(axis=1), (v**2).sum(axis=1)
        centre = np.column_stack((v[:, 1] * uu - u[:, 1] * vv, u[:, 0] * vv - v[:, 0] * uu)) / d[:, None]
    centre = np.nan_to_num(centre, nan=0.0, posinf=1e12, neginf=-1e12)
    return a + centre, np.hypot(*centre.T)


def measure(xy: Array, watch: Watch | None = None) -> Mesh:
    """How far points are apart, by their triangles; for large sets by up to eight parts of them, evenly chosen.

    Raises Refused for points on one line.
    """
    xy = np.unique(xy, axis=0)
    xy = xy - np.median(xy, axis=0)
    smallest, sizes, areas = [], [], []
    chosen = some_parts(xy)
    for i, part in enumerate(chosen):
        leaf = xy[part]
        if watch is not None:
            watch.report(i / len(chosen))
        mesh = triangulate(leaf)
        if mesh is None:
            continue
        edge = longest_edges(leaf, mesh.simplices)
        least = np.full(len(leaf), np.inf)
        for k in range(3):
            np.minimum.at(least, mesh.simplices[:, k], edge)
        a, b, c = (leaf[mesh.simplices[:, k]] for k in range(3))
        smallest.append(least[np.isfinite(least)])
        sizes.append(edge)
        areas.append(np.abs(_cross(b - a, c - a)) / 2)
    if not smallest:
        raise on_one_line()
    least, size, area = np.sort(np.concatenate(smallest)), np.concatenate(sizes), np.concatenate(areas)
    reach = float(least[int(0.99 * (len(least) - 1))])
    near = size <= 3 * reach
    size, area = size[near], area[near]
    order = np.argsort(size)
    half = np.searchsorted(np.cumsum(area[order]), area.sum() / 2)
    return Mesh(float(np.median(least)), reach, float(size[order[min(int(half), len(order) - 1)]]))


def on_one_line() -> Refused:
    """The refusal of points that span no ground."""
    return Refused(
        "points.collinear",
        N_("all points lie on one line or at one place; they span no ground"),
        advice=N_("check the columns that were read as coordinates"),
    )


def some_parts(xy: Array) -> list[Index]:
    """Up to eight compact parts of the points, evenly chosen, as positions; all points where one part holds them."""
    if len(xy) <= WHOLE:
        return [np.arange(len(xy))]
    leaves = _leaves(xy, np.arange(len(xy)), WHOLE)
    return leaves[:: -(-len(leaves) // _MEASURED_PARTS)]


def _leaves(xy: Array, at: Index, most: int) -> list[Index]:
    """The points in compact parts of at most `most`, cut in half along the longer side again and again."""
    if len(at) <= most:
        return [at]
    axis = int(np.argmax(np.ptp(xy[at], axis=0)))
    half = len(at) // 2
    order = np.argpartition(xy[at, axis], half)
    return _leaves(xy, at[order[:half]], most) + _leaves(xy, at[order[half:]], most)
