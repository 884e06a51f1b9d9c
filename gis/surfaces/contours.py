"""A designer's landform: a TIN of the contours, breaklines and points with heights of a design file.

The file is read as terrain points are (gis.points), lines are followed as breaklines, heights are linear on each
triangle. Faces (3DFACE, meshes, LandXML surfaces) are taken as the triangles that they are. Outside the triangles there
is no surface: an outline that reaches there is refused with the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gis.arrays import Array
from gis.crs import parse_crs, same_crs, transformer
from gis.dem.grid import Grid
from gis.placing import Part
from gis.points.base import name_rows
from gis.points.breaklines import lay
from gis.points.given import GivenTin
from gis.points.mesh import Corners
from gis.points.read import GroundPoints, read_points
from gis.points.tin import Tin, measure
from gis.points.vet import vet
from gis.surfaces.base import Context, Evaluated, ParameterSpec, RimError, Surface, SurfaceType
from gis.surfaces.edge import Height, continue_block, continued
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.units import looks_feet

DESIGN = ParameterSpec("design", N_("design file"), "", required=True, kind="file", option="--design FILE")
SHA256 = "design_sha256"
OPTIONS = ("design_crs", "design_order", "design_field", "design_sublayer", "design_z_unit")
MAX_EDGE = ParameterSpec(
    "design_max_edge_m", N_("longest edge of border triangles"), "m", minimum=0.001, option="--design-max-edge 100"
)
_REACH = 3.0
"""Border triangles with longer edges than this many times the usual reach are no surface (as for terrains)."""


@dataclass(frozen=True)
class _Design:
    """The triangles of a file, and what was understood of it."""

    tin: Tin | GivenTin
    sha256: str
    facts: dict[str, Any]
    notices: tuple[Notice, ...]


def build(context: Context) -> Surface:
    """The design over the part. Raises Missing, Refused or Unreadable for a file that gives no surface."""
    path = context.inputs.design
    if path is None:
        raise Refused(
            "surface.no_design",
            N_("the surface contours needs a design file with heights"),
            where=context.code,
            advice=N_("give it with --design: contours, breaklines or points (SHP, GPKG, GeoJSON, CSV, …)"),
        )
    design = _design(path, context)
    own, grid = parse_crs(context.site.crs), context.dem.grid
    same = same_crs(own, grid.crs)
    change = None if same else transformer(grid.crs, own)

    def height(cols: Array, rows: Array) -> Array:
        x, y = grid.to_world(cols, rows)
        if change is not None:
            x, y = change.transform(x, y)
        return design.tin.at(np.column_stack((np.ravel(x), np.ravel(y))))

    if not context.parameters.get("design_z_unit"):
        _check_unit(context, path, height)

    if same and _north_up(grid):
        return _Laid(design.tin, grid, context.part, height, design.facts, design.notices)
    return Evaluated(continued(height, context.part), design.facts, notices=design.notices)


def _check_unit(context: Context, path: Path, height: Height) -> None:
    """Refuse a design whose heights over the rim are 3.28 times the ground's: drawn in feet, and nothing says so."""
    rim = context.any_rim
    drawn = np.asarray(height(rim.cols, rim.rows), np.float64)
    known = np.isfinite(drawn) & np.isfinite(rim.z)
    if not known.any():
        return
    mine, ground = float(np.median(drawn[known])), float(np.median(rim.z[known]))
    if looks_feet(mine, ground):
        raise Refused(
            "surface.looks_feet",
            N_("the design's heights are 3.28 times those of the ground along the outline ({mine:.1f} and {ground:.1f} "
               "m): they seem to be feet"),
            where=str(path),
            advice=N_("state their unit with --design-z-unit m, ft or us-ft"),
            mine=mine,
            ground=ground,
        )  # fmt: skip


@dataclass(frozen=True)
class _Laid:
    """The triangles written row by row into north-up square cells: many times faster than place by place."""

    tin: Tin | GivenTin
    grid: Grid
    part: Part
    height: Height
    parameters: dict[str, Any]
    notices: tuple[Notice, ...]
    rim_error: RimError = "none"
    fit_sigma_m: float = 0.0
    level: float | None = None

    def block(self, row0: int, row1: int, col0: int, col1: int) -> Array | float:
        """Elevation at the cell centres of a window."""
        cell, _, left, _, _, top = self.grid.transform
        z, _ = self.tin.block(left + col0 * cell, top - row0 * cell, cell, row1 - row0, col1 - col0)
        return continue_block(z, row0, col0, self.height, self.part)

    def at(self, cols: Array, rows: Array) -> Array:
        """Elevation at pixel positions."""
        return continued(self.height, self.part)(cols, rows)


