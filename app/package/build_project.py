"""The content of a sheet of the whole project: every site with its stored figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from app.i18n import Translator
from app.package.build_parts import basemap_source, created, crs_facts, picture, sign_off, sources, terrain_facts
from app.package.content import SheetContent, SiteSummary
from app.package.layout import layout_of
from app.package.photo import photo_of
from app.package.scale import choose_window
from app.package.template import sheet_kind
from layers.registry import LAYERS, SITE_LAYERS
from models.errors import Missing
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from app.package.sheet import SheetRequest
    from app.package.surroundings import Surroundings
    from app.project import Project


def build_overview(
    project: Project, request: SheetRequest, common: dict[str, Any], watch: Watch, surroundings: Surroundings
) -> SheetContent:
    """All sites, or those of `request.sites`. Raises Missing where there is none, Refused where they do not fit."""
    kind, layout = sheet_kind(request.kind), layout_of(request.paper, request.orientation)
    facts, say = project.store.project(), Translator(request.language)
    inventory = _inventory(project, request.sites)
    if not inventory:
        raise Missing(
            "sheet.no_sites", N_("there are no sites to show"), where=project.path.name, advice=N_("import sites first")
        )
    watch.report(0.2)
    box = shapely.union_all([shapely.box(*s.outline.bounds) for s in inventory])
    margin = layout.margin if kind.margin is None else kind.margin
    window = choose_window(
        box.bounds,
        layout.map,
        kind.scales or layout.scales,
        margin_mm=margin,
        scale=request.scale,
        centre=request.centre,
    )
    around, near = surroundings.others(None), shapely.box(*window.bounds)
    controls = tuple(f for f in surroundings.near(near, None) if LAYERS[f.layer].role == "control")
    terrains = project.store.terrains()
    ground = terrain = None
    for candidate in terrains if "terrain" in kind.map else ():
        ground = picture(project, candidate, project.crs, window, layout)
        if ground is not None:
            terrain = candidate
            break
    watch.report(1.0)
    x0, y0, x1, y1 = window.bounds
    missing = sum(s.fill_m3 is None for s in inventory)
    text = N_("{n} sites have no estimate; sums are those of the others")
    notes = (Notice("sheet.not_estimated", text, n=missing),) if missing else ()
    return SheetContent(
        **common,
        site_code="",
        site_name="",
        layer=inventory[0].layer,
        outline=shapely.Polygon(),
        points=(),
        window=window,
        crs=crs_facts(project.crs, (x0 + x1) / 2, (y0 + y1) / 2),
        area_m2=0.0,
        terrain=ground,
        terrain_facts=terrain_facts(terrain) if terrain else None,
        controls=controls,
        around=around,
        inventory=inventory,
        sources=(*sources(surroundings.origins, None, terrain, controls, say), *basemap_source(request.basemap)),
        photo=photo_of(project, request.basemap, kind, project.crs, window) if request.basemap else None,
        notes=notes,
        sign_off=sign_off(facts["settings"]),
        created=created(None, facts),
    )


def _inventory(project: Project, codes: tuple[str, ...]) -> tuple[SiteSummary, ...]:
    """Sites by district and code; figures of the latest stored estimate."""
    kept = {e.site: e for e in project.store.estimates()}
    found = []
    for site in project.store.sites(list(codes) or None):
        if site.layer not in SITE_LAYERS or not site.fills:
            continue
        e = kept.get(site.code)
        values = {k: site.fields.get(k) for k in ("district", "status")}
        district, status = (v if isinstance(v, str) else "" for v in values.values())
        found.append(
            SiteSummary(
                site.code, site.name or "", site.layer, district, status, site.outline,
                e.fill_m3 if e is not None else None,
                e.tonnage_t if e is not None else None, e.land_released_m2 if e is not None else None,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda s: (s.district == "", s.district, s.code)))
