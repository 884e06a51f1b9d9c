"""A terrain out of survey points or contour lines: the file is read, a DEM is made of it, the DEM is registered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import __version__
from app.project import Project
from app.verbs.extent import extent, far_box
from app.verbs.terrain import add_terrain, terrain_files
from app.verbs.terrain_errors import figures_of
from gis.formats.packed_degrees import Degrees
from gis.points import Breaklines, Ground, Order, make_ground, read_joined
from gis.points.base import name_rows
from gis.points.errors import combined
from gis.points.geotiff import check_out
from gis.points.read import GroundPoints
from models.errors import AppError, Refused
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch
from models.terrain import ErrorFigures, Making, Terrain


@dataclass(frozen=True)
class PointsReport:
    """The terrain that was registered and how it was made."""

    terrain: Terrain
    ground: Ground

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary, sentences in the language of `translate`."""
        made = self.ground.to_json(translate)
        warnings = [*made.pop("warnings"), *(w.render(translate) for w in self.terrain.warnings)]
        return {"terrain": self.terrain.to_json(), **made, "warnings": list(dict.fromkeys(warnings))}


def terrain_from_points(
    project: Project,
    file: Path | str,
    out: Path | str,
    *,
    crs: str | None = None,
    accept_guess: bool = False,
    order: Order | None = None,
    cell: float | None = None,
    max_edge: float | None = None,
    name: str | None = None,
    vertical_datum: str | None = None,
    encoding: str | None = None,
    sublayer: str | None = None,
    height_field: str | None = None,
    drop_outliers: bool = False,
    source: str | None = None,
    sigma_z_m: float | None = None,
    range_m: float | None = None,
    sigma_xy_m: float | None = None,
    surveyed_on: str | None = None,
    unit: str | None = None,
    z_unit: str | None = None,
    text_heights_m: float | None = None,
    columns: tuple[int, int, int] | None = None,
    degrees: Degrees = "auto",
    breaklines: Breaklines | None = None,
    overwrite: bool = False,
    watch: Watch | None = None,
) -> PointsReport:
    """Make the DEM `out` of a file of points or contours and register it as a terrain in the project's CRS.

    The error figures of the terrain are those of the cross-validation, together with what is stated of the points' own
    error by `source` (a key of ERROR_DEFAULTS), `sigma_z_m`, `range_m`, `sigma_xy_m` (see gis.points.errors). `unit`
    and `text_heights_m` are for drawings (gis.points.drawing); `columns` of easting, northing and height, from 1, and
    `degrees` (gis.formats.packed_degrees) for tables. `breaklines` of another file are laid in (gis.points.joined).
    `z_unit` (m, ft, us-ft) is the unit of the heights where the file says none or another.
    Raises Missing, Refused, Unreadable, Unwritable or Cancelled; no new file and no new terrain is left then.
    """
    file, out = Path(file), Path(out).absolute()
    watch = watch or Watch()
    survey = figures_of(project, source, sigma_z_m=sigma_z_m, range_m=range_m, sigma_xy_m=sigma_xy_m)
    check_out(out, overwrite=overwrite)
    check_free(project, file, out, name or out.stem)
    if breaklines is not None:
        check_free(project, breaklines.path, out, name or out.stem)
    was_there = out.exists()
    points = read_joined(
        file,
        breaklines,
        target_crs=project.crs,
        crs=crs,
        order=order,
        accept_guess=accept_guess,
        encoding=encoding,
        sublayer=sublayer,
        height_field=height_field,
        unit=unit,
        z_unit=z_unit,
        text_heights_m=text_heights_m,
        columns=columns,
        neighbours=extent(project),
        degrees=degrees,
        watch=watch.part(0.0, 0.3),
    )
    points.warnings.extend(far_box(project, points.box, points.crs))
    tags = {"HUITIAN_VERSION": __version__, "HUITIAN_VERTICAL_DATUM": vertical_datum or ""}
    ground = make_ground(
        points,
        out,
        crs=project.crs,
        cell=cell,
        max_edge=max_edge,
        drop_outliers=drop_outliers,
        tags=tags,
        watch=watch.part(0.3, 0.9),
    )
    try:
        terrain = add_terrain(
            project,
            out,
            name=name or out.stem,
            vertical_datum=vertical_datum,
            source=source,
            surveyed_on=surveyed_on,
            errors=combined(survey, ground.validation, ground.sizes.triangle_m, ground.cell),
            unit_stated=z_unit is not None,
            making=_making(ground, survey),
            told=(*points.warnings, *ground.notices),
            watch=watch.part(0.9, 1.0),
        )
    except AppError:
        if not was_there:
            out.unlink(missing_ok=True)
        raise
    return PointsReport(terrain, ground)


