"""Solving a harmonic surface: cycles over bands of doubling step, down to one lattice that is solved outright."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from gis import band_steps, compiled, interpolation
from gis.arrays import F32, Array
from gis.bands import lay
from gis.harmonic import BoundaryValue, Level
from gis.lattice_crossings import Lattice
from gis.sparse_rows import SparseRows

TOLERANCE_M = 5e-7
"""Far below a millimetre, and below the 1e-6 m to which planes and saddles are to come back."""
_DIRECT = 1500
_SYMMETRIC: dict[str, Any] = {
    "permc_spec": "MMD_AT_PLUS_A",
    "diag_pivot_thresh": 0.0,
    "options": {"SymmetricMode": True},
}
"""For a matrix of symmetric pattern whose diagonal dominates."""
_CYCLES = 60


class Multigrid:
    """V-cycles over bands of nodes, each with the true outline; a sparse factorisation at the bottom.

    Where two bands lie upon each other the finer one holds the truth and the coarser carries its correction on; where
    the finer one ends it takes its heights from the coarser (the fast adaptive composite grid method: McCormick 1989,
    Multilevel Adaptive Methods for Partial Differential Equations, chapter 4). Corrections are computed in single
    precision and residuals in double: half the memory traffic, the same answer.
    """

    def __init__(self, rings: list[Array], lattice: Lattice, weights: tuple[float, float]) -> None:
        self.levels = [Level.of(rings, lattice, weights)]
        while np.count_nonzero(self.levels[-1].inside) > _DIRECT and min(self.levels[-1].inside.shape) > 6:
            self.levels.append(self.levels[-1].coarser())
        while len(self.levels) > 1 and not self.levels[-1].inside.any():
            self.levels.pop()
        self.bands, self.links = lay(self.levels)
        last = self.bands[-1]
        mean = last.mean if last.covered else last.free_mean
        self.bottom = _factored(mean) if last.size else None
        self.heights: list[Array] = [np.zeros(x.length) for x in self.bands]
        self.steps = compiled.twin(band_steps)
        self.datum = 0.0
        self.outline: Array = np.zeros(0)
        """Heights where the outline crosses the finest lattice, m."""
        self.cycles = 0

    def solve(
        self,
        boundary: BoundaryValue,
        datum: float = 0.0,
        tolerance: float = TOLERANCE_M,
        pause: Callable[[], None] = lambda: None,
    ) -> Array:
        """The solution on the finest lattice (meaningless outside) from `boundary` values in m, to about `tolerance` m.

        `datum`: a height that the values lie about; what is computed in single precision counts from there. `pause` is
        called before each cycle and may raise to stop. Raises ArithmeticError where the cycles do not converge.
        """
        self.datum = datum
        outline = self.levels[0].crossings
        self.outline = boundary(outline.x, outline.y)
        b = self._right_side(0, boundary)
        if len(self.levels) == 1:
            self.heights[0][:] = self._bottom(b)
            return self._filled()
        self._first_guess(boundary, b)
        last, size = np.inf, 0.0
        steps = [np.zeros(x.length, np.float32) for x in self.bands]
        for self.cycles in range(1, _CYCLES + 1):
            pause()
            size, kept = _chebyshev(self.cycles, size)
            told = zip(steps, self._cycle(0, b), self.heights, strict=True)
            f_kept, f_size = np.float32(kept), np.float32(size)
            change = max(self.steps.advance(step, more, f_kept, f_size, height) for step, more, height in told)
            self._agree(0)
            rate = min(change / last, 0.9) if np.isfinite(last) else 0.5
            if change * rate / (1 - rate) < tolerance:
                return self._filled()
            last = change
        raise ArithmeticError("multigrid did not converge")

    def _first_guess(self, boundary: BoundaryValue, finest: Array) -> None:
        """Solve the coarsest lattice and carry the solution up, one cycle a level (full multigrid)."""
        last = len(self.levels) - 1
        self.heights[last][:] = self._bottom(self._right_side(last, boundary))
        for k in range(last - 1, -1, -1):
            self.steps.guess(self.bands[k], self.links[k], self.heights[k + 1], self.heights[k])
            self._agree(k)
            found = self._cycle(k, finest if k == 0 else self._right_side(k, boundary))
            for height, correction in zip(self.heights[k:], found, strict=True):
                np.add(height, correction, out=height)
            self._agree(k)

    def _agree(self, k: int) -> None:
        """Give covered nodes of the levels behind k the finer heights, then ghosts from k on the coarser ones."""
        heights, links = self.heights[k:], self.links[k:]
        for link, finer, coarser in zip(links, heights, heights[1:], strict=False):
            self.steps.tell_covered(link, finer, coarser)
        for link, band, finer, coarser in zip(links, self.bands[k:], heights, heights[1:], strict=False):
            self.steps.fill_ghosts(band, link, finer, coarser)

    def _right_side(self, k: int, boundary: BoundaryValue) -> Array:
        b, level, heights = np.zeros(self.bands[k].size), self.levels[k], self.outline
        if level.closed.size:
            heights = np.concatenate((heights, boundary(*level.closed_places())))
        b[self.bands[k].edge] = level.right_side(heights, self.datum)
        return b

    def _bottom(self, b: Array) -> Array:
        if self.bottom is None:
            return np.zeros(b.shape)
        right: NDArray[np.float64] = b.astype(np.float64)
        return np.asarray(self.bottom.solve(right, "T"))  # type: ignore[call-overload]  # not in the stubs

    def _cycle(self, first: int, b: Array) -> list[F32]:
        """Corrections of the level `first`, whose right side is `b`, and of those behind it: a V-cycle from zero.

        Right where no finer band covers a node, see `_agree`.
        """
        bands, links, heights = self.bands[first:], self.links[first:], self.heights[first:]
        right = [self.steps.left_over(bands[0], heights[0], b)]
        right += [self.steps.left_over_free(band, u) for band, u in zip(bands[1:], heights[1:], strict=True)]
        own: list[F32] = []  # corrections beyond what the finer level has told
        told: list[F32] = []  # to each next level: the finer correction at covered nodes
        for k, link in enumerate(links):
            e, tell = self.steps.down(bands[k], link, bands[k + 1], right[k], right[k + 1])
            own.append(e)
            told.append(tell)
        more = self._bottom(right[-1]).astype(np.float32)
        for k in range(len(links) - 1, -1, -1):
            self.steps.up(bands[k], links[k], right[k], own[k], told[k], more)
            more = own[k]
        return [more, *told]

    def _filled(self) -> Array:
        """Heights, no longer from the datum, on the whole finest lattice; right at every inside node."""
        dense: Array | None = None
        for band, height in zip(self.bands[::-1], self.heights[::-1], strict=True):
            finer = np.zeros(band.level.inside.shape)
            if dense is not None:
                compiled.twin(interpolation).to_finer(dense, finer)
            finer.ravel()[band.nodes] = height[: band.size] + self.datum
            dense = finer
        return np.zeros((0, 0)) if dense is None else dense


def _factored(mean: SparseRows) -> SuperLU:
    """The transpose of I - N: rows of the one are columns of the other, so that nothing need be turned about."""
    size = mean.length
    weight = np.column_stack((-mean.weight.reshape(size, -1).astype(np.float64), np.ones(size)))
    at = np.column_stack((mean.at.reshape(size, -1), np.arange(size, dtype=np.int32)))
    start = np.arange(0, at.size + 1, at.shape[1], dtype=np.int32)
    whole = sparse.csc_array((weight.ravel(), at.ravel(), start), shape=(size, size))
    whole.sum_duplicates()  # a cut arm ends at its own node, with no weight
    return splu(whole, **_SYMMETRIC)


_TAKEN = 0.82, 1.1
"""What a V-cycle takes off an error, about: four fifths of the slowest part of it, a little too much of others."""


def _chebyshev(cycle: int, last: float) -> tuple[float, float]:
    """(α, share of the last step kept) of Chebyshev's iteration with V-cycles; `last`: α of the cycle before.

    Steps are α·correction + share·last step (Barrett et al. 1994, Templates for the Solution of Linear Systems, 2.3.5).
    """
    middle, half = (_TAKEN[0] + _TAKEN[1]) / 2, (_TAKEN[1] - _TAKEN[0]) / 2
    if cycle == 1:
        return 1 / middle, 0.0
    beta = (half * last) ** 2 / (2 if cycle == 2 else 4)
    size = 1 / (middle - beta / last)
    return size, size * beta / last
