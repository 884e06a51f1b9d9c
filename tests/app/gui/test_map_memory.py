"""The look of the map comes back with its project, and only with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.gui import map_memory, settings
from app.gui.canvas import MapLayers
from app.gui.map_memory import MapMemory
from app.project import Project


@pytest.fixture
def layers(opened: Any, qapp: Any) -> Any:
    made = MapLayers()
    made.set_terrains(["地形1m"])
    made.memory = MapMemory(opened, made, made)
    yield made
    made.deleteLater()


def test_look_and_order_come_back(layers: Any, opened: Any, project_file: Path) -> None:
    layers.set_visible("districts", False)
    layers.move("sand_pits", -1)
    layers.change("terrain:地形1m", contours=True)
    opened.close()
    assert layers.entry("districts").visible  # the next project begins with the look of a new one
    opened.open(project_file)
    layers.set_terrains(["地形1m"])
    assert not layers.entry("districts").visible
    assert [e.key for e in layers.members("sites")][:2] == ["mine_pits", "sand_pits"]
    assert layers.entry("terrain:地形1m").contours


def test_another_project_has_a_look_of_its_own(layers: Any, opened: Any, tmp_path: Path) -> None:
    layers.set_visible("districts", False)
    other = tmp_path / "other.gpkg"
    Project.create(other, crs="EPSG:4546").close()
    opened.open(other)
    assert layers.entry("districts").visible


def test_what_is_no_memory_is_left_alone(layers: Any, opened: Any, project_file: Path) -> None:
    uid = opened.project.store.project()["uid"]
    opened.close()
    for text in ("{", "[]", "x" * 300_000):
        settings.remember(f"map/{uid}", text)
        opened.open(project_file)
        assert layers.entry("sand_pits").visible
        opened.close()
    assert map_memory.read("") is None


def test_a_tick_is_no_edit(layers: Any, opened: Any) -> None:
    before = opened.project.store.revision
    layers.set_visible("districts", False)
    layers.memory.save()
    assert opened.project.store.revision == before
