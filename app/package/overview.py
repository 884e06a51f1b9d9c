"""The district overview: every site graded by status (shape and colour) and capacity (size), sums by district."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.format import mu, number, wan_m3, wan_t
from app.i18n import Translator
from app.package.canvas import MapDraw, stroke_area
from app.package.content import SheetContent, SiteSummary
from app.package.fonts import plain, shorten
from app.package.labels import number_spots
from app.package.panel import Column, Panel, head_height, heading
from app.package.shapes import Rect
from layers.common import STATUS
from layers.registry import LAYERS
from layers.style import LayerStyle, LineStyle
from models.notices import N_

# Shape and colour of each status: after the palette of Okabe and Ito (2008), apart for the three common deficiencies,
# in falling darkness, so that grey print keeps the order; the shape says it without any colour.
STATUS_MARKS: dict[str, tuple[str, str]] = {
    "abandoned": ("circle", "#7F1D1D"),
    "planned": ("square", "#D55E00"),
    "filling": ("triangle", "#E69F00"),
    "filled": ("diamond", "#8CCDF2"),
    "reclaimed": ("hexagon", "#B7E4C7"),
}
UNKNOWN = ("circle", "#FFFFFF")
_INK = "#1F2933"
# Upper limits of the classes of capacity, 10⁴ m³, and the diameter of their marks in mm.
CLASSES: tuple[tuple[float, float], ...] = ((1.0, 1.8), (10.0, 2.6), (50.0, 3.6), (200.0, 4.8), (float("inf"), 6.2))
_NO_FIGURE_MM = 1.4
_SIDES = {"square": 4, "triangle": 3, "diamond": 4, "hexagon": 6}
_TURN = {"square": 45.0, "triangle": 90.0, "diamond": 90.0, "hexagon": 0.0}


def mark(x: float, y: float, diameter: float, shape: str) -> BaseGeometry:
    """A status' sign, mm."""
    if shape == "circle":
        return shapely.Point(x, y).buffer(diameter / 2, 12)
    n = _SIDES[shape]
    a = np.radians(_TURN[shape] + np.arange(n) * 360.0 / n)
    r = diameter / 2 * (1.25 if n < 6 else 1.1)
    return shapely.Polygon(np.column_stack([x + r * np.cos(a), y + r * np.sin(a)]))


def diameter_of(site: SiteSummary) -> float:
    """Mm of a site's mark, by its capacity."""
    if site.fill_m3 is None:
        return _NO_FIGURE_MM
    return next(d for limit, d in CLASSES if site.fill_m3 / 1e4 <= limit)


def graded_sites(draw: MapDraw) -> None:
    """Outlines, and a mark on each site; the largest first, so that small ones stand on them."""
    sites = sorted(draw.content.inventory, key=lambda s: (-diameter_of(s), s.code))
    for site in sites:
        thin = LineStyle(LAYERS[site.layer].style.line.color, 0.18)
        outline = draw.visible(site.outline)
        if draw.shows(outline):
            stroke_area(draw.page, outline, thin, z=10, clip=draw.rect)
            draw.explain(f"outline {site.layer}", draw.say(LAYERS[site.layer].label), "area", LayerStyle(thin))
            draw.room.avoid(outline)
            x, y = (float(v) for v in shapely.get_coordinates(draw.window.page(site.outline.centroid))[0])
            shape, color = STATUS_MARKS.get(site.status, UNKNOWN)
            sign = mark(x, y, diameter_of(site), shape)
            draw.page.shape(sign, face=color, edge="white", width=0.5, z=20, clip=draw.rect)
            draw.page.shape(sign, face=color, edge=_INK, width=0.15, z=20.1, clip=draw.rect)
            draw.room.take(sign.buffer(0.2))
            draw.later.append(partial(_code, draw, site.code, x, y, diameter_of(site) / 2))


def _code(draw: MapDraw, code: str, x: float, y: float, radius: float) -> None:
    size, words = draw.layout.body_pt, shorten(plain(code), 30.0, draw.layout.body_pt)
    every = number_spots(x, y, (1.0, 0.3), words, size, (radius + 0.6, radius + 2.0))
    spots = [s for s in every if draw.room.free(s[2])]
    if spots:
        u, v, shape, _ = min(spots, key=lambda s: not draw.room.clear(s[2]))
        draw.room.take(shape)
        draw.page.text(u, v, words, N_("code of a site"), size=size, room=draw.rect, ha="center", halo=True, z=41)


def districts(draw: MapDraw) -> None:
    """Borders of the districts, and their names."""
    from app.package.mapfeatures import label_area

    style = LAYERS["districts"].style
    for feature in draw.content.around:
        if feature.layer != "districts":
            continue
        shape = draw.visible(feature.geometry)
        if not draw.shows(shape):
            continue
        stroke_area(draw.page, shape, style.line, z=8, clip=draw.rect)
        draw.room.avoid(shape)
        draw.explain("districts", draw.say(N_("border of a district")), "line", LayerStyle(style.line))
        name = N_("name of a district")
        draw.later.append(partial(label_area, draw, shape, feature.name or feature.code, "#344054", name))


def _status_words(status: str, say: Translator) -> str:
    return say({c.value: c.label for c in STATUS}.get(status, N_("status not stated")))


