from __future__ import annotations

from typing import Any

from app.gui.canvas import MapLayers
from layers.registry import LAYERS


def test_order_is_that_of_the_registry_with_terrains_below(qapp: Any) -> None:
    layers = MapLayers()
    layers.set_terrains(["2023", "2025"])
    assert [e.key for e in layers.entries()] == ["terrain:2023", "terrain:2025", *LAYERS]


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
    state = layers.state() | {"gone": {"visible": False}, "districts": "?", "mine_pits": {"opacity": "x", "key": "y"}}
    other.restore(state)
    assert other.entry("red_lines").visible is False
    assert other.entry("sand_pits").opacity == 0.4
    assert other.entry("mine_pits").opacity == 1.0
    assert other.entry("districts").visible is True
