"""Correlated error fields drawn at random, independently of the engine: what its formulas are checked against.

The spherical covariance is written out here once more on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gis.dem.file import Dem
from gis.dem.grid import Grid
from models.terrain import Terrain


def covariance(h: np.ndarray, range_m: float) -> np.ndarray:
    """1 - 3/2 h/L + 1/2 (h/L)³ within the range, 0 beyond."""
    return np.where(h < range_m, 1 - 1.5 * h / range_m + 0.5 * (h / range_m) ** 3, 0.0)


def drawn_at(places: np.ndarray, range_m: float, count: int, seed: int) -> np.ndarray:
    """(count, n) fields of unit variance at places (n, 2), exactly, by Cholesky's factor."""
    distance = np.hypot(places[:, 0, None] - places[:, 0], places[:, 1, None] - places[:, 1])
    factor = np.linalg.cholesky(covariance(distance, range_m) + 1e-9 * np.eye(len(places)))
    return np.random.default_rng(seed).standard_normal((count, len(places))) @ factor.T


def drawn_on_grid(n: int, range_m: float, seed: int, cell: float = 1.0) -> Iterator[np.ndarray]:
    """Endless fields of unit variance on n × n cells, by circulant embedding (Dietrich & Newsam 1993).

    The embedding is so wide that the range does not meet itself, so that no power is negative but by rounding.
    """
    size = 2 ** int(np.ceil(np.log2(max(n + range_m / cell, 2 * range_m / cell))))
    lag = cell * np.minimum(np.arange(size), size - np.arange(size))
    power = np.fft.fft2(covariance(np.hypot(lag[:, None], lag[None, :]), range_m)).real
    assert -power[power < 0].sum() < 2e-3 * power.sum()
    root = np.sqrt(np.maximum(power, 0) / power.size)
    rng = np.random.default_rng(seed)
    while True:  # the real and the imaginary part are independent fields
        both = np.fft.fft2(root * (rng.standard_normal(root.shape) + 1j * rng.standard_normal(root.shape)))
        yield both.real[:n, :n]
        yield both.imag[:n, :n]


class ArrayDem(Dem):
    """A terrain whose heights are an array in memory: the engine reads it as it reads a file."""

    def __init__(self, z: np.ndarray, terrain: Terrain) -> None:
        self.path, self.terrain, self.grid, self.z = Path("in memory"), terrain, Grid.of(terrain), z
        self._patches, self.block_shape = [], (128, 128)
        self.window = (0, self.grid.height, 0, self.grid.width)
        self._single, self._masked, self._packed = False, False, None

    def tags(self, namespace: str) -> dict[str, str]:
        """Nothing."""
        return {}

    def expect(self, window: tuple[int, int, int, int]) -> None:
        """Nothing to decode."""

    def _heights(
        self, r0: int, r1: int, c0: int, c1: int, shape: tuple[int, int] | None = None, dtype: str = "float64"
    ) -> np.ndarray:
        assert shape is None  # small terrains are read whole
        return np.array(self.z[r0:r1, c0:c1], dtype)

    def close(self) -> None:
        """Nothing to give back."""