def site_rows(content: SheetContent, say: Translator) -> Iterable[tuple[tuple[str, ...], str]]:
    """(cells, heading of a district) of the table of sites, in their order."""
    last: str | None = None
    several = len({s.district for s in content.inventory}) > 1
    for site in content.inventory:
        if several and site.district != last:
            last = site.district
            yield (), site.district or say(N_("no district stated"))
        capacity = wan_m3(site.fill_m3, _places(site.fill_m3))
        mass = wan_t(site.tonnage_t, _places(site.tonnage_t))
        yield (site.code, site.name, _status_words(site.status, say), capacity, mass), ""


def _places(value: float | None) -> int:
    """Decimals of a figure in 10⁴: two, fewer where it is large."""
    return 2 if value is None or value < 1e6 else 1 if value < 1e7 else 0


# -- panels


def _grade_height(column: Column, _width: float) -> float:
    statuses, sizes = _shown(column.content)
    return head_height(column.layout) + _rows(statuses) * 4.6 + (16.0 if sizes else 0.0)


def _rows(statuses: list[str]) -> int:
    return -(-len(statuses) // 2)


def _shown(content: SheetContent) -> tuple[list[str], bool]:
    present = {s.status if s.status in STATUS_MARKS else "" for s in content.inventory}
    return [s for s in (*STATUS_MARKS, "") if s in present], any(s.fill_m3 is not None for s in content.inventory)


def _grade(column: Column, box: Rect) -> None:
    """Legend of the marks: statuses by shape and colour, capacities by size."""
    page, say, size, name = column.page, column.say, column.layout.body_pt, N_("legend of the sites")
    y = heading(page, column.layout, box, say(N_("Sites by status and capacity")), name)
    statuses, sizes = _shown(column.content)
    for i, status in enumerate(statuses):
        x, middle = box.x0 + (i % 2) * box.width / 2, y - (i // 2 + 0.5) * 4.6
        shape, color = STATUS_MARKS.get(status, UNKNOWN)
        page.shape(mark(x + 3.0, middle, 3.0, shape), face=color, edge=_INK, width=0.15, z=30)
        page.text(x + 8.0, middle, _status_words(status, say), name, size=size, room=box)
    if not sizes:
        return
    y -= _rows(statuses) * 4.6 + 2.3
    words = say(N_("capacity, 10⁴ m³"))
    page.text(box.x0, y, words, name, size=size, room=box)
    y -= 6.0
    each = box.width / len(CLASSES)
    low = 0.0
    for i, (limit, diameter) in enumerate(CLASSES):
        x = box.x0 + (i + 0.5) * each
        page.shape(mark(x, y + 0.4, diameter, "circle"), face="#D0D5DD", edge=_INK, width=0.15, z=30)
        text = f"> {number(low, 0)}" if limit == float("inf") else f"≤ {number(limit, 0)}"
        page.text(x, y - 4.6, text, name, size=size, room=box, ha="center")
        low = limit


_SHARES = (0.27, 0.11, 0.19, 0.18, 0.25)


def _sums(content: SheetContent) -> list[tuple[str, list[SiteSummary]]]:
    districts_ = dict.fromkeys(s.district for s in content.inventory)
    return [(d, [s for s in content.inventory if s.district == d]) for d in districts_]


def _district_height(column: Column, _width: float) -> float:
    count = len(_sums(column.content))
    return head_height(column.layout) + (count + 1 + (count > 1)) * column.layout.pitch + 0.8


def _district_table(column: Column, box: Rect) -> None:
    page, layout, say, name = column.page, column.layout, column.say, N_("sums by district")
    y = heading(page, layout, box, say(N_("Sums by district")), name)
    x = [box.x0]
    for share in _SHARES:
        x.append(x[-1] + share * box.width)
    rows: list[tuple[str, ...]] = [
        tuple(say(w) for w in (N_("district"), N_("count"), N_("10⁴ m³"), N_("10⁴ t"), N_("released, mu")))
    ]
    every = _sums(column.content)
    for district, sites in every:
        rows.append((district or say(N_("no district stated")), *_row(sites)))
    if len(every) > 1:
        rows.append((say(N_("all districts")), *_row(column.content.inventory)))
    for n, cells in enumerate(rows):
        bold, middle = n == 0 or (len(every) > 1 and n == len(rows) - 1), y - layout.pitch / 2
        for i, text in enumerate(cells):
            wide = x[i + 1] - x[i]
            fitted = shorten(plain(text), wide - 0.6, layout.body_pt, bold)
            if i == 0:
                page.text(x[0], middle, fitted, name, size=layout.body_pt, room=box, bold=bold)
            else:
                page.text(x[i + 1], middle, fitted, name, size=layout.body_pt, room=box, bold=bold, ha="right")
        y -= layout.pitch
        if n == 0:
            page.rule([box.x0, box.x1], [y, y], 0.1)
            y -= 0.3


def _row(sites: Iterable[SiteSummary]) -> tuple[str, ...]:
    some = list(sites)

    def total(name: str) -> float | None:
        values = [getattr(s, name) for s in some if getattr(s, name) is not None]
        return sum(values) if values else None

    return number(len(some), 0), wan_m3(total("fill_m3")), wan_t(total("tonnage_t")), mu(total("released_m2"))


OVERVIEW_PANELS: dict[str, Panel] = {
    "grades": Panel(_grade_height, _grade),
    "district_table": Panel(_district_height, _district_table),
}
