"""sheet: what goes to the office."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.common import All, Json, ProjectPath, print_json, progress, remark, say
from app.i18n import _
from app.project import Project


class SheetLanguage(StrEnum):
    """The language of a sheet, apart from that of messages."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


class Orientation(StrEnum):
    """How the paper lies."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("sheet")(sheet)
    cli.command("conformity")(conformity)


def sheet(
    project: ProjectPath,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="F.pdf", readable=False, help="the file to write: .pdf, .png, .svg, .tif or .dxf "
                     "(squares of the grid method); for several sites an atlas (.pdf) or a folder"),
    ],
    site: Annotated[
        list[str] | None, typer.Option("--site", metavar="CODE", help="code of a site; several make an atlas")
    ] = None,
    everything: All = False,
    kind: Annotated[
        str, typer.Option("--kind", metavar="K", help="kind of sheet, or a template of your own (.toml)")
    ] = "backfill_design",
    scale: Annotated[
        int | None, typer.Option("--scale", metavar="N", min=100, help="1:N; default the one that fits")
    ] = None,
    paper: Annotated[str, typer.Option("--paper", metavar="P", help="A4, A3, A2 or A1")] = "A3",
    orientation: Annotated[Orientation, typer.Option("--orientation", help="how the paper lies")] = (
        Orientation.LANDSCAPE
    ),
    centre: Annotated[
        tuple[float, float] | None,
        typer.Option("--centre", metavar="X Y", help="middle of the map: easting and northing in the project's CRS"),
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", metavar="N", help="dots per inch of pictures and rasters")] = 300,
    basemap: Annotated[
        str, typer.Option("--basemap", metavar="N", help="basemap of the project in place of the shaded terrain")
    ] = "",
    form: Annotated[
        str, typer.Option("--format", metavar="F", help="of the files in a folder: pdf, png, svg, tif or dxf")
    ] = "pdf",
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="processes; default as many as pay")
    ] = None,
    language: Annotated[
        SheetLanguage, typer.Option("--sheet-lang", help="language of the sheet")
    ] = SheetLanguage.CHINESE,
    as_json: Json = False,
) -> None:  # fmt: skip
    """A sheet of a site or of the project; of several sites an atlas, or a file each in a folder."""
    from app.verbs import sheets

    codes = list(site or [])
    with Project.open(project, read_only=True) as opened, progress() as watch:
        options: dict[str, Any] = {"kind": kind, "scale": scale, "paper": paper, "language": language.value}
        options |= {"orientation": orientation.value, "dpi": dpi, "basemap": basemap}
        if not everything and len(codes) <= 1:
            report = sheets.make_site_sheet(
                opened, codes[0] if codes else "", out, watch=watch, centre=centre, **options
            )
            _tell_sheet(report, codes[0] if codes else "", kind, as_json=as_json)
            return
        if sheets.is_of_project(kind):
            report = sheets.make_site_sheet(opened, "", out, watch=watch, centre=centre, sites=codes, **options)
            _tell_sheet(report, "", kind, as_json=as_json)
            return
        wanted = None if everything else codes
        request = sheets.SheetRequest("", **options)
        if out.is_dir():
            suffix = f".{form.lower().removeprefix('.')}"
            many = sheets.make_each(opened, wanted, out, request, suffix=suffix, workers=workers, watch=watch)
        else:
            many = sheets.make_atlas_of(opened, wanted, out, request, workers=workers, watch=watch)
    _tell_atlas(many, kind, as_json=as_json)


def _tell_sheet(report: Any, site: str, kind: str, *, as_json: bool) -> None:
    warnings = [w.render(_) for w in report.warnings]
    if as_json:
        document = {"site": site, "kind": kind, "path": str(report.path), "scale": report.scale}
        print_json({**document, "pages": report.pages, "files": [str(f) for f in report.files], "warnings": warnings})
        return
    for text in warnings:
        remark(text)
    for file in report.files:
        if report.scale:
            say(_("wrote {path}, scale 1:{scale}").format(path=file, scale=report.scale))
        else:
            say(_("wrote {path}").format(path=file))


def _tell_atlas(report: Any, kind: str, *, as_json: bool) -> None:
    warnings = [{"site": code, "warning": n.render(_)} for code, n in report.warnings]
    refused = [{"site": code, "reason": e.what.render(_), "advice": e.advice.render(_)} for code, e in report.refused]
    if as_json:
        document = {"kind": kind, "path": str(report.path), "sheets": report.sheets, "pages": report.pages}
        print_json({**document, "files": [str(f) for f in report.files], "refused": refused, "warnings": warnings})
        return
    for line in warnings:
        remark(f"{line['site']}: {line['warning']}")
    for code, error in report.refused:
        remark(f"{code}: {error.sentence(_)}")
    text = _("wrote {sheets} sheets on {pages} pages: {path}")
    say(text.format(sheets=report.sheets, pages=report.pages, path=report.path))


def conformity(
    project: ProjectPath,
    waste: Annotated[str, typer.Option("--waste", metavar="CODE")],
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    out: Annotated[Path, typer.Option("--out", metavar="F.docx|F.xlsx", help="the file to write", readable=False)],
    pack: Annotated[list[str] | None, typer.Option("--pack", metavar="ID", help="rule packs; default all")] = None,
    language: Annotated[
        SheetLanguage, typer.Option("--sheet-lang", help="language of the table")
    ] = SheetLanguage.CHINESE,
    as_json: Json = False,
) -> None:
    """The conformity table of a waste and a pit, rule by rule, as Word document or workbook."""
    from app.verbs.conformity import make_conformity

    with Project.open(project, read_only=True) as opened:
        paper = make_conformity(opened, waste, site, out, packs=pack, language=language.value)
    rows = sum(len(r) for _title, r in paper.steps)
    if as_json:
        print_json({"waste": waste, "site": site, "path": str(out), "verdict": paper.verdict, "rows": rows})
        return
    say(_("wrote {path}: {verdict}, {rows} rules").format(path=out, verdict=paper.verdict, rows=rows))
