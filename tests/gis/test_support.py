"""What a terrain file says of the ground it rests on: kept within bounds, read back, silent where it is damaged."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from gis.points.mesh import LEVEL, WIDE
from gis.support import MOST_BLOCKS, NAMESPACE, SupportBuilder, decode, in_gaps, read_support
from tests.gis.ground import X0, Y0, grid_transform, write


def counted(rows, cols, tile, *, level=True, seed=3):
    """A grid of random kinds and counts, told tile by tile; and the same counted by hand."""
    rng = np.random.default_rng(seed)
    known = rng.random((rows, cols)) < 0.9
    kind = rng.choice([0, LEVEL, WIDE, LEVEL | WIDE], (rows, cols)).astype(np.uint8)
    count = rng.integers(0, 5, (rows, cols)).astype(float)
    made = SupportBuilder(X0, Y0, 2.0, cols, rows, level=level)
    for r in range(0, rows, tile):
        for c in range(0, cols, tile):
            part = np.s_[r : r + tile, c : c + tile]
            made.cells(r, c, known[part], kind[part])
            made.counts(r, c, count[part])
    return made, known, kind, count


@pytest.mark.parametrize(("rows", "cols", "tile"), [(40, 60, 17), (700, 1300, 256), (1, 1, 1)])
def test_blocks_hold_what_their_cells_hold(rows, cols, tile):
    made, known, kind, count = counted(rows, cols, tile)
    found, side = made.done(), made.side
    assert max(found.spanned.shape) <= MOST_BLOCKS
    wide, level = known & (kind & WIDE > 0), known & (kind == LEVEL)
    for i, j in [(0, 0), (found.spanned.shape[0] - 1, found.spanned.shape[1] - 1), (rows // side // 2, 0)]:
        block = np.s_[i * side : (i + 1) * side, j * side : (j + 1) * side]
        assert found.spanned[i, j] == pytest.approx(wide[block].sum() / side**2)
        assert found.level[i, j] == pytest.approx(level[block].sum() / side**2)
        assert found.ground[i, j] == pytest.approx(known[block].sum() / side**2)
        assert found.points[i, j] == count[block].sum()


def test_the_order_and_size_of_tiles_change_nothing():
    one, other = counted(300, 900, 64)[0].done(), counted(300, 900, 1000)[0].done()
    assert all(np.array_equal(getattr(one, k), getattr(other, k)) for k in ("spanned", "level", "ground", "points"))


def test_points_fall_into_the_blocks_of_their_cells():
    made = SupportBuilder(X0, Y0, 1.0, 10, 10)
    made.points(
        np.array([X0 + 0.5, X0 + 0.9, X0 + 9.5, X0 - 1, X0 + 5]), np.array([Y0 - 0.5, Y0 - 0.1, Y0 - 9.5, Y0, Y0 + 1])
    )
    points = made.done().points
    assert (points[0, 0], points[9, 9], points.sum()) == (2, 1, 3)


def test_what_is_written_comes_back_within_its_grain():
    made = counted(700, 1300, 256)[0].done()
    back = decode(made.encode())
    assert back is not None
    assert (back.left, back.top, back.block, back.cell) == (made.left, made.top, made.block, 2.0)
    for key in ("spanned", "level", "ground"):
        assert np.abs(getattr(back, key) - getattr(made, key)).max() <= 0.5 / 255 + 1e-12
    assert np.abs((1 + back.points) / (1 + made.points) - 1).max() < 0.022


def test_noise_over_the_largest_grid_stays_within_the_bound():
    made = SupportBuilder(0, 0, 1.0, 20_000, 20_000)
    assert made.done().spanned.shape[0] <= MOST_BLOCKS
    full = counted(MOST_BLOCKS, MOST_BLOCKS, 512)[0].done().encode()
    assert sum(map(len, full.values())) < 1_400_000


@pytest.mark.parametrize(
    "spoil",
    [
        {"head": "no json"}, {"head": '{"version": 9}'}, {"spanned": "x"}, {"points": ""},
        {"head": '{"version": 1, "left": 0, "top": 0, "block": 1, "cell": 1, "rows": 99999, "cols": 99999}'},
        {"head": '{"version": 1, "left": 0, "top": NaN, "block": 1, "cell": 1, "rows": 4, "cols": 4}'},
        {"head": '{"version": 1, "left": 0, "top": 0, "block": 0, "cell": 0, "rows": 4, "cols": 4}'},
        {"head": "[1, 2]"},
    ],
)  # fmt: skip
def test_damaged_knowledge_is_none(spoil):
    tags = counted(4, 4, 4)[0].done().encode()
    assert decode(tags) is not None
    assert decode({**tags, **spoil}) is None
    assert decode({}) is None


def test_it_lies_in_the_file_out_of_sight(tmp_path):
    made = counted(50, 50, 50)[0].done()
    path = write(tmp_path / "一.tif", np.zeros((50, 50), np.float32), grid_transform(rows=50))
    assert read_support(path) is None
    with rasterio.open(path, "r+") as file:
        file.update_tags(ns=NAMESPACE, **made.encode())
    found = read_support(path)
    assert found is not None
    assert np.array_equal(found.spanned, decode(made.encode()).spanned)
    with rasterio.open(path) as file:
        assert "head" not in file.tags()
    assert read_support(tmp_path / "none.tif") is None


def test_only_what_is_three_cells_wide_is_a_gap():
    """Density counts ground outside gaps; single cells without a point are none."""
    kind = np.zeros((60, 60), np.uint8)
    kind[::2, ::2] = WIDE  # scattered
    kind[10:13, 10:40] = WIDE
    kind[30:32, 10:40] = WIDE
    made = SupportBuilder(X0, Y0, 2.0, 60, 60)
    made.cells(0, 0, np.ones((60, 60), np.bool_), kind)
    made.counts(0, 0, np.ones((60, 60)))
    found = made.done()
    inner, whole = in_gaps(found.spanned, 1.0)
    assert inner.sum() == 3 * 30
    assert not whole[30:32, 20].any()
    spanned = (whole & (kind > 0)).sum()
    assert found.per_area == pytest.approx(3600 / ((3600 - spanned) * 4))


@pytest.mark.parametrize("side", [1, 2, 3, 10])
def test_scattered_cells_are_no_gap_whatever_the_block(side):
    rng = np.random.default_rng(5)
    cells = rng.random((60 * side, 60 * side)) < 0.3
    share = cells.reshape(60, side, 60, side).mean(axis=(1, 3))
    share[20:30, 20:30] = 1.0
    inner, _ = in_gaps(share, 1 / side)
    assert inner[20:30, 20:30].all()
    assert inner.sum() < 110
