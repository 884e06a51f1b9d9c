"""Estimates: how much a site takes, stored with what they were computed from."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from app import __version__
from app.project import Project
from app.verbs import labels
from app.verbs.asked import asked
from app.verbs.inputs import Resolver, resolved
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import choose_terrain
from app.verbs.terrain_together import together
from app.verbs.waste import catalogue
from app.verbs.workers import Died, each_answer, processes_for
from gis import compiled, volume
from gis.batch import OpenTerrain, tile_order
from gis.level_spread import level_spread
from gis.store import estimate_values
from gis.surfaces import SURFACES, Inputs
from models.changes import Change, Insert
from models.errors import AppError, Cancelled, Missing
from models.estimate import Estimate, EstimateRequest, StageCurve
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch
from models.site import Site
from models.terrain import ErrorFigures, Terrain
from models.waste import Waste

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RefusedSite:
    """A site that could not be estimated, and what to do about it."""

    site: str
    error: AppError

    def to_json(self, translate: Translate = _same) -> dict[str, str]:
        """The contract's {site, reason, advice}."""
        reason = "; ".join(t for t in (self.error.what.render(translate), self.error.where) if t)
        return {"site": self.site, "reason": reason, "advice": self.error.advice.render(translate)}


@dataclass(frozen=True)
class EstimateReport:
    """What came of a batch: one bad site does not stop the rest."""

    estimates: list[Estimate]
    refused: list[RefusedSite]
    left: list[str] = field(default_factory=list)
    """Codes of the sites that were not reached, of a batch that was stopped and kept what was finished."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``estimate --json`` prints."""
        return {
            "estimates": [e.to_json(translate) for e in self.estimates],
            "refused": [r.to_json(translate) for r in self.refused],
        }


@dataclass(frozen=True)
class _Job:
    """All that one site needs, so that it can be computed in another process."""

    site: Site
    terrain: Terrain
    dem: Path
    request: EstimateRequest
    waste: Waste | None
    inputs: Inputs
    why: Notice | None = None
    """Why this terrain and no other."""


def estimate(
    project: Project,
    codes: Sequence[str] | None,
    *,
    terrain: str | None = None,
    request: EstimateRequest,
    workers: int | None = 1,
    store: bool = True,
    keep_finished: bool = False,
    watch: Watch | None = None,
) -> EstimateReport:
    """Estimate the sites with these codes (None: all) and keep the results as one step.

    Each with its own terrain, or all with the one named; in `workers` processes (None: as many as pay). The figures are
    the same to the last digit for any number of them. A site that cannot be estimated is in `refused` and does not stop
    the others. Raises Missing for an unknown code, waste, terrain or reference before anything is computed, and
    Cancelled: then nothing is kept, also not of sites that were finished, unless `keep_finished` asks for them: then
    the rest is in `left`.
    """
    watch = watch or Watch()
    if request.reference and request.reference not in SURFACES:
        raise Missing(
            "reference.unknown",
            N_("there is no reference surface {reference}"),
            reference=request.reference,
            advice=N_("known: {known}"),
            known=", ".join(SURFACES),
        )
    if terrain is not None:
        project.store.terrain(terrain)
    resolve = Resolver(project)
    resolve.check(request)
    waste = project.store.waste(request.waste) if request.waste else None
    jobs: list[_Job] = []
    refused: dict[str, RefusedSite] = {}
    sites = [project.store.site(code) for code in dict.fromkeys(codes)] if codes is not None else project.store.sites()
    for site in sites:
        try:
            choice = choose_terrain(project, site, terrain, request)
            complete, inputs = resolve(site, request)
            dem = terrain_file(project, choice.terrain)
            jobs.append(_Job(site, choice.terrain, dem, complete, waste, inputs, choice.why))
        except AppError as error:
            refused[site.code] = RefusedSite(site.code, error)
    done: dict[str, Estimate] = {}
    try:
        with closing(
            _answers(jobs, workers or processes_for(len(jobs)), watch)
        ) as answers:  # whatever happens, no process is left behind
            for code, answer in answers:
                if isinstance(answer, Estimate):
                    done[code] = answer
                else:
                    refused[code] = RefusedSite(code, answer)
    except Cancelled:
        if not keep_finished:
            raise
    for site in sites:
        if site.code in refused:
            refused[site.code] = RefusedSite(site.code, together(project, site, refused[site.code].error))
    order = [site.code for site in sites]
    left = [c for c in order if c not in done and c not in refused]
    report = EstimateReport([done[c] for c in order if c in done], [refused[c] for c in order if c in refused], left)
    if store and report.estimates:
        project.store.transact(*keeping(report.estimates))
    return report


def _answers(jobs: list[_Job], workers: int, watch: Watch) -> Generator[tuple[str, Estimate | AppError], None, None]:
    order = tile_order([(job.site, job.terrain) for job in jobs])
    jobs = [jobs[k] for k in order]
    work = partial(_work, many=len(jobs) >= compiled.SITES)
    if workers <= 1 or len(jobs) <= 1:
        parts = [watch.part(k / len(jobs), (k + 1) / len(jobs)) for k in range(len(jobs))]
        for job, part, own in zip(jobs, parts, work(zip(jobs, parts, strict=True)), strict=True):
            yield job.site.code, own
            part.report(1.0, job.site.code)
        return
    for k, answer in each_answer(work, jobs, workers, watch, [job.site.code for job in jobs]):
        yield jobs[k].site.code, _died(answer) if isinstance(answer, Died) else answer


