"""Distances to outlines and lines on grids, and made-up outlines. Local metres: u to the east, v to the north."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Ring = tuple[tuple[float, float], ...]
"""Vertices of a closed outline without the repeated first one."""


def window(axis: F64, low: float, high: float) -> slice:
    """The part of an ascending or descending axis within low..high."""
    if len(axis) > 1 and axis[1] < axis[0]:
        n = len(axis)
        up = axis[::-1]
        return slice(n - int(np.searchsorted(up, high, "right")), n - int(np.searchsorted(up, low, "left")))
    return slice(int(np.searchsorted(axis, low, "left")), int(np.searchsorted(axis, high, "right")))


def edges(ring: Ring) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The sides of a closed outline."""
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def bounds(points: Iterable[tuple[float, float]], margin: float = 0.0) -> tuple[float, float, float, float]:
    """(umin, vmin, umax, vmax) of points, widened by margin."""
    us, vs = zip(*points, strict=True)
    return min(us) - margin, min(vs) - margin, max(us) + margin, max(vs) + margin


def inside_distance(us: F64, vs: F64, rings: Sequence[Ring], reach: float) -> F32:
    """Distance to the nearest side for points inside the outline (shell, then holes), 0 outside; at most `reach`."""
    inside = np.zeros((len(vs), len(us)), dtype=bool)
    d2 = np.full(inside.shape, np.float32(reach * reach))
    for ring in rings:
        for (u0, v0), (u1, v1) in edges(ring):
            rows = window(vs, min(v0, v1), max(v0, v1))
            part = vs[rows]
            crosses = (v0 > part) != (v1 > part)
            if v1 != v0:
                at = u0 + (part - v0) * ((u1 - u0) / (v1 - v0))
                inside[rows] ^= crosses[:, None] & (us[None, :] < at[:, None])
            _closer(d2, None, us, vs, (u0, v0), (u1, v1), reach, 0.0)
    out: F32 = np.where(inside, np.sqrt(d2), np.float32(0))
    return out


def line_distance(us: F64, vs: F64, line: Sequence[tuple[float, float]], reach: float) -> tuple[F32, F32]:
    """Distance to a line (at most `reach`) and the length along it of the nearest point, for all grid points."""
    d2 = np.full((len(vs), len(us)), np.float32(reach * reach))
    along = np.zeros_like(d2)
    start = 0.0
    for a, b in pairwise(line):
        start += _closer(d2, along, us, vs, a, b, reach, start)
    return np.sqrt(d2), along


def _closer(
    d2: F32,
    along: F32 | None,
    us: F64,
    vs: F64,
    a: tuple[float, float],
    b: tuple[float, float],
    reach: float,
    start: float,
) -> float:
    """Lower d2 (and set along) where the side a-b is nearer; returns the side's length."""
    u0, v0, u1, v1 = bounds((a, b), reach)
    rows, cols = window(vs, v0, v1), window(us, u0, u1)
    eu, ev = b[0] - a[0], b[1] - a[1]
    length2 = eu * eu + ev * ev
    length = math.sqrt(length2)
    if rows.start >= rows.stop or cols.start >= cols.stop or length2 == 0:
        return length
    pu = (us[cols] - a[0]).astype(np.float32)[None, :]
    pv = (vs[rows] - a[1]).astype(np.float32)[:, None]
    t = pu * np.float32(eu / length2) + pv * np.float32(ev / length2)
    np.clip(t, np.float32(0), np.float32(1), out=t)
    du = pu - t * np.float32(eu)
    dv = pv - t * np.float32(ev)
    new = du * du + dv * dv
    old = d2[rows, cols]
    if along is not None:
        nearer = new < old
        along[rows, cols] = np.where(nearer, np.float32(start) + t * np.float32(length), along[rows, cols])
    np.minimum(old, new, out=old)
    return length


def blob(
    centre: tuple[float, float],
    radii: tuple[float, float],
    turn_deg: float,
    waves: Sequence[tuple[int, float, float]],
    count: int,
    squareness: float = 2.6,
) -> Ring:
    """An irregular dug-looking outline: a squarish oval, turned, with waves (number, share of the radius, phase).

    Coordinates are rounded to 0.01 m, so that the last digit of the system's sine does not matter.
    """
    turn = math.radians(turn_deg)
    ring = []
    for k in range(count):
        phi = 2 * math.pi * k / count
        c, s = math.cos(phi), math.sin(phi)
        r = (abs(c) ** squareness + abs(s) ** squareness) ** (-1 / squareness)
        r *= 1 + sum(share * math.cos(n * phi + 2 * math.pi * phase) for n, share, phase in waves)
        x, y = r * c * radii[0], r * s * radii[1]
        u = centre[0] + x * math.cos(turn) - y * math.sin(turn)
        v = centre[1] + x * math.sin(turn) + y * math.cos(turn)
        ring.append((round(u, 2), round(v, 2)))
    return tuple(ring)


def split(ring: Ring, first: int, second: int, between: Sequence[tuple[float, float]]) -> tuple[Ring, Ring]:
    """Cut an outline in two along a line from vertex `second` back to `first`; both have its very vertices."""
    one = (*ring[first : second + 1], *between)
    other = (*ring[second:], *ring[: first + 1], *reversed(between))
    return one, other


def spiral(
    ring: Ring, first: int, step: int, depth_m: float, grade: float, inset: Callable[[float], float]
) -> tuple[tuple[float, float], ...]:
    """A haul road's line along a pit's wall: from vertex `first` round in direction `step` until it is `depth_m` down.

    `inset` gives the distance from the outline (m) of the wall at a depth (m); the ring runs counter-clockwise.
    """
    n, at, down = len(ring), first, 0.0
    line: list[tuple[float, float]] = []
    while True:
        (ua, va), (u, v), (ub, vb) = ring[(at - 1) % n], ring[at % n], ring[(at + 1) % n]
        length = math.hypot(ub - ua, vb - va)
        off = inset(down)
        point = (round(u - (vb - va) / length * off, 2), round(v + (ub - ua) / length * off, 2))
        if line:
            down = min(down + grade * math.dist(line[-1], point), depth_m)
        line.append(point)
        if down >= depth_m:
            return curve(line, 4)
        at += step


def curve(points: Sequence[tuple[float, float]], parts: int = 6) -> tuple[tuple[float, float], ...]:
    """A smooth line through points (Catmull-Rom), each span in `parts` pieces."""
    p = [points[0], *points, points[-1]]
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        for k in range(parts):
            t = k / parts
            out.append((_catmull(a[0], b[0], c[0], d[0], t), _catmull(a[1], b[1], c[1], d[1], t)))
    return (*out, points[-1])


def _catmull(a: float, b: float, c: float, d: float, t: float) -> float:
    return round(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3), 2)
