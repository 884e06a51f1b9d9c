"""Tiles of compressed terrains decoded ahead and kept: the same numbers, and no more is kept than may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.dem import packed_tiles
from gis.dem.file import Dem
from gis.dem.inspection import inspect_dem
from gis.placing import place
from gis.sums import Layering, accumulate
from gis.surfaces.base import Plane
from models.errors import Cancelled, Unreadable
from models.progress import Watch
from tests.gis.ground import X0, Y0, site
from tests.gis.test_dem_direct import LAYOUTS, Z, windows, written

CORNERS = np.array([(10.3, 20.2), (300.7, 15.1), (280.2, 290.9), (30.4, 250.5)])
PACKED: dict[str, dict[str, Any]] = {
    "deflated": LAYOUTS["deflated"],
    "strips": {"blockysize": 7},
    "small tiles": {"tiled": True, "blockxsize": 16, "blockysize": 32},
    "predictor": {"tiled": True, "blockxsize": 128, "blockysize": 128, "predictor": 3},
}
OUTLINE = shapely.Polygon(CORNERS + np.array((X0, Y0)))


@pytest.mark.parametrize("layout", ["deflated", "strips", "small tiles", "predictor"])
def test_windows_are_those_of_the_file(tmp_path: Path, layout: str) -> None:
    more = {"compress": "deflate", **PACKED[layout]}
    path = written(tmp_path / "z.tif", **more)
    with Dem(path, inspect_dem(path)) as dem:
        for k, window in enumerate(windows(20)):
            if k % 3:
                dem.expect(window)
            raw = dem.read_raw(*window)
            assert raw is not None
            assert np.array_equal(raw, Z[window[0] : window[1], window[2] : window[3]])
            if k % 5 == 0:
                dem.expect_nothing()
        assert dem._packed is not None


def test_tiles_are_decoded_once_and_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_tiles, "_LEAST", 1)
    monkeypatch.setattr(packed_tiles, "_KEPT", 9 * 32 * 32)
    path = written(tmp_path / "z.tif", compress="deflate", tiled=True, blockxsize=32, blockysize=32)
    with Dem(path, inspect_dem(path)) as dem:
        tiles = dem._packed
        assert tiles is not None
        decoded, decode = [], tiles._decode
        monkeypatch.setattr(tiles, "_decode", lambda key: (decoded.append(key), decode(key))[1])
        for row in range(0, 96, 8):  # three rows of tiles, each asked for four times
            raw = dem.read_raw(row, row + 8, 5, 90)
            assert raw is not None
            assert np.array_equal(raw, Z[row : row + 8, 5:90])
        assert sorted(decoded) == [(i, j) for i in range(3) for j in range(3)]
        for row in range(0, 256, 32):
            dem.read_raw(row, row + 32, 0, 340)
        assert len(tiles._kept) == 9
        raw = dem.read_raw(0, 300, 0, 340)  # more tiles at once than are kept
        assert np.array_equal(raw, Z)


def test_what_is_expected_beyond_measure_is_left_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_tiles, "_LEAST", 1)
    monkeypatch.setattr(packed_tiles, "_KEPT", 9 * 32 * 32)
    path = written(tmp_path / "z.tif", compress="deflate", tiled=True, blockxsize=32, blockysize=32)
    with Dem(path, inspect_dem(path)) as dem:
        for row in range(0, 288, 32):
            dem.expect((row, row + 32, 0, 60))
        assert dem._packed is not None
        assert len(dem._packed._kept) == 4
        for row in range(0, 288, 32):
            raw = dem.read_raw(row, row + 32, 0, 60)
            assert raw is not None
            assert np.array_equal(raw, Z[row : row + 32, :60])


def test_sums_are_those_of_a_plain_file(tmp_path: Path) -> None:
    found = []
    for layout in ("deflated", "tiles"):
        path = written(tmp_path / f"{layout}.tif", **LAYOUTS[layout])
        with Dem(path, inspect_dem(path)) as dem:
            assert (dem._packed is not None) == (layout == "deflated")
            placed = place(site(OUTLINE), dem.grid)
            _, (sums,) = accumulate(dem, placed, [[Plane(101.0)]], Layering(), tile_rows=32)
            found.append(sums.total("fill"))
    assert found[0] == found[1]


def test_after_a_batch_was_stopped_nothing_old_comes(tmp_path: Path) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["deflated"])

    watch = Watch(lambda *_: watch.cancel())
    with Dem(path, inspect_dem(path)) as dem:
        placed = place(site(OUTLINE), dem.grid)
        with pytest.raises(Cancelled):
            accumulate(dem, placed, [[Plane(101.0)]], Layering(), watch=watch, tile_rows=32)
        raw = dem.read_raw(40, 90, 3, 200)
        assert raw is not None
        assert np.array_equal(raw, Z[40:90, 3:200])
        assert dem._packed is not None
        assert not dem._packed._unread


def test_a_damaged_tile_is_told_as_without_it(tmp_path: Path) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["deflated"])
    record, body = inspect_dem(path), path.read_bytes()
    path.write_bytes(body[: len(body) // 2])
    with Dem(path, record) as dem:
        placed = place(site(OUTLINE), dem.grid)
        with pytest.raises(Unreadable):
            accumulate(dem, placed, [[Plane(101.0)]], Layering(), tile_rows=32)
