"""What an outline that is drawn a little too wide or too narrow does to a volume.

Moved outward by δ all around, the outline takes in a strip as deep as the fill stands at the rim, perimeter × mean
depth × δ (volumes.md section 5); and a reference that hangs on the rim moves with the ground there, which rises outward
at a pit: area × slope × δ.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from gis.arrays import Array
from gis.dem.file import Dem
from gis.placing import Part
from gis.rim import Rim
from gis.surfaces import Surface
from gis.uncertainty import Hold

_LEAST = 0.5
"""Cells by which the rim is moved at least: within one cell the terrain is its interpolation."""


def strip(part: Part, rim: Rim, surface: Surface, *, fills: bool, above_m: float = 0.0) -> float:
    """Perimeter × mean depth at the rim beyond `above_m`: m³ for each metre outward."""
    if not rim.z.size:
        return 0.0
    depth = np.nan_to_num(surface.at(rim.cols, rim.rows) - rim.z)
    depth = np.maximum((depth if fills else -depth) - above_m, 0.0)
    if getattr(surface, "on_ground", False):
        depth = np.zeros_like(depth)  # it ends at the rim by definition; what is left is interpolation
    return part.perimeter_m * float(np.average(depth, weights=rim.weight))


def lift(
    dem: Dem, part: Part, rim: Rim, surface: Surface, hold: Hold, sigma_xy_m: float, lowest: Array | None = None
) -> float:
    """Area × rise of the reference: m³ for each metre outward. 0 for a surface that does not hang on the rim.

    `lowest` (of each rim sample): how likely it is the lowest. A lowest point rises as the ground does where it may
    lie, in the mean; without that as the lowest reading does, noise and all.
    """
    if not hold.weight.size or not rim.z.size:
        return 0.0
    normal = _outward(part, rim)
    step = max(sigma_xy_m, _LEAST * min(part.step_x, part.step_y))
    out, back = (_moved(dem, part, rim, normal, way * step) for way in (1, -1))
    both = np.isfinite(out) & np.isfinite(back)
    if not both.any():
        return 0.0
    slope = (out - back)[both] / (2 * step)
    if surface.rim_error == "point" and lowest is not None and lowest[both].sum() > 0:
        return hold.region.area_m2 * float(np.average(slope, weights=lowest[both]))
    if surface.rim_error == "point":
        return hold.region.area_m2 * float(out[both].min() - back[both].min()) / (2 * step)
    xy = np.column_stack((rim.cols, rim.rows))[both] * (part.step_x, part.step_y)
    return float(hold.weight @ slope[cKDTree(xy).query(hold.places)[1]])


def _moved(dem: Dem, part: Part, rim: Rim, normal: Array, by_m: float) -> Array:
    """Heights beside the rim samples, m; NaN off the terrain."""
    return dem.sample_pixels(rim.cols + by_m * normal[:, 0] / part.step_x, rim.rows + by_m * normal[:, 1] / part.step_y)


def _outward(part: Part, rim: Rim) -> Array:
    """Unit vectors (right, down) in ground metres, away from the site, at the rim samples: across their neighbours."""
    out = np.zeros((rim.z.size, 2))
    xy = np.column_stack((rim.cols * part.step_x, rim.rows * part.step_y))
    for number in np.unique(rim.ring):
        own = np.flatnonzero(rim.ring == number)
        here = xy[own] - xy[own].mean(axis=0)
        along = np.roll(here, -1, axis=0) - np.roll(here, 1, axis=0)
        along /= np.maximum(np.hypot(*along.T), 1e-12)[:, None]
        after = np.roll(here, -1, axis=0)
        turn = np.sign(np.sum(here[:, 0] * after[:, 1] - after[:, 0] * here[:, 1])) * (1 if number == 0 else -1)
        out[own] = turn * np.column_stack((along[:, 1], -along[:, 0]))
    return out
