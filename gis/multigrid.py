"""Solving the membrane: V-cycles over lattices of doubling step, down to one small enough to be solved outright."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.arrays import F32, Array
from gis.harmonic import DI, DJ, BoundaryValue, Lattice, Level

TOLERANCE_M = 3e-8
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
        self.work = [np.zeros(level.inside.shape, np.float32) for level in self.levels]
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
        top, work, last = self.levels[0], np.zeros(b.shape), np.inf
        edge_b = b.ravel()[top.edge]
        for self.cycles in range(1, _CYCLES + 1):
            pause()
            r = top.average(u, work)
            r -= u
            r.ravel()[top.edge] += edge_b
            correction = self._correct(0, r.astype(np.float32))
            u += correction
            change = max(float(correction.max()), -float(correction.min()))
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
            u = _prolong(u, b.shape)
            np.copyto(u, 0, where=level.outside)
            r = level.average(u, self.work[k])
            r -= u
            r += b
            u += self._correct(k, r.copy())
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
        level, below = self.levels[k], self.levels[k + 1]
        u = b * np.float32(_SMOOTHING[0])
        _smooth(level, u, b, self.work[k], _SMOOTHING[1:])
        r = level.average(u, self.work[k])
        r -= u
        r += b
        right = _restrict(r, below.inside.shape)
        right *= 4
        np.copyto(right, 0, where=below.outside)
        right.ravel()[below.edge] /= below.diagonal
        fine = _prolong(self._correct(k + 1, right), u.shape)
        np.copyto(fine, 0, where=level.outside)
        u += fine
        _smooth(level, u, b, self.work[k], _SMOOTHING)
        return u


# Two Jacobi steps with the weights of the Chebyshev polynomial on [0.5, 2] damp every rough mode 4.5 times.
_SMOOTHING = (1.3905, 0.5617)


def _smooth(level: Level, u: F32, b: F32, work: F32, weights: tuple[float, ...]) -> None:
    for weight in weights:
        r = level.average(u, work)
        r -= u
        r += b
        r *= np.float32(weight)
        u += r


def _wear_shell(level: Level, u: F32) -> None:
    """Give the nodes just outside the outline the boundary's values, so that interpolation does not fall to zero."""
    step = DI * level.inside.shape[1] + DJ
    target = (level.edge[:, None] + step)[level.cut]
    total = np.bincount(target, level.shell[level.cut], minlength=u.size)
    count = np.bincount(target, minlength=u.size)
    at = np.flatnonzero((count > 0) & level.outside.ravel())
    u.ravel()[at] = total[at] / count[at]


def _restrict(r: F32, shape: tuple[int, int]) -> F32:
    """Full weighting onto every second node: coarse (i + 1, j + 1) lies on fine (2i, 2j)."""
    rows, cols = shape[0] - 2, shape[1] - 2
    p = np.zeros((2 * rows + 1, 2 * cols + 1), r.dtype)
    p[1 : 1 + r.shape[0], 1 : 1 + r.shape[1]] = r
    half = p[:, 0:-2:2] + p[:, 2::2]
    half += 2 * p[:, 1::2]
    out = np.zeros(shape, r.dtype)
    core = out[1:-1, 1:-1]
    np.add(half[0:-2:2], half[2::2], out=core)
    core += 2 * half[1::2]
    core *= 1 / 16
    return out


def _prolong(e: F32, shape: tuple[int, int]) -> F32:
    """Bilinear interpolation onto the finer lattice."""
    rows, cols = shape
    e = e[1:, 1:]
    wide = np.empty((e.shape[0], 2 * e.shape[1] - 1), e.dtype)
    wide[:, 0::2] = e
    wide[:, 1::2] = 0.5 * (e[:, :-1] + e[:, 1:])
    out = np.empty((2 * e.shape[0] - 1, cols), e.dtype)
    out[0::2] = wide[:, :cols]
    out[1::2] = 0.5 * (wide[:-1, :cols] + wide[1:, :cols])
    return out[:rows]
