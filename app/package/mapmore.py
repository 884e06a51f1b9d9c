"""Parts of further kinds of map: ground after filling, monitoring points, the site marked among its surroundings."""

from __future__ import annotations

from functools import partial

import shapely
from shapely.geometry.base import BaseGeometry

from app.package.canvas import MapDraw
from app.package.content import Station
from app.package.fonts import plain, shorten
from app.package.labels import number_spots
from app.package.relief import terrain_picture
from app.package.shapes import text_shape
from layers.registry import LAYERS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

STATION_MM = 2.4
# Sign of a kind of monitoring point: shape and colour; wells are the filled circle with a dot of maps of groundwater.
SIGNS: dict[str, tuple[str, str]] = {
    "well": ("circle", "#175CD3"),
    "water": ("circle", "#84ADFF"),
    "dumping": ("triangle", "#B42318"),
    "check": ("square", "#FDB022"),
    "other": ("diamond", "#98A2B3"),
}


def final_terrain(draw: MapDraw) -> None:
    """Hillshade of the ground after filling."""
    if draw.content.final is None:
        return
    rgba, extent = terrain_picture(draw.content.final, draw.window, draw.layout.picture_dpi)
    if rgba.size:
        draw.page.image(rgba, draw.window.box(extent), z=1, clip=draw.rect)


def stations(draw: MapDraw) -> None:
    """Monitoring points with their codes."""
    for station in draw.content.stations:
        x, y = (float(v) for v in draw.window.xy(station.x, station.y))
        r = draw.rect
        if not (r.x0 + 1 < x < r.x1 - 1 and r.y0 + 1 < y < r.y1 - 1):
            continue
        _sign(draw, station, x, y)
        draw.room.take(shapely.Point(x, y).buffer(STATION_MM / 2 + 0.3))
        draw.later.insert(0, partial(_code, draw, station, x, y))


def _sign(draw: MapDraw, station: Station, x: float, y: float) -> None:
    from app.package.overview import mark

    shape, color = SIGNS.get(station.name, SIGNS["other"])
    draw.page.shape(mark(x, y, STATION_MM + 0.6, shape), face="white", z=28, clip=draw.rect)
    draw.page.shape(mark(x, y, STATION_MM, shape), face=color, edge="#1F2933", width=0.18, z=29, clip=draw.rect)
    style = LayerStyle(LineStyle("#1F2933", 0.18), FillStyle(color, 1.0), STATION_MM)
    draw.explain(f"station:{station.name}", draw.say(station.kind), "mark", style, (shape, color))


def _code(draw: MapDraw, station: Station, x: float, y: float) -> None:
    size = draw.layout.body_pt
    words = shorten(plain(station.code), 30.0, size)
    for u, v, shape, _ in number_spots(x, y, (0.8, 0.6), words, size, (STATION_MM / 2 + 0.5, 3.0, 5.0)):
        if draw.room.free(shape):
            draw.room.take(shape)
            draw.page.text(u, v, words, N_("code of a monitoring point"), size=size, room=draw.rect, ha="center",
                           halo=True, z=41)  # fmt: skip
            return


def site_mark(draw: MapDraw) -> None:
    """The site as a dark area with its code beside it: for small scales, where its outline is a few millimetres."""
    outline = draw.visible(draw.content.outline)
    draw.page.shape(outline, face="white", edge="white", width=1.4, z=18, clip=draw.rect)
    draw.page.shape(outline, face="#B42318", edge="#7F1D1D", width=0.3, z=19, clip=draw.rect)
    red = LayerStyle(LineStyle("#7F1D1D", 0.3), FillStyle("#B42318", 1.0))
    words = draw.say(N_("this site ({kind})")).format(kind=draw.say(LAYERS[draw.content.layer].label))
    draw.explain("site", words, "area", red)
    if outline.is_empty:
        return
    draw.room.take(outline.buffer(0.4))
    code_beside(draw, outline)


def code_beside(draw: MapDraw, outline: BaseGeometry) -> None:
    """The site's code where there is room around its outline on the page (mm)."""
    x, y = outline.centroid.coords[0]
    x0, y0, x1, y1 = outline.bounds
    size, code = draw.layout.kind_pt, shorten(plain(draw.content.site_code), 60.0, draw.layout.kind_pt, bold=True)
    reach = max(x1 - x0, y1 - y0) / 2
    for u, v, _, _ in number_spots(x, y, (0.7, 0.7), code, size, (reach + 1.5, reach + 4.0, reach + 8.0)):
        shape = text_shape(u, v, code, size, True, "center", 0)[0].buffer(0.5)
        if draw.room.free(shape):
            draw.room.take(shape)
            draw.page.text(u, v, code, N_("code of the site"), size=size, room=draw.rect, bold=True, ha="center",
                           halo=True)  # fmt: skip
            return
