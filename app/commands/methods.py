"""earthwork, why: the volume by the customary methods, and by the conventions of other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands import references as ref
from app.commands.common import Json, ProjectPath, print_json, progress, remark, say, table
from app.commands.deliver import SheetLanguage
from app.i18n import _
from app.project import Project
from models.earthwork import Earthwork, WhyReport


class Table(StrEnum):
    """Which table a CSV holds; a workbook holds both."""

    GRID = "grid"
    SECTIONS = "sections"


class Paper(StrEnum):
    """Papers of a drawing."""

    A4 = "A4"
    A3 = "A3"
    A2 = "A2"
    A1 = "A1"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("earthwork")(earthwork)
    cli.command("why")(why)


@ref.takes_surface
def earthwork(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    side: Annotated[
        float | None,
        typer.Option("--side", metavar="M", min=0.1, help="side of the squares, m; default by accuracy and paper"),
    ] = None,
    spacing: Annotated[
        float | None, typer.Option("--spacing", metavar="M", min=0.1, help="between sections, m; default customary")
    ] = None,
    terrain: ref.TerrainName = None,
    surface: ref.SurfaceOptions = ref.NOTHING_SAID,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="table (.xlsx, .csv) or drawing (.pdf, .dxf for CAD)", readable=False
        ),
    ] = None,
    csv: Annotated[Table, typer.Option("--table", help="which table a CSV holds")] = Table.GRID,
    paper: Annotated[Paper, typer.Option("--paper", help="of the drawing")] = Paper.A3,
    scale: Annotated[int | None, typer.Option("--scale", metavar="N", min=100, help="of the drawing, 1:N")] = None,
    language: Annotated[
        SheetLanguage, typer.Option("--sheet-lang", help="language of table and drawing")
    ] = SheetLanguage.CHINESE,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace an existing table")] = False,
    as_json: Json = False,
) -> None:
    """The four-point grid method and the section method: table, drawing, difference to the estimate."""
    from app.verbs.earthwork import Delivery
    from app.verbs.earthwork import earthwork as measured

    request = ref.request_of(surface) if surface.given else None
    with Project.open(project, read_only=True) as opened, progress() as watch:
        report = measured(
            opened,
            site,
            out=out,
            side_m=side,
            spacing_m=spacing,
            terrain=terrain,
            request=request,
            delivery=Delivery(csv.value, paper.value, scale, language.value, overwrite),
            watch=watch,
        )
    if as_json:
        print_json(report.to_json(_))
        return
    found = report.earthwork
    say(ref.heading(found.site, found.terrain, found.reference, report.over))
    _show(found)
    for notice in report.warnings:
        remark(f"{site}: {notice.render(_)}")
    if report.path is not None:
        say(_("wrote {path}").format(path=report.path))


def _show(found: Earthwork) -> None:
    grid, sections = found.grid, found.sections
    rows = [
        [_("cell sums (this program)"), "", fmt.number(found.fill_m3), fmt.number(found.cut_m3), ""],
        [
            _("grid method"),
            _("{n} squares of {side} m").format(n=len(grid.squares), side=f"{grid.side_m:g}"),
            *map(fmt.number, grid.printed_m3),
            fmt.difference(found.difference_percent(grid.fill_m3, grid.cut_m3)),
        ],
        [
            _("section method"),
            _("{n} sections every {spacing} m").format(n=len(sections.sections), spacing=f"{sections.spacing_m:g}"),
            *map(fmt.number, sections.printed_m3),
            fmt.difference(found.difference_percent(sections.fill_m3, sections.cut_m3)),
        ],
    ]
    table([_("method"), _("how"), _("fill m³"), _("cut m³"), _("difference %")], rows, right=[2, 3, 4])


@ref.takes_surface
def why(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    terrain: ref.TerrainName = None,
    surface: ref.SurfaceOptions = ref.NOTHING_SAID,
    as_json: Json = False,
) -> None:
    """Why other programs say something else: the same volume by their conventions."""
    from app.verbs.why import why as explain

    request = ref.request_of(surface) if surface.given else None
    with Project.open(project, read_only=True) as opened, progress() as watch:
        report = explain(opened, site, terrain=terrain, request=request, watch=watch)
    if as_json:
        print_json(report.to_json(_))
        return
    _explain(report)


def _explain(report: WhyReport) -> None:
    own = [_("this program"), fmt.number(report.fill_m3), "", ""]
    others = [
        [
            r.rule.render(_),
            fmt.number(r.fill_m3),
            fmt.difference(r.difference_m3, 1),
            fmt.difference(r.difference_percent),
        ]
        for r in report.rows
    ]
    say(ref.heading(report.site, report.terrain, report.reference, report.over))
    table(
        [_("convention"), _("by this rule m³"), _("difference m³"), _("difference %")], [own, *others], right=[1, 2, 3]
    )
    for row in report.rows:
        say(_("{what}: {text}").format(what=f"• {row.rule.render(_)}", text=row.reason.render(_)))
    for notice in report.notices:
        remark(f"{report.site}: {notice.render(_)}")
