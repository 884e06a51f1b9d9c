"""Every k-th cell: windows of the same grid fit together, and coarser pictures in the file are used where they fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from scipy.ndimage import maximum_filter, minimum_filter

from gis.dem import display
from gis.dem.file import Dem
from gis.dem.stepped import Stepped
from tests.gis.ground import X0, Y0, made


def hills(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 100 + 5 * np.sin((x - X0) / 20) * np.cos((y - Y0) / 15) + 0.1 * (x - X0)


@pytest.mark.parametrize("cells_a_pixel", [0.4, 1.0, 2.2, 3.7, 9.0])
@pytest.mark.parametrize("levels", [(), (2, 4)], ids=["plain", "with coarser pictures"])
def test_windows_fit_together(tmp_path: Path, cells_a_pixel: float, levels: tuple[int, ...]) -> None:
    record, path = made(tmp_path, hills, rows=203, cols=310)
    if levels:
        with rasterio.open(path, "r+") as ds:
            ds.build_overviews(list(levels), Resampling.average)
    with Dem(path, record) as dem:
        grid = Stepped(dem, cells_a_pixel)
        rows, columns = grid.rows, grid.columns
        assert (rows, columns) == (203 // grid.k, 310 // grid.k)
        whole = grid.read(0, rows, 0, columns)
        assert whole.shape == (rows + 2, columns + 2)
        assert whole.dtype == np.float32
        assert np.array_equal(whole[0], whole[1])
        assert np.array_equal(whole[:, -1], whole[:, -2])
        i, j = rows // 3, columns // 2
        left, right = grid.read(i, rows, 0, j), grid.read(i, rows, j, columns)
        assert np.array_equal(np.hstack((left[:, :-1], right[:, 1:])), whole[i:])
        exact = dem.read(0, 203, 0, 310)
        k = grid.k
        blocks = exact[: rows * k, : columns * k].reshape(rows, k, columns, k)
        inner = whole[1:-1, 1:-1]
        # A cell lies among those that it stands for; coarser pictures of an odd size are half a cell beside.
        reach = 3 if levels else 1
        assert (inner >= minimum_filter(blocks.min(axis=(1, 3)), reach) - 1e-4).all()
        assert (inner <= maximum_filter(blocks.max(axis=(1, 3)), reach) + 1e-4).all()


@pytest.mark.parametrize(
    ("cells_a_pixel", "levels", "expected"),
    [
        (0.2, (2, 4), (1, 1)), (1.0, (2, 4), (1, 1)), (1.9, (2, 4), (2, 2)), (3.7, (2, 4, 8), (4, 4)),
        (3.7, (), (4, 1)), (6.0, (2, 4), (4, 4)), (17.0, (2, 4, 8), (16, 8)), (3.0, (), (3, 1)),
    ],
)  # fmt: skip
def test_steps(
    tmp_path: Path, cells_a_pixel: float, levels: tuple[int, ...], expected: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    record, path = made(tmp_path, hills, rows=40, cols=40)
    monkeypatch.setattr(Dem, "overview_levels", property(lambda _self: levels))
    with Dem(path, record) as dem:
        grid = Stepped(dem, cells_a_pixel)
        assert (grid.k, grid.level) == expected
        assert grid.k <= max(1.15 * cells_a_pixel, 1)


def test_a_large_file_without_coarser_pictures_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_SMALL", 1000)
    monkeypatch.setattr(display, "_BASE_SIDE", 100)
    monkeypatch.setattr(display, "_bases", type(display._bases)())
    record, path = made(tmp_path, hills, rows=203, cols=310)
    with Dem(path, record) as dem:
        grid = Stepped(dem, 8.0)
        whole = grid.read(0, grid.rows, 0, grid.columns)
        assert len(display._bases) == 1
        monkeypatch.setattr(Dem, "read", lambda *_a, **_k: pytest.fail("read again"))
        part = grid.read(3, 9, 5, 20)
        assert np.array_equal(part, whole[3:11, 5:22])
