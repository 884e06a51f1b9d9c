"""terrain from-cloud: a DEM out of point clouds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.common import Json, ProjectPath, print_json, progress, remark, say
from app.commands.points import Range, SigmaXY, SigmaZ, Source, SurveyedOn, say_registered
from app.i18n import _
from app.project import Project


def terrain_from_cloud(
    project: ProjectPath,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="LAS or LAZ files, or a folder of them: one terrain", readable=False),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DEM.tif", help="the GeoTIFF to write", readable=False)],
    crs: Annotated[str | None, typer.Option("--crs", metavar="C", help="coordinate system of the files")] = None,
    accept_guess: Annotated[bool, typer.Option("--accept-guess", help="use the guessed coordinate system")] = False,
    z_unit: Annotated[
        str | None, typer.Option("--z-unit", metavar="U", help="unit of the heights: m, ft or us-ft")
    ] = None,
    cell: Annotated[float | None, typer.Option("--cell", metavar="M", help="side of a cell, m")] = None,
    max_edge: Annotated[
        float | None, typer.Option("--max-edge", metavar="M", help="longest edge across a gap, m")
    ] = None,
    classes: Annotated[
        list[int] | None, typer.Option("--class", metavar="N", help="class that is ground, may be repeated")
    ] = None,
    lowest: Annotated[bool, typer.Option("--lowest", help="lowest points instead of classes")] = False,
    name: Annotated[str | None, typer.Option("--name")] = None,
    vertical_datum: Annotated[str | None, typer.Option("--vertical-datum", metavar="D")] = None,
    source: Source = None,
    sigma_z: SigmaZ = None,
    range_: Range = None,
    sigma_xy: SigmaXY = None,
    surveyed_on: SurveyedOn = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing file")] = False,
    as_json: Json = False,
) -> None:
    """Make a DEM of the ground in point clouds and register it."""
    from app.verbs.terrain_cloud import summary
    from app.verbs.terrain_cloud import terrain_from_cloud as make

    if classes and lowest:
        raise typer.BadParameter(_("--class and --lowest exclude each other"))
    with Project.open(project) as opened, progress() as watch:
        report = make(
            opened,
            files,
            out,
            crs=crs,
            accept_guess=accept_guess,
            z_unit=z_unit,
            cell=cell,
            max_edge=max_edge,
            classes=classes or (),
            lowest=lowest,
            name=name,
            vertical_datum=vertical_datum,
            source=source,
            sigma_z_m=sigma_z,
            range_m=range_,
            sigma_xy_m=sigma_xy,
            surveyed_on=surveyed_on.date().isoformat() if surveyed_on else None,
            overwrite=overwrite,
            watch=watch,
        )
    answer = report.to_json(_)
    if as_json:
        print_json(answer)
        return
    for text in answer["warnings"]:
        remark(text)
    for notice in summary(report):
        say(notice.render(_))
    say_registered(report.terrain)
