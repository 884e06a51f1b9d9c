"""The map's own frame: neat line, kilometre-grid labels on all sides with the zone at the corner, north arrow."""

from __future__ import annotations

import math

import shapely
from shapely.geometry.base import BaseGeometry

from app.format import number
from app.package.canvas import MapDraw
from app.package.fonts import width_mm
from app.package.layout import Layout
from app.package.page import INK, Page
from app.package.scale import MapWindow, decimals_of, grid_interval, multiples
from app.package.shapes import Rect, text_shape
from app.package.textrun import Run
from models.notices import N_

_GREY = "#475467"
TICK_MM = 1.0
Lines = list[tuple[float, float]]


def grid_lines(window: MapWindow, layout: Layout) -> tuple[Lines, Lines]:
    """(page position mm, ground coordinate m) of the grid's lines: those of equal easting, and of equal northing."""
    step = grid_interval(window.scale, layout.grid_spacing)
    x0, y0, x1, y1 = window.bounds
    east, north = multiples(x0, x1, step), multiples(y0, y1, step)
    px, py = (
        window.xy(east, north) if len(east) == len(north) else (window.xy(east, east)[0], window.xy(north, north)[1])
    )
    # A line on the neat line itself would only make that thicker.
    inside_x = [
        (float(p), float(g)) for p, g in zip(px, east, strict=True) if window.rect.x0 + 1 < p < window.rect.x1 - 1
    ]
    inside_y = [
        (float(p), float(g)) for p, g in zip(py, north, strict=True) if window.rect.y0 + 1 < p < window.rect.y1 - 1
    ]
    return inside_x, inside_y


