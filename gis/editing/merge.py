"""Merge outlines into one."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import sound
from gis.topology import GRID_M
from models.errors import Refused
from models.notices import N_


def merge(outlines: Sequence[BaseGeometry]) -> MultiPolygon:
    """The ground that any of them covers. Outlines that lie apart become parts of one. Raises Refused for fewer than 2.

    Where two overlap, the ground counts once.
    """
    if len(outlines) < 2:
        raise Refused("merge.too_few", N_("merging needs at least two features"))
    return sound(shapely.union_all(list(outlines), grid_size=GRID_M))


def overlap_m2(outlines: Sequence[BaseGeometry]) -> float:
    """Area that is covered more than once and that a merge counts once."""
    return max(0.0, float(sum(o.area for o in outlines) - shapely.union_all(list(outlines)).area))
