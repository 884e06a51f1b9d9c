"""A sheet: plain content to a checked PDF. `draw_sheet` only draws; `make_sheet` takes the content of a project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.i18n import Translator
from app.package.canvas import MapDraw
from app.package.column import NoteLine, fill_column, split_rows
from app.package.content import SheetContent
from app.package.figures import note_words
from app.package.fonts import plain
from app.package.furniture import frames, scale_bar, sheet_number, sign_off, title
from app.package.labels import Room
from app.package.layout import Layout, layout_of, sheet_kind
from app.package.mapframe import map_frame, north_arrow, watermark
from app.package.mapparts import MAP_PARTS
from app.package.page import Page, drawing_settings
from app.package.panel import Column, heading
from app.package.panels import draw_note_lines
from app.package.placing import put_in_place
from app.package.shapes import Rect
from app.package.table import TableRow, draw_table, rows_that_fit
from models.earthwork import Earthwork
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from app.project import Project

_BLOCKS = 4
_BLOCK_GAP = 4.0


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


@dataclass(frozen=True)
class SheetReport:
    """What was written: file, scale, pages, and what the maker of the sheet should look at."""

    path: Path
    scale: int
    pages: int = 1
    warnings: list[Notice] = field(default_factory=list)

    def to_json(self, translate: Any = str) -> dict[str, Any]:
        """The document that ``sheet --json`` prints."""
        return {
            "path": str(self.path),
            "scale": self.scale,
            "pages": self.pages,
            "warnings": [w.render(translate) for w in self.warnings],
        }


def make_sheet(project: Project, request: SheetRequest, out: Path, watch: Watch | None = None) -> SheetReport:
    """A sheet of one site as PDF at `out`, written beside and put in place when it is whole.

    Raises Missing (site, kind, paper), Refused (does not fit, a text collides, a character has no glyph), Unwritable,
    Cancelled; `out` is as it was then.
    """
    from app.package.build import build_content

    watch = watch or Watch()
    content = build_content(project, request, watch.part(0.0, 0.6))
    return draw_sheet(content, out, watch.part(0.6, 1.0))


def draw_sheet(content: SheetContent, out: Path, watch: Watch | None = None) -> SheetReport:
    """Draw `content` and write it to `out`. Raises as `make_sheet` does."""
    watch = watch or Watch()
    out = Path(out)
    with drawing_settings():
        pages, notes = compose(content, watch)
        for page in pages:
            page.check()
        watch.report(0.5)
        write_pdf(pages, content, out, watch)
    return SheetReport(out, content.window.scale, len(pages), notes)


def compose(content: SheetContent, watch: Watch | None = None) -> tuple[list[Page], list[Notice]]:
    """The pages of a sheet, drawn and not yet checked, and the remarks that came up while drawing."""
    watch = watch or Watch()
    layout, say = layout_of(content.paper), Translator(content.language)
    kind = sheet_kind(content.kind)
    page = Page(layout.width, layout.height, "1")
    frames(page, layout)
    page.rule([layout.column.x0] * 2, [layout.column.y0, layout.column.y1], 0.2)
    page.rule([layout.strip.x0, layout.strip.x1], [layout.strip.y1] * 2, 0.2)
    draw = MapDraw(page, content, layout, say, Room(content.window.rect), parts=kind.map)
    map_frame(draw)
    north_arrow(draw)
    for key in kind.map:
        watch.report(0.3)
        MAP_PARTS[key](draw)
    for label in draw.later:
        label()
    block = sign_off(page, layout, content, say)
    scale_bar(page, layout, content, say, Rect(layout.strip.x0, layout.strip.y0, block.x0, layout.strip.y1))
    shortened = title(page, layout, content, layout.title, "")
    notes = note_words(content, say, draw.notes, draw.facts)
    if shortened:
        whole = say(N_("full names: {project}; {site}"))
        notes.append(
            whole.format(project=plain(content.project_name), site=plain(f"{content.site_code} {content.site_name}"))
        )
    column = Column(page, content, layout, say, draw, notes)
    rest_rows, rest_notes = fill_column(column, kind.column)
    extra = _continuation(content, layout, say, rest_rows, rest_notes)
    count = 1 + len(extra)
    every = [page, *extra]
    for index, sheet in enumerate(every, start=1):
        sheet_number(sheet, layout, content, say, _number_room(layout), index, count)
        if content.banner:
            watermark(sheet, plain(content.banner), layout.inner)
    return every, draw.notes


def _number_room(layout: Layout) -> Rect:
    return Rect(layout.column.x0, layout.title.y0, layout.column.x1, layout.title.y1)


def _continuation(
    content: SheetContent, layout: Layout, say: Translator, rows: list[TableRow], notes: list[NoteLine]
) -> list[Page]:
    """Further pages with the rest of the table in columns, and of the notes after it."""
    pages: list[Page] = []
    blocks: list[Rect] = []

    def next_block() -> tuple[Page, Rect]:
        if not blocks:
            page = Page(layout.width, layout.height, str(len(pages) + 2))
            frames(page, layout)
            side = layout.column.width if layout.inner.width > 3 * layout.column.width else 0.0
            room = Rect(layout.inner.x0 + side, layout.title.y0, layout.column.x0, layout.inner.y1)
            title(page, layout, content, room, say(N_(" (continued)")))
            page.rule([layout.inner.x0, layout.inner.x1], [layout.title.y0] * 2, 0.2)
            pages.append(page)
            body = Rect(layout.inner.x0, layout.inner.y0, layout.inner.x1, layout.title.y0).inset(layout.pad + 1)
            count = max(1, min(_BLOCKS, int((body.width + _BLOCK_GAP) / (80 + _BLOCK_GAP))))
            wide = (body.width - _BLOCK_GAP * (count - 1)) / count
            blocks.extend(
                Rect(body.x0 + i * (wide + _BLOCK_GAP), body.y0, body.x0 + i * (wide + _BLOCK_GAP) + wide, body.y1)
                for i in range(count)
            )
        return pages[-1], blocks.pop(0)

    while rows:
        page, box = next_block()
        here, rows = (
            split_rows(rows, rows_that_fit(layout, box.height))
            if len(rows) > rows_that_fit(layout, box.height)
            else (rows, [])
        )
        draw_table(page, layout, say, content, box, here, continued=True)
    while notes:
        page, box = next_block()
        top = heading(page, layout, box, say(N_("Notes")), N_("notes"), say(N_("(continued)"))) + 0.3
        fit = int((top - box.y0) / layout.pitch)
        draw_note_lines(page, layout, box, top, notes[:fit])
        notes = notes[fit:]
    return pages


def time_stamp(content: SheetContent) -> datetime:
    """SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the content's own time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else content.created


def write_pdf(pages: Sequence[Page], content: SheetContent, out: Path, watch: Watch) -> None:
    """All pages as one PDF beside `out`, then in its place. Raises Unwritable."""
    from matplotlib.backends.backend_pdf import PdfPages

    stamp = time_stamp(content)
    kind = sheet_kind(content.kind).title(content.language, fills=content.fills)
    facts = {
        "Title": f"{plain(content.site_code)} {plain(content.site_name)} {kind}".strip(),
        "Author": plain(content.sign_off.unit) or "Huitian",
        "Subject": plain(content.project_name),
        "Creator": f"Huitian {content.program_version}".strip(),
        "CreationDate": stamp,
        "ModDate": stamp,
    }
    with put_in_place(out, "sheet.unwritable", N_("the sheet cannot be written")) as file:
        with PdfPages(file, metadata=facts) as pdf:
            for i, page in enumerate(pages):
                watch.report(0.5 + 0.5 * i / len(pages))
                pdf.savefig(page.figure, dpi=72)
        watch.report(1.0)


__all__ = ["SheetReport", "SheetRequest", "compose", "draw_sheet", "make_sheet", "time_stamp", "write_pdf"]
