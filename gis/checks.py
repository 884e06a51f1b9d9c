"""Independent figures for the same volume: the table of methods, and the first of them, a TIN of centres and outline.

The TIN's prisms stand over a triangulation of cell centres and outline. It shares the heights and the reference
surface with the cell sums, and no code that adds up: no shares of cells, no cell areas. Inside, each square of four
centres makes two triangles; the strip along the outline is triangulated (Delaunay) between those squares and points of
the outline. Prisms are integrated exactly (the part of a triangle above zero is a closed form). The grid method is in
gis.gridmethod, the section method in gis.endarea.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import Delaunay, QhullError

from gis.arrays import Array, Mask
from gis.dem.file import Dem
from gis.endarea import end_areas
from gis.gridmethod import grid_volumes
from gis.job import Job
from gis.placing import Part
from gis.prisms import at_rim, positive_mean
from gis.short_calls import unique_rows
from gis.surfaces import Surface
from models.errors import AppError, Cancelled
from models.estimate import SecondMethod
from models.progress import Watch

_log = logging.getLogger(__name__)
_MAX_POINTS = 3_000_000
"""Points of the box at most; larger sites take every second (third …) row and column."""
_BAND_NODES = 1 << 17
_SHIFT = 1e-6


def second_methods(
    job: Job, surfaces: list[Surface], volume_m3: float, watch: Watch | None = None
) -> tuple[SecondMethod, ...]:
    """Every method's volume (m³) of fill or heap and its difference to `volume_m3` in per cent, the TIN first.

    A method that cannot be had for this site (a few cells, a side that does not fit) has no figure.
    """
    watch, found = watch or Watch(), []
    for number, (key, method) in enumerate(METHODS.items()):
        watch.report(number / len(METHODS))
        found.append(_asked(key, method, job, surfaces, volume_m3))
    return tuple(found)


def _asked(key: str, method: _Method, job: Job, surfaces: list[Surface], volume_m3: float) -> SecondMethod:
    try:
        total, parameters = method(job, surfaces)
    except Cancelled:
        raise
    except (QhullError, AppError) as error:  # outlines within one cell, gaps, degrees
        _log.info("%s: no check by %s: %s", job.site.code, key, error)
        return SecondMethod(key, None, None)
    if not np.isfinite(total):
        return SecondMethod(key, None, None)
    return SecondMethod(key, total, 100 * (total / volume_m3 - 1) if volume_m3 > 0 else None, parameters)


def _tin(job: Job, surfaces: list[Surface]) -> tuple[float, dict[str, float]]:
    parts = zip(job.placed.parts, surfaces, strict=True)
    return float(sum(tin_volume(job.dem, p, s, fills=job.site.fills) for p, s in parts)), {}


def _grid(job: Job, surfaces: list[Surface]) -> tuple[float, dict[str, float]]:
    fill, cut, side = grid_volumes(job, surfaces)
    return fill if job.site.fills else cut, {"side_m": side}


def _sections(job: Job, surfaces: list[Surface]) -> tuple[float, dict[str, float]]:
    found = end_areas(job, surfaces)
    return found.fill_m3 if job.site.fills else found.cut_m3, {"spacing_m": found.spacing_m}


_Method = Callable[[Job, list[Surface]], tuple[float, dict[str, float]]]
METHODS: dict[str, _Method] = {"tin": _tin, "grid": _grid, "sections": _sections}
"""Key → (volume m³, what it was run with). To add one: a function here that shares no code with the cell sums."""


def tin_volume(dem: Dem, part: Part, surface: Surface, *, fills: bool = True) -> float:
    """Volume between a TIN of the ground and a surface, m³; fill (surface above) or heap (ground above)."""
    c0, r0, c1, r1 = part.polygon.bounds
    step = 1
    while ((c1 - c0) / step + 4) * ((r1 - r0) / step + 4) > _MAX_POINTS:
        step += 1
    first_c, first_r = int(np.floor(c0)) - 1, int(np.floor(r0)) - 1
    z = _thin(dem, first_r, int(np.ceil(r1)) + 2, first_c, int(np.ceil(c1)) + 2, step)
    cols = first_c + 0.5 + step * np.arange(z.shape[1])
    rows = first_r + 0.5 + step * np.arange(z.shape[0])
    outline = _outline(part, 0.5 * step)
    near = _near(outline, first_c, first_r, step, z.shape)
    inner = _far_inside(part, near, cols, rows) & np.isfinite(z)
    sign = 1.0 if fills else -1.0
    depth = np.full(z.shape, np.nan)
    i, j = np.nonzero(inner | near)
    depth[i, j] = sign * (surface.at(cols[j], rows[i]) - z[i, j])
    squares = inner[:-1, :-1] & inner[:-1, 1:] & inner[1:, :-1] & inner[1:, 1:]
    cell = part.step_x * part.step_y * step * step
    total = _squares(depth, squares) * cell
    return total + _strip(dem, part, surface, sign, outline, (cols, rows, depth, inner, squares), step)


def _thin(dem: Dem, row0: int, row1: int, col0: int, col1: int, step: int) -> Array:
    if step == 1:
        return dem.read(row0, row1, col0, col1)
    band = 256 * step
    starts = range(row0, row1, band)
    return np.concatenate([dem.read(r, min(r + band, row1), col0, col1)[::step, ::step] for r in starts])


def _outline(part: Part, spacing: float) -> Array:
    """Vertices of all rings and points between them at most `spacing` cells apart, without repeats, (n, 2)."""
    dense = shapely.segmentize(part.polygon, spacing)
    return unique_rows(shapely.get_coordinates(dense))[0]


def _near(outline: Array, col: int, row: int, step: int, shape: tuple[int, ...]) -> Mask:
    """Centres within about two steps of the outline."""
    mask = np.zeros(shape, np.bool_)
    j = np.clip(np.round((outline[:, 0] - col - 0.5) / step).astype(np.int64), 0, shape[1] - 1)
    i = np.clip(np.round((outline[:, 1] - row - 0.5) / step).astype(np.int64), 0, shape[0] - 1)
    mask[i, j] = True
    return np.asarray(ndimage.binary_dilation(mask, np.ones((3, 3), np.bool_)))


def _far_inside(part: Part, near: Mask, cols: Array, rows: Array) -> Mask:
    """Centres inside the outline and not near it: whole regions are told by one of their points."""
    label, count = ndimage.label(~near)
    if count == 0:
        return np.zeros(near.shape, np.bool_)
    first = np.full(count + 1, near.size, np.int64)
    flat = label.ravel()
    at = np.flatnonzero(flat)
    np.minimum.at(first, flat[at], at)
    i, j = np.divmod(first[1:], near.shape[1])
    inside = np.zeros(count + 1, np.bool_)
    inside[1:] = shapely.contains_xy(part.polygon, cols[j], rows[i])
    return np.asarray(inside[label])


def _squares(depth: Array, squares: Mask) -> float:
    """Prisms over squares of four centres, each cut along its falling diagonal, in units of one square's area."""
    rows, total = max(_BAND_NODES // depth.shape[1], 1), []
    for first in range(0, depth.shape[0] - 1, rows):
        some = squares[first : first + rows]
        band = depth[first : first + len(some) + 1]
        a, b, c, d = band[:-1, :-1], band[:-1, 1:], band[1:, :-1], band[1:, 1:]
        low = np.minimum(np.minimum(a, b), np.minimum(c, d))
        high = np.maximum(np.maximum(a, b), np.maximum(c, d))
        full = some & (low >= 0)
        total.append(float((2 * (a + d) + b + c)[full].sum()) / 6)  # two triangles that are full: (a+b+d)/6 + (a+c+d)/6
        a, b, c, d = (q[some & (low < 0) & (high > 0)] for q in (a, b, c, d))
        total.append(0.5 * float(positive_mean(a, b, d).sum() + positive_mean(a, c, d).sum()))
    return math.fsum(total)


def _strip(
    dem: Dem,
    part: Part,
    surface: Surface,
    sign: float,
    outline: Array,
    lattice: tuple[Array, Array, Array, Mask, Mask],
    step: int,
) -> float:
    """Prisms over the strip between the squares and the outline, m³."""
    cols, rows, depth, inner, squares = lattice
    covered = np.zeros(inner.shape, np.bool_)
    covered[:-1, :-1] = squares
    around = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1), np.bool_)
    around[1:, 1:] = covered
    surrounded = around[1:, 1:] & around[:-1, 1:] & around[1:, :-1] & around[:-1, :-1]
    i, j = np.nonzero(np.isfinite(depth) & ~surrounded)
    centres = np.column_stack((cols[j], rows[i]))
    keep = shapely.contains_xy(part.polygon, centres[:, 0], centres[:, 1])
    keep &= _clear(outline, centres, 0.3 * step)
    own = dem.sample_pixels(outline[:, 0], outline[:, 1])
    edge_depth = sign * (at_rim(surface, outline, own) - own)
    ok = np.isfinite(edge_depth)
    points = np.concatenate((outline[ok], centres[keep]))
    values = np.concatenate((edge_depth[ok], depth[i[keep], j[keep]]))
    if len(points) < 3:
        return float("nan")
    # Out of place by a millionth of a cell, as Qhull takes half as long again to merge the facets of a perfect grid.
    shifts = np.random.default_rng(0).uniform(-_SHIFT, _SHIFT, points.shape) * step
    corner = Delaunay(points - points[0] + shifts).simplices
    p = points[corner]
    middle = p.mean(axis=1)
    mine = shapely.contains_xy(part.polygon, middle[:, 0], middle[:, 1])
    q_col = np.clip(np.floor((middle[:, 0] - cols[0]) / step).astype(np.int64), 0, inner.shape[1] - 1)
    q_row = np.clip(np.floor((middle[:, 1] - rows[0]) / step).astype(np.int64), 0, inner.shape[0] - 1)
    mine &= ~covered[q_row, q_col]
    p, corner = p[mine], corner[mine]
    u, v = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    area = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2 * part.step_x * part.step_y
    return float((positive_mean(*values[corner].T) * area).sum())


def _clear(outline: Array, centres: Array, distance: float) -> Mask:
    """Centres no nearer than `distance` cells to a point of the outline: no slivers across it."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(outline).query(centres)[0] >= distance)
