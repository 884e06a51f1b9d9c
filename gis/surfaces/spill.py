"""A horizontal plane at the lowest point of the rim: the most that can be filled without a bank.

All rings count (volumes.md section 2: the outline of inner rings is rim too): above the lowest point of an island's
ring, fill would run onto the island that is to be left standing. Where an island's ring is what decides, a notice says
so with the level that the outer ring alone would give, since an island outlined at its foot makes the level
meaningless.
"""

from __future__ import annotations

from gis.surfaces.base import Context, Plane, Surface, SurfaceType
from models.notices import N_, Notice


def build(context: Context) -> Surface:
    """The plane at the lowest point of the part's rim."""
    rim, low = context.rim, context.lowest_rim
    x, y = context.placed.site_place(low.col, low.row)
    notices: tuple[Notice, ...] = ()
    if low.ring > 0:
        outer = float(rim.z[rim.ring == 0].min())
        text = N_(
            "the spill level {level:.2f} m is set by an island's outline; the outer rim alone would give {outer:.2f} m"
        )
        notices = (Notice("surface.island_spill", text, level=low.z, outer=outer),)
    parameters = {"level_m": low.z, "spill_x": x, "spill_y": y}
    return Plane(low.z, parameters=parameters, rim_error="point", notices=notices, point=(low.col, low.row))


TYPE = SurfaceType("spill", build, natural="pits")
