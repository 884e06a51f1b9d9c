from __future__ import annotations

import numpy as np
import pytest

from app.sample.noise import grid_noise, lattice, smooth_max, smooth_step, warped_noise


def _by_hand(i: int, j: int, seed: int) -> float:
    """The same mixing with Python's whole numbers."""
    low = 0xFFFFFFFF
    h = ((i & low) * 0x9E3779B1 & low) ^ ((j & low) * 0x85EBCA77 & low) ^ (seed * 0xC2B2AE3D & low)
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39), (15, 0x7FEB352D)):
        h ^= h >> shift
        h = h * factor & low
    h ^= h >> 16
    return (h >> 8) * 2.0 / 2**24 - 1


@pytest.mark.parametrize(("i", "j", "seed"), [(0, 0, 1), (5, -3, 41), (-100000, 7, 150), (2**31 - 1, -(2**31), 7)])
def test_lattice_is_whole_number_arithmetic(i: int, j: int, seed: int) -> None:
    assert float(lattice(np.array([i]), np.array([j]), seed)[0]) == _by_hand(i, j, seed)


def test_lattice_values_are_spread_over_the_range() -> None:
    values = lattice(np.arange(300)[None, :], np.arange(300)[:, None], 9)
    assert -1 <= values.min() < -0.99
    assert 0.99 < values.max() < 1
    assert abs(float(values.mean())) < 0.01
    # Neighbours know nothing of each other.
    assert abs(float(np.corrcoef(values[:, :-1].ravel(), values[:, 1:].ravel())[0, 1])) < 0.02


def test_a_part_of_the_grid_has_the_values_of_the_whole() -> None:
    us, vs = np.arange(80) + 0.5, 500.0 - np.arange(60)
    whole = grid_noise(us, vs, 13.0, 17.0, 3)
    assert np.array_equal(grid_noise(us[20:50], vs[10:30], 13.0, 17.0, 3), whole[10:30, 20:50])
    assert np.array_equal(grid_noise(us[7:8], vs[:1], 13.0, 17.0, 3), whole[:1, 7:8])


def test_grid_noise_is_smooth() -> None:
    us = np.linspace(-20, 20, 4001)
    line = grid_noise(us, np.array([3.0]), 10.0, 10.0, 5)[0].astype(float)
    assert np.abs(np.diff(line)).max() < 0.01
    assert np.ptp(line) > 0.3


def test_warped_noise_runs_through_the_lattice_values() -> None:
    i, j = np.meshgrid(np.arange(-3, 4), np.arange(-2, 5))
    assert np.array_equal(warped_noise(i.astype(np.float32), j.astype(np.float32), 8), lattice(i, j, 8))


def test_rounded_steps() -> None:
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0], dtype=np.float32)
    assert smooth_step(x).tolist() == [0, 0, 0.5, 1, 1]
    assert np.all(smooth_max(x, 0.0, 0.1) >= np.maximum(x, 0))
    assert smooth_max(x, 0.0, 0.1)[-1] == pytest.approx(2.0, abs=0.01)