def _making(ground: Ground, survey: ErrorFigures) -> Making:
    check, points = ground.validation, ground.points
    return Making(
        Notice("terrain.tin", ground.method), _source(points), points.sha256, ground.used, finite(ground.density),
        check.count, finite(check.bias_m), finite(check.rmse_m), finite(check.nmad_m), survey.sigma_z_m,
    )  # fmt: skip


def _source(points: GroundPoints) -> str:
    lines = points.breaklines
    return points.path.name if lines is None else f"{points.path.name} + {lines.path.name}"


def finite(value: float) -> float | None:
    """A number as JSON holds it."""
    return float(value) if math.isfinite(value) else None


def check_free(project: Project, file: Path, out: Path, name: str) -> None:
    """Refuse a name or a file that is taken, before anything is computed."""
    for terrain in project.store.terrains():
        if terrain.name == name:
            raise Refused(
                "terrain.name_taken",
                N_("the project has a terrain named {name} already"),
                where=str(out),
                advice=N_("give another name with --name"),
                name=name,
            )
        if out.resolve() in [f.resolve() for f in terrain_files(project, terrain)]:
            raise Refused(
                "points.registered",
                N_("this file is the terrain {name} of the project"),
                where=str(out),
                advice=N_("choose another name for the new terrain"),
                name=terrain.name,
            )
    if out.exists() and file.exists() and out.samefile(file):
        raise Refused("points.itself", N_("the terrain cannot replace the file that it is made of"), where=str(out))


def line_summary(points: GroundPoints) -> list[Notice]:
    """What went in from a file of breaklines, and what of it was left out; [] where there is none."""
    lines = points.breaklines
    if lines is None:
        return []
    text = N_("{file}: {lines} breaklines with {vertices} vertices, {heights}, {crs}")
    made = [Notice("points.lines_read", text, file=lines.path.name, lines=lines.lines, vertices=lines.vertices,
                   heights=lines.heights_said, crs=lines.crs)]  # fmt: skip
    text = N_("{file}: {count} features left out ({rows}): {reason}")
    return made + [
        Notice("points.lines_skipped", text, file=lines.path.name, count=t.count, rows=name_rows(t.rows, t.count),
               reason=t.reason)
        for t in lines.skips
    ]  # fmt: skip


def summary(report: PointsReport) -> list[Notice]:
    """What was understood and made, a sentence a line, for people."""
    ground, points, check = report.ground, report.ground.points, report.ground.validation
    text = N_("{file}: {read} rows read, {points} points used, {skipped} left out")
    lines = [
        Notice("points.read", text, file=points.path.name, read=points.rows_read, points=ground.used,
               skipped=points.skips.count),
        Notice("points.understood", N_("columns: {columns}"), columns=points.columns_said),
        *line_summary(points),
        Notice("points.order_line", N_("order: {order}"), order=points.order_said),
        Notice("points.crs_line", N_("coordinate system: {crs}"), crs=points.crs),
        Notice("points.heights_line", N_("heights: {low:.2f} … {high:.2f} m"), low=float(points.z.min()),
               high=float(points.z.max())),
        Notice(
            "points.grid_line",
            N_("ground: {ha:.2f} ha, {density:.3g} points per 100 m²; cells {cell:g} m, edges up to {edge:.1f} m"),
            ha=ground.area_m2 / 10_000, density=ground.density, cell=ground.cell, edge=ground.max_edge,
        ),
    ]  # fmt: skip
    if check.count:
        text = N_(
            "cross-validation, {count} heights left out: bias {bias:+.3f} m, RMSE {rmse:.3f} m, NMAD {nmad:.3f} m"
        )
        if check.by_line:
            text = N_("cross-validation, {count} heights of whole lines left out: bias {bias:+.3f} m, "
                      "RMSE {rmse:.3f} m, NMAD {nmad:.3f} m")  # fmt: skip
        facts = {"count": check.count, "bias": check.bias_m, "rmse": check.rmse_m, "nmad": check.nmad_m}
        lines.append(Notice("points.checked", text, **facts))
    return lines
