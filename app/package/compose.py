"""The pages of a sheet, drawn from plain content: the first with map or chart, further ones with what found no room."""

from __future__ import annotations

from app.i18n import Translator
from app.package.bodies import BODIES
from app.package.canvas import MapDraw
from app.package.column import NoteLine, fill_column
from app.package.content import SheetContent
from app.package.figures import note_words
from app.package.fonts import plain
from app.package.furniture import frames, sheet_number, sign_off, title
from app.package.labels import Room
from app.package.layout import Layout, layout_of, sheet_kind
from app.package.mapframe import watermark
from app.package.page import Page
from app.package.panel import Column, heading
from app.package.panels import draw_note_lines
from app.package.shapes import Rect
from app.package.table import TABLES, TableRow, draw_table, rows_that_fit, split_rows, table_key
from models.notices import N_, Notice
from models.progress import Watch

_BLOCKS = 4
_BLOCK_GAP = 4.0
_LEAST_BLOCK = 80.0


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
    notes = note_words(content, say, draw.notes, draw.facts)
    if shortened:
        whole = say(N_("full names: {project}; {site}"))
        notes.append(
            whole.format(project=plain(content.project_name), site=plain(f"{content.site_code} {content.site_name}"))
        )
    column = Column(page, content, layout, say, draw, notes)
    rest_rows, rest_notes = fill_column(column, kind.column)
    extra = _continuation(content, layout, say, rest_rows, rest_notes)
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


def _continuation(
    content: SheetContent, layout: Layout, say: Translator, rows: list[TableRow], notes: list[NoteLine]
) -> list[Page]:
    """Further pages with the rest of the table in columns, and of the notes after it."""
    pages: list[Page] = []
    blocks: list[Rect] = []

    def next_block() -> tuple[Page, Rect]:
        if not blocks:
            page = Page(layout.width, layout.height, str(len(pages) + 2))
            _head(page, layout, content, say)
            pages.append(page)
            blocks.extend(_blocks(layout))
        return pages[-1], blocks.pop(0)

    key = table_key(sheet_kind(content.kind).column)
    table = TABLES[key](content, say) if rows else None
    while rows and table is not None:
        page, box = next_block()
        fit = rows_that_fit(layout, box.height)
        here, rows = split_rows(rows, fit) if len(rows) > fit else (rows, [])
        draw_table(page, layout, say, table, box, here, continued=True)
    while notes:
        page, box = next_block()
        top = heading(page, layout, box, say(N_("Notes")), N_("notes"), say(N_("(continued)"))) + 0.3
        fit = int((top - box.y0) / layout.pitch)
        draw_note_lines(page, layout, box, top, notes[:fit])
        notes = notes[fit:]
    return pages


def _head(page: Page, layout: Layout, content: SheetContent, say: Translator) -> None:
    frames(page, layout)
    inner = layout.inner
    room = layout.title
    if layout.upright:
        page.rule([inner.x0, inner.x1], [layout.number.y0] * 2, 0.2)
    else:
        wide = layout.number.width
        room = Rect(inner.x0 + (wide if inner.width > 3 * wide else 0.0), room.y0, room.x1, room.y1)
    title(page, layout, content, room, say(N_(" (continued)")))
    page.rule([inner.x0, inner.x1], [layout.title.y0] * 2, 0.2)


def _blocks(layout: Layout) -> list[Rect]:
    inner = layout.inner
    body = Rect(inner.x0, inner.y0, inner.x1, layout.title.y0).inset(layout.pad + 1)
    most = _BLOCKS if layout.inner.width < 500 else 2 * _BLOCKS
    count = max(1, min(most, int((body.width + _BLOCK_GAP) / (_LEAST_BLOCK + _BLOCK_GAP))))
    wide = (body.width - _BLOCK_GAP * (count - 1)) / count
    starts = [body.x0 + i * (wide + _BLOCK_GAP) for i in range(count)]
    return [Rect(x, body.y0, x + wide, body.y1) for x in starts]
