"""The ground of a cloud as blocks of a grid, its check against points that were left out, and its gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import ndimage

from gis.arrays import Array, Mask
from gis.clouds.buckets import Buckets
from gis.clouds.cells import Means, bridge
from gis.clouds.surface import Surface
from gis.points.geotiff import GridPlan, support_of
from gis.points.mesh import Kinds
from gis.points.validate import CrossValidation
from models.progress import Watch

BLOCK = 512
"""Cells along the side of a block: with what it needs around, some hundred thousand cells at once."""
_LEFT_OUT = 10
_PLACES = 8
_PLACE_CELLS = 256
_COMPARED = 2500
_SEED = 20_240_101
_COARSE = 1000
_TOLD_HOLES = 5


@dataclass(frozen=True)
class Hole:
    """Ground without height that is closed in by ground: `area_m2`, and the middle of it (x, y)."""

    area_m2: float
    x: float
    y: float


class CloudGrid:
    """What gis.points.geotiff writes, out of buckets: `classes` chosen, or the ground of `surface`.

    Lengths in m. `used` counts the ground points of the blocks that were asked for.
    """

    def __init__(
        self, buckets: Buckets, plan: GridPlan, max_edge: float, classes: frozenset[int] | None, surface: Surface | None
    ) -> None:
        self.buckets, self.plan, self.max_edge = buckets, plan, max_edge
        self._classes, self._surface = classes, surface
        self._halo = int(np.ceil(2 * max_edge / plan.cell)) + 2
        self._step = max(1, -(-max(plan.width, plan.height) // _COARSE))
        self._known = np.zeros((-(-plan.height // self._step), -(-plan.width // self._step)), np.int64)
        self.used = 0
        self.support = support_of(plan)
        """Knows the ground points of the blocks that were asked for."""

    def __len__(self) -> int:
        """Not a set of points that is held: blocks are of the usual size."""
        return 0

    def block(self, left: float, top: float, cell: float, rows: int, cols: int) -> tuple[Array, Kinds]:
        """(heights, WIDE where a gap was spanned) at the cell centres of a part of the plan; NaN for no ground."""
        assert cell == self.plan.cell  # noqa: S101 - sums are made for the plan's cells
        means = self._means(left, top, rows, cols)
        z, kind = self._filled(means)
        halo = self._halo
        inner = np.s_[halo : halo + rows, halo : halo + cols]
        count = means.count.reshape(means.shape)[inner]
        self.used += int(count.sum())
        at = round((self.plan.top - top) / cell), round((left - self.plan.left) / cell)
        self.support.counts(*at, count)
        self._note(left, top, np.isfinite(z[inner]))
        return z[inner], kind[inner]

    def _means(self, left: float, top: float, rows: int, cols: int, draw: Any = None, kept: Any = None) -> Means:
        """Sums of a block and its halo; with `draw`, a tenth of the points goes to `kept` instead."""
        cell, halo = self.plan.cell, self._halo
        means = Means(left - halo * cell, top + halo * cell, cell, rows + 2 * halo, cols + 2 * halo)
        right, low = left + (cols + halo) * cell, top - (rows + halo) * cell
        for xyz in self.ground(means.left, low, right, means.top):
            if draw is not None:
                out = draw.integers(0, _LEFT_OUT, len(xyz)) == 0
                kept.append(xyz[out])
                means.add(xyz[~out])
            else:
                means.add(xyz)
        return means

    def ground(self, x0: float, y0: float, x1: float, y1: float) -> Iterator[Array]:
        """Ground points (n, 3) in and about a box."""
        for xyz, classes in self.buckets.within(x0, y0, x1, y1):
            inside = (xyz[:, 0] >= x0) & (xyz[:, 0] <= x1) & (xyz[:, 1] >= y0) & (xyz[:, 1] <= y1)
            if self._classes is not None:
                inside &= np.isin(classes, list(self._classes))
            points = xyz[inside]
            if self._surface is not None and len(points):
                points = points[self._surface.ground(points)]
            if len(points):
                yield points

    def _filled(self, means: Means) -> tuple[Array, Kinds]:
        cell = self.plan.cell
        corner = round((self.plan.top - means.top) / cell), round((means.left - self.plan.left) / cell)
        return bridge(means.heights(), cell, self.max_edge, corner)

    def _note(self, left: float, top: float, known: Mask) -> None:
        row = round((self.plan.top - top) / self.plan.cell) + np.arange(known.shape[0])
        col = round((left - self.plan.left) / self.plan.cell) + np.arange(known.shape[1])
        at = (row // self._step)[:, None], (col // self._step)[None, :]
        np.add.at(self._known, at, known)

    def holes(self) -> tuple[float, list[Hole]]:
        """(area without height that ground closes in, m²; the largest such places). After all blocks were made."""
        step, cell = self._step, self.plan.cell
        high = np.minimum(step, self.plan.height - np.arange(self._known.shape[0]) * step)
        wide = np.minimum(step, self.plan.width - np.arange(self._known.shape[1]) * step)
        missing = high[:, None] * wide[None, :] - self._known
        label, count = ndimage.label(2 * missing > high[:, None] * wide[None, :])
        if not count:
            return 0.0, []
        edge = np.unique(np.concatenate((label[0], label[-1], label[:, 0], label[:, -1])))
        inner = [k for k in range(1, count + 1) if k not in set(edge.tolist())]
        areas = ndimage.sum_labels(missing, label, inner) * cell**2 if inner else np.zeros(0)
        order = np.argsort(-areas)[:_TOLD_HOLES]
        middles = ndimage.center_of_mass(missing, label, [inner[i] for i in order]) if inner else []
        told = [
            Hole(float(areas[i]), self.plan.left + (c + 0.5) * step * cell, self.plan.top - (r + 0.5) * step * cell)
            for i, (r, c) in zip(order, middles, strict=True)
        ]
        return float(areas.sum()), told

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        full = sorted(self.buckets.count.values())[len(self.buckets.count) // 2]
        keys = sorted(k for k, n in self.buckets.count.items() if n >= full)
        return keys[:: -(-len(keys) // _PLACES)]

    def check(self, watch: Watch) -> CrossValidation:
        """Errors (ground minus point, m) at a tenth of the ground points, left out in up to eight blocks."""
        errors: list[Array] = []
        outside = 0
        side, cell = self.buckets.side, self.plan.cell
        size = int(np.clip(side / cell, 8, _PLACE_CELLS))
        for number, key in enumerate(self._places):
            watch.report(number / len(self._places))
            x, y, _ = np.median(next(self.buckets.read(key))[0], axis=0)
            left = self.plan.left + round((x - self.plan.left) / cell - size / 2) * cell
            top = self.plan.top - round((self.plan.top - y) / cell - size / 2) * cell
            kept: list[Array] = []
            means = self._means(left, top, size, size, np.random.default_rng(_SEED), kept)
            if not kept:
                continue
            z, _ = self._filled(means)
            points = np.concatenate(kept)
            u, v, _ = means.place(points)
            low, high = self._halo, self._halo + size
            points = np.column_stack((u, v, points[:, 2]))[(u >= low) & (u < high) & (v >= low) & (v < high)]
            points = points[:: max(1, -(-len(points) // _COMPARED))]
            off = _bilinear(z, points[:, 0], points[:, 1]) - points[:, 2]
            good = np.isfinite(off)
            errors.append(off[good])
            outside += int((~good).sum())
        return _summary(np.concatenate(errors) if errors else np.zeros(0), outside)


def _bilinear(z: Array, u: Array, v: Array) -> Array:
    """Heights at (column, row) positions, by the four centres around; NaN where one of them has none."""
    u, v = u - 0.5, v - 0.5
    j, i = np.floor(u).astype(np.int64), np.floor(v).astype(np.int64)
    fu, fv = u - j, v - i
    return np.asarray(
        (1 - fv) * ((1 - fu) * z[i, j] + fu * z[i, j + 1]) + fv * ((1 - fu) * z[i + 1, j] + fu * z[i + 1, j + 1])
    )


def _summary(errors: Array, outside: int) -> CrossValidation:
    if not len(errors):
        nan = float("nan")
        return CrossValidation(0, outside, nan, nan, nan, False, _LEFT_OUT)
    nmad = 1.4826 * float(np.median(np.abs(errors - np.median(errors))))
    rmse = float(np.sqrt((errors**2).mean()))
    return CrossValidation(len(errors), outside, float(errors.mean()), rmse, nmad, False, _LEFT_OUT)
