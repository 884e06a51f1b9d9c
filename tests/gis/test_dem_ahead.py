"""Windows of compressed terrains decoded ahead: the same numbers, and nothing of what was not asked for is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.arrays import F32
from gis.dem.ahead import Ahead, Window
from gis.dem.file import Dem
from gis.dem.inspection import inspect_dem
from gis.placing import place
from gis.sums import Layering, accumulate
from gis.surfaces.base import Plane
from models.errors import Cancelled, Unreadable
from models.progress import Watch
from tests.gis.ground import X0, Y0, site
from tests.gis.test_dem_direct import LAYOUTS, Z, written

CORNERS = np.array([(10.3, 20.2), (300.7, 15.1), (280.2, 290.9), (30.4, 250.5)])
OUTLINE = shapely.Polygon(CORNERS + np.array((X0, Y0)))


def test_what_is_taken_stays_until_two_more_are_expected() -> None:
    ahead = Ahead(lambda w, out: (out.fill(w[0]), out)[1])
    ahead.expect((1, 4, 0, 2))
    ahead.expect((2, 5, 0, 2))
    ahead.expect((3, 6, 0, 2))  # one too many: there are two buffers
    first, second = ahead.take((1, 4, 0, 2)), ahead.take((2, 5, 0, 2))
    assert first is not None
    assert second is not None
    assert (first == 1).all()
    assert (second == 2).all()
    assert ahead.take((3, 6, 0, 2)) is None
    ahead.expect((7, 9, 0, 2))
    ahead.forget()
    assert ahead.take((7, 9, 0, 2)) is None
    ahead.close()


def test_sums_are_those_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["deflated"])
    found = []

    def noting(self: Ahead, window: Window) -> F32 | None:
        taken.append(take(self, window))
        return taken[-1]

    take = Ahead.take
    for expects in (True, False):
        taken: list[F32 | None] = []
        with monkeypatch.context() as patch, Dem(path, inspect_dem(path)) as dem:
            patch.setattr(Ahead, "take", noting)
            if not expects:
                patch.setattr(Dem, "expect", lambda *_: None)
            placed = place(site(OUTLINE), dem.grid)
            _, (sums,) = accumulate(dem, placed, [[Plane(101.0)]], Layering(), tile_rows=32)
            found.append(sums.total("fill"))
        assert sum(t is not None for t in taken) == (9 if expects else 0)
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
        assert dem._ahead is not None
        assert not dem._ahead._coming


def test_a_damaged_tile_is_told_as_without_it(tmp_path: Path) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["deflated"])
    record, body = inspect_dem(path), path.read_bytes()
    path.write_bytes(body[: len(body) // 2])
    with Dem(path, record) as dem:
        placed = place(site(OUTLINE), dem.grid)
        with pytest.raises(Unreadable):
            accumulate(dem, placed, [[Plane(101.0)]], Layering(), tile_rows=32)
