"""The made-up ground before anybody dug: a mountain front, alluvial fans below it, washes, fields, tracks.

Local metres: u east 0..3000, v north 0..2000; heights in metres. Modelled on the piedmont south of Daqingshan:
fans of 3.4 % at the canyon mouth and about 2 % at their foot, one wide wash, many small distributaries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.sample.noise import F32, F64, grid_noise, smooth_max, smooth_step, warped_noise
from app.sample.plane import Ring, bounds, curve, edges, line_distance, window

SIZE_U, SIZE_V = 3000, 2000


@dataclass(frozen=True)
class Fan:
    """An alluvial fan: height and place of its apex, slope there, and how the slope eases (per metre)."""

    u: float
    v: float
    top_m: float
    slope: float
    easing: float


FANS = (
    Fan(1760.0, 1830.0, 1109.0, 0.0345, 3.4e-6),
    Fan(430.0, 1905.0, 1107.5, 0.0365, 4.2e-6),
    Fan(2880.0, 1960.0, 1108.0, 0.0370, 4.4e-6),
)


@dataclass(frozen=True)
class Wash:
    """A channel running south: where it crosses v = 1800 and v = 0, half width, depth, where it starts, its swing."""

    u_north: float
    u_south: float
    half_width_m: float
    depth_m: float
    from_v: float
    swing_m: float
    seed: int


MAIN_WASH = Wash(1762.0, 1560.0, 19.0, 2.6, 2100.0, 34.0, 11)
WASHES = (
    MAIN_WASH,
    Wash(1760.0, 2230.0, 6.0, 1.3, 1640.0, 26.0, 12),
    Wash(1762.0, 1180.0, 6.5, 1.2, 1600.0, 30.0, 13),
    Wash(1750.0, 1800.0, 5.0, 0.9, 1330.0, 22.0, 14),
    Wash(1790.0, 2500.0, 4.0, 0.8, 1450.0, 24.0, 15),
    Wash(1720.0, 860.0, 4.0, 0.7, 1380.0, 22.0, 16),
    Wash(432.0, -30.0, 6.0, 1.1, 1900.0, 22.0, 17),
    Wash(440.0, 660.0, 4.5, 0.8, 1330.0, 16.0, 18),
    Wash(2880.0, 2730.0, 6.5, 1.3, 2000.0, 26.0, 19),
    Wash(2860.0, 2450.0, 4.0, 0.7, 1250.0, 22.0, 20),
    Wash(1745.0, 1400.0, 3.5, 0.7, 980.0, 18.0, 21),
    Wash(1700.0, 2010.0, 3.5, 0.6, 800.0, 16.0, 22),
)

FIELDS: Ring = ((70.0, 95.0), (520.0, 70.0), (545.0, 470.0), (95.0, 505.0))
"""The ploughed plots in the south-west (convex, counter-clockwise)."""

_ROAD = (
    (-40, 640),
    (350, 655),
    (700, 610),
    (1100, 585),
    (1550, 620),
    (1900, 640),
    (2350, 680),
    (2700, 650),
    (3040, 640),
)
TRACKS: tuple[tuple[float, tuple[tuple[float, float], ...]], ...] = (
    (4.0, curve(_ROAD)),
    (3.0, curve(((690, 611), (600, 720), (570, 830)))),
    (3.0, curve(((1100, 585), (1120, 660), (1060, 735)))),
    (3.0, curve(((700, 610), (740, 900), (800, 1150), (850, 1330), (838, 1440)))),
    (3.0, curve(((2350, 680), (2330, 770), (2290, 835)))),
    (3.0, curve(((2350, 680), (2520, 900), (2560, 1150), (2590, 1300)))),
    (3.0, curve(((1900, 640), (1960, 560), (1990, 470)))),
    (3.0, curve(((700, 610), (705, 520), (735, 425)))),
    (2.5, curve(((1550, 620), (1420, 480), (1330, 380)))),
    (2.5, curve(((2700, 650), (2640, 480), (2570, 330)))),
    (2.5, curve(((2700, 650), (2850, 560), (2900, 500)))),
)
"""Half width and line of the dirt tracks."""


def natural(us: F64, vs: F64) -> F32:
    """Heights of the ground without pits and heaps at the grid of the axes us (columns) and vs (rows)."""
    u = us.astype(np.float32)[None, :]
    v = vs.astype(np.float32)[:, None]
    base = _fans(u, v)
    washes, sides = _washes(us, vs)
    detail = _detail(us, vs, u, v)
    keep, lift = _tracks(us, vs)
    plots, plot_keep = _plots(us, vs)
    washes *= np.minimum(plot_keep, np.maximum(keep, np.float32(0.35)))
    detail *= np.minimum(keep, plot_keep) * (np.float32(1) - np.float32(0.7) * sides)
    return base + _mountain(us, vs) + detail + washes + lift + plots


def _fans(u: F32, v: F32) -> F32:
    heights: F32 | None = None
    for fan in FANS:
        du, dv = u - np.float32(fan.u), v - np.float32(fan.v)
        r = np.sqrt(du * du + dv * dv + np.float32(900.0))
        z = np.float32(fan.top_m) - r * (np.float32(fan.slope) - r * np.float32(fan.easing))
        heights = z if heights is None else smooth_max(heights, z, 5.0)
    assert heights is not None  # noqa: S101 - FANS is not empty
    return heights


def _mountain(us: F64, vs: F64) -> F32:
    """Spurs and ravines north of the front; zero on the fans."""
    line = np.array([0.0])
    front = np.float32(1850.0) + grid_noise(us, line, 420.0, 100.0, 31) * np.float32(75.0)
    front += grid_noise(us, line, 110.0, 100.0, 32) * np.float32(38.0)
    for fan, half in zip(FANS, (60.0, 45.0, 45.0), strict=True):  # the canyons come out at the fans' tops
        off = np.abs(us - fan.u).astype(np.float32)[None, :] / np.float32(half)
        front = front + np.float32(120.0) / (1 + off * off * off * off)
    v = vs.astype(np.float32)[:, None]
    rise = v - front
    if float(rise.max()) <= -30.0:
        return np.zeros((len(vs), len(us)), dtype=np.float32)
    rows = window(vs, float(front.min()) - 31.0, 1e9)
    out = np.zeros((len(vs), len(us)), dtype=np.float32)
    part = vs[rows]
    ridge = np.float32(1) - np.abs(grid_noise(us, part, 85.0, 210.0, 33)) * np.float32(1.25)
    small = np.float32(1) - np.abs(grid_noise(us, part, 30.0, 60.0, 34)) * np.float32(1.2)
    up = smooth_max(rise[rows], 0.0, 14.0) - np.float32(1.5)
    out[rows] = np.maximum(up, 0) * (np.float32(0.15) + np.float32(0.30) * ridge + np.float32(0.07) * small)
    return out


def _detail(us: F64, vs: F64, u: F32, v: F32) -> F32:
    """Lobes, rills that spread with the fan, cobbles and bushes."""
    out = grid_noise(us, vs, 610.0, 480.0, 41) * np.float32(0.9)
    out += grid_noise(us, vs, 170.0, 210.0, 42) * np.float32(0.45)
    out += grid_noise(us, vs, 46.0, 70.0, 43) * np.float32(0.16)
    # Rills run down the fan: the lattice narrows towards a point north of the map, so that they spread southwards.
    spread = np.float32(1.0) / (np.float32(4700.0) - v)
    bend = grid_noise(us, vs, 80.0, 120.0, 44)
    p = (u - np.float32(1700.0)) * spread * np.float32(2900.0 / 11.0) + bend * np.float32(1.5)
    rill = np.abs(warped_noise(p, v / np.float32(105.0) + np.float32(50.0) + p * 0, 45))
    active = smooth_step(grid_noise(us, vs, 260.0, 340.0, 46) * np.float32(1.2) + np.float32(0.55))
    out += (np.minimum(rill * np.float32(2.2), 1) - 1) * (np.float32(0.07) + np.float32(0.36) * active)
    out += grid_noise(us, vs, 13.0, 16.0, 47) * np.float32(0.07)
    out += grid_noise(us, vs, 4.2, 4.2, 48) * np.float32(0.045)
    return out


def wash_centre(wash: Wash, vs: F64) -> F32:
    """Where the middle of a wash is (u) at each v; (len(vs), 1)."""
    v = vs.astype(np.float32)[:, None]
    one = np.array([float(wash.seed) * 977.0])
    line = np.float32(wash.u_south) + v * np.float32((wash.u_north - wash.u_south) / 1800.0)
    swing = grid_noise(one, vs, 300.0, 260.0, wash.seed) * np.float32(1.7)
    swing += grid_noise(one, vs, 300.0, 92.0, wash.seed + 50) * np.float32(0.62)
    swing += grid_noise(one, vs, 300.0, 34.0, wash.seed + 75) * np.float32(0.16)
    return line + swing * np.float32(wash.swing_m)


def _washes(us: F64, vs: F64) -> tuple[F32, F32]:
    """Depth (negative) of all channels with low levees, and 0..1 how much a place lies in one."""
    depth = np.zeros((len(vs), len(us)), dtype=np.float32)
    inside = np.zeros_like(depth)
    v = vs.astype(np.float32)[:, None]
    for wash in WASHES:
        centre = wash_centre(wash, vs)
        uneven = grid_noise(np.array([0.0]), vs, 50.0, 140.0, wash.seed + 100)
        half = np.float32(wash.half_width_m) * (np.float32(1) + np.float32(0.35) * uneven)
        cols = window(us, float(centre.min()) - 4 * wash.half_width_m, float(centre.max()) + 4 * wash.half_width_m)
        if cols.start >= cols.stop:
            continue
        x = np.abs(us[cols].astype(np.float32)[None, :] - centre) / half
        begins = smooth_step((np.float32(wash.from_v) - v) / np.float32(160.0))
        bed = np.float32(1) - smooth_step((x - np.float32(0.72)) / np.float32(0.5))
        bars = grid_noise(us[cols], vs, wash.half_width_m * 0.55, wash.half_width_m * 4.0, wash.seed + 150)
        levee = smooth_step(np.float32(1) - np.abs(x - np.float32(1.7)) / np.float32(0.8)) * np.float32(0.12)
        cut = (levee - bed * (np.float32(1) + np.float32(0.22) * bars)) * begins * np.float32(wash.depth_m)
        depth[:, cols] = np.where(cut < 0, np.minimum(depth[:, cols], cut), depth[:, cols] + cut)
        np.maximum(inside[:, cols], bed * begins, out=inside[:, cols])
    return depth, inside


def _tracks(us: F64, vs: F64) -> tuple[F32, F32]:
    """How much roughness the tracks leave (0..1) and their bed above the ground, m."""
    keep = np.ones((len(vs), len(us)), dtype=np.float32)
    lift = np.zeros_like(keep)
    for half, line in TRACKS:
        reach = half + 3.5
        u0, v0, u1, v1 = bounds(line, reach)
        rows, cols = window(vs, v0, v1), window(us, u0, u1)
        if rows.start >= rows.stop or cols.start >= cols.stop:
            continue
        d, _ = line_distance(us[cols], vs[rows], line, reach)
        on = np.float32(1) - smooth_step((d - np.float32(half - 0.5)) / np.float32(1.5))
        ditch = smooth_step(np.float32(1) - np.abs(d - np.float32(half + 1.6)) / np.float32(1.4))
        ditch *= np.float32(1) - np.minimum(lift[rows, cols] * np.float32(6.0), 1)  # no ditch across another track
        np.minimum(keep[rows, cols], np.float32(1) - np.float32(0.85) * on, out=keep[rows, cols])
        bed = on * np.float32(0.26) - ditch * np.float32(0.22)
        old = lift[rows, cols]
        lift[rows, cols] = np.where(on > 0, np.maximum(bed, old), np.where(old > 0, old, np.minimum(bed, old)))
    return keep, lift


def _plots(us: F64, vs: F64) -> tuple[F32, F32]:
    """Terraced plots with balks: what they add to the ground (m), and how much roughness they leave (0..1)."""
    add = np.zeros((len(vs), len(us)), dtype=np.float32)
    keep = np.ones_like(add)
    rows = window(vs, min(v for _, v in FIELDS), max(v for _, v in FIELDS))
    cols = window(us, min(u for u, _ in FIELDS), max(u for u, _ in FIELDS))
    if rows.start >= rows.stop or cols.start >= cols.stop:
        return add, keep
    u = us[cols].astype(np.float32)[None, :]
    v = vs[rows].astype(np.float32)[:, None]
    inner = np.full((v.shape[0], u.shape[1]), np.float32(1e6))
    for (u0, v0), (u1, v1) in edges(FIELDS):
        length = np.float32(np.sqrt((u1 - u0) ** 2 + (v1 - v0) ** 2))
        np.minimum(inner, ((u1 - u0) * (v - v0) - (v1 - v0) * (u - u0)) / length, out=inner)
    within = smooth_step(inner / np.float32(2.0))
    across = v + np.float32(0.06) * u  # the strips lie a little askew
    strip = np.floor(across / np.float32(34.0))
    q = across - strip * np.float32(34.0)
    block = np.floor(u / np.float32(150.0))
    kind = strip * 7 + block * 5  # plots of a half or a third of a block, in no visible order
    length = np.float32(150.0) / (np.float32(2.0) + np.floor(kind / 3) - 2 * np.floor(kind / 6))
    p = (u - block * np.float32(150.0)) / length
    p = (p - np.floor(p)) * length
    level = (q - np.float32(17.0)) * np.float32(0.016)
    edge = np.minimum(np.minimum(q, np.float32(34.0) - q), np.minimum(p, length - p))
    balk = smooth_step(np.float32(1) - edge / np.float32(0.9)) * np.float32(0.22)
    furrow = grid_noise(us[cols], vs[rows], 40.0, 2.6, 49) * np.float32(0.035)
    level = level + furrow
    add[rows, cols] = within * (level + balk)
    keep[rows, cols] = np.float32(1) - np.float32(0.88) * within
    return add, keep
