"""The four-point grid method (方格网法): squares over a site, corner heights, zero line, cut and fill of each square.

Whole squares by the customary formulas (gis.fourpoint). A square that the outline cuts is clipped with it and what is
left is triangulated over its corners and the outline's points: prisms, split exactly where they change sign. Heights
between cell centres are bilinear. No code is shared with the cell sums.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Index, Mask
from gis.fourpoint import cut_and_fill
from gis.gridpieces import TURN, Laid, Piece, gathered
from gis.ground_frame import GroundFrame, customary
from gis.job import Job
from gis.prisms import positive_mean
from gis.short_calls import slices, unique_rows
from gis.surfaces import Surface
from models.earthwork import CUSTOMARY_SIDES_M, GridMethod
from models.errors import Refused
from models.notices import N_

_ACROSS = 20
"""Squares across the narrowest part of a site, at least, where nobody asks for a side: on a bowl 20 squares across, the
chords of the grid lie about 0.7 % of the volume above the ground (side²/12 times the ground's curvature)."""
_MAX_SQUARES = 40_000
_EAST, _NORTH = np.array(TURN).T


def default_side(job: Job) -> float:
    """A customary side that leaves enough squares across the site and is no finer than the terrain, m."""
    width = min(p.width_m for p in job.placed.parts)
    side = customary(width, _ACROSS, job.terrain.cell_m * 0.999, tuple(map(float, CUSTOMARY_SIDES_M)))
    x0, y0, x1, y1 = job.site.outline.bounds
    while (x1 - x0) * (y1 - y0) / side**2 > _MAX_SQUARES:
        side *= 2
    return side


def grid_volumes(job: Job, surfaces: list[Surface], side: float | None = None) -> tuple[float, float, float]:
    """(fill, cut, side) of the grid method, m³ and m: the figures alone. Raises as `grid_method`."""
    laid, _ = _lay(job, surfaces, side or default_side(job), shapes=False)
    return laid.fill, laid.cut, laid.side


def grid_method(job: Job, surfaces: list[Surface], side: float | None = None) -> GridMethod:
    """The whole grid for table and drawing.

    `side` m, None for a customary one. Raises Refused where the side does not fit the site or the terrain has no
    heights at the corners.
    """
    laid, frame = _lay(job, surfaces, side or default_side(job), shapes=True)
    return gathered(laid, frame)


def _lay(job: Job, surfaces: list[Surface], side: float, *, shapes: bool) -> tuple[Laid, GroundFrame]:
    frame, laid = GroundFrame.of(job), Laid(side)
    _check_side(job, side)
    for polygon, surface in zip(frame.parts, surfaces, strict=True):
        _part(laid, frame, polygon, surface, shapes=shapes)
    return laid, frame


def _check_side(job: Job, side: float) -> None:
    x0, y0, x1, y1 = job.site.outline.bounds
    squares = (math.floor((x1 - x0) / side) + 1) * (math.floor((y1 - y0) / side) + 1) if side > 0 else math.inf
    if not math.isfinite(side) or squares > _MAX_SQUARES or side > 100 * max(x1 - x0, y1 - y0):
        raise Refused(
            "earthwork.side",
            N_("squares of {side:g} m do not suit a site of {width:.0f} m by {height:.0f} m"),
            where=job.site.code,
            advice=N_("choose a side such that there are between one and {most} squares"),
            side=side,
            width=x1 - x0,
            height=y1 - y0,
            most=_MAX_SQUARES,
        )


def _part(laid: Laid, frame: GroundFrame, polygon: BaseGeometry, surface: Surface, *, shapes: bool) -> None:
    """Add the squares of one part."""
    side = laid.side
    x0, y0, x1, y1 = polygon.bounds
    columns = np.arange(math.floor(x0 / side), math.floor(x1 / side) + 1)
    rows = np.arange(math.floor(y0 / side), math.floor(y1 / side) + 1)
    i, j = np.repeat(columns, rows.size), np.tile(rows, columns.size)
    whole, touched, cut = _squares(polygon, i, j, side)
    corners = _corners(laid, frame, polygon, surface, columns, rows, shapes=shapes)
    own = corners[(i[whole] - columns[0])[:, None] + _EAST, (j[whole] - rows[0])[:, None] + _NORTH]
    _whole(laid, frame, i[whole], j[whole], own, shapes=shapes)
    _partial(laid, frame, polygon, surface, (i[touched], j[touched], cut), shapes=shapes)


def _squares(polygon: BaseGeometry, i: Index, j: Index, side: float) -> tuple[Mask, Mask, NDArray[np.object_]]:
    """(which squares lie inside, which the outline cuts, the shapes of those); a few hundred in a call."""
    shapely.prepare(polygon)
    whole, touched = np.zeros(i.size, dtype=bool), np.zeros(i.size, dtype=bool)
    cut = [np.empty(0, dtype=object)]
    for some in slices(i.size):
        boxes = shapely.box(i[some] * side, j[some] * side, (i[some] + 1) * side, (j[some] + 1) * side)
        whole[some] = shapely.covers(polygon, boxes)
        touched[some] = shapely.intersects(polygon, boxes) & ~whole[some]
        cut.append(boxes[touched[some]])
    return whole, touched, np.concatenate(cut)


def _corners(
    laid: Laid,
    frame: GroundFrame,
    polygon: BaseGeometry,
    surface: Surface,
    columns: Index,
    rows: Index,
    *,
    shapes: bool,
) -> Array:
    """(ground, design) at the corners of all squares, NaN outside the part: (columns + 1, rows + 1, 2)."""
    found = np.full((columns.size + 1, rows.size + 1, 2), np.nan)
    i, j = np.indices(found.shape[:2]).reshape(2, -1)
    xy = np.column_stack((i + columns[0], j + rows[0])) * laid.side
    inside = shapely.intersects_xy(polygon, xy[:, 0], xy[:, 1])
    i, j, xy = i[inside], j[inside], xy[inside]
    if not len(xy):
        return found
    rim = ~shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])
    ground, design = frame.heights(surface, xy, rim)
    known = np.isfinite(ground) & np.isfinite(design)
    laid.gaps += int(np.count_nonzero(~known))
    i, j = i[known], j[known]
    found[i, j] = own = np.column_stack((ground[known], design[known]))
    if shapes:
        laid.note(i + columns[0], j + rows[0], own)
    return found


