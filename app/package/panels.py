"""The panels of a sheet's column. Each says how high it must be and draws itself into a box; a table names them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.package.canvas import LegendEntry, fill_area, stroke_area
from app.package.chart_curve import CURVE_PANELS
from app.package.earthwork_panels import EARTHWORK_PANELS
from app.package.figures import area_rows, conflict_rows, figure_rows
from app.package.fonts import plain, shorten, width_mm, wrap
from app.package.layout import Layout
from app.package.overview import OVERVIEW_PANELS, mark
from app.package.page import Page
from app.package.panel import RULE_MM, Column, Panel, head_height, heading, rows_draw, rows_height
from app.package.panels_more import MORE_PANELS
from app.package.scale import MapWindow
from app.package.shapes import Rect
from layers.registry import LAYERS
from layers.style import LineStyle
from models.notices import N_

# -- locator

_FINE_MM = 0.02
"""Corners of the locator's outlines that lie closer to the line without them are not drawn: nobody sees them."""


def _locator_height(column: Column, _width: float) -> float:
    return 0.0 if column.content.locator_bounds is None else 46.0


def _locator(column: Column, box: Rect) -> None:
    content, page, layout = column.content, column.page, column.layout
    if content.locator_bounds is None:
        return
    top = heading(page, layout, box, column.say(N_("Location")), N_("locator map"))
    frame = Rect(box.x0, box.y0, box.x1, top)
    x0, y0, x1, y1 = content.locator_bounds
    x0, y0, x1, y1 = shapely.union_all([shapely.box(x0, y0, x1, y1), shapely.box(*content.window.bounds)]).bounds
    per_mm = max((x1 - x0) / (frame.width - 6), (y1 - y0) / (frame.height - 6))
    scale = per_mm * 1000.0
    left = (x0 + x1) / 2 - frame.width / 2 * per_mm
    low = (y0 + y1) / 2 - frame.height / 2 * per_mm
    window = MapWindow(left, low, scale, frame)  # type: ignore[arg-type]  # any scale: the locator is not measured on
    page.shape(frame.polygon(), face="#FAFAF7", z=10)
    clip = frame.inset(-3.0).polygon()  # so that no edge of the cut shows
    kinds: dict[tuple[str, str | None], list[BaseGeometry]] = {}
    for feature in content.around:
        kinds.setdefault((feature.layer, feature.kind), []).append(feature.geometry)
    for (key, kind), geometries in kinds.items():
        seen = shapely.simplify(window.page(np.array(geometries, dtype=object)), _FINE_MM)
        cut = shapely.intersection(seen, clip)
        shapes = shapely.multipolygons(
            [p for p in shapely.get_parts(shapely.get_parts(cut)) if p.geom_type == "Polygon"]
        )
        if shapes.is_empty:
            continue
        style = LAYERS[key].style_of(kind)
        if style.fill is not None:
            page.shape(shapes, face=style.fill.color, alpha=style.fill.opacity, z=11, clip=frame)
        thin = LineStyle(style.line.color, min(style.line.width_mm, 0.25), style.line.dash_mm)
        stroke_area(page, shapes, thin, z=12, clip=frame)
    here = LAYERS[content.layer].style.line.color
    page.shape(
        shapely.intersection(window.page(content.outline), clip), face=here, edge=here, width=0.2, z=13, clip=frame
    )
    page.shape(window.box(content.window.bounds).polygon(), edge="#D92D20", width=0.4, z=14, clip=frame)
    page.frame(frame, RULE_MM)


# -- legend


_STEP_MORE = 0.4
"""Rows of the legend stand a little further apart than lines of text."""


