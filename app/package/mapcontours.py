"""Contours on a map: of the present ground, of the ground after filling, of the design surface inside the site."""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.format import elevation, number
from app.package.canvas import MapDraw
from app.package.content import GridPicture
from app.package.labels import straight_spots
from app.package.relief import smoothed
from app.package.scale import contour_interval, decimals_of
from app.package.shapes import text_shape
from gis.relief import contour_lines
from layers.style import CONTOUR, CONTOUR_INDEX, LayerStyle, LineStyle
from models.notices import N_

_LABEL_BROWN = "#6B4A2B"
DESIGN = LineStyle("#0B4A6F", 0.18)
DESIGN_INDEX = LineStyle("#0B4A6F", 0.35)
_FLAT_M = 0.02
Line = NDArray[np.float64]


def contours(draw: MapDraw) -> None:
    """Contours of the present ground, every fifth thicker and labelled."""
    grid = draw.content.terrain
    if grid is None or min(grid.values.shape) < 3:
        return
    interval = _interval(draw, grid)
    plain, index = _cut(draw, grid, interval)
    _draw(draw, plain, index, CONTOUR, CONTOUR_INDEX)
    if plain or index:
        draw.facts["contour_interval"] = interval
        words = draw.say(N_("contour, interval {interval} m")).format(interval=number(interval, decimals_of(interval)))
        draw.explain("contour", words, "line", LayerStyle(CONTOUR))
    if index:
        draw.explain("contour_index", draw.say(N_("index contour")), "line", LayerStyle(CONTOUR_INDEX))
        draw.later.append(partial(_label, draw, index, decimals_of(interval), _LABEL_BROWN))


def final_contours(draw: MapDraw) -> None:
    """Contours of the ground after filling: those of the present ground outside the site, of the design inside it."""
    grid = draw.content.final
    if grid is None or min(grid.values.shape) < 3:
        return
    interval = _interval(draw, grid)
    plain, index = _cut(draw, grid, interval)
    _draw(draw, plain, index, CONTOUR, CONTOUR_INDEX)
    draw.facts["contour_interval"] = interval
    words = draw.say(N_("contour after filling, interval {interval} m"))
    draw.explain("contour", words.format(interval=number(interval, decimals_of(interval))), "line", LayerStyle(CONTOUR))
    if index:
        draw.explain("contour_index", draw.say(N_("index contour")), "line", LayerStyle(CONTOUR_INDEX))
        draw.later.append(partial(_label, draw, index, decimals_of(interval), _LABEL_BROWN))
    _level_label(draw)


def design_contours(draw: MapDraw) -> None:
    """Contours of the design surface where it is filled; a level surface has none and is labelled with its height."""
    grid = draw.content.final
    if grid is None or draw.content.depth is None or min(grid.values.shape) < 3:
        return
    outline = draw.visible(draw.content.outline).buffer(-0.4)
    interval = draw.facts.get("contour_interval") or _interval(draw, grid)
    filled = _filled(grid, draw)
    if filled is None:
        return
    span = float(np.nanmax(filled.values) - np.nanmin(filled.values)) if np.isfinite(filled.values).any() else 0.0
    if span > _FLAT_M:
        fine = interval
        while span < 2.5 * fine and fine > 0.1:  # gentle surfaces want finer lines than the hills around
            fine = round(fine / 2, 3) if str(fine / interval)[0] != "2" else round(fine / 2.5, 3)
        plain, index = _cut(draw, filled, fine, within=outline)
        _draw(draw, plain, index, DESIGN, DESIGN_INDEX)
        if plain or index:
            words = draw.say(N_("design contour, interval {interval} m"))
            style = LayerStyle(DESIGN_INDEX if index and not plain else DESIGN)
            draw.explain("design", words.format(interval=number(fine, decimals_of(fine))), "line", style)
            labelled = index or plain
            draw.later.append(partial(_label, draw, labelled, decimals_of(fine), DESIGN.color))
    _level_label(draw)


def _level_label(draw: MapDraw) -> None:
    """The height of a level design surface, below the site's code."""
    e = draw.content.estimate
    if e is None or e.reference.min_elevation_m is None or e.reference.max_elevation_m is None:
        return
    if e.reference.max_elevation_m - e.reference.min_elevation_m > _FLAT_M:
        return
    words = draw.say(N_("filled to {level} m")).format(level=elevation(e.reference.max_elevation_m))
    draw.later.append(partial(_inside, draw, words))


def _inside(draw: MapDraw, words: str) -> None:
    outline, size = draw.visible(draw.content.outline), draw.layout.body_pt
    if not isinstance(outline, Polygon | MultiPolygon) or outline.is_empty:
        return
    x, y = shapely.maximum_inscribed_circle(outline).coords[0]
    for dy in (-5.0, 5.0, -9.0, 9.0):
        shape = text_shape(x, y + dy, words, size, False, "center", 0)[0].buffer(0.5)
        if outline.covers(shape) and draw.room.free(shape):
            draw.room.take(shape)
            draw.page.text(x, y + dy, words, N_("level of the fill"), size=size, room=draw.rect, ha="center", halo=True,
                           color=DESIGN.color)  # fmt: skip
            return


