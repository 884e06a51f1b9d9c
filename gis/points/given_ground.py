"""From the triangles of a file to a terrain file: gridded as they are, checked against themselves, written, told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gis.points.base import Tally, name_rows
from gis.points.geotiff import Written, nice_cell, plan_grid, support_of, write_grid
from gis.points.given import GivenTin, sizes_of
from gis.points.read import GroundPoints
from gis.points.summary import REACH, WIDE_NOTED, Ground, check_lengths, hull_area, said_of, summarised
from gis.points.validate import cross_validate
from gis.points.vet import SIGMAS, outlying
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch

METHOD = N_("triangles (TIN) as the file gives them")
_COVERED_NOTED = 0.99
_LEAST_POINTS = 36


def make_given_ground(
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
    """Write the terrain of the triangles of `points` (in `crs`) to `out`. Raises Refused, Unwritable, Cancelled.

    Ground is where a triangle lies, nowhere else. `max_edge` (default: three times the usual reach) takes nothing away:
    what lies on longer edges counts as spanned. Cross-validation leaves corners out and spans the rest anew, so that
    breaklines among the edges are lost on it: it is on the safe side. `drop_outliers` leaves holes.
    """
    watch = watch or Watch()
    where = str(points.path)
    check_lengths(cell, max_edge)
    outliers = _outliers(points, drop=drop_outliers, watch=watch.part(0.0, 0.1))
    assert points.corners is not None  # noqa: S101 - asked of surfaces only
    if not len(points.corners):
        raise Refused(
            "faces.none",
            N_("no face is left that has an area"),
            where=where,
            advice=N_("check the layer, and the heights and the unit of the drawing"),
        )
    sizes = sizes_of(points.xy, points.corners)
    edge = max_edge if max_edge is not None else REACH * sizes.reach_m
    tin = GivenTin(points.xy, points.z, points.corners, edge)
    size = cell if cell is not None else nice_cell(sizes.size_m / 2)
    plan = plan_grid(tin.extent(), size, stated=cell is not None, where=where)
    single = np.full(len(points.z), -1, np.int64)
    every = np.ones(len(points.z), np.bool_)
    checked = cross_validate(points.xy, points.z, single, every, points.row, edge, watch.part(0.1, 0.4))

    def facts(written: Written) -> dict[str, str]:
        return (tags or {}) | said_of(points, METHOD, edge, plan.cell, checked, written)

    support = support_of(plan)
    support.points(*points.xy.T)
    written = write_grid(tin, plan, crs, out, facts, watch.part(0.4, 1.0), support=support)
    ground = summarised(points, outliers, sizes, edge, plan, None, written, hull_area(points.xy), checked)
    ground = replace(ground, method=METHOD, triangles=len(points.corners), notes=tuple(_notes(ground, cell, size)))
    return replace(ground, notices=tuple(_notices(ground, tin)))


def _outliers(points: GroundPoints, *, drop: bool, watch: Watch) -> Tally:
    """Corners that stand out of their neighbours; told, and left out with their triangles if asked."""
    text = N_("over {sigmas:g} robust sigmas off the plane of its neighbours")
    tally = Tally(Notice("points.outliers", text, sigmas=SIGMAS))
    if len(points.z) < _LEAST_POINTS:
        return tally
    flagged = outlying(points.xy, points.z, np.ones(len(points.z), np.bool_), watch)
    for row in points.row[flagged]:
        tally.add(int(row))
    if not flagged.any():
        return tally
    if drop:
        points.skips.add_all(points.row[flagged], tally.reason)
        points.keep(~flagged)
        return tally
    text = N_("{count} corners of faces lie more than {sigmas:g} robust sigmas off the plane of their neighbours "
              "(faces {rows}); they are used as they are: check them")  # fmt: skip
    rows = name_rows(tally.rows, tally.count)
    points.warnings.append(Notice("faces.outlying", text, count=tally.count, sigmas=SIGMAS, rows=rows))
    return tally


def _notes(ground: Ground, cell: float | None, size: float) -> list[Notice]:
    made = []
    if cell is None:
        text = N_("cells of {cell:g} m: half the usual size of the triangles ({size:.2f} m)")
        if ground.cell > size:
            text = N_("cells of {cell:g} m: as fine as 25 million cells allow")
        made.append(Notice("points.cell", text, cell=ground.cell, size=ground.sizes.size_m))
    text = N_("the file's triangles were used as they are: nothing was triangulated anew, no border was cut; "
              "cross-validation alone leaves corners out and spans the rest anew")  # fmt: skip
    return [*made, Notice("faces.as_given", text)]


def _notices(ground: Ground, tin: GivenTin) -> list[Notice]:
    made: list[Notice] = []
    over, area = tin.overlaps, ground.cell**2
    if over.cells and over.place is not None:
        text = N_("faces lie over each other on {area:.0f} m² ({share:.1%} of the ground), with heights that differ by "
                  "up to {most:.2f} m, the most near {x:.1f}, {y:.1f}; the wider face counts there: are two surfaces "
                  "on one layer?")  # fmt: skip
        if not over.uneven:
            text = N_("faces lie over each other on {area:.0f} m² ({share:.1%} of the ground), for instance near "
                      "{x:.1f}, {y:.1f}; their heights agree")  # fmt: skip
        facts = {"area": over.cells * area, "share": over.cells * area / max(ground.area_m2, area)}
        x, y = over.place
        made.append(Notice("faces.overlap", text, most=over.most_m, x=x, y=y, **facts))
    if ground.covered < _COVERED_NOTED:
        text = N_("{share:.0f} % of the ground between the outermost corners have no face: no height there")
        made.append(Notice("faces.covered", text, share=100 * (1 - ground.covered)))
    if ground.wide > WIDE_NOTED:
        text = N_("{share:.1f} % of the ground lies on faces with edges of more than {edge:.1f} m: spanned over gaps "
                  "between points (or over a hollow of the border), not measured")  # fmt: skip
        made.append(Notice("points.wide", text, share=100 * ground.wide, edge=ground.max_edge))
    made += ground.validation.remarks
    return made
