"""Dialogs of the volumes: the rim by hand, error figures, earthwork tables and drawing. Against the verbs they call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from app.gui.dialogs.error_figures import ErrorFiguresDialog
from app.gui.dialogs.rim import RimDialog
from app.gui.main_window import MainWindow
from app.gui.session import Session
from app.gui.widgets import Banner
from app.verbs.rim import rim_edits
from app.verbs.terrain_errors import error_defaults
from app.words import basis_words

Idle = Callable[[Any], None]


@pytest.fixture
def window(qtbot: Any, look: None, opened: Session, idle: Idle) -> Iterator[MainWindow]:
    made = MainWindow(opened)
    made.resize(1366, 768)
    made.show()
    opened.select_site("SK-001")
    idle(opened)
    yield made
    idle(opened)
    made.close()
    made.deleteLater()


def opened_dialog(window: MainWindow, key: str, idle: Idle) -> Any:
    window.trigger(key)
    idle(window.session)
    return window.commands._open_dialogs[-1]


def banners(dialog: Any) -> str:
    return "\n".join(w.text() for b in dialog.findChildren(Banner) for w in b.findChildren(QLabel))


def test_a_stretch_is_dragged_lowered_and_undone(window: MainWindow, opened: Session, idle: Idle, qtbot: Any) -> None:
    dialog: RimDialog = opened_dialog(window, "rim_edit", idle)
    profile = dialog.profile
    assert profile.length_m == pytest.approx(2 * np.pi * 24, rel=0.01)
    assert dialog.points.rowCount() == profile.at_m.size
    assert not dialog.add.isEnabled()
    chart = dialog.chart
    sx = chart._scales[0]
    y = chart.height() // 2
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=QPoint(round(float(sx.px(20))), y))
    qtbot.mouseMove(chart, QPoint(round(float(sx.px(35))), y))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=QPoint(round(float(sx.px(35))), y))
    assert dialog.first.value() == pytest.approx(20, abs=0.3)
    assert dialog.last.value() == pytest.approx(35, abs=0.3)
    dialog.action.choose("lower")
    dialog._fit_action()
    assert dialog.value.value() == 0.5
    dialog.value.setValue(0.8)
    dialog.remarks.setText("排水口")
    dialog.take()
    idle(opened)
    (row,) = rim_edits(opened.project, "SK-001")
    assert (row.edit.action, row.edit.value_m, row.edit.remarks) == ("lower", 0.8, "排水口")
    assert row.stretch.start == pytest.approx(dialog.first.value(), abs=0.01)
    assert dialog.list.rowCount() == 1
    changed = dialog.profile.ground_m - dialog.profile.edited_m
    assert changed.max() == pytest.approx(0.8)
    assert np.ptp(dialog.profile.at_m[changed > 0.4]) == pytest.approx(15, abs=0.5)
    opened.undo()
    idle(opened)
    assert dialog.list.rowCount() == 0
    assert np.array_equal(dialog.profile.ground_m, dialog.profile.edited_m)


def test_rows_choose_a_stretch_and_an_edit_is_taken_back(window: MainWindow, opened: Session, idle: Idle) -> None:
    dialog: RimDialog = opened_dialog(window, "rim_edit", idle)
    dialog.points.clearSelection()
    dialog.points.setCurrentCell(10, 0)
    dialog.points.selectionModel().clearSelection()
    dialog.points.choose(10, 30)
    dialog._picked()
    assert dialog.first.value() == pytest.approx(dialog.profile.at_m[10], abs=0.05)
    dialog.action.choose("leave_out")
    dialog._fit_action()
    assert not dialog.value.isVisibleTo(dialog)
    dialog.take()
    idle(opened)
    assert dialog.points.item(20, 2).text() == "left out"
    dialog.first.setValue(dialog.profile.length_m - 4)  # over the beginning of the ring
    dialog.last.setValue(6)
    dialog.action.choose("raise")
    dialog.value.setValue(0.4)
    dialog.take()
    idle(opened)
    second = rim_edits(opened.project, "SK-001")[1]
    assert second.stretch.length == pytest.approx(10, abs=0.1)
    assert dialog.profile.edited_m[0] - dialog.profile.ground_m[0] == pytest.approx(0.4)
    dialog.list.selectRow(0)
    dialog.remove()
    idle(opened)
    assert [r.edit.action for r in rim_edits(opened.project, "SK-001")] == ["raise"]


def test_what_the_rim_refuses_is_said(window: MainWindow, opened: Session, idle: Idle) -> None:
    dialog: RimDialog = opened_dialog(window, "rim_edit", idle)
    dialog.choose(0.0, dialog.profile.length_m)
    dialog.action.choose("leave_out")
    dialog.take()
    idle(opened)
    assert "whole rim" in banners(dialog)
    assert rim_edits(opened.project, "SK-001") == []


def test_figures_of_a_terrain_change_the_interval(window: MainWindow, opened: Session, idle: Idle) -> None:
    tab = window.workspace.inspector.capacity
    window.workspace.inspector.show_tab("capacity")
    idle(opened)
    tab.store()
    before = tab.answer.interval95
    dialog: ErrorFiguresDialog = opened_dialog(window, "error_figures", idle)
    assert dialog.own.table.item(0, 5).text() == "usual for Airborne lidar"
    spin = dialog.own.form.spins["sigma_z_m"]
    spin.setValue(spin.value() * 4)
    dialog.take_terrain()
    idle(opened)
    assert opened.project.store.terrain("地形1m").errors.sigma_z_m == pytest.approx(0.6)
    assert tab.answer.interval95.fill_m3 > 1.2 * before.fill_m3
    assert tab.answer.interval95.parts["terrain_m3"] == pytest.approx(4 * before.parts["terrain_m3"], rel=0.1)
    assert not tab.stored
    assert "stated" in dialog.own.table.item(0, 5).text()
    opened.undo()
    assert opened.project.store.terrain("地形1m").errors.sigma_z_m == pytest.approx(0.15)
    dialog.source.choose("srtm_30m")
    dialog._preview_source()
    assert spin.value() == 4.0
    dialog.own.form.spins["bias_m"].setValue(0)  # empty: not stated
    dialog.take_terrain()
    idle(opened)
    errors = opened.project.store.terrain("地形1m").errors
    assert (errors.sigma_z_m, errors.bias_m) == (4.0, None)


def test_defaults_of_a_survey_are_edited_with_their_source_and_reset(
    window: MainWindow, opened: Session, idle: Idle
) -> None:
    dialog: ErrorFiguresDialog = opened_dialog(window, "error_figures", idle)
    dialog.tabs.setCurrentIndex(1)
    at = [d.source for d in dialog.defaults].index("lidar")
    assert dialog.usual.table.item(at, 5).text() == "uncertain, or a practice figure"
    dialog.usual.table.selectRow(at)
    dialog.usual.form.spins["sigma_z_m"].setValue(0.06)
    dialog.said_by.setText("2026 检查点报告")
    dialog.take_default()
    idle(opened)
    known = error_defaults(opened.project)["lidar"]
    assert (known.figures.sigma_z_m, known.figures.range_m, known.said_by) == (0.06, 50.0, "2026 检查点报告")
    assert dialog.usual.table.item(at, 5).text() == "edited by you"
    assert opened.project.store.terrain("地形1m").errors.sigma_z_m == 0.15
    assert "地形1m" in dialog.behind.text()
    assert dialog.apply.isVisible()
    dialog.apply.click()
    idle(opened)
    assert opened.project.store.terrain("地形1m").errors.sigma_z_m == 0.06
    assert not dialog.apply.isVisible()
    dialog.copy()
    assert "2026 检查点报告" in QGuiApplication.clipboard().text()
    dialog.usual.table.selectRow(at)
    dialog.take_default()
    idle(opened)
    assert "no error figure" in banners(dialog).lower()
    dialog.reset()
    idle(opened)
    assert not error_defaults(opened.project)["lidar"].edited


def test_who_says_so_in_words() -> None:
    assert basis_words("", str) == "not stated"
    assert basis_words("stated;default:lidar", str) == "stated; usual for Airborne lidar"
    assert basis_words("cross-validation", str) == "cross-validation"


@pytest.mark.parametrize("what", ["workbook", "drawing", "cad", "grid", "sections"])
def test_earthwork_is_written(window: MainWindow, opened: Session, idle: Idle, folder: Path, what: str) -> None:
    window.workspace.inspector.show_tab("capacity")
    idle(opened)
    dialog = opened_dialog(window, "earthwork", idle)
    dialog.what.choose(what)
    dialog._fit()
    dialog.side.setValue(1.0 if what == "drawing" else 5.0)
    out = dialog.out.path()
    out.write_text("somebody's", encoding="utf8")
    dialog.take()
    assert "exists already" in banners(dialog)
    assert out.read_text(encoding="utf8") == "somebody's"
    dialog.replace.setChecked(True)
    dialog.take()
    idle(opened)
    if what == "drawing":  # the sheet cannot carry squares as small as that, and says which it can
        assert "larger paper" in banners(dialog)
        assert out.read_text(encoding="utf8") == "somebody's"
        dialog.side.setValue(0)
        dialog.language.choose("zh_CN")
        dialog.take()
        idle(opened)
    assert not window.commands._open_dialogs, banners(dialog)
    data = out.read_bytes()
    assert data[:4] == {"workbook": b"PK\x03\x04", "drawing": b"%PDF"}.get(what, data[:4])
    if what in ("grid", "sections"):
        assert len(data.decode("utf-8-sig").splitlines()) > 5
    assert not window.commands._open_dialogs
