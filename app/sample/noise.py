"""Smooth made-up roughness from integer arithmetic: the same numbers on every machine and with every numpy.

Only + - * / and integer mixing are used on the grids (IEEE exact), no random generator and no sin or exp, whose last
digits differ between libraries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


def lattice(i: NDArray[np.int64], j: NDArray[np.int64], seed: int) -> F32:
    """Hashed values in [-1, 1) of the lattice points (i, j); i and j broadcast. lowbias-like 32-bit mixing."""
    a = np.asarray(i & 0xFFFFFFFF).astype(np.uint32) * np.uint32(0x9E3779B1)
    b = np.asarray(j & 0xFFFFFFFF).astype(np.uint32) * np.uint32(0x85EBCA77)
    h = a ^ b ^ np.uint32((seed * 0xC2B2AE3D) & 0xFFFFFFFF)
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39), (15, 0x7FEB352D)):
        h ^= h >> np.uint32(shift)
        h *= np.uint32(factor)
    h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float32) * np.float32(2.0 / 2**24) - np.float32(1.0)


def _spline(t: F64) -> tuple[NDArray[np.int64], tuple[F32, F32, F32, F32]]:
    """First lattice index and the four cubic B-spline weights at positions t (lattice units)."""
    k = np.floor(t)
    f = t - k
    g = 1.0 - f
    w = (g * g * g / 6, (4 - 6 * f * f + 3 * f * f * f) / 6, (4 - 6 * g * g + 3 * g * g * g) / 6, f * f * f / 6)
    return k.astype(np.int64) - 1, tuple(x.astype(np.float32) for x in w)  # type: ignore[return-value]  # four of them


def grid_noise(us: F64, vs: F64, wave_u: float, wave_v: float, seed: int) -> F32:
    """Noise on the grid of the axes us (columns) and vs (rows), about -1..1, features of wave_u x wave_v metres."""
    iu, wu = _spline(us / wave_u)
    iv, wv = _spline(vs / wave_v)
    i0, j0 = int(iu.min()), int(iv.min())
    i = np.arange(i0, int(iu.max()) + 4, dtype=np.int64)
    j = np.arange(j0, int(iv.max()) + 4, dtype=np.int64)
    values = lattice(i[None, :], j[:, None], seed)
    across = sum_taps(values.T, iu - i0, wu).T
    # A cubic B-spline of independent values keeps about 0.48² of their variance; 1.6 brings the range back to about ±1.
    return sum_taps(np.ascontiguousarray(across), iv - j0, wv) * np.float32(1.6)


def sum_taps(values: F32, first: NDArray[np.int64], weights: tuple[F32, F32, F32, F32]) -> F32:
    """Rows `first`, first+1, … of values, weighted and added: spline interpolation along the first axis."""
    out = values[first] * weights[0][:, None]
    for k in (1, 2, 3):
        out += values[first + k] * weights[k][:, None]
    return out


def warped_noise(p: F32, q: F32, seed: int) -> F32:
    """Noise at any positions p, q (lattice units, same shape or broadcasting), about -1..1; quintic value noise."""
    kp, kq = np.floor(p), np.floor(q)
    fp, fq = p - kp, q - kq
    fp = fp * fp * fp * (fp * (fp * 6 - 15) + 10)
    fq = fq * fq * fq * (fq * (fq * 6 - 15) + 10)
    i, j = kp.astype(np.int32), kq.astype(np.int32)
    i0, j0 = int(i.min()), int(j.min())
    ni, nj = int(i.max()) - i0 + 2, int(j.max()) - j0 + 2
    axis_i = np.arange(i0, i0 + ni, dtype=np.int64)
    axis_j = np.arange(j0, j0 + nj, dtype=np.int64)
    table = lattice(axis_i[None, :], axis_j[:, None], seed).ravel()
    at = (j - np.int32(j0)) * np.int32(ni) + (i - np.int32(i0))
    low = table[at]
    low += (table[at + 1] - low) * fp
    at = at + np.int32(ni)
    high = table[at]
    high += (table[at + 1] - high) * fp
    low += (high - low) * fq
    return low


def smooth_step(x: F32) -> F32:
    """0 below 0, 1 above 1, with flat ends."""
    t = np.clip(x, np.float32(0), np.float32(1))
    return t * t * (np.float32(3) - np.float32(2) * t)


def smooth_max(a: F32, b: F32 | float, k: float) -> F32:
    """The larger of both, rounded over about k (polynomial)."""
    d = a - b
    out: F32 = np.float32(0.5) * (a + b + np.sqrt(d * d + np.float32(k * k)))
    return out
