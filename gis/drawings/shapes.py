"""Entities of a drawing as places with heights: points and lines, curves made straight within a stated tolerance."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

import numpy as np

from gis.arrays import Array

SAGITTA = 0.01
"""A curve is followed to this many drawing units (1 cm in metres)."""
MOST_VERTICES = 200_000
_LARGEST = 1e12
_CURVES = {"SPLINE", "ARC", "CIRCLE", "ELLIPSE"}
_SPLINE_FRAME = 16
_DEEPEST = 12
_NUMBER = re.compile(r"[-+]?\d{1,6}(?:\.\d{1,6})?")
_HEIGHT_TAGS = {"HEIGHT", "H", "Z", "GC", "ELEV", "ELEVATION", "高程", "标高"}
_LABEL_M = 0.06
"""A label says a height to a decimetre; beyond that it says another height."""


@dataclass(frozen=True)
class Shape:
    """`xyz` (n, 3); `is_line` False for a single place. `label`: the height that an attribute of a block says."""

    xyz: Array
    is_line: bool
    label: float | None = None
    by_label: bool = False
    curved: bool = False

    @property
    def has_height(self) -> bool:
        """True where any z is not 0."""
        return bool((self.xyz[:, 2] != 0).any())

    @property
    def differs(self) -> bool:
        """True where the attribute says another height than z."""
        return self.label is not None and not self.by_label and abs(self.label - float(self.xyz[0, 2])) > _LABEL_M


def number_in(text: str) -> float | None:
    """A text that is nothing but a number, as one."""
    found = _NUMBER.fullmatch(text.strip())
    return float(found[0]) if found else None


def text_of(entity: Any) -> tuple[float, float, float] | None:
    """(x, y, number) of a TEXT or MTEXT that is a number; None for others."""
    kind = entity.dxftype()
    value = number_in(entity.dxf.text if kind == "TEXT" else entity.plain_text())
    if value is None:
        return None
    place = place_of_text(entity)
    return float(place.x), float(place.y), value


def place_of_text(entity: Any) -> Any:
    """Where a TEXT or MTEXT stands: a text that is centred or set right has its place in its alignment point."""
    if entity.dxftype() == "MTEXT":
        return entity.dxf.insert
    return entity.ocs().to_wcs(entity.get_placement()[1])


def shape_of(entity: Any, sagitta: float = SAGITTA) -> Shape | None:
    """The shape of an entity; None where it has none that can be used (a mesh, too few vertices, too complex).

    `sagitta`: how far a curve's chords may lie from it, in drawing units.
    """
    kind = entity.dxftype()
    if kind == "POINT":
        return _shape([entity.dxf.location], False)
    if kind == "INSERT":
        return _block(entity)
    if kind == "LINE":
        return _shape([entity.dxf.start, entity.dxf.end], True)
    if kind == "LWPOLYLINE":
        if entity.has_arc:
            return _bulged(entity, entity.get_points("xyb"), entity.dxf.elevation, sagitta, closed=entity.closed)
        return _shape(entity.vertices_in_wcs(), True, closed=entity.closed)
    if kind == "POLYLINE":
        return _polyline(entity, sagitta)
    return _curve(entity, sagitta) if kind in _CURVES else None


def _shape(points: Any, is_line: bool, *, closed: bool = False) -> Shape | None:
    kept = list(islice(points, MOST_VERTICES + 1))
    if not kept or len(kept) > MOST_VERTICES:
        return None
    xyz = np.array([(p.x, p.y, p.z) for p in kept], np.float64)
    if closed and len(xyz) > 2 and (xyz[0] != xyz[-1]).any():
        xyz = np.concatenate((xyz, xyz[:1]))
    return Shape(xyz, is_line and len(xyz) > 1)


def _polyline(entity: Any, sagitta: float) -> Shape | None:
    if entity.is_polygon_mesh or entity.is_poly_face_mesh:
        return None
    frame = [bool(v.dxf.flags & _SPLINE_FRAME) for v in entity.vertices]
    if any(frame) and not all(frame):  # the points that drew the spline are not on it
        on_it = zip(entity.points_in_wcs(), frame, strict=True)
        return _shape([p for p, f in on_it if not f], True, closed=entity.is_closed)
    if not entity.has_arc:
        return _shape(entity.points_in_wcs(), True, closed=entity.is_closed)
    level = entity.dxf.elevation.z
    corners = [(v.dxf.location.x, v.dxf.location.y, v.dxf.bulge) for v in entity.vertices]
    return _bulged(entity, corners, level, sagitta, closed=entity.is_closed)


def _bulged(
    entity: Any, corners: list[tuple[float, float, float]], level: float, sagitta: float, *, closed: bool
) -> Shape | None:
    """A flat polyline with arcs: `corners` (x, y, bulge of the segment that begins there) in the entity's system."""
    points: list[tuple[float, float, float]] = []
    ends = [*corners[1:], corners[0]] if closed else corners[1:]
    for (x, y, bulge), (u, v, _) in zip(corners, ends, strict=False):
        points += [(*p, level) for p in _arc(x, y, u, v, bulge, sagitta)]
        if len(points) > MOST_VERTICES:
            return None
    last = corners[0] if closed else corners[-1]
    shape = _shape(entity.ocs().points_to_wcs([*_vectors(points), *_vectors([(last[0], last[1], level)])]), True)
    return replace(shape, curved=True) if shape is not None else None


