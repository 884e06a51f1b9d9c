"""Average end areas (断面法): cross-sections at even distances along a site's long axis, volumes between them.

Each section is cut out of ground and reference at half a cell, its areas of fill and of cut are the exact areas
between the two polylines; a volume is the mean of two neighbouring areas times the distance. The first and the last
section stand at the very ends of the outline. No code is shared with the cell sums.
"""

from __future__ import annotations

import numpy as np
import shapely

from gis.arrays import Array, Index
from gis.ground_frame import GroundFrame, customary
from gis.job import Job
from gis.section import long_axis
from gis.surfaces import Surface
from models.earthwork import CUSTOMARY_SIDES_M, EndArea, EndAreaMethod
from models.errors import Refused
from models.notices import N_

_ALONG = 20
_MAX_SECTIONS = 2000
_MAX_POINTS = 400_000
_INSET = 1e-6
"""The end sections stand this share of the length inside the outline: on the very edge a section is no area."""


def end_areas(job: Job, surfaces: list[Surface], spacing: float | None = None) -> EndAreaMethod:
    """Sections across the long axis of the outline's smallest rectangle, every `spacing` m (None: a customary one).

    Raises Refused where the spacing does not fit the site or a section finds no heights.
    """
    frame = GroundFrame.of(job)
    start, along, length = _axis(job)
    spacing = spacing or customary(length, _ALONG, job.terrain.cell_m * 0.999, tuple(map(float, CUSTOMARY_SIDES_M)))
    if not np.isfinite(spacing) or spacing <= 0 or length / spacing > _MAX_SECTIONS:
        raise Refused(
            "earthwork.spacing",
            N_("sections every {spacing:g} m do not suit a site {length:.0f} m long"),
            where=job.site.code,
            advice=N_("choose a spacing that gives at most {most} sections"),
            spacing=spacing,
            length=length,
            most=_MAX_SECTIONS,
        )
    stations = np.append(np.arange(0.0, length - 1e-6 * spacing, spacing), length)
    fill, cut = _areas(job, frame, surfaces, start, along, np.clip(stations, _INSET * length, (1 - _INSET) * length))
    if not np.isfinite(fill + cut).all():
        raise Refused(
            "earthwork.no_heights",
            N_("the terrain has no heights along a section"),
            where=job.site.code,
            advice=N_("choose another terrain, or ask for the hole to be interpolated"),
        )
    end = start + along * length
    rows = tuple(
        EndArea(n, float(s) * frame.metres, float(f), float(c))
        for n, (s, f, c) in enumerate(zip(stations, fill, cut, strict=True), start=1)
    )
    axis = ((float(start[0]), float(start[1])), (float(end[0]), float(end[1])))
    return EndAreaMethod(spacing, axis, rows)


def _axis(job: Job) -> tuple[Array, Array, float]:
    """Start, direction and length of the long axis, from one end of the outline to the other (project CRS)."""
    ends = shapely.get_coordinates(long_axis(job.site, overhang=0.0))
    along = ends[1] - ends[0]
    along /= np.hypot(*along)
    if (along[0], along[1]) < (0, 0):  # from west to east, so that the order of vertices changes nothing
        along = -along
        ends = ends[::-1]
    t = shapely.get_coordinates(job.site.outline) @ along
    first = float(t.min())
    return ends[0] + (first - ends[0] @ along) * along, along, float(t.max()) - first


def _areas(
    job: Job, frame: GroundFrame, surfaces: list[Surface], start: Array, along: Array, stations: Array
) -> tuple[Array, Array]:
    """(fill, cut) areas of the sections at `stations`, m²."""
    across = np.array([-along[1], along[0]])
    middles = start + stations[:, None] * along
    reach = 2 * float(np.hypot(*np.subtract(job.site.outline.bounds[2:], job.site.outline.bounds[:2])))
    lines = shapely.linestrings(np.stack((middles - reach * across, middles + reach * across), axis=1))
    fill, cut = np.zeros(len(stations)), np.zeros(len(stations))
    for polygon, surface in zip(frame.parts, surfaces, strict=True):
        pieces, owner = shapely.get_parts(shapely.intersection(lines, polygon), return_index=True)
        long = shapely.length(pieces) > 0
        pieces, owner = pieces[long], owner[long]
        if not pieces.size:
            continue
        step = max(job.terrain.cell_m / 2 / frame.metres, float(shapely.length(pieces).sum()) / _MAX_POINTS)
        xy, of = shapely.get_coordinates(shapely.segmentize(pieces, step), return_index=True)
        rim = np.ones(len(of), np.bool_)
        rim[1:-1] = (of[1:-1] != of[:-2]) | (of[1:-1] != of[2:])  # a piece begins and ends on the outline
        ground, reference = frame.heights(surface, xy, rim)
        up, down = _between(xy, _closed(reference - ground, of), of, pieces.size)
        np.add.at(fill, owner, up * frame.metres)
        np.add.at(cut, owner, down * frame.metres)
    return fill, cut


def _closed(depth: Array, of: Index) -> Array:
    """Depths with gaps bridged in a straight line along each section; NaN where a section has none at all."""
    bad = ~np.isfinite(depth)
    for n in np.unique(of[bad]):
        own = np.flatnonzero(of == n)
        good = own[~bad[own]]
        depth[own] = np.interp(own, good, depth[good]) if good.size else np.nan
    return depth


def _between(xy: Array, depth: Array, of: Index, count: int) -> tuple[Array, Array]:
    """Area above and below zero of polylines, by piece: trapezoids, split where the depth changes sign."""
    same = of[1:] == of[:-1]
    width = np.hypot(*np.diff(xy, axis=0).T)
    a, b = depth[:-1], depth[1:]
    net = (a + b) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(a * b < 0, np.minimum(a, b) ** 2 / (2 * np.abs(a - b)), 0.0)
    up = np.where(a * b < 0, net + lost, np.maximum(net, 0.0))
    up = np.where(np.isfinite(net), up, np.nan)
    down = up - net
    own = of[:-1][same]
    areas = [np.bincount(own, (v * width)[same], minlength=count).astype(np.float64) for v in (up, down)]
    return areas[0], areas[1]
