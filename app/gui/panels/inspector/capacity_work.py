"""What the capacity tab computes, off the window's thread: estimate, curve, depth picture, table of levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.errors import AppError, Cancelled
from models.estimate import CurveRow, Estimate, EstimateRequest
from models.progress import Watch

if TYPE_CHECKING:
    from app.project import Project


@dataclass(frozen=True)
class Live:
    """An estimate with its curve and its depths (None where they could not be made)."""

    estimate: Estimate
    curve: list[CurveRow]
    depth: Any


def chosen_terrain(project: Project, code: str, terrain: str) -> tuple[Any, Any, Any]:
    """(site, terrain, path of its file). Raises AppError."""
    from app.verbs.terrain import terrain_file, terrain_for

    site = project.store.site(code)
    found = terrain_for(project, site, terrain or None)
    return site, found, terrain_file(project, found)


def work_estimate(project: Project, code: str, terrain: str, request: EstimateRequest, watch: Watch) -> Estimate:
    """The estimate of a request, not stored."""
    from app.verbs.inputs import resolved
    from app.verbs.waste import catalogue
    from gis.volume import estimate

    site, found, path = chosen_terrain(project, code, terrain)
    waste = project.store.waste(request.waste) if request.waste else None
    kind = catalogue().get(waste.kind) if waste else None
    density = kind.density if kind else None
    request, inputs = resolved(project, site, request)
    return estimate(site, found, path, request, waste=waste, density=density, watch=watch, inputs=inputs)


def work_pictures(project: Project, answer: Estimate, watch: Watch) -> Live:
    """Curve and depths for an estimate. What cannot be drawn is left out."""
    from app.verbs.inputs import resolved
    from gis.volume import depth_grid, stage_curve

    site, found, path = chosen_terrain(project, answer.site, answer.terrain.name)
    curve: list[CurveRow] = []
    depth = None
    try:
        request, inputs = resolved(project, site, answer.request)
        curve = list(stage_curve(site, found, path, request, watch=watch.part(0.0, 0.6), inputs=inputs).rows)
        depth = depth_grid(site, found, path, request, watch=watch.part(0.6, 1.0), inputs=inputs)
    except Cancelled:
        raise
    except AppError:
        pass
    return Live(answer, curve, depth)


def work_levels(project: Project, code: str, terrain: str, watch: Watch) -> Any:
    """The table behind the slider (gis LevelTable)."""
    from gis.volume import live_levels

    site, found, path = chosen_terrain(project, code, terrain)
    return live_levels(site, found, path, watch=watch)
