"""A layer ready to be drawn, picked and snapped to: bounds for culling, Qt polygons near an origin, flat vertices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from app.gui.canvas.detail import Detail
from app.gui.canvas.qshapes import qpolygon
from app.gui.canvas.segments import Segments
from app.gui.canvas.view import Bounds
from gis import short_calls

if TYPE_CHECKING:
    from gis.store.layer_table import LayerTable
    from layers.base import LayerType

F64 = NDArray[np.float64]
_LONG = 5_000
_MANY = 50_000
I64 = NDArray[np.int64]


@dataclass
class FeatureSet:
    """One layer as arrays. Features i = 0.. in table order; a part is one polygon, line or point of a feature.

    `bounds` (n, 4) and `part_bounds` (m, 4) are world metres; shapes and `xy` lie relative to `origin`, so that
    pictures far from (0, 0) keep their last millimetre. `ring_start` cuts `xy` into rings (or lines).
    """

    key: str
    fids: I64
    geometries: NDArray[np.object_]
    codes: list[str]
    names: list[str]
    style_values: list[str]
    origin: tuple[float, float]
    bounds: F64
    part_feature: I64
    part_bounds: F64
    shapes: list[Any]
    part_vertices: I64
    xy: F64
    ring_start: I64
    ring_feature: I64
    ring_is_hole: NDArray[np.bool_]
    part_rings: I64
    """The rings of part p are part_rings[p] up to part_rings[p + 1]."""
    anchors: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Where labels stand, filled as they are needed."""
    _index: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = {int(fid): i for i, fid in enumerate(self.fids)}
        starts = self.ring_start
        self._first_ring = np.searchsorted(self.ring_feature, np.arange(len(self.fids) + 1)) if len(starts) else None

    def __len__(self) -> int:
        return len(self.fids)

    @cached_property
    def segments(self) -> Segments:
        """Its edges, to be found by place; indexed at the first question."""
        return Segments(self.xy, self.ring_start, self.ring_feature, self.origin)

    @cached_property
    def ring_ends(self) -> I64:
        """Ring r is xy[ring_ends[r] : ring_ends[r + 1]]."""
        return np.append(self.ring_start, len(self.xy))

    @cached_property
    def detail(self) -> Detail:
        """Its shapes as they are worth drawing at a scale."""
        return Detail(self)

    @property
    def extent(self) -> Bounds | None:
        """xmin, ymin, xmax, ymax of all features; None if there are none."""
        return _union(self.bounds)

    def positions(self, fids: frozenset[int] | set[int]) -> I64:
        """Positions i of row numbers, in table order; unknown ones are left out."""
        return np.array(sorted(self._index[f] for f in fids if f in self._index), np.int64)

    def extent_of(self, fids: frozenset[int]) -> Bounds | None:
        """Bounds of some features."""
        return _union(self.bounds[self.positions(fids)])

    def parts_in(self, bounds: Bounds) -> I64:
        """Parts whose bounds meet `bounds`, in drawing order."""
        return _meeting(self.part_bounds, bounds)

    def at(self, x: float, y: float, tolerance: float) -> list[int]:
        """Positions of the features at a place, topmost first: containing it, then within `tolerance` m."""
        found = _meeting(self.bounds, (x - tolerance, y - tolerance, x + tolerance, y + tolerance))
        if not len(found):
            return []
        inside, near = np.zeros((2, len(found)), bool)
        long = self._is_long[found]
        shapes = self.geometries[found[~long]]
        inside[~long] = shapely.contains_xy(shapes, x, y)
        near[~long] = shapely.distance(shapes, shapely.Point(x, y)) <= tolerance
        if long.any():
            inside[long] = np.isin(found[long], self._around(x, y))
            near[long] = np.isin(found[long], self._close_to(x, y, tolerance))
        hit = [int(i) for i in found[inside][::-1]]
        return hit + [int(i) for i in found[near & ~inside][::-1]]

    @cached_property
    def _is_long(self) -> NDArray[np.bool_]:
        """Polygons of so many vertices that the index of edges is asked where they lie, at each step of the pointer."""
        count = np.bincount(self.part_feature, weights=self.part_vertices, minlength=len(self))
        return (count > _LONG) & np.isin(shapely.get_type_id(self.geometries), (3, 6))

    def _around(self, x: float, y: float) -> I64:
        """Positions of the polygons that a place lies in."""
        feature, times = np.unique(self.ring_feature[self.segments.around(x, y)], return_counts=True)
        return np.asarray(feature[times % 2 == 1], np.int64)

    def _close_to(self, x: float, y: float, tolerance: float) -> I64:
        """Positions of the features with an edge within `tolerance` m of a place."""
        near = self.segments.near((x - tolerance, y - tolerance, x + tolerance, y + tolerance))
        d, to = near.b - near.a, np.array([x, y]) - near.a
        squared = np.einsum("ij,ij->i", d, d)
        t = np.clip(np.einsum("ij,ij->i", to, d) / np.where(squared > 0, squared, 1.0), 0, 1)
        return near.feature[np.hypot(*(to - d * t[:, None]).T) <= tolerance]

    def ring_at(self, feature: int, x: float, y: float) -> tuple[int, int] | None:
        """(part, ring) of a polygon under a place: its outer ring for ground, else that of the hole; None for neither.

        As gis.editing.parts.part_at, by the index of edges: cheap enough for each step of the pointer.
        """
        around = set(self.segments.around(x, y).tolist())
        found: tuple[int, int] | None = None
        first, last = np.searchsorted(self.part_feature, (feature, feature + 1)).tolist()
        for part in range(first, last):
            outer, end = self.part_rings[part : part + 2].tolist()
            if outer not in around:
                continue
            holes = [r for r in range(outer + 1, end) if r in around]
            if not holes:
                return part, outer
            found = part, holes[-1]
        return found

    def polygon(self, part: int, ring: int) -> Any:
        """The ground of a part (`ring`: its outer one) or of a hole of it; of very many vertices the box around it."""
        outer, end = self.part_rings[part : part + 2].tolist()
        holes = range(outer + 1, end) if ring == outer else ()
        ends = self.ring_ends
        if sum(int(ends[r + 1] - ends[r]) for r in (ring, *holes)) > _LONG:
            if ring == outer:
                return shapely.box(*self.part_bounds[part])
            x, y = self.xy[int(ends[ring]) : int(ends[ring + 1])].T  # by columns: many times faster than rows
            (east, north), (x0, x1, y0, y1) = self.origin, (x.min(), x.max(), y.min(), y.max())
            return shapely.box(x0 + east, y0 + north, x1 + east, y1 + north)
        return shapely.Polygon(self.ring(ring), [self.ring(r) for r in holes])

    def inside(self, bounds: Bounds) -> I64:
        """Positions of the features that meet a box."""
        found = _meeting(self.bounds, bounds)
        return found[shapely.intersects(self.geometries[found], shapely.box(*bounds))] if len(found) else found

    def ring(self, number: int) -> F64:
        """World vertices of one ring (or line) by its number."""
        return self.xy[int(self.ring_ends[number]) : int(self.ring_ends[number + 1])] + self.origin

    def rings_of(self, feature: int) -> list[tuple[F64, bool]]:
        """World vertices of each ring (or line) of a feature, and whether the ring bounds a hole."""
        if self._first_ring is None:
            return []
        first, last = int(self._first_ring[feature]), int(self._first_ring[feature + 1])
        ends = self.ring_ends
        return [(self.xy[ends[r] : ends[r + 1]] + self.origin, bool(self.ring_is_hole[r])) for r in range(first, last)]