def _interval(draw: MapDraw, grid: GridPicture) -> float:
    facts = draw.content.terrain_facts
    return contour_interval(
        grid.values,
        grid.cell_m,
        draw.window.scale,
        spacing_mm=draw.layout.contour_spacing,
        sigma_z_m=facts.sigma_z_m if facts else None,
    )


def _filled(grid: GridPicture, draw: MapDraw) -> GridPicture | None:
    """The final surface where it lies above the present ground, elsewhere nothing."""
    present = draw.content.terrain
    if present is None or present.values.shape != grid.values.shape:
        return None
    values = np.where(np.abs(grid.values - present.values) > 1e-3, grid.values, np.float32(np.nan))
    return GridPicture(values.astype(np.float32), grid.extent)


def _cut(
    draw: MapDraw, grid: GridPicture, interval: float, within: BaseGeometry | None = None
) -> tuple[list[Line], list[tuple[float, Line]]]:
    """(plain lines, index lines with their heights) on the page, cut to the map or to `within`.

    Those of a whole map are found once for all sheets that show the grid in the same window.
    """
    if within is not None:
        return _found(draw, grid, interval, within)
    key = ("contours", draw.window, interval)
    if key not in grid.drawn:
        grid.drawn[key] = _found(draw, grid, interval, None)
    lines: tuple[list[Line], list[tuple[float, Line]]] = grid.drawn[key]
    return lines


def _found(
    draw: MapDraw, grid: GridPicture, interval: float, within: BaseGeometry | None
) -> tuple[list[Line], list[tuple[float, Line]]]:
    r = draw.rect
    grid = smoothed(grid, draw.window)
    x, y = draw.window.xy(np.array(grid.extent[::2]), np.array(grid.extent[1::2]))
    on_page = (float(x[0]), float(y[0]), float(x[1]), float(y[1]))
    box: BaseGeometry = shapely.box(r.x0 - 3, r.y0 - 3, r.x1 + 3, r.y1 + 3)
    heights, lines = [], []
    for height, parts in contour_lines(grid.values, on_page, interval):
        for part in parts:
            if len(part) > 1:
                heights.append(height)
                lines.append(part)
    if not lines:
        return [], []
    counts = np.array([len(p) for p in lines])
    joined = shapely.linestrings(np.concatenate(lines), indices=np.repeat(np.arange(len(lines)), counts))
    made: NDArray[np.object_] = np.array(shapely.simplify(joined, 0.03, preserve_topology=False), dtype=object)
    bounds = shapely.bounds(made)
    whole = (bounds[:, 0] >= box.bounds[0]) & (bounds[:, 1] >= box.bounds[1]) & (bounds[:, 2] <= box.bounds[2])
    whole &= bounds[:, 3] <= box.bounds[3]
    if within is not None:
        whole[:] = False
        box = within
    crossing = np.flatnonzero(~whole)
    if crossing.size:
        made[crossing] = shapely.intersection(made[crossing], box)
    plain: list[Line] = []
    index: list[tuple[float, Line]] = []
    for height, shape in zip(heights, made, strict=True):
        every_fifth = round(height / interval) % 5 == 0
        for part in (shape,) if shape.geom_type == "LineString" else shapely.get_parts(shape):
            if part.geom_type == "LineString" and part.length > 1.0:
                xy = shapely.get_coordinates(part)
                index.append((height, xy)) if every_fifth else plain.append(xy)
    return plain, index


def _draw(draw: MapDraw, plain: list[Line], index: list[tuple[float, Line]], thin: LineStyle, thick: LineStyle) -> None:
    draw.page.lines(plain, thin.width_mm, color=thin.color, z=5, clip=draw.rect)
    draw.page.lines([xy for _, xy in index], thick.width_mm, color=thick.color, z=5, clip=draw.rect)


def _label(draw: MapDraw, index: list[tuple[float, Line]] | list[Line], decimals: int, color: str) -> None:
    size = draw.layout.body_pt
    placed: dict[float, list[tuple[float, float]]] = {}
    named = [i for i in index if isinstance(i, tuple)]
    for height, line in sorted(named, key=lambda h: -len(h[1])):
        words = number(height, decimals).replace("\u2009", "")
        last: tuple[float, float] | None = None
        for x, y, angle, shape in straight_spots(line, words, size):
            others = placed.setdefault(height, [])
            if (last and np.hypot(x - last[0], y - last[1]) < 110) or any(
                np.hypot(x - u, y - v) < 45 for u, v in others
            ):
                continue
            if draw.room.free(shape) and draw.room.clear(shape):
                draw.room.take(shape)
                draw.page.text(
                    x,
                    y,
                    words,
                    N_("contour label"),
                    size=size,
                    room=draw.rect,
                    color=color,
                    ha="center",
                    rotation=angle,
                    halo=True,
                    z=40,
                )
                last = (x, y)
                others.append(last)
