"""The content of a sheet from a project: everything is read and computed here, nothing is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from app import __version__
from app.format import number
from app.i18n import Translator
from app.package.boundary import boundary_points
from app.package.content import (
    GridPicture,
    MapFeature,
    SheetContent,
    SheetCrs,
    SignOff,
    Source,
    TerrainFacts,
)
from app.package.earthwork_build import measured_grid, rules_of
from app.package.layout import Layout, SheetKind, layout_of, sheet_kind
from app.package.rim_marks import rim_marks
from app.package.scale import Bounds, MapWindow, choose_window
from app.verbs.estimate import estimate as estimate_sites
from app.verbs.inputs import resolved
from app.verbs.overlay import site_conflicts
from app.verbs.terrain import terrain_file, terrain_for
from gis import volume
from gis.crs import describe, horizontal, parse_crs, same_crs, transformer
from gis.raster import Dem
from gis.surfaces import SURFACES
from layers.registry import LAYERS
from models.estimate import Estimate, EstimateRequest
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

if TYPE_CHECKING:
    from app.package.sheet import SheetRequest
    from app.project import Project

_GONE = "replaced"


def build_content(project: Project, request: SheetRequest, watch: Watch | None = None) -> SheetContent:
    """All that `request` needs, from the project as it is now. Raises as `app.package.sheet.make_sheet` does."""
    watch = watch or Watch()
    kind, layout = sheet_kind(request.kind), layout_of(request.paper, request.orientation)
    site, facts = project.store.site(request.site), project.store.project()
    settings, say = facts["settings"], Translator(request.language)
    measured, window = measured_grid(project, site, kind, request, watch.part(0.05, 0.4))
    if window is None:
        bounds, scales = site.outline.bounds, kind.scales or layout.scales
        window = choose_window(bounds, layout.map, scales, margin_mm=layout.margin, scale=request.scale)
    figures = _figures(project, site, kind, watch.part(0.4, 0.6), measured.terrain if measured else None)
    around = list(_features(project, site))
    near = shapely.box(*window.bounds)
    shown = [f for f in around if f.layer != "districts" and shapely.intersects(near, f.geometry)]
    controls = tuple(f for f in shown if LAYERS[f.layer].role == "control")
    watch.report(0.7)
    terrain, picture = figures.terrain, None
    if terrain is not None and {"terrain", "contours"} & set(kind.map):
        picture = _picture(project, terrain, site.crs, window, layout)
    watch.report(1.0)
    banner = request.banner
    if banner is None:
        banner = say(N_("sample data (made up)")) if settings.get("made_up") else ""
    estimate = figures.estimate
    marks, rim_notes = rim_marks(project, site, estimate, say)
    return SheetContent(
        kind=kind.key,
        language=request.language,
        paper=request.paper,
        project_name=str(facts["name"] or project.path.stem),
        site_code=site.code,
        site_name=site.name or "",
        layer=site.layer,
        outline=site.outline,
        points=tuple(boundary_points(site.outline)),
        window=window,
        crs=sheet_crs(site),
        area_m2=float(site.outline.area),
        terrain=picture,
        terrain_facts=_terrain_facts(terrain) if terrain else None,
        depth=figures.depth,
        fills=site.fills,
        controls=controls,
        neighbours=tuple(f for f in shown if LAYERS[f.layer].role == "site"),
        around=tuple(around),
        locator_bounds=_locator_bounds(site, around),
        estimate=estimate,
        reference_label=_surface_label(estimate.reference.key) if estimate else "",
        alternatives=tuple((_surface_label(a.key), a.fill_m3) for a in estimate.alternatives) if estimate else (),
        waste_label=_waste_label(project, estimate),
        conflicts=tuple(site_conflicts(project.store, site)) if _wants_conflicts(kind) else None,
        earthwork=measured,
        sources=tuple(_sources(project, site, terrain, controls, say)),
        notes=(*figures.notes, *rules_of(measured), *rim_notes),
        rim_edits=marks,
        sign_off=_sign_off(settings, estimate),
        banner=banner,
        confidentiality=str(settings.get("confidentiality") or ""),
        created=_created(estimate, facts),
        program_version=__version__,
    )


def _wants_conflicts(kind: SheetKind) -> bool:
    return "conflict_table" in kind.column


@dataclass(frozen=True)
class _Figures:
    """What is computed for a site: its terrain, its estimate, the depths that go with it."""

    terrain: Terrain | None
    estimate: Estimate | None = None
    depth: GridPicture | None = None
    notes: tuple[Notice, ...] = ()


def _figures(project: Project, site: Site, kind: SheetKind, watch: Watch, measured_on: str | None) -> _Figures:
    """The stored estimate where it still holds, else one that is computed now and not stored."""
    wanted = "key_figures" in kind.column or "depth" in kind.map
    kept = project.store.estimates([site.code])
    stored = kept[0] if kept else None
    terrains = {t.name: t for t in project.store.terrains()}
    if not wanted:
        return _Figures(terrain_for(project, site, measured_on) if terrains else None)
    notes: tuple[Notice, ...] = ()
    request = stored.request if stored else EstimateRequest()
    same = stored is not None and stored.terrain.name in terrains
    terrain = terrains[stored.terrain.name] if stored is not None and same else terrain_for(project, site)
    path = terrain_file(project, terrain)
    fresh = (
        stored is not None
        and stored.terrain.sha256 == terrain.sha256
        and stored.outline_sha256 == volume.outline_hash(site)
    )
    estimate = stored if fresh else None
    if estimate is None:
        report = estimate_sites(
            project, [site.code], terrain=terrain.name, request=request, store=False, watch=watch.part(0.0, 0.7)
        )
        if report.refused:
            raise report.refused[0].error
        estimate = report.estimates[0]
        if stored is not None:
            text = N_("outline or terrain changed since the stored estimate; the figures were computed anew")
            notes = (Notice("sheet.estimate_stale", text),)
    request, inputs = resolved(project, site, estimate.request)
    depth = volume.depth_grid(
        site, terrain, path, request, max_cells=400_000, watch=watch.part(0.7, 1.0), inputs=inputs
    )
    sign = np.float32(1.0 if site.fills else -1.0)
    return _Figures(terrain, estimate, GridPicture(depth.depth * sign, depth.extent), notes)


def _features(project: Project, site: Site) -> Iterator[MapFeature]:
    """Every other feature with an area, in drawing order; control areas that were replaced bind nobody."""
    for key, layer in LAYERS.items():
        if layer.geometry != "MULTIPOLYGON" or not project.store.count(key):
            continue
        frame = project.store.read(key)
        names = ("uid", "code", "name", "status", layer.style_by)
        columns = [frame[c] if c and c in frame else [None] * len(frame) for c in names]
        for shape, *values in zip(frame.geometry, *columns, strict=True):
            uid, code, name, status, kind = (v if isinstance(v, str) else "" for v in values)
            if uid == site.uid or shape is None or shape.is_empty or status == _GONE:
                continue
            yield MapFeature(key, kind, code, name, shape)


def _picture(project: Project, terrain: Terrain, crs: str, window: MapWindow, layout: Layout) -> GridPicture | None:
    """The terrain under the map at the fineness of paper, in the project CRS; None where it does not reach the map."""
    own, theirs = parse_crs(crs), parse_crs(terrain.crs)
    per_mm = layout.picture_dpi / 25.4
    wide, high = math.ceil(window.rect.width * per_mm), math.ceil(window.rect.height * per_mm)
    with Dem(terrain_file(project, terrain), terrain) as dem:
        if same_crs(own, theirs):
            x0, y0, x1, y1 = window.bounds
            edge = 3 * terrain.cell_m  # so that slopes and contours run on past the map's edge
            values, extent = dem.overview((x0 - edge, y0 - edge, x1 + edge, y1 + edge), wide, high)
        else:
            values, extent = _warped(dem, crs, terrain, window.bounds, wide, high)
    return GridPicture(values, extent) if values.size and np.isfinite(values).any() else None


def _warped(dem: Dem, crs: str, terrain: Terrain, bounds: Bounds, wide: int, high: int) -> tuple[Any, Bounds]:
    """Heights at the points of a grid of the project CRS, from a terrain in another CRS."""
    x0, y0, x1, y1 = bounds
    columns = max(2, min(wide, 1400, math.ceil((x1 - x0) / terrain.cell_m)))
    rows = max(2, min(high, 1100, math.ceil((y1 - y0) / terrain.cell_m)))
    x = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    y = y1 - (np.arange(rows) + 0.5) * (y1 - y0) / rows
    gx, gy = transformer(parse_crs(crs), parse_crs(terrain.crs)).transform(*np.meshgrid(x, y))
    z = dem.sample(np.asarray(gx).ravel(), np.asarray(gy).ravel()).reshape(rows, columns)
    return z.astype(np.float32), bounds


def sheet_crs(site: Site) -> SheetCrs:
    """The facts of the site's CRS, with the convergence at the middle of the site."""
    crs = parse_crs(site.crs)
    facts = describe(crs)
    chinese = "cgcs2000" in facts.name.lower() or "china geodetic coordinate system 2000" in facts.datum.lower()
    gauss = facts.zone is not None and "utm" not in facts.name.lower()
    degrees = (3 if "3-degree" in facts.name.lower() else 6) if chinese and facts.central_meridian is not None else None
    # Land offices write eastings with the zone number in front, also where the system itself counts from 500 km.
    prefix = facts.zone if gauss and not facts.zone_prefix else None
    return SheetCrs(
        name=facts.name,
        epsg=facts.epsg,
        central_meridian=facts.central_meridian,
        zone=facts.zone,
        prefix=prefix,
        convergence_deg=_convergence(site),
        cgcs2000=chinese and gauss,
        degrees_wide=degrees,
    )


