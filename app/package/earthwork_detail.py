"""What stands on the squares of the grid method's drawing, and in tables where it finds no room there."""

from __future__ import annotations

from app.format import difference
from app.i18n import Translator
from app.package.content import SheetContent
from app.package.earthwork_layout import DETAILS, FULL, NUMBERS, Detail
from app.package.earthwork_table import grid_table, working
from app.package.fonts import plain, width_mm
from app.package.layout import layout_of
from app.package.table import SheetTable, TableRow
from gis.gridpieces import TURN
from models.earthwork import GridMethod, GridSquare, printed
from models.notices import N_

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like figures."""
_ROOM_MM = 1.6
"""That a square is wider than what stands in it, at least."""


def row_name(row: int) -> str:
    """Of the horizontal lines from the north: A to Z, then AA and so on."""
    words = ""
    row += 1
    while row:
        row, n = divmod(row - 1, len(_LETTERS))
        words = _LETTERS[n] + words
    return words


def corner_name(row: int, column: int) -> str:
    """Of a corner: the letter of its row and the number of its column, both of lines from the north-west."""
    return f"{row_name(row)}{column + 1}"


Corner = tuple[int, int, float, float, float]


def corners(grid: GridMethod) -> list[Corner]:
    """(row, column, ground, design, working height) of the corners inside the outline, from the north-west, each once.

    The working height is the difference of the two elevations as they are printed.
    """
    found: dict[tuple[int, int], Corner] = {}
    for s in grid.squares:
        for (a, b), ground, design in zip(TURN, s.ground_m, s.design_m, strict=True):
            place, height = (s.row + 1 - b, s.column + a), working(ground, design)
            if ground is not None and design is not None and height is not None:
                found.setdefault(place, (*place, ground, design, height))
    return [found[k] for k in sorted(found)]


def volume_words(square: GridSquare, decimals: int) -> list[str]:
    """What is filled and cut, those that are not zero; 0 for a square where both are."""
    fill, cut = printed((square.fill_m3, square.cut_m3), decimals)
    return [difference(v, decimals) for v in (fill, -cut) if v] or [difference(0.0, decimals)]


def drawn_detail(content: SheetContent) -> Detail:
    """Which texts the squares bear: what their width on paper is for, less where volumes are wider than they are."""
    detail = DETAILS.get(content.earthwork_detail, FULL)
    found = content.earthwork
    if found is None or not detail.volumes:
        return detail
    size = layout_of(content.paper, content.orientation).body_pt
    side, places = found.grid.side_m * 1000 / content.window.scale, found.grid.decimals
    widest = max(
        width_mm(plain(w), size, detail.elevations) for s in found.grid.squares for w in volume_words(s, places)
    )
    return detail if widest <= side - _ROOM_MM else NUMBERS


def earthwork_tables(content: SheetContent, say: Translator) -> list[SheetTable]:
    """The tables that say what the squares do not bear."""
    found, tables = content.earthwork, []
    if found is None:
        return []
    detail = drawn_detail(content)
    if not detail.elevations:
        tables.append(_corner_table(found.grid))
    if not detail.volumes:
        tables.append(_square_table(found.grid, say))
    return [t for t in tables if t.rows]


def _corner_table(grid: GridMethod) -> SheetTable:
    rows = [
        TableRow((corner_name(r, c), f"{ground:.2f}", f"{design:.2f}", difference(height, 2)))
        for r, c, ground, design, height in corners(grid)
    ]
    heads = (N_("corner"), N_("ground m"), N_("design m"), N_("working height m"))
    title, name = N_("Elevations at the corners"), N_("table of corners")
    return SheetTable(title, name, heads, (0.19, 0.27, 0.27, 0.27), rows, len(rows), "")


def _square_table(grid: GridMethod, say: Translator) -> SheetTable:
    rows = [TableRow((str(s.number), *_figures(s, grid.decimals))) for s in grid.squares]
    sums = grid_table(grid, say).totals[13:17]
    rows.append(TableRow((say(N_("sum")), *(f"{v:.{grid.decimals}f}" for v in sums if isinstance(v, float)))))
    heads = (N_("square"), N_("fill m²"), N_("cut m²"), N_("fill m³"), N_("cut m³"))
    title, name = N_("Areas and volumes of the squares"), N_("table of squares")
    return SheetTable(title, name, heads, (0.16, 0.21, 0.21, 0.21, 0.21), rows, len(rows), "")


def _figures(square: GridSquare, places: int) -> list[str]:
    values = (square.fill_area_m2, square.cut_area_m2, square.fill_m3, square.cut_m3)
    return [f"{v:.{places}f}" for v in printed(values, places)]
