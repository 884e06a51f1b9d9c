"""A triangulated ground: Delaunay triangles of points, heights linear on each, no ground outside the points.

Triangles that are reached from outside across edges longer than a limit are no ground; a gap closed in by points (the
floor of a pit that nobody walked) is, and is told.

Large sets are triangulated by parts that give the triangles of the whole: every triangle within the limit that touches
a place has its corners within the limit of it, so the part around a place takes all points as far as that. A triangle
that only the part knows (its circle would hold a point outside) is found by asking for the point nearest to its
circle's centre, and is not used. Gaps are spanned by triangles of the points around them.

Where points stand on lines, edges of level triangles between them are swapped (gis.points.level_swaps). A part then
reaches twice as far, so that what is swapped at a place is the same in all parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from gis.arrays import Array, Index, Mask
from gis.points.level_swaps import Swapped, swap_level
from gis.points.mesh import Corners, Kinds, Mesh, areas, circles, edges, longest_edges, peeled, triangulate
from gis.points.swapping import lines_of
from gis.short_calls import unique_rows
from models.errors import Refused
from models.notices import N_
from models.progress import Watch

WHOLE = 200_000
"""Points up to which one triangulation serves for all places."""
_PART_LIMIT = 3_000_000
_MEASURED_PARTS = 8


@dataclass(frozen=True)
class Sizes:
    """What the triangles say of a set of points, lengths in metres.

    `size_m`: median over the points of the longest edge of the smallest triangle at each; `reach_m` the same at 99 %
    (a lone stray does not count); `triangle_m`: median over the ground of a triangle's longest edge, strays left out.
    """

    size_m: float
    reach_m: float
    triangle_m: float


class Tin:
    """The ground through `xy` (n, 2) and `z` (n); see above for what `max_edge` (m) leaves out.

    Places and heights in metres; coordinates are counted from the middle of the points so that no digits are lost.
    `line` (n): the line of each point as in gis.points.breaklines, for swapping edges of level triangles. `gaps` False
    leaves the gaps of sets that are triangulated by parts empty (and saves a pass over all points).
    """

    def __init__(
        self, xy: Array, z: Array, max_edge: float, *, line: Index | None = None, whole: int = WHOLE,
        gaps: bool = True, watch: Watch | None = None,
    ) -> None:  # fmt: skip
        _, first, place = unique_rows(xy)
        order = np.argsort(xy[first, 0], kind="stable")
        first = first[order]
        self._lines = lines_of(np.argsort(order)[place], line, len(first)) if line is not None else None
        self._made = np.zeros(0, np.int64)
        self.middle = np.median(xy, axis=0)
        self.level = float(np.median(z))
        self._xy = np.ascontiguousarray(xy[first] - self.middle)
        self._z = z[first] - self.level
        self.max_edge = float(max_edge)
        self._tree: cKDTree | None = None
        self._whole: Mesh | None = None
        self._gaps: Mesh | None = None
        self._used = np.zeros(len(self._xy), np.bool_)
        if len(self._xy) <= whole:
            self._whole = self._mesh(self._xy, self._z)
            self._used[np.unique(self._whole.corners)] = True
        else:
            self._tree = cKDTree(self._xy)
            self._used = np.asarray(self._tree.query(self._xy, k=2)[0])[:, 1] <= self.max_edge
            if gaps:
                self._span_gaps(whole, watch or Watch())

    def __len__(self) -> int:
        return len(self._z)

    def _mesh(self, xy: Array, z: Array) -> Mesh:
        delaunay = triangulate(xy)
        if delaunay is None:
            return Mesh(xy, z, np.zeros((0, 3), np.int32), self.max_edge)
        gone = peeled(delaunay.neighbors, edges(xy, delaunay.simplices), self.max_edge)
        corners, neighbours = _those(~gone, delaunay.simplices, delaunay.neighbors)
        done = swap_level(xy, z, corners, neighbours, self._lines, self.max_edge)
        return Mesh(xy, z, self._kept(done), self.max_edge)

    def _kept(self, done: Swapped) -> Corners:
        self._made = np.union1d(self._made, done.made)
        return done.corners

    @property
    def swapped(self) -> int:
        """Edges of level triangles that were swapped; of large sets, in the parts that were used so far."""
        return len(self._made)

    def extent(self) -> tuple[float, float, float, float] | None:
        """X min, y min, x max, y max of the ground; None if no triangle is left."""
        if not self._used.any():
            return None
        used = self._xy[self._used]
        (x0, y0), (x1, y1) = used.min(axis=0) + self.middle, used.max(axis=0) + self.middle
        return float(x0), float(y0), float(x1), float(y1)

    @property
    def unused(self) -> int:
        """Points (repeats not counted) that are corners of no triangle."""
        return int((~self._used).sum())

    def at(self, xy: Array) -> Array:
        """Heights at scattered places (n, 2), best near each other; NaN where there is no ground."""
        places = np.asarray(xy) - self.middle
        if not len(places):
            return np.zeros(0)
        z = self._part(places.min(axis=0), places.max(axis=0)).at(places)
        if self._gaps is not None and np.isnan(z).any():
            z = np.where(np.isnan(z), self._gaps.at(places), z)
        return np.asarray(z + self.level)

    def block(self, left: float, top: float, cell: float, rows: int, cols: int) -> tuple[Array, Kinds]:
        """(heights, kinds of triangle) at the cell centres of a block of a north-up grid; NaN where no ground is."""
        z, kind = np.full((rows, cols), np.nan), np.zeros((rows, cols), np.uint8)
        left, top = left - self.middle[0], top - self.middle[1]
        box = np.array([left, top - rows * cell]), np.array([left + cols * cell, top])
        if self._gaps is not None:
            self._gaps.lay(z, kind, left, top, cell)
        self._part(*box).lay(z, kind, left, top, cell)
        return z + self.level, kind

    def _part(self, low: Array, high: Array) -> Mesh:
        """The triangles within the limit that can cover the box between `low` and `high`; all where there are few."""
        if self._whole is not None:
            return self._whole
        return self._fine(low, high)[0]

    def _fine(self, low: Array, high: Array, *, swap: bool = True) -> tuple[Mesh, Index]:
        """Triangles of the whole set within the limit around a box, and the positions of their part's points."""
        reach = self.max_edge * (1 if self._lines is None else 2)
        low, high = low - reach, high + reach
        left, right = np.searchsorted(self._xy[:, 0], low[0]), np.searchsorted(self._xy[:, 0], high[0], "right")
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
        xy, z = self._xy[chosen], self._z[chosen]
        delaunay = triangulate(xy)
        if delaunay is None:
            return Mesh(xy, z, np.zeros((0, 3), np.int32), self.max_edge), chosen
        good = longest_edges(xy, delaunay.simplices) <= self.max_edge
        good[good] = self._own(xy, delaunay.simplices[good], low, high)
        corners, neighbours = _those(good, delaunay.simplices, delaunay.neighbors)
        if swap:
            corners = self._kept(swap_level(xy, z, corners, neighbours, self._lines, self.max_edge, chosen))
        return Mesh(xy, z, corners, self.max_edge), chosen

    def _own(self, xy: Array, corners: Corners, low: Array, high: Array) -> Mask:
        """Which triangles of a part are triangles of the whole: no point of the set lies in their circles."""
        own = np.ones(len(corners), np.bool_)
        centre, radius = circles(xy, corners)
        out = ((centre - radius[:, None] < low) | (centre + radius[:, None] > high)).any(axis=1)
        ask = np.flatnonzero(out)
        assert self._tree is not None  # noqa: S101 - parts are made of large sets only
        nearest = np.asarray(self._tree.query(centre[ask])[0])
        own[ask[nearest < radius[ask] * (1 - 1e-9)]] = False
        return own

    def _span_gaps(self, whole: int, watch: Watch) -> None:
        """Triangles over the limit inside the ground: Delaunay's of the points that short triangles do not surround."""
        rim = np.zeros(len(self._xy), np.bool_)
        leaves = _leaves(self._xy, np.arange(len(self._xy)), max(whole // 2, 10))
        for i, leaf in enumerate(leaves):
            watch.report(i / len(leaves))
            mesh, chosen = self._fine(self._xy[leaf].min(axis=0), self._xy[leaf].max(axis=0), swap=False)
            open_here = np.zeros(len(self._xy), np.bool_)
            open_here[chosen[_not_surrounded(mesh)]] = True
            rim[leaf] = open_here[leaf]
            corner = np.zeros(len(self._xy), np.bool_)
            corner[chosen[np.unique(mesh.corners)]] = True
            self._used[leaf] = corner[leaf]
        at = np.flatnonzero(rim)
        xy = self._xy[at]
        delaunay = triangulate(xy)
        if delaunay is None:
            return
        length = edges(xy, delaunay.simplices)
        wide = length.max(axis=1) > self.max_edge
        none = np.full(2, np.inf)
        wide[wide] = self._own(xy, delaunay.simplices[wide], none, -none)
        kept = wide & ~peeled(delaunay.neighbors, length, self.max_edge, wide)
        self._gaps = Mesh(xy, self._z[at], delaunay.simplices[kept], self.max_edge)
        self._used[at[np.unique(delaunay.simplices[kept])]] = True


def _those(good: Mask, corners: Corners, neighbours: Corners) -> tuple[Corners, Corners]:
    """The chosen triangles, and their neighbours among them (-1 for those that are not)."""
    number = np.full(len(good) + 1, -1, neighbours.dtype)
    number[:-1][good] = np.arange(int(good.sum()), dtype=neighbours.dtype)
    return corners[good], number[neighbours[good]]


def _not_surrounded(mesh: Mesh) -> Mask:
    """Points around which the triangles do not close: some edge from there has a triangle on one side only."""
    a, b, c = mesh.corners.T.astype(np.int64)
    p, q = np.concatenate((a, b, c)), np.concatenate((b, c, a))
    size = len(mesh.xy)
    edge, count = np.unique(np.minimum(p, q) * size + np.maximum(p, q), return_counts=True)
    out = np.ones(size, np.bool_)
    out[mesh.corners.ravel()] = False
    for end in np.divmod(edge[count == 1], size):
        out[end] = True
    return out


def measure(xy: Array, watch: Watch | None = None) -> Sizes:
    """How far points are apart, by their triangles; for large sets by up to eight parts of them, evenly chosen.

    Raises Refused for points on one line.
    """
    xy, _, _ = unique_rows(xy)
    xy = xy - np.median(xy, axis=0)
    smallest, sizes, grounds = [], [], []
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
        smallest.append(least[np.isfinite(least)])
        sizes.append(edge)
        grounds.append(areas(leaf, mesh.simplices))
    if not smallest:
        raise on_one_line()
    least, size, ground = np.sort(np.concatenate(smallest)), np.concatenate(sizes), np.concatenate(grounds)
    reach = float(least[int(0.99 * (len(least) - 1))])
    near = size <= 3 * reach
    size, ground = size[near], ground[near]
    order = np.argsort(size)
    half = np.searchsorted(np.cumsum(ground[order]), ground.sum() / 2)
    return Sizes(float(np.median(least)), reach, float(size[order[min(int(half), len(order) - 1)]]))


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
    leaves = _leaves(xy, np.arange(len(xy)), WHOLE // 2)
    return leaves[:: -(-len(leaves) // _MEASURED_PARTS)]


def _leaves(xy: Array, at: Index, most: int) -> list[Index]:
    """The points in compact parts of at most `most`, cut in half along the longer side again and again."""
    if len(at) <= most:
        return [at]
    axis = int(np.argmax(np.ptp(xy[at], axis=0)))
    half = len(at) // 2
    order = np.argpartition(xy[at, axis], half)
    return _leaves(xy, at[order[:half]], most) + _leaves(xy, at[order[half:]], most)
