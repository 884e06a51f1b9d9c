"""Panels of further kinds: where the site is, the ground after filling, the lines of the sections."""

from __future__ import annotations

import numpy as np
import shapely

from app.format import elevation, number
from app.package.figures import area_words
from app.package.fonts import plain
from app.package.page import INK
from app.package.panel import RULE_MM, Column, Panel, heading, rows_draw, rows_height
from app.package.scale import MapWindow
from app.package.shapes import Rect
from layers.registry import LAYERS
from models.notices import N_

Rows = list[tuple[str, str, bool]]


def _place(column: Column) -> Rows:
    """District, coordinates and parcel of the site."""
    return [(column.say(words), plain(text), False) for words, text in column.content.place]


def _landform(column: Column) -> Rows:
    """What the ground is like after filling."""
    content, say, e = column.content, column.say, column.content.estimate
    if e is None:
        return [(say(N_("not estimated")), "—", False)]
    rows: Rows = [(say(N_("reference surface")), say(content.reference_label or e.reference.key), True)]
    if content.final is not None:
        cells = _final_inside(column)
        if cells.size:
            low, high = float(cells.min()), float(cells.max())
            rows.append((say(N_("ground after filling")), f"{elevation(low)}～{elevation(high)} m", True))
    if e.request.cover_m:
        rows.append((say(N_("cover soil, thickness")), f"{number(e.request.cover_m, 2)} m", False))
    rows.append((say(N_("land released")), area_words(e.land_released_m2, say), True))
    rows.append((say(N_("area of the outline")), area_words(content.area_m2, say), False))
    return rows


def _final_inside(column: Column) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    grid = column.content.final
    assert grid is not None  # noqa: S101 - asked before
    x0, _, _, y1 = grid.extent
    dx, dy = grid.cell_m
    rows, columns = grid.values.shape
    x, y = np.meshgrid(x0 + (np.arange(columns) + 0.5) * dx, y1 - (np.arange(rows) + 0.5) * dy)
    inside = shapely.contains_xy(column.content.outline, x, y)
    values = grid.values[inside]
    return values[np.isfinite(values)]


def _lines_height(column: Column, width: float) -> float:
    return min(0.62 * width, 52.0) if column.content.sections else 0.0


def _lines(column: Column, box: Rect) -> None:
    """The outline with the lines of the sections and their letters."""
    content, page, layout, name = column.content, column.page, column.layout, N_("lines of the sections")
    top = heading(page, layout, box, column.say(N_("Lines of the sections")), name)
    frame = Rect(box.x0, box.y0, box.x1, top)
    shapes = [content.outline, *(s.line for s in content.sections)]
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    per_mm = max((x1 - x0) / (frame.width - 14), (y1 - y0) / (frame.height - 10))
    left = (x0 + x1) / 2 - frame.width / 2 * per_mm
    low = (y0 + y1) / 2 - frame.height / 2 * per_mm
    window = MapWindow(left, low, per_mm * 1000.0, frame)  # any scale: it is not measured on
    style = LAYERS[content.layer].style
    outline = window.page(content.outline)
    if style.fill is not None:
        page.shape(outline, face=style.fill.color, alpha=style.fill.opacity, z=11)
    page.shape(outline, edge=style.line.color, width=0.3, z=12)
    for section in content.sections:
        xy = shapely.get_coordinates(window.page(section.line))
        page.lines([xy], 0.3, color="#B42318", dash=(3.0, 0.8, 0.6, 0.8), z=13)
        # The letters of a short line keep clear of each other.
        beyond = max(2.6, 2.9 - float(np.hypot(*(xy[-1] - xy[0]))) / 2)
        for end, inner, words in ((xy[0], xy[1], section.letter), (xy[-1], xy[-2], f"{section.letter}′")):
            out = (end - inner) / max(float(np.hypot(*(end - inner))), 1e-9)
            x, y = end + beyond * out
            page.text(
                float(x), float(y), words, name, size=layout.body_pt, room=frame, bold=True, ha="center", halo=True,
                color=INK,
            )  # fmt: skip
    page.frame(frame, RULE_MM)


MORE_PANELS: dict[str, Panel] = {
    "place": Panel(rows_height(_place), rows_draw(N_("The site"), N_("place of the site"), _place)),
    "landform": Panel(
        rows_height(_landform), rows_draw(N_("Ground after filling"), N_("ground after filling"), _landform)
    ),
    "section_lines": Panel(_lines_height, _lines, least=30.0),
}