def _vectors(points: list[tuple[float, float, float]]) -> list[Any]:
    from ezdxf.math import Vec3

    return [Vec3(p) for p in points]


def _arc(x: float, y: float, u: float, v: float, bulge: float, sagitta: float) -> list[tuple[float, float]]:
    """Points from (x, y) on along the arc to (u, v), the end left out. `bulge`: tangent of a quarter of its angle."""
    chord = math.hypot(u - x, v - y)
    if bulge == 0 or chord == 0:
        return [(x, y)]
    angle = 4 * math.atan(bulge)
    radius = chord * (1 + bulge * bulge) / (4 * abs(bulge))
    step = 2 * math.acos(max(1 - sagitta / radius, 0.5))
    pieces = min(math.ceil(abs(angle) / step), MOST_VERTICES)
    along = np.arange(pieces) / pieces * angle
    # Centre: from the chord's middle to the left by the apothem, whose sign follows the bulge.
    apothem = chord * (1 - bulge * bulge) / (4 * bulge)
    cx, cy = (x + u) / 2 - (v - y) / chord * apothem, (y + v) / 2 + (u - x) / chord * apothem
    sin, cos = np.sin(along), np.cos(along)
    px, py = cx + cos * (x - cx) - sin * (y - cy), cy + sin * (x - cx) + cos * (y - cy)
    return list(zip(px.tolist(), py.tolist(), strict=True))


def _curve(entity: Any, sagitta: float) -> Shape | None:
    """A spline, arc, circle or ellipse by the entity's own exact points, no further than the tolerance from it."""
    radius = entity.dxf.radius if entity.dxftype() in {"ARC", "CIRCLE"} else 1.0
    if not 0 < abs(radius) < _LARGEST * sagitta:
        return None
    within = min(sagitta, 0.2 * abs(radius))
    tool = entity.construction_tool() if entity.dxftype() == "SPLINE" else None
    free = tool is not None and not tool.is_clamped
    shape = _shape(_inner(tool, within) if free else entity.flattening(within), True)
    return replace(shape, curved=True) if shape is not None and np.isfinite(shape.xyz).all() else None


def _inner(tool: Any, sagitta: float) -> list[Any]:
    """A spline whose ends are not clamped (a closed one, as CAD programs write it), between its inner knots.

    Only there is it a curve; beyond, where ezdxf goes on, its points run off towards the origin.
    """
    knots, degree = list(tool.knots()), int(tool.degree)
    first, last = knots[degree], knots[-degree - 1]
    inner = sorted({k for k in knots if first <= k <= last})
    steps = [a + (b - a) * i / 4 for a, b in pairwise(inner) for i in range(4)]
    points = [tool.point(first)]
    for a, b in pairwise([*steps, last]):
        _between(tool, a, b, points, tool.point(b), sagitta, _DEEPEST)
        if len(points) > MOST_VERTICES:
            break
    return points


def _between(tool: Any, a: float, b: float, points: list[Any], end: Any, sagitta: float, deep: int) -> None:
    middle = (a + b) / 2
    place = tool.point(middle)
    if deep and place.distance(points[-1].lerp(end)) > sagitta:
        _between(tool, a, middle, points, place, sagitta, deep - 1)
        _between(tool, middle, b, points, end, sagitta, deep - 1)
    else:
        points.append(end)


def _block(entity: Any) -> Shape | None:
    place = entity.ocs().to_wcs(entity.dxf.insert)
    labels = {str(a.dxf.get("tag", "")).upper(): number_in(str(a.dxf.get("text", ""))) for a in entity.attribs}
    numbers = {tag: v for tag, v in labels.items() if v is not None}
    named = [v for tag, v in numbers.items() if tag in _HEIGHT_TAGS]
    label = named[0] if len(named) == 1 else next(iter(numbers.values())) if len(numbers) == 1 else None
    by_label = place.z == 0 and label is not None and label != 0
    xyz = np.array([[place.x, place.y, label if by_label else place.z]], np.float64)
    return Shape(xyz, False, label, by_label)
