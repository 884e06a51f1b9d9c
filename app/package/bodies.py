"""What stands in the large place of a sheet, in a table by the template's `body`: a map, sections, a chart."""

from __future__ import annotations

from collections.abc import Callable

from app.package.canvas import MapDraw
from app.package.chart_curve import curve_body
from app.package.chart_sections import sections_body
from app.package.furniture import scale_bar
from app.package.kind import SheetKind
from app.package.mapearthwork import earthwork_over
from app.package.mapframe import map_frame, north_arrow
from app.package.mapparts import MAP_PARTS
from models.progress import Watch

Body = Callable[[MapDraw, SheetKind, Watch], None]


def map_body(draw: MapDraw, kind: SheetKind, watch: Watch) -> None:
    """The map with its frame, grid labels, north arrow and scale bar."""
    map_frame(draw)
    north_arrow(draw, earthwork_over(draw) if "earthwork" in kind.map else None)
    for key in kind.map:
        watch.report(0.3)
        MAP_PARTS[key](draw)
    for label in draw.later:
        label()
    scale_bar(draw.page, draw.layout, draw.window.scale, draw.say, draw.layout.bar)


BODIES: dict[str, Body] = {"map": map_body, "sections": sections_body, "curve": curve_body}
