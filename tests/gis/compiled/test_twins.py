"""Each compiled kernel against the numpy function of its name: the same to the last bit."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import shapely

pytest.importorskip("numba")

from gis import band_masks, band_steps, band_tables, coverage_runs, cut_arms, interpolation, membrane
from gis.bands import Band, Links, lay
from gis.compiled import band_masks as c_band_masks
from gis.compiled import band_steps as c_band_steps
from gis.compiled import band_tables as c_band_tables
from gis.compiled import coverage_runs as c_coverage_runs
from gis.compiled import cut_arms as c_cut_arms
from gis.compiled import interpolation as c_interpolation
from gis.compiled import membrane as c_membrane
from gis.coverage import Edges
from gis.lattice_crossings import LatticeCrossings
from gis.multigrid import Multigrid
from gis.runs import Covered
from gis.sparse_rows import SparseRows
from tests.gis.compiled.shapes import OUTLINES, WEIGHTS, lattice, levels, rim
from tests.gis.test_coverage import random_polygon

CASES = [pytest.param(n, w, id=f"{n}, {k}") for n in OUTLINES for k, w in WEIGHTS.items()]


def same(a: Any, b: Any) -> None:
    """Arrays, tuples of them and matrices, NaN equal to NaN. Entries that are zero do not count in a matrix."""
    if isinstance(a, SparseRows):
        one, other = a.matrix.copy(), b.matrix.copy()
        for matrix in (one, other):
            matrix.eliminate_zeros()
        same((one.indptr, one.indices, one.data), (other.indptr, other.indices, other.data))
    elif isinstance(a, tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    else:
        assert np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize(
    ("plain", "compiled"),
    [
        (band_masks, c_band_masks),
        (band_steps, c_band_steps),
        (band_tables, c_band_tables),
        (coverage_runs, c_coverage_runs),
        (cut_arms, c_cut_arms),
        (interpolation, c_interpolation),
        (membrane, c_membrane),
    ],
    ids=lambda m: m.__name__,
)
def test_the_functions_that_both_have_take_the_same(plain: ModuleType, compiled: ModuleType) -> None:
    own = {n: f for n, f in inspect.getmembers(compiled, inspect.isfunction) if f.__module__ == compiled.__name__}
    public = {n: f for n, f in own.items() if not n.startswith("_")}
    assert public
    for name, function in public.items():
        assert inspect.signature(function) == inspect.signature(getattr(plain, name)), name


# ------------------------------------------------------------------------------------------------ coverage


def runs_are_same(a: Covered, b: Covered) -> None:
    for one, other in ((a.whole, b.whole), (a.part, b.part)):
        same((one.row, one.start, one.stop, one.share), (other.row, other.start, other.stop, other.share))


@pytest.mark.parametrize("seed", range(120))
def test_coverage(seed: int) -> None:
    edges = Edges.of(random_polygon(seed))
    row0, row1, col0, col1 = edges.bounds
    x0, y0, x1, y1 = edges.ends
    for window in (edges.bounds, (row0 - 2, row1 + 3, col0 - 3, col1 + 4), (row0 + 1, row1 - 1, col0 + 2, col1 - 1)):
        top, bottom, left, right = window
        near = (np.minimum(y0, y1) < bottom) & (np.maximum(y0, y1) > top) & (np.minimum(x0, x1) < right)
        if top < bottom and left < right and near.any():
            ends = edges.ends[:, near]
            runs_are_same(coverage_runs.runs_of(ends, *window), c_coverage_runs.runs_of(ends, *window))


@pytest.mark.parametrize("teeth", [60, 900])
def test_coverage_of_a_comb_whose_cells_have_many_pieces(teeth: int) -> None:
    """More than eight and more than 128 pieces in a cell are added eight abreast and in halves."""
    x = np.linspace(0.3, 3.7, 2 * teeth)
    y = np.where(np.arange(x.size) % 2, 6.31, 1.7) + np.random.default_rng(3).uniform(0, 0.2, x.size)
    comb = shapely.Polygon(np.vstack((np.column_stack((x, y)), [(3.9, 9.2), (0.1, 9.2)])))
    edges = Edges.of(comb)
    runs_are_same(coverage_runs.runs_of(edges.ends, *edges.bounds), c_coverage_runs.runs_of(edges.ends, *edges.bounds))


# ------------------------------------------------------------------------------------------- lattices and bands


@pytest.mark.parametrize(("name", "weights"), CASES)
def test_arms_that_an_outline_cuts(name: str, weights: tuple[float, float]) -> None:
    crossings = LatticeCrossings.of(OUTLINES[name], lattice(OUTLINES[name]))
    inside = cut_arms.inside_of(crossings)
    same(inside, c_cut_arms.inside_of(crossings))
    same(tuple(cut_arms.cut_arms(crossings, inside, *weights)), tuple(c_cut_arms.cut_arms(crossings, inside, *weights)))


def test_an_arm_that_is_cut_twice_ends_at_the_nearer_crossing() -> None:
    """A notch thinner than a step between two nodes: both kernels must take the same of the two crossings."""
    notch = np.array(
        [(5.0, 5.0), (40.2, 5.0), (40.2, 20.3), (20.31, 20.4), (20.36, 8.2), (20.4, 20.4), (5.0, 20.2), (5, 5)]
    )
    crossings = LatticeCrossings.of([notch], lattice([notch]))
    inside = cut_arms.inside_of(crossings)
    one, other = (m.cut_arms(crossings, inside, 0.25, 0.25) for m in (cut_arms, c_cut_arms))
    same(tuple(one), tuple(other))


@pytest.mark.parametrize("name", OUTLINES)
def test_coarser_nodes_beside_those_of_an_edge(name: str) -> None:
    fine = levels(name, (0.25, 0.25))[0]
    given = fine.edge, fine.inside.shape[1], fine.lattice.coarser()
    found = [m.coarser(*given[:2], (given[2].rows, given[2].cols)) for m in (band_masks, c_band_masks)]
    same(*found)
    i, j = np.divmod(fine.edge, fine.inside.shape[1])  # beside: not more than a step of the finer lattice away
    a, b = np.nonzero(found[0])
    steps = np.maximum(abs(2 * (a[:, None] - 1) - i), abs(2 * (b[:, None] - 1) - j))
    assert steps.min(axis=1).max() <= 1
    assert found[0].sum() == len({(x, y) for k, m in zip(i, j, strict=True) for x in around(k) for y in around(m)})


def around(k: int) -> list[int]:
    """Coarser lines on or beside a line."""
    return [k // 2 + 1, k // 2 + 2] if k % 2 else [k // 2 + 1]


@pytest.mark.parametrize(("name", "weights"), CASES)
def test_tables_of_bands(name: str, weights: tuple[float, float]) -> None:
    found = levels(name, weights)
    covered = None
    for fine, coarse in zip(found, [*found[1:], None], strict=True):
        mask, row = fine.inside.ravel(), fine.inside.shape[1]
        places = [np.zeros(mask.size, np.int32) for _ in range(2)]
        given = mask, row, covered, fine.edge, fine.neighbour
        one, other = (
            m.neighbours(*given, place) for m, place in zip((band_tables, c_band_tables), places, strict=True)
        )
        same(tuple(one), tuple(other)) if covered is not None else same(tuple(one)[:3], tuple(other)[:3])
        same(*places)
        if covered is not None:
            same(*(m.beside_covered(one.four, covered.size) for m in (band_tables, c_band_tables)))
        if coarse is None:
            return
        columns = coarse.inside.shape[1]
        pair = [m.covered_by(one.nodes, row, columns) for m in (band_tables, c_band_tables)]
        same(*pair)
        covered = pair[0][0]
        place = np.full(coarse.inside.size, -1, np.int32)
        place[coarse.inside.ravel()] = np.arange(np.count_nonzero(coarse.inside))
        where = row, columns, place, int(place.max()) + 1
        carry = [m.bilinear(one.nodes, *where) for m in (band_tables, c_band_tables)]
        same(*carry)
        same(*(m.collecting(carry[0], covered.size) for m in (band_tables, c_band_tables)))
        safe = np.array([g for g in one.ghosts.tolist() if amid(g, row, place.reshape(coarse.inside.shape))], np.int64)
        same(*(m.between(safe, *where) for m in (band_tables, c_band_tables)))


def amid(node: int, row: int, place: np.ndarray) -> bool:
    """Whether the six by six coarser nodes around a node all have a place."""
    i, j = (node // row) // 2 + 1, (node % row) // 2 + 1
    box = place[max(i - 2, 0) : i + 4, max(j - 2, 0) : j + 4]
    return box.shape == (6, 6) and bool((box >= 0).all())


@pytest.fixture(scope="module", params=[(n, w) for n in OUTLINES for w in WEIGHTS], ids=", ".join)
def solved(request: pytest.FixtureRequest) -> Multigrid:
    name, weights = request.param[0], WEIGHTS[request.param[1]]
    grid = Multigrid(OUTLINES[name], lattice(OUTLINES[name]), weights)
    grid.solve(rim, datum=1300.0)
    return grid


def pairs(grid: Multigrid) -> list[tuple[Band, Links, Band, int]]:
    return [(b, link, c, k) for k, (b, link, c) in enumerate(zip(grid.bands, grid.links, grid.bands[1:], strict=False))]


def test_steps_of_a_cycle(solved: Multigrid) -> None:
    rng = np.random.default_rng(1)
    for band, links, coarse, k in pairs(solved):
        right, below = (rng.standard_normal(b.size).astype(np.float32) for b in (band, coarse))
        results = []
        for steps in (band_steps, c_band_steps):
            own = below.copy()
            e, told = steps.down(band, links, coarse, right, own)
            more = np.sin(np.arange(coarse.length)).astype(np.float32)
            first = e.copy(), told.copy(), own
            steps.up(band, links, right, e, told, more)
            results.append((*first, e, told))
        same(*results)
        heights, coarser = solved.heights[k], solved.heights[k + 1]
        same(*(steps.left_over(band, heights, right.astype(np.float64)) for steps in (band_steps, c_band_steps)))
        same(*(steps.left_over_free(coarse, coarser)[coarse.covered :] for steps in (band_steps, c_band_steps)))
        filled = []
        for steps in (band_steps, c_band_steps):
            fine, rough, guess = heights.copy(), coarser.copy(), np.zeros(band.length)
            steps.tell_covered(links, fine, rough)
            steps.fill_ghosts(band, links, fine, rough)
            steps.guess(band, links, rough, guess)
            step, more = (f(np.arange(band.length)).astype(np.float32) for f in (np.cos, np.sin))
            change = steps.advance(step, more, np.float32(0.3), np.float32(0.9), fine)
            filled.append((fine, rough, guess, step, np.array(change)))
        same(*filled)


def test_over_the_outline(solved: Multigrid) -> None:
    """Also where arms have no or one node behind them, and where only the nearest rim is left."""
    crossings = solved.levels[0].crossings
    outline = np.column_stack((crossings.x, crossings.y))

    def nearest(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.asarray(7 * x + y)

    results = []
    for module in (membrane, c_membrane):
        u = solved._filled()
        module.spread(u, solved.levels[0], outline, nearest)
        results.append(u)
    same(*results)
    assert np.isnan(results[0]).any()


@pytest.mark.parametrize("shape", [(8, 8), (13, 20), (41, 34), (300, 401), (9, 200), (200, 9)], ids=str)
@pytest.mark.parametrize("odd", [(0, 0), (1, 0), (0, 1), (1, 1)], ids=str)
def test_interpolation(shape: tuple[int, int], odd: tuple[int, int]) -> None:
    coarse = np.random.default_rng(5).standard_normal(shape)
    outs = [np.full([2 * (n - 2) - k for n, k in zip(shape, odd, strict=True)], -7.0) for _ in range(2)]
    interpolation.to_finer(coarse, outs[0])
    c_interpolation.to_finer(coarse, outs[1])
    same(*outs)


def test_bands_are_laid_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole: bands of one outline, by numpy and by the twins."""
    from gis import compiled

    monkeypatch.setenv(compiled.OFF, "1")
    found = levels("with a hole", (0.25, 0.25))
    plain = lay(found)
    assert compiled.load()
    try:
        twins = lay(found)
    finally:
        compiled.forget()
    for one, other in zip(plain[0], twins[0], strict=True):
        same((one.nodes, one.ghosts, one.edge), (other.nodes, other.ghosts, other.edge))
        same((one.mean, one.free_mean), (other.mean, other.free_mean))
    for a, b in zip(plain[1], twins[1], strict=True):
        same((a.under, a.scale, a.carry, a.collect, a.beside, a.across, a.ghost),
             (b.under, b.scale, b.carry, b.collect, b.beside, b.across, b.ghost))  # fmt: skip
