"""Lines that are meant as outlines: closed ones, and walks round a place that end near where they began."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.formats.rings import nest
from models.notices import N_, Notice

MOST_GAP_M = 30.0
MOST_GAP_SHARE = 0.1
"""A walk is closed over a gap no longer than this, nor than this share of its length."""
_METRES_PER_DEGREE = 111_320.0
_EXACT = 1e-9
_MULTI: dict[str, Callable[[Any], BaseGeometry]] = {
    "Polygon": shapely.MultiPolygon,
    "LineString": shapely.MultiLineString,
    "Point": shapely.MultiPoint,
}


_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING, shapely.GeometryType.MULTILINESTRING)


def metres_of(xy: Array, *, degrees: bool) -> Array:
    """Coordinates in metres about their first point, near enough to measure a gap with."""
    if not degrees or not len(xy):
        return xy
    east = math.cos(math.radians(float(np.clip(xy[0, 1], -89.0, 89.0))))
    return np.asarray(xy * (_METRES_PER_DEGREE * east, _METRES_PER_DEGREE))


def outline(xyz: Array, *, degrees: bool = False, gap: bool = False) -> tuple[BaseGeometry | None, list[Notice]]:
    """A polygon of a line that closes, the line itself where it does not, with what there is to say of it.

    `xyz` (n, 2 or 3); `gap`: ends that lie near each other are joined. None for fewer than two points.
    """
    if len(xyz) < 2 or not np.isfinite(xyz[:, :2]).all():
        return (shapely.LineString(xyz) if len(xyz) > 1 else None), []
    flat = metres_of(xyz[:, :2], degrees=degrees)
    apart = float(np.hypot(*(flat[0] - flat[-1])))
    if len(xyz) > 3 and apart <= _EXACT:
        return shapely.Polygon(xyz), []
    length = float(np.hypot(*np.diff(flat, axis=0).T).sum())
    if gap and len(xyz) > 2 and apart <= min(MOST_GAP_M, MOST_GAP_SHARE * length):
        ring = np.concatenate((xyz, xyz[:1]))
        return shapely.Polygon(ring), [
            Notice("lines.gap", N_("a line was closed to an outline over a gap of {gap:.2f} m"), gap=apart)
        ]
    return shapely.LineString(xyz), []


def joined(parts: Sequence[Array], *, degrees: bool) -> tuple[Array, float]:
    """Pieces of one track, one after the other, and the longest step between two of them in metres."""
    whole = np.concatenate(list(parts))
    flat = metres_of(whole[:, :2], degrees=degrees)
    ends = np.cumsum([len(p) for p in parts])[:-1]
    steps = [float(np.hypot(*(flat[i] - flat[i - 1]))) for i in ends]
    return whole, max(steps, default=0.0)


def closed_as_outlines(shapes: Sequence[BaseGeometry | None]) -> tuple[list[BaseGeometry | None], int]:
    """The shapes, lines that end where they begin as outlines (by what lies in what), and how many of them there were.

    A shape that has an open line beside a closed one stays as it is: nobody can say what it means.
    """
    made, closed = list(shapes), 0
    kinds = shapely.get_type_id(np.array([*made, None], dtype=object)[:-1])
    for i in np.flatnonzero(np.isin(kinds, _LINES)).tolist():
        shape = made[i]
        parts = [part.coords for part in shapely.get_parts(shape)]
        if parts and all(len(p) > 3 and p[0][:2] == p[-1][:2] for p in parts):
            made[i] = together(nest([np.array(p) for p in parts]))
            closed += 1
    return made, closed


def together(shapes: Sequence[BaseGeometry | None]) -> BaseGeometry | None:
    """One geometry of several: of one kind where they are of one kind."""
    kept = [s for s in shapes if s is not None]
    if len(kept) < 2:
        return kept[0] if kept else None
    for kind, make in _MULTI.items():
        if all(s.geom_type == kind for s in kept):
            return make(kept)
    return shapely.GeometryCollection(kept)
