"""What people did to the made-up ground: pits with walls, benches, ramps and rough floors; heaps with tiers.

A shape is evaluated on any grid, so that tests can sum it at a finer step than the DEM has. Local metres (ground.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from app.sample.ground import natural
from app.sample.noise import F32, F64, grid_noise, smooth_max, smooth_step
from app.sample.plane import Ring, bounds, inside_distance, line_distance, window

Point = tuple[float, float]


@dataclass(frozen=True)
class Bump:
    """A mound (height > 0) or a hollow with a flat bottom (height < 0): place, radius at its foot, height, m."""

    u: float
    v: float
    radius: float
    height: float


@dataclass(frozen=True)
class Ramp:
    """A haul road into a pit: its line from rim to floor, width m, height of its end above the floor level m."""

    line: tuple[Point, ...]
    width: float = 7.0
    end_above_floor: float = 0.3


@dataclass(frozen=True)
class PitShape:
    """How a pit was dug within its outline.

    `rings`: outline and holes; the crest runs 0.6-3.5 m inside them. `depth_m` below the natural ground at `centre`.
    `run` horizontal metres per metre of drop of the walls; `berms` (drop in m, width in m) level steps in them.
    `tilt` rise of the floor per metre to the east and to the north. `pond_above_floor`: water level over the
    floor level.
    """

    code: str
    rings: tuple[Ring, ...]
    centre: Point
    depth_m: float
    run: float
    seed: int
    berms: tuple[tuple[float, float], ...] = ()
    ramps: tuple[Ramp, ...] = ()
    bumps: tuple[Bump, ...] = ()
    tilt: tuple[float, float] = (0.0, 0.0)
    rough_m: float = 0.5
    pond_above_floor: float | None = None
    spoil: tuple[Bump, ...] = ()
    """Mounds left beside the pit, outside its outline."""


@dataclass(frozen=True)
class HeapShape:
    """How a heap was tipped within its toe line: top level above the ground at `centre`, run of its sides, tiers."""

    code: str
    ring: Ring
    centre: Point
    height_m: float
    run: float
    seed: int
    berms: tuple[tuple[float, float], ...] = ()
    tips_m: float = 0.5
    """Height of the truck-load humps on its top."""


@cache
def ground_at(point: Point) -> float:
    """Natural ground height at one place."""
    return float(natural(np.array([point[0]]), np.array([point[1]]))[0, 0])


def drop(x: F32, run: F32 | float, berms: tuple[tuple[float, float], ...]) -> F32:
    """How far a wall has come down at x metres from its crest; the first metre is rounded off."""
    past: F32 = x
    wide = 0.0
    for at, width in berms:
        past = past - np.clip(x - np.float32(wide) - run * np.float32(at), np.float32(0), np.float32(width))
        wide += width
    fallen = past / run
    out: F32 = np.where(x < 1, fallen * x * np.float32(0.5), fallen - np.float32(0.5) / run)
    np.maximum(out, np.float32(0), out=out)
    return out


def dig(pit: PitShape, us: F64, vs: F64, z: F32) -> None:
    """Lower z (natural ground on the grid of the axes) to the pit, in place."""
    for mound in pit.spoil:
        _heap_up(mound, us, vs, z, pit.seed)
    points = [p for ring in pit.rings for p in ring]
    u0, v0, u1, v1 = bounds(points)
    rows, cols = window(vs, v0, v1), window(us, u0, u1)
    if rows.start >= rows.stop or cols.start >= cols.stop:
        return
    wu, wv, ground = us[cols], vs[rows], z[rows, cols]
    reach = pit.depth_m * 1.9 * pit.run + sum(w for _, w in pit.berms) + 8.0
    edge = inside_distance(wu, wv, pit.rings, reach)
    crest = np.float32(1.9) + grid_noise(wu, wv, 21.0, 21.0, pit.seed) * np.float32(1.3)
    x = np.maximum(edge - np.maximum(crest, np.float32(0.6)), 0)
    run = np.float32(pit.run) * (1 + np.float32(0.22) * grid_noise(wu, wv, 55.0, 55.0, pit.seed + 1))
    down = drop(x, run, pit.berms)
    # Rain has cut runnels into the loose walls; they fade out at the crest.
    runnel = np.abs(grid_noise(wu, wv, 7.0, 7.0, pit.seed + 2)) * np.minimum(down * np.float32(0.12), np.float32(0.55))
    level = ground_at(pit.centre) - pit.depth_m
    floor = _floor(pit, level, wu, wv)
    dug = smooth_max(ground - down - runnel, floor, 1.0)
    dug -= np.float32(0.5) * np.minimum(down, np.float32(1))
    for ramp in pit.ramps:
        _cut_ramp(ramp, level, wu, wv, dug)
    if pit.pond_above_floor is not None:
        dug = np.maximum(dug, np.float32(level + pit.pond_above_floor))
    z[rows, cols] = np.where(x > 0, np.minimum(ground, dug), ground)


def _floor(pit: PitShape, level: float, us: F64, vs: F64) -> F32:
    du = (us - pit.centre[0]).astype(np.float32)[None, :]
    dv = (vs - pit.centre[1]).astype(np.float32)[:, None]
    out: F32 = np.float32(level) + du * np.float32(pit.tilt[0]) + dv * np.float32(pit.tilt[1])
    out += grid_noise(us, vs, 34.0, 34.0, pit.seed + 3) * np.float32(pit.rough_m)
    out += np.abs(grid_noise(us, vs, 9.0, 9.0, pit.seed + 4)) * np.float32(pit.rough_m * 0.8)
    out += grid_noise(us, vs, 3.0, 3.0, pit.seed + 5) * np.float32(pit.rough_m * 0.12)
    for bump in pit.bumps:
        _heap_up(bump, us, vs, out, pit.seed)
    return out


def _heap_up(bump: Bump, us: F64, vs: F64, z: F32, seed: int) -> None:
    rows = window(vs, bump.v - bump.radius * 1.3, bump.v + bump.radius * 1.3)
    cols = window(us, bump.u - bump.radius * 1.3, bump.u + bump.radius * 1.3)
    if rows.start >= rows.stop or cols.start >= cols.stop:
        return
    du = (us[cols] - bump.u).astype(np.float32)[None, :]
    dv = (vs[rows] - bump.v).astype(np.float32)[:, None]
    uneven = 1 + np.float32(0.25) * grid_noise(us[cols], vs[rows], 12.0, 12.0, seed + 6)
    r = np.sqrt(du * du + dv * dv) * uneven / np.float32(bump.radius)
    if bump.height > 0:
        z[rows, cols] += np.float32(bump.height) * smooth_step(np.minimum((1 - r) * np.float32(1.15), 1))
    else:
        z[rows, cols] += np.float32(bump.height) * smooth_step((1 - r) * np.float32(2.2))


def _cut_ramp(ramp: Ramp, level: float, us: F64, vs: F64, z: F32) -> None:
    """Carve and bank the haul road: beside it the cut rises 1:0.7 and the bank falls 1:1.3."""
    reach = 60.0
    d, along = line_distance(us, vs, ramp.line, reach)
    length = sum(math.dist(a, b) for a, b in pairwise(ramp.line))
    top, end = ground_at(ramp.line[0]), level + ramp.end_above_floor
    bed = np.float32(top) + along * np.float32((end - top) / length)
    beside = np.maximum(d - np.float32(ramp.width / 2), 0)
    near = d < np.float32(reach * 0.98)
    banked = np.maximum(z, bed - beside / np.float32(1.3))
    cut = np.minimum(banked, bed + beside / np.float32(0.7))
    z[:] = np.where(near, cut, z)


def pile(heap: HeapShape, us: F64, vs: F64, z: F32) -> None:
    """Raise z to the heap, in place."""
    u0, v0, u1, v1 = bounds(heap.ring)
    rows, cols = window(vs, v0, v1), window(us, u0, u1)
    if rows.start >= rows.stop or cols.start >= cols.stop:
        return
    wu, wv, ground = us[cols], vs[rows], z[rows, cols]
    reach = heap.height_m * 1.6 * heap.run + sum(w for _, w in heap.berms) + 10.0
    toe = np.float32(1.6) + grid_noise(wu, wv, 17.0, 17.0, heap.seed) * np.float32(0.9)
    x = np.maximum(inside_distance(wu, wv, (heap.ring,), reach) - np.maximum(toe, np.float32(0.6)), 0)
    run = np.float32(heap.run) * (1 + np.float32(0.15) * grid_noise(wu, wv, 30.0, 30.0, heap.seed + 1))
    up = drop(x, run, heap.berms)
    gully = np.abs(grid_noise(wu, wv, 6.0, 6.0, heap.seed + 2)) * np.minimum(up * np.float32(0.1), np.float32(0.45))
    top = grid_noise(wu, wv, 50.0, 50.0, heap.seed + 3) * np.float32(0.5)
    top += np.float32(ground_at(heap.centre) + heap.height_m)
    tips = np.abs(grid_noise(wu, wv, 6.5, 6.5, heap.seed + 4)) * np.float32(heap.tips_m)
    side = ground + np.maximum(up - gully, 0)
    z[rows, cols] = np.maximum(ground, -smooth_max(-side, -(top + tips), 0.8) + np.float32(0.4) * np.minimum(up, 1))
