"""The table of boundary points: as much of it as the column takes, the rest on pages of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.i18n import Translator
from app.package.boundary import BoundaryPoint
from app.package.content import SheetContent
from app.package.layout import Layout
from app.package.page import Page
from app.package.panel import head_height, heading
from app.package.shapes import Rect
from models.notices import N_

ROW_MM = 3.9
_LINE = 0.1
# Shares of the table's width: number, X, Y, side.
_SHARES = (0.15, 0.29, 0.33, 0.23)


@dataclass(frozen=True)
class TableRow:
    """A point, or the heading of a ring (`words`) where an outline has several."""

    point: BoundaryPoint | None
    words: str = ""


def table_rows(content: SheetContent, say: Translator) -> list[TableRow]:
    """All rows of the table; rings are headed where there is more than one."""
    points = content.points
    several = len({(p.part, p.ring) for p in points}) > 1
    many_parts = len({p.part for p in points}) > 1
    rows: list[TableRow] = []
    last: tuple[int, int] | None = None
    for point in points:
        if several and (point.part, point.ring) != last:
            last = (point.part, point.ring)
            ring = say(N_("outer ring")) if point.ring == 1 else say(N_("inner ring {n}")).format(n=point.ring - 1)
            part = say(N_("part {n}, ")).format(n=point.part) if many_parts else ""
            rows.append(TableRow(None, part + ring))
        rows.append(TableRow(point))
    return rows


def table_height(layout: Layout, rows: int) -> float:
    """Height of a table with heading, column heads and so many rows, mm."""
    return head_height(layout) + (rows + 1) * ROW_MM + 0.9


def rows_that_fit(layout: Layout, height: float) -> int:
    """How many rows a table of that height has."""
    return max(0, int((height - head_height(layout) - 0.9) / ROW_MM + 1e-6) - 1)


def draw_table(
    page: Page,
    layout: Layout,
    say: Translator,
    content: SheetContent,
    box: Rect,
    rows: Sequence[TableRow],
    *,
    continued: bool = False,
    more: str = "",
) -> float:
    """Rows from the top of `box`; `more` is a last line that says where the table goes on. Returns the y below it."""
    words = say(N_("Boundary points, m"))
    y = heading(page, layout, box, words, N_("table of boundary points"), say(N_("(continued)")) if continued else "")
    x = [box.x0]
    for share in _SHARES:
        x.append(x[-1] + share * box.width)
    top = y + 0.9
    name, size = N_("table of boundary points"), layout.body_pt
    heads = (N_("point"), N_("X (north)"), N_("Y (east)"), N_("side"))
    for i, head in enumerate(heads):
        room = Rect(x[i], top - ROW_MM, x[i + 1], top)
        page.text(
            (x[i] + x[i + 1]) / 2, top - ROW_MM / 2, say(head), name, size=size, room=room, ha="center", bold=True
        )
    y = top - ROW_MM
    page.rule([box.x0, box.x1], [y, y], _LINE)
    lines = []
    for row in rows:
        _row(page, content, row, x, y, name, size)
        y -= ROW_MM
        lines.append(np.array([[box.x0, y], [box.x1, y]]))
    if more:
        page.text((box.x0 + box.x1) / 2, y - ROW_MM / 2, more, name, size=size, room=box, ha="center", color="#475467")
        y -= ROW_MM
        lines.append(np.array([[box.x0, y], [box.x1, y]]))
    page.rule_lines(lines, _LINE, color="#98A2B3")
    return y


def _row(page: Page, content: SheetContent, row: TableRow, x: list[float], y: float, name: str, size: float) -> None:
    middle = y - ROW_MM / 2
    whole = Rect(x[0], y - ROW_MM, x[-1], y)
    if row.point is None:
        page.text((x[0] + x[-1]) / 2, middle, row.words, name, size=size, room=whole, ha="center", color="#475467")
        return
    p = row.point
    # Coordinates without thousands spaces: they are typed and pasted into other programs.
    cells = (p.number, f"{p.x_north:.3f}", f"{content.crs.east(p.y_east):.3f}", f"{p.side_m:.2f}")
    for i, words in enumerate(cells):
        room = Rect(x[i], y - ROW_MM, x[i + 1], y)
        if i == 0:
            page.text((x[0] + x[1]) / 2, middle, words, name, size=size, room=room, ha="center")
        else:
            page.text(x[i + 1] - 1.2, middle, words, name, size=size, room=room, ha="right")
