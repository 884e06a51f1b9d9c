"""The content record from a frozen project: everything that an approval package says is read and judged here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import shapely
from pyproj import CRS

from app import __version__
from app.package.boundary import BoundaryPoint, boundary_points, points_together
from app.package.build_parts import sheet_crs
from app.package.content import MapFeature
from app.package.dossier.frozen import Frozen
from app.package.dossier.gaps import gaps
from app.package.dossier.record import PackageRecord, PackUsed, SiteRecord
from app.project import Project
from app.verbs.assess import assessments, with_assessment
from app.verbs.overlay import control_index
from app.verbs.rule_edits import pack_text, project_packs
from app.verbs.rules import shipped_text
from app.verbs.screen import site_facts
from app.verbs.waste import catalogue
from gis.crs import horizontal, parse_crs, transformer
from layers.registry import CONTROL_LAYERS, LAYERS
from models.catalogue import kind_of
from models.conflict import Conflict
from models.errors import AppError, Refused
from models.evaluate import screen
from models.notices import N_
from models.progress import Watch
from models.screening import Screening
from models.site import Site

_NEAR_M = 500.0
_CGCS2000_DEGREES = 4490


def gather(
    frozen: Frozen,
    codes: Sequence[str] | None,
    stamp: datetime,
    *,
    language: str,
    shared_numbers: bool,
    watch: Watch,
    judge: bool = True,
) -> PackageRecord:
    """The record of the sites with these codes (None: all). Raises Missing for an unknown code, Refused for no site.

    `judge` False leaves verdicts out, for files that say nothing of them.
    """
    project = frozen.project
    sites = project.store.sites(codes)
    if not sites:
        raise Refused("package.no_site", N_("the project has no sites"), where=str(frozen.home),
                      advice=N_("draw or import one first"))  # fmt: skip
    facts = project.store.project()
    points = _points(sites, shared_numbers)
    index = control_index(project.store)
    conflicts = {s.uid: tuple(index.against(s)) for s in sites}
    estimates = {e.site_uid: e for e in project.store.estimates([s.code for s in sites])}
    screened = _screenings(project, sites, stamp, watch) if judge else {}
    degrees = _degrees(project.crs)
    records = tuple(
        SiteRecord(
            site=s,
            area_m2=round(float(s.outline.area), 2),
            points=points[s.code],
            lonlat=tuple(_lonlat(points[s.code], project.crs, degrees)),
            estimate=estimates.get(s.uid) if s.code not in frozen.refused else None,
            refusal=frozen.refused.get(s.code),
            computed_here=s.code in frozen.computed,
            conflicts=conflicts[s.uid],
            screenings=screened.get(s.code, ()),
        )
        for s in sites
    )
    used = {w for r in records for w in (r.design_waste, *(a.waste for a in r.screenings)) if w}
    wastes = tuple(w for w in project.store.wastes() if w.code in used)
    names = {r.estimate.terrain.name for r in records if r.estimate}
    codes_in = {s.code for s in sites}
    record = PackageRecord(
        project_name=str(facts["name"] or frozen.home.stem),
        project_file=frozen.home.name,
        project_uid=project.store.uid,
        revision=frozen.revision,
        crs=sheet_crs(sites[0]),
        crs_code=project.crs,
        stamp=stamp,
        program_version=__version__,
        made_up=project.made_up,
        language=language,
        shared_numbers=shared_numbers,
        settings=facts["settings"],
        sites=records,
        wastes=wastes,
        waste_kinds={w.code: kind_of(w, catalogue()).label for w in wastes},
        terrains=tuple(t for t in project.store.terrains() if t.name in names),
        packs=_packs(project),
        steps={r.id: r.step for p in project_packs(project) for r in p.rules},
        assessments=tuple(a for a in assessments(project) if a.site in codes_in),
        samples=tuple(r for r in project.store.rows("samples") if r["waste"] in used | codes_in),
        controls=tuple(_controls(project, sites, conflicts)),
    )
    return replace(record, missing=tuple(gaps(record)))


def _points(sites: Sequence[Site], shared: bool) -> dict[str, tuple[BoundaryPoint, ...]]:
    if shared:
        return points_together({s.code: s.outline for s in sites})
    return {s.code: tuple(boundary_points(s.outline)) for s in sites}


def _degrees(crs: str) -> CRS | None:
    """The system of longitudes and latitudes that stands beside the project's coordinates: of the same datum."""
    geodetic = horizontal(parse_crs(crs)).geodetic_crs
    if geodetic is not None and "2000" in geodetic.name and "china" in geodetic.name.lower():
        return CRS.from_epsg(_CGCS2000_DEGREES)
    return geodetic