def _whole(laid: Laid, frame: GroundFrame, i: Index, j: Index, corners: Array, *, shapes: bool) -> None:
    """Whole squares, by the customary formulas; `corners` (n, 4, 2): ground and design."""
    if not i.size:
        return
    z, r, h = _working(corners[..., 0], corners[..., 1], frame.job.site.code)
    fill, cut = cut_and_fill(h)
    area = (laid.side * frame.metres) ** 2
    figures = area * np.column_stack((fill, cut, z.mean(axis=1), r.mean(axis=1)))
    laid.add(figures)
    if not shapes:
        return
    for n, (key, own) in enumerate(zip(zip(i.tolist(), j.tolist(), strict=True), figures.tolist(), strict=True)):
        laid.put(key, Piece(True, area, *own, shapes=[(np.add(key, TURN) * laid.side, h[n])]))


def _working(ground: Array, design: Array, code: str) -> tuple[Array, Array, Array]:
    """(ground, design, design − ground) at the corners, single gaps patched. Raises Refused where nothing is known."""
    z, r = _patched(ground), _patched(design)
    h = r - z
    if not np.isfinite(h).all():
        raise Refused(
            "earthwork.no_heights",
            N_("the terrain has no heights at some corners of the grid"),
            where=code,
            advice=N_("choose another terrain, or ask for the hole to be interpolated"),
        )
    return z, r, h


def _patched(values: Array) -> Array:
    """A corner without a height takes the mean of the square's others (NaN where there are none)."""
    bad = ~np.isfinite(values)
    if not bad.any():
        return values
    count = np.maximum((~bad).sum(axis=1), 1)
    mean = np.where(bad.all(axis=1), np.nan, np.where(bad, 0.0, values).sum(axis=1) / count)
    return np.where(bad, mean[:, None], values)


def _partial(
    laid: Laid,
    frame: GroundFrame,
    polygon: BaseGeometry,
    surface: Surface,
    squares: tuple[Index, Index, NDArray[np.object_]],
    *,
    shapes: bool,
) -> None:
    """Squares that the outline cuts: triangles over what is left of them."""
    i, j, boxes = squares
    left = shapely.intersection(boxes, polygon)
    triangles, owner = shapely.get_parts(shapely.constrained_delaunay_triangles(left), return_index=True)
    if not triangles.size:
        return
    corner = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    places, _, back = unique_rows(corner.reshape(-1, 2))
    ground, design = frame.heights(surface, places, _on_outline(polygon, places, laid.side))
    back = back.reshape(-1, 3)
    z, r, h = _working(ground[back], design[back], frame.job.site.code)
    u, v = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    area = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2 * frame.metres**2
    fill, cut = positive_mean(*h.T) * area, positive_mean(*(-h).T) * area
    parts = (area, fill, cut, z.mean(axis=1) * area, r.mean(axis=1) * area)
    sums: Array = np.column_stack([np.bincount(owner, part) for part in parts]).astype(np.float64)
    laid.add(sums[:, 1:])
    if not shapes:
        return
    of: dict[int, list[tuple[Array, Array]]] = {}
    for k in np.flatnonzero(area > 0).tolist():
        of.setdefault(int(owner[k]), []).append((corner[k], h[k]))
    for n, own in of.items():
        size, *figures = sums[n].tolist()
        laid.put((int(i[n]), int(j[n])), Piece(False, size, *figures, shapes=own))


def _on_outline(polygon: BaseGeometry, places: Array, side: float) -> Mask:
    """All points of a clipped square lie on the outline but the grid's corners strictly inside."""
    step = places / side
    node = (np.abs(step - np.round(step)) * side < 1e-6).all(axis=1)
    return np.asarray(~(node & shapely.contains_xy(polygon, places[:, 0], places[:, 1])))
