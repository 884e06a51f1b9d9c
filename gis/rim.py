"""The rim of a site: the terrain sampled along the outline, all rings, at no more than one cell's spacing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.arrays import Array, Index
from gis.dem.file import Dem
from gis.placing import Part

SPACING = 0.5
"""Cells between samples at most: finer than volumes.md asks, so that the lowest point is not missed."""


@dataclass(frozen=True)
class Rim:
    """Samples along the rings of one part. `cols`, `rows` pixel positions, `z` m (NaN where there is no terrain).

    `weight` is the length of outline that a sample stands for, m; `ring` 0 for the outer ring, 1… for islands.
    """

    cols: Array
    rows: Array
    z: Array
    weight: Array
    ring: Index

    @property
    def valid_share(self) -> float:
        """Share of the rim's length that has terrain, 0..1."""
        return float(self.weight[np.isfinite(self.z)].sum() / self.weight.sum())

    def valid(self) -> Rim:
        """The samples that have a height."""
        ok = np.isfinite(self.z)
        return Rim(self.cols[ok], self.rows[ok], self.z[ok], self.weight[ok], self.ring[ok])

    @property
    def lowest(self) -> int:
        """Index of the lowest sample with a height."""
        return int(np.nanargmin(self.z))

    @property
    def mean(self) -> float:
        """Length-weighted mean height, m."""
        ok = np.isfinite(self.z)
        return float(np.average(self.z[ok], weights=self.weight[ok]))


def rim_of(dem: Dem, part: Part) -> Rim:
    """The rim of one part."""
    cols, rows, weights, numbers = [], [], [], []
    for number, ring in enumerate(part.rings):
        c, r, w = _along(ring, part.step_x, part.step_y)
        cols.append(c)
        rows.append(r)
        weights.append(w)
        numbers.append(np.full(c.size, number, np.int64))
    c, r = np.concatenate(cols), np.concatenate(rows)
    return Rim(c, r, dem.sample_pixels(c, r), np.concatenate(weights), np.concatenate(numbers))


def _along(ring: Array, step_x: float, step_y: float) -> tuple[Array, Array, Array]:
    """Points of a closed ring (the last vertex is not repeated) and the length that each stands for."""
    start, end = ring[:-1], ring[1:]
    n = np.maximum(np.ceil(np.abs(end - start).max(axis=1) / SPACING), 1).astype(np.int64)
    owner = np.repeat(np.arange(n.size), n)
    t = (np.arange(owner.size) - np.repeat(np.cumsum(n) - n, n)) / n[owner]
    points = start[owner] + t[:, None] * (end - start)[owner]
    length = (np.hypot((end - start)[:, 0] * step_x, (end - start)[:, 1] * step_y) / n)[owner]
    return points[:, 0], points[:, 1], (length + np.roll(length, 1)) / 2
