"""The content of a sheet from a project: everything is read and computed here, nothing is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from app import __version__
from app.i18n import Translator
from app.package.boundary import boundary_points
from app.package.build_more import curve_rows, final_ground, places, sections_of, stations_near, window_of
from app.package.build_parts import (
    created,
    features,
    locator_bounds,
    picture,
    sheet_crs,
    sign_off,
    sources,
    surface_label,
    terrain_facts,
    waste_label,
)
from app.package.build_project import build_overview
from app.package.content import GridPicture, SheetContent
from app.package.earthwork_build import measured_grid, rules_of
from app.package.layout import SheetKind, layout_of, sheet_kind
from app.package.rim_marks import rim_marks
from app.verbs.estimate import estimate as estimate_sites
from app.verbs.inputs import resolved
from app.verbs.overlay import site_conflicts
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import terrain_for
from gis import volume
from layers.registry import LAYERS
from models.estimate import Estimate, EstimateRequest
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

if TYPE_CHECKING:
    from app.package.sheet import SheetRequest
    from app.project import Project


def build_content(
    project: Project, request: SheetRequest, watch: Watch | None = None, *, kept: dict[Any, Any] | None = None
) -> SheetContent:
    """All that `request` needs, from the project as it is now. Raises as `app.package.sheet.make_sheet` does.

    `kept` (a dictionary of the caller's) carries figures over to the next sheet of the same site.
    """
    watch = watch or Watch()
    kind, layout = sheet_kind(request.kind), layout_of(request.paper, request.orientation)
    facts = project.store.project()
    settings, say = facts["settings"], Translator(request.language)
    banner = request.banner
    if banner is None:
        banner = say(N_("sample data (made up)")) if settings.get("made_up") else ""
    common: dict[str, Any] = {
        "kind": request.kind,
        "language": request.language,
        "paper": request.paper,
        "orientation": request.orientation,
        "project_name": str(facts["name"] or project.path.stem),
        "banner": banner,
        "confidentiality": str(settings.get("confidentiality") or ""),
        "program_version": __version__,
    }
    if kind.scope == "project":
        return build_overview(project, request, common, watch)
    site = project.store.site(request.site)
    measured, window = measured_grid(project, site, kind, request, watch.part(0.05, 0.4))
    stations = stations_near(project, site) if "stations" in kind.map else ()
    if window is None:
        window = window_of(site, kind, layout, request, stations)
    key = (site.uid, kind.key, project.store.state())
    figures = (kept or {}).get(key)
    if figures is None:
        figures = _figures(project, site, kind, watch.part(0.4, 0.6), measured.terrain if measured else None)
        if kept is not None:
            kept.clear()
            kept[key] = figures
    around = list(features(project, site))
    near = shapely.box(*window.bounds)
    shown = [f for f in around if f.layer != "districts" and shapely.intersects(near, f.geometry)]
    controls = tuple(f for f in shown if LAYERS[f.layer].role == "control")
    watch.report(0.7)
    terrain, ground = figures.terrain, None
    if terrain is not None and _GROUND & set(kind.map):
        ground = picture(project, terrain, site.crs, window, layout)
    watch.report(0.8)
    estimate = figures.estimate
    marks, rim_notes = rim_marks(project, site, estimate, say)
    sections, scales = sections_of(project, site, kind, layout, estimate, request, watch)
    curve, curve_notes = curve_rows(project, site, kind, estimate, watch.part(0.8, 1.0))
    cut = not shapely.covers(near, shapely.box(*site.outline.bounds)) and kind.body == "map"
    cut_text = N_("the outline reaches beyond the map")
    cut_notes = (Notice("sheet.outline_cut", cut_text),) if cut else ()
    return SheetContent(
        **common,
        site_code=site.code,
        site_name=site.name or "",
        layer=site.layer,
        outline=site.outline,
        points=tuple(boundary_points(site.outline)),
        window=window,
        crs=sheet_crs(site),
        area_m2=float(site.outline.area),
        terrain=ground,
        terrain_facts=terrain_facts(terrain) if terrain else None,
        depth=figures.depth,
        fills=site.fills,
        controls=controls,
        neighbours=tuple(f for f in shown if LAYERS[f.layer].role == "site"),
        around=tuple(around),
        locator_bounds=locator_bounds(site, around),
        estimate=estimate,
        reference_label=surface_label(estimate.reference.key) if estimate else "",
        alternatives=tuple((surface_label(a.key), a.fill_m3) for a in estimate.alternatives) if estimate else (),
        waste_label=waste_label(project, estimate),
        conflicts=tuple(site_conflicts(project.store, site)) if _wants_conflicts(kind) else None,
        earthwork=measured,
        sources=tuple(sources(project, site, terrain, controls, say)),
        notes=(*cut_notes, *figures.notes, *rules_of(measured), *rim_notes, *curve_notes),
        rim_edits=marks,
        sign_off=sign_off(settings),
        created=created(estimate, facts),
        final=final_ground(site, ground, figures.reference) if ground is not None and figures.reference else None,
        sections=sections,
        section_scales=scales,
        water_m=_water(site),
        curve=curve,
        stations=stations,
        place=places(site, say),
    )


_GROUND = {"terrain", "contours", "final_terrain", "final_contours", "design_contours"}
_FIGURES = {"depth", "design_contours", "final_terrain", "final_contours"}


def _water(site: Site) -> float | None:
    value = site.fields.get("ground_water_m")
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _wants_conflicts(kind: SheetKind) -> bool:
    return "conflict_table" in kind.column


@dataclass(frozen=True)
class _Figures:
    """What is computed for a site: its terrain, its estimate, the depths that go with it."""

    terrain: Terrain | None
    estimate: Estimate | None = None
    depth: GridPicture | None = None
    reference: GridPicture | None = None
    notes: tuple[Notice, ...] = ()


def _figures(project: Project, site: Site, kind: SheetKind, watch: Watch, measured_on: str | None) -> _Figures:
    """The stored estimate where it still holds, else one that is computed now and not stored."""
    wanted = bool({"key_figures", "landform"} & set(kind.column) or _FIGURES & set(kind.map) or kind.body != "map")
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
    if not _FIGURES & set(kind.map):
        return _Figures(terrain, estimate, notes=notes)
    request, inputs = resolved(project, site, estimate.request)
    depth = volume.depth_grid(
        site, terrain, path, request, max_cells=400_000, watch=watch.part(0.7, 1.0), inputs=inputs
    )
    sign = np.float32(1.0 if site.fills else -1.0)
    shown = GridPicture(depth.depth * sign, depth.extent)
    return _Figures(terrain, estimate, shown, GridPicture(depth.reference, depth.extent), notes)


__all__ = ["build_content", "sheet_crs"]
