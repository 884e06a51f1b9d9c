"""The vertices of the outlines that are edited: which are near the pointer, which are taken, how they are painted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QPen

from app.gui.canvas.segments import Nearby, Segments
from app.gui.canvas.snapping import Point, on_grid
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import Bounds, View

F64 = NDArray[np.float64]
_MOST_SHOWN, _MOST_NUMBERED, _SAME_M = 3000, 80, 1e-3
_NEAR_PX = 60.0
_NONE = np.empty(0, np.int64)


class Edge(NamedTuple):
    """An edge by its first vertex: the feature and the reference (gis.editing.vertices.Ref)."""

    where: tuple[str, int]
    ref: Any


class Handles:
    """The vertices of the outlines that are edited; `taken` are those selected, by their places.

    Where two of the outlines meet there is one place for both. Questions about a place look only at the edges near it,
    however many there are.
    """

    def __init__(self) -> None:
        self.shapes: dict[tuple[str, int], Any] = {}
        self.taken: list[Point] = []
        self.count = 0
        self._rings: list[tuple[tuple[str, int], int, int, F64]] = []  # (feature, part, ring, closed vertices)
        self._edges = Segments(np.empty((0, 2)), _NONE, _NONE, (0.0, 0.0))
        self._numbered: dict[tuple[str, int], Any] = {}

    def show(self, shapes: Mapping[tuple[str, int], Any]) -> None:
        """Other outlines, or the same ones changed; what is taken stays so where it still is."""
        if shapes.keys() == self.shapes.keys() and all(shape is self.shapes[w] for w, shape in shapes.items()):
            return
        kept = self.taken if shapes.keys() & self.shapes.keys() else []
        self.shapes, self._numbered = dict(shapes), {}
        self._index()
        self.take([p for p in kept if self._at(p)])

    def _index(self) -> None:
        from gis.editing.vertices import rings_of

        self._rings = [
            (where, p, r, np.vstack([ring, ring[:1]]))
            for where, shape in self.shapes.items()
            for p, part in enumerate(rings_of(shape))
            for r, ring in enumerate(part)
        ]
        self.count = sum(len(ring[3]) - 1 for ring in self._rings)
        if not self._rings:
            self._edges = Segments(np.empty((0, 2)), _NONE, _NONE, (0.0, 0.0))
            return
        starts = np.cumsum([0, *(len(ring[3]) for ring in self._rings)])[:-1]
        xy = np.concatenate([ring[3] for ring in self._rings])
        self._edges = Segments(xy, starts, np.arange(len(starts)), (0.0, 0.0))

    def take(self, places: Iterable[Point], *, adding: bool = False) -> None:
        """Take vertices; with `adding` those taken already are let go and the others come to them."""
        new = list(dict.fromkeys(places))
        if adding:
            new = [p for p in self.taken if p not in new] + [p for p in new if p not in self.taken]
        self.taken = new

    def number(self, at: Point) -> str:
        """J7, as the table of boundary points calls it."""
        from gis.boundary import number_at, numbered_rings

        for where in self.owners(at):
            if where not in self._numbered:
                self._numbered[where] = numbered_rings(self.shapes[where])
            found = number_at(self._numbered[where], *at)
            if found:
                return found
        return ""

    def owners(self, at: Point) -> list[tuple[str, int]]:
        """The outlines that have a vertex at a place."""
        return list(dict.fromkeys(self._rings[number][0] for number, _n in self._at(at)))

    # Near the pointer

    def _near(self, x: float, y: float, reach: float) -> Nearby:
        return self._edges.near((x - reach, y - reach, x + reach, y + reach))

    def _at(self, place: Point) -> list[tuple[int, int]]:
        """(position among the rings, n) of the vertices at a place."""
        near = self._near(*place, _SAME_M)
        hit = np.abs(near.a - np.asarray(place)).max(axis=1, initial=0.0) < _SAME_M
        return list(zip(near.ring[hit].tolist(), near.n[hit].tolist(), strict=True))

    def grip(self, view: View, at: QPointF, reach_px: float) -> Point | None:
        """The vertex under the pointer."""
        x, y = view.to_world(at.x(), at.y())
        near = self._near(x, y, reach_px * view.scale)
        if not len(near):
            return None
        d = np.hypot(near.a[:, 0] - x, near.a[:, 1] - y)
        i = int(np.argmin(d))
        return (float(near.a[i, 0]), float(near.a[i, 1])) if d[i] <= reach_px * view.scale else None

    def edge(self, view: View, at: QPointF, reach_px: float) -> tuple[Edge, Point] | None:
        """The edge under the pointer and the nearest place on it."""
        from gis.editing.vertices import Ref

        x, y = view.to_world(at.x(), at.y())
        near = self._near(x, y, reach_px * view.scale)
        if not len(near):
            return None
        d = near.b - near.a
        squared = np.einsum("ij,ij->i", d, d)
        t = ((x - near.a[:, 0]) * d[:, 0] + (y - near.a[:, 1]) * d[:, 1]) / np.where(squared > 0, squared, 1.0)
        feet = near.a + d * np.clip(t, 0, 1)[:, None]
        far = np.hypot(feet[:, 0] - x, feet[:, 1] - y)
        i = int(np.argmin(far))
        where, part, ring, _xy = self._rings[int(near.ring[i])]
        found = Edge(where, Ref(part, ring, int(near.n[i])))
        return (found, on_grid(*feet[i])) if far[i] <= reach_px * view.scale else None

    def inside(self, bounds: Bounds) -> list[Point]:
        """The vertices in a box."""
        a = self._edges.near(bounds).a
        hit = (a[:, 0] >= bounds[0]) & (a[:, 0] <= bounds[2]) & (a[:, 1] >= bounds[1]) & (a[:, 1] <= bounds[3])
        return list(dict.fromkeys((float(x), float(y)) for x, y in a[hit]))

    def beside(self, place: Point) -> list[Point]:
        """The vertices before and after the ones at a place."""
        found: list[Point] = []
        for number, n in self._at(place):
            xy = self._rings[number][3]
            before = n - 1 if n else len(xy) - 2  # the last point of a closed ring is its first
            found += [(float(xy[i, 0]), float(xy[i, 1])) for i in (before, n + 1)]
        return found

    def ends(self, edge: Edge) -> tuple[Point, Point]:
        """Both ends of an edge."""
        ref = edge.ref
        xy = next(xy for where, p, r, xy in self._rings if (where, p, r) == (edge.where, ref.part, ref.ring))
        return (float(xy[ref.n, 0]), float(xy[ref.n, 1])), (float(xy[ref.n + 1, 0]), float(xy[ref.n + 1, 1]))

    # As it would be

    def check_moved(self, moved: Mapping[Point, Point]) -> None:
        """Raise Refused if an outline would cross itself with vertices at other places."""
        from gis.editing.vertices import Ref, move

        to: dict[tuple[str, int], dict[Any, Point]] = {}
        for a, b in moved.items():
            for number, n in self._at(a):
                where, part, ring, _xy = self._rings[number]
                to.setdefault(where, {})[Ref(part, ring, n)] = b
        for where, places in to.items():
            move(self.shapes[where], places)

    def check_point(self, after: Edge, at: Point) -> None:
        """Raise Refused if an outline cannot have one vertex more."""
        from gis.editing.vertices import insert

        insert(self.shapes[after.where], after.ref, at)

    # Painting

    def paint(
        self,
        p: QPainter,
        view: View,
        theme: CanvasTheme,
        pointer: QPointF | None = None,
        clear_of: Sequence[QRectF] = (),
    ) -> None:
        """Squares on the vertices in view (of very many only those near the pointer); taken ones are filled.

        No number is written over a rectangle of `clear_of`.
        """
        box = view.expanded(4).bounds
        if self.count > _MOST_SHOWN and pointer is not None:
            x, y = view.to_world(pointer.x(), pointer.y())
            reach = _NEAR_PX * view.scale
            near = self._edges.near((x - reach, y - reach, x + reach, y + reach)).a
        else:
            near = self._edges.near(box).a
        px, py = view.to_screen(near[:_MOST_SHOWN, 0], near[:_MOST_SHOWN, 1])
        p.setPen(QPen(colour(theme.accent), 1.5))
        p.setBrush(colour(theme.box))
        for x, y in zip(px.tolist(), py.tolist(), strict=True):
            p.drawRect(QRectF(x - 3, y - 3, 6, 6))
        if len(near) <= _MOST_NUMBERED:
            self._paint_numbers(p, near, px.tolist(), py.tolist(), theme, clear_of)
        p.setPen(QPen(colour(theme.halo), 1.5))
        p.setBrush(colour(theme.accent))
        for place in self.taken[:_MOST_SHOWN]:
            at = QPointF(*view.to_screen(*place))
            p.drawRect(QRectF(at.x() - 4.5, at.y() - 4.5, 9, 9))

    def squares(self, view: View) -> list[QRectF]:
        """Where the squares stand, in logical pixels; [] of so many that nothing could keep clear of them."""
        near = self._edges.near(view.bounds).a
        if len(near) > _MOST_NUMBERED:
            return []
        px, py = view.to_screen(near[:, 0], near[:, 1])
        return [QRectF(x - 5, y - 5, 10, 10) for x, y in zip(px.tolist(), py.tolist(), strict=True)]

    def _paint_numbers(
        self, p: QPainter, near: F64, px: list[float], py: list[float], theme: CanvasTheme, clear_of: Sequence[QRectF]
    ) -> None:
        """J7 beside its vertex, where there is room for it: not on top of the number before."""
        font = QFont(p.font())
        font.setPixelSize(11)
        p.setFont(font)
        taken = [*clear_of]
        for (wx, wy), x, y in zip(near.tolist(), px, py, strict=True):
            text = self.number((wx, wy))
            box = QRectF(x + 5, y - 18, 7.0 * len(text) + 4, 14)
            if not text or any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                p.setPen(colour(theme.halo, 0.9))
                p.drawText(box.bottomLeft() + QPointF(dx, dy - 3), text)
            p.setPen(colour(theme.text))
            p.drawText(box.bottomLeft() + QPointF(0, -3), text)
