"""What the capacity tab computes, off the window's thread: estimate, curve, depth picture, table of levels, why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models.errors import AppError, Cancelled
from models.estimate import CurveRow, Estimate, EstimateRequest, LevelFigures
from models.progress import Watch

if TYPE_CHECKING:
    from app.project import Project
    from models.earthwork import WhyReport
    from models.rim_edit import RimEdit


_CURVE_ROWS = 201


@dataclass(frozen=True)
class Live:
    """An estimate with its curve and its depths (None where they could not be made)."""

    estimate: Estimate
    curve: list[CurveRow]
    depth: Any


def chosen_terrain(project: Project, code: str, terrain: str) -> tuple[Any, Any, Any]:
    """(site, terrain, path of its file). Raises AppError."""
    from app.verbs.terrain import terrain_file
    from app.verbs.terrain_choice import terrain_for

    site = project.store.site(code)
    found = terrain_for(project, site, terrain or None)
    return site, found, terrain_file(project, found)


def is_current(e: Estimate, site: Any, edits: Sequence[RimEdit] | None = None) -> bool:
    """Whether outline and (where they are given and count) rim edits are those that an estimate was made with."""
    from gis.volume import outline_hash

    same_rim = edits is None or e.reference.key != "edited_rim"
    same_rim = same_rim or e.request.parameters.get("rim_edits") == [r.to_json() for r in edits or ()]
    return same_rim and e.outline_sha256 == outline_hash(site)


def work_estimate(project: Project, code: str, terrain: str, request: EstimateRequest, watch: Watch) -> Estimate:
    """The estimate of a request, not stored."""
    from app.verbs.inputs import resolved
    from app.verbs.terrain import terrain_file
    from app.verbs.terrain_choice import choose_terrain
    from gis.volume import estimate

    site = project.store.site(code)
    choice = choose_terrain(project, site, terrain or None, request)
    path = terrain_file(project, choice.terrain)
    waste, density = _waste(project, request)
    request, inputs = resolved(project, site, request)
    made = estimate(site, choice.terrain, path, request, waste=waste, density=density, watch=watch, inputs=inputs)
    return made.chosen_because(choice.why)


def _waste(project: Project, request: EstimateRequest) -> tuple[Any, Any]:
    """(the request's waste, the catalogue's default density of its kind)."""
    from app.verbs.waste import catalogue

    waste = project.store.waste(request.waste) if request.waste else None
    kind = catalogue().get(waste.kind) if waste else None
    return waste, kind.density if kind else None


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


@dataclass(frozen=True)
class LevelGround:
    """What goes with a table of levels: its interval (gis LevelSpread) and the picture of the ground under a level."""

    table: Any
    spread: Any
    picture: Any


def work_ground(project: Project, code: str, terrain: str, table: Any, watch: Watch) -> LevelGround:
    """Interval and picture for a site's table of levels."""
    from app.gui.canvas.level_picture import LevelPicture
    from gis.level_spread import level_spread
    from gis.volume import depth_grid

    site, found, path = chosen_terrain(project, code, terrain)
    high = span_of(table)[1]
    request = EstimateRequest("level", {"level_m": high})
    grid = depth_grid(site, found, path, request, watch=watch.part(0.0, 0.5))
    inside = np.where(np.isfinite(grid.reference), grid.ground, np.float32(np.nan))
    picture = LevelPicture(inside, grid.extent, fills=site.fills, highest_m=high)
    return LevelGround(table, level_spread(site, found, path, table, high, watch=watch.part(0.5, 1.0)), picture)


def rim_key(answer: Estimate | None) -> str:
    """Which rim the water leaves over: "" the terrain's own, else the edits of the estimate's edited rim."""
    if answer is None or answer.reference.key != "edited_rim":
        return ""
    return json.dumps(answer.request.parameters.get("rim_edits"), sort_keys=True, default=str)


def work_ways(project: Project, code: str, terrain: str, answer: Estimate | None, watch: Watch) -> list[Any]:
    """Where the water leaves the parts of a pit, and its way from there; over the rim that the estimate is over."""
    from app.verbs.spill import spill_ways

    request = answer.request if answer is not None and rim_key(answer) else EstimateRequest("spill")
    return spill_ways(project, code, terrain=terrain or None, request=request, watch=watch)[1]


def span_of(table: Any) -> tuple[float, float]:
    """From the floor to the highest point of the rim, of a heap to its top: the range of the slider, m."""
    rim = table.fills and np.isfinite(table.rim_high_m)
    top = table.rim_high_m if rim else table.top_m
    return table.floor_m, max(top, table.floor_m + 0.1)


def work_why(project: Project, answer: Estimate, watch: Watch) -> WhyReport:
    """The volume of an estimate by the conventions of others."""
    from app.verbs.why import why

    return why(project, answer.site, terrain=answer.terrain.name, request=answer.request, watch=watch)


class Levels:
    """Figures at any level from one table; layers and density as they are asked for at the moment."""

    def __init__(self, key: tuple[str, str], table: Any) -> None:
        self.key, self.source, self.table = key, table, table
        self._asked: EstimateRequest | None = None

    @property
    def span(self) -> tuple[float, float]:
        """The range of the slider, m."""
        return span_of(self.table)

    def spread(self, spread: Any) -> None:
        """From now on the figures come with their interval (gis LevelSpread)."""
        self.table = replace(self.table, spread=spread)

    def curve(self) -> list[CurveRow]:
        """Volume and area over the whole range of the slider; the curve of an estimate ends at its own level."""
        low, high = self.span
        levels = np.linspace(low, high, _CURVE_ROWS).tolist()
        return [CurveRow(z, area, volume) for z in levels for volume, area in [self.table.at(z)]]

    def figures(self, project: Project, request: EstimateRequest, level: float) -> LevelFigures:
        """What an estimate at this level would give, in microseconds."""
        asked = replace(request, reference="", parameters={})
        if asked != self._asked:
            from gis.sums import Layering
            from gis.tonnes import tonnes_of

            tonnes = tonnes_of(request, *_waste(project, request))
            layering = Layering(request.cover_m, request.base_m)
            self.table = replace(self.table, layering=layering, tonnes=tonnes)
            self._asked = asked
        found: LevelFigures = self.table.figures(level)
        return found
