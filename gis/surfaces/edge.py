"""Cells that an outline only touches: a surface that ends at the outline is continued to their centres."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from gis.arrays import Array
from gis.placing import Part

Height = Callable[[Array, Array], Array]

_REACH = 1.0
"""Cells: the centre of a cell that the outline touches is never further away."""
_INTO = 1e-4
"""Cells that a place on the outline is moved inwards, so that rounding does not put it outside."""


def over_the_edge(height: Height, part: Part, cols: Array, rows: Array) -> Array:
    """Heights of places (pixel columns, rows) that have none: just outside the part, that of its nearest place.

    A design whose border is the outline, or another terrain that ends there, has no height at the centres of the cells
    that the outline cuts; what lies further away stays NaN, and so does a gap inside.
    """
    z = np.full(cols.shape, np.nan)
    shapely.prepare(part.polygon)
    points = np.asarray(shapely.points(cols, rows), dtype=object)
    near = shapely.dwithin(part.polygon, points, _REACH) & ~shapely.intersects(part.polygon, points)
    if near.any():
        ends = shapely.get_coordinates(shapely.shortest_line(part.polygon, points[near])).reshape(-1, 2, 2)
        inward = ends[:, 0] - ends[:, 1]
        length = np.maximum(np.hypot(*inward.T), 1e-12)[:, None]
        there = ends[:, 0] + inward / length * _INTO
        z[near] = height(there[:, 0], there[:, 1])
    return z


def continued(height: Height, part: Part) -> Height:
    """`height` of pixel positions, continued over the edge of the part."""

    def wider(cols: Array, rows: Array) -> Array:
        cols, rows = np.ravel(cols), np.ravel(rows)
        z = height(cols, rows)
        bad = np.flatnonzero(np.isnan(z))
        if bad.size:
            z[bad] = over_the_edge(height, part, cols[bad], rows[bad])
        return z

    return wider


def continue_block(z: Array, row0: int, col0: int, height: Height, part: Part) -> Array:
    """The heights `z` of a window of cells, in place continued over the edge of the part."""
    i, j = np.nonzero(np.isnan(z))
    if i.size:
        z[i, j] = over_the_edge(height, part, j + col0 + 0.5, i + row0 + 0.5)
    return z
