"""From a lattice to one of half its step."""

from __future__ import annotations

import numpy as np
import pytest

from gis.interpolation import to_finer
from gis.scratch import scratch


def quintic(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    return (0.01 * x) ** 5 - 3 * (0.01 * y) ** 3 * (0.02 * x) ** 2 + x * y - (0.01 * y) ** 5


@pytest.mark.parametrize("shape", [(40, 51), (41, 52), (700, 33)], ids=str)
def test_fifth_powers_come_back(shape: tuple[int, int]) -> None:
    rows, cols = shape
    i, j = np.mgrid[: (rows + 1) // 2 + 2, : (cols + 1) // 2 + 2]
    out = np.full(shape, np.nan)
    to_finer(quintic(2.0 * (i - 1), 2.0 * (j - 1)), out)
    y, x = np.mgrid[:rows, :cols]
    inner = np.s_[3:-3, 3:-3]
    truth = quintic(1.0 * y, 1.0 * x)
    assert np.abs(out - truth)[inner].max() < 1e-12 * np.abs(truth).max()
    assert np.allclose(out[::2, ::2], truth[::2, ::2])  # common nodes, to the border


def test_what_has_no_six_nodes_in_line_is_left_alone() -> None:
    out = np.full((20, 20), -7.0)
    to_finer(np.ones((12, 12)), out)
    assert (out[1, ::2] == -7).all()
    assert (out[3:-3, 3:-3] == 1).all()


def test_what_working_memory_held_does_not_show() -> None:
    """Columns that have no six nodes in line are not computed from what was left there: no overflow, no NaN."""
    coarse = np.random.default_rng(1).normal(size=(40, 33))
    scratch("wide", (200, 60)).fill(1.7e308)
    out = np.zeros((74, 60))
    with np.errstate(all="raise"):
        to_finer(coarse, out)
    assert np.abs(out).max() < 100
