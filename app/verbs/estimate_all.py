"""All sites again: each as it was asked for last, the rest with the default surface of its kind; one step."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.project import Project
from app.verbs.estimate import EstimateReport, estimate, keeping
from models.errors import Cancelled
from models.estimate import Estimate, EstimateRequest
from models.progress import Watch


def estimate_all(project: Project, watch: Watch) -> EstimateReport:
    """Estimate and store, in several processes where there are many. What a site's last estimate asked for is kept.

    Stopped on the way it keeps the sites that were finished; the others are in the report's `left`. Raises Cancelled if
    none was.
    """
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
    whole = EstimateReport([], [])
    at = 0
    for request, terrain, codes in groups.values():
        if watch.cancelled:
            whole.left.extend(codes)
            continue
        part = watch.part(at / len(sites), (at + len(codes)) / len(sites))
        report = estimate(
            project, codes, terrain=terrain, request=request, workers=None, store=False,
            keep_finished=True, watch=part,
        )  # fmt: skip
        whole.estimates.extend(report.estimates)
        whole.refused.extend(report.refused)
        whole.left.extend(report.left)
        at += len(codes)
    if whole.estimates:
        project.store.transact(*keeping(whole.estimates))
    elif whole.left:
        raise Cancelled
    return whole
