"""Lattices that carry nodes only where a harmonic surface needs them: bands along the outline, coarser further in.

What varies along the rim over a length λ fades towards the inside as e^(-2πd/λ) at the distance d: a few steps from the
outline every second node tells as much as all of them, and so on inwards. Each level's band lies along the whole
outline and reaches about twice as far in as that of the finer level; the last holds every node.

Heights of a band are one vector: first the nodes that the finer band covers, then the free ones, then the ghosts beside
the band, whose heights come from the next level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gis import band_masks, band_tables, compiled
from gis.arrays import F32, Array, Index, Mask
from gis.band_tables import I32
from gis.harmonic import Level
from gis.scratch import scratch
from gis.sparse_rows import SparseRows

_REACH = 2
"""Steps of the second lattice that the finest band reaches inwards from the outline's nodes, rounded up."""
_MORE = 2, 2, 3
"""Steps of the next lattice by which the second, third … band goes beyond what the finer one covers: interpolation at
its border looks that far; more where nodes are few, as heights deep inside vary over wide distances only."""


@dataclass(frozen=True)
class Band:
    """The nodes of one level that are solved for, with the equation between them: u - N u = b."""

    level: Level
    nodes: Index
    """Flat indices in the lattice: covered nodes, then free ones."""
    covered: int
    """How many of them the finer band covers."""
    ghosts: Index
    edge: Index
    """Places of the level's edge nodes."""
    mean: SparseRows
    """N in single precision, (nodes, nodes + ghosts), with four neighbours a node: what corrections are found by."""
    exact: SparseRows | None
    """The finest level's rows in double precision."""
    eight: I32
    """On other levels: (free nodes, 8) places of the four neighbours and the four corners."""
    square: Array
    """(8,) their weights."""

    @cached_property
    def free_mean(self) -> SparseRows:
        """Rows of free nodes in double precision, which heights are to obey: of four or, on coarser levels, eight."""
        if self.exact is not None:
            return self.exact
        return SparseRows.of([np.broadcast_to(self.square, self.eight.shape)], [self.eight], self.length)

    @property
    def size(self) -> int:
        """Nodes that are solved for."""
        return self.nodes.size

    @property
    def length(self) -> int:
        """Of a vector, with the ghosts."""
        return self.nodes.size + self.ghosts.size


@dataclass(frozen=True)
class Links:
    """How a band hangs together with that of the next, coarser level."""

    under: Index
    """The finer node (place) under each covered one."""
    scale: F32
    """What the collected residual of each covered node is multiplied by: 1 / diagonal where the outline cuts arms."""
    carry: SparseRows
    """Bilinear, from the coarser vector to the band's nodes."""
    collect: SparseRows
    """Its transpose, for covered nodes: four times full weighting."""
    beside: Index
    """Free coarser nodes (places) that have a covered neighbour."""
    across: SparseRows
    """Their rows of N."""
    ghost: SparseRows
    """From the coarser vector to the band's ghosts, exact to the fifth power."""


def lay(levels: list[Level]) -> tuple[list[Band], list[Links]]:
    """A band for each level, the last with every node inside, and the links between each two."""
    found: list[Band] = []
    links: list[Links] = []
    core = levels[0].edge
    covered, under = None, np.zeros(0, np.int64)
    weights = levels[0].wx, levels[0].wy
    for number, level in enumerate(levels):
        mask = level.inside
        if level is not levels[-1] and _corner_weight(*weights):
            # Every second node of a band lies amid nodes of it: so the finer and the coarser residuals make a whole.
            steps = _MORE[min(number, len(_MORE)) - 1] if number else _REACH
            beside = compiled.twin(band_masks).coarser(core, level.inside.shape[1], levels[number + 1].inside.shape)
            wide = band_masks.widened(beside, _steps(steps, *weights))
            mask, core = band_masks.amid(wide, level.inside), np.flatnonzero(wide)
        place = scratch("place", (mask.size,), np.int32)
        found.append(_band(level, mask.ravel(), covered, place))
        if number:
            links.append(_links(found[-2], found[-1], under, place))
        if level is not levels[-1]:
            columns = level.inside.shape[1], levels[number + 1].inside.shape[1]
            covered, under = compiled.twin(band_tables).covered_by(found[-1].nodes, *columns)
    return found, links


def _band(level: Level, mask: Mask, covered: Index | None, place: I32) -> Band:
    """`covered` and `place` as `gis.band_tables.neighbours` takes them."""
    tables = compiled.twin(band_tables)
    found = tables.neighbours(mask, level.inside.shape[1], covered, level.edge, level.neighbour, place)
    nodes, ghosts = found.nodes, found.ghosts
    edge = place[level.edge]
    weights = np.empty((nodes.size, 4), np.float64 if covered is None else np.float32)
    weights[:, :2], weights[:, 2:] = level.wx, level.wy
    weights[edge] = level.inner
    length = nodes.size + ghosts.size
    mean = SparseRows.of([weights.astype(np.float32, copy=False)], [found.four], length)
    exact = SparseRows.of([weights], [found.four], length) if covered is None else None
    square = _square_weights(level.wx, level.wy)
    few = 0 if covered is None else covered.size
    return Band(level, nodes, few, ghosts, edge, mean, exact, found.eight, square)


def _steps(steps: int, wx: float, wy: float) -> tuple[int, int]:
    """(rows, columns) that reach as far as so many steps of the longer side of a cell."""
    return max(steps, round(steps * math.sqrt(wy / wx))), max(steps, round(steps * math.sqrt(wx / wy)))


def _square_weights(wx: float, wy: float) -> Array:
    """Of the four neighbours (west, east, north, south) and the four corners: the compact scheme of fourth order.

    On squares it is of sixth. Collatz 1960, The Numerical Treatment of Differential Equations, table VI.
    """
    corner = _corner_weight(wx, wy)
    x, y = wx - 2 * corner, wy - 2 * corner
    return np.array([x, x, y, y, corner, corner, corner, corner]) / (2 * (wx + wy) - 4 * corner)


def _corner_weight(wx: float, wy: float) -> float:
    """0 for cells more than √5 times as long as wide: the scheme would not be stable, and no node is left out."""
    return (wx + wy) / 12 if min(wx, wy) >= (wx + wy) / 6 else 0.0


def _links(fine: Band, coarse: Band, under: Index, place: I32) -> Links:
    """`place`: the coarser band's, as `_band` left it."""
    where = fine.level.inside.shape[1], coarse.level.inside.shape[1], place, coarse.length
    tables = compiled.twin(band_tables)
    scale = np.ones(coarse.size, np.float32)
    scale[coarse.edge] = 1 / coarse.level.diagonal
    four, weights = coarse.mean.at.reshape(-1, 4), coarse.mean.weight.reshape(-1, 4)
    beside = tables.beside_covered(four, coarse.covered)
    across = SparseRows.of([weights[beside]], [four[beside]], coarse.length)
    carry, ghost = tables.bilinear(fine.nodes, *where), tables.between(fine.ghosts, *where)
    collect = tables.collecting(carry, coarse.covered)
    return Links(under, scale[: coarse.covered], carry, collect, beside, across, ghost)
