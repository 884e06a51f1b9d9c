"""What the ground of a site and a reference that is another terrain rest on, of an estimate and of a curve alike."""

from __future__ import annotations

from collections.abc import Sequence

from gis.flooded import depths
from gis.job import Job
from gis.spanned import Spans, body_cells, joint
from gis.surfaces.base import Surface
from models.support import SiteSupport


def supports(job: Job, surfaces: Sequence[Surface]) -> tuple[SiteSupport | None, SiteSupport | None]:
    """(of the ground, of the reference); None where a terrain says nothing of how it was made of points."""
    own, below = job.spans, job.spans_below(surfaces)
    rims = [c.any_rim for c in job.contexts(job.request.parameters)] if own is not None else []

    def said(spans: Spans, rim_share: float = 0.0) -> SiteSupport:
        cells = body_cells(job.dem, job.placed, surfaces, fills=job.site.fills)
        return spans.summary(cells, rim_share)

    return (
        None if own is None else said(own, own.rim_share(surfaces, rims)),
        None if below is None else said(below),
    )


def spanned_spread(job: Job, surfaces: Sequence[Surface]) -> tuple[bool, float | None]:
    """(whether spanned ground lies inside, standard deviation in m³ that it brings into the volume, None unknown)."""
    spans = [s for s in (job.spans, job.spans_below(surfaces)) if s is not None and s.any_inside]
    if not spans:
        return False, 0.0
    parts = job.placed.parts
    over = [(p, depths(job.dem, p, s, fills=job.site.fills).below()) for p, s in zip(parts, surfaces, strict=True)]
    return True, joint(s.sigma_m3(over) for s in spans)
