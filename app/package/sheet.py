"""A sheet: plain content to a checked PDF. `draw_sheet` only draws; `make_sheet` takes the content of a project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.in_place import put_in_place
from app.package.compose import compose
from app.package.content import SheetContent
from app.package.drawing_settings import drawing_settings
from app.package.fonts import plain
from app.package.page import Page
from app.package.render import DPI, write_geotiff, write_png, write_svg
from app.package.template import sheet_kind
from models.earthwork import Earthwork
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from app.package.surroundings import Kept
    from app.project import Project


@dataclass(frozen=True)
class SheetRequest:
    """What is asked for. `scale` None chooses a round one; `banner` None takes the project's mark (made-up data)."""

    site: str
    kind: str = "backfill_design"
    language: str = "zh_CN"
    scale: int | None = None
    paper: str = "A3"
    orientation: str = "landscape"
    banner: str | None = None
    earthwork: Earthwork | None = None
    """What a sheet of the grid method shows; None: it is measured for the sheet."""
    centre: tuple[float, float] | None = None
    """Middle of the map in the project CRS, m; None: that of what the sheet shows."""
    sites: tuple[str, ...] = ()
    """Of a sheet of the project: the sites that it shows; () for all."""
    dpi: int = DPI
    """Of pictures and rasters."""
    basemap: str = ""
    """Name of a basemap of the project that is drawn in place of the shaded terrain; "" for none."""


@dataclass(frozen=True)
class SheetReport:
    """What was written: file, scale, pages, and what the maker of the sheet should look at."""

    path: Path
    scale: int
    pages: int = 1
    warnings: list[Notice] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """All files written: a picture has one for each page."""

    def to_json(self, translate: Any = str) -> dict[str, Any]:
        """The document that ``sheet --json`` prints."""
        return {
            "path": str(self.path),
            "scale": self.scale,
            "pages": self.pages,
            "warnings": [w.render(translate) for w in self.warnings],
        }


def make_sheet(
    project: Project, request: SheetRequest, out: Path, watch: Watch | None = None, *, kept: Kept | None = None
) -> SheetReport:
    """A sheet at `out`, of the kind of file that its name ends in, written beside and put in place when it is whole.

    `kept` carries what sheets share over to the next one of the same project.

    Raises Missing (site, kind, paper), Refused (does not fit, a text collides, a character has no glyph), Unwritable,
    Cancelled; `out` is as it was then.
    """
    from app.package.build import build_content

    watch = watch or Watch()
    content = build_content(project, request, watch.part(0.0, 0.6), kept=kept)
    return draw_sheet(content, out, watch.part(0.6, 1.0), dpi=request.dpi, crs=project.crs)


def draw_sheet(
    content: SheetContent, out: Path, watch: Watch | None = None, *, dpi: int = DPI, crs: str = ""
) -> SheetReport:
    """Draw `content` to `out`. `crs` is that of the project, for a GeoTIFF. Raises as `make_sheet` does."""
    watch = watch or Watch()
    out = Path(out)
    suffix = out.suffix.lower()
    if suffix == ".dxf":
        files = write_cad(content, out)
        watch.report(1.0)
        return SheetReport(out, drawn_scale(content), 1, own_notes(content), files)
    with drawing_settings():
        pages, notes = compose(content, watch)
        for page in pages:
            page.check()
        watch.report(0.5)
        part = watch.part(0.5, 1.0)
        if suffix == ".png":
            files = write_png(pages, out, dpi, {"Title": sheet_title(content)}, part)
        elif suffix == ".svg":
            files = write_svg(pages, out, {"Title": sheet_title(content)}, part)
        elif suffix in {".tif", ".tiff"}:
            files = write_geotiff(pages[0], content, _raster_crs(content, crs), out, dpi, part)
        else:
            write_pdf(pages, content, out, watch)
            files = [out]
    return SheetReport(files[0], drawn_scale(content), len(pages), [*own_notes(content), *notes], files)


def _raster_crs(content: SheetContent, crs: str) -> str:
    if sheet_kind(content.kind).body != "map":
        raise Refused(
            "sheet.no_map",
            N_("this kind of sheet has no map to write as a GeoTIFF"),
            where=content.kind,
            advice=N_("choose PDF, PNG or SVG"),
        )
    return crs


def write_cad(content: SheetContent, out: Path) -> list[Path]:
    """The squares of a grid-method sheet as a drawing for CAD. Raises Refused for another kind, Unwritable."""
    from app.package.earthwork_dxf import DrawnGrid, write_drawing

    if content.earthwork is None:
        raise Refused(
            "sheet.no_drawing",
            N_("this kind of sheet is not written for CAD (DXF)"),
            where=content.kind,
            advice=N_(
                "choose the sheet of the grid method, or PDF, PNG or SVG; boundary points have a DXF of their own"
            ),
        )
    datum = content.terrain_facts.vertical_datum if content.terrain_facts else None
    drawn = DrawnGrid(
        content.earthwork, content.outline, content.crs, content.project_name, content.site_code, content.site_name,
        content.banner, datum, content.language, time_stamp(content),
    )  # fmt: skip
    write_drawing(out, drawn)
    return [out]


def own_notes(content: SheetContent) -> list[Notice]:
    """What its maker should look at, among the notes that stand on the sheet."""
    wanted = {"sheet.outline_cut", "sheet.estimate_stale", "sheet.not_estimated", "sheet.coarse_squares"}
    return [n for n in content.notes if n.key in wanted]


def drawn_scale(content: SheetContent) -> int:
    """Denominator of the sheet's scale: of the map, of the sections along, 0 for a chart."""
    body = sheet_kind(content.kind).body
    return content.window.scale if body == "map" else content.section_scales[0] if body == "sections" else 0


def sheet_title(content: SheetContent) -> str:
    """Code, name and kind, as a document's title."""
    kind = sheet_kind(content.kind).title(content.language, fills=content.fills)
    return " ".join(w for w in (plain(content.site_code), plain(content.site_name), kind) if w)


def time_stamp(content: SheetContent) -> datetime:
    """SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the content's own time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else content.created


def write_pdf(pages: Sequence[Page], content: SheetContent, out: Path, watch: Watch) -> None:
    """All pages as one PDF beside `out`, then in its place. Raises Unwritable."""
    from app.package.pdf_file import SheetPdf
    from app.package.pdf_place import viewport

    stamp = time_stamp(content)
    facts = {
        "Title": sheet_title(content),
        "Author": plain(content.sign_off.unit) or "Huitian",
        "Subject": plain(content.project_name),
        "Creator": f"Huitian {content.program_version}".strip(),
        "CreationDate": stamp,
        "ModDate": stamp,
    }
    with put_in_place(out, "sheet.unwritable", N_("the sheet cannot be written")) as file:
        pdf = SheetPdf(file, facts)
        for i, page in enumerate(pages):
            watch.report(0.5 + 0.5 * i / len(pages))
            pdf.add(page.figure, viewport(content) if i == 0 else None)
        pdf.end()
        watch.report(1.0)


__all__ = ["SheetReport", "SheetRequest", "compose", "draw_sheet", "make_sheet", "time_stamp", "write_pdf"]
