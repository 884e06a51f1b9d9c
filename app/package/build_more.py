"""The content of further kinds: sections, the stage curve, the ground after filling, monitoring points, place."""

from __future__ import annotations

import math
from dataclasses import replace
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage
from shapely import LineString

from app.i18n import Translator
from app.package.build_parts import crs_facts, geographic
from app.package.content import GridPicture, SectionView, Station
from app.package.kind import SheetKind
from app.package.layout import Layout
from app.package.relief import filled
from app.package.scale import Bounds, MapWindow, choose_window
from app.package.section_layout import across_scale, along_scale, section_scales, up_scale
from app.verbs.estimate import curve
from app.verbs.inputs import resolved
from app.verbs.terrain import terrain_file
from gis.section import cross_axes, cross_axis, long_axis, section
from gis.support_remarks import CURVE_SPREAD
from layers.pits import LAND_USE
from layers.registry import LAYERS
from models.estimate import CurveRow, Estimate
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site

if TYPE_CHECKING:
    from app.package.sheet import SheetRequest
    from app.project import Project

_STATIONS_M = 1500.0
_ARROW_MM = (32.0, 30.0)
"""What the north arrow with the convergence takes in the longer of the two languages."""
_AROUND_M, _AROUND_TIMES = 800.0, 3.0


def window_of(
    site: Site, kind: SheetKind, layout: Layout, request: SheetRequest, stations: tuple[Station, ...]
) -> MapWindow:
    """The map's window for what the kind shows. Raises Refused where it does not fit."""
    bounds = site.outline.bounds
    if kind.extent == "surroundings":
        bounds = _grown(bounds)
    elif kind.extent == "stations" and stations:
        bounds = shapely.union_all([shapely.box(*bounds), *(shapely.Point(s.x, s.y) for s in stations)]).bounds
    scales = kind.scales or layout.scales
    margin = layout.margin if kind.margin is None else kind.margin
    if kind.extent == "surroundings" and request.scale is not None and request.centre is None:
        bounds = site.outline.bounds  # at a scale that is asked for only the site itself must fit
    window = choose_window(bounds, layout.map, scales, margin_mm=margin, scale=request.scale, centre=request.centre)
    if request.scale is None and request.centre is None and not _arrow_fits(site, window):
        smaller = [s for s in scales if s > window.scale]
        if smaller:
            return choose_window(bounds, layout.map, smaller, margin_mm=margin)
    return window


def _arrow_fits(site: Site, window: MapWindow) -> bool:
    """True if a corner of the map has room for the north arrow without hiding any of the outline."""
    r = window.rect.inset(2.5)
    (wide, high), outline = _ARROW_MM, window.page(site.outline)
    corners = [(x, y) for x in (r.x0, r.x1 - wide) for y in (r.y0, r.y1 - high)]
    return any(not outline.intersects(shapely.box(x, y, x + wide, y + high)) for x, y in corners)


def _grown(bounds: Bounds) -> Bounds:
    x0, y0, x1, y1 = bounds
    by = max(_AROUND_M, _AROUND_TIMES * max(x1 - x0, y1 - y0))
    return x0 - by, y0 - by, x1 + by, y1 + by


def sections_of(
    project: Project, site: Site, kind: SheetKind, layout: Layout, estimate: Estimate | None, request: SheetRequest,
    watch: Watch,
) -> tuple[tuple[SectionView, ...], tuple[int, int]]:  # fmt: skip
    """A long section and those across it with the scales that they are drawn at; none for kinds without."""
    if kind.body != "sections" or estimate is None:
        return (), (0, 0)
    terrain = project.store.terrain(estimate.terrain.name)
    path = terrain_file(project, terrain)
    asked, inputs = resolved(project, site, estimate.request)
    main = long_axis(site)
    along = along_scale(main.length, layout, request.scale)
    across, scale = _across(site, along, layout, kept=request.scale is not None)
    views = []
    for letter, line in zip(ascii_uppercase, (main, *across), strict=False):
        found = section(line, terrain, path, site, asked, max_points=1500, watch=watch, inputs=inputs)
        views.append(
            SectionView(letter, line, found.distance_m, found.ground_m, found.reference_m, asked.cover_m, asked.base_m)
        )
    if scale == along:
        return tuple(views), section_scales(views, layout, request.scale)
    own = (scale, up_scale(views[1:], layout))
    made = (views[0], *(replace(v, scales=own) for v in views[1:]))
    return made, section_scales(views[:1], layout, request.scale)


def _across(site: Site, along: int, layout: Layout, *, kept: bool) -> tuple[list[LineString], int]:
    """As many sections across as can be read side by side, three at most, and their scale."""
    for count in (3, 2):
        lines = cross_axes(site, count)
        scale = across_scale([line.length for line in lines], along, layout, kept=kept) if lines else None
        if scale is not None:
            return lines, scale
    only = cross_axis(site)
    return [only], across_scale([only.length], along, layout, kept=kept) or along_scale(only.length, layout, None)