def _north_up(grid: Grid) -> bool:
    a, _, _, _, e, _ = grid.transform
    return grid.axis_aligned and a > 0 and bool(np.isclose(a, -e, rtol=1e-12))


def _design(path: Path, context: Context) -> _Design:
    try:
        stat = path.stat()
    except OSError as error:
        raise Missing(
            "surface.design_gone",
            N_("the design file is not there"),
            where=str(path),
            advice=N_("put the file back, or give another one with --design"),
        ) from error
    asked = context.parameters
    edge = context.number(MAX_EDGE)
    options = tuple((k, str(asked[k])) for k in OPTIONS if asked.get(k))
    design = _read(str(path), stat.st_size, stat.st_mtime_ns, context.site.crs, options, edge)
    expected = asked.get(SHA256)
    if expected and expected != design.sha256:
        raise Refused(
            "surface.design_changed",
            N_("the design file changed since the estimate was made"),
            where=str(path),
            advice=N_("put the file back, or estimate anew with --design"),
        )
    return design


@lru_cache(maxsize=4)
def _read(
    path: str, size: int, modified_ns: int, crs: str, options: tuple[tuple[str, str], ...], max_edge: float | None
) -> _Design:
    """The triangles of the file in `crs`. A batch of sites reads it once; another file at its place is read anew."""
    del size, modified_ns  # part of the key
    said: Mapping[str, Any] = dict(options)
    try:
        points = read_points(
            Path(path),
            target_crs=crs,
            crs=said.get("design_crs"),
            order=said.get("design_order"),
            height_field=said.get("design_field"),
            sublayer=said.get("design_sublayer"),
            z_unit=said.get("design_z_unit"),
        )
        if points.corners is None:
            vet(points)
    except Refused as refused:
        raise _in_our_words(refused) from refused
    if points.corners is not None:
        return _given(points, points.corners, max_edge)
    sizes = measure(points.xy) if max_edge is None else None
    laid = lay(points.xy, points.z, points.line, None)
    edge = max_edge if sizes is None else _REACH * sizes.reach_m
    assert edge is not None  # noqa: S101 - one of the two
    tin = Tin(laid.xy, laid.z, edge, line=laid.line)
    facts = {
        "design": Path(path).name,
        SHA256: points.sha256,
        "points": len(points.z),
        "crs": points.crs,
        "max_edge_m": edge,
        "breakline_step_m": laid.step_m,
        "swapped_edges": tin.swapped,
        "corner_lines": laid.corners,
        "rows_left_out": points.skips.count,
    }
    return _Design(tin, points.sha256, facts, (*points.warnings, *_notices(points.skips, Path(path).name)))


def _given(points: GroundPoints, corners: Corners, max_edge: float | None) -> _Design:
    """A design that the file gives as triangles: they are the surface, as they are."""
    name = points.path.name
    if not len(corners):
        raise Refused("surface.no_faces", N_("no face of the design is left that has an area"), where=str(points.path))
    tin = GivenTin(points.xy, points.z, corners, max_edge or np.inf)
    facts = {"design": name, SHA256: points.sha256, "points": len(points.z), "triangles": len(corners),
             "crs": points.crs, "rows_left_out": points.skips.count}  # fmt: skip
    return _Design(tin, points.sha256, facts, (*points.warnings, *_notices(points.skips, name)))


def _in_our_words(refused: Refused) -> Refused:
    """The same refusal; the options that its advice names have other names here."""
    if "--" not in refused.advice.text:
        return refused
    advice = N_("{first} (of a design: --design-crs, --design-order, --design-field, --design-z-unit)")
    facts = {**refused.what.facts, "first": refused.advice}
    return Refused(refused.key, refused.what.text, where=refused.where, advice=advice, **facts)


def _notices(skips: Any, name: str) -> list[Notice]:
    """One sentence for each reason why rows of the design were left out."""
    text = N_("{file}: {count} rows of the design were left out ({rows}): {reason}")
    return [
        Notice("surface.design_rows", text, file=name, count=t.count, rows=name_rows(t.rows, t.count), reason=t.reason)
        for t in skips
    ]


TYPE = SurfaceType("contours", build, (DESIGN, MAX_EDGE), natural="neither", pins=(SHA256,))
