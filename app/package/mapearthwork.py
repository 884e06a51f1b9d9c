"""The grid of squares on a map: corner elevations, zero line, tints of fill and cut, volumes and their column totals.

The layout at a corner is that of GB/T 50103-2010 总图制图标准, sign 方格网交叉点标高: working height upper left, design
elevation upper right, ground elevation lower right, + for fill and − for cut; the zero line is dash-dotted there
(recalled, the text was not at hand; the sign convention is also that of the textbooks on 场地平整).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.format import difference
from app.package.canvas import MapDraw, fill_area
from app.package.earthwork_detail import corners, drawn_detail, row_name, volume_words
from app.package.earthwork_layout import BAND_MM, LEFT_MM, RIGHT_MM, Detail, drawn_over
from app.package.fonts import plain, shorten, width_mm
from app.package.shapes import Rect, text_shape
from gis.gridpieces import TURN
from layers.style import FillStyle, LayerStyle, LineStyle
from models.earthwork import Earthwork, GridSquare, total
from models.notices import N_, Notice

SQUARES = LineStyle("#475467", 0.13)
ZERO_LINE = LineStyle("#1F2933", 0.45, (4.0, 0.9, 0.5, 0.9))
FILL = FillStyle("#C6DBEF", 0.75)
CUT = FillStyle("#FDD0C4", 0.8, "diagonal")
_EDGE = LineStyle("#98A2B3", 0.1)
_CUT_LINE = LineStyle("#E0A08E", 0.1)
_ROW_MM = 5.0
_GREY = "#667085"


def earthwork_tint(draw: MapDraw) -> None:
    """Where is filled and where is cut."""
    found = draw.content.earthwork
    if found is None:
        return
    for shape, fill, line, key, words in (
        (found.grid.fill_shape, FILL, _EDGE, "earthwork_fill", N_("fill (+)")),
        (found.grid.cut_shape, CUT, _CUT_LINE, "earthwork_cut", N_("cut (−)")),
    ):
        area = draw.visible(shape)
        if area.area > 0.05:
            fill_area(draw.page, area, fill, line, z=3, clip=draw.rect)
            draw.explain(key, draw.say(words), "area", LayerStyle(line, fill))


def earthwork(draw: MapDraw) -> None:
    """Squares, zero line, texts of corners and squares, column totals: as many texts as the squares have room for."""
    found = draw.content.earthwork
    if found is None:
        return
    detail = drawn_detail(draw.content)
    _lines(draw, found)
    _zero_line(draw, found.grid.zero_line)
    if not detail.elevations:
        _names(draw, found, detail)
    if detail.working:
        _corners(draw, found, detail)
    draw.room.take(draw.visible(draw.content.outline))  # no text of another part over the squares
    for square in found.grid.squares:
        _square(draw, found.grid.side_m, square, found.grid.decimals, detail)
    if detail.volumes:
        _totals(draw, found)
    _code(draw, found)


def _page(draw: MapDraw, x: float, y: float) -> tuple[float, float]:
    px, py = draw.window.xy(x, y)
    return float(px), float(py)


def _lines(draw: MapDraw, found: Earthwork) -> None:
    edges: set[tuple[tuple[float, float], tuple[float, float]]] = set()
    for s in found.grid.squares:
        corner = [_page(draw, s.x_m + a * found.grid.side_m, s.y_m + b * found.grid.side_m) for a, b in TURN]
        rounded = [(round(x, 4), round(y, 4)) for x, y in corner]
        for a, b in zip(rounded, rounded[1:] + rounded[:1], strict=True):
            edges.add((min(a, b), max(a, b)))
    draw.page.lines([np.array(e) for e in sorted(edges)], SQUARES.width_mm, color=SQUARES.color, z=8, clip=draw.rect)
    words = draw.say(N_("squares of {side} m")).format(side=f"{found.grid.side_m:g}")
    draw.explain("squares", words, "line", LayerStyle(SQUARES))


def _zero_line(draw: MapDraw, line: BaseGeometry) -> None:
    parts = [
        np.asarray(p.coords)
        for p in shapely.get_parts(draw.visible(line))
        if p.geom_type == "LineString" and p.length > 0.3
    ]
    if parts:
        draw.page.lines(parts, ZERO_LINE.width_mm, color=ZERO_LINE.color, dash=ZERO_LINE.dash_mm, z=14, clip=draw.rect)
        draw.explain("zero_line", draw.say(N_("zero line")), "line", LayerStyle(ZERO_LINE))


def _north_west(found: Earthwork) -> tuple[float, float]:
    """The corner from which rows and columns count, m."""
    first = found.grid.squares[0]
    side = found.grid.side_m
    return first.x_m - first.column * side, first.y_m + (first.row + 1) * side


def _names(draw: MapDraw, found: Earthwork, detail: Detail) -> None:
    """Letters of the rows' lines and numbers of the columns' lines, by which the tables name the corners."""
    grid, size = found.grid, draw.layout.body_pt
    x0, top = _page(draw, *_north_west(found))
    step, name = grid.side_m * 1000 / draw.window.scale, N_("name of a line of the squares")
    left, above = (11.0, 5.2) if detail.working else (2.0, 2.4)
    for n in range(grid.columns + 1):
        _named(draw, x0 + n * step, top + above, str(n + 1), name, size, "center")
    for n in range(grid.rows + 1):
        _named(draw, x0 - left, top - n * step, row_name(n), name, size, "right")
    text = N_(
        "a corner is named by the letter of its row's line and the number of its column's line; what does not stand on "
        "the drawing is in the tables on the further pages"
    )
    draw.remarks.append(Notice("sheet.corner_names", text))


def _named(
    draw: MapDraw, x: float, y: float, words: str, name: str, size: float, ha: Literal["center", "right"]
) -> None:
    placed = draw.page.text(x, y, words, name, size=size, room=draw.rect, ha=ha, color=_GREY)
    if placed is not None:
        draw.room.take(placed.shape)


def _corners(draw: MapDraw, found: Earthwork, detail: Detail) -> None:
    """Each corner once: working height, and where there is room for them design and ground elevation."""
    x0, y0 = _north_west(found)
    for row, column, ground, design, height in corners(found.grid):
        x, y = _page(draw, x0 + column * found.grid.side_m, y0 - row * found.grid.side_m)
        _label(draw, x - 0.6, y + 1.95, difference(height, 2), bold=True, left=True)
        if detail.elevations:
            _label(draw, x + 0.6, y + 1.95, f"{design:.2f}")
            _label(draw, x + 0.6, y - 1.6, f"{ground:.2f}")


def _label(draw: MapDraw, x: float, y: float, words: str, *, bold: bool = False, left: bool = False) -> None:
    """A figure at a corner, to the right of it or to the left."""
    name, size = N_("elevations at a corner"), draw.layout.body_pt
    placed = draw.page.text(
        x, y, words, name, size=size, room=draw.rect, bold=bold, ha="right" if left else "left", halo=True
    )
    if placed is not None:
        draw.room.take(placed.shape)


def _square(draw: MapDraw, side: float, square: GridSquare, decimals: int, detail: Detail) -> None:
    """Its number and, where there is room for them, its volumes, in the middle."""
    x, y = _page(draw, square.x_m + side / 2, square.y_m + side / 2)
    half = side * 500 / draw.window.scale
    room = Rect(x - half, y - half, x + half, y + half)
    lines = [str(square.number), *(volume_words(square, decimals) if detail.volumes else ())]
    size, pitch = draw.layout.body_pt, draw.layout.pitch
    # Narrow squares have a working height at their lower edge: what stands in them stands higher.
    top = y + pitch * (len(lines) - 1) / 2 + (1.5 if detail.working and not detail.elevations else 0.0)
    for n, words in enumerate(lines):
        placed = draw.page.text(
            x,
            top - n * pitch,
            words,
            N_("number of a square") if n == 0 else N_("volume of a square"),
            size=size,
            room=room,
            bold=n > 0 and detail.elevations,  # narrow squares: figures as narrow as they can be
            color="#667085" if n == 0 else "#1F2933",
            ha="center",
            halo=True,
        )
        if placed is not None:
            draw.room.take(placed.shape)


def _totals(draw: MapDraw, found: Earthwork) -> None:
    """Below each column of squares its fill and its cut (列合计), at the right the sums of all."""
    grid, page, say, size = found.grid, draw.page, draw.say, draw.layout.body_pt
    rows = []
    for key, words, sign in (("fill_m3", N_("fill m³"), 1), ("cut_m3", N_("cut m³"), -1)):
        columns = [[getattr(s, key) for s in grid.squares if s.column == c] for c in range(grid.columns)]
        sums = [*(total(c, grid.decimals) for c in columns), grid.printed_m3[0 if sign > 0 else 1]]
        rows.append([say(words), *(difference(sign * v, grid.decimals) for v in sums)])
    west = min(s.x_m - s.column * grid.side_m for s in grid.squares)
    x0, top = _page(draw, west, min(s.y_m for s in grid.squares))
    top -= BAND_MM[0]
    step = grid.side_m * 1000 / draw.window.scale
    edges = [x0 - LEFT_MM + 2.0, *(x0 + k * step for k in range(grid.columns + 1))]
    edges.append(edges[-1] + RIGHT_MM - 2.0)
    if max(width_mm(plain(w), size) for cells in rows for w in cells[1:-1]) > step - 0.6:
        return  # the sum of all stands beside the map
    name = N_("column totals")
    for r, cells in enumerate(rows):
        y = top - (r + 0.5) * _ROW_MM
        for k, text in enumerate(cells):
            room = Rect(edges[k], y - _ROW_MM / 2, edges[k + 1], y + _ROW_MM / 2)
            bold = k in (0, len(cells) - 1)
            page.text((room.x0 + room.x1) / 2, y, text, name, size=size, room=room, bold=bold, ha="center")
    box = Rect(edges[0], top - 2 * _ROW_MM, edges[-1], top)
    page.shape(box.polygon(), face="white", alpha=0.9, z=9)
    page.frame(box, 0.2)
    page.rule([box.x0, box.x1], [top - _ROW_MM] * 2, 0.1)
    page.rule_lines([np.array([[e, box.y0], [e, box.y1]]) for e in edges[1:-1]], 0.1)
    draw.room.take(box.polygon())
    above = Rect(box.x0, box.y1, x0, box.y1 + BAND_MM[0])
    page.text(above.x0, box.y1 + 2.2, say(N_("sums")), name, size=size, room=above, bold=True)


def _code(draw: MapDraw, found: Earthwork) -> None:
    """The site's code close above the squares, as far in the middle as there is room."""
    size, side = draw.layout.kind_pt, found.grid.side_m
    words = shorten(plain(draw.content.site_code), 60.0, size, bold=True)
    top: dict[int, float] = {}
    for s in found.grid.squares:
        top[s.column] = max(top.get(s.column, s.y_m), s.y_m)
    west = _north_west(found)[0]
    for column in sorted(top, key=lambda c: abs(2 * c + 1 - found.grid.columns)):
        x, y = _page(draw, west + (column + 0.5) * side, top[column] + side)
        for above in (3.0, 6.5, 9.0):
            shape = text_shape(x, y + above, words, size, True, "center", 0)[0].buffer(0.4)
            if draw.room.free(shape) and not shape.intersects(draw.window.page(_boxes(found))):
                draw.room.take(shape)
                draw.page.text(x, y + above, words, N_("code of the site"), size=size, room=draw.rect, bold=True,
                               ha="center", halo=True)  # fmt: skip
                draw.coded = True
                return


def _boxes(found: Earthwork) -> BaseGeometry:
    side = found.grid.side_m
    return shapely.union_all([shapely.box(s.x_m, s.y_m, s.x_m + side, s.y_m + side) for s in found.grid.squares])


def earthwork_over(draw: MapDraw) -> BaseGeometry | None:
    """What squares, their texts and sums cover of the map (mm): the north arrow keeps off them."""
    found = draw.content.earthwork
    return None if found is None else drawn_over(_boxes(found), draw.window, drawn_detail(draw.content))
