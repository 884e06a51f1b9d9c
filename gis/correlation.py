"""Errors that hang together: sums of a spherical correlation over areas and lines.

An area is a lattice of weights (m² of ground a cell) in the frame of its smallest rectangle, so that a long thin pit is
as finely cut as a round one. The double integral ∬ C(|x-y|) dx dy over a lattice of constant density is the sum over
lags of the lattice's autocorrelation (the discrete covariogram of the shape, Matheron 1965) times the correlation
averaged over the lag's two cells; both come from one FFT. Nothing is drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import shapely
from scipy import fft, ndimage
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.coverage import coverage

CELLS, MOST_CELLS = 9_000, 25_000
"""Cells of a lattice, about, and where a narrow shape needs more: σ of a mean comes out within 0.5 %."""
_ACROSS = 24  # cells across a narrow shape
_BORDER = 1  # empty cells around, so that places on the outline lie between cell centres
_FINE = 6.0  # ranges shorter than this many cells need the kernel's sum put right


def spherical(h: Array, range_m: float) -> Array:
    """Spherical correlation at distances `h` (m): 1 at 0, 0 from `range_m` on."""
    u = np.minimum(np.asarray(h) / range_m, 1.0)
    return np.asarray(1 - 1.5 * u + 0.5 * u**3)


@dataclass(frozen=True)
class Region:
    """Weights on a square lattice. `frame` turns (right, down) in m from `origin` into places in m: origin + frame·v.

    `weight` (rows, cols) is the ground area of each cell that counts, m²; its sum is the region's area.
    """

    origin: Array
    frame: Array
    step_m: float
    weight: Array

    @property
    def area_m2(self) -> float:
        """The area that counts, m²."""
        return float(self.weight.sum())

    def places(self) -> Array:
        """Centres of all cells, (rows·cols, 2) in m, row by row."""
        rows, cols = self.weight.shape
        down, right = np.meshgrid(np.arange(rows) + 0.5, np.arange(cols) + 0.5, indexing="ij")
        return np.asarray(self.origin + self.step_m * np.column_stack((right.ravel(), down.ravel())) @ self.frame.T)

    def weighted(self, weight: Array) -> Region:
        """The same lattice with other weights."""
        return replace(self, weight=np.asarray(weight, np.float64).reshape(self.weight.shape))

    def lumps(self, n: int) -> tuple[Array, Array]:
        """At most about n places (m) with the weight around each, m²."""
        side = max(int(np.ceil(np.sqrt(np.count_nonzero(self.weight) / max(n, 1)))), 1)
        rows, cols = self.weight.shape
        i, j = np.meshgrid(np.arange(rows) // side, np.arange(cols) // side, indexing="ij")
        bins = (i * (cols // side + 1) + j).ravel()
        flat = self.weight.ravel()
        total = np.bincount(bins, flat)
        use = total > 0
        xy = np.column_stack([np.bincount(bins, flat * p)[use] / total[use] for p in self.places().T])
        return xy, np.asarray(total[use], np.float64)

    def potential(self, range_m: float) -> Array:
        """∫ ρ(|x - y|) dy over the region at each cell, (rows, cols), m²."""
        rows, cols = self.weight.shape
        size = fft.next_fast_len(2 * rows, real=True), fft.next_fast_len(2 * cols, real=True)
        kernel = _kernel(rows, cols, range_m / self.step_m)
        whole = np.zeros(size)
        whole[:rows, :cols] = kernel
        whole[-rows + 1 :, :cols] = kernel[:0:-1]
        whole[:, -cols + 1 :] = whole[:, cols - 1 : 0 : -1]
        spectrum = fft.rfft2(self.weight, size) * fft.rfft2(whole)
        return np.asarray(fft.irfft2(spectrum, size)[:rows, :cols])

    def self_sum(self, range_m: float, potential: Array | None = None) -> float:
        """∬ ρ(|x - y|) dx dy over the region, m⁴."""
        return float((self.weight * (self.potential(range_m) if potential is None else potential)).sum())

    def at(self, values: Array, places: Array) -> Array:
        """`values` on the lattice at places (m), bilinear; the border's own beyond it."""
        right, down = ((places - self.origin) @ self.frame).T / self.step_m - 0.5
        return np.asarray(ndimage.map_coordinates(values, [down, right], order=1, mode="nearest"), np.float64)


