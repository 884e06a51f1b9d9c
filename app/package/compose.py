"""The pages of a sheet, drawn from plain content: the first with map or chart, further ones with what found no room."""

from __future__ import annotations

from app.i18n import Translator
from app.package.bodies import BODIES
from app.package.canvas import MapDraw
from app.package.column import fill_column
from app.package.content import SheetContent
from app.package.continuation import continuation
from app.package.figures import note_words
from app.package.fonts import plain
from app.package.furniture import frames, sheet_number, sign_off, title
from app.package.labels import Room
from app.package.layout import Layout, layout_of
from app.package.mapframe import watermark
from app.package.page import Page
from app.package.panel import Column
from app.package.template import sheet_kind
from models.notices import N_, Notice
from models.progress import Watch


def compose(content: SheetContent, watch: Watch | None = None) -> tuple[list[Page], list[Notice]]:
    """The pages of a sheet, drawn and not yet checked, and the remarks that came up while drawing."""
    watch = watch or Watch()
    layout, say = layout_of(content.paper, content.orientation), Translator(content.language)
    kind = sheet_kind(content.kind)
    page = Page(layout.width, layout.height, "1")
    _rules(page, layout)
    draw = MapDraw(page, content, layout, say, Room(content.window.rect), parts=kind.map)
    BODIES[kind.body](draw, kind, watch)
    sign_off(page, layout, content, say)
    shortened = title(page, layout, content, layout.title, "")
    notes = note_words(content, say, [*draw.remarks, *draw.notes], draw.facts)
    if shortened:
        whole = say(N_("full names: {project}; {site}"))
        notes.append(
            whole.format(project=plain(content.project_name), site=plain(f"{content.site_code} {content.site_name}"))
        )
    column = Column(page, content, layout, say, draw, notes)
    rest_rows, rest_notes = fill_column(column, kind.column)
    extra = continuation(content, layout, say, rest_rows, rest_notes, notes[:2])
    every = [page, *extra]
    for index, sheet in enumerate(every, start=1):
        sheet_number(sheet, layout, content, say, layout.number, index, len(every))
        if content.banner:
            watermark(sheet, plain(content.banner), layout.inner)
    return every, draw.notes


def _rules(page: Page, layout: Layout) -> None:
    """Frames, and the rules between map, panels and strip."""
    frames(page, layout)
    x0, x1 = layout.inner.x0, layout.inner.x1
    page.rule([x0, x1], [layout.strip.y1] * 2, 0.2)
    first = layout.columns[0]
    if layout.upright:
        page.rule([x0, x1], [first.y1] * 2, 0.2)
        page.rule([x0, x1], [layout.number.y0] * 2, 0.2)
    else:
        page.rule([first.x0] * 2, [first.y0, layout.inner.y1], 0.2)
