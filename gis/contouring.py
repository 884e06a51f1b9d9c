"""Contours of a picture of heights and the places of their labels: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.arrays import F32, Array

_BLUR = (0.25, 0.5, 0.25)
INDEX_EVERY = 5
"""Every fifth contour is an index contour, as on topographic maps (GB/T 20257.1)."""
_MOST_LEVELS = 400


@dataclass(frozen=True)
class Contours:
    """Contours at one height: `xy` (n, 2) and where each line starts and ends in it."""

    height: float
    is_index: bool
    xy: Array
    ends: NDArray[np.int64]

    def lines(self) -> list[Array]:
        """Each line as (n, 2)."""
        return [self.xy[a:b] for a, b in zip(self.ends[:-1].tolist(), self.ends[1:].tolist(), strict=True)]


def round_interval(least: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that is at least `least` (m)."""
    if not np.isfinite(least) or least <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(least))
    return float(next((m * power for m in (1.0, 2.0, 5.0) if m * power >= least * (1 - 1e-9)), 10 * power))


def interval_for(steep: float, metres_per_mm: float, *, spacing_mm: float, sigma_z_m: float | None = None) -> float:
    """A round contour interval (m) that keeps lines `spacing_mm` apart where the ground rises by `steep` (m per m).

    `metres_per_mm` is the ground under a millimetre of the screen; no finer than twice the error of the heights, which
    would draw the noise of the survey.
    """
    return round_interval(max(steep * spacing_mm * metres_per_mm, 2.0 * (sigma_z_m or 0.0), 0.05))


def smoothed(z: ArrayLike) -> F32:
    """Heights averaged with their neighbours (1 2 1 both ways), so that lines do not follow single cells.

    NaN stays NaN; cells beside one keep their own height.
    """
    a = np.asarray(z, np.float32)
    out = a
    for axis in (0, 1):
        p = np.pad(out, [(1, 1) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
        low, high = (p[:-2], p[2:]) if axis == 0 else (p[:, :-2], p[:, 2:])
        mixed = _BLUR[0] * low + _BLUR[1] * out + _BLUR[2] * high
        out = np.where(np.isnan(mixed), out, mixed).astype(np.float32)
    return out


def contours(
    z: ArrayLike, extent: tuple[float, float, float, float], interval: float, stopped: Callable[[], bool] = bool
) -> list[Contours] | None:
    """Contours of a grid (row 0 in the north) whose outer edges are `extent`, at whole multiples of `interval`.

    Lines stop at missing cells. None if stopped; nothing where more than 400 lines of different height would be drawn.
    """
    from contourpy import LineType, contour_generator

    a = np.asarray(z, np.float64)
    if min(a.shape) < 2 or not np.isfinite(a).any() or interval <= 0:
        return []
    x0, y0, x1, y1 = extent
    x = x0 + (np.arange(a.shape[1]) + 0.5) * (x1 - x0) / a.shape[1]
    y = y1 - (np.arange(a.shape[0]) + 0.5) * (y1 - y0) / a.shape[0]
    first, last = (int(v) for v in (np.ceil(np.nanmin(a) / interval), np.floor(np.nanmax(a) / interval)))
    if last - first >= _MOST_LEVELS:
        return []
    generator = contour_generator(x, y, np.ma.masked_invalid(a), line_type=LineType.ChunkCombinedOffset)
    found = []
    for n in range(first, last + 1):
        if stopped():
            return None
        lines: Any = generator.lines(n * interval)
        points, offsets = lines
        for xy, ends in zip(points, offsets, strict=True):
            if xy is not None:
                found.append(Contours(n * interval, n % INDEX_EVERY == 0, xy, np.asarray(ends, np.int64)))
    return found


def label_places(line: ArrayLike, need: float, apart: float, sag: float) -> Array:
    """Places for a text of length `need` along a line where it runs straight: (n, 3) x, y and direction in radians.

    All in the units of the line; places lie `apart` from each other; over the text's length the line leaves its chord
    by at most `sag`. The direction is of the chord, turned so that text reads from the left (x to the right, y down).
    """
    xy = np.asarray(line, np.float64)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    total = float(along[-1])
    if total < 2 * need:
        return np.empty((0, 3))
    at = np.arange(need, total - need, need / 2)
    if not len(at):
        return np.empty((0, 3))
    a, m, b = (np.column_stack([np.interp(at + s * need / 2, along, xy[:, k]) for k in (0, 1)]) for s in (-1, 0, 1))
    chord = b - a
    length = np.hypot(chord[:, 0], chord[:, 1])
    off = np.abs(chord[:, 0] * (m - a)[:, 1] - chord[:, 1] * (m - a)[:, 0]) / np.maximum(length, 1e-12)
    good = (length > 0.94 * need) & (off <= sag)
    angle = np.arctan2(chord[:, 1], chord[:, 0])
    angle = np.where(angle > np.pi / 2, angle - np.pi, np.where(angle <= -np.pi / 2, angle + np.pi, angle))
    kept, last = [], -np.inf
    for i in np.flatnonzero(good).tolist():
        if at[i] - last >= apart:
            kept.append(i)
            last = at[i]
    return np.column_stack([m[kept], angle[kept]])
