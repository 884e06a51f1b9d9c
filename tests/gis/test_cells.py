"""Cells run by run: counts and sums by row against the dense shares, whatever lies between the runs."""

from __future__ import annotations

import numpy as np
import pytest

from gis.cells import whole_cells
from gis.runs import Runs


@pytest.mark.parametrize("cols", [7, 64, 65, 200])
def test_counts_and_sums_leave_out_what_lies_between_the_runs(cols: int) -> None:
    rng = np.random.default_rng(cols)
    rows = 40
    inside = rng.random((rows, cols)) < 0.7
    inside[3] = False
    inside[[0, -1], 0] = inside[-1, -1] = True
    padded = np.pad(inside, ((0, 0), (1, 1))).astype(int)
    row, start = np.nonzero(np.diff(padded, axis=1) == 1)
    _, stop = np.nonzero(np.diff(padded, axis=1) == -1)
    z = rng.normal(size=(rows, cols)).astype(np.float32)
    z[~inside & (rng.random(z.shape) < 0.5)] = np.nan
    found, sums = np.zeros(rows), np.zeros(rows)
    for cells in whole_cells(z, Runs(row, start, stop, np.ones(row.size)), 100, 10):
        own = slice(cells.row0 - 100, cells.row0 - 100 + cells.rows)
        assert cells.whole
        found[own] += cells.count(cells.z > 0.1)
        sums[own] += cells.total(cells.z.astype(np.float64))
    assert (found == (inside & (z > np.float32(0.1))).sum(axis=1)).all()
    assert sums == pytest.approx(np.where(inside, z, 0).astype(np.float64).sum(axis=1), abs=1e-9)


@pytest.mark.parametrize("outside", [np.nan, 1e6, -1e6, 0.0])
def test_the_range_is_that_of_the_runs_alone(outside: float) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        cut = np.sort(rng.choice(np.arange(1, 20), 2, replace=False))
        z = rng.normal(size=(6, 20)).astype(np.float32)
        inside = np.zeros(z.shape, bool)
        inside[1:5, cut[0] : cut[1]] = True
        z[~inside] = outside
        runs = Runs(np.arange(1, 5), np.full(4, cut[0]), np.full(4, cut[1]), np.ones(4))
        (cells,) = whole_cells(z, runs, 0, 0)
        assert (cells.low, cells.high) == (z[inside].min(), z[inside].max())
        assert cells.whole
