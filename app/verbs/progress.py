"""Progress of a site: the volume between two surveys, held against the stored estimate."""

from __future__ import annotations

from dataclasses import replace

from app import __version__
from app.project import Project
from app.verbs.terrain import terrain_file
from gis.comparison import DifferenceGrid, Survey, compare_surveys, difference_grid
from gis.volume import outline_hash
from models.comparison import ComparisonRequest, PlanUsed, SurveyComparison, SurveyTilt
from models.estimate import Estimate
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site


def progress(
    project: Project,
    code: str,
    *,
    before: str,
    after: str,
    request: ComparisonRequest | None = None,
    watch: Watch | None = None,
) -> SurveyComparison:
    """What was placed and removed at site `code` between the terrains `before` and `after`; nothing is stored.

    Raises Missing (site, terrain), Refused (see gis.comparison), Unreadable (file gone or changed), Cancelled.
    """
    site = project.store.site(code)
    first, second = (_survey(project, name) for name in (before, after))
    outlines = [s.outline for s in project.store.sites()]
    found = compare_surveys(site, first, second, request, sites=outlines, watch=watch)
    kept = project.store.estimates([code])
    if kept:
        found = against_plan(found, site, kept[-1])
    return replace(found, program_version=__version__)


def difference_map(
    project: Project,
    code: str,
    *,
    before: str,
    after: str,
    offset_m: float = 0.0,
    shift_m: tuple[float, float] = (0.0, 0.0),
    tilt: SurveyTilt | None = None,
    margin_m: float = 0.0,
    max_cells: int = 1_000_000,
    watch: Watch | None = None,
) -> DifferenceGrid:
    """The differences for a map of site `code`; `offset_m`, `shift_m` (east, north) and `tilt` are taken off.

    Those of a comparison that removed them: its `offset_taken_m`, `shift_taken_m` and `tilt_taken`.
    """
    first, second = (_survey(project, name) for name in (before, after))
    return difference_grid(
        project.store.site(code),
        first,
        second,
        offset_m=offset_m,
        shift_m=shift_m,
        tilt=tilt,
        margin_m=margin_m,
        max_cells=max_cells,
        watch=watch,
    )


def _survey(project: Project, name: str) -> Survey:
    terrain = project.store.terrain(name)
    return Survey(terrain, terrain_file(project, terrain))


def against_plan(found: SurveyComparison, site: Site, plan: Estimate) -> SurveyComparison:
    """`found` with its share of the plan and what remains.

    A pit is planned to take the fill of its estimate, a stockpile to lose its heap; the net change counts. An estimate
    on the earlier survey is the plan itself; one on the later survey is what remains, so that the plan is both added
    up; one on another terrain is taken as the plan, and said so.
    """
    done = found.net_m3 if site.fills else -found.net_m3
    volume = plan.fill_m3 if site.fills else plan.cut_m3
    before, after = (s.sha256 if s else None for s in (found.before, found.after))
    notices = []
    if plan.terrain.sha256 == after:
        whole, used = volume + done, PlanUsed(*_source(plan, volume), basis="after")
    elif plan.terrain.sha256 == before:
        whole, used = volume, PlanUsed(*_source(plan, volume), basis="before")
    else:
        whole, used = volume, PlanUsed(*_source(plan, volume), basis="other")
        text = N_("the estimate that progress is held against comes from terrain {terrain}, which is neither survey")
        notices.append(Notice("progress.other_plan", text, terrain=plan.terrain.name))
    if plan.outline_sha256 and plan.outline_sha256 != outline_hash(site):
        text = N_("the outline changed since the estimate that progress is held against")
        notices.append(Notice("progress.stale_plan", text))
    return replace(
        found,
        plan=used,
        share_of_plan=done / whole if whole > 0 else None,
        remaining_m3=whole - done,
        warnings=(*found.warnings, *notices),
    )


def _source(plan: Estimate, volume: float) -> tuple[str, str, float, str]:
    return plan.reference.key, plan.terrain.name, volume, plan.computed_at
