"""The volumes by the other surfaces that a site can have, beside the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gis.dem.on_grid import OnGrid
from gis.job import Job, open_job
from gis.sums import VOLUMES, Ground, Sums, accumulate
from gis.surfaces import SURFACES, Surface
from gis.tiling import tiles
from models.errors import AppError, Cancelled, Refused
from models.estimate import Alternative
from models.notices import N_, Notice
from models.site import Site

_UNDEFINED_SHARE = 1e-6


def volume_of(site: Site, sums: Sums) -> float:
    """The volume that matters: fill of a pit, heap of a stockpile, m³."""
    return sums.total("fill" if site.fills else "cut")


@dataclass
class Beside:
    """Other surfaces by key: those for the pass over the chosen one's cells, those that need other cells, refusals.

    What cannot be built is not silently gone: its row says why.
    """

    surfaces: dict[str, list[Surface]] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    reasons: dict[str, Notice] = field(default_factory=dict)

    @classmethod
    def of(cls, job: Job, keys: Sequence[str] | None = None) -> Beside:
        """All that this kind of site is offered and all that the request has the parameters for (or those in `keys`).

        A surface that is added up on another grid than the job's needs a pass of its own.
        """
        made = cls()
        for key in [k for k in SURFACES if k != job.key and _offered(job, k)] if keys is None else keys:
            if keys is None and _own_grid(job, key) != _own_grid(job, job.key):
                made.elsewhere.append(key)
                continue
            job.watch.pause()
            try:
                made.surfaces[key] = job.surface(key)
            except Cancelled:
                raise
            except AppError as error:
                made.reasons[key] = error.what
        return made

    def figures(self, job: Job, dem_path: Path, ground: Ground, sums: Sequence[Sums]) -> tuple[Alternative, ...]:
        """One row for each key, in the order of the table; `sums` are those of `surfaces`, in their order."""
        rows = dict(self._rows(job, ground, sums))
        while self.elsewhere:
            first = self.elsewhere[0]
            same = [k for k in self.elsewhere if _own_grid(job, k) == _own_grid(job, first)]
            self.elsewhere = [k for k in self.elsewhere if k not in same]
            rows |= _pass(job, dem_path, same)
        return tuple(rows[k] for k in SURFACES if k in rows)

    def _rows(self, job: Job, ground: Ground, sums: Sequence[Sums]) -> dict[str, Alternative]:
        rows = {k: Alternative(k, None, reason) for k, reason in self.reasons.items()}
        for (key, surfaces), own in zip(self.surfaces.items(), sums, strict=True):
            try:
                check_defined(job, surfaces, own, ground)
            except Refused as refused:
                rows[key] = Alternative(key, None, refused.what)
            else:
                rows[key] = Alternative(key, volume_of(job.site, own))
        return rows


def _offered(job: Job, key: str) -> bool:
    return SURFACES[key].offered(fills=job.site.fills, parameters=job.request.parameters)


def _own_grid(job: Job, key: str) -> object:
    dem = job.dem.below if isinstance(job.dem, OnGrid) else job.dem
    return SURFACES[key].grid_for(job.inputs, dem)


def _pass(job: Job, dem_path: Path, keys: list[str]) -> dict[str, Alternative]:
    """The figures of surfaces that share another grid than the job's."""
    request = replace(job.request, reference=keys[0])
    try:
        with open_job(job.site, job.terrain, dem_path, request, job.watch.part(0.8, 0.8), inputs=job.inputs) as other:
            beside = Beside.of(other, keys)
            ground, sums = accumulate(other.dem, other.placed, list(beside.surfaces.values()), VOLUMES)
            other.check_ground(ground)
            return beside._rows(other, ground, sums)  # noqa: SLF001 - its own class
    except Cancelled:
        raise
    except AppError as error:
        return {k: Alternative(k, None, error.what) for k in keys}


def check_defined(job: Job, surfaces: Sequence[Surface], sums: Sums, ground: Ground) -> None:
    """Raise Refused with the place where a surface has no elevation over a noticeable part of the site."""
    if sums.total("undefined") <= _UNDEFINED_SHARE * ground.covered_m2:
        return
    share = min(sums.total("undefined") / ground.covered_m2, 1.0)
    x, y = _undefined_place(job, surfaces)
    raise Refused(
        "surface.undefined",
        N_("the reference surface does not reach {share:.1%} of the outline, for instance at {x:.1f}, {y:.1f}"),
        where=job.site.code,
        advice=N_("choose another reference surface, or one that covers the site"),
        share=share,
        x=x,
        y=y,
    )


def _undefined_place(job: Job, surfaces: Sequence[Surface]) -> tuple[float, float]:
    """A cell inside the site, near the middle of those of its tile, where the surface has no elevation."""
    for part, surface in zip(job.placed.parts, surfaces, strict=True):
        for tile in tiles(part.edges, job.dem.window):
            shape = tile.row1 - tile.row0, tile.col1 - tile.col0
            height = np.broadcast_to(np.asarray(surface.block(tile.row0, tile.row1, tile.col0, tile.col1)), shape)
            i, j = np.nonzero(np.isnan(height) & (np.broadcast_to(np.asarray(tile.share), shape) > 0))
            if i.size:
                k = int(np.argmin((i - i.mean()) ** 2 + (j - j.mean()) ** 2))
                return job.placed.site_place(tile.col0 + j[k] + 0.5, tile.row0 + i[k] + 0.5)
    return job.placed.site_place(*_middle(job))


def _middle(job: Job) -> tuple[float, float]:
    middle = job.placed.parts[0].polygon.centroid
    return float(middle.x), float(middle.y)
