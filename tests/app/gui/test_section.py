"""The section in the window: line by mouse, pointer both ways, other surveys, red lines, exaggeration, files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from rasterio.transform import from_origin

from app.gui.dialogs.section import SectionDialog
from app.verbs.terrain import add_terrain
from models.errors import Refused, Unwritable
from tests.app.gui.conftest import SIZE, X, Y, heights

Idle = Callable[[Any], None]


@pytest.fixture
def work(window: Any, opened: Any, idle: Idle, qtbot: Any) -> Any:
    workspace = window.ensure_workspace()
    opened.select_site("SK-001")
    workspace.inspector.show_tab("section")
    workspace.canvas.zoom_to((X, Y - SIZE, X + SIZE, Y), 0.0)
    idle(opened)
    qtbot.waitUntil(lambda: not workspace.canvas.pictures.busy, timeout=10_000)
    return workspace


def mouse(widget: Any, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    event = QMouseEvent(
        kind, at, QPointF(widget.mapToGlobal(at.toPoint())), pressed, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def click(canvas: Any, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    at = QPointF(*canvas.view.to_screen(x, y))
    mouse(canvas, QEvent.Type.MouseMove, at)
    mouse(canvas, QEvent.Type.MouseButtonPress, at, button)
    mouse(canvas, QEvent.Type.MouseButtonRelease, at, button)


def draw(work: Any, opened: Any, idle: Idle, *places: tuple[float, float]) -> Any:
    work.canvas.set_tool("section")
    for dx, dy in places:
        click(work.canvas, X + dx, Y - dy)
    click(work.canvas, X + places[-1][0], Y - places[-1][1], Qt.MouseButton.RightButton)
    idle(opened)
    return work.inspector.section


def test_a_line_of_several_places_is_cut(work: Any, opened: Any, idle: Idle) -> None:
    tab = draw(work, opened, idle, (4.0, 62.0), (44.0, 63.0), (150.0, 90.0))
    answer = tab.view.answer
    assert len(answer.line.coords) == 3
    assert tab.which.currentData() == "drawn"
    assert answer.section.bends_m[0] == pytest.approx(40, abs=1.5)
    assert answer.section.distance_m[-1] == pytest.approx(answer.line.length)
    z = heights()
    k = len(answer.section.x) // 3
    col, row = answer.section.x[k] - X, Y - answer.section.y[k]
    assert answer.section.ground_m[k] == pytest.approx(z[int(row), int(col)], abs=0.4)


def test_the_red_line_is_shown_where_it_is_crossed(work: Any, opened: Any, idle: Idle) -> None:
    tab = draw(work, opened, idle, (60.0, 60.0), (158.0, 60.0))
    (crossed,) = tab.view.answer.crossings  # the red line is a circle of 30 m about (120, 60)
    assert crossed.code == "HX-001"
    x0 = tab.view.answer.line.coords[0][0] - X
    assert (x0 + crossed.from_m, x0 + crossed.to_m) == (pytest.approx(90, abs=0.3), pytest.approx(150, abs=0.3))
    (band,) = tab.view.chart.drawing.bands
    assert band.label == "HX-001"
    assert "HX-001" in tab.view.facts.text()
    assert "HX-001 红线" in tab.view.chart.drawing.readout(40.0, 0.0)
    assert "HX-001 红线" not in tab.view.chart.drawing.readout(5.0, 0.0)


def test_the_pointer_is_linked_both_ways(work: Any, opened: Any, idle: Idle, qtbot: Any) -> None:
    tab = draw(work, opened, idle, (5.0, 40.0), (155.0, 40.0))
    canvas, chart = work.canvas, tab.view.chart
    note = canvas.notes["section"]
    chart.grab()
    along = 60.0
    at = QPointF(float(chart._scales[0].px(along)), chart.height() / 2)
    mouse(chart, QEvent.Type.MouseMove, at)
    x0, y0 = tab.view.answer.line.coords[0]
    assert note.pointer == (pytest.approx(x0 + along, abs=0.3), pytest.approx(y0, abs=0.5))
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert note.pointer is None
    place = QPointF(*canvas.view.to_screen(x0 + 80.0, y0 + 2.0))
    mouse(canvas, QEvent.Type.MouseMove, place)
    assert chart._pointer is not None
    assert chart._scales[0].value(chart._pointer.x()) == pytest.approx(80.0, abs=0.3)
    assert note.pointer[0] == pytest.approx(x0 + 80.0, abs=0.3)
    mouse(canvas, QEvent.Type.MouseMove, QPointF(*canvas.view.to_screen(x0 + 80.0, Y - 155)))
    assert chart._pointer is None
    assert note.pointer is None


def test_the_line_stays_on_the_map_while_the_section_is_looked_at(work: Any, opened: Any, window: Any) -> None:
    canvas, inspector = work.canvas, work.inspector
    assert "section" in canvas.notes
    inspector.show_tab("fields")
    assert "section" not in canvas.notes
    inspector.show_tab("section")
    assert "section" in canvas.notes
    opened.select("", ())
    assert "section" not in canvas.notes


def test_exaggeration_is_what_it_says(work: Any) -> None:
    view = work.inspector.section.view
    for times in (1.0, 5.0, 20.0):
        view.times.choose(times)
        view._draw()
        view.chart.grab()
        sx, sy = view.chart._scales
        ratio = abs(sy.px(1.0) - sy.px(0.0)) / abs(sx.px(1.0) - sx.px(0.0))
        assert ratio == pytest.approx(times, rel=1e-6)
        assert sx.low <= 0
        assert sx.high >= view.answer.section.distance_m[-1]
    view.times.choose(None)
    view._draw()
    view.chart.grab()
    assert view.drawn_exaggeration() > 1
    assert view.chart._scales[0].high == pytest.approx(view.answer.section.distance_m[-1])


def test_the_wheel_looks_closer_and_a_drag_moves_on(work: Any) -> None:
    chart = work.inspector.section.view.chart
    whole = float(work.inspector.section.data.distance_m[-1])
    chart.grab()
    at = QPointF(float(chart._scales[0].px(whole * 0.75)), chart.height() / 2)
    glob = QPointF(chart.mapToGlobal(at.toPoint()))
    event = QWheelEvent(
        at, glob, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)
    low, high = chart.span
    assert high - low == pytest.approx(whole / 2)
    chart.grab()
    assert chart._scales[0].value(at.x()) == pytest.approx(whole * 0.75)  # stays under the pointer
    to = at + QPointF(30, 0)
    moved = chart._scales[0].value(to.x()) - chart._scales[0].value(at.x())
    mouse(chart, QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton)
    mouse(chart, QEvent.Type.MouseMove, to, Qt.MouseButton.LeftButton)
    mouse(chart, QEvent.Type.MouseButtonRelease, to, Qt.MouseButton.LeftButton)
    assert chart.span[0] == pytest.approx(low - moved)
    chart.look_at(-50.0, -40.0)
    assert chart.span == (0.0, 10.0)
    mouse(chart, QEvent.Type.MouseButtonDblClick, at, Qt.MouseButton.LeftButton)
    assert chart.span is None


def test_other_surveys_stand_beside_it(work: Any, opened: Any, idle: Idle, folder: Path, tmp_path: Path) -> None:
    later = folder / "回填后.tif"
    with rasterio.open(
        later, "w", driver="GTiff", width=SIZE, height=SIZE, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X, Y, 1, 1),
    ) as out:  # fmt: skip
        out.write(np.maximum(heights(), 1046.0), 1)
    opened.run_write("t", lambda p, _w: add_terrain(p, later, name="回填后", source="lidar"))
    idle(opened)
    tab = work.inspector.section
    main = tab.view.answer.terrain
    other = next(t.name for t in opened.terrains() if t.name != main)
    tab._fill_menu()
    (action,) = tab._menu.actions()
    assert action.text() == other
    action.trigger()
    idle(opened)
    ((name, z),) = tab.view.answer.others
    assert name == other
    difference = np.abs(z - tab.data.ground_m)
    assert np.nanmax(difference) == pytest.approx(1046 - 1042.4, abs=0.5)
    assert any(name in line.label for line in tab.view.chart.drawing.lines)
    tab.write_csv(tmp_path / "断面.csv")
    with (tmp_path / "断面.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[40][f"ground_m {other}"]) == pytest.approx(float(z[40]), abs=0.001)


def test_the_surface_that_is_looked_at_is_the_one_that_is_cut(work: Any, opened: Any, idle: Idle) -> None:
    inspector = work.inspector
    inspector.show_tab("capacity")
    idle(opened)
    inspector.capacity.choices.level.spin.setValue(1046.5)
    inspector.show_tab("section")
    idle(opened)
    reference = inspector.section.data.reference_m
    assert np.nanmin(reference) == np.nanmax(reference) == 1046.5
    assert inspector.section.view.answer.reference == "level"


def test_pictures(work: Any, tmp_path: Path) -> None:
    view = work.inspector.section.view
    view.write_picture(tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (2400, 1120)
    colours = {image.pixelColor(x, 700).name() for x in range(0, 2400, 3)}
    assert len(colours) > 3
    view.write_picture(tmp_path / "a.svg")
    root = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314 - our own file
    said = "".join(root.itertext())
    assert "SK-001" in said
    assert len(root.findall(".//{http://www.w3.org/2000/svg}polyline")) >= 2
    with pytest.raises(Refused):
        view.write_picture(tmp_path / "a.bmp")
    with pytest.raises(Unwritable):
        view.write_picture(tmp_path / "nowhere" / "a.png")
    with pytest.raises(Unwritable):
        view.write_picture(tmp_path / "nowhere" / "a.svg")


def test_a_window_of_its_own_follows(work: Any, opened: Any, window: Any, idle: Idle) -> None:
    tab = work.inspector.section
    tab.large_wanted.emit()
    dialog = next(d for d in window.findChildren(SectionDialog))
    assert dialog.view.answer is tab.view.answer
    work.inspector.show_tab("fields")
    assert "section" in work.canvas.notes
    opened.select_site("SK-002")
    idle(opened)
    assert dialog.view.answer.site == "SK-002"
    dialog.view.pointed.emit(10.0)
    assert work.canvas.notes["section"].pointer is not None
    dialog.close()
    assert "section" not in work.canvas.notes
    assert tab.watched == 0


def test_a_line_without_a_site_has_a_window_of_its_own(work: Any, opened: Any, window: Any, idle: Idle) -> None:
    opened.select("", ())
    assert window.acts["tool_section"].isEnabled()
    tab = draw(work, opened, idle, (4.0, 40.0), (150.0, 40.0))
    (dialog,) = (d for d in window.findChildren(SectionDialog) if d.isVisible())
    answer = dialog.view.answer
    assert answer.site == ""
    assert [c.code for c in answer.passes] == ["SK-001", "SK-002"]
    assert {b.label for b in dialog.view.chart.drawing.bands} >= {"SK-001", "SK-002"}
    assert "SK-002" in dialog.view.facts.text()
    assert np.isfinite(answer.section.ground_m).all()
    assert "section" in work.canvas.notes
    again = draw(work, opened, idle, (4.0, 60.0), (150.0, 60.0))
    assert again is tab
    assert len([d for d in window.findChildren(SectionDialog) if d.isVisible()]) == 1
    assert dialog.view.answer.line.coords[0][1] == pytest.approx(Y - 60, abs=0.6)
    opened.select_site("SK-002")
    idle(opened)
    assert dialog.view.answer.site == "SK-002"  # what is selected is followed
    dialog.close()
    assert "section" in work.canvas.notes  # the tab in the inspector shows it still
    opened.select("", ())
    assert "section" not in work.canvas.notes


def test_a_moving_level_redraws_the_section(work: Any, opened: Any, window: Any, idle: Idle) -> None:
    inspector = work.inspector
    tab = inspector.section
    own = tab.view.answer
    tab.view.chart.grab()
    tab.view.chart.look_at(10.0, 30.0)
    window.trigger("level_down")
    idle(opened)
    assert inspector.tabs.currentWidget().isAncestorOf(tab)  # it stays in front
    level = inspector.capacity.choices.level.value()
    shown = tab.view.answer
    assert shown.reference == "level"
    assert np.nanmin(shown.section.reference_m) == np.nanmax(shown.section.reference_m) == level
    assert (np.isfinite(shown.section.reference_m) == np.isfinite(own.section.reference_m)).mean() > 0.98
    assert tab.view.chart.span == (10.0, 30.0)
    window.trigger("level_down")
    assert np.nanmax(tab.view.answer.section.reference_m) == inspector.capacity.choices.level.value() < level
    inspector.capacity.live.end()
    idle(opened)
    assert tab.view.answer.reference == own.reference