def _lonlat(points: Sequence[BoundaryPoint], crs: str, degrees: CRS | None) -> Iterator[tuple[float, float]]:
    if degrees is None:
        return
    lon, lat = transformer(parse_crs(crs), degrees).transform([p.y_east for p in points], [p.x_north for p in points])
    yield from ((round(float(a), 8), round(float(b), 8)) for a, b in zip(lon, lat, strict=True))


def _screenings(
    project: Project, sites: Sequence[Site], stamp: datetime, watch: Watch
) -> dict[str, tuple[Screening, ...]]:
    """Each pit judged for the waste of its figures and for those it was screened with, by the rules in force now."""
    pits = {s.code: s for s in sites if s.fills}
    wastes = {w.code: w for w in project.store.wastes()}
    if not pits or not wastes:
        return {}
    pairs = {(s.waste, s.site) for s in project.store.screenings()}
    pairs |= {(e.request.waste, e.site) for e in project.store.estimates(list(pits)) if e.request.waste}
    wanted = sorted((site, waste) for waste, site in pairs if site in pits and waste in wastes)
    if not wanted:
        return {}
    facts = site_facts(project, pits.values(), watch.part(0.0, 0.3))
    assessed, packs = assessments(project), project_packs(project)
    values = {w: project.store.lab_values(w) for w in {waste for _site, waste in wanted}}
    made: dict[str, list[Screening]] = {}
    for i, (site, waste) in enumerate(wanted):
        watch.report(0.3 + 0.7 * i / len(wanted), site)
        uid = pits[site].uid
        pair = with_assessment(facts[uid], assessed, uid, waste)
        answer = screen(
            wastes[waste], values[waste], pair, packs, catalogue(), today=stamp.date(), program_version=__version__
        )
        made.setdefault(site, []).append(replace(answer, screened_at=stamp.isoformat(timespec="seconds")))
    return {k: tuple(v) for k, v in made.items()}


def _packs(project: Project) -> tuple[PackUsed, ...]:
    used = []
    for pack in project_packs(project):
        text = pack_text(project, pack.id)
        try:
            mended = shipped_text(pack.id) != text
        except AppError:
            mended = True  # a pack of the project's own
        digest = hashlib.sha256(text.encode("utf8")).hexdigest()
        used.append(PackUsed(pack.id, pack.version, pack.title, digest, mended))
    return tuple(used)


def _controls(
    project: Project, sites: Sequence[Site], conflicts: dict[str, tuple[Conflict, ...]]
) -> Iterator[MapFeature]:
    """Control areas near the sites, and the further ones that a table of conflicts names."""
    named = {(c.layer, c.code) for found in conflicts.values() for c in found if c.code}
    tree = shapely.STRtree([s.outline for s in sites])
    for key in CONTROL_LAYERS:
        if not project.store.count(key):
            continue
        frame = project.store.read(key)
        style = LAYERS[key].style_by
        for row in frame.to_dict("records"):
            shape, code = row["geometry"], row["code"] if isinstance(row["code"], str) else ""
            if shape is None or shape.is_empty or row.get("status") == "replaced":
                continue
            near = len(tree.query(shape, predicate="dwithin", distance=_NEAR_M)) > 0
            if near or (key, code) in named:
                kind = row.get(style) if style else ""
                name = row["name"] if isinstance(row["name"], str) else ""
                yield MapFeature(key, kind if isinstance(kind, str) else "", code, name, shape)
