"""Why other programs say something else: a site's volume by the conventions of others."""

from __future__ import annotations

from app.project import Project
from app.verbs.asked import asked
from gis.conventions import conventions
from gis.volume import outline_hash
from models.earthwork import WhyReport
from models.estimate import Estimate, EstimateRequest
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain


def why(
    project: Project,
    code: str,
    *,
    terrain: str | None = None,
    request: EstimateRequest | None = None,
    watch: Watch | None = None,
) -> WhyReport:
    """The volume of a site's last stored estimate (or of `request`) beside what other conventions make of it.

    Everything is computed now, nothing is stored. Raises as the estimate does.
    """
    question = asked(project, code, terrain=terrain, request=request)
    q = question
    reference, own, rows = conventions(q.site, q.terrain, q.dem, q.request, watch=watch, inputs=q.inputs)
    notices = _stale(question.stored, question.site, question.terrain)
    return WhyReport(code, question.terrain.name, reference, own, rows, notices)


def _stale(stored: Estimate | None, site: Site, terrain: Terrain) -> tuple[Notice, ...]:
    if stored is None or (stored.terrain.sha256 == terrain.sha256 and stored.outline_sha256 == outline_hash(site)):
        return ()
    text = N_("outline or terrain changed since the stored estimate; all figures here are of today")
    return (Notice("why.stale", text),)
