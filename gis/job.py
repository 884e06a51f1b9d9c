"""A site, a terrain and a request brought together: what every figure of a site starts from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gis.dem.file import Dem
from gis.dem.on_grid import OnGrid
from gis.dem.opening import quiet_gdal
from gis.holes import check_covered, interpolate
from gis.placing import Placed, place
from gis.spanned import Spans, spans_of
from gis.sums import Ground, Layering, accumulate
from gis.surfaces import SURFACES, Context, Inputs, Surface, SurfaceType
from models.errors import AppError, Missing, Refused
from models.estimate import DEFAULT_REFERENCE, EstimateRequest
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site
from models.surface_names import over_asked
from models.terrain import Terrain

_NO_PIT_M = 300.0
"""No wall of a pit drops this far within one cell."""


@dataclass
class Job:
    """An open terrain with the site on it."""

    site: Site
    terrain: Terrain
    dem: Dem
    placed: Placed
    request: EstimateRequest
    watch: Watch
    notices: list[Notice] = field(default_factory=list)
    inputs: Inputs = field(default_factory=Inputs)
    stack: ExitStack = field(default_factory=ExitStack)
    """Closes what the surfaces opened."""
    _contexts: dict[int, Context] = field(default_factory=dict)
    _shared: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Key of the reference surface asked for, or of the default of the site's kind."""
        return reference_key(self.site, self.request)

    @property
    def over(self) -> str:
        """Key of what is laid over an edited rim, said or not; "" for every other surface."""
        return over_asked(self.key, self.request.parameters, fills=self.site.fills)

    @cached_property
    def spans(self) -> Spans | None:
        """What is known of spanned ground and density of points here; None where the terrain says nothing of it."""
        return spans_of(self.dem, self.site, self.placed, self._shared)

    def spans_below(self, surfaces: Sequence[Surface]) -> Spans | None:
        """The same of the terrain that a reference consists of; None for a reference that is no terrain.

        A terrain whose heights are stated to be exact is a design: its wide triangles are drawn, nothing was missed.
        """
        source = getattr(surfaces[0], "source", None)
        if source is None or source.terrain.errors.sigma_z_m == 0:
            return None
        return spans_of(source, self.site, self.placed, self._shared)

    def contexts(self, parameters: Mapping[str, Any]) -> list[Context]:
        """One per part; rims are sampled once and shared by all surfaces."""
        for number, part in enumerate(self.placed.parts):
            if number not in self._contexts:
                own = self.inputs, self._shared, self.stack
                self._contexts[number] = Context(self.dem, self.placed, part, {}, self.site, self.watch, *own)
            self._contexts[number].parameters = parameters
        return [self._contexts[n] for n in range(len(self.placed.parts))]

    def surface(self, key: str) -> list[Surface]:
        """The surface of that key over each part.

        Raises Missing for an unknown key, Refused where it cannot be built.
        """
        kind = surface_type(key)
        return [kind.build(c) for c in self.contexts(self.request.parameters)]

    def check_ground(self, ground: Ground) -> tuple[float, tuple[Notice, ...]]:
        """(covered share, notices). Refuses gaps (gis.holes) and cells that registration suspected to be missing."""
        for notice in self.terrain.warnings:
            value = notice.facts.get("value")
            if notice.key != "terrain.suspicious_low" or not isinstance(value, int | float):
                continue
            if not _no_height(value, float(notice.facts.get("gap", math.inf))):
                continue  # a flat floor or a lake in a steep pit: told with the estimate, not refused
            if ground.floor <= value * self.terrain.z_scale + self.terrain.z_offset + 1e-6:
                raise Refused(
                    "terrain.suspicious_inside",
                    N_(
                        "inside the outline lie cells of {value:g}, far below all other "
                        "heights: most likely missing ones"
                    ),
                    where=self.site.code,
                    advice=N_("register the terrain again with --nodata {value:g}"),
                    value=value,
                )
        covered = check_covered(self.placed, ground, self.site.code, interpolated=self.request.interpolate_holes)
        if covered[0] < 1 and len(self.placed.parts) > 1:
            self._check_parts()
        return covered

    def _check_parts(self) -> None:
        """Refuse a site of which a whole part lies where the terrain has no height, however small it is."""
        for context in self.contexts(self.request.parameters):
            rim = context.any_rim
            if rim.valid_share > 0:
                continue
            x, y = self.placed.site_place(float(rim.cols[0]), float(rim.rows[0]))
            raise Refused(
                "terrain.part_not_covered",
                N_("one of the {parts} parts of the outline lies where the terrain has no height, at {x:.1f}, {y:.1f}"),
                where=self.site.code,
                advice=N_("choose another terrain, or take that part out of the outline"),
                parts=len(self.placed.parts),
                x=x,
                y=y,
            )

    def reference(self) -> list[Surface]:
        """The surface asked for. A gap in the terrain is reported as such even where the rim shows it first."""
        try:
            return self.surface(self.key)
        except AppError as error:
            if error.key == "terrain.rim_gap":
                ground, _ = accumulate(self.dem, self.placed, [], Layering())
                self.check_ground(ground)
            raise


