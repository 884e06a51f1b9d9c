"""The other features on a map: red lines and control areas, neighbouring sites, shared ground, and their names."""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.package.canvas import MapDraw, fill_area, kind_words, layer_of, stroke_area
from app.package.fonts import plain, shorten, width_mm, wrap
from app.package.shapes import text_shape
from layers.red_lines import OVERLAY_SHEET_FILL
from layers.registry import LAYERS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

CONFLICT = LayerStyle(LineStyle("#B42318", 0.3), FillStyle("#F04438", 0.35))


def control_fill(draw: MapDraw) -> None:
    """The sparse hatch of red lines, on overlay sheets only."""
    for feature in draw.content.controls:
        if feature.layer == "red_lines":
            shape = draw.visible(feature.geometry)
            line = layer_of(feature).style_of(feature.kind).line
            fill_area(draw.page, shape, OVERLAY_SHEET_FILL, line, z=7, clip=draw.rect)


def controls(draw: MapDraw) -> None:
    """Red lines and control areas with their styles; in the legend by kind."""
    hatched = "control_fill" in draw.parts
    for feature in draw.content.controls:
        shape = draw.visible(feature.geometry)
        if not draw.shows(shape):
            continue
        layer = layer_of(feature)
        style = layer.style_of(feature.kind)
        fill_area(draw.page, shape, style.fill, style.line, z=7, clip=draw.rect)
        stroke_area(draw.page, shape, style.line, z=9, clip=draw.rect)
        draw.room.avoid(shape)
        fill = OVERLAY_SHEET_FILL if hatched and feature.layer == "red_lines" else style.fill
        draw.explain(
            f"{feature.layer}:{feature.kind}",
            draw.say(kind_words(layer, feature.kind)),
            "area",
            LayerStyle(style.line, fill),
        )
        words = feature.name or draw.say(kind_words(layer, feature.kind))
        draw.later.append(partial(label_area, draw, shape, words, style.line.color, N_("name of a control area")))


def neighbours(draw: MapDraw) -> None:
    """Other sites, thinner than the sheet's own."""
    for feature in draw.content.neighbours:
        shape = draw.visible(feature.geometry)
        if not draw.shows(shape):
            continue
        layer = layer_of(feature)
        thin = LineStyle(layer.style.line.color, 0.18, layer.style.line.dash_mm)
        fill_area(draw.page, shape, layer.style.fill, thin, z=4, clip=draw.rect, strength=0.6)
        stroke_area(draw.page, shape, thin, z=10, clip=draw.rect)
        draw.room.avoid(shape)
        words = draw.say(N_("other {kind}")).format(kind=draw.say(layer.label))
        draw.explain(f"other:{feature.layer}", words, "area", LayerStyle(thin, layer.style.fill))
        name = N_("code of a neighbouring site")
        draw.later.append(partial(label_area, draw, shape, feature.code, layer.style.line.color, name))


def site_fill(draw: MapDraw) -> None:
    """The site with the fill of its layer, where no depth is drawn and no photo shows what is in it."""
    if draw.content.photo is not None:
        return
    style = LAYERS[draw.content.layer].style
    fill_area(draw.page, draw.visible(draw.content.outline), style.fill, style.line, z=4, clip=draw.rect)


def conflicts(draw: MapDraw) -> None:
    """Ground that the site shares with red lines and control areas."""
    for feature in draw.content.controls:
        shared = draw.visible(shapely.intersection(shapely.make_valid(feature.geometry), draw.content.outline))
        areas = [p for p in shapely.get_parts(shared) if p.geom_type in {"Polygon", "MultiPolygon"}]
        for area in areas:
            fill_area(draw.page, area, CONFLICT.fill, CONFLICT.line, z=8, clip=draw.rect)
            fill_area(draw.page, area, FillStyle("#FFFFFF", 0.0, "cross"), CONFLICT.line, z=8, clip=draw.rect)
        if areas:
            style = LayerStyle(CONFLICT.line, FillStyle("#F04438", 0.35, "cross"))
            draw.explain("conflict", draw.say(N_("shared with the site")), "area", style)


