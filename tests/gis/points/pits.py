"""Pits of plane walls with known volumes: crest and toe as lines, single points strewn over all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

TOP = 100.0


@dataclass(frozen=True)
class Pit:
    """`parts`: convex outlines, their union is the crest; `walls`: (level width, height), berms of `berm` m between."""

    parts: tuple[shapely.Polygon, ...]
    walls: tuple[tuple[float, float], ...]
    berm: float = 0.0

    def ring(self, off):
        return shapely.union_all(self.parts).buffer(-off, join_style="mitre", mitre_limit=50)

    def edges(self):
        """(crest or toe, its height), from above."""
        off, z, made = 0.0, TOP, []
        for run, drop in self.walls:
            made += [(self.ring(off), z), (self.ring(off + run), z - drop)]
            off, z = off + run + self.berm, z - drop
        return made

    def volume(self):
        """Below the top: h/6 (A + 4 M + B) for each wall, exact because the sections' areas are quadratic in height."""
        off, total = 0.0, 0.0
        for run, drop in self.walls:
            top, middle, foot = (self.ring(off + share * run).area for share in (0, 0.5, 1))
            total += drop * (top + 4 * middle + foot) / 6
            off += run + self.berm
        return total

    def ground(self, xy):
        off, z, at, heights = 0.0, TOP, [0.0], [TOP]
        for run, drop in self.walls:
            at += [off, off + run]
            heights += [z, z - drop]
            off, z = off + run + self.berm, z - drop
        return np.interp(np.max([_within(p, xy) for p in self.parts], axis=0), at, heights)


def _within(part, xy):
    """How far inside the nearest side's straight line places are; 0 outside."""
    ring = shapely.get_coordinates(shapely.orient_polygons(part).exterior)
    side = np.diff(ring, axis=0)
    side /= np.hypot(*side.T)[:, None]
    off = side[:, 0] * (xy[:, None, 1] - ring[:-1, 1]) - side[:, 1] * (xy[:, None, 0] - ring[:-1, 0])
    return np.clip(off.min(axis=1), 0, None)


def turned(shape, degrees=20.0):
    return shapely.affinity.rotate(shape, degrees, origin=(0, 0))


BOX = turned(shapely.box(-30, -30, 30, 30))
FRUSTUM = Pit((BOX,), ((15, 10),))
BENCHES = Pit((turned(shapely.box(-50, -40, 50, 40)),), ((7, 6), (8, 7)), 6.0)
ROUND = Pit((shapely.Point(0, 0).buffer(40, quad_segs=5),), ((18, 12),))
BENT = Pit((turned(shapely.box(-50, -50, 50, 0)), turned(shapely.box(-50, -50, 0, 50))), ((12, 9),))


def survey(pit, count, seed, noise=0.0):
    """(xy, z, line): points strewn over 200 × 200 m, then crests and toes; heights with `noise` m."""
    rng = np.random.default_rng(seed)
    strewn = rng.uniform(-100, 100, (count, 2))
    xy, z, line = [strewn], [pit.ground(strewn)], [np.full(count, -1)]
    for i, (ring, level) in enumerate(pit.edges()):
        at = shapely.get_coordinates(ring.exterior)
        xy.append(at)
        z.append(np.full(len(at), level))
        line.append(np.full(len(at), i))
    z = np.concatenate(z)
    return np.concatenate(xy), z + noise * rng.normal(0, 1, len(z)), np.concatenate(line)


def volume_below(tin, half=72.0, cell=0.25, *, net=False):
    count = round(2 * half / cell)
    z, _ = tin.block(-half, half, cell, count, count)
    return float(np.nansum(TOP - z if net else np.clip(TOP - z, 0, None)) * cell**2)
