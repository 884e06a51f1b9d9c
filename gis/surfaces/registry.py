"""The table of reference surfaces by key.

To add one: a file beside this, a line here, its name in models/surface_names.py, a test against something known.
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
