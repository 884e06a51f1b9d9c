"""Terrain and depth as pictures and polygons for a sheet: what gis.relief computes, at the fineness of paper."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csr_array
from shapely.geometry.base import BaseGeometry

from app.package.content import Grid, GridPicture
from app.package.scale import Bounds, MapWindow
from gis.relief import hillshade, shaded, tint
from layers.style import (
    HILLSHADE_ALTITUDE_DEG,
    HILLSHADE_AZIMUTH_DEG,
    TERRAIN_STOPS,
)

_STRIP = 64
"""Rows that are shaded at a time: what is computed of them stays in the processor's cache."""
_SAMPLE = 250_000
_FINE_MM = 0.25
"""Points of a contour need not stand closer than this."""
_BLUR_MM, _LEAST_BLUR = 0.35, 0.4
"""Noise of the ground is smoothed over this at most, on paper, and not at all below so many cells."""
_GREY = 4.0


def filled(values: Grid) -> Grid:
    """The grid with the nearest value in its empty cells (for interpolating up to an edge, never shown beyond it)."""
    missing = ~np.isfinite(values)
    if not missing.any() or missing.all():
        return values
    rows, columns = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
    out: Grid = values[rows, columns]
    return out


def quieting(grid: GridPicture, window: MapWindow) -> float:
    """By how many cells (standard deviation of a Gaussian) heights are smoothed so that their noise is not drawn.

    The light on ground of 45° then varies by `_GREY` of 255 at most for noise of single cells (slope of smoothed white
    noise: σ / (√8π s²), s in cells), but nothing is smoothed over more than `_BLUR_MM` of paper.
    """
    key = ("quieting", window.scale)
    if key not in grid.drawn:
        cell, metres = min(grid.cell_m), grid.extent[2] - grid.extent[0]
        light = 255 * np.cos(np.radians(HILLSHADE_ALTITUDE_DEG)) * exaggeration_of(grid.values, metres)
        wanted = math.sqrt(light * noise_of(grid.values) / (math.sqrt(8 * math.pi) * _GREY * cell))
        grid.drawn[key] = min(wanted, _BLUR_MM * window.scale / 1000.0 / cell)
    found: float = grid.drawn[key]
    return found


