"""The area that a terrain covers."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import parse_crs, transformer
from models.terrain import Terrain


def footprint(terrain: Terrain, crs: str) -> BaseGeometry:
    """The area that the grid covers, as a polygon in `crs` with points along its edges."""
    a, b, c, d, e, f = terrain.transform
    steps = 16
    edge = [i / steps for i in range(steps)]
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    ring = []
    for (u0, v0), (u1, v1) in zip(corners, corners[1:] + corners[:1], strict=True):
        for s in edge:
            col, row = (u0 + (u1 - u0) * s) * terrain.width, (v0 + (v1 - v0) * s) * terrain.height
            ring.append((a * col + b * row + c, d * col + e * row + f))
    here = shapely.Polygon(ring)
    if parse_crs(terrain.crs) == parse_crs(crs):
        return here
    move = transformer(terrain.crs, crs)
    x, y = move.transform(*shapely.get_coordinates(here).T)
    return shapely.set_coordinates(here, np.column_stack([x, y]))
