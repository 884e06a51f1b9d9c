"""What a line crosses: stretches of it inside areas, by the distance along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gis.overlay import Control

_SAME_M = 1e-6


@dataclass(frozen=True)
class Crossing:
    """A stretch of a line inside a control area: from and to along the line, m."""

    from_m: float
    to_m: float
    layer: str
    code: str
    name: str
    kind: str


def crossings(line: LineString, controls: Sequence[Control]) -> list[Crossing]:
    """The stretches of `line` in each area, in the order in which the line comes to them.

    A line that only touches an area does not cross it. Lines may bend and cross themselves.
    """
    found = []
    for control in controls:
        for start, end in stretches(line, control.geometry):
            found.append(Crossing(start, end, control.layer, control.code, control.name, control.kind))
    return sorted(found, key=lambda c: (c.from_m, c.to_m, c.code))


def stretches(line: LineString, area: BaseGeometry) -> list[tuple[float, float]]:
    """(from, to) along the line, m, of what lies inside the area: piece by piece, then joined."""
    if not shapely.intersects(line, area):
        return []
    corners = shapely.get_coordinates(line)
    begin = 0.0
    joined: list[list[float]] = []
    for a, b in pairwise(corners):
        length = float(np.hypot(*(b - a)))
        if length <= 0:
            continue
        inside = shapely.intersection(LineString([a, b]), area)
        for part in sorted(_spans(inside, a, (b - a) / length)):
            low, high = begin + part[0], begin + part[1]
            if joined and low - joined[-1][1] <= _SAME_M:
                joined[-1][1] = max(joined[-1][1], high)
            else:
                joined.append([low, high])
        begin += length
    return [(low, high) for low, high in joined if high - low > _SAME_M]


def _spans(inside: BaseGeometry, start: np.ndarray, unit: np.ndarray) -> list[tuple[float, float]]:
    spans = []
    for part in shapely.get_parts(inside):
        if part.geom_type == "LineString" and not part.is_empty:
            along = (shapely.get_coordinates(part) - start) @ unit
            spans.append((float(along.min()), float(along.max())))
    return spans
