"""What goes to the office: sheets (the whole approval package is a later room)."""

from __future__ import annotations

from pathlib import Path

from app.package.layout import kind_names, papers
from app.package.sheet import SheetReport, SheetRequest, make_sheet
from app.project import Project
from gis.names import check_new_name
from models.errors import Refused
from models.notices import N_
from models.progress import Watch

__all__ = ["SheetReport", "SheetRequest", "kind_names", "make_site_sheet", "papers"]


def make_site_sheet(
    project: Project,
    code: str,
    out: Path,
    *,
    kind: str = "backfill_design",
    scale: int | None = None,
    paper: str = "A3",
    language: str = "zh_CN",
    banner: str | None = None,
    watch: Watch | None = None,
) -> SheetReport:
    """One sheet of a site as PDF at `out`, replaced only when the new one is whole.

    Raises Missing (site, kind, paper), Refused (no fitting scale, a text without glyphs, figures that cannot be had, a
    name that does not end in .pdf: a slip there would replace the project or a DEM by the sheet), Unreadable (the
    terrain's file), Unwritable, Cancelled.
    """
    out = Path(out)
    if out.suffix.lower() != ".pdf":
        raise Refused(
            "sheet.suffix",
            N_("a sheet is a PDF: its name must end in .pdf"),
            where=str(out),
            advice=N_("name it {name}"),
            name=f"{out.stem}.pdf",
        )
    check_new_name(out)
    request = SheetRequest(code, kind=kind, language=language, scale=scale, paper=paper, banner=banner)
    return make_sheet(project, request, out, watch)