def curve_rows(
    project: Project, site: Site, kind: SheetKind, estimate: Estimate | None, watch: Watch
) -> tuple[tuple[CurveRow, ...], tuple[Notice, ...]]:
    """The stage–capacity curve and its remarks, for kinds that show it."""
    if kind.body != "curve" or estimate is None:
        return (), ()
    found = curve(project, site.code, request=estimate.request, terrain=estimate.terrain.name, watch=watch)
    said = set(estimate.warnings)  # the interval, which stands beside it, contains what the curve would say of gaps
    return found.rows, tuple(n for n in found.warnings if n not in said and n.key not in CURVE_SPREAD)


def final_ground(site: Site, ground: GridPicture, reference: GridPicture) -> GridPicture:
    """The ground under the map after filling up to the reference (of a heap: after its removal)."""
    x0, _, _, y1 = ground.extent
    dx, dy = ground.cell_m
    rows, columns = ground.values.shape
    bx0, by0, bx1, by1 = site.outline.bounds
    i = np.arange(max(0, math.floor((y1 - by1) / dy)), min(rows, math.ceil((y1 - by0) / dy)))
    k = np.arange(max(0, math.floor((bx0 - x0) / dx)), min(columns, math.ceil((bx1 - x0) / dx)))
    values = ground.values.copy()
    if not (i.size and k.size) or not np.isfinite(reference.values).any():
        return GridPicture(values, ground.extent)
    x, y = np.meshgrid(x0 + (k + 0.5) * dx, y1 - (i + 0.5) * dy)
    rx0, _, _, ry1 = reference.extent
    rdx, rdy = reference.cell_m
    at = np.array([(ry1 - y) / rdy - 0.5, (x - rx0) / rdx - 0.5])
    level = ndimage.map_coordinates(filled(reference.values), at, order=1, mode="nearest", output=np.float32)
    inside = shapely.contains_xy(site.outline, x, y)
    part = values[i[0] : i[-1] + 1, k[0] : k[-1] + 1]
    change = np.fmax if site.fills else np.fmin
    part[inside] = change(part[inside], level[inside])
    return GridPicture(values, ground.extent)


def stations_near(project: Project, site: Site) -> tuple[Station, ...]:
    """Observations within 1.5 km of the site, wells first."""
    if not project.store.count("observations"):
        return ()
    listed = project.store.table("observations")
    near = shapely.box(*site.outline.bounds).buffer(_STATIONS_M)
    declared = LAYERS["observations"].field_named("kind")
    words = {c.value: c.label for c in declared.choices} if declared else {}
    found = []
    for shape, code, kind in zip(listed.geometry, listed.column("code"), listed.column("kind"), strict=True):
        if shape is not None and not shape.is_empty and near.covers(shape):
            key = kind if isinstance(kind, str) and kind in words else "other"
            found.append(
                Station(str(code), words.get(key, N_("other observation")), float(shape.x), float(shape.y), key)
            )
    return tuple(sorted(found, key=lambda s: (s.name != "well", s.code)))


def places(site: Site, say: Translator) -> tuple[tuple[str, str], ...]:
    """(msgid, text) of where the site is and what it is for."""
    middle = shapely.point_on_surface(site.outline)
    crs, fields = crs_facts(site.crs, middle.x, middle.y), site.fields
    rows = [(N_("district"), str(fields.get("district") or "—"))]
    where = geographic(site.crs, middle.x, middle.y)
    if where is not None:
        rows.append((N_("longitude, latitude"), f"{dms(where[0], 'EW')}  {dms(where[1], 'NS')}"))
    rows.append((N_("X, Y of the middle"), f"{middle.y:.1f}, {crs.east(middle.x):.1f}"))
    for key, label in (("parcel_no", N_("parcel number")), ("responsible", N_("responsible party"))):
        if fields.get(key):
            rows.append((label, str(fields[key])))
    uses = {c.value: c.label for c in LAND_USE}
    for key, label in (("land_use_now", N_("present land use")), ("land_use_after", N_("land use after reclamation"))):
        if fields.get(key):
            value = str(fields[key])
            rows.append((label, say(uses[value]) if value in uses else value))
    water = fields.get("ground_water_m")
    if isinstance(water, int | float) and math.isfinite(water):
        rows.append((N_("highest groundwater elevation"), f"{water:.2f} m"))
    return tuple(rows)


def dms(degrees: float, sides: str) -> str:
    """109°51′03.2″E: degrees, minutes and seconds to a tenth; `sides` are the letters for plus and minus."""
    tenths = round(abs(degrees) * 36000)
    d, m, s = tenths // 36000, tenths // 600 % 60, tenths % 600 / 10
    return f"{d}°{m:02d}′{s:04.1f}″{sides[0] if degrees >= 0 else sides[1]}"
