"""Where a pit runs over and where the water goes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.spill import spill_ways
from gis.volume import estimate
from models.estimate import EstimateRequest
from tests.gis.ground import X0, Y0, box, disc, made, site


def cone_pit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A slope of 4 % to the south-east with a pit of 6 m at (60, 60) from the corner."""
    r = np.hypot(x - X0 - 60, y - Y0 - 60)
    return 100 - 0.04 * (x - X0 - (y - Y0)) / math.sqrt(2) - 6 * np.clip(1 - r / 20, 0, 1)


def test_it_leaves_at_the_lowest_rim_and_runs_down_the_slope(tmp_path: Path) -> None:
    record, path = made(tmp_path, cone_pit, cell=0.5, rows=400, cols=400)
    pit = site(disc(60, 60, 22))
    (way,) = spill_ways(pit, record, path)
    half = 22 / math.sqrt(2)
    assert (way.x - X0, way.y - Y0) == (pytest.approx(60 + half, abs=0.7), pytest.approx(60 - half, abs=0.7))
    level = estimate(pit, record, path, EstimateRequest("spill"), beside=False).reference
    assert way.level_m == pytest.approx(level.mean_elevation_m, abs=1e-12)
    assert (way.x, way.y) == (pytest.approx(level.parameters["spill_x"]), pytest.approx(level.parameters["spill_y"]))
    assert way.end == "edge"
    off = (way.path - (X0 + 60, Y0 + 60)) @ (1 / math.sqrt(2), 1 / math.sqrt(2))
    assert np.abs(off).max() < 1.0
    assert not shapely.LineString(way.path).intersects(disc(60, 60, 21.4))
    # Straight down the diagonal to the southern edge: the drop is slope times length.
    assert way.length_m == pytest.approx((60 - half) * math.sqrt(2), rel=0.04)
    assert way.drop_m == pytest.approx(0.04 * way.length_m, rel=0.04)
    assert way.ponded_m < 0.03


@pytest.mark.parametrize("turn", [{"angle": 25.0}, {"south_up": True}])
def test_a_turned_grid_gives_the_same_way(tmp_path: Path, turn: dict[str, float]) -> None:
    record, path = made(tmp_path, cone_pit, cell=0.5, rows=400, cols=400, **turn)
    pit = site(disc(60, 60, 22)) if turn.get("south_up") else site(disc(60, 100, 22))
    if not turn.get("south_up"):  # the turned grid covers other ground: move the pit with it
        record, path = made(tmp_path, lambda x, y: cone_pit(x, y - 40), cell=0.5, rows=400, cols=400, **turn)
    (way,) = spill_ways(pit, record, path)
    middle = shapely.centroid(pit.outline)
    away = way.path - (middle.x, middle.y)
    assert np.abs(away @ (1 / math.sqrt(2), 1 / math.sqrt(2))).max() < 1.2
    assert way.path[-1][0] > way.x


def test_each_part_has_its_own_and_a_heap_none(tmp_path: Path) -> None:
    record, path = made(tmp_path, lambda x, y: 100 - 0.05 * (x - X0), rows=100, cols=150)
    two = shapely.union(box(20, 20, 40, 40), box(60, 60, 90, 90))
    ways = spill_ways(site(two), record, path)
    assert [round(w.level_m, 2) for w in ways] == [95.5, 98.0]
    assert spill_ways(site(two, fills=False), record, path) == []


def test_water_that_comes_to_the_next_hollow_crosses_it_at_its_lip(tmp_path: Path) -> None:
    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        r = np.hypot(x - X0 - 110, y - Y0 - 50)
        return 100 - 0.05 * (x - X0) - 4 * np.clip(1 - r / 15, 0, 1)

    record, path = made(tmp_path, ground, rows=100, cols=200)
    (way,) = spill_ways(site(box(30, 40, 60, 60)), record, path)
    assert way.end == "edge"
    assert way.path[-1][0] == pytest.approx(X0 + 199.5)
    (near,) = spill_ways(site(box(30, 40, 60, 60)), record, path, reach_m=30)
    assert near.end == "limit"
    assert near.length_m == pytest.approx(31, abs=1.5)


def test_where_the_terrain_ends_at_the_rim_the_way_is_only_the_point(tmp_path: Path) -> None:
    record, path = made(tmp_path, lambda x, y: 100 - 0.05 * (x - X0), rows=60, cols=60)
    (way,) = spill_ways(site(box(20, 20, 60, 40)), record, path)
    assert way.end == "edge"
    assert way.length_m < 1.5


def test_an_outline_inside_the_crest_runs_over_at_the_crest(tmp_path: Path) -> None:
    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        r = np.hypot(x - X0 - 60, y - Y0 - 60)
        return 100 - 8 * np.clip(1 - r / 30, 0, 1) - 0.02 * (x - X0) - np.clip(r - 30, 0, None) * 0.05

    record, path = made(tmp_path, ground, cell=0.5, rows=300, cols=300)
    (inside,) = spill_ways(site(disc(60, 60, 20)), record, path)
    (crest,) = spill_ways(site(disc(60, 60, 30)), record, path)
    assert inside.level_m == pytest.approx(100 - 8 / 3 - 0.02 * 80, abs=0.05)
    assert inside.runs_m == pytest.approx(crest.level_m, abs=0.05)
    assert crest.runs_m == pytest.approx(100 - 0.02 * 90, abs=0.05)
    assert inside.drop_m > 0
