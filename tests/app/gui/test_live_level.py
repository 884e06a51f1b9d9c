"""The live level with slider, wheel, keys and typing; the spill point and the way of the water on the map."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QStyle, QStyleOptionSlider

from app.gui.panels.inspector.level_bar import LevelBar, round_step
from app.gui.widgets import Banner
from app.verbs.estimate import estimate
from models.estimate import TOO_UNCERTAIN, EstimateRequest
from models.notices import Notice
from tests.app.gui.conftest import X, Y, words_of

Idle = Callable[[Any], None]


def turn(widget: Any, notches: float, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    at = QPointF(widget.width() / 2, widget.height() / 2)
    delta = QPoint(0, round(120 * notches))
    event = QWheelEvent(
        at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), delta, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.fixture
def bar(qtbot: Any, look: None) -> LevelBar:
    made = LevelBar()
    qtbot.addWidget(made)
    made.resize(300, 40)
    made.show()
    made.set_span((1042.37, 1050.4))
    made.show_level(1045.0)
    return made


@pytest.mark.parametrize(("span", "step"), [(0.5, 0.01), (8.0, 0.05), (30.0, 0.2), (37.0, 0.2), (150.0, 1.0)])
def test_steps_are_round(span: float, step: float) -> None:
    assert round_step(span) == pytest.approx(step)


def test_wheel_and_keys_go_to_round_levels(bar: LevelBar, qtbot: Any) -> None:
    said: list[float] = []
    bar.moved.connect(said.append)
    bar.show_level(1045.03)
    turn(bar.slider, 1)
    assert bar.value() == 1045.05
    turn(bar.slider, 0.5)
    assert bar.value() == 1045.05
    turn(bar.slider, 0.5)
    assert bar.value() == 1045.1
    turn(bar.slider, -2)
    assert bar.value() == 1045.0
    turn(bar.slider, 1, Qt.KeyboardModifier.ShiftModifier)
    assert bar.value() == 1045.01
    for key, level in (
        (Qt.Key.Key_Up, 1045.05), (Qt.Key.Key_Left, 1045.0), (Qt.Key.Key_PageUp, 1045.5), (Qt.Key.Key_End, 1050.4),
        (Qt.Key.Key_Up, 1050.4), (Qt.Key.Key_Home, 1042.37), (Qt.Key.Key_Down, 1042.37),
    ):  # fmt: skip
        qtbot.keyClick(bar.slider, key)
        assert bar.value() == level, key
    assert len(said) == 9  # at the ends nothing moves and nothing is said


def test_the_handle_is_dragged(bar: LevelBar, qtbot: Any) -> None:
    said: list[float] = []
    settled: list[bool] = []
    bar.moved.connect(said.append)
    bar.settled.connect(lambda: settled.append(True))
    option = QStyleOptionSlider()
    bar.slider.initStyleOption(option)
    handle = bar.slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, bar.slider
    )
    at = handle.center()
    qtbot.mousePress(bar.slider, Qt.MouseButton.LeftButton, pos=at)
    for dx in (10, 25, 40):
        qtbot.mouseMove(bar.slider, at + QPoint(dx, 0))
    assert len(said) >= 3
    assert said == sorted(said)
    assert said[-1] == bar.value() > 1045.0
    assert not settled
    qtbot.mouseRelease(bar.slider, Qt.MouseButton.LeftButton, pos=at + QPoint(40, 0))
    assert settled == [True]


def test_a_level_is_typed(bar: LevelBar, qtbot: Any) -> None:
    said: list[float] = []
    bar.moved.connect(said.append)
    line = bar.spin.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "1047.25")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert said == [1047.25]
    assert bar.slider.value() == round((1047.25 - 1042.37) * 100)


@pytest.fixture
def work(window: Any, opened: Any, idle: Idle) -> Any:
    workspace = window.ensure_workspace()
    opened.select_site("SK-001")
    workspace.inspector.show_tab("capacity")
    idle(opened)
    return workspace


def test_alt_and_the_wheel_over_the_map_and_the_shortcut_move_it(work: Any, window: Any, opened: Any) -> None:
    tab = work.inspector.capacity
    scale = work.canvas.view.scale
    tab.choices.level.show_level(1046.0)
    turn(work.canvas, 2, Qt.KeyboardModifier.AltModifier)
    assert tab.choices.level.value() == pytest.approx(1046.1)
    assert work.canvas.view.scale == scale  # the map did not zoom
    assert tab.result.figures.level.level_m == pytest.approx(1046.1)
    window.trigger("level_down")
    assert tab.choices.level.value() == pytest.approx(1046.05)
    turn(work.canvas, 1)
    assert work.canvas.view.scale != scale


@pytest.mark.parametrize("tab", ["capacity", "fields"])
def test_keys_right_after_selecting_are_not_lost(window: Any, opened: Any, idle: Idle, tab: str) -> None:
    workspace = window.ensure_workspace()
    workspace.inspector.show_tab(tab)
    opened.select_site("SK-001")
    window.trigger("level_down")
    window.trigger("level_down")
    idle(opened)
    capacity = workspace.inspector.capacity
    lowest = capacity.answer.reference.mean_elevation_m
    step = capacity.choices.level.step_m
    assert capacity.result.figures.level.level_m == pytest.approx(math.ceil(lowest / step - 1e-6) * step - 2 * step)
    opened.select_site("SK-002")
    idle(opened)
    assert capacity.result.figures.level is None  # they were for the other


def test_the_way_of_the_water_leaves_over_the_edited_rim(work: Any, opened: Any, idle: Idle) -> None:
    from app.verbs.rim import Where, add_rim_edit

    tab, canvas = work.inspector.capacity, work.canvas
    before = tab.live.ways[0]
    opened.run_write("rim", lambda project, _w: add_rim_edit(
        project, "SK-001", "set", Where(middle=(X + 40 + 24, Y - 40), length_m=6.0), value_m=1049.0
    ))  # fmt: skip
    idle(opened)
    assert tab.live.ways[0] is before  # the surface is not over the edited rim
    tab.choices.choose_surface("edited_rim")
    idle(opened)
    way = tab.live.ways[0]
    assert way.level_m == pytest.approx(1049.0)
    assert way.x == pytest.approx(X + 64, abs=1)
    assert canvas.notes["spill"].ways[0][0] == (way.x, way.y)
    tab.choices.choose_surface("spill")
    idle(opened)
    assert tab.live.ways[0].level_m == pytest.approx(before.level_m)


def test_figures_map_and_interval_move_with_the_level(work: Any, opened: Any) -> None:
    tab, canvas = work.inspector.capacity, work.canvas
    tab.choices.waste.choose("FA-1")
    figures = tab.result.figures
    seen = []
    for level in (1045.0, 1047.0, 1049.0):
        tab.choices.level.spin.setValue(level)
        same = estimate(
            opened.project, ["SK-001"], store=False, request=EstimateRequest("level", {"level_m": level}, waste="FA-1")
        ).estimates[0]
        f = figures.level
        assert f.fill_m3 == pytest.approx(same.fill_m3, rel=1e-4)
        assert f.tonnage_t == pytest.approx(same.tonnage_t, rel=1e-4)
        assert f.flooded_m2 == pytest.approx(same.flooded_m2, rel=1e-3)
        assert f.half_m3 == pytest.approx(same.interval95.fill_m3, rel=0.02)
        assert f.half_tonnage_t == pytest.approx(same.interval95.tonnage_t, rel=0.02)
        assert figures.volume.half.text().startswith("± ")
        image = canvas.pictures.overlays["depth"].image
        wet = sum(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))
        assert wet == pytest.approx(f.flooded_m2, rel=0.02)  # cells of 1 m²
        seen.append(wet)
    assert seen[0] < seen[1] < seen[2]


def test_the_spill_point_stands_on_the_lowest_rim(work: Any, opened: Any) -> None:
    tab, canvas = work.inspector.capacity, work.canvas
    note = canvas.notes["spill"]
    (at, path, words, runs) = note.ways[0]
    # The ground falls by 1 % to the west: the rim is lowest at the western end of the outline.
    assert (
        math.hypot(at[0] - (X + 40 - 24), at[1] - (Y - 40)) < 1.6
    )  # a cell and a half along the cells, which are level
    assert not runs
    assert np.allclose(path[0], at)
    assert path[-1][0] < X + 2
    assert abs(path[-1][1] - (Y - 40)) < 3
    assert tab.live.ways[0].level_m == pytest.approx(tab.answer.reference.mean_elevation_m)
    assert any(f"{tab.live.ways[0].level_m:.2f}"[-5:] in w for w in words)
    tab.choices.level.spin.setValue(1049.0)
    assert not canvas.notes["spill"].ways[0][3]
    tab.choices.level.spin.setValue(1050.5)
    assert canvas.notes["spill"].ways[0][3]
    assert "above the level at which water runs over" in tab.result.figures.basis.text()
    opened.select_site("DC-001")
    assert "spill" not in canvas.notes


def test_going_back_shows_the_estimate_again(work: Any, opened: Any, idle: Idle) -> None:
    tab, canvas = work.inspector.capacity, work.canvas
    title = canvas.pictures.overlays["depth"].title
    tab.choices.level.spin.setValue(1045.0)
    assert canvas.pictures.overlays["depth"].title != title
    tab.result.figures.estimate_wanted.emit()
    assert canvas.pictures.overlays["depth"].title == title
    assert tab.result.figures.level is None
    opened.select("", ())
    idle(opened)
    assert "depth" not in canvas.pictures.overlays


def test_what_is_shown_is_what_is_stored(work: Any, opened: Any, idle: Idle) -> None:
    tab = work.inspector.capacity
    tab.keep.click()
    idle(opened)
    assert not tab.keep.isEnabled()
    tab.choices.level.spin.setValue(1046.5)
    assert tab.keep.isEnabled()
    assert tab.state.text() == "this level is looked at, not stored"
    shown = tab.result.figures.level.fill_m3
    tab.keep.click()
    idle(opened)
    kept = opened.project.store.estimates(["SK-001"])[-1]
    assert kept.reference.key == "level"
    assert kept.reference.parameters["level_m"] == pytest.approx(1046.5)
    assert kept.fill_m3 == pytest.approx(shown, rel=1e-4)
    assert tab.stored
    assert not tab.keep.isEnabled()


def test_the_stored_estimate_is_stored_again_after_a_look_at_a_level(work: Any, opened: Any, idle: Idle) -> None:
    tab = work.inspector.capacity
    tab.keep.click()
    idle(opened)
    tab.choices.level.spin.setValue(1046.5)
    tab.result.figures.estimate_wanted.emit()
    assert not tab.keep.isEnabled()
    assert tab.state.text().startswith("stored")


def test_the_way_is_painted_in_the_map(work: Any, opened: Any, qtbot: Any) -> None:
    canvas = work.canvas
    canvas.zoom_to((X, Y - 80, X + 80, Y), 0.0)
    qtbot.waitUntil(lambda: not canvas.pictures.busy, timeout=10_000)
    at = QPointF(*canvas.view.to_screen(X + 8.0, Y - 40.0)).toPoint()

    def blue() -> bool:
        image = canvas.grab().toImage()
        return any(
            image.pixelColor(at.x(), at.y() + d).blue() > image.pixelColor(at.x(), at.y() + d).red() + 90
            for d in range(-30, 31)
        )

    assert blue()
    canvas.set_note("spill", None)
    assert not blue()


@pytest.mark.parametrize(("volume", "text", "unit"), [(3.8, "3.80", "m³"), (718.0, "0.0718", "10⁴ m³")])
def test_few_cubic_metres_are_told_as_such(qtbot: Any, look: None, volume: float, text: str, unit: str) -> None:
    from app.gui.panels.inspector.capacity_figures import CapacityFigures

    made = CapacityFigures()
    qtbot.addWidget(made)
    made._show_volume(made.other, volume, None)
    assert (made.other.value.text(), made.other.unit.text()) == (text, unit)


def test_the_unit_comes_back_with_the_estimate(work: Any, idle: Idle, opened: Any) -> None:
    """At the bottom of the pit the volume is told in m³; the estimate's figure beside that unit would be a lie."""
    tab = work.inspector.capacity
    volume = tab.result.figures.volume
    before = volume.value.text(), volume.unit.text()
    assert before[1] == "10⁴ m³"
    tab.choices.level.slider.setValue(2)
    assert volume.unit.text() == "m³"
    back = next(b for b in tab.result.figures.findChildren(QPushButton) if b.text() == "Back")
    back.click()
    idle(opened)
    assert (volume.value.text(), volume.unit.text()) == before


