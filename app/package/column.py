"""The column at the right of a sheet: what stands there and how high, and what goes on to further sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.package.column_flow import NOTES, elsewhere_lines, fill_columns, table_elsewhere
from app.package.panel import Column
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

_LEAST_ROWS = 5


@dataclass
class _Plan:
    """Heights in mm of the panels that stand in the column, from above; `table_mm` is what is left for the table."""

    shown: list[str]
    heights: dict[str, float]
    least: float
    """Of the table."""
    kept: int
    """Lines of the notes that stand here."""
    moved: bool = False
    """True if the table stands on the next sheet as a whole."""
    room: float = 0.0
    gap: float = 0.0
    table_mm: float = field(default=0.0, init=False)

    def over(self) -> float:
        """How much too high the column is."""
        return self.used() + self.least - self.room

    def used(self) -> float:
        """Height of all but the table."""
        return sum(self.heights.values()) + self.gap * (len(self.shown) - 1)


def fill_column(column: Column, keys: Sequence[str]) -> tuple[list[TableRow], list[NoteLine]]:
    """Draw the column's panels; what of table and notes finds no room is returned for further sheets.

    Raises Refused where even the panels that cannot go on elsewhere find no room.
    """
    layout, say = column.layout, column.say
    if len(layout.columns) > 1:
        return fill_columns(column, keys)
    box = layout.columns[0].inset(layout.pad)
    table = table_key(keys)
    made = TABLES[table](column.content, say) if table else None
    lines = note_lines(column, box.width)
    plan = _plan(column, keys, box, made, len(lines))
    plan.kept = whole_notes(lines, plan.kept)
    y, left = box.y1, made.rows if made else []
    for key in plan.shown:
        if key == table and made is not None and plan.moved:
            table_elsewhere(column, Rect(box.x0, box.y0, box.x1, y), made)
            y -= plan.least
            left = [] if made.stands else left
        elif key == table:
            left, y = _table(column, key, box, y, plan.table_mm)
        else:
            place = Rect(box.x0, y - plan.heights[key], box.x1, y)
            if key == NOTES:
                draw_notes(column, place, lines[: plan.kept], more=plan.kept < len(lines))
            else:
                PANELS[key].draw(column, place)
            y = place.y0
        y -= layout.gap
    return left, lines[plan.kept :] if NOTES in plan.shown else []


def _plan(column: Column, keys: Sequence[str], box: Rect, made: SheetTable | None, lines: int) -> _Plan:
    layout, rows = column.layout, made.rows if made else []
    elsewhere = len(elsewhere_lines(column, box.width, made)) * layout.pitch + 1.0 if made else 0.0
    heights = {k: PANELS[k].height(column, box.width) for k in keys if k in PANELS}
    heights = {k: h for k, h in heights.items() if h > 0}
    table = table_key(keys)
    shown = [k for k in keys if k in heights or k == table]
    least = table_height(layout, min(len(rows), _LEAST_ROWS)) if table else 0.0
    plan = _Plan(shown, heights, least, lines, room=box.height, gap=layout.gap)
    if made is not None and made.stands:  # whole, or not at all
        spare = sum(heights[k] - (_smallest(k) or 0.0) for k in heights if _smallest(k) is not None)
        plan.least = table_height(layout, len(rows))
        if plan.over() > spare:
            plan.least, plan.moved = elsewhere, True
    _shrink(plan)
    if plan.over() > 0 and NOTES in heights:  # the notes go on on the next sheet
        plan.kept = max(0, lines - 1 - int(plan.over() / layout.pitch + 0.999))
        heights[NOTES] -= (lines - plan.kept - 1) * layout.pitch
    for key in [k for k in shown if _smallest(k) is not None]:  # small paper does without
        if plan.over() > 0:
            del heights[key]
            shown.remove(key)
    if plan.over() > 0 and plan.least:
        plan.least, plan.moved = elsewhere, True
    if NOTES in heights and plan.kept < lines:  # what was left out or moved may have made room for more of them
        more = min(int(-plan.over() / layout.pitch + 1e-6), lines - plan.kept - 1)
        if more > 0:
            plan.kept += more
            heights[NOTES] += more * layout.pitch
    if plan.over() > 1e-6:
        raise Refused(
            "sheet.column_full",
            N_("the column of the sheet is too short for what must stand in it"),
            where=column.content.site_code,
            advice=N_("choose a larger paper"),
        )
    plan.table_mm = plan.room - plan.used()
    short = table_height(layout, len(rows)) - plan.table_mm if plan.least and not plan.moved else 0.0
    spare = sum(heights[k] - (_smallest(k) or 0.0) for k in heights if _smallest(k) is not None)
    if 0 < short <= spare:  # a smaller locator is a fair price for a table that is whole
        plan.least = plan.table_mm + short
        _shrink(plan)
        plan.table_mm = plan.room - plan.used()
    return plan


def _smallest(key: str) -> float | None:
    return PANELS[key].least if key in PANELS else None


def _shrink(plan: _Plan) -> None:
    for key in plan.heights:
        small = _smallest(key)
        if small is not None and plan.over() > 0:
            plan.heights[key] = max(small, plan.heights[key] - plan.over())


def _table(column: Column, key: str, box: Rect, y: float, height: float) -> tuple[list[TableRow], float]:
    layout, say = column.layout, column.say
    table = TABLES[key](column.content, say)
    fit = rows_that_fit(layout, height)
    here, left, more = table.rows, table.rows[:0], ""
    if len(here) > fit:
        here, left = split_rows(here, fit - 1)
        more = say(table.total).format(index=2, n=table.count)
    below = draw_table(column.page, layout, say, table, Rect(box.x0, y - height, box.x1, y), here, more=more)
    return left, below


__all__ = ["NoteLine", "fill_column", "split_rows"]
