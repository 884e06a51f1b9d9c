"""The parts of a map, each drawn by one function, in a table by key: a sheet's template lists those it wants."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.format import number
from app.package.canvas import MapDraw, Part, fill_area, stroke_area
from app.package.labels import plan_numbers
from app.package.mapcontours import contours, design_contours, final_contours
from app.package.mapearthwork import earthwork, earthwork_tint
from app.package.mapfeatures import conflicts, control_fill, controls, neighbours, places_inside, site_fill
from app.package.mapmore import code_beside, final_terrain, site_mark, stations
from app.package.overview import districts, graded_sites
from app.package.relief import depth_polygons, terrain_picture
from app.package.rim_marks import rim_edits
from app.package.scale import decimals_of
from app.package.shapes import text_shape
from layers.classes import depth_colours, depth_limits
from layers.registry import LAYERS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_, Notice

POINT_RED = "#D92D20"
POINT_MM = 0.8
OUTLINE_MM = 0.3
_SPECK_MM = 16.0
"""Below this an outline among others of its kind says nothing of which site the sheet is about."""


def terrain(draw: MapDraw) -> None:
    """Hillshade under quiet tints, or the basemap that was asked for."""
    photo = draw.content.photo
    if photo is not None:
        draw.page.image(photo.pixels, draw.window.box(photo.extent), z=1, clip=draw.rect)
        return
    if draw.content.terrain is None:
        return
    rgba, extent = terrain_picture(draw.content.terrain, draw.window, draw.layout.picture_dpi)
    if rgba.size:
        draw.page.image(rgba, draw.window.box(extent), z=1, clip=draw.rect)


def depth(draw: MapDraw) -> None:
    """Classes of fill depth at the reference surface (of heaps: of height above their base)."""
    grid = draw.content.depth
    if grid is None or not np.isfinite(grid.values).any():
        return
    outline = draw.visible(draw.content.outline)
    heap = not draw.content.fills
    deepest = float(np.nanmax(grid.values))
    limits = depth_limits(deepest)
    if len(limits) < 2:
        return
    colours = depth_colours(len(limits) - 1, fill=not heap)
    covered: dict[int, BaseGeometry] = {}
    for k, (low, high) in enumerate(pairwise(limits)):
        area = shapely.intersection(depth_polygons(grid, low, high, draw.window), outline)
        if not area.is_empty:
            covered[k] = area
    digits = decimals_of(limits[1])
    for k in range(
        min(covered, default=0), max(covered, default=-1) + 1
    ):  # without a gap: the legend's bar is one scale
        colour = colours[k]
        if k in covered:
            draw.page.shape(covered[k], face=colour, alpha=0.86, z=3, clip=draw.rect)
        style = LayerStyle(LineStyle("#475467", 0.1), FillStyle(colour, 0.86))
        draw.explain(f"depth{k}", "", "class", style, (_limit(limits[k], digits), _limit(limits[k + 1], digits)))
    # What is left lies on the other side of the reference; slivers between classes are not it.
    dry = shapely.difference(outline, shapely.union_all(list(covered.values())).buffer(0.02)).buffer(-0.1).buffer(0.1)
    if dry.area > 0.002 * outline.area and dry.area > 1.0:
        base = LAYERS[draw.content.layer].style
        fill_area(draw.page, dry, base.fill, base.line, z=3, clip=draw.rect)
        words = (
            N_("within the outline, below the base")
            if heap
            else N_("within the outline, not filled (above the reference)")
        )
        draw.explain("dry", draw.say(words), "area", LayerStyle(LineStyle(base.line.color, 0.1), base.fill))


def _limit(value: float, digits: int) -> str:
    return number(value, digits if value else 0)


def grid(draw: MapDraw) -> None:
    """The lines of the kilometre grid; their labels stand outside the map (furniture)."""
    from app.package.mapframe import grid_lines

    east, north = grid_lines(draw.window, draw.layout)
    r = draw.rect
    parts = [np.array([[x, r.y0], [x, r.y1]]) for x, _ in east] + [np.array([[r.x0, y], [r.x1, y]]) for y, _ in north]
    draw.page.lines(parts, 0.1, color="#344054", z=6, clip=r, alpha=0.55)
    if parts:
        draw.room.avoid(shapely.MultiLineString(parts))


def site(draw: MapDraw) -> None:
    """The outline of the site, 0.3 mm, with a white casing; and its code. A speck of an outline is marked instead."""
    style = LAYERS[draw.content.layer].style
    outline = draw.visible(draw.content.outline)
    x0, y0, x1, y1 = draw.window.page(draw.content.outline).bounds
    if max(x1 - x0, y1 - y0) < _SPECK_MM and "boundary_points" not in draw.parts:
        site_mark(draw)
        return
    draw.page.shape(outline, edge="white", width=OUTLINE_MM + 0.5, z=11, clip=draw.rect)
    stroke_area(draw.page, outline, style.line, z=12, clip=draw.rect, width=OUTLINE_MM)
    draw.room.avoid(outline)
    shown = style.fill if "site_fill" in draw.parts and draw.content.photo is None else None
    draw.explain(
        "site",
        draw.say(LAYERS[draw.content.layer].label),
        "area",
        LayerStyle(LineStyle(style.line.color, OUTLINE_MM, (), style.line.ticks), shown),
    )
    if draw.coded or not isinstance(outline, Polygon | MultiPolygon) or outline.is_empty:
        return
    size, code = draw.layout.kind_pt, draw.content.site_code
    box = text_shape(0.0, 0.0, code, size, True, "center", 0)[0].buffer(0.5)
    spots = places_inside(outline)
    shapes = np.array(shapely.polygons(shapely.get_coordinates(box)[None] + spots[:, None]), dtype=object)
    found = [i for i in np.flatnonzero(shapely.covers(outline, shapes)) if draw.room.free(shapes[i])]
    if not found:
        code_beside(draw, outline)
        return
    i = next((i for i in found if draw.room.clear(shapes[i])), found[0])
    draw.room.take(shapes[i])
    x, y = spots[i].tolist()
    name = N_("code of the site")
    draw.page.text(x, y, code, name, size=size, room=draw.rect, bold=True, ha="center", halo=True)


def boundary_points(draw: MapDraw) -> None:
    """Numbered boundary points: red circles of 0.8 mm, numbers of 2.2 mm, leaders only where crowded."""
    points = draw.content.points
    x, y = draw.window.xy([p.y_east for p in points], [p.x_north for p in points])
    xy = np.column_stack([x, y])
    draw.page.dots(xy, POINT_MM, face="white", edge=POINT_RED, width=0.2, z=30, clip=draw.rect)
    draw.room.take_dots(xy, POINT_MM / 2 + 0.15)
    draw.explain(
        "point", draw.say(N_("boundary point")), "point", LayerStyle(LineStyle(POINT_RED, 0.2), None, POINT_MM)
    )
    size = draw.layout.body_pt
    plan = plan_numbers(points, xy, draw.room, draw.visible(draw.content.outline), size)
    where = {p.number: tuple(map(float, c)) for p, c in zip(points, xy, strict=True)}
    for point, u, v, leader in plan.spots:
        a, b = where[point.number]
        if leader:
            draw.page.line([a, u], [b, v], 0.1, color=POINT_RED, z=29, clip=draw.rect)
        draw.page.text(
            u,
            v,
            point.number,
            N_("number of a boundary point"),
            size=size,
            room=draw.rect,
            ha="center",
            halo=True,
            color="#912018",
        )
        draw.room.take(text_shape(u, v, point.number, size, False, "center", 0)[0].buffer(0.3))
    if plan.step > 1:
        text = N_("on the map boundary points are numbered in steps of {step}; the table lists all of them")
        draw.notes.append(Notice("sheet.numbers_thinned", text, step=plan.step))
    if plan.unplaced:
        text = N_("{n} numbers of boundary points found no room on the map; the table lists all")
        draw.notes.append(Notice("sheet.numbers_left_out", text, n=len(plan.unplaced)))


MAP_PARTS: dict[str, Part] = {
    "terrain": terrain,
    "depth": depth,
    "contours": contours,
    "design_contours": design_contours,
    "final_terrain": final_terrain,
    "final_contours": final_contours,
    "grid": grid,
    "districts": districts,
    "graded_sites": graded_sites,
    "site_mark": site_mark,
    "stations": stations,
    "control_fill": control_fill,
    "controls": controls,
    "neighbours": neighbours,
    "site_fill": site_fill,
    "conflicts": conflicts,
    "site": site,
    "rim_edits": rim_edits,
    "boundary_points": boundary_points,
    "earthwork_tint": earthwork_tint,
    "earthwork": earthwork,
}
