"""All sites at once: each as it was asked for last, the rest with the default surface of its kind; one step."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from app import __version__
from models.changes import Insert
from models.estimate import Estimate, EstimateRequest
from models.progress import Watch

if TYPE_CHECKING:
    from app.project import Project
    from app.verbs.estimate import EstimateReport


def estimate_all(project: Project, watch: Watch) -> EstimateReport:
    """Estimate and store. Surface, waste, layers and terrain of a site's last estimate are kept."""
    from app.verbs import labels
    from app.verbs.estimate import EstimateReport, estimate
    from gis.store import estimate_values

    last: dict[str, Estimate] = {e.site_uid: e for e in project.store.estimates()}
    known = {t.name for t in project.store.terrains()}
    groups: dict[str, tuple[EstimateRequest, str | None, list[str]]] = {}
    sites = project.store.sites()
    for site in sites:
        kept = last.get(site.uid)
        request = kept.request if kept else EstimateRequest()
        terrain = kept.terrain.name if kept and kept.terrain.name in known else None
        key = json.dumps([asdict(request), terrain], sort_keys=True, default=str)
        groups.setdefault(key, (request, terrain, []))[2].append(site.code)
    done: list[Estimate] = []
    refused: list[Any] = []
    at = 0
    for request, terrain, codes in groups.values():
        part = watch.part(at / len(sites), (at + len(codes)) / len(sites))
        report = estimate(project, codes, terrain=terrain, request=request, store=False, watch=part)
        done += [replace(e, program_version=__version__) for e in report.estimates]
        refused += report.refused
        at += len(codes)
    if done:
        label = labels.estimates_stored([e.site for e in done])
        project.store.transact(label, [Insert("estimates", estimate_values(e)) for e in done])
    return EstimateReport(done, refused)
