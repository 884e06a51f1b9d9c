"""Which of a project's terrains serves a site where none is named, and why, in words.

Asked one after another, each of those that are left: does it cover the outline, with heights, does it have cells enough
across it, how sure are its heights, how fine is it, how new is it. Terrains about as sure (a factor of 1.5) count as
equally sure, and so do cells about as fine: a survey of this year is not passed over for a hundredth of a metre.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import shapely

from app.project import Project
from app.verbs.terrain import terrain_file
from gis.dem.footprint import footprint
from gis.holes import ENOUGH, INTERPOLATE_FROM
from gis.job import share_with_heights
from models.errors import AppError, Missing, Refused
from models.estimate import EstimateRequest
from models.notices import N_, Notice
from models.site import Site
from models.terrain import Terrain

_CELLS_ACROSS = 10
"""Fewer cells than this across the outline make an estimate warn (gis.remarks)."""
_ALIKE = 1.5
_MOST_SHARES = 2_000
_SHARES: dict[tuple[Any, ...], float] = {}
"""What was found of the holes of a terrain under an outline: the window asks again with each step of a form."""
_SURFACE_MODEL_M = 0.3
"""What plants, heaps and machines add to the error of a surface model as ground, m: an order of magnitude."""


@dataclass(frozen=True)
class Choice:
    """A terrain, and why it and no other (None: it was named, or there is no other under the outline)."""

    terrain: Terrain
    why: Notice | None = None


@dataclass(frozen=True)
class _Candidate:
    terrain: Terrain
    share: float
    """Share of the outline inside the grid; once `known`, with heights."""
    known: bool = False
    """Whether the terrain itself was looked at for cells without a height."""
    sigma_m: float = field(init=False)
    """Stated vertical error, or what is taken for want of a statement; a surface model's is larger as ground."""

    def __post_init__(self) -> None:
        stated = self.terrain.errors.sigma_z_m
        sigma = stated if stated is not None else 0.2 + 0.1 * self.terrain.cell_m
        sigma = math.hypot(sigma, _SURFACE_MODEL_M) if self.terrain.kind == "dsm" else sigma
        object.__setattr__(self, "sigma_m", max(sigma, 1e-3))

    @property
    def date(self) -> str:
        """Day of the survey, or of registration where it is not stated."""
        return self.terrain.surveyed_on or self.terrain.registered_at[:10]


def choose_terrain(
    project: Project, site: Site, name: str | None = None, request: EstimateRequest | None = None
) -> Choice:
    """The terrain named, else the one that serves the site best, apart from that which is the request's reference.

    Raises Missing if there is none of that name or none at all, Refused if none lies under the site.
    """
    if name is not None:
        return Choice(project.store.terrain(name))
    terrains = project.store.terrains()
    if not terrains:
        raise Missing(
            "terrain.none",
            N_("the project has no terrain"),
            where=str(project.path),
            advice=N_("register a DEM with terrain add"),
        )
    area = max(site.outline.area, 1e-9)
    found = [_Candidate(t, footprint(t, site.crs).intersection(site.outline).area / area) for t in terrains]
    found = [c for c in found if c.share > 0]
    if not found:
        advice = N_("check the coordinate system of outline and terrain, or register a DEM of this place")
        what = N_("no terrain of the project lies under the outline")
        raise Refused("terrain.no_overlap", what, where=site.code, advice=advice)
    reference = request.parameters.get("terrain") if request is not None else None
    left = [c for c in found if c.terrain.name != reference] or found
    enough = INTERPOLATE_FROM if request is not None and request.interpolate_holes else ENOUGH
    while True:
        best, choice = _best(left, site)
        if best.known or len(left) == 1:
            return choice
        left = [_looked_at(project, c, site, enough) if c is best else c for c in left]


def terrain_for(project: Project, site: Site, name: str | None = None) -> Terrain:
    """The terrain of `choose_terrain`."""
    return choose_terrain(project, site, name).terrain


def _looked_at(project: Project, candidate: _Candidate, site: Site, enough: float) -> _Candidate:
    """The candidate with the share of the outline where it has heights, if they are not enough; the best one only."""
    try:
        share = _share_with_heights(terrain_file(project, candidate.terrain), candidate.terrain, site)
        share = candidate.share if share >= enough else min(candidate.share, share)
    except AppError:  # gone, changed, damaged: whoever uses it is told so, rather than given another one in silence
        share = candidate.share
    return replace(candidate, share=share, known=True)


