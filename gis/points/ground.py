"""From points to a terrain file: vetted, triangulated, checked against themselves, gridded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gis.points.base import Tally, name_rows
from gis.points.breaklines import Laid, lay
from gis.points.corner_check import open_corners
from gis.points.geotiff import GridPlan, Written, nice_cell, plan_grid, support_of, write_grid
from gis.points.read import GroundPoints
from gis.points.staying import staying_lines
from gis.points.tin import Sizes, Tin, measure
from gis.points.validate import CrossValidation, cross_validate
from gis.points.vet import vet
from models.errors import Refused
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch

_REACH = 3.0
_FLAT_NOTED = 0.02
_WIDE_NOTED = 0.001
_COVERED_NOTED = 0.8
METHOD = N_("Delaunay TIN, linear")


@dataclass(frozen=True)
class Ground:
    """What was made of the points, lengths in metres, `density` in points per 100 m² of ground.

    `covered`: share of the points' convex hull that became ground; `flat`: share of the ground on level triangles;
    `wide`: share of it inside gaps between points, on edges over `max_edge`.
    """

    points: GroundPoints
    used: int
    outliers: Tally
    sizes: Sizes
    max_edge: float
    cell: float
    plan: GridPlan
    step_m: float | None
    area_m2: float
    density: float
    covered: float
    flat: float
    wide: float
    validation: CrossValidation
    swapped: int = 0
    """Edges of level triangles between points of one line that were swapped."""
    corner_lines: int = 0
    """Lines that were drawn down the corners of walls."""
    open_corners: tuple[tuple[float, float], ...] = ()
    """Corners of lines at which walls may be cut off: east, north."""
    notes: tuple[Notice, ...] = ()
    """How cell, edges and lines were chosen."""
    notices: tuple[Notice, ...] = ()
    """What the reader must know of the result."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary, sentences in the language of `translate`."""
        p = self.points
        return {
            "file": str(p.path),
            "sha256": p.sha256,
            "kind": p.kind,
            "encoding": p.encoding,
            "sublayer": p.sublayer,
            "rows_read": p.rows_read,
            "points": self.used,
            "skipped": [t.to_json(translate) for t in p.skips],
            "outliers": self.outliers.to_json(translate),
            "columns": p.columns_said.render(translate),
            "order": p.order,
            "order_said": p.order_said.render(translate),
            "crs": p.crs,
            "crs_basis": p.crs_basis,
            "cell_m": self.cell,
            "max_edge_m": self.max_edge,
            "breaklines": p.breaklines.to_json(translate) if p.breaklines is not None else None,
            "breakline_step_m": self.step_m,
            "swapped_edges": self.swapped,
            "corner_lines": self.corner_lines,
            "open_corners": [list(p) for p in self.open_corners],
            "width": self.plan.width,
            "height": self.plan.height,
            "area_m2": self.area_m2,
            "points_per_100_m2": self.density,
            "covered_share": self.covered,
            "flat_share": self.flat,
            "gap_share": self.wide,
            "cross_validation": self.validation.to_json(),
            "notes": [n.render(translate) for n in self.notes],
            "warnings": [n.render(translate) for n in (*p.warnings, *self.notices)],
        }


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

    Defaults: cells of half the size of the triangles at the points (1, 2 or 5 times a power of ten); edges of up to
    three times the size of triangles at 99 % of the points.
    """
    watch = watch or Watch()
    where = str(points.path)
    _check_lengths(cell, max_edge)
    vetted = vet(points, drop_outliers=drop_outliers, watch=watch.part(0.0, 0.1))
    laid = lay(points.xy, points.z, points.line, cell)
    own = slice(0, laid.own)
    try:
        sizes = measure(laid.xy[own], watch.part(0.1, 0.15))
    except Refused as refused:
        raise Refused(refused.key, refused.what.text, where=where, advice=refused.advice.text) from refused
    edge = max_edge if max_edge is not None else _REACH * sizes.reach_m
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
        return (tags or {}) | _tags(points, edge, plan.cell, checked, written)

    hull = _hull_area(laid.xy[own])
    support = support_of(plan, level=points.has_lines)
    support.points(*points.xy.T)
    written = write_grid(tin, plan, crs, out, facts, watch.part(0.5, 1.0), support=support)
    ground = _summary(points, vetted.outliers, sizes, edge, plan, laid.step_m, written, hull, checked)
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


def _tags(points: GroundPoints, edge: float, cell: float, checked: CrossValidation, written: Written) -> dict[str, str]:
    """What the file itself says of how it was made."""
    density = 100 * len(points.z) / (max(written.ground, 1) * cell**2)
    errors = f"n={checked.count} bias={checked.bias_m:.4f} rmse={checked.rmse_m:.4f} nmad={checked.nmad_m:.4f}"
    lines = points.breaklines
    of_lines = {"HUITIAN_BREAKLINES": lines.path.name, "HUITIAN_BREAKLINES_SHA256": lines.sha256} if lines else {}
    return of_lines | {
        "HUITIAN_METHOD": METHOD,
        "HUITIAN_SOURCE": points.path.name,
        "HUITIAN_SOURCE_SHA256": points.sha256,
        "HUITIAN_POINTS": str(len(points.z)),
        "HUITIAN_DENSITY_PER_100_M2": f"{density:.4g}",
        "HUITIAN_MAX_EDGE_M": f"{edge:.4g}",
        "HUITIAN_CROSS_VALIDATION": errors,
    }


def _check_lengths(cell: float | None, max_edge: float | None) -> None:
    for value in (cell, max_edge):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise Refused("points.bad_length", N_("a length in metres is wanted, not {value}"), value=value)


def _hull_area(xy: Any) -> float:
    import shapely

    return float(shapely.convex_hull(shapely.multipoints(xy)).area)


def _summary(
    points: GroundPoints, outliers: Tally, sizes: Sizes, edge: float, plan: GridPlan, step: float | None,
    written: Written, hull: float, checked: CrossValidation,
) -> Ground:  # fmt: skip
    area = written.ground * plan.cell**2
    density = 100 * len(points.z) / area if area else float("nan")
    flat = written.flat / written.ground if written.ground else 0.0
    return Ground(
        points, len(points.z), outliers, sizes, edge, plan.cell, plan, step, area, density,
        min(area / hull, 1.0) if hull > 0 else 1.0, flat, written.wide / max(written.ground, 1), checked,
    )  # fmt: skip


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
    if ground.wide > _WIDE_NOTED:
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
    if ground.validation.sigma_z_m is None:
        text = N_("cross-validation of {count} heights gives no height error here: the terrain has no error figures")
        made.append(Notice("points.no_sigma", text, count=ground.validation.count))
    return made
