"""How a reference surface hangs on its rim: the area that an error of each rim height lifts, m².

The weights of a kind of surface add up to the area that counts: a rim that is too high by one metre all around lifts
the reference by one metre. Positions are in metres (pixel positions times the part's steps).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.arrays import Array
from gis.correlation import Region, spherical
from gis.harmonic import Level
from gis.lattice_crossings import Lattice
from gis.placing import Part
from gis.rim import Rim
from gis.surfaces import Surface
from gis.surfaces.rim_plane import near_plane
from gis.uncertainty import Hold
from models.terrain import ErrorFigures

_NODES = 500
"""Pieces of a rim at most: neighbouring samples are put together."""
_FIT_NODES = 120
_LATTICE = 1_200  # nodes of the coarse lattice on which a membrane's weights are found


def hold(part: Part, rim: Rim, surface: Surface, region: Region) -> Hold:
    """What a part's volume over `region` hangs on, by the surface's `rim_error`."""
    make = _KINDS.get(surface.rim_error)
    if make is None or not rim.z.size or region.area_m2 <= 0:
        return Hold(region)
    return make(part, rim, surface, region)


def _point(part: Part, rim: Rim, surface: Surface, region: Region) -> Hold:
    """One sample carries everything."""
    scale = np.array([part.step_x, part.step_y])
    point = getattr(surface, "point", None)
    xy = np.array(point if point is not None else (rim.cols[rim.lowest], rim.rows[rim.lowest])) * scale
    return Hold(region, xy[None, :], np.array([region.area_m2]), np.zeros(1))


def _mean(part: Part, rim: Rim, surface: Surface, region: Region) -> Hold:
    """Each sample by its length."""
    del surface
    return _lumped(part, rim, region, region.area_m2 * rim.weight / rim.weight.sum())


def _plane(part: Part, rim: Rim, surface: Surface, region: Region) -> Hold:
    """Least squares: the plane's mean height over the region as a weighted sum of the samples that were used."""
    xy = np.column_stack((rim.cols * part.step_x, rim.rows * part.step_y))
    kept = near_plane(rim.z - surface.at(rim.cols, rim.rows), np.ones(rim.z.size, np.bool_))
    share = rim.weight * kept
    centre = np.average(xy, axis=0, weights=share)
    design = np.column_stack((np.ones(len(xy)), xy - centre))
    flat = region.weight.ravel()
    middle = np.concatenate(([flat.sum()], flat @ (region.places() - centre)))
    normal = design.T @ (design * share[:, None])
    return _lumped(part, rim, region, share * (design @ np.linalg.lstsq(normal, middle, rcond=1e-10)[0]))


def _membrane(part: Part, rim: Rim, surface: Surface, region: Region) -> Hold:
    """Harmonic measure: the adjoint of the membrane's equation on a coarse lattice that keeps the true outline."""
    from scipy.sparse.linalg import splu

    row0, row1, col0, col1 = part.edges.bounds
    step = max(float(np.sqrt((row1 - row0) * (col1 - col0) / _LATTICE)), 1e-3)
    rows, cols = int((row1 - row0) / step) + 5, int((col1 - col0) / step) + 5
    lattice = Lattice(col0 + step / 2 - 2 * step, row0 + step / 2 - 2 * step, step, rows, cols)
    wx, wy = 1 / part.step_x**2, 1 / part.step_y**2
    level = Level.of([*part.rings], lattice, (0.5 * wx / (wx + wy), 0.5 * wy / (wx + wy)))
    matrix, nodes = level.matrix()
    if nodes.size < 4:
        return _mean(part, rim, surface, region)
    load = _load(region, part, lattice)
    pull = np.zeros(level.inside.size)
    pull[nodes] = splu(matrix.T.tocsc()).solve(load.ravel()[nodes])
    weight = np.where(level.cut, level.share, 0.0) * pull[level.edge][:, None]
    use = level.cut & (weight > 0)
    if not use.any():
        return _mean(part, rim, surface, region)
    xy = np.column_stack(level.places())[level.crossing[use]] * (part.step_x, part.step_y)
    w = weight[use] * (region.area_m2 / weight[use].sum())
    return Hold(region, xy, w, np.full(w.size, part.perimeter_m / w.size))


def _load(region: Region, part: Part, lattice: Lattice) -> Array:
    """The region's weight on the nodes of a lattice in pixel space."""
    pixel = region.places() / (part.step_x, part.step_y)
    j = np.clip(np.rint((pixel[:, 0] - lattice.x) / lattice.step), 0, lattice.cols - 1).astype(np.int64)
    i = np.clip(np.rint((pixel[:, 1] - lattice.y) / lattice.step), 0, lattice.rows - 1).astype(np.int64)
    size = lattice.rows * lattice.cols
    flat = np.bincount(i * lattice.cols + j, region.weight.ravel(), size)
    return np.asarray(flat.reshape(lattice.rows, lattice.cols), np.float64)


def _lumped(part: Part, rim: Rim, region: Region, weight: Array) -> Hold:
    """Neighbouring samples put together, in the order of the rings."""
    xy = np.column_stack((rim.cols * part.step_x, rim.rows * part.step_y))
    n = weight.size
    bins = np.arange(n) * min(_NODES, n) // n
    length = np.bincount(bins, rim.weight)
    middle = np.column_stack([np.bincount(bins, rim.weight * p) / length for p in xy.T])
    return Hold(region, middle, np.asarray(np.bincount(bins, weight), np.float64), np.asarray(length, np.float64))


_KINDS: dict[str, Callable[[Part, Rim, Surface, Region], Hold]] = {
    "point": _point,
    "mean": _mean,
    "plane": _plane,
    "membrane": _membrane,
}


def unexplained(part: Part, rim: Rim, surface: Surface, errors: ErrorFigures) -> float:
    """The part of `fit_sigma_m` that the terrain's own errors do not explain, m.

    The rim's noise is in the joint variance already; only residuals that stand out of it are a misfit of the surface.
    """
    spread = surface.parameters.get("residual_m")
    if surface.fit_sigma_m <= 0 or not errors.sigma_z_m or not spread or surface.rim_error != "plane":
        return surface.fit_sigma_m
    mean, deviation = _residual_noise(part, rim, errors.range_m) if errors.range_m else (0.0, 0.0)
    square = errors.sigma_z_m**2
    if spread**2 <= square * (mean + 2 * deviation):
        return 0.0
    return surface.fit_sigma_m * float(np.sqrt(1 - square * mean / spread**2))


def _residual_noise(part: Part, rim: Rim, range_m: float) -> tuple[float, float]:
    """(mean, standard deviation) of the weighted mean square residual of a plane through noise of unit variance."""
    xy = np.column_stack((rim.cols * part.step_x, rim.rows * part.step_y))
    pick = np.linspace(0, rim.z.size - 1, min(_FIT_NODES, rim.z.size)).astype(np.int64)
    xy, share = xy[pick], rim.weight[pick] / rim.weight[pick].sum()
    design = np.column_stack((np.ones(len(xy)), xy - np.average(xy, axis=0, weights=share)))
    normal = np.linalg.pinv(design.T @ (design * share[:, None]))
    rest = np.eye(len(xy)) - design @ normal @ (design * share[:, None]).T
    rho = spherical(np.hypot(xy[:, 0, None] - xy[:, 0], xy[:, 1, None] - xy[:, 1]), range_m)
    weighted = share[:, None] * (rest @ rho @ rest.T)
    return float(np.trace(weighted)), float(np.sqrt(2 * np.sum(weighted * weighted.T)))
