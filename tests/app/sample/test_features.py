from __future__ import annotations

import pytest
import shapely

from app.sample.features import features
from layers.registry import LAYERS

FEATURES = {f.values["code"]: f for f in features()}
SHAPES = {code: f.values["geometry"] for code, f in FEATURES.items()}
TERRAIN = shapely.box(424000, 4499000, 427000, 4501000)
SITES = [c for c, f in FEATURES.items() if LAYERS[f.layer].role == "site"]


def test_what_there_is() -> None:
    counts: dict[str, int] = {}
    for feature in FEATURES.values():
        counts[feature.layer] = counts.get(feature.layer, 0) + 1
    assert counts["sand_pits"] == 8
    assert (counts["mine_pits"], counts["stockpiles"], counts["red_lines"], counts["districts"]) == (1, 3, 2, 2)
    kinds = {f.values["kind"] for f in FEATURES.values() if f.layer == "control_areas"}
    assert kinds == {"permanent_basic_farmland", "water_source_1", "water_source_2", "river_range"}


@pytest.mark.parametrize("code", list(FEATURES))
def test_each_is_valid_and_says_that_it_is_made_up(code: str) -> None:
    feature = FEATURES[code]
    assert shapely.is_valid(SHAPES[code])
    assert "示例" in feature.values["source"]
    declared = {f.name for f in LAYERS[feature.layer].fields if not f.system} | {"geometry"}
    assert set(feature.values) <= declared


@pytest.mark.parametrize("code", SITES)
def test_sites_do_not_overlap(code: str) -> None:
    for other in SITES:
        if other != code:
            assert SHAPES[code].intersection(SHAPES[other]).area == 0


def test_two_neighbours_share_a_side_exactly() -> None:
    shared = SHAPES["SK-002"].intersection(SHAPES["SK-003"])
    assert shared.length > 80
    assert shapely.node(
        shapely.union_all([SHAPES["SK-002"].boundary, SHAPES["SK-003"].boundary])
    ).length == pytest.approx(SHAPES["SK-002"].length + SHAPES["SK-003"].length - shared.length, abs=1e-6)


def test_one_has_an_island() -> None:
    (part,) = SHAPES["SK-004"].geoms
    assert len(part.interiors) == 1
    assert 1_000 < shapely.Polygon(part.interiors[0]).area < 3_000


def test_one_reaches_past_the_terrain_and_only_that_one() -> None:
    outside = {c: SHAPES[c].difference(TERRAIN).area / SHAPES[c].area for c in SITES}
    assert 0.1 < outside.pop("SK-005") < 0.5
    assert set(outside.values()) == {0.0}


def test_conflicts_with_control_lines() -> None:
    lines = [c for c, f in FEATURES.items() if LAYERS[f.layer].role == "control"]
    met = {(s, c): SHAPES[s].intersection(SHAPES[c]).area / SHAPES[s].area for s in SITES for c in lines}
    met = {k: share for k, share in met.items() if share > 0}
    assert set(met) == {("SK-006", "HX-001"), ("SK-007", "KZ-003")}
    assert 0.05 < met["SK-006", "HX-001"] < 0.7
    assert met["SK-007", "KZ-003"] == pytest.approx(1)


def test_districts_meet_and_cover_the_terrain() -> None:
    west, east = SHAPES["QX-001"], SHAPES["QX-002"]
    assert west.intersection(east).area == 0
    assert west.union(east).contains(TERRAIN)
