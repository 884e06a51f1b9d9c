"""East and north of the project at a site, seen on a grid that may be turned, in degrees, or in another system."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array
from gis.crs import metres_per_unit, parse_crs, same_crs, transformer
from gis.placing import Placed
from models.site import Site

_NEAR_M = 10.0


def compass(site: Site, placed: Placed) -> Array:
    """(2, 2): its columns are one metre of ground to the project's east and north, in metres along columns and rows.

    At the middle of the outline. Its inverse turns metres along columns and rows into east and north.
    """
    crs = parse_crs(site.crs)
    near = 1e-4 if crs.is_geographic else _NEAR_M / metres_per_unit(crs)
    middle = site.outline.centroid
    x, y = middle.x + near * np.array([0.0, 1.0, 0.0]), middle.y + near * np.array([0.0, 0.0, 1.0])
    if not same_crs(crs, placed.grid.crs):
        x, y = transformer(crs, placed.grid.crs).transform(x, y)
    col, row = placed.grid.to_pixel(x, y)
    part = placed.parts[0]
    ways = np.stack(((col[1:] - col[0]) * part.step_x, (row[1:] - row[0]) * part.step_y))
    return np.asarray(ways / np.hypot(*ways))
