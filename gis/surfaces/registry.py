"""The table of reference surfaces by key.

To add one: a file beside this, a line here, a test against something known.
"""

from __future__ import annotations

from gis.surfaces import contours, dem, edited_rim, graded, level, lowest, rim_mean, rim_plane, rim_surface, spill
from gis.surfaces.base import SurfaceType

SURFACES: dict[str, SurfaceType] = {
    t.key: t
    for t in (
        spill.TYPE,
        level.TYPE,
        rim_mean.TYPE,
        rim_plane.TYPE,
        rim_surface.TYPE,
        lowest.TYPE,
        dem.TYPE,
        graded.TYPE,
        contours.TYPE,
        edited_rim.TYPE,
    )
}


def surface_label(key: str, *, fills: bool = True) -> str:
    """English msgid of a surface's name, for pits (`fills`) or heaps; a key that is not known stands for itself."""
    kind = SURFACES.get(key)
    if kind is None:
        return key
    return kind.label if fills else kind.heap_label or kind.label
