"""Sections (纵断面, 横断面) to scale: ground, base layer, waste, cover soil, groundwater; a band of figures below each.

The band is that of the usual drawings of 断面图: distance, ground elevation, design elevation, depth of fill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.format import elevation, number
from app.package.canvas import MapDraw, fill_area
from app.package.chart_frame import Scale1, axis
from app.package.content import SectionView
from app.package.furniture import scale_bar
from app.package.kind import SheetKind
from app.package.scale import decimals_of, multiples, round_up
from app.package.section_layout import HEAD_MM, ROW_MM, Place, places, scales_of, span
from app.package.shapes import Rect
from gis.arrays import Array, Mask
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_, Notice
from models.progress import Watch

GROUND = LineStyle("#1F2933", 0.5)
REFERENCE = LineStyle("#B42318", 0.35, (3.0, 0.9))
WATER = LineStyle("#175CD3", 0.35, (4.0, 0.9, 0.5, 0.9))
_EDGE = LineStyle("#475467", 0.13)
EARTH = FillStyle("#E8DACB", 1.0)
WASTE = FillStyle("#9DB8D2", 0.75, "diagonal")
COVER = FillStyle("#D9B36C", 0.9, "dots")
BASE = FillStyle("#8A94A6", 0.9, "cross")
HEAP = FillStyle("#C9CDD5", 0.9, "diagonal")
_VALUE_MM = 13.5
_BAND = (N_("distance m"), N_("ground m"), N_("design m"), N_("fill / cut m"))


def sections_body(draw: MapDraw, _kind: SheetKind, watch: Watch) -> None:
    """One section above the other, and the scale bar of their length."""
    content, layout = draw.content, draw.layout
    for section, place in zip(content.sections, places(content.sections, content.section_scales, layout), strict=True):
        watch.report(0.3)
        _section(draw, section, place)
    if content.water_m is not None and "water" not in draw.legend:
        text = N_("highest groundwater {level} m, beyond the heights shown")
        draw.notes.append(Notice("sheet.water", text, level=elevation(content.water_m)))
    scale, words = content.section_scales[0], N_("Scale along {scale}")
    if any(scales_of(section, content.section_scales)[0] != scale for section in content.sections):
        words = draw.say(N_("Section {a}–{a}′: scale along {scale}")).replace("{a}", content.sections[0].letter)
    scale_bar(draw.page, layout, scale, draw.say, layout.bar, words)


@dataclass(frozen=True)
class _Axes:
    frame: Rect
    along: Scale1
    up: Scale1
    scale: int
    """Denominator along."""


def _section(draw: MapDraw, section: SectionView, place: Place) -> None:
    page, layout, say, size, box = draw.page, draw.layout, draw.say, draw.layout.body_pt, place.box
    along, up = scales_of(section, draw.content.section_scales)
    words = say(N_("Section {a}–{a}′   along 1:{along}, up 1:{up}")).format(
        a=section.letter, along=number(along, 0), up=number(up, 0)
    )
    title_x = box.x0 + (place.left if place.first else 2.0)
    page.text(title_x, box.y1 - 3.0, words, N_("title of a section"), size=size, room=box, bold=True)
    bottom = box.y0 + 2.0 + len(_BAND) * ROW_MM
    length = float(section.distance_m[-1])
    x0, y1 = box.x0 + place.left, box.y1 - HEAD_MM
    frame = Rect(x0, bottom, x0 + length * 1000 / along, y1)
    low, high = span(section)
    step = round_up(9.0 * up / 1000)
    spare = frame.height * up / 1000 - (high - low)
    # More room below than above the profile: the datum line is what its figures refer to.
    datum = np.floor((low - 0.6 * max(spare, 0.0)) / step) * step
    if high > datum + frame.height * up / 1000 - 1.5 * up / 1000:
        datum = low - spare / 2
    axes = _Axes(frame, Scale1(0.0, length, frame.x0, frame.x1),
                 Scale1(datum, datum + frame.height * up / 1000, frame.y0, frame.y1), along)  # fmt: skip
    axis(page, layout, frame, axes.up, step, "left", "")
    if place.first:
        page.text(box.x0 + 0.5, box.y1 - 3.0, say(N_("elevation, m")), N_("axis of the chart"), size=size, room=box)
    page.frame(frame, 0.2)
    _bodies(draw, section, axes)
    _lines(draw, section, axes)
    _band(draw, section, axes, Rect(box.x0 if place.first else x0 - 4.0, box.y0 + 2.0, frame.x1, bottom), place.first)
    # In a narrow frame one letter stands beside it; a frame with no room for one has its title only.
    outside = frame.width < 12
    end = (frame.x1 + (1.2 if outside else -1.2), f"{section.letter}′", "left" if outside else "right")
    y = _letter_y(section, axes)
    for x, words, ha in ((frame.x0 + 1.2, section.letter, "left"), end) if frame.width > 6 else ():
        page.text(x, y, words, N_("end of a section"), size=layout.kind_pt, room=box, bold=True, halo=True,
                  ha=ha)  # type: ignore[arg-type]  # fmt: skip


_LETTER_MM = 9.0, 5.4
"""What a letter takes of the frame's corner: along, up."""


