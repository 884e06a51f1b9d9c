from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.gui.panels.layer_panel import LayerPanel
from app.gui.panels.layer_tree import _Where
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
    assert list(texts(panel).items()) == [
        ("Field work", [("Observations", "1")]),
        ("Control lines", [("Ecological red lines", "1"), ("Control areas", "1")]),
        ("Sites", [("Sand pits", "2"), ("Mine pits", "1"), ("Stockpiles", "0")]),
        ("Reference", [("Districts", "0")]),
        ("Terrain", [("无人机DTM", "")]),
    ]


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
    titles = ["Hillshade", "Elevation tints", "Slope", "Contours"]
    assert [item.child(i).text(0) for i in range(item.childCount())] == titles
    item.child(1).setCheckState(0, Qt.CheckState.Unchecked)
    entry = hand.canvas.map_layers.entry("terrain:无人机DTM")
    assert (entry.visible, entry.hillshade, entry.tint) == (True, True, False)
    item.child(1).setCheckState(0, Qt.CheckState.Checked)
    item.child(2).setCheckState(0, Qt.CheckState.Checked)  # slope takes the place of the tints
    assert item.child(1).checkState(0) == Qt.CheckState.Unchecked
    assert hand.canvas.map_layers.entry("terrain:无人机DTM").slope


def test_opacity_is_of_the_current_layer(panel: LayerPanel, hand: Any) -> None:
    assert not panel.opacity.isEnabled()
    panel.tree.setCurrentItem(panel._items["sand_pits"])
    panel.opacity.setValue(40)
    assert hand.canvas.map_layers.entry("sand_pits").opacity == pytest.approx(0.4)
    panel.tree.setCurrentItem(panel._items["mine_pits"])
    assert panel.opacity.value() == 100


def test_double_click_and_menu_go_to_the_layer(panel: LayerPanel, hand: Any) -> None:
    hand.canvas.cards = list  # no room is made for furniture: the middle of the window is that of what is shown
    panel.tree.itemDoubleClicked.emit(panel._items["mine_pits"], 0)
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 100, Y + 300))
    menu = panel.menu_of(hand.canvas.map_layers.entry("sand_pits"))
    zoom, labels, only = [a for a in menu.actions() if not a.isSeparator()][:3]
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


def sites(panel: LayerPanel) -> list[str]:
    return [e.key for e in panel.map_layers.members("sites")]


def test_alt_and_the_arrows_change_the_order_and_the_line_stays_current(panel: LayerPanel, qtbot: Any) -> None:
    panel.tree.setCurrentItem(panel._items["sand_pits"])
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert sites(panel) == ["mine_pits", "sand_pits", "stockpiles"]
    assert panel.current_key() == "sand_pits"
    assert [t for t, _n in texts(panel)["Sites"]] == ["Mine pits", "Sand pits", "Stockpiles"]
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # at the top already
    assert sites(panel) == ["sand_pits", "mine_pits", "stockpiles"]


def test_a_group_moves_as_a_whole(panel: LayerPanel, qtbot: Any) -> None:
    panel.tree.setCurrentItem(panel._items["group:sites"])
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert list(texts(panel))[:3] == ["Field work", "Sites", "Control lines"]
    keys = [e.key for e in panel.map_layers.entries()]
    assert keys.index("sand_pits") > keys.index("red_lines")
    panel.tree.dropped(panel._items["group:terrain"], panel._items["group:field"], _Where.AboveItem)
    assert next(iter(texts(panel))) == "Terrain"


@pytest.mark.parametrize(
    ("target", "where", "order"),
    [
        ("stockpiles", _Where.BelowItem, ["mine_pits", "stockpiles", "sand_pits"]),
        ("stockpiles", _Where.AboveItem, ["mine_pits", "sand_pits", "stockpiles"]),
        ("mine_pits", _Where.OnItem, ["sand_pits", "mine_pits", "stockpiles"]),
        ("red_lines", _Where.OnItem, ["sand_pits", "mine_pits", "stockpiles"]),
        ("districts", _Where.AboveItem, ["mine_pits", "stockpiles", "sand_pits"]),
        (None, _Where.OnViewport, ["mine_pits", "stockpiles", "sand_pits"]),
    ],
)
def test_a_dropped_line_stays_in_its_group(panel: LayerPanel, target: str, where: Any, order: list[str]) -> None:
    item = panel._items[target] if target else None
    panel.tree.dropped(panel._items["sand_pits"], item, where)
    assert sites(panel) == order
    assert [panel.tree.topLevelItem(i).parent() for i in range(panel.tree.topLevelItemCount())] == [None] * 5


def test_the_tick_of_a_group_is_that_of_its_members(panel: LayerPanel, hand: Any) -> None:
    head = panel._items["group:sites"]
    hand.canvas.map_layers.set_visible("mine_pits", False)
    assert head.checkState(0) == Qt.CheckState.PartiallyChecked
    head.setCheckState(0, Qt.CheckState.Unchecked)
    assert not any(e.visible for e in panel.map_layers.members("sites"))
    head.setCheckState(0, Qt.CheckState.Checked)
    assert all(e.visible for e in panel.map_layers.members("sites"))


def test_limits_of_scale_hide_a_layer_and_its_line_stands_faint(panel: LayerPanel, hand: Any) -> None:
    now = int(hand.canvas.scale_denominator())
    plain = panel._items["sand_pits"].foreground(0).color()
    menu = panel.menu_of(hand.canvas.map_layers.entry("sand_pits"))
    scales = next(a.menu() for a in menu.actions() if a.text() == "Visible by scale")
    next(a for a in scales.actions() if a.text().startswith("Only farther")).trigger()
    assert hand.canvas.map_layers.entry("sand_pits").closest == now
    assert "sand_pits" in dict(hand.canvas.visible_features())
    hand.canvas.zoom_in()
    hand.settle()
    assert "sand_pits" not in dict(hand.canvas.visible_features())
    assert ("sand_pits", "") not in hand.canvas.pictures.facts("layers")["drawn"]
    assert panel._items["sand_pits"].foreground(0).color() != plain
    assert "1:" in panel._items["sand_pits"].toolTip(0)
    hand.canvas.map_layers.set_limits("sand_pits", 0, 0)
    assert panel._items["sand_pits"].foreground(0).color() == plain


def test_a_narrow_panel_gives_its_room_to_the_names(panel: LayerPanel) -> None:
    panel.show()
    for width, hidden in ((170, True), (260, False)):
        panel.resize(width, 600)
        assert panel.tree.isColumnHidden(1) is hidden
        item = panel._items["red_lines"]
        assert item.text(1).strip() == "1"
