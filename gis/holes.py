"""Holes of the terrain inside a site: how much is missing, where, and their interpolation when the user asks for it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from gis.arrays import Mask
from gis.dem.file import Dem
from gis.placing import Part, Placed
from gis.rim import rim_of
from gis.sums import Ground
from gis.tiling import tiles
from models.errors import Refused
from models.notices import N_, Notice

ENOUGH = 0.995
"""Least covered share of an estimate (volumes.md section 1)."""
INTERPOLATE_FROM = 0.8
"""Least share with heights of a site whose holes are interpolated."""
_MAX_CELLS = 4_000_000
_WHOLE = 1 - 1e-9
_SHOWN = 5e-5
"""A share that would be printed as 0.00 %."""


def site_area(placed: Placed) -> float:
    """Ground area of all parts, m², on the raster or off it."""
    return math.fsum(placed.area_m2(p) for p in placed.parts)


def check_covered(placed: Placed, ground: Ground, code: str, *, interpolated: bool) -> tuple[float, tuple[Notice, ...]]:
    """(covered share, notices). Raises Refused below 99.5 % with the share and the place of a hole."""
    share = min(ground.covered_m2 / site_area(placed), 1.0)
    if share > _WHOLE:
        share = 1.0
    if share >= ENOUGH:
        if share >= _WHOLE or interpolated:
            return share, ()
        text = N_("{share:.2%} of the outline has no terrain and is left out of the figures")
        if 1 - share < _SHOWN:
            text = N_("less than 0.01 % of the outline has no terrain and is left out of the figures")
        return share, (Notice("terrain.small_gap", text, share=1 - share),)
    x, y = _place(placed, ground)
    raise Refused(
        "terrain.not_covered",
        N_("the terrain covers only {share:.1%} of the outline; height is missing for instance at {x:.1f}, {y:.1f}"),
        where=code,
        advice=N_(
            "choose another terrain, draw the outline inside it, or ask for the hole to be interpolated "
            "(--interpolate-holes)"
        ),
        share=share,
        x=x,
        y=y,
    )


def _place(placed: Placed, ground: Ground) -> tuple[float, float]:
    """A place without height inside the site, in the site's CRS."""
    spot = ground.hole
    if spot is None:
        raster = shapely.box(0, 0, placed.grid.width, placed.grid.height)
        beyond = [shapely.difference(p.polygon, raster) for p in placed.parts]
        largest = max(beyond, key=shapely.area)
        point = shapely.point_on_surface(largest)
        spot = float(shapely.get_x(point)), float(shapely.get_y(point))
    return placed.site_place(*spot)


def interpolate(dem: Dem, placed: Placed, code: str) -> tuple[Notice, ...]:
    """Patch the terrain where the site has none, by a membrane over the edge of each hole; says so in a notice.

    Cells off the raster count as a hole open to the outside (no slope across its outer border). Raises Refused where
    more than a fifth of the site is missing.
    """
    missing_m2, unseen, length = 0.0, 0.0, 0.0
    for part in placed.parts:
        rim = rim_of(dem, part)
        area = _fill_part(dem, placed, part, code)
        missing_m2 += area
        length += float(rim.weight.sum())
        unseen += float(rim.weight[~np.isfinite(rim.z)].sum()) if area > 0 else 0.0
    if missing_m2 <= 0:
        return ()
    share = missing_m2 / site_area(placed)
    text = N_("{share:.1%} of the terrain inside the outline is missing and was interpolated")
    told = [Notice("terrain.interpolated", text, share=share)]
    if unseen > 0:
        text = N_("{share:.1%} of the rim lies where the terrain is missing; a lower place there would not be seen")
        told.append(Notice("terrain.rim_interpolated", text, share=unseen / length))
    return tuple(told)


def _fill_part(dem: Dem, placed: Placed, part: Part, code: str) -> float:
    """Patch one part; returns the missing ground area, m²."""
    low, high, area = [math.inf, math.inf], [-math.inf, -math.inf], 0.0
    whole = placed.area_m2(part)
    for tile in tiles(part.edges):
        z = dem.read(tile.row0, tile.row1, tile.col0, tile.col1)
        share = tile.share
        hole = np.isnan(z) & (share > 0)
        if not hole.any():
            continue
        area += float(((share * hole).sum(axis=1) * placed.row_areas(tile.row0, tile.row1)).sum())
        if area > (1 - INTERPOLATE_FROM) * whole:
            raise Refused(
                "terrain.hole_too_large",
                N_("more than a fifth of the outline has no terrain; that is not interpolated"),
                where=code,
                advice=N_("choose another terrain, or draw the outline inside it"),
            )
        i, j = np.nonzero(hole)
        low = [min(low[0], tile.row0 + int(i.min())), min(low[1], tile.col0 + int(j.min()))]
        high = [max(high[0], tile.row0 + int(i.max())), max(high[1], tile.col0 + int(j.max()))]
    if area > 0:
        _patch(dem, int(low[0]) - 2, int(high[0]) + 3, int(low[1]) - 2, int(high[1]) + 3, code)
    return area


def _patch(dem: Dem, row0: int, row1: int, col0: int, col1: int, code: str) -> None:
    """Solve Laplace's equation on the missing cells of a window (graph of four neighbours) and patch them in."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    if (row1 - row0) * (col1 - col0) > _MAX_CELLS:
        raise Refused(
            "terrain.holes_too_wide",
            N_("the holes of the terrain are too far apart to be interpolated together"),
            where=code,
            advice=N_("fill the holes of the terrain first (gdal_fillnodata)"),
        )
    z = dem.read(row0, row1, col0, col1)
    missing = np.isnan(z)
    number = np.full(z.shape, -1, np.int64)
    number[missing] = np.arange(np.count_nonzero(missing))
    size = int(np.count_nonzero(missing))
    diagonal, right = np.zeros(size), np.zeros(size)
    pairs = []
    for a, b in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        for here, there in ((a, b), (b, a)):
            both = missing[here]
            i, other, height = number[here][both], number[there][both], z[there][both]
            np.add.at(diagonal, i, 1.0)
            known = other < 0
            np.add.at(right, i[known], height[known])
            pairs.append(np.column_stack((i[~known], other[~known])))
    pair = np.concatenate(pairs)
    links = sparse.csc_array((np.ones(len(pair)), (pair[:, 0], pair[:, 1])), shape=(size, size))
    anchored = _anchored(links, right != 0)
    keep = np.flatnonzero(anchored)
    matrix = sparse.csc_array(sparse.diags_array(diagonal) - links)[keep][:, keep]
    heights = np.full(size, np.nan)
    heights[keep] = spsolve(sparse.csc_array(matrix), right[keep])
    patch = np.full(z.shape, np.nan)
    patch[missing] = heights
    dem.patch(row0, col0, patch)


def _anchored(links: Any, known: Mask) -> Mask:
    """Which cells hang together with at least one that has a known neighbour."""
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(links, directed=False)
    held = np.zeros(count, np.bool_)
    held[label[known]] = True
    return np.asarray(held[label])
