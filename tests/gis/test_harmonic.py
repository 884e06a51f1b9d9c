"""The membrane solver alone: exact on quadratics and fast enough; a known harmonic function to second order."""

from __future__ import annotations

import numpy as np
import pytest

from gis.harmonic import Level
from gis.lattice_crossings import Lattice
from gis.multigrid import Multigrid


def ring(radius: float, middle: float, wave: float = 0.2, n: int = 300, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    r = radius * (1 + wave * sum(rng.normal(0, 1 / k) * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 9)) / 2)
    p = np.column_stack((middle + r * np.cos(t), middle + r * np.sin(t)))
    return np.vstack((p, p[:1]))


def solver(rings: list[np.ndarray], step: float = 1.0, weights: tuple[float, float] = (0.25, 0.25)) -> Multigrid:
    low = np.floor(rings[0].min(axis=0)) - 2 * step
    size = np.ceil((rings[0].max(axis=0) - low) / step).astype(int) + 3
    return Multigrid(rings, Lattice(low[0] + 0.5, low[1] + 0.5, step, int(size[1]), int(size[0])), weights)


def nodes(level: Level) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    i, j = np.nonzero(level.inside)
    lattice = level.lattice
    return lattice.x + lattice.step * j, lattice.y + lattice.step * i, (i, j)


@pytest.mark.parametrize("size", [6, 40, 150])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: 3 + 0.02 * x - 0.05 * y,
        lambda x, y: 1e-3 * ((x - 70) ** 2 - (y - 60) ** 2),
        lambda x, y: 1e-3 * (x - 70) * (y - 60) + 0.3 * x,
    ],
    ids=["plane", "saddle", "turned saddle"],
)
def test_quadratics_come_back(size: int, f) -> None:
    outer, hole = ring(size, 1.5 * size), ring(size / 6, 1.5 * size, seed=5)[::-1]
    grid = solver([outer, hole])
    u = grid.solve(f)
    x, y, at = nodes(grid.levels[0])
    assert x.size > 60
    assert np.abs(u[at] - f(x, y)).max() < 1e-6


def test_oblong_cells() -> None:
    """Cells 1 m by 2 m: z = a² - b² in metres is (x)² - (2y)² in cells, with weights 1/dx² and 1/dy²."""
    grid = solver([ring(60, 90)], weights=(0.4, 0.1))
    u = grid.solve(lambda x, y: 1e-3 * ((x - 90) ** 2 - (2 * (y - 90)) ** 2))
    x, y, at = nodes(grid.levels[0])
    assert np.abs(u[at] - 1e-3 * ((x - 90) ** 2 - 4 * (y - 90) ** 2)).max() < 1e-6


def test_second_order_on_a_harmonic_function() -> None:
    """U = e^(x/30) cos(y/30): halving the step quarters the error."""
    outer, errors = ring(60, 90), []

    def f(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.exp((x - 90) / 30) * np.cos((y - 90) / 30)

    for step in (4.0, 2.0, 1.0):
        grid = solver([outer], step)
        u = grid.solve(f)
        x, y, at = nodes(grid.levels[0])
        errors.append(np.abs(u[at] - f(x, y)).max())
    assert errors[0] / errors[1] > 3
    assert errors[1] / errors[2] > 3


def test_values_stay_between_those_of_the_rim() -> None:
    rng = np.random.default_rng(3)
    grid = solver([ring(80, 120)])
    u = grid.solve(lambda x, y: rng.uniform(-1, 1, x.shape))
    _, _, at = nodes(grid.levels[0])
    assert np.abs(u[at]).max() <= 1 + 1e-9


def test_a_hundred_thousand_nodes_take_a_few_cycles() -> None:
    grid = solver([ring(180, 270)])
    grid.solve(lambda x, y: np.sin(x / 9) + 0.01 * y)
    assert np.count_nonzero(grid.levels[0].inside) > 80_000
    assert grid.cycles <= 5
    assert sum(band.size for band in grid.bands) < 0.4 * np.count_nonzero(grid.levels[0].inside)


def test_thin_and_forked_outlines_converge() -> None:
    comb = [(0.0, 0.0), (200.3, 0.0), (200.3, 3.4)]
    for k in range(19, -1, -1):
        comb += [(10.0 * k + 6.2, 3.4), (10.0 * k + 6.2, 150.7), (10.0 * k + 2.1, 150.7), (10.0 * k + 2.1, 3.4)]
    comb += [(0.0, 3.4), (0.0, 0.0)]
    grid = solver([np.array(comb) + 0.13])
    u = grid.solve(lambda x, y: 0.01 * x - 0.02 * y)
    x, y, at = nodes(grid.levels[0])
    assert np.abs(u[at] - (0.01 * x - 0.02 * y)).max() < 1e-6
