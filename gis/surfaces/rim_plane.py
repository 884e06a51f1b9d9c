"""A sloping plane through the rim by least squares: a pit in an even slope.

Samples whose residual is beyond 4 NMAD (normalised median absolute deviation, Höhle & Höhle 2009, ISPRS J. 64(4)) and
beyond 0.2 m are left out, at most a quarter of the rim's length: a road that cuts the rim, a bank thrown up on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Array, Mask
from gis.quasi import quasi_random
from gis.rim import Rim
from gis.surfaces.base import Context, Plane, Surface, SurfaceType
from models.notices import N_, Notice

_NMADS = 4.0
_FLOOR_M = 0.2  # the roughness of ordinary ground is no outlier
_SHARE_KEPT = 0.75
_TRIPLES = 300


def build(context: Context) -> Surface:
    """The plane through the rim of all rings."""
    rim = context.rim
    centre = np.average(rim.cols, weights=rim.weight), np.average(rim.rows, weights=rim.weight)
    u, v = (rim.cols - centre[0]) * context.part.step_x, (rim.rows - centre[1]) * context.part.step_y
    coefficients, kept, residual = robust_plane(u, v, rim.z, rim.weight)
    left_out = 1 - float(rim.weight[kept].sum() / rim.weight.sum())
    spread = float(np.sqrt(np.average(residual[kept] ** 2, weights=rim.weight[kept])))
    b, c = coefficients[1] * context.part.step_x, coefficients[2] * context.part.step_y
    parameters = {**_fall(context, b, c), "residual_m": spread, "left_out_share": left_out}
    notices: tuple[Notice, ...] = ()
    if left_out > 0.1:
        text = N_("{share:.0%} of the rim does not fit the plane and was left out of it")
        notices = (Notice("surface.plane_outliers", text, share=left_out),)
    a = float(coefficients[0] - b * centre[0] - c * centre[1])
    fit = spread / np.sqrt(independent_samples(residual, rim))
    return Plane(a, float(b), float(c), parameters, "plane", float(fit), notices)


def robust_plane(u: Array, v: Array, z: Array, weight: Array) -> tuple[Array, Mask, Array]:
    """Weighted least squares of z on (1, u, v): (coefficients, samples kept, residuals of all). Lengths in m.

    Starts from the plane with the least median residual among planes through three samples (Rousseeuw 1984, J. Am.
    Stat. Assoc. 79), so that a bank on a quarter of the rim does not pull the plane before it is told apart. Where the
    rim does not agree on one plane (less than three quarters of it fit), all samples are used.
    """
    design = np.column_stack((np.ones(z.size), u, v))
    everything = np.ones(z.size, np.bool_)
    residual = z - design @ _start(design, z)
    kept = near_plane(residual, everything)
    for _ in range(20):
        if weight[kept].sum() < _SHARE_KEPT * weight.sum():
            kept = everything
        residual = z - design @ _least_squares(design, z, weight, kept)
        new = near_plane(residual, kept)
        if np.array_equal(new, kept) or kept is everything:
            break
        kept = new
    coefficients = _least_squares(design, z, weight, kept)
    return coefficients, kept, z - design @ coefficients


def _least_squares(design: Array, z: Array, weight: Array, kept: Mask) -> Array:
    root = np.sqrt(weight[kept])
    return np.asarray(np.linalg.lstsq(design[kept] * root[:, None], z[kept] * root, rcond=1e-10)[0])


def near_plane(residual: Array, among: Mask) -> Mask:
    """Samples within 4 NMAD (or 0.2 m) of the middle of the residuals `among`."""
    middle = float(np.median(residual[among]))
    spread = 1.4826 * float(np.median(np.abs(residual[among] - middle)))
    return np.asarray(np.abs(residual - middle) <= max(_NMADS * spread, _FLOOR_M))


def _start(design: Array, z: Array) -> Array:
    """The plane through three samples that leaves the least median residual; fixed quasi-random triples."""
    n = z.size
    triples = np.minimum((quasi_random(_TRIPLES, 3) * n).astype(np.int64), n - 1)
    corner = design[triples]
    sound = np.abs(np.linalg.det(corner)) > 1e-9 * max(float(np.ptp(design[:, 1]) * np.ptp(design[:, 2])), 1e-9)
    if not sound.any():
        return np.array([float(np.median(z)), 0.0, 0.0])
    planes = np.linalg.solve(corner[sound], z[triples[sound]][..., None])[..., 0]
    some = np.linspace(0, n - 1, min(n, 400)).astype(np.int64)
    misfit = np.median(np.abs(z[some] - planes @ design[some].T), axis=1)
    return np.asarray(planes[int(np.argmin(misfit))])


def independent_samples(residual: Array, rim: Rim) -> float:
    """How many independent samples the outer rim's residuals are worth: length over twice their integral scale."""
    outer = rim.ring == 0
    r, n = residual[outer] - residual[outer].mean(), int(outer.sum())
    if n < 4 or not r.any():
        return 3.0
    power = np.abs(np.fft.rfft(r)) ** 2
    correlation = np.fft.irfft(power, n)[: n // 2]
    correlation /= correlation[0]
    below = np.flatnonzero(correlation <= 0)
    scale = float(correlation[: below[0] if below.size else correlation.size].sum())
    return max(n / max(2 * scale, 1.0), 3.0)


def _fall(context: Context, b: float, c: float) -> dict[str, Any]:
    """Fall in % and the grid azimuth (degrees from north) towards which the plane falls; b, c in m per pixel step."""
    grid, part = context.dem.grid, context.part
    fall = float(np.hypot(b / part.step_x, c / part.step_y))
    down_col, down_row = -b / part.step_x**2, -c / part.step_y**2
    (x0, x1), (y0, y1) = grid.to_world([0.0, down_col], [0.0, down_row])
    azimuth = float(np.degrees(np.arctan2(x1 - x0, y1 - y0)) % 360) if fall > 1e-12 else 0.0
    return {"fall_percent": 100 * fall, "azimuth_deg": azimuth}


TYPE = SurfaceType("rim_plane", build)
