"""Heights at scattered places: between the cells, across tiles, from tiles that are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.dem import samples
from gis.raster import Dem, inspect_dem
from tests.gis.ground import X0, Y0, grid_transform, made, write

RNG = np.random.default_rng(3)
Z = 100 + RNG.standard_normal((300, 340)).astype(np.float32)


def slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 100 + 0.3 * (x - X0) - 0.2 * (y - Y0)


@pytest.mark.parametrize("grid", [{}, {"angle": 25.0}, {"south_up": True}, {"dx": 2.0}], ids=str)
def test_bilinear_is_exact_on_a_plane(tmp_path: Path, grid: dict) -> None:
    record, path = made(tmp_path, slope, rows=40, cols=40, **grid)
    rng = np.random.default_rng(0)
    with Dem(path, record) as dem:
        col, row = rng.uniform(0.5, 39.5, (2, 500))
        x, y = dem.grid.to_world(col, row)
        assert np.allclose(dem.sample(x, y), slope(x, y), atol=1e-9)
        back = dem.grid.to_pixel(x, y)
        assert np.allclose(back, (col, row), atol=1e-8)
        assert np.isnan(dem.sample([X0 - 500.0], [Y0]))[0]


def test_samples_far_apart_are_read_in_pieces(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope, rows=700, cols=2500)
    with Dem(path, record) as dem:
        x, y = np.array([1.0, 2499.0, 2049.2, 3.3]) + X0, np.array([1.0, 699.0, 257.1, 511.9]) + Y0
        assert np.allclose(dem.sample(x, y), slope(x, y))


def test_places_in_many_tiles_are_those_of_the_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "_KEPT_CELLS", 4 * 128 * 128)
    tiled = {"tiled": True, "blockxsize": 128, "blockysize": 128}
    path = write(tmp_path / "z.tif", Z, grid_transform(rows=300), **tiled)
    cols, rows = RNG.uniform(0, 340, 4000), RNG.uniform(0, 300, 4000)
    with Dem(path, inspect_dem(path)) as dem:
        found = dem.sample_pixels(cols, rows)
        assert 1 <= len(dem._samples._kept) <= 4
    padded = np.pad(Z.astype(np.float64), 1, mode="edge")
    u, v = cols + 0.5, rows + 0.5
    i, j = np.floor(v).astype(int), np.floor(u).astype(int)
    fy, fx = v - i, u - j
    truth = (1 - fy) * ((1 - fx) * padded[i, j] + fx * padded[i, j + 1]) + fy * (
        (1 - fx) * padded[i + 1, j] + fx * padded[i + 1, j + 1]
    )
    assert found == pytest.approx(truth, abs=1e-9)


def test_places_all_over_a_terrain_read_each_tile_about_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """25 tiles of which 9 are kept, 8,000 places in no order, many of them between two tiles."""
    monkeypatch.setattr(samples, "_KEPT_CELLS", 9 * 128 * 128)
    z = 100 + RNG.standard_normal((640, 640)).astype(np.float32)
    path = write(tmp_path / "z.tif", z, grid_transform(rows=640), tiled=True, blockxsize=128, blockysize=128)
    cols, rows = RNG.uniform(1, 639, (2, 8000))
    reads = []
    with Dem(path, inspect_dem(path)) as dem:
        plain = dem.read

        def counted(row0: int, row1: int, col0: int, col1: int, **how: bool) -> np.ndarray:
            reads.append((row0, col0))
            return plain(row0, row1, col0, col1, **how)

        monkeypatch.setattr(dem, "read", counted)
        assert np.isfinite(dem.sample_pixels(cols, rows)).all()
        assert np.isnan(dem.sample_pixels([np.inf, np.nan, -3.0], [5.0, 5.0, 5.0])).all()
    assert len(set(reads)) == 25
    assert len(reads) <= 2 * 25  # and not five times each, once for every corner of a cell
