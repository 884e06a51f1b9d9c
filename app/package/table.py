"""Tables of a sheet that go on over several pages: boundary points, sites, monitoring points; one definition a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.i18n import Translator
from app.package.content import SheetContent
from app.package.fonts import plain, shorten, width_mm
from app.package.layout import Layout, layout_of
from app.package.page import Page
from app.package.panel import head_height, heading
from app.package.shapes import Rect
from models.notices import N_

ROW_MM = 3.9
_LINE = 0.1
_PAD = 1.2
_GREY = "#475467"


@dataclass(frozen=True)
class TableRow:
    """The cells of a row, or the heading of a group (`words`) over the whole width."""

    cells: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True)
class SheetTable:
    """A table: heading, what an error calls it, column heads (msgids), their shares of the width, its rows.

    `left` columns are texts from the left, shortened to their room; `middle` ones are centred; others end at the right.
    """

    title: str
    name: str
    heads: tuple[str, ...]
    shares: tuple[float, ...]
    rows: list[TableRow]
    count: int
    total: str
    """"({n} points in all)" and the like, where it goes on."""
    left: tuple[int, ...] = ()
    middle: tuple[int, ...] = (0,)
    stands: str = ""
    """Of a table that is whole on another sheet: what is said where it finds no room here. "": it goes on."""


def boundary_table(content: SheetContent, say: Translator) -> SheetTable:
    """All boundary points; rings are headed where there is more than one."""
    points = content.points
    several = len({(p.part, p.ring) for p in points}) > 1
    many_parts = len({p.part for p in points}) > 1
    rows: list[TableRow] = []
    last: tuple[int, int] | None = None
    for p in points:
        if several and (p.part, p.ring) != last:
            last = (p.part, p.ring)
            ring = say(N_("outer ring")) if p.ring == 1 else say(N_("inner ring {n}")).format(n=p.ring - 1)
            part = say(N_("part {n}, ")).format(n=p.part) if many_parts else ""
            rows.append(TableRow((), part + ring))
        # Coordinates without thousands spaces: they are typed and pasted into other programs.
        east = f"{content.crs.east(p.y_east):.3f}"
        rows.append(TableRow((p.number, f"{p.x_north:.3f}", east, f"{p.side_m:.2f}")))
    return SheetTable(
        N_("Boundary points, m"),
        N_("table of boundary points"),
        (N_("point"), N_("X (north)"), N_("Y (east)"), N_("side")),
        (0.15, 0.29, 0.33, 0.23),
        rows,
        len(points),
        N_("continued on sheet {index} ({n} points in all)"),
    )


def boundary_brief(content: SheetContent, say: Translator) -> SheetTable:
    """The boundary points where all of them find room; else a line names the sheet that has them.

    The same two hundred rows on four sheets of a site would help nobody, and hide what is new on each.
    """
    of_kind, title = content.points_sheet
    if not title:
        return boundary_table(content, say)
    number = "-".join(w for w in (plain(content.site_code), of_kind) if w)
    words = say(N_("{n} boundary points: see sheet No. {number} ({kind})"))
    table = boundary_table(content, say)
    return replace(table, stands=words.format(n=table.count, number=number, kind=title))


def station_table(content: SheetContent, say: Translator) -> SheetTable:
    """The monitoring points on the map."""
    rows = [
        TableRow((s.code, say(s.kind), f"{s.y:.2f}", f"{content.crs.east(s.x):.2f}")) for s in content.stations
    ] or [TableRow((), say(N_("no monitoring points in the project")))]
    return SheetTable(
        N_("Monitoring points, m"),
        N_("table of monitoring points"),
        (N_("point"), N_("kind"), N_("X (north)"), N_("Y (east)")),
        (0.19, 0.25, 0.27, 0.29),
        rows,
        len(content.stations),
        N_("continued on sheet {index} ({n} points in all)"),
        left=(0, 1),
        middle=(),
    )


def site_table(content: SheetContent, say: Translator) -> SheetTable:
    """All sites of an overview, by district."""
    from app.package.overview import site_rows

    rows = [TableRow(cells, words) for cells, words in site_rows(content, say)]
    code = _code_share(content)
    return SheetTable(
        N_("Sites"),
        N_("table of sites"),
        (N_("code"), N_("name"), N_("status"), N_("10⁴ m³"), N_("10⁴ t")),
        (code, 0.5 - code, 0.2, 0.15, 0.15) if say.language == "zh_CN" else (code, 0.41 - code, 0.3, 0.145, 0.145),
        rows,
        sum(bool(r.cells) for r in rows),
        N_("continued on sheet {index} ({n} sites in all)"),
        left=(0, 1, 2),
        middle=(),
    )


def _code_share(content: SheetContent) -> float:
    """Share of the width for codes: they tell sites apart, so they are shortened after the names."""
    layout = layout_of(content.paper, content.orientation)
    room = layout.columns[0].inset(layout.pad).width
    longest = max((width_mm(plain(s.code), layout.body_pt) for s in content.inventory), default=0.0)
    return min(max((longest + 1.2) / room, 0.14), 0.3)


BOUNDARY_TABLES = ("boundary_table", "boundary_brief")
"""Of boundary points: the one that goes on over further pages first."""
TABLES: dict[str, Callable[[SheetContent, Translator], SheetTable]] = {
    "boundary_table": boundary_table,
    "boundary_brief": boundary_brief,
    "station_table": station_table,
    "site_table": site_table,
}


def table_key(keys: Sequence[str]) -> str:
    """The panel of a column that is such a table, "" if there is none."""
    return next((k for k in keys if k in TABLES), "")


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
    table: SheetTable,
    box: Rect,
    rows: Sequence[TableRow],
    *,
    continued: bool = False,
    more: str = "",
) -> float:
    """Rows from the top of `box`; `more` is a last line that says where the table goes on. Returns the y below it."""
    y = heading(page, layout, box, say(table.title), table.name, say(N_("(continued)")) if continued else "")
    x = [box.x0]
    for share in table.shares:
        x.append(x[-1] + share * box.width)
    top, size = y + 0.9, layout.body_pt
    for i, head in enumerate(table.heads):
        room = Rect(x[i], top - ROW_MM, x[i + 1], top)
        words = shorten(say(head), room.width - 0.6, size, True)
        at = x[i] + 0.3 if i in table.left else (x[i] + x[i + 1]) / 2
        ha = "left" if i in table.left else "center"
        page.text(at, top - ROW_MM / 2, words, table.name, size=size, room=room, ha=ha, bold=True)  # type: ignore[arg-type]
    y = top - ROW_MM
    page.rule([box.x0, box.x1], [y, y], _LINE)
    lines = []
    for row in rows:
        _row(page, table, row, x, y, size)
        y -= ROW_MM
        lines.append(np.array([[box.x0, y], [box.x1, y]]))
    if more:
        middle = (box.x0 + box.x1) / 2
        page.text(middle, y - ROW_MM / 2, more, table.name, size=size, room=box, ha="center", color=_GREY)
        y -= ROW_MM
        lines.append(np.array([[box.x0, y], [box.x1, y]]))
    page.rule_lines(lines, _LINE, color="#98A2B3")
    return y


def _row(page: Page, table: SheetTable, row: TableRow, x: list[float], y: float, size: float) -> None:
    middle = y - ROW_MM / 2
    if row.words:
        whole = Rect(x[0], y - ROW_MM, x[-1], y)
        words = shorten(plain(row.words), whole.width - 2, size)
        page.text((x[0] + x[-1]) / 2, middle, words, table.name, size=size, room=whole, ha="center", color=_GREY)
        return
    for i, words in enumerate(row.cells):
        room = Rect(x[i], y - ROW_MM, x[i + 1], y)
        if i in table.left:
            fitted = shorten(plain(words), room.width - 0.6, size)
            page.text(x[i] + 0.3, middle, fitted, table.name, size=size, room=room)
        elif i in table.middle:
            page.text((x[i] + x[i + 1]) / 2, middle, words, table.name, size=size, room=room, ha="center")
        else:
            page.text(x[i + 1] - _PAD, middle, words, table.name, size=size, room=room, ha="right")


def split_rows(rows: list[TableRow], count: int) -> tuple[list[TableRow], list[TableRow]]:
    """The first rows and the rest, a group's heading never left alone at the end."""
    if count > 0 and rows[count - 1].words:
        count -= 1
    return rows[:count], rows[count:]