@pytest.mark.parametrize(("code", "title"), [("SK-001", "Depth of fill"), ("DC-001", "Height of the heap")])
def test_the_legend_of_a_heap_speaks_of_its_height(window: Any, opened: Any, idle: Idle, code: str, title: str) -> None:
    workspace = window.ensure_workspace()
    workspace.inspector.show_tab("capacity")
    opened.select_site(code)
    idle(opened)
    assert workspace.canvas.pictures.overlays["depth"].title == title


def test_above_the_estimate_the_curve_goes_on_and_its_verdict_rests(work: Any) -> None:
    tab = work.inspector.capacity
    sure = tab.answer
    top = tab.result.curve[-1].elevation_m
    low, usual = (
        Notice("estimate.low_reading", "the lowest reading"),
        Notice("estimate.default_errors", "usual figures"),
    )
    unsure = replace(sure, warnings=(Notice(TOO_UNCERTAIN, "no estimate"), low, usual))
    tab.result.show_estimate(unsure)
    QApplication.processEvents()  # what is new in a layout shows a moment later
    banner, of_the_spill = tab.result._unsure
    (stays,) = [b for b in tab.result.findChildren(Banner) if "Usual figures" in words_of(b)]
    assert not tab.result.figures.verdict.isHidden()
    assert not any(b.isHidden() for b in (banner, of_the_spill, stays))
    tab.choices.level.spin.setValue(1050.3)
    assert top < 1050.3
    assert banner.isHidden()  # it speaks of the estimate, not of the figure at this level
    assert of_the_spill.isHidden()
    assert not stays.isHidden()
    assert tab.result.figures.verdict.isHidden()
    rows = tab.result._drawn
    assert rows[-1].elevation_m == pytest.approx(tab.live.levels.span[1])
    for row in rows[40::40]:
        assert (row.volume_m3, row.area_m2) == pytest.approx(tab.live.levels.table.at(row.elevation_m))
    inside = [r for r in rows if r.elevation_m <= top]
    volumes = np.interp([r.elevation_m for r in inside], [r.elevation_m for r in tab.result.curve],
                        [r.volume_m3 for r in tab.result.curve])  # fmt: skip
    assert [r.volume_m3 for r in inside] == pytest.approx(volumes, rel=0.02, abs=2)
    tab.choices.level.spin.setValue(1043.0)
    assert tab.result._drawn == tab.result.curve
    tab.live.end()
    assert not banner.isHidden()
    assert not of_the_spill.isHidden()
    assert not tab.result.figures.verdict.isHidden()
