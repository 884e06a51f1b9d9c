"""The panels of a grid-method sheet: what stands at a corner, and the totals beside the estimate."""

from __future__ import annotations

from app.format import difference, number
from app.package.earthwork_detail import drawn_detail
from app.package.panel import Column, Panel, head_height, heading, rows_draw, rows_height
from app.package.shapes import Rect
from models.earthwork import Earthwork
from models.notices import N_, Translate

Rows = list[tuple[str, str, bool]]
_KEY_MM = 11.0


def _key_height(column: Column, _width: float) -> float:
    shown = column.content.earthwork is not None and drawn_detail(column.content).working
    return head_height(column.layout) + _KEY_MM if shown else 0.0


def _key(column: Column, box: Rect) -> None:
    """A corner as it is written on the drawing (方格网交叉点标高)."""
    page, size, say = column.page, column.layout.body_pt, column.say
    name = N_("key to the corners")
    top = heading(page, column.layout, box, say(N_("At each corner")), name)
    x, y = (box.x0 + box.x1) / 2, (top + box.y0) / 2
    page.line([x - 30, x + 30], [y, y], 0.15, z=30)
    page.line([x, x], [top - 0.3, box.y0 + 0.2], 0.15, z=30)
    page.text(x - 0.9, y + 2.1, say(N_("working height")), name, size=size, room=box, bold=True, ha="right")
    if not drawn_detail(column.content).elevations:
        return
    page.text(x + 0.9, y + 2.1, say(N_("design elevation")), name, size=size, room=box)
    page.text(x + 0.9, y - 2.1, say(N_("ground elevation")), name, size=size, room=box)


def _rows(column: Column) -> Rows:
    found, say = column.content.earthwork, column.say
    return [(say(N_("not measured")), "—", False)] if found is None else earthwork_rows(found, say)


def earthwork_rows(found: Earthwork, say: Translate) -> Rows:
    """Totals of the method, and how far they are from the cell sums."""
    g = found.grid
    percent = found.difference_percent(g.fill_m3, g.cut_m3)
    fill, cut = g.printed_m3
    own = found.fill_m3 if found.fills else found.cut_m3
    return [
        (say(N_("side of the squares")), f"{g.side_m:g} m", False),
        (say(N_("number of squares")), number(len(g.squares), 0), False),
        (say(N_("fill (+)")), f"{number(fill, g.decimals)} m³", True),
        (say(N_("cut (−)")), f"{number(cut, g.decimals)} m³", True),
        (say(N_("area of fill / of cut")), f"{number(g.fill_area_m2, 0)} / {number(g.cut_area_m2, 0)} m²", False),
        (say(N_("mean ground elevation")), f"{number(g.mean_ground_m, 2)} m", False),
        (say(N_("mean design elevation")), f"{number(g.mean_design_m, 2)} m", False),
        (say(N_("by cell sums (estimate)")), f"{number(own, g.decimals)} m³", False),
        (say(N_("difference of the grid method")), f"{difference(percent)} %", False),
    ]


EARTHWORK_PANELS: dict[str, Panel] = {
    "earthwork_key": Panel(_key_height, _key),
    "earthwork_figures": Panel(
        rows_height(_rows), rows_draw(N_("Earthwork by the grid method"), N_("totals of the earthwork"), _rows)
    ),
}
