"""Hatches of a drawing as outlines: their boundary paths, holes by what lies in what (AutoCAD DXF reference, HATCH)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.drawings.shapes import MOST_VERTICES, SAGITTA
from gis.formats.rings import nest

_TEXT_BOX = 8
"""Boundary path flag (group code 92): the box that leaves a text free."""
_MOST_PATHS = 10_000
_SAME = 1e-3
_NEAR = 0.05


KINDS = frozenset({"HATCH", "MPOLYGON"})
"""Kinds of entities with boundary paths."""


def rings_of(entity: Any, sagitta: float = SAGITTA) -> list[Array] | None:
    """Closed rings (n, 3) of a hatch, shells and holes; None where it has none that can be used.

    `sagitta`: how far a curve's chords may lie from it, in drawing units.
    """
    from ezdxf.path import from_hatch_boundary_path

    drawn = (b for b in entity.paths.rendering_paths(entity.dxf.hatch_style) if not b.path_type_flags & _TEXT_BOX)
    ocs, level = entity.ocs(), entity.dxf.elevation.z
    paths = (from_hatch_boundary_path(b, ocs, elevation=level) for b in drawn)
    pieces = (p for path in paths for p in (path.sub_paths() if path.has_sub_paths else (path,)))
    rings: list[Array] = []
    left = MOST_VERTICES
    for path in islice(pieces, _MOST_PATHS):
        points = list(islice(path.flattening(sagitta), left + 1))
        left -= len(points)
        if left < 0:
            return None
        xyz = np.array([(p.x, p.y, p.z) for p in points], np.float64)
        if len(xyz) > 2 and (xyz[0] != xyz[-1]).any():
            xyz = np.concatenate((xyz, xyz[:1]))
        if len(xyz) > 3 and np.isfinite(xyz).all():
            rings.append(xyz)
    return rings or None


def outline(rings: list[Array]) -> BaseGeometry:
    """The ground that is hatched."""
    parts = nest([r if r[:, 2].any() else r[:, :2] for r in rings])
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def repeated(hatches: Sequence[BaseGeometry], outlines: Sequence[BaseGeometry]) -> list[bool]:
    """Which hatches only fill an outline that is drawn as a line too."""
    found = [False] * len(hatches)
    if not outlines:
        return found
    tree = shapely.STRtree(outlines)
    for i, hatch in enumerate(hatches):
        box, area = np.array(hatch.bounds), hatch.area
        for k in tree.query(hatch):
            near = bool(np.abs(np.array(outlines[k].bounds) - box).max() <= _NEAR)
            found[i] |= near and bool(abs(outlines[k].area - area) <= _SAME * area)
    return found
