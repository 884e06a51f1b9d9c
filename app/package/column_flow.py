"""Panels in several columns below the map of an upright sheet: each in the first column with room for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.package.fonts import wrap
from app.package.layout import Layout
from app.package.panel import Column, head_height
from app.package.panels import PANELS, NoteLine, draw_notes, note_lines, whole_notes
from app.package.shapes import Rect
from app.package.table import (
    TABLES,
    SheetTable,
    TableRow,
    draw_table,
    rows_that_fit,
    split_rows,
    table_height,
    table_key,
)
from models.errors import Refused
from models.notices import N_

NOTES = "notes"
_LEAST_ROWS = 4


@dataclass
class _Block:
    """A column's place; `y` is where its next panel begins."""

    box: Rect
    y: float

    @property
    def room(self) -> float:
        return self.y - self.box.y0

    def take(self, height: float, gap: float) -> Rect:
        place = Rect(self.box.x0, self.y - height, self.box.x1, self.y)
        self.y -= height + gap
        return place


def table_elsewhere(column: Column, box: Rect, table: SheetTable) -> None:
    """Lines in the table's place: on which sheet it stands."""
    y = box.y1 - column.layout.pitch / 2
    for line in elsewhere_lines(column, box.width, table):
        column.page.text(box.x0, y, line, table.name, size=column.layout.body_pt, room=box)
        y -= column.layout.pitch


def elsewhere_lines(column: Column, width: float, table: SheetTable) -> list[str]:
    """What stands in the place of a table that is on another sheet."""
    words = column.say(N_("{table}: sheet {index}")).format(table=column.say(table.title), index=2)
    return wrap(table.stands or words, width, column.layout.body_pt)


def fill_columns(column: Column, keys: Sequence[str]) -> tuple[list[TableRow], list[NoteLine]]:
    """Draw the panels; what of table and notes finds no room is returned for further sheets.

    Raises Refused where a panel that cannot go on elsewhere is higher than a column's room.
    """
    layout = column.layout
    blocks = [_Block(c.inset(layout.pad), c.y1 - layout.pad) for c in layout.columns]
    width = blocks[0].box.width
    table = table_key(keys)
    for key, n, height in _assigned(column, [k for k in keys if k not in {table, NOTES}], blocks, width):
        PANELS[key].draw(column, blocks[n].take(height, layout.gap))
    made = TABLES[table](column.content, column.say) if table else None
    lines = note_lines(column, width) if NOTES in keys else []
    if made is not None and made.stands and not _whole(layout, [b.room for b in blocks], len(made.rows), len(lines)):
        widest = max(blocks, key=lambda b: b.room)
        said = len(elsewhere_lines(column, width, made)) * layout.pitch
        if widest.room >= said:
            table_elsewhere(column, widest.take(said, layout.gap), made)
            made = None
    if lines:
        # Lines must be left to say where the table stands, should it find no room.
        said = len(elsewhere_lines(column, width, made)) * layout.pitch + layout.gap if made else 0.0
        lines = _notes(column, blocks, lines, spare=said)
    return _table(column, blocks, made) if made else [], lines


def _whole(layout: Layout, rooms: list[float], rows: int, lines: int) -> bool:
    """True if all lines of the notes and all rows of a table find room in columns of these heights."""
    if lines:
        need = head_height(layout) + 0.4 + lines * layout.pitch
        fitting = [i for i, room in enumerate(rooms) if room >= need]
        if not fitting:
            return False
        rooms[min(fitting, key=rooms.__getitem__)] -= need + layout.gap
    least = table_height(layout, min(rows, _LEAST_ROWS))
    return sum(rows_that_fit(layout, room) - 1 for room in rooms if room >= least) >= rows


def _assigned(column: Column, keys: list[str], blocks: list[_Block], width: float) -> list[tuple[str, int, float]]:
    """(panel, column, height) of each; what can shrink shrinks, or is left out, where the others need its room."""
    heights = {k: PANELS[k].height(column, width) for k in keys}
    heights = {k: h for k, h in heights.items() if h > 0}
    small = {k: min(h, PANELS[k].least or h) for k, h in heights.items()}
    needed = {k: h for k, h in heights.items() if PANELS[k].least is None}
    for wish in (heights, small, needed):
        found = _fit(wish, [b.room for b in blocks], column.layout.gap)
        if found is not None:
            return found
    raise Refused(
        "sheet.column_full",
        N_("the column of the sheet is too short for what must stand in it"),
        where=column.content.site_code,
        advice=N_("choose a larger paper"),
    )


def _fit(heights: dict[str, float], rooms: list[float], gap: float) -> list[tuple[str, int, float]] | None:
    """Each panel in the first column with room for it; None if one finds none."""
    left, found = list(rooms), []
    for key, height in heights.items():
        n = next((i for i, room in enumerate(left) if room >= height), None)
        if n is None:
            return None
        left[n] -= height + gap
        found.append((key, n, height))
    return found


def _notes(column: Column, blocks: list[_Block], lines: list[NoteLine], *, spare: float) -> list[NoteLine]:
    """In the smallest room that holds all, else as many as the largest holds; returns the others."""
    layout = column.layout
    head = head_height(layout) + 0.4
    need = head + len(lines) * layout.pitch
    fitting = [b for b in blocks[::-1] if b.room >= need]
    block = min(fitting, key=lambda b: b.room) if fitting else max(blocks, key=lambda b: b.room)
    kept = len(lines) if fitting else int((block.room - head - spare) / layout.pitch) - 1
    kept = whole_notes(lines, kept)
    if not kept:
        return lines
    height = head + (kept + (kept < len(lines))) * layout.pitch
    draw_notes(column, block.take(height, layout.gap), lines[:kept], more=kept < len(lines))
    return lines[kept:]


def _table(column: Column, blocks: list[_Block], table: SheetTable) -> list[TableRow]:
    """Through the columns that have room for some rows; the last line says where the rest is."""
    layout, say, begun, rows = column.layout, column.say, False, table.rows
    places = [b for b in blocks if b.room >= table_height(layout, min(len(rows), _LEAST_ROWS))]
    widest = max(blocks, key=lambda b: b.room)
    said = len(elsewhere_lines(column, widest.box.width, table)) * layout.pitch
    if not places and widest.room >= said:
        table_elsewhere(column, widest.take(said, 0.0), table)
    for i, block in enumerate(places):
        fit, more = rows_that_fit(layout, block.room), ""
        here, rows = rows, rows[:0]
        if len(here) > fit:
            last = i == len(places) - 1
            here, rows = split_rows(here, fit - 1 if last else fit)
            if last:
                more = say(table.total).format(index=2, n=table.count)
        place = Rect(block.box.x0, block.box.y0, block.box.x1, block.y)
        block.y = draw_table(column.page, layout, say, table, place, here, continued=begun, more=more)
        begun = True
        if not rows:
            break
    return rows
