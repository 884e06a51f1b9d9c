"""A horizontal plane at the lowest point of the toe line: the other customary base of a stockpile."""

from __future__ import annotations

from gis.surfaces.base import Context, Plane, Surface, SurfaceType
from models.notices import N_


def build(context: Context) -> Surface:
    """The plane at the lowest sample of all rings."""
    rim = context.rim
    low = rim.lowest
    point = (float(rim.cols[low]), float(rim.rows[low]))
    return Plane(float(rim.z[low]), parameters={"level_m": float(rim.z[low])}, rim_error="point", point=point)


TYPE = SurfaceType("lowest", N_("lowest point of the toe"), build, natural="heaps")
