from __future__ import annotations

import json
from typing import Any

import pytest

from app.gui.canvas import MapEntry, MapLayers
from layers.registry import LAYERS


def test_what_stands_above_is_drawn_above(qapp: Any) -> None:
    layers = MapLayers()
    layers.set_terrains(["2023", "2025"])
    layers.set_basemaps(["正射"])
    assert [e.key for e in layers.entries()] == [
        "terrain:2023", "terrain:2025", "basemap:正射", "districts", "stockpiles", "mine_pits", "sand_pits",
        "control_areas", "red_lines", "observations",
    ]  # fmt: skip
    assert sorted(e.key for e in layers.layers()) == sorted(LAYERS)


def test_order_is_remembered_also_of_terrains_that_come_later(qapp: Any) -> None:
    layers, other = MapLayers(), MapLayers()
    layers.set_terrains(["a", "b", "c"])
    layers.move("terrain:a", 2)
    layers.move("mine_pits", 1)
    layers.place_group("terrain", 0)
    layers.change("terrain:a", contours=True, contour_m=2.0)
    state = json.loads(json.dumps(layers.state()))
    other.restore(state)
    other.set_terrains(["a", "b", "c"])
    assert [e.key for e in other.entries()] == [e.key for e in layers.entries()]
    assert [e.terrain for e in other.members("terrain")] == ["a", "c", "b"]
    assert (other.entry("terrain:a").contours, other.entry("terrain:a").contour_m) == (True, 2.0)
    other.set_terrains(["a", "b", "c", "new"])
    assert [e.terrain for e in other.members("terrain")] == ["new", "a", "c", "b"]


@pytest.mark.parametrize("state", [None, 3, [], {"entries": 1, "order": [], "groups": "x"}, {"groups": ["sites", 7]},
                                   {"order": {"sites": ["sand_pits", "sand_pits"]}},
                                   {"entries": {"sand_pits": {"opacity": 70.0, "closest": -5}}}])  # fmt: skip
def test_a_spoilt_memory_does_no_harm(qapp: Any, state: Any) -> None:
    layers = MapLayers()
    layers.restore(state)
    assert sorted(e.key for e in layers.entries()) == sorted(LAYERS)
    assert layers.entry("sand_pits") == MapEntry("sand_pits", "sites")


def test_limits_of_scale(qapp: Any) -> None:
    layers = MapLayers()
    layers.set_limits("sand_pits", 50_000, 500)  # the wrong way round
    entry = layers.entry("sand_pits")
    assert [entry.shown_at(n) for n in (499, 500, 50_000, 50_001)] == [False, True, True, False]
    layers.set_limits("sand_pits", 0, 0)
    assert layers.entry("sand_pits").shown_at(1e9)


def test_changes_are_told_once_and_only_if_they_are_some(qapp: Any, qtbot: Any) -> None:
    layers = MapLayers()
    told: list[str] = []
    layers.changed.connect(told.append)
    layers.set_visible("sand_pits", False)
    layers.set_visible("sand_pits", False)
    layers.set_opacity("sand_pits", 7)
    assert told == ["sand_pits"]
    assert layers.entry("sand_pits").opacity == 1.0


def test_terrains_keep_what_was_chosen_for_them(qapp: Any) -> None:
    layers = MapLayers()
    layers.set_terrains(["a"])
    layers.change("terrain:a", tint=False)
    layers.set_terrains(["b", "a"])
    assert layers.entry("terrain:a").tint is False
    assert layers.entry("terrain:b").tint is True
    layers.set_terrains([])
    assert layers.terrains() == []


def test_state_survives_and_foreign_state_is_ignored(qapp: Any) -> None:
    layers, other = MapLayers(), MapLayers()
    layers.set_visible("red_lines", False)
    layers.set_opacity("sand_pits", 0.4)
    state = layers.state()
    state["entries"] |= {"gone": {"visible": False}, "districts": "?", "mine_pits": {"opacity": "x", "key": "y"}}
    other.restore(state)
    assert other.entry("red_lines").visible is False
    assert other.entry("sand_pits").opacity == 0.4
    assert other.entry("mine_pits").opacity == 1.0
    assert other.entry("districts").visible is True