def _letter_y(section: SectionView, axes: _Axes) -> float:
    """Of both letters: in the upper corners, or in the lower ones where the profile comes up to those."""
    frame, x = axes.frame, axes.along.at(section.distance_m)
    ends = (x < frame.x0 + _LETTER_MM[0]) | (x > frame.x1 - _LETTER_MM[0])
    profile = np.concatenate([axes.up.at(v[ends]) for v in (section.ground_m, section.reference_m)])
    profile = profile[np.isfinite(profile)]
    high = profile.size and profile.max() > frame.y1 - _LETTER_MM[1]
    return frame.y0 + 2.6 if high and profile.min() > frame.y0 + _LETTER_MM[1] else frame.y1 - 2.6


def _bodies(draw: MapDraw, section: SectionView, axes: _Axes) -> None:
    """Ground, base layer, waste and cover as areas with hatches."""
    ground, reference = section.ground_m, section.reference_m
    floor = np.full_like(ground, axes.up.low)
    body = reference > ground  # False where either is missing
    pieces: list[tuple[str, Array, Array, Mask, FillStyle, str]] = [
        ("earth", floor, ground, np.isfinite(ground), EARTH, N_("ground as it is")),
    ]
    if draw.content.fills:
        depth = np.where(body, reference - ground, 0.0)
        cover = np.minimum(depth, section.cover_m)
        base = np.minimum(depth - cover, section.base_m)
        pieces += [
            ("base", ground, ground + base, body & (base > 0), BASE, N_("base layer")),
            ("waste", ground + base, reference - cover, body & (depth - cover - base > 0), WASTE, N_("waste")),
            ("cover", reference - cover, reference, body & (cover > 0), COVER, N_("cover soil")),
        ]
    else:
        heap = ground > reference
        pieces.append(("heap", reference, ground, heap, HEAP, N_("heap")))
    for key, low, high, where, fill, words in pieces:
        area = _between(axes, section.distance_m, low, high, where)
        if area.is_empty:
            continue
        fill_area(draw.page, area, fill, _EDGE, z=3 + 0.2 * len(draw.legend), clip=axes.frame)
        draw.page.shape(area, edge=_EDGE.color, width=_EDGE.width_mm, z=8, clip=axes.frame)
        draw.explain(key, draw.say(words), "area", LayerStyle(_EDGE, fill))


def _between(axes: _Axes, distance: Array, low: Array, high: Array, where: Mask) -> BaseGeometry:
    """The area between two profiles where `where` holds, on the page (mm); each end reaches half a sample on."""
    x = axes.along.at(distance)
    polygons = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        lo, hi = axes.up.at(low[a:b]), axes.up.at(high[a:b])
        xs = x[a:b]
        before = (xs[0] + x[a - 1]) / 2 if a else xs[0]
        after = (xs[-1] + x[b]) / 2 if b < len(x) else xs[-1]
        top = [(before, hi[0]), *zip(xs, hi, strict=True), (after, hi[-1])]
        under = [(before, lo[0]), *zip(xs, lo, strict=True), (after, lo[-1])]
        if len(top) >= 3:
            polygons.append(shapely.Polygon([*top, *under[::-1]]))
    return shapely.union_all(shapely.make_valid(np.array(polygons, dtype=object))) if polygons else shapely.Polygon()


