"""The vertices of the outline that is edited: which are near the pointer, which are taken, how they are painted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app.gui.canvas.snapping import Point, on_grid
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import Bounds, View

F64 = NDArray[np.float64]
_MOST_SHOWN = 1500
_NEAR_PX = 60.0


class Handles:
    """Flat vertices of one outline with their references (gis.editing.vertices.Ref); `taken` are those selected."""

    def __init__(self) -> None:
        self.where: tuple[str, int] | None = None
        self.shape: Any = None
        self.taken: list[Point] = []
        self._xy: F64 = np.empty((0, 2))
        self._next = self._back = np.empty(0, np.int64)
        self._refs: list[tuple[int, int, int]] = []
        self._numbers: dict[Point, str] | None = None

    def show(self, where: tuple[str, int] | None, shape: Any) -> None:
        """Another outline, or the same one changed; what is taken stays so where it still is."""
        kept = self.taken if where == self.where else []
        if where == self.where and shape is self.shape:
            return
        self.where, self.shape, self._numbers = (where, shape, None) if shape is not None else (None, None, None)
        self._flatten()
        self.take([p for p in kept if self.at(p) is not None])

    def _flatten(self) -> None:
        from gis.editing.vertices import rings_of

        xys, nexts, backs, self._refs = [np.empty((0, 2))], [], [], []
        start = 0
        for p, part in enumerate(rings_of(self.shape) if self.shape is not None else []):
            for r, ring in enumerate(part):
                n = len(ring)
                i = np.arange(n)
                xys.append(ring)
                nexts.append(start + (i + 1) % n)
                backs.append(start + (i - 1) % n)
                self._refs += [(p, r, k) for k in range(n)]
                start += n
        self._xy = np.concatenate(xys)
        self._next = np.concatenate(nexts) if nexts else np.empty(0, np.int64)
        self._back = np.concatenate(backs) if backs else np.empty(0, np.int64)

    @property
    def count(self) -> int:
        """How many vertices there are."""
        return len(self._xy)

    def take(self, places: Iterable[Point], *, adding: bool = False) -> None:
        """Take vertices; with `adding` those taken already are let go and the others come to them."""
        new = list(dict.fromkeys(places))
        if adding:
            new = [p for p in self.taken if p not in new] + [p for p in new if p not in self.taken]
        self.taken = new

    def number(self, at: Point) -> str:
        """J7, as the table of boundary points calls it."""
        if self._numbers is None:
            from app.verbs.outlines import point_numbers

            self._numbers = point_numbers(self.shape) if self.shape is not None else {}
        return self._numbers.get(on_grid(*at), "")

    # Near the pointer

    def at(self, place: Point) -> int | None:
        """The position of the vertex at a place."""
        if not len(self._xy):
            return None
        d = np.abs(self._xy - np.asarray(place)).max(axis=1)
        i = int(np.argmin(d))
        return i if d[i] < 1e-3 else None

    def grip(self, view: View, at: QPointF, reach_px: float) -> Point | None:
        """The vertex under the pointer; one that is taken before others that are as near."""
        if not len(self._xy):
            return None
        x, y = view.to_world(at.x(), at.y())
        d = np.hypot(self._xy[:, 0] - x, self._xy[:, 1] - y)
        i = int(np.argmin(d))
        return self._place(i) if d[i] <= reach_px * view.scale else None

    def edge(self, view: View, at: QPointF, reach_px: float) -> tuple[Any, Point] | None:
        """The edge under the pointer: the reference of its first vertex and the nearest place on it."""
        if not len(self._xy):
            return None
        from gis.editing.vertices import Ref

        x, y = view.to_world(at.x(), at.y())
        d = self._xy[self._next] - self._xy
        squared = np.einsum("ij,ij->i", d, d)
        t = ((x - self._xy[:, 0]) * d[:, 0] + (y - self._xy[:, 1]) * d[:, 1]) / np.where(squared > 0, squared, 1.0)
        feet = self._xy + d * np.clip(t, 0, 1)[:, None]
        far = np.hypot(feet[:, 0] - x, feet[:, 1] - y)
        i = int(np.argmin(far))
        return (Ref(*self._refs[i]), on_grid(*feet[i])) if far[i] <= reach_px * view.scale else None

    def inside(self, bounds: Bounds) -> list[Point]:
        """The vertices in a box."""
        x0, y0, x1, y1 = bounds
        xy = self._xy
        hit = (xy[:, 0] >= x0) & (xy[:, 0] <= x1) & (xy[:, 1] >= y0) & (xy[:, 1] <= y1)
        return [self._place(int(i)) for i in np.nonzero(hit)[0]]

    def beside(self, place: Point) -> list[Point]:
        """The vertices before and after the ones at a place."""
        hits = np.nonzero(np.abs(self._xy - np.asarray(place)).max(axis=1) < 1e-3)[0]
        return [self._place(int(j)) for i in hits for j in (self._back[i], self._next[i])]

    def ends(self, ref: Any) -> tuple[Point, Point]:
        """Both ends of the edge that begins at a vertex."""
        i = self._refs.index(tuple(ref))
        return self._place(i), self._place(int(self._next[i]))

    def _place(self, i: int) -> Point:
        return float(self._xy[i, 0]), float(self._xy[i, 1])

    # As it would be

    def with_moved(self, moved: Mapping[Point, Point]) -> Any:
        """The outline with vertices at other places. Raises Refused where it would cross itself."""
        from gis.editing.vertices import Ref, move

        to = {}
        for a, b in moved.items():
            hits = np.nonzero(np.abs(self._xy - np.asarray(a)).max(axis=1) < 1e-3)[0]
            to.update({Ref(*self._refs[i]): b for i in hits})
        return move(self.shape, to)

    def with_point(self, after: Any, at: Point) -> Any:
        """The outline with one vertex more. Raises Refused."""
        from gis.editing.vertices import insert

        return insert(self.shape, after, at)

    # Painting

    def paint(self, p: QPainter, view: View, theme: CanvasTheme, pointer: QPointF | None = None) -> None:
        """Squares on the vertices in view (of very many only those near the pointer); taken ones are filled."""
        if not len(self._xy):
            return
        px, py = view.to_screen(self._xy[:, 0], self._xy[:, 1])
        seen = (px >= -4) & (py >= -4) & (px <= view.width + 4) & (py <= view.height + 4)
        if int(seen.sum()) > _MOST_SHOWN and pointer is not None:
            seen &= np.hypot(px - pointer.x(), py - pointer.y()) <= _NEAR_PX
        if int(seen.sum()) <= 4 * _MOST_SHOWN:
            p.setPen(QPen(colour(theme.accent), 1.5))
            p.setBrush(colour(theme.box))
            for i in np.nonzero(seen)[0].tolist():
                p.drawRect(QRectF(px[i] - 3, py[i] - 3, 6, 6))
        p.setPen(QPen(colour(theme.halo), 1.5))
        p.setBrush(colour(theme.accent))
        for place in self.taken:
            at = QPointF(*view.to_screen(*place))
            p.drawRect(QRectF(at.x() - 4.5, at.y() - 4.5, 9, 9))
