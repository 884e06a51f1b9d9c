"""Pictures of heights: hillshade, tints, depth colours, contours.

Arrays in, arrays out; screen and sheet use the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.arrays import F32, Array

U8 = NDArray[np.uint8]

Ramp = Sequence[tuple[float, str]]
"""Stops (position 0..1, "#RRGGBB") in rising order."""

# Quiet on purpose: terrain is the ground under the layers, not the subject.
TERRAIN_RAMP: Ramp = ((0.0, "#E8EBE0"), (0.35, "#EFE9D8"), (0.7, "#E3D3B8"), (1.0, "#CDB699"))
# Light to dark blue: deeper is darker; readable in grey and for the colour-blind.
DEPTH_RAMP: Ramp = ((0.0, "#DCEBFA"), (0.25, "#A6CEEF"), (0.5, "#62A4DC"), (0.75, "#2B73BD"), (1.0, "#0B3C7D"))
CUT_RAMP: Ramp = ((0.0, "#FBE3D6"), (0.5, "#EE9F72"), (1.0, "#B5441C"))


_STEPS = 4095


def hillshade(
    z: ArrayLike, dx: float, dy: float, azimuth: float = 315.0, altitude: float = 45.0, *, exaggeration: float = 1.0
) -> F32:
    """Brightness 0..255 of each cell lit from `azimuth` (degrees from north) and `altitude` (degrees above horizon).

    `z` has row 0 in the north, column 0 in the west; `dx`, `dy` are its cell sizes in the unit of z. Slopes by Horn
    (1981, Proc. IEEE 69(1)), edges by repeating the outer cells; NaN where a cell or a neighbour has no height.
    """
    gx, gy = _gradients(z, dx, dy, exaggeration)
    a, h = np.radians(azimuth), np.radians(altitude)
    lx, ly, lz = np.float32(np.sin(a) * np.cos(h)), np.float32(np.cos(a) * np.cos(h)), np.float32(np.sin(h))
    light = np.asarray((lz - gx * lx - gy * ly) / np.sqrt(1 + gx * gx + gy * gy), np.float32)
    light *= np.float32(255)
    return np.clip(light, 0, 255, out=light)


def _gradients(z: ArrayLike, dx: float, dy: float, exaggeration: float = 1.0) -> tuple[F32, F32]:
    """Rise to the east and to the north of each cell (Horn 1981), edges by repeating the outer cells."""
    p = np.pad(np.asarray(z, np.float32), 1, mode="edge")
    down = p[:-2] + 2 * p[1:-1] + p[2:]
    along = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    gx = (down[:, 2:] - down[:, :-2]) * np.float32(exaggeration / (8 * abs(dx)))
    gy = (along[:-2] - along[2:]) * np.float32(exaggeration / (8 * abs(dy)))
    return gx, gy


def slope_degrees(z: ArrayLike, dx: float, dy: float) -> F32:
    """Steepest slope of each cell in degrees (Horn 1981), 0..90; NaN where a cell or a neighbour has no height.

    `dx`, `dy` are cell sizes in the unit of z.
    """
    gx, gy = _gradients(z, dx, dy)
    out: F32 = np.degrees(np.arctan(np.hypot(gx, gy))).astype(np.float32)
    out[np.isnan(np.asarray(z))] = np.nan  # Horn's weights leave the cell itself out
    return out


def class_colours(values: ArrayLike, classes: Sequence[tuple[float, str]]) -> U8:
    """RGBA (…, 4) of values by classes (upper limit included, "#RRGGBB") in rising order; transparent where NaN.

    What is above the last limit has the last colour.
    """
    v = np.asarray(values, np.float32)
    missing = np.isnan(v)
    which = np.searchsorted([limit for limit, _ in classes], np.where(missing, 0, v), side="left")
    table = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] + [255] for _, c in classes], np.uint8)
    out: U8 = table[np.minimum(which, len(classes) - 1)]
    out[missing] = 0
    return out


def ramp_colours(share: ArrayLike, ramp: Ramp) -> U8:
    """RGBA (…, 4) of shares 0..1 along a ramp; transparent where the share is NaN."""
    s = np.asarray(share, np.float32)
    missing = np.isnan(s)
    place = s * np.float32(_STEPS) + np.float32(0.5)
    place[missing] = 0
    out: U8 = _ramp_table(tuple(ramp)).take(place.astype(np.intp))[..., None].view(np.uint8)
    out[missing] = 0
    return out


@cache
def _ramp_table(ramp: tuple[tuple[float, str], ...]) -> NDArray[np.uint32]:
    """RGBA of 0, 1/_STEPS, 2/_STEPS … 1, each colour's four bytes as one number: finer than a colour's eight bits."""
    stops = [p for p, _ in ramp]
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in ramp], np.float64)
    places = np.arange(_STEPS + 1) / _STEPS
    table = np.full((_STEPS + 1, 4), 255, np.uint8)
    for k in range(3):
        table[:, k] = np.rint(np.interp(places, stops, rgb[:, k]))
    return np.ascontiguousarray(table).view(np.uint32)[:, 0]


def tint(z: ArrayLike, ramp: Ramp = TERRAIN_RAMP, *, low: float | None = None, high: float | None = None) -> U8:
    """RGBA of heights between `low` and `high` (default: the 2nd and 98th percentile); transparent where NaN."""
    a = np.asarray(z, np.float32)
    if low is None or high is None:
        valid = a[np.isfinite(a)]
        ends = np.percentile(valid, (2, 98)) if valid.size else np.array([0.0, 1.0])
        low, high = float(ends[0]) if low is None else low, float(ends[1]) if high is None else high
    span = max(high - low, 1e-9)
    return ramp_colours(np.clip((a - np.float32(low)) / np.float32(span), 0, 1), ramp)


def shaded(rgba: U8, light: ArrayLike, strength: float = 0.6) -> U8:
    """`rgba` darkened and lightened by a hillshade (0..255); `strength` 0 leaves it, 1 lets the shade rule.

    Flat ground (brightness 180 at 45° light) keeps its colour.
    """
    shade = np.nan_to_num(np.asarray(light, np.float32), nan=180.0) / np.float32(180)
    factor = 1 + np.float32(strength) * (shade - 1)
    out = rgba.copy()
    lit = rgba[..., :3] * factor[..., None]
    out[..., :3] = np.clip(lit, 0, 255, out=lit)
    return out


def relief(
    z: ArrayLike, dx: float, dy: float, *, ramp: Ramp = TERRAIN_RAMP, exaggeration: float = 1.0, strength: float = 0.6
) -> U8:
    """RGBA picture of a terrain: tint under hillshade, transparent where there are no heights.

    Units as in `hillshade`.
    """
    return shaded(tint(z, ramp), hillshade(z, dx, dy, exaggeration=exaggeration), strength)


def depth_colours(depth: ArrayLike, *, deepest: float | None = None) -> U8:
    """RGBA of fill depths (m, blue) and cut heights (negative, orange); transparent where NaN or zero."""
    d = np.asarray(depth, np.float32)
    finite = np.abs(d[np.isfinite(d)])
    top = np.float32(deepest or (float(finite.max()) if finite.size and finite.max() > 0 else 1.0))
    out = ramp_colours(np.clip(np.where(d > 0, d, np.float32(np.nan)) / top, 0, 1), DEPTH_RAMP)
    cut = d < 0
    if cut.any():
        out[cut] = ramp_colours(np.clip(-d[cut] / top, 0, 1), CUT_RAMP)
    return out


def contour_lines(
    z: ArrayLike, extent: tuple[float, float, float, float], interval: float
) -> list[tuple[float, list[Array]]]:
    """Contours of a grid: (elevation, lines), each line an (n, 2) array of coordinates.

    `z` has row 0 in the north; `extent` is (xmin, ymin, xmax, ymax) of the outer cell edges. Lines stop at missing
    cells.
    """
    from contourpy import contour_generator

    a = np.asarray(z, np.float64)
    if min(a.shape) < 2 or not np.isfinite(a).any() or interval <= 0:
        return []
    xmin, ymin, xmax, ymax = extent
    x = xmin + (np.arange(a.shape[1]) + 0.5) * (xmax - xmin) / a.shape[1]
    y = ymax - (np.arange(a.shape[0]) + 0.5) * (ymax - ymin) / a.shape[0]
    generator = contour_generator(x, y, a if np.isfinite(a).all() else np.ma.masked_invalid(a))
    first, last = np.ceil(np.nanmin(a) / interval), np.floor(np.nanmax(a) / interval)
    levels = np.arange(first, last + 1) * interval
    return [(float(h), [np.asarray(p, np.float64) for p in generator.lines(h)]) for h in levels]
