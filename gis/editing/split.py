"""Split an outline by a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.editing.faces import faces
from gis.editing.sound import Array, Point, gathered, parts_of, refusal, rounded, sound
from gis.topology import GRID_M
from models.errors import Refused
from models.notices import N_

_ADVICE = N_("begin and end the line outside the outline")


@dataclass(frozen=True)
class Pieces:
    """What a split made: the largest piece first, with all parts that the line does not meet.

    `nodes` (n, 2) are the places where the line cuts the boundary: neighbours along it need a vertex there too.
    """

    outlines: tuple[MultiPolygon, ...]
    nodes: Array


def split(geometry: BaseGeometry, line: Sequence[Point]) -> Pieces:
    """The pieces into which a line (two places or more) cuts an outline. No area is lost or made.

    Raises Refused if the line does not cut it through, with the place where it ends inside.
    """
    cut = LineString(rounded(line)) if len(line) >= 2 else LineString()
    if cut.is_empty or cut.length <= 0:
        raise Refused("split.no_line", N_("a line that splits needs at least two places"))
    whole: list[Polygon] = []
    pieces: list[Polygon] = []
    for part in parts_of(geometry):
        found = _faces(part, cut)
        if len(found) < 2:
            whole.append(part)
        else:
            pieces += found
    if not pieces:
        raise _why_not(geometry, cut)
    pieces.sort(key=lambda p: -p.area)
    first = sound(gathered([pieces[0], *whole]))
    nodes = [shapely.get_coordinates(p.boundary) for p in pieces]
    new = _new_points(np.concatenate(nodes), shapely.get_coordinates(geometry))
    return Pieces((first, *(sound(p) for p in pieces[1:])), new)


def _faces(part: Polygon, cut: LineString) -> list[Polygon]:
    if not shapely.intersects(cut, part):
        return [part]
    lines = shapely.union_all([part.boundary, cut], grid_size=GRID_M)
    lines = shapely.transform(lines, lambda xy: np.round(xy, 3))
    # The grid may have moved an edge by half a millimetre: a face belongs to the part if its middle does.
    return [f for f in faces(shapely.get_parts(lines)) if shapely.contains(part, f.representative_point())]


def _new_points(points: Array, old: Array) -> Array:
    """Those of `points` that are none of `old`, each once, in their order.

    numpy.unique and isin hold Python's lock while they count (a second for a million); sorting numbers and looking
    them up do not. An outline is less than 2 000 km across, so its millimetres from one corner go into 31 bits each.
    """
    corner = np.minimum(points.min(axis=0), old.min(axis=0))
    new, held = (_millimetres(xy - corner) for xy in (points, old))
    held.sort()
    at = np.minimum(np.searchsorted(held, new), len(held) - 1)
    fresh = np.flatnonzero(held[at] != new)
    _places, first = np.unique(new[fresh], return_index=True)
    return rounded(points[fresh[np.sort(first)]])


def _millimetres(xy: Array) -> NDArray[np.int64]:
    mm = np.rint(xy * 1000).astype(np.int64)
    return np.asarray((mm[:, 0] << 31) + mm[:, 1], np.int64)


def _why_not(geometry: BaseGeometry, cut: LineString) -> Refused:
    for end in (cut.coords[0], cut.coords[-1]):
        if shapely.contains(geometry, shapely.Point(end)):
            text = N_("the line ends inside the outline at {x:.3f}, {y:.3f}")
            return refusal("split.ends_inside", text, (end[0], end[1]), _ADVICE)
    return refusal(
        "split.misses",
        N_("the line does not cut the outline"),
        (float(cut.coords[0][0]), float(cut.coords[0][1])),
        _ADVICE,
    )
