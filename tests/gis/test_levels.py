"""Figures at any level from one table: what the estimate gives, layer by layer, for pits and heaps."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.level_table import LevelTable
from gis.sums import SAME_M
from gis.volume import estimate, live_levels
from models.estimate import EstimateRequest, LevelFigures
from models.site import Site
from models.terrain import Terrain
from models.waste import Waste
from tests.gis.ground import X0, Y0, disc, made, site

WASTE = Waste("W1", "ash", "fly_ash", density_t_m3=1.37, moisture=0.21)


def rough(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 1050 + 0.02 * u + (u**2 + v**2) / 120 + np.sin(u / 3) * np.cos(v / 4)


TWO_PARTS = shapely.union(disc(50, 50, 33.3, 90), disc(90, 90, 8))
RING = shapely.difference(disc(50, 50, 40), disc(52, 47, 9))
World = tuple[Terrain, Path]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(tmp_path_factory.mktemp("levels"), rough)


def exact(where: Site, ground: World, level: float, **request: float) -> LevelFigures:
    e = estimate(where, *ground, EstimateRequest("level", {"level_m": level}, **request), waste=WASTE, beside=False)
    return LevelFigures(
        level, e.fill_m3, e.cut_m3, e.flooded_m2, e.waste_m3, e.cover_m3, e.base_m3, e.max_depth_m, e.density_t_m3,
        e.tonnage_t, e.tonnage_wet_t,
    )  # fmt: skip


def table_of(where: Site, ground: World, **request: float) -> LevelTable:
    return live_levels(where, *ground, EstimateRequest("level", **request), waste=WASTE)


def check(found: LevelFigures, true: LevelFigures, bound: float, areas: float) -> None:
    for name in ("fill_m3", "cut_m3", "waste_m3", "cover_m3", "base_m3"):
        assert getattr(found, name) == pytest.approx(getattr(true, name), rel=1e-9, abs=bound), name
    assert found.flooded_m2 == pytest.approx(true.flooded_m2, rel=1e-9, abs=areas)
    assert found.max_depth_m == pytest.approx(true.max_depth_m, abs=1e-9)
    if true.tonnage_t is not None and true.tonnage_wet_t is not None:
        assert found.tonnage_t == pytest.approx(true.tonnage_t, rel=1e-9, abs=1.37 * bound)
        assert found.tonnage_wet_t == pytest.approx(true.tonnage_wet_t, rel=1e-9, abs=1.37 * 1.21 * bound)


@pytest.mark.parametrize("fills", [True, False], ids=["pit", "heap"])
@pytest.mark.parametrize("outline", [TWO_PARTS, RING], ids=["two parts", "island"])
@settings(max_examples=25, deadline=None)
@given(level=st.floats(1045, 1075), cover=st.sampled_from([0.0, 0.5]), base=st.sampled_from([0.0, 0.37]))
def test_any_level_is_the_estimate_within_the_bound_that_is_stated(
    ground: World, fills: bool, outline: shapely.Polygon, level: float, cover: float, base: float
) -> None:
    where = site(outline, fills=fills)
    table = table_of(where, ground, cover_m=cover, base_m=base)
    bound = sum(table.uncertain_m3(z) for z in (level, level - cover, level - cover - base)) + 1e-6
    areas = bin_area(table, level - SAME_M if fills else level + SAME_M) + 1e-9  # slivers: a sum's last digits
    check(table.figures(level), exact(where, ground, level, cover_m=cover, base_m=base), bound, areas)
    assert bound < 1e-4 * outline.area  # a tenth of a millimetre over the site


def bin_area(table: LevelTable, level: float) -> float:
    """Area of the cells of the level's bin and of the two beside it (cells on an edge), m²."""
    k = int(np.clip(np.searchsorted(table.edges, level), 2, table.edges.size - 3))
    return float(table.area_below[k + 1] - table.area_below[k - 2])


@pytest.mark.parametrize("k", [1, 77, 4096, 30_000, 65_535, 65_536])
def test_exact_at_the_edges(ground: World, k: int) -> None:
    where = site(TWO_PARTS)
    table = table_of(where, ground)
    level = float(table.edges[k])
    true = exact(where, ground, level)
    assert table.figures(level).fill_m3 == pytest.approx(true.fill_m3, rel=1e-9, abs=1e-9)
    assert table.figures(level).tonnage_t == pytest.approx(true.tonnage_t, rel=1e-9, abs=1e-9)


def test_layers_add_up(ground: World) -> None:
    table = table_of(site(RING), ground, cover_m=0.6, base_m=0.4)
    for level in np.linspace(1048, 1070, 50):
        f = table.figures(float(level))
        assert f.waste_m3 + f.cover_m3 + f.base_m3 == pytest.approx(f.fill_m3, rel=1e-12, abs=1e-9)


def test_range_of_the_slider_and_speed(ground: World) -> None:
    table = table_of(site(TWO_PARTS), ground)
    assert table.floor_m < table.rim_low_m < table.rim_high_m <= table.top_m + 1e-9
    start = time.process_time()
    for level in np.linspace(1045, 1075, 200):
        table.figures(float(level))
    assert (time.process_time() - start) / 200 < 0.005


def test_without_a_density_there_is_no_tonnage(ground: World) -> None:
    found = live_levels(site(RING), *ground).figures(1055.0)
    assert found.density_t_m3 is found.tonnage_t is found.tonnage_wet_t is None
    assert found.fill_m3 > 0


@pytest.mark.parametrize("height", [42.0, 1050.0])
def test_flat_floor(tmp_path: Path, height: float) -> None:
    flat: Callable[..., np.ndarray] = lambda x, y: np.full(x.shape, height)  # noqa: E731
    terrain, path = made(tmp_path, flat)
    table = live_levels(site(RING), terrain, path)
    assert table.at(height) == (0.0, 0.0)
    assert table.at(height + 3)[0] == pytest.approx(3 * RING.area, rel=1e-6)
