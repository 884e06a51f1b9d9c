"""Why other programs say something else: a site's volume by the conventions of others."""

from __future__ import annotations

from app.project import Project
from app.verbs.asked import asked
from gis.conventions import conventions
from models.earthwork import WhyReport
from models.estimate import EstimateRequest
from models.progress import Watch
from models.surface_names import over_asked


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
    q = asked(project, code, terrain=terrain, request=request)
    reference, own, rows = conventions(q.site, q.terrain, q.dem, q.request, watch=watch, inputs=q.inputs)
    over = over_asked(reference, q.request.parameters, fills=q.site.fills)
    return WhyReport(code, q.terrain.name, reference, own, rows, q.stale, over)
