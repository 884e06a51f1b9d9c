"""The further pages of a sheet: what found no room on the first, with the same frame, systems and sign-off block.

Room that is left beside a table of boundary points takes a map of the points, so that the table can be read on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.i18n import Translator
from app.package.canvas import MapDraw
from app.package.content import SheetContent
from app.package.earthwork_detail import earthwork_tables
from app.package.fonts import plain, wrap
from app.package.furniture import frames, sign_off, title
from app.package.labels import Room
from app.package.layout import Layout
from app.package.mapframe import scale_words
from app.package.mapparts import MAP_PARTS
from app.package.page import Page
from app.package.panel import RULE_MM, head_height, heading
from app.package.panels import NoteLine, draw_note_lines
from app.package.scale import choose_window
from app.package.section_layout import ALONG
from app.package.shapes import Rect
from app.package.table import (
    BOUNDARY_TABLES,
    TABLES,
    SheetTable,
    TableRow,
    draw_table,
    rows_that_fit,
    split_rows,
    table_key,
)
from app.package.template import sheet_kind
from models.errors import Refused
from models.notices import N_

_BLOCKS = 4
_BLOCK_GAP = 4.0
_LEAST_BLOCK = 80.0
_MAP_PARTS = ("site", "boundary_points")
_MAP_MARGIN = 12.0
_LEAST_BELOW = 6
"""Rows of a table that begins below another one."""
_LEAST_MAP, _LEAST_HIGH = 70.0, 52.0


@dataclass
class _Pages:
    """The pages and the columns that are still empty on the last of them."""

    content: SheetContent
    layout: Layout
    say: Translator
    systems: Sequence[str]
    pages: list[Page] = field(default_factory=list)
    blocks: list[Rect] = field(default_factory=list)

    def next_block(self) -> tuple[Page, Rect]:
        if not self.blocks:
            page = Page(self.layout.width, self.layout.height, str(len(self.pages) + 2))
            self._head(page)
            self.pages.append(page)
            self.blocks.extend(_blocks(self.layout))
        return self.pages[-1], self.blocks.pop(0)

    def _head(self, page: Page) -> None:
        layout, inner = self.layout, self.layout.inner
        frames(page, layout)
        room = layout.title
        if layout.upright:
            page.rule([inner.x0, inner.x1], [layout.number.y0] * 2, 0.2)
        else:
            wide = layout.number.width
            room = Rect(inner.x0 + (wide if inner.width > 3 * wide else 0.0), room.y0, room.x1, room.y1)
        title(page, layout, self.content, room, self.say(N_(" (continued)")))
        page.rule([inner.x0, inner.x1], [layout.title.y0] * 2, 0.2)
        page.rule([inner.x0, inner.x1], [layout.strip.y1] * 2, 0.2)
        sign_off(page, layout, self.content, self.say)
        self._systems(page)

    def _systems(self, page: Page) -> None:
        """Coordinate system and height datum, where the first page has its scale bar."""
        layout = self.layout
        box, size = layout.bar.inset(layout.pad), layout.body_pt
        lines = [line for note in self.systems for line in wrap(plain(note), box.width, size)]
        y = box.y1 - layout.pitch / 2
        for line in lines[: int(box.height / layout.pitch)]:
            page.text(box.x0, y, line, N_("notes"), size=size, room=box)
            y -= layout.pitch


def continuation(
    content: SheetContent,
    layout: Layout,
    say: Translator,
    rows: list[TableRow],
    notes: list[NoteLine],
    systems: Sequence[str],
) -> list[Page]:
    """Further pages with the rest of the table in columns, and of the notes after it; [] where nothing is left.

    `systems` are the notes on coordinates and heights, which every page with coordinates bears.
    """
    made = _Pages(content, layout, say, systems)
    key = table_key(sheet_kind(content.kind).column)
    table = TABLES[key](content, say) if rows else None
    tables = [(table, rows, True)] if table is not None else []
    tables += [(t, t.rows, False) for t in earthwork_tables(content, say)]
    below: Rect | None = None  # the last table, in its last column
    for each, left, continued in tables:
        below = _flow(made, each, left, below, continued=continued)
    while notes:
        if below is not None and below.height >= head_height(layout) + 0.3 + (len(notes) + 1) * layout.pitch:
            page, box = made.pages[-1], below  # what is left of the notes stands below the table
        else:
            page, box = made.next_block()
        below = None
        top = heading(page, layout, box, say(N_("Notes")), N_("notes"), say(N_("(continued)"))) + 0.3
        fit = int((top - box.y0) / layout.pitch)
        draw_note_lines(page, layout, box, top, notes[:fit])
        notes = notes[fit:]
    if key in BOUNDARY_TABLES and table is not None:
        first, last = (made.blocks[0], made.blocks[-1]) if made.blocks else (below, below)
        if first is not None and last is not None:
            point_map(made.pages[-1], content, layout, say, Rect(first.x0, first.y0, last.x1, first.y1))
    return made.pages


def _flow(made: _Pages, table: SheetTable, rows: list[TableRow], below: Rect | None, *, continued: bool) -> Rect | None:
    """A table in columns, the first of them below another table where some rows find room; what is left below it."""
    layout = made.layout
    while rows:
        if below is not None and rows_that_fit(layout, below.height) >= min(len(rows), _LEAST_BELOW):
            page, box = made.pages[-1], below
        else:
            page, box = made.next_block()
        fit = rows_that_fit(layout, box.height)
        here, rows = split_rows(rows, fit) if len(rows) > fit else (rows, [])
        y = draw_table(page, layout, made.say, table, box, here, continued=continued)
        below, continued = Rect(box.x0, box.y0, box.x1, y - 3.0), True
    return below


def point_map(page: Page, content: SheetContent, layout: Layout, say: Translator, box: Rect) -> bool:
    """The outline with its numbered points at a round scale of its own; False where there is no room for one."""
    if box.width < _LEAST_MAP or box.height < _LEAST_HIGH:
        return False
    frame = Rect(box.x0, box.y0, box.x1, box.y1 - layout.pitch - 1.6)
    try:
        window = choose_window(content.outline.bounds, frame, ALONG, margin_mm=_MAP_MARGIN)
    except Refused:
        return False
    words = say(N_("Map of the boundary points, {scale}")).format(scale=scale_words(window.scale))
    heading(page, layout, box, words, N_("map of the boundary points"))
    page.frame(frame, RULE_MM)
    draw = MapDraw(page, replace(content, window=window), layout, say, Room(frame), parts=_MAP_PARTS)
    for part in _MAP_PARTS:
        MAP_PARTS[part](draw)
    return True


def _blocks(layout: Layout) -> list[Rect]:
    inner = layout.inner
    body = Rect(inner.x0, layout.strip.y1, inner.x1, layout.title.y0).inset(layout.pad + 1)
    most = _BLOCKS if layout.inner.width < 500 else 2 * _BLOCKS
    count = max(1, min(most, int((body.width + _BLOCK_GAP) / (_LEAST_BLOCK + _BLOCK_GAP))))
    wide = (body.width - _BLOCK_GAP * (count - 1)) / count
    starts = [body.x0 + i * (wide + _BLOCK_GAP) for i in range(count)]
    return [Rect(x, body.y0, x + wide, body.y1) for x in starts]
