"""Draw a polygon corner by corner."""

from __future__ import annotations

import math

import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.gui.canvas.tools.sketch import SketchTool, crosses
from app.i18n import _
from models.notices import N_

_CROSSES = N_("this side would cross the outline; put the corner elsewhere or press Backspace")
_CLOSING = N_("the last side, back to the first corner, would cross the outline; add or take back corners")
_TOO_FEW = N_("an outline needs at least three corners")
_NO_AREA = N_("the corners lie in one line; an outline needs an area")


class DrawTool(SketchTool):
    """A polygon. A side that crosses another is refused at the click, a closing side that does so at the finish."""

    name = "draw"
    keeps = True
    help = N_(
        "Click the corners; Backspace takes back; Enter, double or right click ends; Esc drops it; Ctrl stops snapping"
    )

    def objection(self, point: Point) -> str:
        if len(self.points) >= 3 and point == self.points[0]:
            return ""
        return _(_CROSSES) if crosses(self.points, point) else ""

    def own_targets(self) -> list[Point]:
        return self.points[:1] if len(self.points) >= 3 else []

    def add(self, point: Point) -> None:
        if len(self.points) >= 3 and point == self.points[0]:
            self.finish()
        else:
            super().add(point)

    def finish(self) -> None:
        if not self.points:
            return
        why = self.sketch_fault()
        if why:
            self._say(why)
            return
        self.offer(shapely.Polygon(self.points))

    def sketch_fault(self) -> str:
        """Why the corners so far make no outline, for people; "" if they do."""
        if len(self.points) < 3:
            return _(_TOO_FEW)
        polygon = shapely.Polygon(self.points)
        if polygon.area < 1e-6:
            return _(_NO_AREA)
        return "" if polygon.is_valid else _(_CLOSING)

    def tip(self) -> list[str]:
        lines = super().tip()
        if lines and len(self.points) >= 2 and self.pointer is not None:
            ring = [*self.points, self.pointer]
            area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(ring))) / 2
            around = sum(math.dist(a, b) for a, b in _sides(ring))
            lines.append(_("area {m2} m² ({mu} mu)").format(m2=fmt.number(area, 1), mu=fmt.mu(area, 2)))
            lines.append(_("perimeter {m} m").format(m=fmt.number(around, 1)))
        return lines

    def paint_band(self, p: QPainter, drawn: list[QPointF], here: QPointF, *, bad: bool) -> None:
        theme = self.canvas.theme
        if len(drawn) >= 2:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(colour(theme.accent, 0.12))
            p.drawPolygon(QPolygonF([*drawn, here]))
            closing = crosses([*self.points[1:], self.pointer], self.points[0]) if len(drawn) > 2 and not bad else False
            marks.paint_path(p, [here, drawn[0]], theme, theme.danger if closing else theme.muted, dashed=True)
        super().paint_band(p, drawn, here, bad=bad)


def _sides(ring: list[Point]) -> list[tuple[Point, Point]]:
    # Relative to the first corner: areas of coordinates in the millions lose digits otherwise.
    x0, y0 = ring[0]
    near = [(x - x0, y - y0) for x, y in ring]
    return list(zip(near, near[1:] + near[:1], strict=True))
