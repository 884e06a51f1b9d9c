"""Editing in the window: the toolbar's group, the snap menu, dialogs with their preview, the map's own menu."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from app.gui.edit_actions import FLYOUTS
from app.i18n import set_language
from models.changes import Insert, Update
from models.notices import Notice

X, Y = 417_000.0, 4_496_000.0
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(window: Any, session: Any, project_file: Any, qtbot: Any) -> Any:
    set_language("en")
    session.open(project_file)
    canvas = window.workspace.canvas
    qtbot.waitUntil(lambda: not canvas.pictures.busy and canvas.placed, timeout=20_000)
    return window


def choose(window: Any, *codes: str, layer: str = "sand_pits") -> None:
    window.session.select(layer, window.session.table(layer).where("code", codes))


def outline(window: Any, code: str, layer: str = "sand_pits") -> Any:
    table = window.session.table(layer)
    return table.row(table.where("code", [code])[0])["geometry"]


def dialog(window: Any, key: str) -> Any:
    window.trigger(key)
    return window.commands._open_dialogs[-1]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_toolbar_fits_the_smallest_window(
    qtbot: Any, look: None, session: Any, project_file: Any, language: str
) -> None:
    from app.gui.main_window import MainWindow

    set_language(language)
    made = MainWindow(session)
    made.resize(1366, 768)
    made.show()
    session.open(project_file)
    qtbot.wait(50)
    more = made.bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert more is None or not more.isVisible()
    assert all(b.isVisible() for b in made.edit_bar.buttons.values())
    made.close()
    made.deleteLater()


def test_each_family_shows_the_tool_used_last(desk: Any) -> None:
    for name, keys in FLYOUTS:
        for key in keys:
            if desk.acts[key].isCheckable():
                desk.trigger(key)
                assert desk.workspace.canvas.tool.name == key.removeprefix("tool_")
                assert desk.edit_bar.buttons[name].defaultAction() is desk.acts[key]


def test_snap_menu_switches_what_the_map_snaps_to(desk: Any) -> None:
    snapping = desk.workspace.canvas.snapping
    act = next(a for a in desk.edit_bar.menu.actions() if a.objectName() == "snap_middle")
    assert not act.isChecked()
    act.trigger()
    assert "middle" in snapping.kinds
    from app.gui.snap_settings import SnapSettings

    assert "middle" in SnapSettings().kinds, "remembered"
    act.trigger()
    desk.trigger("snapping")
    assert snapping.wanted() == frozenset()
    desk.trigger("snapping")
    desk.trigger("shared_edges")
    assert not snapping.shared
    desk.trigger("shared_edges")


def test_offset_shows_first_and_is_one_step(desk: Any, session: Any) -> None:
    choose(desk, "SK-001")
    before = outline(desk, "SK-001")
    asked = dialog(desk, "offset")
    asked.metres.setValue(3.0)
    asked.corners.choose("round")
    asked.look()
    assert desk.workspace.canvas.marked.shapes[0].area > before.area
    assert "→" in asked.figures.text()
    assert outline(desk, "SK-001").equals(before)
    asked.take()
    assert outline(desk, "SK-001").distance(shapely.Point(before.centroid)) == 0
    assert outline(desk, "SK-001").hausdorff_distance(before) == pytest.approx(3.0, abs=0.05)
    assert desk.workspace.canvas.marked.shapes == []
    assert session.project.store.undo_label().render() == "offset sand pit SK-001 by +3.000 m"
    session.undo()
    assert outline(desk, "SK-001").equals(before)


def test_what_is_typed_first_replaces_the_number_and_corners_are_counted_once(desk: Any, qtbot: Any) -> None:
    choose(desk, "SK-001")
    asked = dialog(desk, "offset")
    qtbot.waitUntil(lambda: bool(asked.metres.lineEdit().selectedText()))
    qtbot.keyClicks(asked.metres, "7")
    assert asked.metres.value() == 7.0
    asked.corners.choose("mitre")
    asked.look()
    corners = int(shapely.get_num_coordinates(outline(desk, "SK-001"))) - 1
    assert f"points {corners} → " in asked.figures.text()
    asked.reject()


def test_an_offset_that_leaves_nothing_is_refused_in_words(desk: Any) -> None:
    choose(desk, "SK-001")
    asked = dialog(desk, "offset")
    asked.metres.setValue(-500)
    asked.look()
    assert not asked.main.isEnabled()
    asked.reject()


def test_simplify_says_how_far_it_strays(desk: Any, session: Any) -> None:
    choose(desk, "SK-001")
    before = shapely.get_num_coordinates(outline(desk, "SK-001"))
    asked = dialog(desk, "simplify")
    asked.together.setChecked(False)
    asked.tolerance.setValue(0.5)
    asked.look()
    assert "strays" in asked.figures.text()
    asked.take()
    assert shapely.get_num_coordinates(outline(desk, "SK-001")) < before


def test_cut_by_a_red_line_leaves_no_overlap(desk: Any, session: Any) -> None:
    choose(desk, "SK-002")
    red = outline(desk, "HX-001", "red_lines")
    assert outline(desk, "SK-002").intersection(red).area > 1
    asked = dialog(desk, "clear")
    asked.metres.setValue(0.0)
    asked.look()
    asked.take()
    assert outline(desk, "SK-002").intersection(red).area <= 1e-6
    assert outline(desk, "HX-001", "red_lines").equals(red)
    asked = dialog(desk, "clear")
    asked.metres.setValue(5.0)
    asked.look()
    asked.take()
    assert outline(desk, "SK-002").distance(red) >= 4.999


def test_merge_keeps_one_code_and_undo_brings_both_back(desk: Any, session: Any) -> None:
    choose(desk, "SK-001")
    assert not desk.acts["merge"].isEnabled()
    choose(desk, "SK-001", "SK-002")
    area = outline(desk, "SK-001").area + outline(desk, "SK-002").area
    asked = dialog(desk, "merge")
    asked.keep.setCurrentIndex(1)
    asked.take()
    table = session.table("sand_pits")
    assert table.column("code") == ["SK-002"]
    assert table.geometry[0].area == pytest.approx(area, abs=0.1)
    assert len(table.geometry[0].geoms) == 2
    session.undo()
    assert sorted(session.table("sand_pits").column("code")) == ["SK-001", "SK-002"]


def test_stockpiles_merged_add_up_their_tonnes(desk: Any, session: Any) -> None:
    other = shapely.MultiPolygon([shapely.box(X + 90, Y - 130, X + 120, Y - 100)])
    first = session.table("stockpiles").where("code", ["DC-001"])[0]
    session.transact(Notice("t", "more"), [
        Update("stockpiles", first, {"stored_t": 1000.0}),
        Insert("stockpiles", {"code": "DC-002", "stored_t": 250.0, "geometry": other}),
    ])  # fmt: skip
    choose(desk, "DC-001", "DC-002", layer="stockpiles")
    asked = dialog(desk, "merge")
    asked.keep.choose(first)
    asked.take()
    assert session.table("stockpiles").value(first, "stored_t") == 1250.0


def test_what_is_drawn_is_cut_by_its_neighbours_if_asked(desk: Any) -> None:
    drawn = shapely.box(X + 100, Y - 80, X + 150, Y - 40)
    assert desk.commands.cleared(drawn) is drawn
    desk.workspace.canvas.snapping.set_switch("clear", True)
    cut = desk.commands.cleared(drawn)
    assert 0 < cut.area < drawn.area
    for code, layer in (("SK-002", "sand_pits"), ("HX-001", "red_lines")):
        assert cut.intersection(outline(desk, code, layer)).area <= 1e-6
    desk.workspace.canvas.snapping.set_switch("clear", False)


def test_the_maps_menu_copies_a_place_that_can_be_pasted_again(desk: Any, session: Any) -> None:
    from gis.coords.read import read

    canvas = desk.workspace.canvas
    at = canvas.mapToGlobal(QPoint(200, 150))
    x, y = canvas.view.to_world(200, 150)
    menu = desk.commands._map_menu.build(at)
    copies = next(a.menu() for a in menu.actions() if a.menu() is not None)
    assert len(copies.actions()) == 5
    for act in copies.actions():
        act.trigger()
        text = QGuiApplication.clipboard().text()
        assert read(text, session.project.crs).points[0] == pytest.approx((x, y), abs=6e-3)
    menu.deleteLater()


def test_a_read_only_project_takes_no_edits(desk: Any, session: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(session), "writable", property(lambda _self: False))
    choose(desk, "SK-001")
    desk.refresh_actions()
    assert not desk.acts["tool_vertex"].isEnabled()
    assert "read-only" in desk.acts["tool_split"].toolTip()


def draw(desk: Any, qtbot: Any, *places: tuple[int, int]) -> list[Any]:
    """Click places of the map with the drawing tool; the corners that it holds."""
    desk.trigger("tool_draw")
    for place in places:
        qtbot.mouseClick(desk.workspace.canvas, Qt.MouseButton.LeftButton, pos=QPoint(*place))
    return desk.workspace.canvas.tool.points


def by_toolbar(desk: Any, _qtbot: Any) -> None:
    desk.bar.widgetForAction(desk.acts["undo"]).click()


def by_keys(desk: Any, qtbot: Any) -> None:
    qtbot.keyClick(desk.workspace.canvas, Qt.Key.Key_Z, CTRL)


@pytest.mark.parametrize("undo", [by_toolbar, by_keys])
def test_undo_means_the_drawing_first_by_button_and_by_keys(desk: Any, session: Any, qtbot: Any, undo: Any) -> None:
    before, act, canvas = session.project.store.revision, desk.acts["undo"], desk.workspace.canvas
    stored = act.text()
    points = draw(desk, qtbot, (150, 300), (260, 300), (260, 380))
    assert len(points) == 3
    assert act.text() == "Undo: the last place of the drawing"
    undo(desk, qtbot)
    assert len(points) == 2
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert points == []
    assert act.text() == "Undo: dropping a drawing of 2 places"
    assert act.toolTip().startswith("Undo: dropping")
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)  # once more changes nothing
    assert act.text() == "Undo: dropping a drawing of 2 places"
    undo(desk, qtbot)
    assert len(points) == 2
    undo(desk, qtbot)
    undo(desk, qtbot)
    assert points == []
    assert act.text() == stored
    assert session.project.store.revision == before, "no step of the project was touched"
    undo(desk, qtbot)
    assert session.project.store.revision == before + 1


@pytest.mark.parametrize("keys", [(Qt.Key.Key_Y, CTRL), (Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)])
def test_redo_has_the_keys_of_both_customs(desk: Any, session: Any, qtbot: Any, keys: Any) -> None:
    session.transact(Notice("t", "typed"), [Update("sand_pits", 1, {"remarks": "x"})])
    by_keys(desk, qtbot)
    assert not session.table("sand_pits").value(1, "remarks")
    qtbot.keyClick(desk.workspace.canvas, *keys)
    assert session.table("sand_pits").value(1, "remarks") == "x"


def test_undo_of_another_tool_is_a_step_of_the_project(desk: Any, qtbot: Any) -> None:
    stored = desk.acts["undo"].text()
    draw(desk, qtbot, (150, 300), (260, 300))
    desk.trigger("tool_select")
    assert desk.acts["undo"].text() == stored
    desk.trigger("tool_draw")  # the drawing has waited
    assert desk.acts["undo"].text() == "Undo: the last place of the drawing"


def test_a_step_kept_in_memory_is_taken_back_before_the_drawing(desk: Any, session: Any, qtbot: Any) -> None:
    points = draw(desk, qtbot, (150, 300), (260, 300))
    qtbot.keyClick(desk.workspace.canvas, Qt.Key.Key_Escape)
    session.keep_unsaved(Notice("t", "typed"), [Update("sand_pits", 1, {"remarks": "x"})], OSError("disk"))
    assert desk.acts["undo"].text() == "Undo: typed"
    desk.trigger("undo")
    assert not session.unsaved
    desk.trigger("undo")
    assert len(points) == 2


def test_what_is_measured_in_a_read_only_project_is_taken_back(
    desk: Any, session: Any, qtbot: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(type(session), "writable", property(lambda _self: False))
    desk.refresh_actions()
    assert not desk.acts["undo"].isEnabled()
    desk.trigger("tool_measure")
    for x in (150, 250):
        qtbot.mouseClick(desk.workspace.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, 300))
    assert desk.acts["undo"].isEnabled()
    desk.trigger("undo")
    assert len(desk.workspace.canvas.tool.points) == 1
    desk.trigger("undo")
    assert not desk.acts["undo"].isEnabled()


def test_very_many_points_are_computed_beside_the_window(desk: Any, session: Any, qtbot: Any) -> None:
    import threading

    import numpy as np

    t = np.linspace(0, 2 * np.pi, 25_000, endpoint=False)
    ring = np.column_stack([X + 300 + 90 * np.cos(t), Y + 300 + 90 * np.sin(t)])
    big = shapely.MultiPolygon([shapely.Polygon(np.round(ring, 3))])
    session.transact(Notice("t", "big"), [Insert("sand_pits", {"code": "SK-900", "geometry": big})])
    choose(desk, "SK-900")
    asked = dialog(desk, "simplify")
    asked.together.setChecked(False)
    where: list[str] = []
    edit = asked.edit
    asked.edit = lambda: lambda shapes: (where.append(threading.current_thread().name), edit()(shapes))[1]
    asked.tolerance.setValue(0.05)
    asked.look()
    assert not asked.main.isEnabled()
    qtbot.waitUntil(lambda: bool(asked.made), timeout=10_000)
    assert all(name != threading.main_thread().name for name in where)
    asked.take()
    assert shapely.get_num_coordinates(outline(desk, "SK-900")) < 500


def test_a_new_outline_along_a_neighbour_shares_its_boundary(desk: Any, session: Any) -> None:
    from app.gui.dialogs.new_feature import NewFeatureDialog

    old = shapely.MultiPolygon([shapely.box(X + 300, Y, X + 400, Y + 100)])
    session.transact(Notice("t", "old"), [Insert("sand_pits", {"code": "SK-800", "geometry": old})])
    asked = NewFeatureDialog(desk, session, shapely.box(X + 400, Y + 20, X + 450, Y + 60))
    asked.layer.choose("sand_pits")
    asked.code.setText("SK-801")
    asked.take()
    assert outline(desk, "SK-800").area == 10_000
    assert {(x - X, y - Y) for x, y in shapely.get_coordinates(outline(desk, "SK-800"))} >= {(400, 20), (400, 60)}
    assert session.site_code == "SK-801"
    session.undo()
    assert shapely.get_num_coordinates(outline(desk, "SK-800")) == 5


def test_what_is_drawn_inside_another_site_is_refused_in_words_if_it_must_stay_clear(desk: Any, session: Any) -> None:
    told: list[str] = []
    session.failed.connect(lambda e: told.append(str(e)))
    desk.workspace.canvas.snapping.set_switch("clear", True)
    inside = outline(desk, "SK-001").centroid.buffer(3)
    desk.workspace.canvas.outline_drawn.emit(inside)
    desk.workspace.canvas.snapping.set_switch("clear", False)
    assert "nothing is left" in told[0]
    assert not desk.commands._open_dialogs


def test_an_outline_pasted_crosswise_is_explained_by_the_dialog(desk: Any) -> None:
    at = [(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)]
    desk.workspace.canvas.outline_drawn.emit(shapely.Polygon(at))
    assert not desk.commands._open_dialogs[-1].main.isEnabled()