def map_frame(draw: MapDraw) -> None:
    """Neat line of 0.2 mm with grid labels outside it, in kilometres; the first easting carries the zone number."""
    page, r, layout = draw.page, draw.rect, draw.layout
    page.frame(r, layout.inner_line)
    east, north = grid_lines(draw.window, layout)
    step = grid_interval(draw.window.scale, layout.grid_spacing)
    decimals = max(0, 3 - int(round(math.log10(step), 6) // 1)) if step < 1000 else 0
    decimals = min(decimals, decimals_of(step / 1000.0))
    half = layout.label_band / 2
    left_room = Rect(layout.outer.x0, r.y0 - half, r.x0, r.y1 + half)
    right_room = Rect(layout.right_labels[0], r.y0 - half, layout.right_labels[1], r.y1 + half)
    for p, ground in north:
        words = _km(ground, decimals)
        for x, room, name in (
            (layout.outer.x0 + layout.band / 2, left_room, N_("grid label on the left")),
            ((right_room.x0 + right_room.x1) / 2, right_room, N_("grid label on the right")),
        ):
            _label(
                page, x, _held(p, words, r.y0, r.y1, layout.body_pt), "", words, layout.body_pt, room, name, rotation=90
            )
    for y, name in ((r.y1 + half, N_("grid label on top")), (r.y0 - half, N_("grid label at the bottom"))):
        room = Rect(layout.inner.x0, y - half, r.x1 + half, y + half)
        for i, (p, ground) in enumerate(east):
            prefix, words = (
                _split_zone(draw, ground, decimals) if i == 0 else ("", _split_zone(draw, ground, decimals)[1])
            )
            at = _held(p, prefix + words, r.x0, r.x1, layout.body_pt)
            _label(page, at, y, prefix, words, layout.body_pt, room, name)
    _corner_coordinates(draw)
    for p, _ in east:
        page.line([p, p], [r.y0 - TICK_MM / 2, r.y0], 0.1)
        page.line([p, p], [r.y1, r.y1 + TICK_MM / 2], 0.1)
    for p, _ in north:
        page.line([r.x0 - TICK_MM, r.x0], [p, p], 0.1)
        page.line([r.x1, r.x1 + TICK_MM / 2], [p, p], 0.1)


def _corner_coordinates(draw: MapDraw) -> None:
    """X and Y of the map's four corners, m, in rows of their own above and below the grid labels."""
    r, layout, size = draw.rect, draw.layout, draw.layout.body_pt
    x0, y0, x1, y1 = draw.window.bounds
    decimals = 0 if all(abs(v - round(v)) < 1e-6 for v in (x0, y0, x1, y1)) else 1
    far = (layout.label_band + layout.edge_band) / 2
    for y, north in ((r.y1 + far, y1), (r.y0 - far, y0)):
        room = Rect(layout.inner.x0, y - layout.label_band / 2, r.x1, y + layout.label_band / 2)
        for x, east, ha in ((r.x0 + 1.0, x0, "left"), (r.x1 - 1.0, x1, "right")):
            words = f"X={north:.{decimals}f}  Y={draw.content.crs.east(east):.{decimals}f}"
            draw.page.text(x, y, words, N_("coordinates of a corner"), size=size, room=room, ha=ha, color=_GREY)  # type: ignore[arg-type]


def _held(position: float, words: str, low: float, high: float, size: float) -> float:
    """A label's middle, kept along the map's side where its line runs close to a corner."""
    half = width_mm(words, size, True) / 2 + 0.8
    return min(max(position, low + half), high - half)


def _km(metres: float, decimals: int) -> str:
    return f"{metres / 1000.0:.{decimals}f}"


def _split_zone(draw: MapDraw, east: float, decimals: int) -> tuple[str, str]:
    """The zone number, and the kilometres after it."""
    whole = _km(draw.content.crs.east(east), decimals)
    zone = draw.content.crs.zone
    prefix = str(zone) if zone is not None and east + (draw.content.crs.prefix or 0) * 1e6 >= 1e6 else ""
    return (prefix, whole[len(prefix) :]) if prefix and whole.startswith(prefix) else ("", whole)


def _label(
    page: Page, x: float, y: float, prefix: str, words: str, size: float, room: Rect, name: str, rotation: float = 0.0
) -> None:
    """The zone in regular weight, kilometres in bold (sheets of old print them small and large)."""
    total = width_mm(prefix, size) + width_mm(words, size, True)
    if prefix:
        page.text(x - total / 2, y, prefix, name, size=size, room=room, color=_GREY)
        page.text(x + total / 2, y, words, name, size=size, room=room, bold=True, ha="right")
    else:
        page.text(x, y, words, name, size=size, room=room, bold=True, ha="center", rotation=rotation)


def north_arrow(draw: MapDraw, hidden: BaseGeometry | None = None) -> None:
    """An arrow to grid north with the convergence, in the map's corner where it hides least of a shape (mm).

    None: of the site.
    """
    page, layout, say, size = draw.page, draw.layout, draw.say, draw.layout.body_pt
    lines = [say(N_("grid north"))]
    angle = draw.content.crs.convergence_deg
    if angle is not None:
        lines.append(say(N_("convergence {angle}")).format(angle=angle_text(angle)))
    width = max(width_mm(t, size) for t in lines) + 4.0
    height = 21.0 + len(lines) * layout.pitch
    box = _corner(draw, width, height, hidden)
    page.shape(box.polygon(), face="white", alpha=0.88, z=45)
    page.shape(box.polygon(), edge=_GREY, width=0.1, z=46)
    cx, top = (box.x0 + box.x1) / 2, box.y1 - 5.5
    left = shapely.Polygon([(cx, top), (cx - 3.0, top - 13.5), (cx, top - 10.8)])
    right = shapely.Polygon([(cx, top), (cx + 3.0, top - 13.5), (cx, top - 10.8)])
    page.shape(left, face=INK, edge=INK, width=0.15, z=47)
    page.shape(right, face="white", edge=INK, width=0.15, z=47)
    page.text(cx, box.y1 - 3.0, "N", N_("north arrow"), size=size, room=box, bold=True, ha="center")
    for i, line in enumerate(lines):
        y = box.y0 + 0.6 + layout.pitch * (len(lines) - i - 0.5)
        page.text(cx, y, line, N_("north arrow"), size=size, room=box, ha="center")
    draw.room.take(box.polygon().buffer(0.5, join_style="mitre"))


def _corner(draw: MapDraw, width: float, height: float, hidden: BaseGeometry | None) -> Rect:
    r = draw.rect.inset(2.5)
    corners = [
        Rect(r.x1 - width, r.y1 - height, r.x1, r.y1),
        Rect(r.x0, r.y1 - height, r.x0 + width, r.y1),
        Rect(r.x1 - width, r.y0, r.x1, r.y0 + height),
        Rect(r.x0, r.y0, r.x0 + width, r.y0 + height),
    ]
    shape = draw.visible(draw.content.outline).buffer(8.0) if hidden is None else hidden
    return min(corners, key=lambda c: round(shape.intersection(c.polygon()).area, 3))


def angle_text(degrees: float) -> str:
    """An angle in degrees and minutes with its sign: −0°42′."""
    minutes = round(abs(degrees) * 60)
    sign = "\u2212" if degrees < 0 and minutes else "+" if minutes else ""
    return f"{sign}{minutes // 60}°{minutes % 60:02d}′"


def watermark(page: Page, words: str, room: Rect) -> None:
    """Light words across the sheet, as shapes: large, yet none of the sheet's three sizes of text."""
    size = min(60.0 * page.width / 420.0, 10.0 * room.width / max(width_mm(words, 10.0, True), 1e-9) * 0.92)
    angle = math.degrees(math.atan2(room.height, room.width)) * 0.75
    _, x, y = text_shape((room.x0 + room.x1) / 2, (room.y0 + room.y1) / 2, words, size, True, "center", angle)
    page.outline(Run(x, y, words, size, True, "#B42318", angle), alpha=0.13, z=35)


def scale_words(scale: int) -> str:
    """1:1 000."""
    return f"1:{number(scale, 0)}"
