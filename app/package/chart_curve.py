"""The stage–capacity chart (库容曲线): elevation upwards, volume below and area above, the reference level marked."""

from __future__ import annotations

import numpy as np

from app.format import elevation, number
from app.package.canvas import MapDraw
from app.package.chart_frame import Scale1, axis, label_width, round_axis
from app.package.content import SheetContent
from app.package.kind import SheetKind
from app.package.panel import Column, Panel, head_height, heading
from app.package.scale import multiples, round_up
from app.package.shapes import Rect
from layers.style import LayerStyle, LineStyle
from models.notices import N_
from models.progress import Watch
from models.units import M3_PER_WAN_M3

VOLUME = LineStyle("#08306B", 0.6)
AREA = LineStyle("#A65E00", 0.5, (2.4, 1.0))
GAPS = LineStyle("#B42318", 0.4)
LEVEL = LineStyle("#1F2933", 0.35, (4.0, 0.9, 0.5, 0.9))
_SPACING = 16.0
_ROWS = 14
_STEPS = (1, 2, 2.5, 4, 5)
"""Between the elevations of the table, times a power of ten."""


def curve_body(draw: MapDraw, _kind: SheetKind, watch: Watch) -> None:
    """Both curves over the elevation."""
    content, page, layout, say = draw.content, draw.page, draw.layout, draw.say
    watch.report(0.3)
    box = layout.body.inset(4.0)
    rows = content.curve
    if len(rows) < 2:
        words = say(N_("there is nothing to fill: no curve"))
        page.text((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, words, N_("chart"), size=layout.kind_pt, room=box,
                  ha="center")  # fmt: skip
        return
    z = np.array([r.elevation_m for r in rows])
    volume = np.array([r.volume_m3 for r in rows])
    area = np.array([r.area_m2 for r in rows])
    large = volume[-1] >= M3_PER_WAN_M3
    per, unit = (M3_PER_WAN_M3, N_("volume, 10⁴ m³")) if large else (1.0, N_("volume, m³"))
    wide = label_width(layout, z[0], z[-1], 1.0)
    frame = Rect(box.x0 + wide + 2, box.y0 + 11.0, box.x1 - 6.0, box.y1 - 11.0)
    up, up_step = round_axis(z[0], z[-1], frame.y0, frame.y1, _SPACING)
    along, along_step = round_axis(0.0, volume[-1] / per, frame.x0, frame.x1, 1.6 * _SPACING)
    # The area runs from the right, so that the curves cross instead of lying on one another.
    back, back_step = round_axis(0.0, area.max() / 1e4, frame.x1, frame.x0, 1.6 * _SPACING)
    page.shape(frame.polygon(), face="white", z=1)
    axis(page, layout, frame, up, up_step, "left", say(N_("elevation, m")))
    axis(page, layout, frame, along, along_step, "bottom", say(unit))
    axis(page, layout, frame, back, back_step, "top", say(N_("area, ha (from the right)")), grid=False)
    page.frame(frame, 0.25)
    y = up.at(z)
    page.lines([np.column_stack([along.at(volume / per), y])], VOLUME.width_mm, color=VOLUME.color, z=20, clip=frame)
    page.lines([np.column_stack([back.at(area / 1e4), y])], AREA.width_mm, color=AREA.color, dash=AREA.dash_mm, z=19,
               clip=frame)  # fmt: skip
    gaps = np.array([r.spanned_m3 or 0.0 for r in rows])
    if gaps.any():
        page.lines([np.column_stack([along.at(gaps / per), y])], GAPS.width_mm, color=GAPS.color, z=18, clip=frame)
    draw.explain("volume", say(N_("volume below the elevation")), "line", LayerStyle(VOLUME))
    draw.explain("area", say(N_("area at the elevation")), "line", LayerStyle(AREA))
    if gaps.any():
        draw.explain("gaps", say(N_("of the volume: in gaps between points")), "line", LayerStyle(GAPS))
    _levels(draw, frame, up)


def _levels(draw: MapDraw, frame: Rect, up: Scale1) -> None:
    """The reference where it is level, and the groundwater."""
    content, say, size = draw.content, draw.say, draw.layout.body_pt
    e = content.estimate
    marks: list[tuple[float, str, str]] = []
    low, high = (e.reference.min_elevation_m, e.reference.max_elevation_m) if e is not None else (None, None)
    if e is not None and low is not None and high is not None and abs(high - low) < 0.005:
        words = f"{say(content.reference_label or e.reference.key)} {elevation(high)} m"
        marks.append((high, words, LEVEL.color))
    if content.water_m is not None:
        words = say(N_("highest groundwater {level} m")).format(level=elevation(content.water_m))
        marks.append((content.water_m, words, "#175CD3"))
    for level, words, color in marks:
        if not up.low < level < up.high:
            continue
        y = float(up.at(level))
        draw.page.line([frame.x0, frame.x1], [y, y], LEVEL.width_mm, color=color, dash=LEVEL.dash_mm, z=18)
        below = y - 2.4 if y > frame.y1 - 6 else y + 2.4
        x = frame.x0 + 0.36 * frame.width
        draw.page.text(x, below, words, N_("level on the chart"), size=size, room=frame, halo=True, color=color)


def _curve_rows(content: SheetContent, most: int = _ROWS) -> list[tuple[str, str, str]]:
    """At most so many rows at round elevations, and the ends among them."""
    rows = content.curve
    if len(rows) < 2:
        return []
    z = np.array([r.elevation_m for r in rows])
    step = round_up((z[-1] - z[0]) / max(most, 1), _STEPS)
    while len(inner := multiples(z[0] + 0.2 * step, z[-1] - 0.2 * step, step)) > max(most - 2, 1):
        step = round_up(1.01 * step, _STEPS)
    at = np.concatenate([[z[0]], inner, [z[-1]]])
    volume = np.interp(at, z, [r.volume_m3 for r in rows])
    area = np.interp(at, z, [r.area_m2 for r in rows])
    return [(f"{h:.2f}", number(a, 0), number(v, 0)) for h, a, v in zip(at, area, volume, strict=True)]


def _height(column: Column, _width: float) -> float:
    rows = len(_curve_rows(column.content))
    return head_height(column.layout) + (rows + 1) * column.layout.pitch + 0.6 if rows else 0.0


def _draw(column: Column, box: Rect) -> None:
    page, layout, say, name = column.page, column.layout, column.say, N_("table of the curve")
    size = layout.body_pt
    y = heading(page, layout, box, say(N_("Stage and capacity")), name)
    x = (box.x0 + 0.3 * box.width, box.x0 + 0.64 * box.width, box.x1)
    heads = tuple(say(w) for w in (N_("elevation m"), N_("area m²"), N_("volume m³")))
    most = int((y - box.y0 - 0.6) / layout.pitch + 1e-6) - 1
    for n, cells in enumerate((heads, *_curve_rows(column.content, min(most, _ROWS)))):
        middle = y - layout.pitch / 2
        for right, text in zip(x, cells, strict=True):
            page.text(right, middle, text, name, size=size, room=box, bold=n == 0, ha="right")
        y -= layout.pitch
        if n == 0:
            page.rule([box.x0, box.x1], [y, y], 0.1)
            y -= 0.2


_LEAST_MM = 38.0
"""Heading and eight rows: small paper has fewer elevations."""

CURVE_PANELS: dict[str, Panel] = {"curve_table": Panel(_height, _draw, least=_LEAST_MM)}
