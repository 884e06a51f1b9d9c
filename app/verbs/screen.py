"""May these wastes go into these sites: facts gathered from the project, judged by the rule packs, kept as one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app import __version__
from app.project import Project
from app.verbs import labels
from app.verbs.absences import absences
from app.verbs.assess import assessments, with_assessment
from app.verbs.overlay import control_index
from app.verbs.rule_edits import project_packs
from app.verbs.rules import chosen_packs
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import terrain_for
from app.verbs.waste import catalogue
from gis.levels import live_levels
from gis.store import screening_values
from models.changes import Insert
from models.conflict import Conflict
from models.errors import AppError, Refused
from models.estimate import Estimate
from models.evaluate import screen as judge
from models.notices import N_
from models.progress import Watch
from models.screening import Screening
from models.site import Site
from models.site_facts import SiteFacts, origin_of

_GATHERING = 0.3
"""Share of the time that goes into the facts of the sites, before the first pair is judged."""


def screen(
    project: Project,
    wastes: Sequence[str] | None = None,
    sites: Sequence[str] | None = None,
    packs: Sequence[str] | None = None,
    *,
    store: bool = True,
    watch: Watch | None = None,
) -> list[Screening]:
    """Judge wastes (codes; None: all) for pits (codes; None: all), by these packs of the project (ids; None: all).

    Raises Missing for an unknown code, pack or kind of waste, Refused for a stockpile, which takes no waste, and for a
    project without wastes or without pits.
    """
    answers = list(judged(project, wastes, sites, packs, watch=watch))
    if store:
        _keep(project, answers)
    return [a for a, _uid in answers]


def judged(
    project: Project,
    wastes: Sequence[str] | None = None,
    sites: Sequence[str] | None = None,
    packs: Sequence[str] | None = None,
    *,
    watch: Watch | None = None,
) -> Iterator[tuple[Screening, str]]:
    """`screen` one pair after another, with the uid of its pit: a reader of thousands need not hold them all."""
    watch = watch or Watch()
    chosen = chosen_packs(packs, project_packs(project))
    streams = [project.store.waste(code) for code in dict.fromkeys(wastes)] if wastes else project.store.wastes()
    pits = _pits(project, sites)
    for found, what in ((streams, N_("the project has no wastes")), (pits, N_("the project has no pits"))):
        if not found:
            raise Refused("screen.nothing", what, where=str(project.path), advice=N_("add one first"))
    facts = site_facts(project, pits, watch.part(0.0, _GATHERING))
    assessed = assessments(project)
    judging = watch.part(_GATHERING, 1.0)
    for i, waste in enumerate(streams):
        values = project.store.lab_values(waste.code)
        for k, site in enumerate(pits):
            judging.report((i + k / len(pits)) / len(streams), waste.code)
            pair = with_assessment(facts[site.uid], assessed, site.uid, waste.code)
            yield judge(waste, values, pair, chosen, catalogue(), program_version=__version__), site.uid
    watch.report(1.0)


def _pits(project: Project, codes: Sequence[str] | None) -> list[Site]:
    if not codes:
        return [s for s in project.store.sites() if s.fills]
    pits = [project.store.site(code) for code in dict.fromkeys(codes)]
    for site in pits:
        if not site.fills:
            raise Refused(
                "screen.stockpile",
                N_("{code} is a stockpile and takes no waste"),
                where=site.code,
                code=site.code,
                advice=N_("name a sand pit or a mine pit"),
            )
    return pits


def site_facts(project: Project, sites: Iterable[Site], watch: Watch | None = None) -> dict[str, SiteFacts]:
    """What the rules need to know of each site, by uid: fields, control areas around it, floor of the pit."""
    sites, watch = list(sites), watch or Watch()
    index = control_index(project.store)
    floors = {e.site: e for e in project.store.estimates([s.code for s in sites])}
    stated = tuple(absences(project).values())
    made = {}
    for i, site in enumerate(sites):
        watch.report(i / len(sites), site.code)
        measured = tuple(project.store.lab_values(site.code))
        estimate = floors.get(site.code)
        floor, basis = pit_floor(estimate), estimate.terrain.name if estimate else ""
        if floor is None and site.fields.get("ground_water_m") is not None:
            floor, basis = _floor_on_terrain(project, site)
        facts = _facts(site, index.against(site), floor, basis)
        made[site.uid] = replace(facts, values=measured, absences=stated)
    return made


def _facts(site: Site, conflicts: Sequence[Conflict], floor: float | None, basis: str) -> SiteFacts:
    return SiteFacts(
        code=site.code,
        name=site.name,
        layer=site.layer,
        origin=origin_of(site.layer, site.fields),
        ground_water_m=site.fields.get("ground_water_m"),
        pit_floor_m=floor,
        floor_basis=basis if floor is not None else "",
        base_permeability_cm_s=site.fields.get("base_permeability_cm_s"),
        base_thickness_m=site.fields.get("base_thickness_m"),
        land_use_after=site.fields.get("land_use_after") or "",
        conflicts=tuple(conflicts),
    )


def pit_floor(estimate: Estimate | None) -> float | None:
    """The lowest ground that the last estimate allows, m: its reference at its lowest minus the greatest depth.

    Exact for level references. For sloping ones the deepest place need not lie under the lowest reference, so this is a
    lower bound: the pit is never judged drier than it is.
    """
    if estimate is None or estimate.refused or estimate.reference.min_elevation_m is None or estimate.max_depth_m <= 0:
        return None
    return round(estimate.reference.min_elevation_m - estimate.max_depth_m, 4)


def _floor_on_terrain(project: Project, site: Site) -> tuple[float | None, str]:
    """The lowest ground of a site that was not estimated yet, m, and its terrain; None if no terrain serves."""
    try:
        terrain = terrain_for(project, site)
        return round(live_levels(site, terrain, terrain_file(project, terrain)).floor_m, 4), terrain.name
    except AppError:
        return None, ""


def _keep(project: Project, answers: Sequence[tuple[Screening, str]]) -> None:
    # The same answer as the last time is not kept again, so that screening often does not swell the project.
    last = {(s.waste, s.site): replace(s, screened_at="") for s in project.store.screenings()}
    inserts = [
        Insert("screenings", screening_values(made, uid))
        for made, uid in answers
        if last.get((made.waste, made.site)) != replace(made, screened_at="")
    ]
    if not inserts:
        return
    pairs = [(str(i.values["waste"]), str(i.values["site"])) for i in inserts]
    project.store.transact(labels.screenings_stored(pairs), inserts)