def _lines(draw: MapDraw, section: SectionView, axes: _Axes) -> None:
    say = draw.say
    for key, values, style, words in (
        ("reference", section.reference_m, REFERENCE, N_("reference surface (design)")),
        ("ground", section.ground_m, GROUND, N_("ground line")),
    ):
        parts = _runs(np.column_stack([axes.along.at(section.distance_m), axes.up.at(values)]))
        if parts:
            draw.page.lines(parts, style.width_mm, color=style.color, dash=style.dash_mm, z=12, clip=axes.frame)
            draw.explain(key, say(words), "line", LayerStyle(style))
    for x in _limits(section):
        at = float(axes.along.at(x))
        draw.page.line([at, at], [axes.frame.y0, axes.frame.y1], 0.13, color="#667085", dash=(1.5, 0.8), z=9)
    draw.explain("limit", say(N_("limit of the site")), "line", LayerStyle(LineStyle("#667085", 0.13, (1.5, 0.8))))
    water = draw.content.water_m
    if water is not None and axes.up.low < water < axes.up.high:
        y = float(axes.up.at(water))
        draw.page.line(
            [axes.frame.x0, axes.frame.x1], [y, y], WATER.width_mm, color=WATER.color, dash=WATER.dash_mm, z=11
        )
        words = say(N_("highest groundwater {level} m")).format(level=elevation(water))
        draw.explain("water", words, "line", LayerStyle(WATER))


def _runs(xy: Array) -> list[Array]:
    """The stretches of a line without missing values."""
    known = np.isfinite(xy).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [xy[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def _limits(section: SectionView) -> list[float]:
    inside = np.isfinite(section.reference_m)
    change = np.flatnonzero(np.diff(inside.astype(np.int8)))
    return [float((section.distance_m[i] + section.distance_m[i + 1]) / 2) for i in change]


def _band(draw: MapDraw, section: SectionView, axes: _Axes, box: Rect, headed: bool) -> None:
    """Distance, ground, design, depth at round distances, below the profile."""
    page, say, size, name = draw.page, draw.say, draw.layout.body_pt, N_("band of a section")
    step = round_up(_VALUE_MM * axes.scale / 1000)
    at = multiples(0.0, float(section.distance_m[-1]), step)
    ground = np.interp(at, section.distance_m, section.ground_m)
    design = np.interp(at, section.distance_m, section.reference_m)
    for i, words in enumerate(_BAND):
        y = box.y1 - (i + 0.5) * ROW_MM
        if headed:
            page.text(box.x0 + 0.5, y, say(words), name, size=size, room=Rect(box.x0, y - 2.3, axes.frame.x0, y + 2.3))
        for x, g, d in zip(at, ground, design, strict=True):
            text = (number(x, decimals_of(step)), _height(g), _height(d), _difference(d, g))[i]
            px = float(axes.along.at(x))
            left, right = px - _VALUE_MM / 2 - 0.2, px + _VALUE_MM / 2 + 0.2
            if x > 0 and right < axes.frame.x1 + 4 and text:
                page.text(px, y, text, name, size=size, room=Rect(left, y - 2.3, right, y + 2.3), ha="center")
    lines = [np.array([[box.x0, y], [box.x1, y]]) for y in box.y1 - np.arange(1, len(_BAND) + 1) * ROW_MM]
    page.rule_lines(lines, 0.1, color="#98A2B3")
    for x in at[1:]:
        px = float(axes.along.at(x))
        page.line([px, px], [axes.frame.y0, axes.frame.y0 + 1.2], 0.13, z=13)


def _height(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else ""


def _difference(design: float, ground: float) -> str:
    if not np.isfinite(design - ground):
        return ""
    value = round(round(design, 2) - round(ground, 2), 2)
    return f"{'+' if value > 0 else ''}{number(value, 2)}"
