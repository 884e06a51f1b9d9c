"""Outlines made of a few places: rectangle, circle, and the stretch of an existing edge between two places."""

from __future__ import annotations

import math

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon

from gis.editing.sound import NEAR_M, Array, Point, on_grid, refusal, rounded
from models.errors import Refused
from models.notices import N_

CIRCLE_CHORD_M = 0.02
"""How far the sides of a drawn circle may lie inside it."""
_FEWEST, _MOST = 32, 720


def rectangle(a: Point, b: Point, side: Point) -> Polygon:
    """A rectangle on the edge from `a` to `b`, as wide as `side` lies beside it."""
    ax, ay = a
    dx, dy = b[0] - ax, b[1] - ay
    length = math.hypot(dx, dy)
    if length <= NEAR_M:
        raise Refused("rectangle.no_edge", N_("the first side of a rectangle needs two different places"))
    nx, ny = -dy / length, dx / length
    width = (side[0] - ax) * nx + (side[1] - ay) * ny
    if abs(width) <= NEAR_M:
        raise Refused("rectangle.flat", N_("the rectangle has no width"))
    px, py = nx * width, ny * width
    return Polygon(rounded([a, b, (b[0] + px, b[1] + py), (ax + px, ay + py)]))


def circle_through(a: Point, b: Point, c: Point) -> tuple[Point, float]:
    """Centre and radius (m) of the circle through three places. Raises Refused where they lie in one line."""
    bx, by, cx, cy = b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]
    twice = 2 * (bx * cy - by * cx)
    longest = max(math.hypot(bx, by), math.hypot(cx, cy), math.hypot(bx - cx, by - cy))
    if longest == 0 or abs(twice) <= 2e-3 * longest:  # the third place less than 1 mm beside the line
        raise refusal("circle.straight", N_("the three places lie in one line; no circle goes through them"), c)
    b2, c2 = bx * bx + by * by, cx * cx + cy * cy
    ux, uy = (cy * b2 - by * c2) / twice, (bx * c2 - cx * b2) / twice
    return (a[0] + ux, a[1] + uy), math.hypot(ux, uy)


def circle(centre: Point, radius_m: float) -> Polygon:
    """A circle as a polygon whose corners lie on it and whose sides stray at most `CIRCLE_CHORD_M`; anticlockwise."""
    if not math.isfinite(radius_m) or radius_m < 0.05:
        raise Refused("circle.small", N_("the circle is smaller than 5 cm"))
    sides = math.pi / math.acos(1 - min(CIRCLE_CHORD_M / radius_m, 0.5))
    count = min(max(_FEWEST, math.ceil(sides / 4) * 4), _MOST)
    angles = np.arange(count) * (2 * math.pi / count)
    return Polygon(
        rounded(np.column_stack([centre[0] + radius_m * np.cos(angles), centre[1] + radius_m * np.sin(angles)]))
    )


def trace(ring: Array, start: Point, end: Point, *, longer: bool = False) -> list[Point]:
    """The places of a ring from `start` to `end`, both on it, the shorter way (or the longer one); both included.

    `ring` (n, 2) may be closed (first = last) or an open line; an open line has only one way.
    """
    line = LineString(ring)
    a, b = (float(line.project(shapely.Point(p))) for p in (start, end))
    closed = bool(np.all(ring[0] == ring[-1]))
    if abs(a - b) <= NEAR_M:
        return [start, end]
    direct = shapely.get_coordinates(shapely.ops.substring(line, a, b))
    if not closed or (abs(b - a) <= line.length / 2) != longer:
        path = direct
    else:
        step = (line.length, 0.0) if a > b else (0.0, line.length)
        first = shapely.get_coordinates(shapely.ops.substring(line, a, step[0]))
        second = shapely.get_coordinates(shapely.ops.substring(line, step[1], b))
        path = np.vstack([first, second[1:]])
    inner = [on_grid(*p) for p in path[1:-1]]
    places = [start, *inner, end]
    return [p for i, p in enumerate(places) if i == 0 or math.dist(p, places[i - 1]) > NEAR_M]


def bearing(a: Point, b: Point) -> float:
    """Grid bearing from `a` to `b`: degrees clockwise from grid north, 0 to 360."""
    return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1])) % 360.0


def along(a: Point, length_m: float, degrees: float) -> Point:
    """The place `length_m` from `a` in a bearing, on the grid."""
    t = math.radians(degrees)
    return on_grid(a[0] + length_m * math.sin(t), a[1] + length_m * math.cos(t))