def label_area(draw: MapDraw, shape: BaseGeometry, words: str, color: str, name: str) -> None:
    """The name of an area at a free place inside it; none if there is no room (the legend explains its kind).

    A name that crosses a line wherever it stands is set in two lines where that keeps clear of them.
    """
    size = draw.layout.body_pt
    words = shorten(plain(words), 60.0, size)
    seen = shapely.intersection(shape, draw.rect.inset(2.0).polygon())
    aside = shapely.difference(seen, draw.visible(draw.content.outline).buffer(2.0))
    parts = [p for where in (aside, seen) for p in sorted(shapely.get_parts(where), key=lambda p: -p.area)]
    parts = [p for p in parts if isinstance(p, Polygon) and p.area >= 20]
    half = wrap(words, 0.6 * width_mm(words, size), size) if len(words) > _SHORT else []
    found = None
    for lines in ([words], half) if len(half) == 2 else ([words],):
        spot = _spot(draw, parts, lines)
        if spot is None:
            continue
        found = found or (spot, lines)
        if spot[3]:
            found = spot, lines
            break
    if found is None:
        return
    (x, y, box, _), lines = found
    draw.room.take(box)
    for i, line in enumerate(lines):
        at = y + ((len(lines) - 1) / 2 - i) * draw.layout.pitch
        draw.page.text(x, at, line, name, size=size, room=draw.rect, ha="center", halo=True, color=color, z=41)


_SHORT = 4
"""Characters of a name that is never set in two lines."""


def _spot(draw: MapDraw, parts: list[Polygon], lines: list[str]) -> tuple[float, float, Polygon, bool] | None:
    """Middle and box of a text in one of the parts, and whether it keeps clear of lines; None for no room."""
    size, pitch = draw.layout.body_pt, draw.layout.pitch
    widest = max(lines, key=lambda t: width_mm(t, size))
    one = text_shape(0.0, 0.0, widest, size, False, "center", 0)[0]
    x0, y0, x1, y1 = one.bounds
    more = (len(lines) - 1) / 2 * pitch
    corners = shapely.get_coordinates(shapely.box(x0 - 0.5, y0 - more - 0.5, x1 + 0.5, y1 + more + 0.5))
    for part in parts:
        centre = shapely.maximum_inscribed_circle(part, tolerance=1.0).coords[0]
        spots = [centre, part.representative_point().coords[0]]
        spots += [(float(u), float(v)) for u, v in _raster(part)]
        within, second = part.buffer(1.5), None
        boxes = shapely.polygons(corners[None] + np.array(spots)[:, None])
        for (x, y), box, inside in zip(spots, boxes, shapely.covers(within, boxes), strict=True):
            if not (inside and draw.room.free(box)):
                continue
            if draw.room.clear(box):
                return x, y, box, True
            second = second or (x, y, box, False)
        if second is not None:
            return second
    return None


def places_inside(area: Polygon | MultiPolygon) -> NDArray[np.float64]:
    """Places for a text inside an area, (n, 2): the middle of its largest circle, then those nearest to it."""
    middle = np.array(shapely.maximum_inscribed_circle(area).coords[0])
    others = np.concatenate([_raster(p) for p in shapely.get_parts(area)])
    return np.vstack([middle, others[np.argsort(np.hypot(*(others - middle).T), kind="stable")]])


def _raster(part: BaseGeometry) -> NDArray[np.float64]:
    x0, y0, x1, y1 = part.bounds
    xs, ys = np.meshgrid(np.linspace(x0, x1, 9)[1:-1], np.linspace(y0, y1, 9)[1:-1])
    inside = shapely.contains_xy(part, xs.ravel(), ys.ravel())
    return np.column_stack([xs.ravel()[inside], ys.ravel()[inside]])
