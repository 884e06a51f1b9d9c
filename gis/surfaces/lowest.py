"""A horizontal plane at the lowest point of the toe line: the other customary base of a stockpile."""

from __future__ import annotations

from gis.surfaces.base import Context, Plane, Surface, SurfaceType


def build(context: Context) -> Surface:
    """The plane at the lowest point of all rings."""
    low = context.lowest_rim
    return Plane(low.z, parameters={"level_m": low.z}, rim_error="point", point=(low.col, low.row))


TYPE = SurfaceType("lowest", build, natural="heaps")