def noise_of(z: Grid) -> float:
    """Standard deviation of what single cells have of their own, m: against the mean of four neighbours, robustly.

    Of a large grid by rows in equal distances; 0 where there is too little of it.
    """
    if min(z.shape) < 3:
        return 0.0
    rows = np.arange(1, z.shape[0] - 1, max(1, z.size // _SAMPLE))
    own = z[rows, 1:-1] - (z[rows - 1, 1:-1] + z[rows + 1, 1:-1] + z[rows, :-2] + z[rows, 2:]) / 4
    own = own[np.isfinite(own)]
    return float(np.median(np.abs(own)) * 1.4826 / math.sqrt(1.25)) if own.size else 0.0


def exaggeration_of(z: Grid, width_m: float) -> float:
    """Flat country needs a stronger light to show its pits; mountains a weaker one."""
    span = float(np.nanmax(z) - np.nanmin(z))
    return float(np.clip(0.10 / max(span / max(width_m, 1e-9), 1e-9), 0.8, 2.0))


def smoothed(grid: GridPicture, window: MapWindow) -> GridPicture:
    """Heights smoothed over a cell or more (`quieting`): contours do not follow single cells' noise; NaN stays NaN.

    Of cells that are far finer than a line is wide every second one each way: the contours are the same to the eye.
    """
    z = filled(grid.values)
    missing = ~np.isfinite(grid.values)
    step = 2 if max(grid.cell_m) * 2000.0 / window.scale <= _FINE_MM and min(z.shape) > 64 else 1
    over = max(1.0, quieting(grid, window))
    z = ndimage.gaussian_filter1d(z, over, axis=0, mode="nearest")[::step]
    z = np.asarray(ndimage.gaussian_filter1d(z, over, axis=1, mode="nearest")[:, ::step], np.float32)
    if missing.any():
        z[missing[::step, ::step]] = np.nan
    (dx, dy), (x0, _, _, y1) = grid.cell_m, grid.extent
    x0, y1 = x0 - (step - 1) * dx / 2, y1 + (step - 1) * dy / 2  # the cells that are left keep their middles
    return GridPicture(z, (x0, y1 - step * dy * z.shape[0], x0 + step * dx * z.shape[1], y1))


def terrain_picture(grid: GridPicture, window: MapWindow, dpi: float) -> tuple[NDArray[np.uint8], Bounds]:
    """RGB(A) rows from the north, and the ground they cover. Coarse cells are interpolated for a smooth shade.

    Computed once for all sheets that show the grid at this scale.
    """
    key = ("picture", window.scale, dpi)
    if key not in grid.drawn:
        grid.drawn[key] = _picture(grid, window, dpi)
    picture: tuple[NDArray[np.uint8], Bounds] = grid.drawn[key]
    return picture


def _picture(grid: GridPicture, window: MapWindow, dpi: float) -> tuple[NDArray[np.uint8], Bounds]:
    z = grid.values
    if z.size == 0 or not np.isfinite(z).any():
        return np.empty((0, 0, 4), np.uint8), grid.extent
    dx, dy = grid.cell_m
    pixel = window.scale / 1000.0 * 25.4 / dpi
    finer = min(6, max(1, math.floor(min(dx, dy) / pixel / 1.5)))
    missing = ~np.isfinite(z)
    over = quieting(grid, window)
    if over > _LEAST_BLUR:
        z = np.asarray(ndimage.gaussian_filter(filled(z), over, mode="nearest", truncate=3.0), np.float32)
        z = np.where(missing, np.float32(np.nan), z)
    if finer > 1:
        z = _refined(filled(z), finer)
        missing = np.repeat(np.repeat(missing, finer, 0), finer, 1)
        z = np.where(missing, np.float32(np.nan), z)
    exaggeration = exaggeration_of(grid.values, grid.extent[2] - grid.extent[0])
    # Steep walls in shadow would be the darkest thing on the sheet; the ground stays quiet.
    flat = np.float32(255 * np.sin(np.radians(HILLSHADE_ALTITUDE_DEG)))
    low, high = _ends(z)
    rgba = np.empty((*z.shape, 4), np.uint8)
    for top in range(0, len(z), _STRIP):
        end, edge = min(top + _STRIP, len(z)), max(top - 1, 0)  # slopes reach a row beyond the strip
        light = hillshade(
            z[edge : end + 1],
            dx / finer,
            dy / finer,
            HILLSHADE_AZIMUTH_DEG,
            HILLSHADE_ALTITUDE_DEG,
            exaggeration=exaggeration,
        )[top - edge :][: end - top]
        quiet = flat + 75 * np.tanh((light - flat) / 75)
        rgba[top:end] = shaded(tint(z[top:end], TERRAIN_STOPS, low=low, high=high), quiet, 0.62)
    if not missing.any():
        return rgba[..., :3], grid.extent
    rgba[missing, :3] = 255  # seen by nobody; beside black the edge would be dirty once the picture is compressed
    return rgba, grid.extent


def _ends(z: Grid) -> tuple[float, float]:
    """The heights that the ends of the tints stand for: few cells lie beyond them. Of a large grid, by a sample."""
    step = max(1, math.isqrt(z.size // _SAMPLE))
    some = z[step // 2 :: step, step // 2 :: step]
    some = some[np.isfinite(some)] if np.isfinite(some).any() else z[np.isfinite(z)]
    low, high = np.percentile(some, (2, 98))
    return float(low), float(high)


def _refined(z: Grid, times: int) -> Grid:
    """The grid at `times` as many cells each way, by cubic splines through the cell centres."""
    coefficients = ndimage.spline_filter(z.astype(np.float32), order=3, output=np.float32, mode="nearest")
    down, along = (_between(n, times) for n in z.shape)
    return np.ascontiguousarray((along @ (down @ coefficients).T).T, np.float32)


def _between(count: int, times: int) -> csr_array:
    """The matrix that takes the coefficients of a cubic B-spline to its values at `times` as many places."""
    place = np.clip((np.arange(count * times) + 0.5) / times - 0.5, 0, count - 1)
    first = np.floor(place).astype(np.intp)
    t = place - first
    weights = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, 1 + 3 * t + 3 * t**2 - 3 * t**3, t**3], axis=1) / 6.0
    columns = np.clip(first[:, None] + np.arange(-1, 3), 0, count - 1)
    starts = np.arange(len(place) + 1) * 4
    return csr_array((weights.astype(np.float32).ravel(), columns.ravel(), starts), (len(place), count))


def depth_polygons(grid: GridPicture, low: float, high: float, window: MapWindow) -> BaseGeometry:
    """The ground whose depth lies between two limits, on the page (mm); reaches past the outline, to be cut with it."""
    from contourpy import FillType, contour_generator

    d = np.pad(filled(grid.values), 1, mode="edge").astype(np.float64)
    x0, _, _, y1 = grid.extent
    dx, dy = grid.cell_m
    x = x0 + (np.arange(d.shape[1]) - 0.5) * dx
    y = y1 - (np.arange(d.shape[0]) - 0.5) * dy
    px, py = window.xy(x, y)
    found: Any = contour_generator(px, py, d, fill_type=FillType.OuterOffset).filled(max(low, 1e-4), high)
    parts = []
    for xy, ends in zip(*found, strict=True):
        rings = [xy[a:b] for a, b in pairwise(ends) if b - a >= 4]
        if rings:
            parts.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.union_all(shapely.make_valid(np.array(parts, dtype=object))) if parts else shapely.Polygon()
