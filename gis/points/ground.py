"""From points to a terrain file: vetted, triangulated, checked against themselves, gridded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gis.points.base import name_rows
from gis.points.breaklines import Laid, lay
from gis.points.corner_check import open_corners
from gis.points.geotiff import Written, nice_cell, plan_grid, support_of, write_grid
from gis.points.given_ground import make_given_ground
from gis.points.read import GroundPoints
from gis.points.staying import staying_lines
from gis.points.summary import METHOD, REACH, WIDE_NOTED, Ground, check_lengths, hull_area, said_of, summarised
from gis.points.tin import Tin, measure
from gis.points.validate import CrossValidation, cross_validate
from gis.points.vet import vet
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch

_FLAT_NOTED = 0.02
_COVERED_NOTED = 0.8


def make_ground(
    points: GroundPoints,
    out: Path,
    *,
    crs: str,
    cell: float | None = None,
    max_edge: float | None = None,
    drop_outliers: bool = False,
    tags: dict[str, str] | None = None,
    watch: Watch | None = None,
) -> Ground:
    """Write the terrain of `points` (in `crs`) to `out` and say how it was done. Raises Refused, Unwritable, Cancelled.

    Points with triangles of their own go as gis.points.given_ground says. Defaults: cells of half the size of the
    triangles at the points (1, 2 or 5 times a power of ten); edges of up to three times the size of triangles at 99 %
    of the points.
    """
    if points.corners is not None:
        return make_given_ground(
            points, out, crs=crs, cell=cell, max_edge=max_edge, drop_outliers=drop_outliers, tags=tags, watch=watch
        )
    watch = watch or Watch()
    where = str(points.path)
    check_lengths(cell, max_edge)
    vetted = vet(points, drop_outliers=drop_outliers, watch=watch.part(0.0, 0.1))
    laid = lay(points.xy, points.z, points.line, cell)
    own = slice(0, laid.own)
    try:
        sizes = measure(laid.xy[own], watch.part(0.1, 0.15))
    except Refused as refused:
        raise Refused(refused.key, refused.what.text, where=where, advice=refused.advice.text) from refused
    edge = max_edge if max_edge is not None else REACH * sizes.reach_m
    tin = Tin(laid.xy, laid.z, edge, line=laid.line, watch=watch.part(0.15, 0.2))
    extent = tin.extent()
    if extent is None:
        raise Refused(
            "points.no_triangles",
            N_("no three points lie within {edge:g} m of each other"),
            where=where,
            advice=N_("state a larger --max-edge"),
            edge=edge,
        )
    size = cell if cell is not None else nice_cell(sizes.size_m / 2)
    plan = plan_grid(extent, size, stated=cell is not None, where=where)
    checked = _checked(points, laid, edge, watch.part(0.2, 0.5))

    def facts(written: Written) -> dict[str, str]:
        return (tags or {}) | said_of(points, METHOD, edge, plan.cell, checked, written)

    hull = hull_area(laid.xy[own])
    support = support_of(plan, level=points.has_lines)
    support.points(*points.xy.T)
    written = write_grid(tin, plan, crs, out, facts, watch.part(0.5, 1.0), support=support)
    ground = summarised(points, vetted.outliers, sizes, edge, plan, laid.step_m, written, hull, checked)
    notes = _notes(ground, stated_cell=cell is not None, stated_edge=max_edge is not None, size=size)
    notes += _notes_of_lines(ground, tin.swapped, laid.corners)
    bare = open_corners(tin, points.xy, points.z, points.line, laid)
    places = tuple((float(x), float(y)) for x, y in points.xy[bare])
    ground = replace(ground, swapped=tin.swapped, corner_lines=laid.corners, open_corners=places, notes=tuple(notes))
    return replace(ground, notices=tuple(_notices(ground, tin)))


def _checked(points: GroundPoints, laid: Laid, edge: float, watch: Watch) -> CrossValidation:
    """Heights left out in turn. Lines down corners say what crest and toe say: they go where those may leave."""
    own = points.line < (points.held_from if points.held_from is not None else np.inf)
    of_points = staying_lines(points.xy[own], points.z[own], points.line[own])
    stay = np.union1d(of_points, points.line[~own])
    lines = len(np.unique(points.line[points.line >= 0]))
    part = slice(0, None if len(stay) == lines else laid.own)
    line, vertex = laid.line[part], laid.vertex[part]
    row = points.row[np.cumsum(vertex) - 1]
    held = np.isin(line, stay)
    return cross_validate(laid.xy[part], laid.z[part], line, vertex, row, edge, watch, held)


def _notes(ground: Ground, *, stated_cell: bool, stated_edge: bool, size: float) -> list[Notice]:
    made: list[Notice] = []
    if not stated_cell:
        text = N_("cells of {cell:g} m: half the usual size of the triangles at the points ({size:.2f} m)")
        if ground.cell > size:
            text = N_("cells of {cell:g} m: as fine as 25 million cells allow")
        made.append(Notice("points.cell", text, cell=ground.cell, size=ground.sizes.size_m))
    if not stated_edge:
        text = N_("border triangles with edges over {edge:.1f} m are no ground (three times the usual reach)")
        made.append(Notice("points.edge", text, edge=ground.max_edge))
    if ground.step_m is not None:
        text = N_("lines were followed as breaklines by points every {step:.2f} m along them")
        made.append(Notice("points.breaklines", text, step=ground.step_m))
    return made


def _notes_of_lines(ground: Ground, swapped: int, corners: int) -> list[Notice]:
    """What was done so that the triangles follow the lines, and which lines the cross-validation left in place."""
    made: list[Notice] = []
    if swapped:
        text = N_("{count} edges of level triangles along lines were swapped, so that they do not cut off corners of "
                  "pits, ridges and valleys")  # fmt: skip
        made.append(Notice("points.swapped", text, count=swapped))
    if corners:
        text = N_("{count} lines were drawn down the corners of walls, where crest and toe turn alike and the points "
                  "beside bear it out: inferred, not measured")  # fmt: skip
        made.append(Notice("points.corner_lines", text, count=corners))
    stayed = ground.validation.stayed
    if stayed:
        text = N_("cross-validation left {count} lines in place (crests, toes and others that are no contours): what "
                  "is left out in turn is the rest")  # fmt: skip
        made.append(Notice("points.stayed", text, count=stayed))
    return made


def _notices(ground: Ground, tin: Tin) -> list[Notice]:
    made: list[Notice] = []
    if ground.covered < _COVERED_NOTED:
        text = N_("only {share:.0f} % of the ground between the outermost points is close enough to points; the rest "
                  "has no height (a larger --max-edge bridges it)")  # fmt: skip
        made.append(Notice("points.covered", text, share=100 * ground.covered))
    if tin.unused:
        text = N_("{count} points lie apart from the others by more than {edge:.1f} m and were not used")
        made.append(Notice("points.lonely", text, count=tin.unused, edge=ground.max_edge))
    if ground.wide > WIDE_NOTED:
        text = N_("{share:.1f} % of the ground lies in gaps between points with edges of more than {edge:.1f} m: "
                  "spanned, not measured")  # fmt: skip
        made.append(Notice("points.wide", text, share=100 * ground.wide, edge=ground.max_edge))
    if ground.points.has_lines and ground.flat > _FLAT_NOTED:
        text = N_("{share:.0f} % of the ground lies on level triangles (tops and floors inside the last contour): "
                  "flat there, not measured")  # fmt: skip
        made.append(Notice("points.flat", text, share=100 * ground.flat))
    odd = ground.validation.odd_lines
    if odd is not None:
        text = N_("{count} lines do not fit the lines around them (features {rows}); check their heights")
        made.append(Notice("points.odd_lines", text, count=odd.count, rows=name_rows(odd.rows, odd.count)))
    if ground.open_corners:
        text = N_("at {count} corners of lines, the first near {x:.1f}, {y:.1f}, walls meet with single points on them "
                  "and no line down the corner: corners may be cut off, a pit then comes out too small (up to 3 % in "
                  "trials); survey or draw the line down the corner")  # fmt: skip
        (x, y), count = ground.open_corners[0], len(ground.open_corners)
        made.append(Notice("points.open_corners", text, count=count, x=x, y=y))
    made += ground.validation.remarks
    return made