def share_with_heights(site: Site, terrain: Terrain, dem_path: Path) -> float:
    """Share of a site's area over which a terrain has heights, 0..1, by what an estimate would say of it.

    0 where it would take cells inside for undeclared missing ones. Raises as `open_job` does.
    """
    with open_job(site, terrain, dem_path, EstimateRequest()) as job:
        ground, _ = accumulate(job.dem, job.placed, [], Layering())
        try:
            return job.check_ground(ground)[0]
        except Refused as error:
            share = error.what.facts.get("share", 0.0) if error.key == "terrain.not_covered" else 0.0
            return float(share)


def _no_height(value: float, gap_m: float) -> bool:
    """Whether a lowest value `gap_m` below all others is one that programs write for "missing", rather than ground."""
    return (value <= 0 and float(value).is_integer()) or gap_m > _NO_PIT_M


def reference_key(site: Site, request: EstimateRequest) -> str:
    """Key of the reference surface that a request means for a site."""
    return request.reference or DEFAULT_REFERENCE["pit" if site.fills else "stockpile"]


def surface_type(key: str) -> SurfaceType:
    """The surface of that key. Raises Missing."""
    kind = SURFACES.get(key)
    if kind is None:
        raise Missing(
            "reference.unknown",
            N_("there is no reference surface {reference}"),
            advice=N_("known: {known}"),
            reference=key,
            known=", ".join(SURFACES),
        )
    return kind


@contextmanager
def open_job(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    watch: Watch | None = None,
    dem: Dem | None = None,
    *,
    inputs: Inputs | None = None,
) -> Iterator[Job]:
    """The site on its terrain, with holes patched if the request says so.

    The terrain is opened and closed here, unless a `dem` that is open already is lent (batches): it comes back clean.
    `inputs` is what the request's parameters name, for the surfaces that need it.
    """
    _check_request(request, site.code)
    inputs = inputs or Inputs()
    with quiet_gdal(), ExitStack() as stack:
        opened = dem if dem is not None else stack.enter_context(Dem(dem_path, terrain))
        stack.callback(opened.unpatch)
        placed = place(site, opened.grid)
        notices = list(placed.notices)
        if request.interpolate_holes:
            notices.extend(interpolate(opened, placed, site.code))
        grid = surface_type(reference_key(site, request)).grid_for(inputs, opened)
        if grid is not None:
            opened = OnGrid(opened, grid)
            placed = place(site, grid)
            notices.extend(n for n in placed.notices if n not in notices)
        yield Job(site, terrain, opened, placed, request, watch or Watch(), notices, inputs, stack)


def _check_request(request: EstimateRequest, code: str) -> None:
    limits = {
        "cover_m": (request.cover_m, 0.0, 100.0),
        "base_m": (request.base_m, 0.0, 100.0),
        "density_t_m3": (request.density_t_m3, 0.05, 10.0),
        "moisture": (request.moisture, 0.0, 5.0),
        "density_sigma": (request.density_sigma, 0.0, 1.0),
    }
    for name, (value, low, high) in limits.items():
        if value is not None and not low <= value <= high:
            raise Refused(
                "estimate.parameter",
                N_("{name} is {value:g}; it lies between {low:g} and {high:g}"),
                where=code,
                advice=N_("check the number and its unit"),
                name=name,
                value=value,
                low=low,
                high=high,
            )