def build(layer: LayerType, table: LayerTable, stopped: Callable[[], bool] = bool) -> FeatureSet:
    """Arrays and Qt shapes of a layer's table. Empty geometries keep their row and are not drawn."""
    geometries = table.geometry
    bounds = shapely.bounds(geometries) if len(geometries) else np.empty((0, 4))
    whole = _union(bounds)
    origin = (round((whole[0] + whole[2]) / 2), round((whole[1] + whole[3]) / 2)) if whole else (0, 0)
    parts, part_feature = short_calls.get_parts(geometries)
    polygonal = layer.geometry == "MULTIPOLYGON"
    if polygonal:
        rings, ring_part = short_calls.get_rings(parts)
    else:
        rings, ring_part = parts, np.arange(len(parts))
    xy, ring_of = short_calls.get_coordinates(rings)
    xy = xy - np.asarray(origin, np.float64) if len(xy) else np.empty((0, 2))
    ring_start = np.searchsorted(ring_of, np.arange(len(rings)))
    shapes, vertices = _shapes(xy, ring_start, ring_part, len(parts), polygonal, stopped)
    made = FeatureSet(
        key=layer.key,
        fids=table.fids,
        geometries=geometries,
        codes=_texts(table, "code"),
        names=_texts(table, "name"),
        style_values=_texts(table, layer.style_by) if layer.style_by else [],
        origin=origin,
        bounds=bounds,
        part_feature=part_feature.astype(np.int64),
        part_bounds=shapely.bounds(parts) if len(parts) else np.empty((0, 4)),
        shapes=shapes,
        part_vertices=vertices,
        xy=xy,
        ring_start=ring_start,
        ring_feature=part_feature[ring_part].astype(np.int64) if len(rings) else np.empty(0, np.int64),
        ring_is_hole=np.concatenate(([False], ring_part[1:] == ring_part[:-1])) if len(rings) else np.empty(0, bool),
        part_rings=np.searchsorted(ring_part, np.arange(len(parts) + 1)),
    )
    if len(xy) > _MANY:
        _ = made.segments  # here in the background, not at the first step of the pointer
    return made


def _shapes(
    xy: F64, ring_start: I64, ring_part: I64, parts: int, polygonal: bool, stopped: Callable[[], bool]
) -> tuple[list[Any], I64]:
    """A QPolygonF a part, or a QPainterPath where a polygon has holes; and the vertices of each part."""
    ends = np.append(ring_start, len(xy))
    lengths = np.diff(ends)
    vertices = np.bincount(ring_part, weights=lengths, minlength=parts).astype(np.int64)
    shapes: list[Any] = [None] * parts
    for r, part in enumerate(ring_part.tolist()):
        ring = qpolygon(xy[ends[r] : ends[r + 1]])
        held = shapes[part]
        if held is None:
            shapes[part] = ring
        else:
            if isinstance(held, QPolygonF):
                path = QPainterPath()
                path.setFillRule(Qt.FillRule.OddEvenFill)
                path.addPolygon(held)
                held = shapes[part] = path
            held.addPolygon(ring)
        if polygonal and r % 4096 == 0 and stopped():
            break
    return shapes, vertices


def _texts(table: LayerTable, column: str) -> list[str]:
    return ["" if v is None else str(v) for v in table.column(column)]


def _meeting(table: F64, bounds: Bounds) -> I64:
    x0, y0, x1, y1 = bounds
    return np.nonzero((table[:, 0] <= x1) & (table[:, 2] >= x0) & (table[:, 1] <= y1) & (table[:, 3] >= y0))[0]


def _union(table: F64) -> Bounds | None:
    if not len(table):
        return None
    kept = table[np.isfinite(table).all(axis=1)]
    if not len(kept):
        return None
    low, high = kept[:, :2].min(axis=0), kept[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
