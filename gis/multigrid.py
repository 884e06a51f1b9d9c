"""Solving the membrane: V-cycles over lattices of doubling step, down to one small enough to be solved outright."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.arrays import F32, Array
from gis.harmonic import DI, DJ, BoundaryValue, Lattice, Level
from gis.scratch import scratch

TOLERANCE_M = 5e-7
"""Far below a millimetre, and below the 1e-6 m to which planes and saddles are to come back."""
_BAND_NODES = 1 << 16
"""Nodes of the finer lattice worked on together: few enough for the processor's own cache."""
_DIRECT = 1500
_CYCLES = 60


class Multigrid:
    """V-cycles over lattices of doubling step, each with the true outline; a sparse factorisation at the bottom.

    Corrections are computed in single precision and residuals in double: half the memory traffic, the same answer.
    """

    def __init__(self, rings: list[Array], lattice: Lattice, weights: tuple[float, float]) -> None:
        from scipy.sparse.linalg import splu

        self.levels = [Level(rings, lattice, weights)]
        while np.count_nonzero(self.levels[-1].inside) > _DIRECT and min(lattice.rows, lattice.cols) > 6:
            lattice = lattice.coarser()
            self.levels.append(Level(rings, lattice, weights))
        while len(self.levels) > 1 and not self.levels[-1].inside.any():
            self.levels.pop()
        matrix, self.nodes = self.levels[-1].matrix()
        self.bottom = splu(matrix) if self.nodes.size else None
        self.work, self._spare = ([np.zeros(x.inside.shape, np.float32) for x in self.levels] for _ in range(2))
        self.cycles = 0

    def solve(
        self,
        boundary: BoundaryValue,
        rough: BoundaryValue | None = None,
        tolerance: float = TOLERANCE_M,
        pause: Callable[[], None] = lambda: None,
    ) -> Array:
        """The solution on the finest lattice, zero outside, from `boundary` values in m, to about `tolerance` m.

        `rough` may give boundary values that are near enough for the first guess, if the true ones are costly.
        `pause` is called before each cycle and may raise to stop. Raises ArithmeticError where the cycles do not
        converge.
        """
        b = self.levels[0].right_side(boundary)
        if len(self.levels) == 1:
            return self._bottom(b)
        u: Array = self._first_guess(rough or boundary, b.astype(np.float32)).astype(np.float64)
        top, last = self.levels[0], np.inf
        step, size, residual = np.zeros(b.shape, np.float32), 0.0, np.zeros(b.shape, np.float32)
        for self.cycles in range(1, _CYCLES + 1):
            pause()
            correction = self._correct(0, top.residual(u, b, residual, edge_only=True))
            size, kept = _chebyshev(self.cycles, size)
            change = _advance(u, step, correction, size, kept)
            rate = min(change / last, 0.9) if np.isfinite(last) else 0.5
            if change * rate / (1 - rate) < tolerance:
                return u
            last = change
        raise ArithmeticError("multigrid did not converge")

    def _first_guess(self, boundary: BoundaryValue, finest: F32) -> F32:
        """Solve the coarsest lattice and carry the solution up, one cycle a level (full multigrid)."""
        u = np.zeros(0, np.float32)
        for k in range(len(self.levels) - 1, -1, -1):
            level = self.levels[k]
            b = finest if k == 0 else level.right_side(boundary).astype(np.float32)
            if k == len(self.levels) - 1:
                u = self._bottom(b).astype(np.float32)
                continue
            below = self.levels[k + 1]
            _wear_shell(below, u)
            coarse, u = u, np.zeros(b.shape, np.float32)
            _add_finer(coarse, u)
            u *= level.inside
            u += self._correct(k, level.residual(u, b, self.work[k]).copy())
        return u

    def _bottom(self, b: Array) -> Array:
        u = np.zeros(b.shape)
        if self.bottom is not None:
            u.ravel()[self.nodes] = self.bottom.solve(b.ravel()[self.nodes].astype(np.float64))
        return u

    def _correct(self, k: int, b: F32) -> F32:
        """One V-cycle from zero on level k: about the solution for the right side `b`."""
        if k == len(self.levels) - 1:
            return self._bottom(b).astype(np.float32)
        level, below, work = self.levels[k], self.levels[k + 1], self.work[k]
        u = level.relaxed_twice(b, _SMOOTHING, self._spare[k])
        right = _restrict(level.residual(u, b, work), below.inside.shape)
        right *= 4
        right *= below.inside
        right.ravel()[below.edge] /= below.diagonal
        _add_finer(self._correct(k + 1, right), u)
        u.ravel()[level.reach] = 0.0
        return level.relaxed(level.relaxed(u, b, _SMOOTHING[0], work), b, _SMOOTHING[1], u)


