from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
import rasterio

from app.sample import terrain
from app.sample.build import DEM_FILE
from app.sample.ground import natural
from app.sample.noise import F32
from models.errors import Cancelled
from models.progress import Watch

# Of the heights in 1/256 m. When it changes, terrain.VERSION must change with it, so that old samples are made anew.
CHECKSUM = ("1", 2293413009)


def test_the_ground_is_the_same_everywhere(ground: F32) -> None:
    steps = np.rint(ground * np.float32(256)).astype("<i4")
    assert (terrain.VERSION, zlib.crc32(steps.tobytes())) == CHECKSUM


def test_the_file_is_the_same_every_time(built: Path, tmp_path: Path) -> None:
    again = terrain.write_terrain(tmp_path / "again.tif")
    assert again.read_bytes() == (built.parent / DEM_FILE).read_bytes()


def test_form_of_the_file(built: Path, ground: F32) -> None:
    with rasterio.open(built.parent / DEM_FILE) as dem:
        assert dem.crs.to_epsg() == 4546
        assert dem.dtypes == ("float32",)
        assert dem.block_shapes == [(256, 256)]
        assert dem.overviews(1) == [2, 4, 8, 16]
        assert (dem.width, dem.height, dem.res) == (3000, 2000, (1.0, 1.0))
        assert tuple(dem.bounds) == (424000.0, 4499000.0, 427000.0, 4501000.0)
        part = dem.read(1, window=((700, 900), (2200, 2400)))
    assert np.abs(part - ground[700:900, 2200:2400]).max() <= 0.5 / 256 + 1e-4


def test_a_fan_that_falls_to_the_south(ground: F32) -> None:
    assert 1040 < ground.min() < ground.max() < 1190
    us = np.arange(3000) + 0.5
    high, low = (np.median(natural(us, np.array([v])).reshape(30, 100), axis=1) for v in (1500.0, 50.0))
    falls = (high - low) / 1450
    assert 0.018 < falls.min() < falls.max() < 0.035
    assert ground[:40].mean() - ground[300:340].mean() > 30  # the mountain front stands out


def test_cancelled_writing_leaves_nothing(tmp_path: Path) -> None:
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        terrain.write_terrain(tmp_path / "dem.tif", watch)
    assert not list(tmp_path.iterdir())
