"""Heights that were rounded: a survey of centimetres saved in whole metres or decimetres.

Rounding looks like noise where ground varies, but a level rim or floor is off as a whole, by up to half a step.
"""

from __future__ import annotations

import numpy as np

from gis.arrays import Array
from gis.dem.file import Dem
from gis.job import Job
from models.estimate import Estimate
from models.notices import N_, Notice
from models.terrain import Terrain
from models.units import FOOT_M

_STEPS_M = (1.0, 0.5, FOOT_M, 0.25, 0.2, 0.1, 0.05)
_EXACT_M = 1e-3
"""float32 holds heights of 9,000 m to 1 mm."""
_PLACES, _SIDE = 3, 48
"""Looked at: so many windows along and across the terrain, of so many cells a side; where a site lies plays no part."""
_CELLS, _VALUES = 50, 5
"""Fewer cells, or fewer different heights, may stand on round numbers by chance or because they are made up."""
_NOTED_M = 0.1
"""The least step that is told where nobody stated the heights' error."""


_KNOWN: dict[tuple[object, ...], float | None] = {}


def rounded(job: Job, answer: Estimate) -> list[Notice]:
    """What to say where the heights' step is twice their stated error or more: the interval does not know of it."""
    sigma = job.terrain.errors.sigma_z_m
    least = _NOTED_M if sigma is None else 2 * sigma
    if least > _STEPS_M[0] or job.request.interpolate_holes or not isinstance(job.dem, Dem):
        return []  # a patched terrain, or one on another's grid, no longer stands on its steps
    step = step_of(job.dem, job.terrain)
    if step is None or step < least * (1 - 1e-9):
        return []
    text = N_(
        "the terrain's heights are rounded to {step:g} m: a level rim or floor may be off by half of it as a whole, "
        "{volume:.0f} m³ here, which the interval does not contain"
    )
    return [Notice("terrain.rounded", text, step=round(step, 4), volume=step / 2 * answer.flooded_m2)]


def step_of(dem: Dem, terrain: Terrain) -> float | None:
    """The coarsest of the usual steps (m) that a terrain's heights stand on, if any. Looked at once a process."""
    key = str(dem.path), terrain.sha256, terrain.z_unit, terrain.z_scale, terrain.z_offset, terrain.nodata
    if key not in _KNOWN:
        _KNOWN[key] = _step(_heights(dem))
    return _KNOWN[key]


def _heights(dem: Dem) -> Array:
    found = []
    for down in range(_PLACES):
        for across in range(_PLACES):
            row = int((down + 0.5) / _PLACES * dem.grid.height)
            col = int((across + 0.5) / _PLACES * dem.grid.width)
            rows = max(row - _SIDE // 2, 0), min(row + _SIDE // 2, dem.grid.height)
            columns = max(col - _SIDE // 2, 0), min(col + _SIDE // 2, dem.grid.width)
            z = dem.read(*rows, *columns)
            found.append(z[np.isfinite(z)])
    return np.concatenate(found)


def _step(z: Array) -> float | None:
    if z.size < _CELLS or np.unique(z).size < _VALUES:
        return None
    return next((s for s in _STEPS_M if float(np.abs(z - s * np.rint(z / s)).max()) <= _EXACT_M), None)
