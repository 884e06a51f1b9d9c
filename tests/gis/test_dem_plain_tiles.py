"""Heights straight from the bytes of a TIFF are those that GDAL reads, or it is left to GDAL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

from gis.dem.plain_tiles import PlainTiles

ROWS, COLS = 150, 200  # neither a multiple of the tiles


def write(path: Path, z: Any, **options: Any) -> None:
    profile = {"driver": "GTiff", "width": COLS, "height": ROWS, "count": 1, "dtype": z.dtype.name, "crs": "EPSG:4546"}
    profile |= {"tiled": True, "blockxsize": 64, "blockysize": 32, "transform": from_origin(0, 0, 1, 1)} | options
    with rasterio.open(path, "w", **profile) as out:
        out.write(z, 1)


@pytest.fixture
def heights() -> np.ndarray:
    return np.random.default_rng(3).normal(1000, 5, (ROWS, COLS)).astype(np.float32)


def test_windows_are_those_of_gdal(tmp_path: Path, heights: np.ndarray) -> None:
    write(tmp_path / "地形 a.tif", heights)
    rng = np.random.default_rng(4)
    with rasterio.open(tmp_path / "地形 a.tif") as ds:
        tiles = PlainTiles.of(tmp_path / "地形 a.tif", ds)
        assert tiles is not None
        for _ in range(60):
            r0, c0 = int(rng.integers(ROWS)), int(rng.integers(COLS))
            r1, c1 = int(rng.integers(r0, ROWS)) + 1, int(rng.integers(c0, COLS)) + 1
            out = np.full((r1 - r0, c1 - c0), -1, np.float32)
            assert tiles.read(r0, r1, c0, c1, out)
            assert np.array_equal(out, ds.read(1, window=Window(c0, r0, c1 - c0, r1 - r0)))
            assert np.array_equal(out, heights[r0:r1, c0:c1])
        tiles.close()


@pytest.mark.parametrize(
    "options",
    [{"compress": "DEFLATE"}, {"ENDIANNESS": "BIG"}, {"tiled": False, "blockxsize": COLS, "blockysize": 1}],
    ids=["compressed", "big-endian", "strips"],
)
def test_what_is_stored_otherwise_is_left_to_gdal(tmp_path: Path, heights: np.ndarray, options: dict[str, Any]) -> None:
    write(tmp_path / "a.tif", heights, **options)
    with rasterio.open(tmp_path / "a.tif") as ds:
        assert PlainTiles.of(tmp_path / "a.tif", ds) is None


def test_other_numbers_are_left_to_gdal(tmp_path: Path, heights: np.ndarray) -> None:
    write(tmp_path / "a.tif", heights.astype(np.float64))
    with rasterio.open(tmp_path / "a.tif") as ds:
        assert PlainTiles.of(tmp_path / "a.tif", ds) is None


def test_tiles_of_fewer_bits_or_not_there_are_left_to_gdal(tmp_path: Path, heights: np.ndarray) -> None:
    for name, z, options in (
        ("half.tif", heights, {"NBITS": 16}),
        ("sparse.tif", np.zeros_like(heights), {"SPARSE_OK": True, "nodata": 0}),
    ):
        write(tmp_path / name, z, **options)
        with rasterio.open(tmp_path / name) as ds:
            tiles = PlainTiles.of(tmp_path / name, ds)
            assert tiles is None or not tiles.read(0, 40, 0, 70, np.empty((40, 70), np.float32))
            if tiles is not None:
                tiles.close()


def test_a_file_that_was_cut_short_says_so(tmp_path: Path, heights: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    write(path, heights)
    with rasterio.open(path) as ds:
        tiles = PlainTiles.of(path, ds)
        assert tiles is not None
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 5_000)
        with pytest.raises(OSError, match="ends within a tile"):
            tiles.read(0, ROWS, 0, COLS, np.empty((ROWS, COLS), np.float32))
        tiles.close()
