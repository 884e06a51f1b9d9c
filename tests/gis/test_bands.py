"""The membrane on bands along the outline against the whole lattice, solved outright, and against finer lattices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from scipy.sparse.linalg import spsolve

from gis.bands import lay
from gis.harmonic import Level
from tests.gis.test_harmonic import nodes, ring, solver

NOISE = np.random.default_rng(7).standard_normal((900, 900)) * 0.05


def rim(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Hills of 2 m, 57 m and 311 m apart over 2π, with 5 cm of noise from cell to cell."""
    noise = map_coordinates(NOISE, [y, x], order=1, mode="grid-wrap")
    return 3 * np.sin(x / 311) * np.cos(y / 271) + 2 * np.sin(x / 57 + y / 83) + noise


def direct(level: Level) -> np.ndarray:
    """The same equation on every node of the lattice, by elimination."""
    matrix, places = level.matrix()
    b = np.zeros(level.inside.size)
    b[level.edge] = level.right_side(rim(*level.places()))
    u = np.zeros(level.inside.size)
    u[places] = spsolve(matrix, b[places])
    return u.reshape(level.inside.shape)


@pytest.mark.parametrize("weights", [(0.25, 0.25), (0.3, 0.2), (0.4, 0.1), (0.07, 0.43)], ids=str)
def test_bands_are_the_whole_lattice(weights: tuple[float, float]) -> None:
    """A hundredth of a millimetre on average, where the lattice of cells itself is off by half a millimetre."""
    grid = solver([ring(110, 170), ring(18, 165, seed=5)[::-1]], weights=weights)
    u, inside = grid.solve(rim), grid.levels[0].inside
    off = (u - direct(grid.levels[0]))[inside]
    few = sum(band.size for band in grid.bands) < 0.7 * np.count_nonzero(inside)
    assert few == (weights != (0.07, 0.43))  # cells of 1 by 2.5: all nodes are kept
    assert np.abs(off).max() < 2e-4
    assert np.sqrt((off**2).mean()) < 3e-5
    assert abs(off.mean()) < 1.5e-5


def test_what_bands_leave_out_is_small_beside_what_cells_leave_out() -> None:
    outline = [ring(90, 140)]
    coarse, fine = solver(outline), solver(outline, 0.25)
    u, truth = coarse.solve(rim), fine.solve(rim)
    x, y, (i, j) = nodes(coarse.levels[0])
    at = fine.levels[0].lattice
    k, m = ((y - at.y) / at.step, (x - at.x) / at.step)
    assert np.allclose(k, np.round(k))
    assert np.allclose(m, np.round(m))
    cells = u[i, j] - truth[np.round(k).astype(int), np.round(m).astype(int)]
    bands = u[i, j] - direct(coarse.levels[0])[i, j]
    assert np.sqrt((bands**2).mean()) < 0.05 * np.sqrt((cells**2).mean())


def test_every_second_node_lies_amid_its_band() -> None:
    """So the residuals of a finer and of the next band make a whole, and cycles converge as on whole lattices."""
    grid = solver([ring(180, 270)])
    for fine, coarse, links in zip(grid.bands, grid.bands[1:], grid.links, strict=False):
        inside = fine.level.inside
        held = np.zeros(inside.shape, np.bool_)
        held.ravel()[fine.nodes] = True
        i, j = np.nonzero(held)
        even = (i % 2 == 0) & (j % 2 == 0)
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                near = i[even] + di, j[even] + dj
                assert (held[near] | ~inside[near]).all()
        assert coarse.covered == np.count_nonzero(even) == links.under.size
        assert coarse.edge.size == 0 or coarse.edge.max() < coarse.covered  # unequal arms only where it is covered


def test_ghosts_are_exact_to_the_fifth_power() -> None:
    grid = solver([ring(180, 270)])
    for fine, coarse, links in zip(grid.bands, grid.bands[1:], grid.links, strict=False):
        values = []
        for band in (fine, coarse):
            lattice, columns = band.level.lattice, band.level.inside.shape[1]
            i, j = np.divmod(np.concatenate((band.nodes, band.ghosts)), columns)
            x, y = lattice.x + lattice.step * j - 270, lattice.y + lattice.step * i - 270
            values.append((0.01 * x) ** 5 + 0.3 * (0.01 * y) ** 4 * 0.01 * x - (0.01 * y) ** 2)
        assert np.abs(links.ghost @ values[1] - values[0][fine.size :]).max(initial=0.0) < 1e-12


def test_a_small_pit_is_one_band() -> None:
    grid = solver([ring(12, 20)])
    bands, links = lay(grid.levels)
    assert (len(bands), len(links)) == (1, 0)
    assert bands[0].size == np.count_nonzero(grid.levels[0].inside)
