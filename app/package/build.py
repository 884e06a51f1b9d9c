"""The content of a sheet from a project: everything is read and computed here, nothing is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from app import __version__
from app.i18n import Translator
from app.package.boundary import boundary_points
from app.package.build_more import curve_rows, final_ground, places, sections_of, stations_near, window_of
from app.package.build_parts import (
    basemap_source,
    created,
    picture,
    sheet_crs,
    sign_off,
    sources,
    terrain_facts,
    waste_label,
)
from app.package.build_project import build_overview
from app.package.content import GridPicture, SheetContent
from app.package.duties import monitoring_duties
from app.package.earthwork_build import measured_grid, rules_of
from app.package.kind import SheetKind
from app.package.layout import layout_of
from app.package.photo import photo_of
from app.package.rim_marks import rim_marks
from app.package.surroundings import Kept, Surroundings
from app.package.template import sheet_kind
from app.verbs.estimate import estimate as estimate_sites
from app.verbs.inputs import resolved
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import terrain_for
from gis import volume
from gis.surfaces import surface_label
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
    project: Project, request: SheetRequest, watch: Watch | None = None, *, kept: Kept | None = None
) -> SheetContent:
    """All that `request` needs, from the project as it is now. Raises as `app.package.sheet.make_sheet` does.

    `kept` carries what sheets share over to the next one of the same project.
    """
    watch, kept = watch or Watch(), kept or Kept()
    surroundings = kept.around(project)
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
        return build_overview(project, request, common, watch, surroundings)
    site = project.store.site(request.site)
    measured, squares = measured_grid(project, site, kind, request, watch.part(0.05, 0.4))
    stations = stations_near(project, site) if "stations" in kind.map else ()
    window = squares.window if squares else window_of(site, kind, layout, request, stations)
    figures = _figures(project, site, kind, watch.part(0.4, 0.6), measured.terrain if measured else None, surroundings)
    near = shapely.box(*window.bounds)
    shown = [f for f in surroundings.near(near, site) if f.layer != "districts"]
    controls = tuple(f for f in shown if LAYERS[f.layer].role == "control")
    watch.report(0.7)
    terrain, ground = figures.terrain, None
    if terrain is not None and _GROUND & set(kind.map):
        ground = surroundings.figure(
            site, ("ground", terrain.name, window, layout.picture_dpi),
            partial(picture, project, terrain, site.crs, window, layout),
        )  # fmt: skip
    photo = photo_of(project, request.basemap, kind, site.crs, window) if request.basemap else None
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
        around=surroundings.others(site),
        locator_bounds=surroundings.locator_bounds(site),
        estimate=estimate,
        reference_label=surface_label(estimate.reference.key, fills=site.fills) if estimate else "",
        alternatives=tuple(
            (surface_label(a.key, fills=site.fills), a.fill_m3) for a in (estimate.alternatives if estimate else ())
        ),
        waste_label=waste_label(project, estimate),
        conflicts=tuple(surroundings.controls.against(site)) if _wants_conflicts(kind) else None,
        earthwork=measured,
        earthwork_detail=squares.detail.key if squares else "",
        sources=(*sources(surroundings.origins, site, terrain, controls, say), *basemap_source(request.basemap)),
        photo=photo,
        notes=(*cut_notes, *figures.notes, *rules_of(measured), *rim_notes, *curve_notes),
        duties=_duties(project, site, estimate) if "stations" in kind.map else (),
        points_sheet=_points_sheet(request.language, site),
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


def _duties(project: Project, site: Site, estimate: Estimate | None) -> tuple[Notice, ...]:
    """By the stored screenings: of the waste of the figures, or all where none was chosen."""
    answers = project.store.screenings(site=site.code) if site.fills else []
    waste = estimate.request.waste if estimate else None
    return monitoring_duties([a for a in answers if a.waste == waste] or answers) if site.fills else ()


def _points_sheet(language: str, site: Site) -> tuple[str, str]:
    kind = sheet_kind("present_state")
    return kind.number, kind.title(language, fills=site.fills)


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


def _figures(
    project: Project, site: Site, kind: SheetKind, watch: Watch, measured_on: str | None, around: Surroundings
) -> _Figures:
    """The figures that a kind needs: none but the terrain, the estimate, or the depths too."""
    wanted = bool({"key_figures", "landform"} & set(kind.column) or _FIGURES & set(kind.map) or kind.body != "map")
    if not wanted:
        return around.figure(site, ("terrain", measured_on), partial(_terrain_only, project, site, measured_on))
    known = around.figure(site, "estimate", partial(_estimated, project, site, watch.part(0.0, 0.7)))
    if not _FIGURES & set(kind.map):
        return known
    return around.figure(site, "depths", partial(_with_depths, project, site, known, watch.part(0.7, 1.0)))


def _terrain_only(project: Project, site: Site, measured_on: str | None) -> _Figures:
    return _Figures(terrain_for(project, site, measured_on) if project.store.terrains() else None)


def _estimated(project: Project, site: Site, watch: Watch) -> _Figures:
    """The stored estimate where it still holds, else one that is computed now and not stored."""
    stored = next(iter(project.store.estimates([site.code])), None)
    terrains = {t.name: t for t in project.store.terrains()}
    request = stored.request if stored else EstimateRequest()
    same = stored is not None and stored.terrain.name in terrains
    terrain = terrains[stored.terrain.name] if stored is not None and same else terrain_for(project, site)
    if (
        stored is not None
        and stored.terrain.sha256 == terrain.sha256
        and stored.outline_sha256 == volume.outline_hash(site)
    ):
        return _Figures(terrain, stored)
    report = estimate_sites(project, [site.code], terrain=terrain.name, request=request, store=False, watch=watch)
    if report.refused:
        raise report.refused[0].error
    notes: tuple[Notice, ...] = ()
    if stored is not None:
        text = N_("outline or terrain changed since the stored estimate; the figures were computed anew")
        notes = (Notice("sheet.estimate_stale", text),)
    return _Figures(terrain, report.estimates[0], notes=notes)


def _with_depths(project: Project, site: Site, known: _Figures, watch: Watch) -> _Figures:
    """The same with the depths over the site."""
    assert known.terrain is not None  # noqa: S101 - `_estimated` gives both
    assert known.estimate is not None  # noqa: S101
    path = terrain_file(project, known.terrain)
    request, inputs = resolved(project, site, known.estimate.request)
    depth = volume.depth_grid(site, known.terrain, path, request, max_cells=400_000, watch=watch, inputs=inputs)
    sign = np.float32(1.0 if site.fills else -1.0)
    shown = GridPicture(depth.depth * sign, depth.extent)
    return replace(known, depth=shown, reference=GridPicture(depth.reference, depth.extent))


__all__ = ["build_content", "sheet_crs"]
