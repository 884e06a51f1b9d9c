"""package, boundary, report-template: the approval package and parts of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import All, Json, ProjectPath, Sites, codes_of, print_json, progress, remark, say
from app.commands.deliver import SheetLanguage
from app.i18n import _
from app.project import Project


class Encoding(StrEnum):
    """What a land office's file is written in."""

    GB18030 = "GB18030"
    UTF8 = "UTF-8"
    UTF8_BOM = "UTF-8-BOM"


class Numbering(StrEnum):
    """How points are numbered in a land office's file."""

    RUN_ON = "run_on"
    RESTART = "restart"


class Parts(StrEnum):
    """How rings of further parts are numbered."""

    RUN_ON = "run_on"
    HUNDREDS = "hundreds"


class AreaUnit(StrEnum):
    """In what a plot line says the area."""

    HECTARES = "ha"
    SQUARE_METRES = "m2"


Language = Annotated[SheetLanguage, typer.Option("--sheet-lang", help="language of what is made")]
TxtEncoding = Annotated[Encoding, typer.Option("--txt-encoding", help="coordinate TXT: encoding")]
TxtZone = Annotated[bool, typer.Option("--txt-zone/--txt-no-zone", help="coordinate TXT: zone number before Y")]
TxtNumbers = Annotated[Numbering, typer.Option("--txt-numbers", help="coordinate TXT: point numbers through the rings")]
TxtParts = Annotated[Parts, typer.Option("--txt-parts", help="coordinate TXT: ring numbers of further parts")]
TxtArea = Annotated[AreaUnit, typer.Option("--txt-area", help="coordinate TXT: unit of the area")]
TxtLong = Annotated[bool, typer.Option("--txt-long", help="coordinate TXT: plot lines of 13 fields")]
Shared = Annotated[
    bool, typer.Option("--shared-numbers", help="number points through all sites; neighbours share theirs")
]
Stamp = Annotated[
    datetime | None,
    typer.Option(
        "--stamp", help="the time (UTC) that all files bear; default now", formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
    ),
]


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("package")(package)
    cli.command("boundary")(boundary)
    cli.command("report-template")(template)


def package(
    project: ProjectPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="the folder to make", readable=False)],
    site: Sites = None,
    everything: All = False,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="K", help="kinds of sheet; default every one of a site")
    ] = None,
    sheets: Annotated[bool, typer.Option("--sheets/--no-sheets", help="with sheets, or tables and data only")] = True,
    language: Language = SheetLanguage.CHINESE,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="F.docx", help="your own Word template", readable=False)
    ] = None,
    paper: Annotated[str, typer.Option("--paper", metavar="A3", help="paper of the sheets")] = "A3",
    shared_numbers: Shared = False,
    txt_encoding: TxtEncoding = Encoding.GB18030,
    txt_zone: TxtZone = True,
    txt_numbers: TxtNumbers = Numbering.RUN_ON,
    txt_parts: TxtParts = Parts.RUN_ON,
    txt_area: TxtArea = AreaUnit.HECTARES,
    txt_long: TxtLong = False,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="processes; default as many as pay")
    ] = None,
    stamp: Stamp = None,
    as_json: Json = False,
) -> None:
    """The approval package: sheets, plan, tables, coordinates, drawing, map data, manifest, in one folder."""
    from app.verbs.package import Dialect, PackageOptions, make_package

    options = PackageOptions(
        codes=codes_of(site, everything),
        kinds=() if not sheets else kind or None,
        language=language.value,
        dialect=Dialect(
            txt_encoding.value, txt_zone, txt_numbers.value, txt_parts.value, txt_area.value, long=txt_long
        ),
        shared_numbers=shared_numbers,
        paper=paper,
        template=template,
        workers=workers,
        stamp=stamp,
    )
    with Project.open(project, read_only=True) as opened, progress() as watch:
        report = make_package(opened, out, options, watch)
    if as_json:
        print_json(report.to_json(_))
        return
    for warning in report.warnings:
        remark(warning.render(_))
    for f in report.left:
        remark(f"{f.site} {f.what}: {f.reason.render(_)}".strip())
    missing = len(report.document["missing"])
    text = _("made {path}: {files} files for {sites} sites; {missing} things are missing, listed in the plan")
    say(text.format(path=report.path, files=report.files, sites=len(report.document["sites"]), missing=missing))


def boundary(
    project: ProjectPath,
    out: Annotated[Path, typer.Option("--out", metavar="F.txt|xlsx|dxf", help="the file to write", readable=False)],
    site: Sites = None,
    everything: All = False,
    language: Language = SheetLanguage.CHINESE,
    shared_numbers: Shared = False,
    txt_encoding: TxtEncoding = Encoding.GB18030,
    txt_zone: TxtZone = True,
    txt_numbers: TxtNumbers = Numbering.RUN_ON,
    txt_parts: TxtParts = Parts.RUN_ON,
    txt_area: TxtArea = AreaUnit.HECTARES,
    txt_long: TxtLong = False,
    as_json: Json = False,
) -> None:
    """Boundary points of sites: a land office's coordinate TXT, a workbook or a drawing."""
    from app.verbs.package import Dialect, write_boundary

    dialect = Dialect(txt_encoding.value, txt_zone, txt_numbers.value, txt_parts.value, txt_area.value, long=txt_long)
    with Project.open(project, read_only=True) as opened:
        record = write_boundary(
            opened, codes_of(site, everything), out, dialect=dialect, shared_numbers=shared_numbers,
            language=language.value,
        )  # fmt: skip
    points = sum(len(s.points) for s in record.sites)
    if as_json:
        rows = [
            {"site": s.code, "part": p.part, "ring": p.ring, "point": p.number, "x_north_m": p.x_north,
             "y_east_m": record.crs.east(p.y_east), "side_m": round(p.side_m,
             2)} for s in record.sites for p in s.points
        ]  # fmt: skip
        areas = {s.code: s.area_m2 for s in record.sites}
        print_json({"path": str(out), "sites": areas, "points": rows})
        return
    area = fmt.hectares(sum(s.area_m2 for s in record.sites))
    text = _("wrote {path}: {points} boundary points of {sites} sites, {area} ha")
    say(text.format(path=out, points=points, sites=len(record.sites), area=area))


def template(
    out: Annotated[Path, typer.Argument(metavar="F.docx", help="the file to write", readable=False)],
    language: Language = SheetLanguage.CHINESE,
) -> None:
    """The built-in Word template of the implementation plan, to change it and give it to package --template."""
    from app.verbs.package import write_template

    say(_("wrote {path}").format(path=write_template(out, language.value)))
