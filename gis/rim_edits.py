"""Stretches of an outline: from places near it, and found again on an outline that may have changed since.

Rings are numbered part by part, the outer one first, and always walked counter-clockwise (seen from above), whatever
the order of their vertices: an edit keeps its meaning when another program rewrites the outline the other way round.
Lengths in the project's CRS (metres on the grid).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from gis.arrays import Array, Mask
from models.errors import Refused
from models.notices import N_
from models.rim_edit import RimEdit

_NEAR_SHARE, _NEAR_LEAST, _NEAR_MOST = 0.005, 2.0, 25.0
_LENGTH_SHARE, _LENGTH_LEAST = 0.2, 5.0
_SAME_M = 0.01


@dataclass(frozen=True)
class Ring:
    """A ring of an outline, counter-clockwise. `part` and `number` (0 the outer one) say which."""

    part: int
    number: int
    line: LineString

    @property
    def length(self) -> float:
        """Its length."""
        return float(self.line.length)

    def place(self, at: float) -> tuple[float, float]:
        """The place that lies `at` along the ring (any number: it is walked round)."""
        point = self.line.interpolate(at % self.length)
        return float(point.x), float(point.y)


@dataclass(frozen=True)
class Stretch:
    """`length` of a ring from `start` on, counter-clockwise."""

    ring: Ring
    start: float
    length: float

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Places of both ends; the same twice for a whole ring."""
        first = self.ring.place(self.start)
        return (first, first) if self.whole else (first, self.ring.place(self.start + self.length))

    @property
    def whole(self) -> bool:
        """True for the whole ring."""
        return self.length >= self.ring.length - _SAME_M

    @property
    def line(self) -> LineString:
        """The stretch as a line."""
        if self.whole:
            return self.ring.line
        start, total = self.start % self.ring.length, self.ring.length
        end = start + self.length
        cuts = [(start, end)] if end <= total else [(start, total), (0.0, end - total)]
        pieces = [substring(self.ring.line, a, b) for a, b in cuts]
        points = np.concatenate([shapely.get_coordinates(p) for p in pieces])
        keep = np.ones(len(points), np.bool_)
        keep[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
        return LineString(points[keep])


def rings_of(outline: BaseGeometry) -> list[Ring]:
    """All rings of a Polygon or MultiPolygon, counter-clockwise."""
    found = []
    for k, part in enumerate(shapely.get_parts(shapely.force_2d(outline))):
        for n, ring in enumerate(shapely.get_rings(part)):
            points = shapely.get_coordinates(ring)
            found.append(Ring(k, n, LineString(points if ring.is_ccw else points[::-1])))
    return found


def tolerance(outline: BaseGeometry) -> float:
    """How far from the outline a place may lie to be meant for it: 0.5 % of its length, 2 to 25 m."""
    return float(np.clip(_NEAR_SHARE * outline.length, _NEAR_LEAST, _NEAR_MOST))


def _spot(rings: list[Ring], x: float, y: float) -> tuple[Ring, float, float]:
    """(nearest ring, position along it, distance) of a place."""
    point = shapely.Point(x, y)
    ring = min(rings, key=lambda r: r.line.distance(point))
    return ring, float(ring.line.project(point)), float(ring.line.distance(point))


def _near(outline: BaseGeometry, rings: list[Ring], place: tuple[float, float], code: str) -> tuple[Ring, float]:
    x, y = place
    if not (np.isfinite(x) and np.isfinite(y)):
        raise Refused("rim.place", N_("a place is given as easting,northing in metres"), where=code)
    ring, at, away = _spot(rings, x, y)
    if away > tolerance(outline):
        px, py = ring.place(at)
        raise Refused(
            "rim.far",
            N_("{x:.2f}, {y:.2f} lies {away:.1f} m from the outline"),
            where=code,
            advice=N_("give a place on the outline; the nearest is {px:.2f}, {py:.2f}"),
            x=x,
            y=y,
            away=away,
            px=px,
            py=py,
        )
    return ring, at


def between(
    outline: BaseGeometry, first: tuple[float, float], second: tuple[float, float], code: str, *, other_way: bool
) -> Stretch:
    """The shorter way along the outline between two places near it, or the longer one (`other_way`).

    Raises Refused where a place is not near the outline, both lie on different rings, or at one place.
    """
    rings = rings_of(outline)
    (ring, a), (other, b) = (_near(outline, rings, p, code) for p in (first, second))
    if ring is not other:
        raise Refused(
            "rim.rings",
            N_("the two places lie on different rings of the outline"),
            where=code,
            advice=N_("give two places on one ring, or a place and a length"),
        )
    ahead = (b - a) % ring.length
    if min(ahead, ring.length - ahead) < _SAME_M:
        raise Refused(
            "rim.one_place",
            N_("the two places are the same: the stretch has no length"),
            where=code,
            advice=N_("give two places apart from each other, or a place and a length"),
        )
    forward = (ahead <= ring.length / 2) != other_way
    return Stretch(ring, a, ahead) if forward else Stretch(ring, b, ring.length - ahead)


def about(outline: BaseGeometry, place: tuple[float, float], length_m: float, code: str) -> Stretch:
    """`length_m` of the outline with its middle at a place near it; at most the whole ring. Raises Refused."""
    if not (np.isfinite(length_m) and length_m > 0):
        raise Refused(
            "rim.length",
            N_("the length of the stretch is {length}; it must be above zero"),
            where=code,
            length=length_m,
        )
    ring, at = _near(outline, rings_of(outline), place, code)
    length = min(length_m, ring.length)
    return Stretch(ring, (at - length / 2) % ring.length, length)


def find(outline: BaseGeometry, edit: RimEdit) -> Stretch | None:
    """Where the edit's stretch lies on the outline as it is now; None where it does not lie on it any more.

    Both ends must lie near one ring, and the way between them must be about as long as it was (to a fifth, or 5 m).
    """
    rings = rings_of(outline)
    if not rings:
        return None
    (ring, a, away), (other, b, away_2) = _spot(rings, edit.x1, edit.y1), _spot(rings, edit.x2, edit.y2)
    if ring is not other or max(away, away_2) > tolerance(outline):
        return None
    length = ring.length if edit.whole_ring else (b - a) % ring.length
    if abs(length - edit.length_m) > max(_LENGTH_SHARE * edit.length_m, _LENGTH_LEAST) or length <= 0:
        return None
    return Stretch(ring, a, length)


def apply(edit: RimEdit, here: Mask, z: Array, kept: Mask) -> None:
    """Change heights `z` (m) of rim places and whether they are `kept`, where the edit holds (`here`); in place."""
    if edit.action == "leave_out":
        kept[here] = False
    elif edit.action == "set":
        z[here] = edit.value_m
    else:
        z[here] += (edit.value_m or 0.0) * (1 if edit.action == "raise" else -1)


def positions(ring: Array, places: Array) -> Array:
    """How far along a closed ring (n, 2) places (m, 2) on it lie."""
    return np.asarray(shapely.line_locate_point(LineString(ring), shapely.points(places)))