def _share_with_heights(path: Path, terrain: Terrain, site: Site) -> float:
    key = str(path), terrain.name, terrain.sha256, site.crs, shapely.to_wkb(site.outline)
    if key not in _SHARES:
        while len(_SHARES) >= _MOST_SHARES:
            _SHARES.pop(next(iter(_SHARES)), None)
        _SHARES[key] = share_with_heights(site, terrain, path)
    return _SHARES[key]


def _best(left: list[_Candidate], site: Site) -> tuple[_Candidate, Choice]:
    many, reasons = len(left), list[Notice]()
    for step in (_covering, _wide_enough, _surest, _finest, _newest):
        if len(left) > 1:
            kept, reason = step(left, site)
            if len(kept) < len(left):
                left, reasons = kept, [*reasons, reason]
    best, chosen = left[0], left[0].terrain
    if not reasons:
        return best, Choice(chosen)
    text = N_("{name} was chosen of {n} terrains under the outline: {reason}")
    return best, Choice(chosen, Notice("terrain.chosen", text, name=chosen.name, n=many, reason=_joined(reasons)))


def _joined(reasons: Sequence[Notice]) -> Notice:
    first, *rest = reasons
    return Notice("terrain.chosen_and", N_("{first}; {then}"), first=first, then=_joined(rest)) if rest else first


_Step = tuple[list[_Candidate], Notice]


def _covering(left: list[_Candidate], _: Site) -> _Step:
    kept = [c for c in left if c.share >= ENOUGH]
    if kept:
        return kept, Notice("terrain.chosen_covers", N_("others do not cover all of the outline"))
    most = max(round(c.share, 3) for c in left)
    text = N_("it covers most of the outline ({share:.0%})")
    return [c for c in left if round(c.share, 3) == most], Notice("terrain.chosen_most", text, share=most)


def _wide_enough(left: list[_Candidate], site: Site) -> _Step:
    limit = _width_m(site) / _CELLS_ACROSS
    kept = [c for c in left if c.terrain.cell_m <= limit]
    text = N_("others have fewer than {n} cells across the outline")
    return kept or _alike(left, lambda c: c.terrain.cell_m), Notice("terrain.chosen_cells", text, n=_CELLS_ACROSS)


def _surest(left: list[_Candidate], _: Site) -> _Step:
    kept = _alike(left, lambda c: c.sigma_m)
    best, next_ = min(c.sigma_m for c in kept), min((c.sigma_m for c in left if c not in kept), default=math.nan)
    text = N_("its heights are the surest (σ about {sigma:.2g} m, the next {other:.2g} m)")
    if any(c.terrain.errors.sigma_z_m is None for c in left):
        text = N_("its heights are the surest (σ about {sigma:.2g} m, the next {other:.2g} m, as usual for such cells "
                  "where it is not stated)")  # fmt: skip
    return kept, Notice("terrain.chosen_error", text, sigma=best, other=next_)


def _finest(left: list[_Candidate], _: Site) -> _Step:
    kept = _alike(left, lambda c: c.terrain.cell_m)
    text = N_("its cells are the finest of those about as sure ({cell:.3g} m)")
    return kept, Notice("terrain.chosen_fine", text, cell=min(c.terrain.cell_m for c in kept))


def _newest(left: list[_Candidate], _: Site) -> _Step:
    newest = max(left, key=lambda c: (c.date, c.terrain.registered_at, -c.terrain.cell_m))
    text = N_("it is the newest of those about as sure and fine ({date})")
    return [newest], Notice("terrain.chosen_new", text, date=newest.date)


def _alike(left: list[_Candidate], size: Callable[[_Candidate], float]) -> list[_Candidate]:
    """Those whose size is within a factor of the least."""
    least = min(size(c) for c in left)
    return [c for c in left if size(c) <= _ALIKE * least]


def _width_m(site: Site) -> float:
    """Diameter of the largest circle that fits into a part of the outline, the largest of the parts."""
    widths = []
    for part in shapely.get_parts(site.outline):
        x0, y0, x1, y1 = part.bounds
        tolerance = max(min(x1 - x0, y1 - y0) / 50, 1e-6)
        widths.append(2 * float(shapely.maximum_inscribed_circle(part, tolerance=tolerance).length))
    return max(widths, default=0.0)