def _convergence(site: Site) -> float | None:
    """Grid convergence in degrees: how far grid north lies east of true north, from a small step to true north."""
    crs = horizontal(parse_crs(site.crs))
    geodetic = crs.geodetic_crs
    if geodetic is None or not crs.is_projected:
        return None
    there = transformer(crs, geodetic)
    middle = site.outline.centroid
    lon, lat = there.transform(middle.x, middle.y)
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lat) > 89.9:
        return None
    back = transformer(geodetic, crs)
    (east0, north0), (east1, north1) = back.transform(lon, lat - 1e-4), back.transform(lon, lat + 1e-4)
    return -math.degrees(math.atan2(east1 - east0, north1 - north0))


def _terrain_facts(t: Terrain) -> TerrainFacts:
    return TerrainFacts(
        t.name, t.kind, t.cell_m, t.vertical_datum, t.surveyed_on, t.source, t.sha256, t.errors.sigma_z_m
    )


def _locator_bounds(site: Site, around: Iterable[MapFeature]) -> Bounds:
    """Of all sites, or of the site's surroundings where they lie farther apart than a locator can show."""
    x0, y0, x1, y1 = site.outline.bounds
    reach = 60.0 * max(x1 - x0, y1 - y0, 100.0)
    near = shapely.box(x0 - reach, y0 - reach, x1 + reach, y1 + reach)
    boxes = [shapely.box(*f.geometry.bounds) for f in around if LAYERS[f.layer].role == "site"]
    boxes = [b for b in boxes if near.covers(b)]
    bounds = shapely.union_all([shapely.box(x0, y0, x1, y1), *boxes]).bounds
    return float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])