def _work(jobs: Iterator[tuple[_Job, Watch]], *, many: bool = False) -> Iterator[Estimate | AppError]:
    """An answer for each job; runs here or in a process of its own. `many`: there are so many that preparing pays."""
    # Not behind a window: compiling, once on a computer, would make it stutter.
    if many and threading.current_thread() is threading.main_thread():
        compiled.load()
    with OpenTerrain() as opened:
        for job, watch in jobs:
            yield _compute(job, opened, watch)


def _compute(job: _Job, opened: OpenTerrain, watch: Watch) -> Estimate | AppError:
    try:
        kind = catalogue().get(job.waste.kind) if job.waste else None
        answer = volume.estimate(
            job.site,
            job.terrain,
            job.dem,
            job.request,
            waste=job.waste,
            density=kind.density if kind else None,
            watch=watch,
            inputs=job.inputs,
            dem=opened.dem(job.dem, job.terrain),
        )
        answer = replace(answer, waste_kind=kind.key if kind else None, program_version=__version__)
        return answer.chosen_because(job.why)
    except Cancelled:
        raise
    except AppError as error:
        return error
    except Exception as error:  # a site that shows a mistake of the program must not take the others with it
        _log.exception("%s: estimate", job.site.code)
        return AppError(
            "estimate.failed",
            N_("the estimate failed in a way that the program did not expect ({error})"),
            advice=N_("check the outline; the details are in the log file"),
            error=type(error).__name__,
        )


def _died(end: Died) -> AppError:
    return AppError(
        "estimate.process_died",
        N_("the process that computed the site was ended from outside (code {code})"),
        advice=N_("estimate it again by itself; if it ends again, free memory or choose a coarser terrain"),
        code=end.code,
    )


def compute_again(
    project: Project, site: Site, terrain: Terrain, dem: Path, stored: Estimate, watch: Watch | None = None
) -> Estimate:
    """The answer to the request of a stored estimate as it comes out today; nothing is stored. Raises AppError."""
    waste = project.store.waste(stored.request.waste) if stored.request.waste else None
    parameters = {"rim_edits": [], **stored.request.parameters}  # not the edits that were made since
    request, inputs = resolved(project, site, replace(stored.request, parameters=parameters))
    with OpenTerrain() as opened:
        answer = _compute(_Job(site, terrain, dem, request, waste, _as_then(inputs, stored)), opened, watch or Watch())
    if isinstance(answer, AppError):
        raise answer
    return answer


def _as_then(inputs: Inputs, stored: Estimate) -> Inputs:
    """With the error figures that the other terrain had when the estimate was made, where it carries them."""
    used = (stored.reference.parameters.get("parts") or [stored.reference.parameters])[0]
    errors = used.get("errors") if stored.reference.key == "dem" else None
    if not errors or inputs.terrain is None:
        return inputs
    return replace(inputs, terrain=replace(inputs.terrain, errors=ErrorFigures(**errors)))


def keeping(estimates: Sequence[Estimate]) -> tuple[Notice, list[Change]]:
    """The step that stores estimates of this program: its label and its changes."""
    made = [replace(e, program_version=__version__) for e in estimates]
    return labels.estimates_stored([e.site for e in made]), [Insert("estimates", estimate_values(e)) for e in made]


def curve(
    project: Project,
    code: str,
    *,
    request: EstimateRequest | None = None,
    terrain: str | None = None,
    step_m: float | None = None,
    watch: Watch | None = None,
) -> StageCurve:
    """The stage–capacity curve of a site, from its floor to the reference.

    Without `request` (or `terrain`) those of the last stored estimate, so that the curve ends at its fill.
    """
    q = asked(project, code, terrain=terrain, request=request)
    found = volume.stage_curve(q.site, q.terrain, q.dem, q.request, step_m=step_m, watch=watch, inputs=q.inputs)
    return replace(found, warnings=(*q.stale, *found.warnings))


def live_levels(
    project: Project,
    code: str,
    *,
    request: EstimateRequest | None = None,
    terrain: str | None = None,
    watch: Watch | None = None,
) -> volume.LevelTable:
    """The table that gives volume, area, tonnage and interval of a site at any level (`LevelTable.figures`).

    Cover, base, waste and density are those of `request`, or of the last stored estimate, as is the terrain.
    """
    q = asked(project, code, terrain=terrain, request=request)
    site, chosen, request, path = q.site, q.terrain, q.request, q.dem
    waste = project.store.waste(request.waste) if request.waste else None
    kind = catalogue().get(waste.kind) if waste else None
    density = kind.density if kind else None
    table = volume.live_levels(site, chosen, path, request, waste=waste, density=density, watch=watch)
    top = max(table.top_m, table.rim_high_m) if math.isfinite(table.rim_high_m) else table.top_m
    return replace(table, spread=level_spread(site, chosen, path, table, top, watch=watch))
