"""Level of detail: outlines with far more corners than the screen can show are drawn with those that can be seen.

A drawing call of Qt holds Python's lock until it ends: an outline of a million corners would stop the window for
seconds, although it is drawn in a thread of its own. What is done here is done by libraries that give the lock back.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from app.gui.canvas.qshapes import array, qpolygon
from app.gui.canvas.view import View

if TYPE_CHECKING:
    from app.gui.canvas.features import FeatureSet

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

TOLERANCE_PX = 0.1
"""How far (device pixels) a thinned outline may lie beside the true one: a tenth of a step of grey at its edge."""
_LEAST, _DENSE = 32, 0.5
"""Parts with fewer vertices, or with fewer for each pixel of their longer side, are drawn as they are."""
LONG = 4_000
"""Beyond this many vertices an outline that leaves the view is cut to it."""
_PAD_PX = 64
_MOST_KEPT = 3_000_000
"""Vertices of thinned outlines that a layer keeps (48 MB)."""


class Detail:
    """The shapes of one layer as they are worth drawing at a scale; kept by octave of scale, bounded in number."""

    def __init__(self, features: FeatureSet) -> None:
        self._fs = features
        self._kept: dict[tuple[int, int], Any] = {}
        self._count = 0
        self._lock = threading.Lock()

    def shapes(self, parts: I64, view: View, *, exact: bool = False) -> list[Any]:
        """QPolygonF or QPainterPath of each part, relative to the layer's origin; None for an empty one.

        `exact`: nothing is left out (dashes are counted along the line).
        """
        fs = self._fs
        made: list[Any] = [fs.shapes[p] for p in parts.tolist()]
        vertices = fs.part_vertices[parts]
        if exact or not (vertices >= _LEAST).any():
            return made
        pixel = view.scale / view.dpr
        b = fs.part_bounds[parts]
        size = np.maximum(b[:, 2] - b[:, 0], b[:, 3] - b[:, 1]) / pixel
        dense = np.flatnonzero((vertices >= _LEAST) & (vertices > size * _DENSE))
        if len(dense):
            level = math.floor(math.log2(pixel))
            for at, shape in zip(dense.tolist(), self._thinned(parts[dense], level), strict=True):
                made[at] = shape
        for at in np.flatnonzero(vertices > LONG).tolist():
            made[at] = self._cut(made[at], int(parts[at]), view)
        return made

    def _thinned(self, parts: I64, level: int) -> list[Any]:
        """Thinned shapes of these parts for pixels of 2**level up to twice as many metres."""
        numbers = parts.tolist()
        missing = [p for p in numbers if (level, p) not in self._kept]
        fresh = self._thin(np.array(missing, np.int64), TOLERANCE_PX * 2.0**level) if missing else {}
        shapes = [fresh[p] if p in fresh else self._kept.get((level, p)) for p in numbers]
        with self._lock:
            count = sum(_vertices(s) for s in fresh.values())
            if self._count + count > _MOST_KEPT:
                self._kept.clear()
                self._count = 0
            self._kept.update({(level, p): s for p, s in fresh.items()})
            self._count += count
        # Another thread may have made room between the look and the use.
        return [self._fs.shapes[p] if s is None else s for p, s in zip(numbers, shapes, strict=True)]

    def _thin(self, parts: I64, tolerance: float) -> dict[int, Any]:
        fs = self._fs
        first, last = fs.part_rings[parts], fs.part_rings[parts + 1]
        rings, of = _ranges(first, last)
        flat, ring_of = _ranges(fs.ring_ends[rings], fs.ring_ends[rings + 1])
        lines = shapely.linestrings(fs.xy[flat], indices=ring_of)
        xy, line_of = shapely.get_coordinates(
            shapely.simplify(lines, tolerance, preserve_topology=False), return_index=True
        )
        ends = np.searchsorted(line_of, np.arange(len(rings) + 1)).tolist()
        held: dict[int, list[F64]] = {}
        for r, n in enumerate(of.tolist()):
            held.setdefault(n, []).append(xy[ends[r] : ends[r + 1]])
        return {int(parts[n]): _shape(pieces) for n, pieces in held.items()}

    def _cut(self, shape: Any, part: int, view: View) -> Any:
        """The shape without the vertices that lie out of the view on one side of it, run by run."""
        if shape is None or _vertices(shape) <= LONG:
            return shape
        x0, y0, x1, y1 = view.bounds
        pad = _PAD_PX * view.scale
        box = (x0 - pad, y0 - pad, x1 + pad, y1 + pad)
        b = self._fs.part_bounds[part]
        if b[0] >= box[0] and b[1] >= box[1] and b[2] <= box[2] and b[3] <= box[3]:
            return shape
        ox, oy = self._fs.origin
        near = (box[0] - ox, box[1] - oy, box[2] - ox, box[3] - oy)
        return _shape([without_outside(ring, near) for ring in _rings(shape)])


def without_outside(xy: F64, box: tuple[float, float, float, float]) -> F64:
    """Vertices of a ring or line without the inner ones of each run that stays on one side of the box.

    Their chord stays on that side as well, so that inside the box line and fill are the same to the last vertex.
    """
    x, y = xy[:, 0], xy[:, 1]
    side = np.select([x < box[0], x > box[2], y < box[1], y > box[3]], [1, 2, 3, 4], 0)
    keep = np.ones(len(xy), bool)
    keep[1:-1] = (side[1:-1] == 0) | (side[1:-1] != side[:-2]) | (side[1:-1] != side[2:])
    return xy[keep]


def _ranges(first: I64, last: I64) -> tuple[I64, I64]:
    """The whole numbers of the ranges first..last one after the other, and which range each is of."""
    lengths = last - first
    of = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - before[of] + first[of], of


def _shape(rings: list[F64]) -> Any:
    if len(rings) == 1:
        return qpolygon(rings[0])
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings:
        path.addPolygon(qpolygon(ring))
    return path


def _vertices(shape: Any) -> int:
    return shape.size() if type(shape) is QPolygonF else shape.elementCount()


def _rings(shape: Any) -> list[F64]:
    return [array(p) for p in ([shape] if type(shape) is QPolygonF else shape.toSubpathPolygons())]
