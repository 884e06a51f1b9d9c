"""A terrain out of point clouds: the files are read, a DEM is made of their ground, the DEM is registered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import __version__
from app.project import Project
from app.verbs.extent import extent, far_terrain
from app.verbs.terrain import add_terrain
from app.verbs.terrain_errors import figures_of
from app.verbs.terrain_points import check_free, finite
from gis.clouds.make import CloudGround, make_cloud_ground, names_of
from gis.clouds.read import Source, understand
from gis.files import files_of
from gis.formats.crs_choice import name_of
from gis.points.errors import combined
from gis.points.geotiff import check_out
from gis.raster import file_sha256
from models.errors import AppError
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch
from models.terrain import ErrorFigures, Making, Terrain

SUFFIXES = (".las", ".laz")
"""What is taken out of a folder."""


@dataclass(frozen=True)
class CloudReport:
    """The terrain that was registered and how it was made. `remarks`: what was understood of the files."""

    terrain: Terrain
    ground: CloudGround
    remarks: tuple[Notice, ...]

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary, sentences in the language of `translate`."""
        made = self.ground.to_json(translate)
        told = [*self.remarks, *self.terrain.warnings]
        warnings = [*made.pop("warnings"), *(n.render(translate) for n in told)]
        return {"terrain": self.terrain.to_json(), **made, "warnings": list(dict.fromkeys(warnings))}


def terrain_from_cloud(
    project: Project,
    files: Sequence[Path | str],
    out: Path | str,
    *,
    crs: str | None = None,
    accept_guess: bool = False,
    z_unit: str | None = None,
    cell: float | None = None,
    max_edge: float | None = None,
    classes: Sequence[int] = (),
    lowest: bool = False,
    name: str | None = None,
    vertical_datum: str | None = None,
    source: str | None = None,
    sigma_z_m: float | None = None,
    range_m: float | None = None,
    sigma_xy_m: float | None = None,
    surveyed_on: str | None = None,
    overwrite: bool = False,
    watch: Watch | None = None,
) -> CloudReport:
    """Make the DEM `out` of LAS and LAZ files (or folders of them), as one terrain in the project's CRS.

    `classes`, `lowest`, `cell`, `max_edge` as in gis.clouds.make. The error figures are those of the cross-validation,
    together with what is stated of the survey's own error (see gis.points.errors). Raises Missing, Refused, Unreadable,
    Unwritable or Cancelled; no new file and no new terrain is left then.
    """
    out = Path(out).absolute()
    watch = watch or Watch()
    survey = figures_of(project, source, sigma_z_m=sigma_z_m, range_m=range_m, sigma_xy_m=sigma_xy_m)
    check_out(out, overwrite=overwrite)
    paths = files_of([Path(f) for f in files], SUFFIXES)
    check_free(project, paths[0], out, name or out.stem)
    was_there = out.exists()
    sources, remarks = understand(
        paths,
        target_crs=project.crs,
        crs=crs,
        accept_guess=accept_guess,
        z_unit=z_unit,
        neighbours=extent(project),
    )
    vertical_datum = vertical_datum or sources[0].vertical
    digest = _digest(sources, watch.part(0.0, 0.1))
    ground = make_cloud_ground(
        sources,
        out,
        target_crs=project.crs,
        cell=cell,
        max_edge=max_edge,
        classes=classes,
        lowest=lowest,
        tags={
            "HUITIAN_VERSION": __version__,
            "HUITIAN_VERTICAL_DATUM": vertical_datum or "",
            "HUITIAN_SOURCE_SHA256": digest,
        },
        watch=watch.part(0.1, 0.95),
    )
    try:
        terrain = add_terrain(
            project,
            out,
            name=name or out.stem,
            vertical_datum=vertical_datum,
            source=source,
            surveyed_on=surveyed_on,
            unit_stated=z_unit is not None,
            errors=combined(survey, ground.validation, ground.cell, ground.cell),
            making=_making(ground, digest, survey),
            told=ground.notices,
            watch=watch.part(0.95, 1.0),
        )
    except AppError:
        if not was_there:
            out.unlink(missing_ok=True)
        raise
    remarks += far_terrain(project, terrain, numbers_in=name_of(sources[0].crs))
    return CloudReport(terrain, ground, tuple(remarks))


def _digest(sources: Sequence[Source], watch: Watch) -> str:
    """sha256 of the file, or of the files' hashes, one a line."""
    count = len(sources)
    each = [file_sha256(s.head.path, watch.part(i / count, (i + 1) / count)) for i, s in enumerate(sources)]
    return each[0] if count == 1 else hashlib.sha256("\n".join(each).encode()).hexdigest()


def _making(ground: CloudGround, digest: str, survey: ErrorFigures) -> Making:
    check = ground.validation
    return Making(
        ground.method, names_of(ground.sources), digest, ground.used, finite(ground.density), check.count,
        finite(check.bias_m), finite(check.rmse_m), finite(check.nmad_m), survey.sigma_z_m,
    )  # fmt: skip


def summary(report: CloudReport) -> list[Notice]:
    """What was understood and made, a sentence a line, for people."""
    ground, check = report.ground, report.ground.validation
    text = N_("{files}: {read} points read, {dropped} left out (noise, withheld, impossible), {points} are ground")
    lines = [
        Notice("cloud.read", text, files=names_of(ground.sources), read=ground.seen, points=ground.used,
               dropped=sum(ground.dropped.values())),
        Notice("cloud.method", N_("ground: {method}"), method=ground.method),
        Notice(
            "cloud.grid_line",
            N_("{ha:.2f} ha, {density:.3g} ground points per 100 m²; cells {cell:g} m, {gap:.1f} % in gaps spanned"),
            ha=ground.area_m2 / 10_000, density=ground.density, cell=ground.cell, gap=100 * ground.wide,
        ),
    ]  # fmt: skip
    if check.count:
        text = N_(
            "cross-validation, {count} heights left out: bias {bias:+.3f} m, RMSE {rmse:.3f} m, NMAD {nmad:.3f} m"
        )
        facts = {"count": check.count, "bias": check.bias_m, "rmse": check.rmse_m, "nmad": check.nmad_m}
        lines.append(Notice("points.checked", text, **facts))
    return lines