def _surface_label(key: str) -> str:
    return SURFACES[key].label if key in SURFACES else key


def _waste_label(project: Project, estimate: Estimate | None) -> str:
    code = estimate.request.waste if estimate else None
    if not code:
        return ""
    found = next((w for w in project.store.wastes() if w.code == code), None)
    return (found.name or code) if found else code


def _sources(
    project: Project, site: Site, terrain: Terrain | None, controls: Iterable[MapFeature], say: Translator
) -> Iterator[Source]:
    if terrain is not None:
        words = say(N_("{name} ({kind}, cells of {cell} m)"))
        cell = number(terrain.cell_m, 0 if abs(terrain.cell_m - round(terrain.cell_m)) < 0.005 else 2)
        yield Source(
            N_("terrain"),
            words.format(name=terrain.name, kind=terrain.kind.upper(), cell=cell),
            terrain.surveyed_on or "",
        )
    origin, day = str(site.fields.get("source") or ""), str(site.fields.get("surveyed_on") or "")
    yield Source(N_("outline"), origin or say(N_("source not stated")), day)
    layers = dict.fromkeys(c.layer for c in controls)
    for layer in layers:
        codes = {c.code for c in controls if c.layer == layer}
        rows = [r for r in project.store.rows(layer) if r["code"] in codes]
        origins = dict.fromkeys(str(r.get("source") or "") for r in rows)
        text = say(N_(", ")).join(o for o in origins if o) or say(N_("source not stated"))
        days = sorted({str(r.get("effective_on") or r.get("surveyed_on") or "") for r in rows} - {""})
        yield Source(LAYERS[layer].plural, text, days[-1] if days else "")


def _sign_off(settings: dict[str, Any], estimate: Estimate | None) -> SignOff:
    """From the project's settings["sign_off"]; the date is that of the figures where none is set."""
    block = settings.get("sign_off") or {}
    known = {k: str(block.get(k) or "") for k in ("unit", "drawn", "checked", "approved", "date")}
    known["date"] = known["date"] or (estimate.computed_at[:10] if estimate else "")
    return SignOff(**known)


def _created(estimate: Estimate | None, facts: dict[str, Any]) -> datetime:
    """The time of the figures, or of the project: the same project gives the same file."""
    for text in (estimate.computed_at if estimate else "", str(facts.get("created_at") or "")):
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            continue
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return datetime(2000, 1, 1, tzinfo=UTC)