def _legend_height(column: Column, width: float) -> float:
    singles, classes = _entries(column)
    if not singles and not classes:
        return 0.0
    wide = sum(1 for e in singles if _wide(column, e, width))
    rows = -(-(len(singles) - wide) // 2) + wide + (2 if classes else 0)
    return head_height(column.layout) + rows * (column.layout.pitch + _STEP_MORE)


def _entries(column: Column) -> tuple[list[LegendEntry], list[LegendEntry]]:
    every = list(column.map.legend.values())
    order = {"site": 0, "point": 1, "contour": 3, "contour_index": 4}
    singles = sorted((e for e in every if e.sign != "class"), key=lambda e: order.get(e.key, 2))
    return singles, [e for e in every if e.sign == "class"]


_SIGN_MM = 8.0


def _wide(column: Column, entry: LegendEntry, width: float) -> bool:
    return width_mm(entry.words, column.layout.body_pt) > width / 2 - _SIGN_MM - 3


def _legend(column: Column, box: Rect) -> None:
    page, layout = column.page, column.layout
    y = heading(page, layout, box, column.say(N_("Legend")), N_("legend"))
    step = layout.pitch + _STEP_MORE
    singles, classes = _entries(column)
    side = 0
    for entry in [e for e in singles if not _wide(column, e, box.width)] + [
        e for e in singles if _wide(column, e, box.width)
    ]:
        wide = _wide(column, entry, box.width)
        if wide and side:
            side, y = 0, y - step
        x = box.x0 + side * box.width / 2
        room = Rect(x, y - step, box.x1 if wide else x + box.width / 2, y)
        _sign(page, entry, Rect(x, y - step + 0.7, x + _SIGN_MM - 1, y - 0.7))
        words = shorten(entry.words, room.width - _SIGN_MM - 0.5, layout.body_pt)
        page.text(x + _SIGN_MM, y - step / 2, words, N_("legend"), size=layout.body_pt, room=room)
        side = 0 if wide or side else 1
        y -= 0 if side else step
    if side:
        y -= step
    if classes:
        _classes(column, classes, Rect(box.x0, y - 2 * step, box.x1, y), step)


def _sign(page: Page, entry: LegendEntry, box: Rect) -> None:
    style, middle = entry.style, (box.y0 + box.y1) / 2
    if entry.sign == "line":
        page.line(
            [box.x0, box.x1],
            [middle, middle],
            style.line.width_mm,
            color=style.line.color,
            dash=style.line.dash_mm,
            z=30,
        )
    elif entry.sign == "mark":
        sign = mark((box.x0 + box.x1) / 2, middle, style.marker_mm, entry.limits[0])
        page.shape(sign, face=entry.limits[1], edge=style.line.color, width=style.line.width_mm, z=30)
    elif entry.sign == "point":
        import numpy as np

        page.dots(
            np.array([[(box.x0 + box.x1) / 2, middle]]),
            style.marker_mm,
            face="white",
            edge=style.line.color,
            width=0.2,
            z=30,
        )
    else:
        fill_area(page, box.polygon(), style.fill, style.line, z=30, clip=box)
        stroke_area(page, box.polygon(), style.line, z=31, clip=box.inset(-1))


def _classes(column: Column, classes: Sequence[LegendEntry], box: Rect, step: float) -> None:
    """Depth classes as one bar: colours side by side, limits below their borders."""
    page, size = column.page, column.layout.body_pt
    words = column.say(N_("depth of fill, m") if column.content.fills else N_("height above the base, m"))
    wide = width_mm(words, size) + 4
    y0, y1 = box.y1 - step + 0.7, box.y1 - 0.7
    page.text(box.x0, (y0 + y1) / 2, words, N_("legend"), size=size, room=box)
    left, right = box.x0 + wide, box.x1 - 4.0
    each = (right - left) / len(classes)
    limits = [classes[0].limits[0], *(c.limits[1] for c in classes)]
    for i, entry in enumerate(classes):
        cell = Rect(left + i * each, y0, left + (i + 1) * each, y1)
        assert entry.style.fill is not None  # noqa: S101 - classes are made with a fill
        page.shape(cell.polygon(), face=entry.style.fill.color, alpha=entry.style.fill.opacity, z=30)
        page.shape(cell.polygon(), edge=entry.style.line.color, width=0.1, z=31)
    for i, limit in enumerate(limits):
        page.text(left + i * each, y0 - step / 2, limit, N_("legend"), size=size, room=box, ha="center")


def _figures(column: Column) -> list[tuple[str, str, bool]]:
    return figure_rows(column.content, column.say)


def _areas(column: Column) -> list[tuple[str, str, bool]]:
    return area_rows(column.content, column.say)


def _conflicts(column: Column) -> list[tuple[str, str, bool]]:
    return conflict_rows(column.content, column.say)


# -- notes


_NOTE_MM = 87.0
"""Notes are set for the narrowest column that they may go on in, on a further sheet."""


def note_lines(column: Column, width: float) -> list[tuple[str, str]]:
    """(number, line) of all notes; a note's later lines have no number."""
    size = column.layout.body_pt
    lines = []
    for i, note in enumerate(column.notes, start=1):
        for k, line in enumerate(wrap(plain(note), min(width, _NOTE_MM) - 5.0, size)):
            lines.append((f"{i}." if k == 0 else "", line))
    return lines


NoteLine = tuple[str, str]
_TORN = 3
"""Lines of a note, fewer than which do not stand alone where it begins."""


def whole_notes(lines: Sequence[NoteLine], most: int) -> int:
    """How many of at most `most` lines stand here: a note that goes on elsewhere does not begin with a line or two."""
    most = min(most, len(lines))
    ends = (k for k in range(most, max(most - _TORN, -1), -1) if k in (0, len(lines)) or lines[k][0])
    return next(ends, most)


def draw_notes(column: Column, box: Rect, lines: Sequence[NoteLine], *, more: bool) -> None:
    """The notes under their heading; `more`: they go on elsewhere."""
    y = heading(column.page, column.layout, box, column.say(N_("Notes")), N_("notes")) + 0.3
    shown = [*lines, ("", column.say(N_("(continued on the next sheet)")))] if more else lines
    draw_note_lines(column.page, column.layout, box, y, shown)


def _notes_height(column: Column, width: float) -> float:
    return head_height(column.layout) + len(note_lines(column, width)) * column.layout.pitch + 0.4


def _notes(column: Column, box: Rect) -> None:
    y = heading(column.page, column.layout, box, column.say(N_("Notes")), N_("notes")) + 0.3
    draw_note_lines(column.page, column.layout, box, y, note_lines(column, box.width))


def draw_note_lines(page: Page, layout: Layout, box: Rect, y: float, lines: Sequence[tuple[str, str]]) -> None:
    """Lines of notes from `y` down."""
    for number, line in lines:
        middle = y - layout.pitch / 2
        page.text(box.x0, middle, number, N_("notes"), size=layout.body_pt, room=box)
        page.text(box.x0 + 5.0, middle, line, N_("notes"), size=layout.body_pt, room=box)
        y -= layout.pitch


PANELS: dict[str, Panel] = {
    "locator": Panel(_locator_height, _locator, least=26.0),
    "legend": Panel(_legend_height, _legend),
    "key_figures": Panel(rows_height(_figures), rows_draw(N_("Key figures"), N_("key figures"), _figures)),
    "areas": Panel(rows_height(_areas), rows_draw(N_("Areas"), N_("table of areas"), _areas)),
    "conflict_table": Panel(
        rows_height(_conflicts), rows_draw(N_("Site and control lines"), N_("control lines"), _conflicts)
    ),
    "notes": Panel(_notes_height, _notes),
    **EARTHWORK_PANELS,
    **CURVE_PANELS,
    **OVERVIEW_PANELS,
    **MORE_PANELS,
}