# Two Jacobi steps with the weights of the Chebyshev polynomial on [0.5, 2] damp every rough mode 4.5 times.
_SMOOTHING = (1.3905, 0.5617)

_TAKEN = 0.8, 1.05
"""What a V-cycle takes off an error, about: four fifths of the slowest part of it, a little too much of others."""


def _chebyshev(cycle: int, last: float) -> tuple[float, float]:
    """(α, share of the last step kept) of Chebyshev's iteration with V-cycles; `last`: α of the cycle before.

    Steps are α·correction + share·last step (Barrett et al. 1994, Templates for the Solution of Linear Systems, 2.3.5):
    an error shrinks about 14 times a cycle instead of 6 times. Outlines of many spikes need a few cycles more than
    without, cells that are not square a few less.
    """
    middle, half = (_TAKEN[0] + _TAKEN[1]) / 2, (_TAKEN[1] - _TAKEN[0]) / 2
    if cycle == 1:
        return 1 / middle, 0.0
    beta = (half * last) ** 2 / (2 if cycle == 2 else 4)
    size = 1 / (middle - beta / last)
    return size, size * beta / last


def _wear_shell(level: Level, u: F32) -> None:
    """Give the nodes just outside the outline the boundary's values, so that interpolation does not fall to zero."""
    step = DI * level.inside.shape[1] + DJ
    target, value = (level.edge[:, None] + step)[level.cut], level.shell[level.cut]
    beyond = ~level.inside.ravel()[target]
    at, which = np.unique(target[beyond], return_inverse=True)
    u.ravel()[at] = np.bincount(which, value[beyond]) / np.bincount(which)


def _advance(u: Array, step: F32, correction: F32, size: float, kept: float) -> float:
    """Make `step` size · correction + kept · step and add it to `u`, all in place; returns its greatest part."""
    change = 0.0
    flat_u, flat_step, flat = u.ravel(), step.ravel(), correction.ravel()
    for i in range(0, u.size, _BAND_NODES):
        own, more = flat_step[i : i + _BAND_NODES], flat[i : i + _BAND_NODES]
        more *= np.float32(size)
        own *= np.float32(kept)
        own += more
        flat_u[i : i + _BAND_NODES] += own
        change = max(change, float(own.max()), -float(own.min()))
    return change


def _restrict(r: F32, shape: tuple[int, int]) -> F32:
    """Full weighting onto every second node: coarse (i + 1, j + 1) lies on fine (2i, 2j), whose border is zero."""
    rows, cols = shape[0] - 2, shape[1] - 2
    out = np.zeros(shape, r.dtype)
    band = max(_BAND_NODES // r.shape[1], 1)
    for i in range(0, rows, band):
        j = min(i + band, rows)
        high = np.multiply(r[2 * i : 2 * j : 2], 2, out=scratch("high", (j - i, r.shape[1]), r.dtype))
        below = r[2 * i + 1 : 2 * j : 2]
        high[: len(below)] += below
        high[i == 0 :] += r[max(2 * i - 1, 1) : 2 * j - 2 : 2]
        core, odd = out[1 + i : 1 + j, 1:-1], high[:, 1::2]
        np.multiply(high[:, 0::2], 2, out=core)
        core[:, : odd.shape[1]] += odd
        core[:, 1:] += odd[:, : cols - 1]
        core *= np.float32(1 / 16)
    return out


def _add_finer(e: F32, u: F32) -> None:
    """Add `e`, bilinear between its nodes, to the finer lattice's `u`."""
    rows, cols = u.shape
    e = e[1:, 1:]
    band = max(_BAND_NODES // cols, 1)
    for i in range(0, (rows + 1) // 2, band):
        own = e[i : i + band + 1]  # and the next band's first row
        count, half = len(own), np.float32(0.5)
        between = np.add(own[:, :-1], own[:, 1:], out=scratch("between", (count, own.shape[1] - 1), e.dtype))
        between *= half
        wide = scratch("wide", (count, 2 * own.shape[1] - 1), e.dtype)
        wide[:, 0::2] = own
        wide[:, 1::2] = between
        wide = wide[:, :cols]
        even, odd = u[2 * i : 2 * (i + band) : 2], u[2 * i + 1 : 2 * (i + band) : 2]
        even += wide[: len(even)]
        middle = np.add(wide[:-1], wide[1:], out=scratch("middle", (count - 1, cols), e.dtype))
        middle *= half
        odd += middle[: len(odd)]
