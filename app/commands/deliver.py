"""sheet: what goes to the office."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.common import Json, ProjectPath, print_json, progress, remark, say
from app.i18n import _
from app.project import Project


class SheetLanguage(StrEnum):
    """The language of a sheet, apart from that of messages."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("sheet")(sheet)
    cli.command("conformity")(conformity)


def sheet(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    out: Annotated[Path, typer.Option("--out", metavar="F.pdf", help="the PDF to write", readable=False)],
    kind: Annotated[str, typer.Option("--kind", metavar="K", help="kind of sheet")] = "backfill_design",
    scale: Annotated[
        int | None, typer.Option("--scale", metavar="N", min=100, help="1:N; default the one that fits")
    ] = None,
    language: Annotated[
        SheetLanguage, typer.Option("--sheet-lang", help="language of the sheet")
    ] = SheetLanguage.CHINESE,
    as_json: Json = False,
) -> None:
    """One sheet of a site as PDF."""
    from app.verbs.deliver import make_site_sheet

    with Project.open(project, read_only=True) as opened, progress() as watch:
        report = make_site_sheet(opened, site, out, kind=kind, scale=scale, language=language.value, watch=watch)
    warnings = [w.render(_) for w in report.warnings]
    if as_json:
        print_json({"site": site, "kind": kind, "path": str(report.path), "scale": report.scale, "warnings": warnings})
        return
    for text in warnings:
        remark(text)
    say(_("wrote {path}, scale 1:{scale}").format(path=report.path, scale=report.scale))


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
