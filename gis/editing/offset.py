"""Offset an outline by metres, outwards or inwards."""

from __future__ import annotations

import math
from typing import Literal

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import sound
from models.errors import Refused
from models.notices import N_

CHORD_M = 0.01
"""How far a round corner of an offset may lie inside the true arc."""
_MITRE_LIMIT = 5.0


def offset(geometry: BaseGeometry, metres: float, corners: Literal["mitre", "round"] = "mitre") -> MultiPolygon:
    """The outline `metres` farther out (negative: farther in). Sharp corners stay sharp ("mitre") or become arcs.

    Raises Refused where nothing is left.
    """
    if not math.isfinite(metres) or metres == 0:
        raise Refused("offset.zero", N_("give an offset in metres, not 0"))
    steps = 8
    if corners == "round":
        half = math.acos(max(-1.0, 1 - min(CHORD_M / abs(metres), 1.0)))
        steps = min(max(2, math.ceil(math.pi / 4 / half)), 64)
    made = shapely.buffer(geometry, metres, quad_segs=steps, join_style=corners, mitre_limit=_MITRE_LIMIT)
    return sound(made, empty=N_("nothing is left: the outline is narrower than twice the offset"))
