"""A horizontal plane at the length-weighted mean of the rim: a quick look on sloping ground."""

from __future__ import annotations

from gis.surfaces.base import Context, Plane, Surface, SurfaceType


def build(context: Context) -> Surface:
    """The plane at the mean height of all rings."""
    level = context.rim.mean
    return Plane(level, parameters={"level_m": level}, rim_error="mean")


TYPE = SurfaceType("rim_mean", build)
