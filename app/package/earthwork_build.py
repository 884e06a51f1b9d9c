"""The content of a grid-method sheet from a project: squares that suit the paper, measured and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.format import difference
from app.package.earthwork_layout import GridSheet, grid_sheets
from app.package.earthwork_table import GRID_RULES
from app.package.kind import SheetKind
from app.package.layout import layout_of
from app.verbs.asked import asked
from gis.earthwork import measure
from gis.surfaces import surface_label
from models.earthwork import Earthwork
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site

if TYPE_CHECKING:
    from app.package.sheet import SheetRequest
    from app.project import Project


def measured_grid(
    project: Project, site: Site, kind: SheetKind, request: SheetRequest, watch: Watch
) -> tuple[Earthwork, GridSheet] | tuple[None, None]:
    """The grid method of a sheet that shows it, and how its squares stand on paper; (None, None) for other sheets.

    Of the squares that the paper carries the widest that agree with the cell sums are taken, else the finest. Raises
    Refused where no squares fit the paper, else as the estimate does.
    """
    if "earthwork" not in kind.map:
        return None, None
    layout, found = layout_of(request.paper, request.orientation), request.earthwork
    side = found.grid.side_m if found is not None else None
    places = grid_sheets(site.outline, layout, kind, site.code, side=side, scale=request.scale)
    if found is None:
        q, sides = asked(project, site.code), [p.side_m for p in places]
        found = measure(q.site, q.terrain, q.dem, q.request, sides_m=sides, watch=watch, inputs=q.inputs)
    return found, next(p for p in places if p.side_m == found.grid.side_m)


def rules_of(found: Earthwork | None) -> tuple[Notice, ...]:
    """What a sheet of the grid method says of how it was measured."""
    if found is None:
        return ()
    label = surface_label(found.reference, fills=found.fills)
    text = N_("design surface: {surface}; terrain: {terrain}")
    design = Notice("sheet.design", text, surface=Notice("sheet.surface", label), terrain=found.terrain)
    coarse: tuple[Notice, ...] = ()
    percent = found.disagreement_percent(found.grid.fill_m3, found.grid.cut_m3)
    if percent is not None:
        text = N_(
            "the grid method differs by {percent} % from the cell sums: squares of {side} m are coarse for this site; "
            "volumes are those of the cell sums, a larger paper takes finer squares"
        )
        coarse = (Notice("sheet.coarse_squares", text, percent=difference(percent), side=f"{found.grid.side_m:g}"),)
    return (design, *(Notice("sheet.rule", r) for r in GRID_RULES), *found.grid.notices, *coarse)
