"""The interval of a live level against that of an estimate at the same level."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gis.level_spread import level_spread
from gis.level_table import LevelSpread
from gis.volume import estimate, live_levels
from models.estimate import EstimateRequest
from models.terrain import ErrorFigures
from models.waste import Waste
from tests.gis.ground import X0, Y0, disc, made, site

WASTE = Waste("W1", "ash", "fly_ash", density_t_m3=1.37)
STATED = ErrorFigures(sigma_z_m=0.15, range_m=20.0, bias_m=0.05, sigma_xy_m=0.4)


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 1050 + 0.02 * u + (u**2 + v**2) / 120 + np.sin(u / 3) * np.cos(v / 4)


@pytest.mark.parametrize("errors", [STATED, replace(STATED, range_m=None), replace(STATED, sigma_xy_m=None)])
@pytest.mark.parametrize("fills", [True, False])
def test_it_is_an_estimates_interval(tmp_path: Path, errors: ErrorFigures, fills: bool) -> None:
    record, path = made(tmp_path, bowl if fills else lambda x, y: 2100 - bowl(x, y), errors=errors)
    where = site(disc(50, 50, 35), fills=fills)
    request = EstimateRequest("level", cover_m=0.6 if fills else 0.0, base_m=0.3 if fills else 0.0, density_sigma=0.08)
    table = live_levels(where, record, path, request, waste=WASTE)
    spread = level_spread(where, record, path, table)
    table = replace(table, spread=spread)
    for share in (0.17, 0.43, 0.71, 0.98):
        level = table.floor_m + share * (table.top_m - table.floor_m)
        live = table.figures(level)
        asked = replace(request, parameters={"level_m": level})
        true = estimate(where, record, path, asked, waste=WASTE, beside=False).interval95
        assert live.half_m3 == pytest.approx(true.fill_m3, rel=0.02), share
        assert live.half_waste_m3 == pytest.approx(true.waste_m3, rel=0.04), share
        assert live.half_tonnage_t == pytest.approx(true.tonnage_t, rel=0.04), share


def test_what_is_not_stated_has_no_interval(tmp_path: Path) -> None:
    record, path = made(tmp_path, bowl, errors=ErrorFigures())
    where = site(disc(50, 50, 35))
    table = live_levels(where, record, path)
    assert table.figures(1052.0).half_m3 is None
    spread = level_spread(where, record, path, table)
    assert spread.half(1052.0) is None
    assert replace(table, spread=spread).figures(1052.0).half_m3 is None
    assert spread.tonnage_half(1052.0, 100.0, 1.2, 0.1) is None


def test_nothing_below_the_level_has_no_interval_either(tmp_path: Path) -> None:
    record, path = made(tmp_path, bowl, errors=STATED)
    where = site(disc(50, 50, 35))
    table = live_levels(where, record, path)
    table = replace(table, spread=level_spread(where, record, path, table))
    assert table.figures(table.floor_m - 1).half_m3 is None


def test_between_two_levels_it_is_straight() -> None:
    spread = LevelSpread(np.array([0.0, 10.0]), np.array([0.0, 50.0]), np.zeros(2))
    assert spread.half(4.0) == pytest.approx(2 * 20.0)
    assert spread.tonnage_half(4.0, 1000.0, 1.5, 0.1) == pytest.approx(2 * 1.5 * np.hypot(20.0, 100.0))
