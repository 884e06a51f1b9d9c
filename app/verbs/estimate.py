"""Estimates: how much a site takes, stored with what they were computed from."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app import __version__
from app.project import Project
from app.verbs.terrain import terrain_file, terrain_for
from app.verbs.waste import catalogue
from gis import volume
from gis.store import estimate_values
from gis.surfaces import SURFACES
from models.changes import Insert
from models.errors import AppError, Cancelled, Missing
from models.estimate import CurveRow, Estimate, EstimateRequest
from models.notices import N_, Notice, Translate, _same
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain
from models.waste import Waste


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


def estimate(
    project: Project,
    codes: Sequence[str] | None,
    *,
    terrain: str | None = None,
    request: EstimateRequest,
    workers: int = 1,
    store: bool = True,
    watch: Watch | None = None,
) -> EstimateReport:
    """Estimate the sites with these codes (None: all) and keep the results as one step.

    Raises Missing for an unknown code, waste, terrain or reference before anything is computed, and Cancelled.
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
    waste = project.store.waste(request.waste) if request.waste else None
    jobs: list[_Job] = []
    refused: dict[str, RefusedSite] = {}
    sites = [project.store.site(code) for code in dict.fromkeys(codes)] if codes is not None else project.store.sites()
    for site in sites:
        try:
            chosen = terrain_for(project, site, terrain)
            jobs.append(_Job(site, chosen, terrain_file(project, chosen), request, waste))
        except AppError as error:
            refused[site.code] = RefusedSite(site.code, error)
    done: dict[str, Estimate] = {}
    for index, (code, answer) in enumerate(_answers(jobs, workers, watch)):
        if isinstance(answer, Estimate):
            done[code] = answer
        else:
            refused[code] = RefusedSite(code, answer)
        watch.report((index + 1) / len(jobs), code)
    order = [site.code for site in sites]
    report = EstimateReport([done[c] for c in order if c in done], [refused[c] for c in order if c in refused])
    if store and report.estimates:
        _keep(project, report.estimates)
    return report


def _answers(jobs: list[_Job], workers: int, watch: Watch) -> Iterator[tuple[str, Estimate | AppError]]:
    if workers <= 1 or len(jobs) <= 1:
        for index, job in enumerate(jobs):
            yield job.site.code, _compute(job, watch.part(index / len(jobs), (index + 1) / len(jobs)))
        return
    with ProcessPoolExecutor(min(workers, len(jobs)), multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(_compute, job): job.site.code for job in jobs}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _compute(job: _Job, watch: Watch | None = None) -> Estimate | AppError:
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
        )
        return replace(answer, waste_kind=kind.key if kind else None, program_version=__version__)
    except Cancelled:
        raise
    except AppError as error:
        return error


def compute_again(
    project: Project, site: Site, terrain: Terrain, dem: Path, stored: Estimate, watch: Watch | None = None
) -> Estimate:
    """The answer to the request of a stored estimate as it comes out today; nothing is stored. Raises AppError."""
    waste = project.store.waste(stored.request.waste) if stored.request.waste else None
    answer = _compute(_Job(site, terrain, dem, stored.request, waste), watch)
    if isinstance(answer, AppError):
        raise answer
    return answer


def _keep(project: Project, estimates: list[Estimate]) -> None:
    inserts = [Insert("estimates", estimate_values(e)) for e in estimates]
    label = Notice("estimate.store", N_("store {n} estimates"), n=len(inserts))
    project.store.transact(label, inserts)


def keep_estimate(project: Project, estimate: Estimate) -> None:
    """Store one estimate that was computed before (the window shows first and stores when asked)."""
    _keep(project, [estimate])


def curve(
    project: Project,
    code: str,
    *,
    request: EstimateRequest | None = None,
    terrain: str | None = None,
    step_m: float | None = None,
    watch: Watch | None = None,
) -> list[CurveRow]:
    """The stage–capacity curve of a site, from its floor to the reference (the last stored one if none is given)."""
    site = project.store.site(code)
    chosen = terrain_for(project, site, terrain)
    if request is None:
        kept = project.store.estimates([code])
        request = kept[0].request if kept else EstimateRequest()
    return volume.stage_curve(site, chosen, terrain_file(project, chosen), request, step_m=step_m, watch=watch)