def region_of(shape: BaseGeometry) -> Region:
    """The lattice of a polygon in metres, with the exact share of each cell inside."""
    corner, frame, wide, high = _frame(shape)
    across = 2 * shape.area / max(shape.length, 1e-9)
    step = min(np.sqrt(wide * high / CELLS), max(across / _ACROSS, np.sqrt(wide * high / MOST_CELLS)))
    step = max(step, max(wide, high) / CELLS, 1e-9)
    rows, cols = (int(np.ceil(v / step)) + 2 * _BORDER for v in (high, wide))
    origin = corner - frame @ np.array([(cols * step - wide) / 2, (rows * step - high) / 2])
    inner = shapely.transform(shape, lambda p: (p - origin) @ frame / step)
    return Region(origin, frame, float(step), coverage(inner, 0, rows, 0, cols) * step**2)


def _frame(shape: BaseGeometry) -> tuple[Array, Array, float, float]:
    """(a corner, axes as columns, lengths) of the smallest rectangle around a shape."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    if len(corners) < 4:
        x0, y0, x1, y1 = shape.bounds
        return np.array([x0, y0]), np.eye(2), max(x1 - x0, 1e-9), max(y1 - y0, 1e-9)
    one, two = corners[1] - corners[0], corners[3] - corners[0]
    wide, high = float(np.hypot(*one)), float(np.hypot(*two))
    return corners[0], np.column_stack((one / wide, two / high)), wide, high


@lru_cache(maxsize=64)
def _kernel(rows: int, cols: int, reach: float) -> Array:
    """Correlation averaged over the pairs of places of two cells, by lag (rows, cols ≥ 0); `reach` range in cells.

    The two places' difference is spread over the lag by a triangle of ±1 cell both ways: Gauss points of that weight.
    A range of a few cells is peaked between them, so the kernel's sum is put to ∫ρ = π·range²/5, which it must have.
    """
    small = reach < _FINE
    reach_cells = int(np.ceil(reach)) + 2
    r, c = (max(n, reach_cells) if small else n for n in (rows, cols))
    kernel = np.zeros((r, c))
    # Gauss's two points for the weight 1 - t on 0..1 (nodes (4 ∓ √6)/10), mirrored.
    half = np.array([(4 - 6**0.5) / 10, (4 + 6**0.5) / 10])
    share = np.array([9 + 6**0.5, 9 - 6**0.5]) / 36
    nodes, weights = np.concatenate((-half, half)), np.concatenate((share, share))
    i, j = np.arange(min(r, reach_cells))[:, None], np.arange(min(c, reach_cells))[None, :]
    part = np.zeros((i.size, j.size))
    for di, wi in zip(nodes, weights, strict=True):
        for dj, wj in zip(nodes, weights, strict=True):
            part += wi * wj * spherical(np.hypot(i + di, j + dj), reach)
    kernel[: i.size, : j.size] = part
    if small:
        total = 4 * kernel.sum() - 2 * (kernel[0].sum() + kernel[:, 0].sum()) + kernel[0, 0]
        if total > 0:
            kernel *= np.pi * reach**2 / 5 / total
        else:
            kernel[0, 0] = np.pi * reach**2 / 5
    out = np.asarray(kernel[:rows, :cols])
    out.flags.writeable = False
    return out


def line_sum(places: Array, weight: Array, length_m: Array, range_m: float) -> float:
    """Σ wᵢ wⱼ ρ(|xᵢ - xⱼ|) over pieces of a line with their middles (n, 2) and lengths, m.

    A piece's correlation with itself is what makes the sum over a straight line right: ∫ρ = ¾·range along it.
    """
    distance = np.hypot(places[:, 0, None] - places[:, 0], places[:, 1, None] - places[:, 1])
    rho = spherical(distance, range_m)
    reach = range_m / np.maximum(length_m, 1e-9)
    few = np.minimum(reach, 60.0)
    own = 0.75 * few - 2 * spherical(np.arange(1, 61) / few[:, None], 1.0).sum(axis=1)
    np.fill_diagonal(rho, np.where(reach < 60, own, 1 - 0.25 / reach))  # what the sum tends to, for long ranges
    return float(weight @ rho @ weight)


def cross_sum(places: Array, weight: Array, others: Array, other_weight: Array, range_m: float) -> float:
    """Σ wᵢ vⱼ ρ(|xᵢ - yⱼ|) of two sets of weighted places (m)."""
    distance = np.hypot(places[:, 0, None] - others[:, 0], places[:, 1, None] - others[:, 1])
    return float(weight @ spherical(distance, range_m) @ other_weight)
