from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.gui.panels.layer_panel import LayerPanel
from tests.app.gui.canvas.conftest import X, Y, hills, write_dem


@pytest.fixture
def panel(hand: Any, session: Any, tmp_path: Path, qtbot: Any) -> LayerPanel:
    path = tmp_path / "无人机DTM.tif"
    session.project.store.held = [(write_dem(path, hills(), 2.0), path)]
    made = LayerPanel(session, hand.canvas.map_layers, hand.canvas)
    qtbot.addWidget(made)
    made.resize(220, 600)
    session.terrain_changed.emit()
    hand.settle()
    return made


def texts(panel: LayerPanel) -> dict[str, list[tuple[str, str]]]:
    """Title and count of each line, by group."""
    found = {}
    for g in range(panel.tree.topLevelItemCount()):
        group = panel.tree.topLevelItem(g)
        lines = [group.child(i) for i in range(group.childCount())]
        found[group.text(0)] = [(line.text(0), line.text(1).strip()) for line in lines]
    return found


def test_groups_with_titles_and_counts_from_above_to_below(panel: LayerPanel) -> None:
    assert texts(panel) == {
        "Sites": [("Sand pits", "2"), ("Mine pits", "1"), ("Stockpiles", "0")],
        "Control lines": [("Ecological red lines", "1"), ("Control areas", "1")],
        "Reference": [("Observations", "1"), ("Districts", "0")],
        "Terrain": [("无人机DTM", "")],
    }


def test_kinds_stand_below_their_layer(panel: LayerPanel) -> None:
    item = panel._items["control_areas"]
    assert [item.child(i).text(0) for i in range(item.childCount())] == ["Permanent basic farmland"]
    assert not item.child(0).icon(0).isNull()


def test_a_tick_shows_and_hides_and_the_model_ticks_back(panel: LayerPanel, hand: Any) -> None:
    item = panel._items["sand_pits"]
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert not hand.canvas.map_layers.entry("sand_pits").visible
    hand.canvas.map_layers.set_visible("sand_pits", True)
    assert item.checkState(0) == Qt.CheckState.Checked


def test_shade_and_tints_have_ticks_of_their_own(panel: LayerPanel, hand: Any) -> None:
    item = panel._items["terrain:无人机DTM"]
    assert [item.child(i).text(0) for i in range(2)] == ["Hillshade", "Elevation tints"]
    item.child(1).setCheckState(0, Qt.CheckState.Unchecked)
    entry = hand.canvas.map_layers.entry("terrain:无人机DTM")
    assert (entry.visible, entry.hillshade, entry.tint) == (True, True, False)


def test_opacity_is_of_the_current_layer(panel: LayerPanel, hand: Any) -> None:
    assert not panel.opacity.isEnabled()
    panel.tree.setCurrentItem(panel._items["sand_pits"])
    panel.opacity.setValue(40)
    assert hand.canvas.map_layers.entry("sand_pits").opacity == pytest.approx(0.4)
    panel.tree.setCurrentItem(panel._items["mine_pits"])
    assert panel.opacity.value() == 100


def test_double_click_and_menu_go_to_the_layer(panel: LayerPanel, hand: Any) -> None:
    panel.tree.itemDoubleClicked.emit(panel._items["mine_pits"], 0)
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 100, Y + 300))
    menu = panel.menu_of(hand.canvas.map_layers.entry("sand_pits"))
    zoom, labels, only = (a for a in menu.actions() if not a.isSeparator())
    zoom.trigger()
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 200, Y + 125))
    labels.trigger()
    assert hand.canvas.map_layers.entry("sand_pits").labels is False
    only.trigger()
    assert [e.visible for e in hand.canvas.map_layers.layers() if e.group == "sites"] == [False, False, True]
    assert not panel.menu_of(hand.canvas.map_layers.entry("stockpiles")).actions()[0].isEnabled()


def test_nothing_is_wider_than_220_pixels(panel: LayerPanel) -> None:
    panel.show()
    assert panel.minimumSizeHint().width() <= 220
    assert panel.tree.header().length() <= 220
