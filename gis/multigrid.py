"""Solving a harmonic surface: cycles over bands of doubling step, down to one lattice that is solved outright."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from gis.arrays import F32, Array
from gis.bands import Band, lay
from gis.harmonic import BoundaryValue, Level
from gis.interpolation import to_finer
from gis.lattice_crossings import Lattice

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
        whole = sparse.csc_array(sparse.eye_array(last.size) - mean.astype(np.float64))
        self.bottom = splu(whole, **_SYMMETRIC) if last.size else None
        self.heights: list[Array] = [np.zeros(x.length) for x in self.bands]
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
            for step, correction in zip(steps, self._cycle(0, b), strict=True):
                np.multiply(step, np.float32(kept), out=step)
                np.add(step, np.float32(size) * correction, out=step)
            self._add(0, steps)
            change = max(max(float(step.max()), -float(step.min())) for step in steps)
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
            carry = self.links[k].carry
            reached = np.maximum(carry @ np.ones(carry.shape[1], np.float32), 0.25)  # less than 1 beside the outline
            self.heights[k][: self.bands[k].size] = (carry @ self.heights[k + 1]) / reached
            self._agree(k)
            self._add(k, self._cycle(k, finest if k == 0 else self._right_side(k, boundary)))

    def _add(self, k: int, corrections: Sequence[F32]) -> None:
        """Correct level k and those behind it."""
        for height, correction in zip(self.heights[k:], corrections, strict=True):
            np.add(height, correction, out=height)
        self._agree(k)

    def _agree(self, k: int) -> None:
        """Give covered nodes of the levels behind k the finer heights, then ghosts from k on the coarser ones."""
        heights = self.heights[k:]
        for links, finer, coarser in zip(self.links[k:], heights, heights[1:], strict=False):
            coarser[: links.under.size] = finer[links.under]
        for links, band, finer, coarser in zip(self.links[k:], self.bands[k:], heights, heights[1:], strict=False):
            finer[band.size :] = links.ghost @ coarser

    def _right_side(self, k: int, boundary: BoundaryValue) -> Array:
        b, level, heights = np.zeros(self.bands[k].size), self.levels[k], self.outline
        if level.closed.size:
            heights = np.concatenate((heights, boundary(*level.closed_places())))
        b[self.bands[k].edge] = level.right_side(heights, self.datum)
        return b

    def _bottom(self, b: Array) -> Array:
        return np.asarray(self.bottom.solve(b.astype(np.float64))) if self.bottom is not None else np.zeros(b.shape)

    def _cycle(self, first: int, b: Array) -> list[F32]:
        """Corrections of the level `first`, whose right side is `b`, and of those behind it: a V-cycle from zero.

        Right where no finer band covers a node, see `_agree`.
        """
        last, right = len(self.levels) - 1, self._residuals(first, b)
        own: list[F32] = []  # corrections beyond what the finer level has told
        told: list[F32] = []  # to each next level: the finer correction at covered nodes
        for band, links, coarse, e, below in zip(
            self.bands[first:], self.links[first:], self.bands[first + 1 :], right, right[1:], strict=False
        ):
            own.append(_smoothed(band, e))
            n = coarse.covered
            below[:n] = (links.collect @ _residual(band, own[-1], e))[:n]
            below[:n] *= links.scale
            told.append(np.zeros(coarse.length, np.float32))
            told[-1][:n] = own[-1][links.under]
            below[links.beside] += links.across @ told[-1]
        more = self._bottom(right[-1]).astype(np.float32)
        for k in range(last - 1, first - 1, -1):
            band, links, e, whole = self.bands[k], self.links[k], own[k - first], told[k - first]
            inner = e[: band.size]
            inner += links.carry @ more
            whole += more
            e[band.size :] = links.ghost @ whole
            for weight in _SMOOTHING:
                inner += weight * _residual(band, e, right[k - first])
            more = e
        return [more, *told]

    def _residuals(self, first: int, b: Array) -> list[F32]:
        """B - (u - N u) of the level `first`, and of the free nodes of those behind it; covered ones are left open."""
        band, u = self.bands[first], self.heights[first]
        # Above the finest level this is for the first guess: single precision will do.
        mean = band.free_mean @ u if band.covered == 0 else band.mean @ u.astype(np.float32)
        found = [(mean - u[: band.size] + b).astype(np.float32)]
        for band, u in zip(self.bands[first + 1 :], self.heights[first + 1 :], strict=True):
            found.append(np.empty(band.size, np.float32))
            found[-1][band.covered :] = band.free_mean @ u - u[band.covered : band.size]
        return found

    def _filled(self) -> Array:
        """Heights, no longer from the datum, on the whole finest lattice; right at every inside node."""
        dense: Array | None = None
        for band, height in zip(self.bands[::-1], self.heights[::-1], strict=True):
            finer = np.zeros(band.level.inside.shape)
            if dense is not None:
                to_finer(dense, finer)
            finer.ravel()[band.nodes] = height[: band.size] + self.datum
            dense = finer
        return np.zeros((0, 0)) if dense is None else dense


# Two Jacobi steps with the weights of the Chebyshev polynomial on [0.5, 2] damp every rough mode 4.5 times.
_SMOOTHING = (np.float32(1.3905), np.float32(0.5617))


def _smoothed(band: Band, b: F32) -> F32:
    """Two steps of Jacobi's method from zero, in one; the ghosts stay zero."""
    first, second = _SMOOTHING
    e = np.zeros(band.length, np.float32)
    inner = e[: band.size]
    inner += b
    inner[:] = band.mean @ e
    inner *= first * second
    inner += (first + second * (1 - first)) * b
    return e


def _residual(band: Band, e: F32, b: F32) -> F32:
    r: F32 = band.mean @ e
    r -= e[: r.size]
    r += b
    return r


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
