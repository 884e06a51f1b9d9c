"""Outlines for holding compiled kernels against the others: ragged, with holes, with corners and edges on nodes."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array
from gis.harmonic import Level
from gis.lattice_crossings import Lattice
from tests.gis.test_harmonic import ring

OUTLINES = {
    "ragged": [ring(110, 170)],
    "with a hole": [ring(90, 140), ring(18, 135, seed=5)[::-1]],
    "on nodes": [np.array([(20.5, 20.5), (180.5, 20.5), (180.5, 90.5), (100.5, 150.5), (20.5, 90.5), (20.5, 20.5)])],
    "sliver": [np.array([(8.0, 40.2), (190.0, 44.1), (190.3, 45.0), (60.0, 46.2), (8.4, 41.3), (8.0, 40.2)])],
    "small": [ring(6, 12)],
}
WEIGHTS = {"squares": (0.25, 0.25), "wider than high": (0.12, 0.38), "very wide": (0.05, 0.45)}


def lattice(rings: list[Array]) -> Lattice:
    low, high = np.floor(rings[0].min(axis=0)), np.ceil(rings[0].max(axis=0))
    cols, rows = (high - low).astype(int) + 12
    return Lattice(float(low[0]) - 5.5, float(low[1]) - 5.5, 1.0, int(rows), int(cols))


def levels(name: str, weights: tuple[float, float]) -> list[Level]:
    """Lattices of doubling step, few of whose nodes are inside the last."""
    found = [Level.of(OUTLINES[name], lattice(OUTLINES[name]), weights)]
    while np.count_nonzero(found[-1].inside) > 300 and min(found[-1].inside.shape) > 6:
        found.append(found[-1].coarser())
    return found


def rim(x: Array, y: Array) -> Array:
    """Hills with noise, m."""
    return np.asarray(1300 + 3 * np.sin(x / 31) * np.cos(y / 27) + 0.05 * np.sin(97 * x + 61 * y))
