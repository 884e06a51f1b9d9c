"""Marks that panels lay over the map: the way of water over a rim, the line of a section. They are only looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app.gui.canvas.marks import paint_tip
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import View

WATER, WATER_DARK = "#175CD3", "#7FB0F5"
_BESIDE_PX = 64
_ALONG_PX = 24


class Note(Protocol):
    """Something that paints itself over the map, in logical pixels of the canvas."""

    above: int
    """Notes with a larger number lie over others: lines first, so that they do not cross words."""
    cards: list[QRectF]
    """Where words were painted last: names of features, numbers of vertices and other notes keep clear of them."""

    def paint(self, p: QPainter, view: View, room: QRectF, theme: CanvasTheme, taken: Sequence[QRectF] = ()) -> None:
        """Paint, quickly: it is called with every picture. Words keep clear of `taken` where there is room."""
        ...


class Path:
    """A line on the ground (n, 2 in the project CRS), ready to be drawn at any view: no finer than half a pixel."""

    def __init__(self, xy: Any) -> None:
        self._line = shapely.LineString(xy) if len(xy) > 1 else None
        self._drawn: tuple[View, list[list[QPointF]]] | None = None

    def pieces(self, view: View) -> list[list[QPointF]]:
        """What the window shows of it, in logical pixels."""
        if self._line is None:
            return []
        if self._drawn is None or self._drawn[0] != view:
            near = shapely.clip_by_rect(self._line.simplify(view.scale / 2), *view.expanded(_BESIDE_PX).bounds)
            found = []
            for part in shapely.get_parts(near):
                px, py = view.to_screen(*shapely.get_coordinates(part).T)
                found.append([QPointF(x, y) for x, y in zip(px.tolist(), py.tolist(), strict=True)])
            self._drawn = (view, [f for f in found if len(f) > 1])
        return self._drawn[1]


def paint_line(p: QPainter, points: Sequence[QPointF], ink: QColor, halo: QColor, width: float, *, dash: bool) -> None:
    """A line on a casing that shows on every ground."""
    for pen in (QPen(halo, width + 2.5), QPen(ink, width)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dash and pen.color() == ink:
            pen.setDashPattern([4, 2.5])
        p.setPen(pen)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawPolyline(QPolygonF(list(points)))


_OFF_PX = 16
"""How far a tip hangs off its place."""
_FAR_M = 2.0  # metres a pixel; from farther away the words would cover the pit and its neighbours


@dataclass
class SpillNote:
    """Where water runs over the rim, and its way downhill. `ways` of (place, path (n, 2), words, runs now).

    `pit`: the outline, whose depths the words leave free; without it, that side from which the water comes.
    """

    ways: Sequence[tuple[tuple[float, float], Any, Sequence[str], bool]]
    pit: Any = None
    above = 1
    _paths: list[Path] = field(default_factory=list)
    cards: list[QRectF] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._paths = [Path(path) for _at, path, _text, _runs in self.ways]
        if self.pit is not None:  # asked at every painting: a long outline costs too much, and a coarse one will do
            x0, y0, x1, y1 = self.pit.bounds
            self.pit = self.pit.simplify(math.hypot(x1 - x0, y1 - y0) / 200)

    def paint(self, p: QPainter, view: View, room: QRectF, theme: CanvasTheme, taken: Sequence[QRectF] = ()) -> None:
        """The paths with arrows, a drop at each spill point, its words beside it."""
        ink, halo = colour(WATER_DARK if theme.dark else WATER), colour(theme.halo, 0.85)
        for path, (_at, _xy, _text, runs) in zip(self._paths, self.ways, strict=True):
            for piece in path.pieces(view):
                paint_line(p, piece, ink, halo, 3.0 if runs else 1.8, dash=not runs)
                _arrows(p, piece, ink, halo)
        self.cards = []
        for path, (at, xy, text, runs) in zip(self._paths, self.ways, strict=True):
            here = QPointF(*view.to_screen(*at))
            if room.adjusted(-20, -20, 20, 20).contains(here):
                _drop(p, here, ink, halo, filled=runs)
                said = text if runs or view.scale <= _FAR_M else text[:1]
                hidden = partial(_share_over, self.pit, view) if self.pit is not None else None
                clear_of = [*taken, *self.cards]
                spot = _beside(p, here, _heading(view, at, xy), said, path.pieces(view), room, clear_of, hidden)
                self.cards.append(paint_tip(p, spot, said, theme, room))


def _heading(view: View, at: tuple[float, float], xy: Any) -> tuple[float, float]:
    """Which way a path goes over its first 60 pixels, as a vector on the screen."""
    end = shapely.LineString(xy).interpolate(60 * view.scale).coords[0] if len(xy) > 1 else xy[-1]
    x, y = np.subtract(end, at)
    return float(x), float(-y)


def _share_over(pit: Any, view: View, card: QRectF) -> float:
    """How much of a card lies over a pit."""
    x0, y0 = view.to_world(card.left(), card.bottom())
    x1, y1 = view.to_world(card.right(), card.top())
    whole = (x1 - x0) * (y1 - y0)
    return float(shapely.area(shapely.clip_by_rect(pit, x0, y0, x1, y1)) / whole) if whole > 0 else 0.0


def _beside(
    p: QPainter, at: QPointF, heading: tuple[float, float], text: Sequence[str], way: Sequence[Sequence[QPointF]],
    room: QRectF, taken: Sequence[QRectF], hidden: Callable[[QRectF], float] | None = None,
) -> QPointF:  # fmt: skip
    """Where a tip must hang: in view, off other cards and the path that leaves `at`, on its side of the rim.

    `hidden` says how much of a card lies over the pit.
    """
    font = p.font()
    font.setPixelSize(12)
    metrics = QFontMetricsF(font)
    wide = max((metrics.horizontalAdvance(t) for t in text), default=0.0) + 16 + 2 * _OFF_PX
    high = metrics.height() * len(text) + 10 + 2 * _OFF_PX
    line = shapely.MultiLineString([[(q.x(), q.y()) for q in piece] for piece in way])
    corners = [
        (at.x() - (0.0 if right else wide), at.y() - (0.0 if below else high))
        for right in (heading[0] >= 0, heading[0] < 0)
        for below in (heading[1] <= 0, heading[1] > 0)
    ]

    def ill(corner: tuple[float, float]) -> float:
        card = QRectF(*corner, wide, high).adjusted(_OFF_PX, _OFF_PX, -_OFF_PX, -_OFF_PX)
        middle = card.center() - at
        inwards = middle.x() * heading[0] + middle.y() * heading[1] < 0
        over_pit = 3 * hidden(card) + inwards / 100 if hidden is not None else inwards
        crossed = line.intersects(shapely.box(card.left(), card.top(), card.right(), card.bottom()))
        covered = any(card.intersects(other) for other in taken)
        return 8 * (not room.contains(card)) + 4 * covered + 2 * bool(crossed) + over_pit

    return QPointF(*min(corners, key=ill))


def _arrows(p: QPainter, points: Sequence[QPointF], ink: QColor, halo: QColor, every: float = 90.0) -> None:
    """Arrow heads along a path, at equal distances on the screen, and at its end."""
    xy = np.array([(q.x(), q.y()) for q in points])
    steps = np.hypot(*np.diff(xy, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    if along[-1] < 24:
        return
    for s in (*np.arange(every / 2, along[-1] - every / 3, every), along[-1]):
        k = int(min(np.searchsorted(along, s, side="left"), len(steps)))
        back = max(s - 10.0, 0.0)  # the direction over a few pixels, not of one short piece
        x, y = (float(np.interp(s, along, xy[:, c])) for c in (0, 1))
        bx, by = (float(np.interp(back, along, xy[:, c])) for c in (0, 1))
        if k == 0 or math.hypot(x - bx, y - by) < 1:
            continue
        turn = math.atan2(y - by, x - bx)
        wings = [QPointF(x + 9 * math.cos(turn + w), y + 9 * math.sin(turn + w)) for w in (2.65, -2.65)]
        p.setPen(QPen(halo, 1.0))
        p.setBrush(ink)
        p.drawPolygon(QPolygonF([QPointF(x, y), wings[0], wings[1]]))


def _drop(p: QPainter, at: QPointF, ink: QColor, halo: QColor, *, filled: bool) -> None:
    """A drop that stands on the place."""
    p.setPen(QPen(halo, 5.0))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawEllipse(at, 6, 6)
    p.setPen(QPen(ink, 2.4))
    p.setBrush(ink if filled else QColor("#FFFFFF"))
    p.drawEllipse(at, 6, 6)


class SectionNote:
    """The line of a section (places in the project CRS) with its ends named, and a mark at `pointer` (x, y)."""

    above = 0

    def __init__(self, places: Any) -> None:
        self.places = np.asarray(places, float)[:, :2]
        self.pointer: tuple[float, float] | None = None
        self.cards: list[QRectF] = []
        self._path = Path(self.places)

    def paint(self, p: QPainter, view: View, room: QRectF, theme: CanvasTheme, taken: Sequence[QRectF] = ()) -> None:
        """Line, ends, pointer."""
        ink, halo = colour(theme.accent), colour(theme.halo, 0.85)
        for piece in self._path.pieces(view):
            paint_line(p, piece, ink, halo, 2.2, dash=False)
        font = p.font()
        font.setPixelSize(13)
        font.setBold(True)
        p.setFont(font)
        self.cards = []
        for at, beside, name in ((0, 1, "A"), (-1, -2, "A′")):
            here, next_ = (QPointF(*view.to_screen(*self.places[k])) for k in (at, beside))
            if room.adjusted(-30, -30, 30, 30).contains(here):
                box = _end_card(here, next_, room, [*taken, *self.cards])
                self.cards.append(box)
                p.setPen(QPen(ink, 1.2))
                p.setBrush(colour(theme.box, 0.95))
                p.drawRoundedRect(box, 3, 3)
                p.setPen(ink)
                p.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        if self.pointer is not None:
            here = QPointF(*view.to_screen(*self.pointer))
            for pen, radius in ((QPen(halo, 5.0), 6.0), (QPen(colour(theme.snap), 2.4), 6.0)):
                p.setPen(pen)
                p.setBrush(Qt.BrushStyle.NoBrush)
                p.drawEllipse(here, radius, radius)


def _end_card(here: QPointF, inward: QPointF, room: QRectF, taken: Sequence[QRectF]) -> QRectF:
    """Where the name of a line's end stands: beyond it, else at its sides, else along the line, clear of `taken`."""
    away = here - inward
    far = math.hypot(away.x(), away.y()) or 1.0
    unit = away / far
    side = QPointF(-unit.y(), unit.x())
    ways = [unit * 14.0, side * 16.0, side * -16.0]
    for back in range(_ALONG_PX, int(far * 0.5), _ALONG_PX):
        ways += [side * sign - unit * back for sign in (16.0, -16.0)]
    cards = [QRectF(here.x() + w.x() - 11, here.y() + w.y() - 9, 22, 18) for w in ways]
    free = (c for c in cards if room.contains(c) and not any(c.intersects(t) for t in taken))
    return next(free, cards[0])
