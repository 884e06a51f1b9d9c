"""What the vertex tool changes, and which neighbours go along."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen

from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.gui.canvas.tools.editing import LONG, EditTool
from app.gui.canvas.tools.handles import Edge, Handles
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.canvas.features import FeatureSet
    from app.verbs.outlines import OutlineStep

_SAME_M = 1.5e-3
_MOST_ASKED = 200  # places whose neighbours are looked for while painting
_NAMED = 3


class VertexEdits(EditTool):
    """Steps over the vertices of `handles`."""

    handles: Handles
    _asked: tuple[Any, Any] = ((), ())

    def commit(self, make: Callable[[], OutlineStep]) -> bool:
        """As all tools do; of long outlines in the background, during which other edits are refused."""
        if self.handles.count <= LONG:
            return super().commit(make)
        taken = list(self.handles.taken)
        return self.commit_soon(make, lambda: self.handles.take(taken))

    def move_points(self, moved: dict[Point, Point]) -> bool:
        """Commit vertices at other places; those taken stay taken where they are then."""
        from app.verbs import outline_points

        moved = {a: b for a, b in moved.items() if math.dist(a, b) > 5e-4}
        if not moved:
            return False
        wheres, together = list(self.handles.shapes), self.canvas.snapping.shared
        taken = [moved.get(p, p) for p in self.handles.taken]
        done = self.commit(lambda: outline_points.move_points_of(self.tables(), wheres, moved, together=together))
        if done:
            self.handles.take(taken)
        return done

    def insert_point(self, after: Edge, on: Point, at: Point) -> None:
        """Commit a new vertex on an edge, moved from `on` to `at`."""
        from app.verbs import outline_points

        where, together = after.where, self.canvas.snapping.shared

        def step() -> OutlineStep:
            from gis.editing.vertices import insert

            made = insert(self.outline(*where), after.ref, on)
            first = outline_points.insert_point(self.tables(), where, made, on, together=together)
            if math.dist(on, at) < 5e-4:
                return first
            return outline_points.insert_moved(self.tables(), where, first, on, at, together=together)

        if self.commit(step):
            self.handles.take([at])

    def delete_taken(self) -> None:
        """Delete the vertices that are taken."""
        from app.verbs import outline_points
        from gis.editing.vertices import delete, find

        gone, together = list(self.handles.taken), self.canvas.snapping.shared
        if not gone or not self.editable:
            return
        owners = [w for w in self.handles.shapes if any(w in self.handles.owners(p) for p in gone)]

        def step() -> OutlineStep:
            if len(owners) > 1:
                return outline_points.delete_points_of(self.tables(), owners, gone, together=together)
            shape = self.outline(*owners[0])
            made = delete(shape, [ref for place in gone for ref in find(shape, place)])
            return outline_points.delete_points(self.tables(), owners[0], made, gone, together=together)

        self.commit(step)

    def enter(self, places: list[Point]) -> str:
        """Put the one vertex that is taken at a place that was typed; what was said against it."""
        if len(places) != 1 or len(self.handles.taken) != 1:
            return _("take one point first: click it")
        self.move_points({self.handles.taken[0]: places[0]})
        return self.fault.text if self.fault else ""

    # Neighbours

    def companions(self, place: Point) -> list[str]:
        """Codes of the features that are not edited but whose vertex at a place goes along."""
        if not self.canvas.snapping.shared or not self.handles.shapes:
            return []
        from app.verbs.outlines import sharing_layers

        layer = next(iter(self.handles.shapes))[0]
        sets = [(k, fs) for k, fs in self.canvas.visible_features() if k in sharing_layers(layer)]
        state = (tuple(self.handles.shapes), tuple(id(fs) for _k, fs in sets))
        if state != self._asked:  # what is on the map changes after the edit, when its picture is ready
            self._asked, self._found = state, {}
        if place not in self._found:
            self._found[place] = [code for key, fs in sets for code in self._sharing(key, fs, place)]
        return self._found[place]

    def _sharing(self, key: str, fs: FeatureSet, place: Point) -> list[str]:
        x, y = place
        near = fs.segments.near((x - _SAME_M, y - _SAME_M, x + _SAME_M, y + _SAME_M))
        ends = [np.abs(end - np.asarray(place)).max(axis=1, initial=0.0) < _SAME_M for end in (near.a, near.b)]
        at = dict.fromkeys(near.feature[ends[0] | ends[1]].tolist())
        return [fs.codes[i] for i in at if (key, int(fs.fids[i])) not in self.handles.shapes]

    def together_words(self, place: Point) -> list[str]:
        """A line that names who goes along with a vertex; [] if nobody does."""
        codes = [*(self._code(*w) for w in self.handles.owners(place)[1:]), *self.companions(place)]
        if not codes:
            return []
        more = f" +{len(codes) - _NAMED}" if len(codes) > _NAMED else ""
        return [_("together with {codes}").format(codes=_(", ").join(codes[:_NAMED]) + more)]

    def _code(self, layer: str, fid: int) -> str:
        return str(self.canvas.session.table(layer).value(fid, "code") or f"#{fid}")

    def paint_companions(self, p: QPainter, places: Iterable[Point]) -> None:
        """A ring around each vertex that others share and that therefore moves theirs too."""
        theme = self.canvas.theme
        for place in list(places)[:_MOST_ASKED]:
            if len(self.handles.owners(place)) < 2 and not self.companions(place):
                continue
            at = QPointF(*self.canvas.view.to_screen(*place))
            p.setBrush(colour(theme.snap, 0.0))
            for ink, width in ((colour(theme.halo, 0.9), 4.0), (colour(theme.snap), 2.0)):
                p.setPen(QPen(ink, width))
                p.drawEllipse(at, 8.5, 8.5)
