"""Finding room for the map's texts: first come, first served; one that finds none is never laid over another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from app.package.boundary import BoundaryPoint, outward, rings_of
from app.package.fonts import width_mm
from app.package.shapes import Rect, text_corners, text_shape

CLEAR_MM = 0.35
"""Texts of the map keep at least this far apart."""


class Room:
    """The map's room: what stands where already. All mm on the page."""

    def __init__(self, rect: Rect) -> None:
        self.rect = rect.inset(0.8)
        self._boxes = np.empty((4, 64))
        self._shapes: list[BaseGeometry | None] = []
        """Each with its bounds in `_boxes`; None for one that is its bounds."""
        self._lines: list[BaseGeometry] = []
        self._tree: shapely.STRtree | None = None

    def copy(self) -> Room:
        """A room in which the same is taken, to try things in."""
        other = Room(self.rect.inset(-0.8))
        other._boxes, other._shapes = self._boxes.copy(), list(self._shapes)
        other._lines, other._tree = self._lines, self._tree
        return other

    def avoid(self, lines: BaseGeometry) -> None:
        """Lines that texts keep clear of where they can: outlines, borders, the grid."""
        parts = shapely.get_parts(lines.boundary if lines.geom_type.endswith("Polygon") else lines)
        self._lines.extend(p for p in parts if not p.is_empty)
        self._tree = None

    def clear(self, shape: BaseGeometry) -> bool:
        """True if no line to be avoided runs through the shape."""
        if not self._lines:
            return True
        if self._tree is None:
            self._tree = shapely.STRtree(self._lines)
        return len(self._tree.query(shape, predicate="intersects")) == 0

    def take(self, shape: BaseGeometry) -> None:
        """Mark a shape as taken."""
        self._take(np.array([shape.bounds]), [shape])

    def take_dots(self, xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]], radius: float) -> None:
        """Mark the squares round many dots."""
        self._take(np.hstack([xy - radius, xy + radius]), [None] * len(xy))

    def _take(self, boxes: np.ndarray[Any, np.dtype[np.float64]], shapes: Sequence[BaseGeometry | None]) -> None:
        used = len(self._shapes)
        while used + len(boxes) > self._boxes.shape[1]:
            self._boxes = np.hstack([self._boxes, np.empty_like(self._boxes)])
        self._boxes[:, used : used + len(boxes)] = boxes.T
        self._shapes.extend(shapes)

    def free(self, shape: Polygon) -> bool:
        """True if the shape lies in the map and touches nothing that was taken."""
        near = self._near(*shape.bounds)
        if near is None:
            return False
        for i in near:
            other = self._shapes[i]
            if shape.intersects(shapely.box(*self._boxes[:, i]) if other is None else other):
                return False
        return True

    def free_box(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """As `free`, of an upright box."""
        near = self._near(x0, y0, x1, y1)
        if near is None:
            return False
        others = [self._shapes[i] for i in near]
        if None in others:  # boxes that overlap touch
            return False
        return not others or not shapely.intersects(shapely.box(x0, y0, x1, y1), others).any()

    def _near(self, x0: float, y0: float, x1: float, y1: float) -> Any:
        """Numbers of what may touch a shape of these bounds; None where it does not lie in the map."""
        r = self.rect
        if not (x0 >= r.x0 and y0 >= r.y0 and x1 <= r.x1 and y1 <= r.y1):
            return None
        left, low, right, high = self._boxes[:, : len(self._shapes)]
        return ((left < x1) & (right > x0) & (low < y1) & (high > y0)).nonzero()[0]


# Turns from the outward direction, in the order in which they are tried.
_TURNS = tuple(math.radians(a) for a in (0, 30, -30, 60, -60, 90, -90))
_INWARD = tuple(math.radians(a) for a in (120, -120))
_ALL_TURNS = _TURNS + _INWARD
_NEAR, _FAR = (1.3,), (3.0, 5.0, 7.5, 10.0)


Box = tuple[float, float, float, float]


def number_spots(
    x: float,
    y: float,
    direction: tuple[float, float],
    text: str,
    size: float,
    distances: Iterable[float],
) -> Iterable[tuple[float, float, Polygon, float]]:
    """Places for a point's number: (x, y of its middle, its box, distance from the point), the best first."""
    for cx, cy, box, distance in _spots(x, y, direction, text, size, distances):
        yield cx, cy, shapely.box(*box), distance


def _spots(
    x: float,
    y: float,
    direction: tuple[float, float],
    text: str,
    size: float,
    distances: Iterable[float],
    turns: Iterable[float] = _ALL_TURNS,
) -> Iterable[tuple[float, float, Box, float]]:
    flat, _, _ = text_corners(0, 0, text, size, False, "center", 0)
    half_w, low, high = flat[1][0], flat[0][1] - CLEAR_MM, flat[2][1] + CLEAR_MM
    half_h, wide = max(-flat[0][1], flat[2][1]), half_w + CLEAR_MM
    angle = math.atan2(direction[1], direction[0])
    for distance in distances:
        for turn in turns:
            c, s = math.cos(angle + turn), math.sin(angle + turn)
            # Far enough out that the box stays clear of an outline that runs across the direction.
            reach = half_w * abs(c) + half_h * abs(s)
            cx, cy = x + c * (distance + reach), y + s * (distance + reach)
            yield cx, cy, (cx - wide, cy + low, cx + wide, cy + high), distance


class NumberPlan:
    """Which boundary points are numbered on the map and where: (point, x, y, leader or not)."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.spots: list[tuple[BoundaryPoint, float, float, bool]] = []
        self.unplaced: list[BoundaryPoint] = []


def plan_numbers(
    points: Sequence[BoundaryPoint],
    xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    room: Room,
    outline: BaseGeometry,
    size: float,
) -> NumberPlan:
    """Numbers for all points where they find room, else for the first of each ring and every 2nd, 5th, 10th … point.

    Leaders are used only where there is no room beside the point.
    """
    lines = outline.boundary
    shapely.prepare(lines)
    plan = NumberPlan(1)
    for step in (1, 2, 5, 10, 20, 50, 100):
        trial = room.copy()
        plan = _try(points, xy, trial, lines, size, step)
        if not plan.unplaced or step >= len(points):
            break
    return plan


def _try(
    points: Sequence[BoundaryPoint],
    xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    room: Room,
    lines: BaseGeometry,
    size: float,
    step: int,
) -> NumberPlan:
    plan = NumberPlan(step)
    position = 0
    allowed = 0 if step < 100 else len(points)
    for ring in rings_of(list(points)):
        for index, point in enumerate(ring):
            x, y = xy[position]
            position += 1
            if index and int(point.number[1:]) % step:
                continue
            direction = outward(ring, index)
            spot = _find(float(x), float(y), direction, point.number, size, room, lines)
            if spot is None:
                plan.unplaced.append(point)
                if len(plan.unplaced) > allowed:
                    return plan
                continue
            room.take(spot[2])
            plan.spots.append((point, spot[0], spot[1], spot[3] not in _NEAR))
    return plan


def _find(
    x: float, y: float, direction: tuple[float, float], text: str, size: float, room: Room, lines: BaseGeometry
) -> tuple[float, float, Polygon, float] | None:
    """The first place outside that is clear of all lines, else one over the grid, else one inside or on the outline."""
    over_grid = on_outline = None
    for turns in (_TURNS, _INWARD):
        for cx, cy, box, distance in _spots(x, y, direction, text, size, (*_NEAR, *_FAR), turns):
            if not room.free_box(*box):
                continue
            spot = cx, cy, shapely.box(*box), distance
            if lines.intersects(spot[2]):
                on_outline = on_outline or spot
            elif room.clear(spot[2]):
                return spot
            else:
                over_grid = over_grid or spot
        if over_grid is not None:
            return over_grid
    return on_outline


def straight_spots(
    line: np.ndarray[tuple[int, ...], np.dtype[np.float64]], text: str, size: float
) -> Iterable[tuple[float, float, float, Polygon]]:
    """Places for a text along a line where it runs straight: (x, y, rotation, box)."""
    need = width_mm(text, size) + 2.0
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] < max(need * 2, 18.0):
        return
    at = np.arange(need, along[-1] - need, 4.0)[:, None] + np.array([-1, 0, 1]) * (need / 2)
    ends = np.stack([np.interp(at, along, line[:, k]) for k in (0, 1)], axis=-1)
    chords, middles = ends[:, 2] - ends[:, 0], ends[:, 1] - ends[:, 0]
    lengths = np.hypot(chords[:, 0], chords[:, 1])
    sags = np.abs(chords[:, 0] * middles[:, 1] - chords[:, 1] * middles[:, 0]) / np.maximum(lengths, 1e-9)
    for i in np.flatnonzero((lengths >= 0.96 * need) & (sags <= 0.5)):
        chord, (x, y) = chords[i], ends[i, 1].tolist()
        angle = math.degrees(math.atan2(chord[1], chord[0]))
        angle = angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
        yield x, y, angle, text_shape(x, y, text, size, False, "center", angle)[0].buffer(0.6, join_style="mitre")
