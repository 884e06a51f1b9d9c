"""The matrix in the window: counted, filtered, cancelled, copied, and the way from a cell to its findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.gui.dialogs.matrix import MatrixDialog
from app.gui.main_window import MainWindow
from app.verbs.matrix import matrix
from app.verbs.screen import screen
from app.verbs.waste import add_waste
from models.changes import Update
from models.notices import Notice
from tests.app.gui.conftest import write

Idle = Callable[[Any], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(window: MainWindow, project_file: Path, idle: Idle) -> MatrixDialog:
    window.session.open(project_file)
    window.session.run_write("w", lambda p, _w: add_waste(p, "XX-1", kind="coal_gangue", name="煤矸石"))
    idle(window.session)
    window.trigger("matrix")
    made = window.commands._open_dialogs[-1]
    idle(window.session)
    return made


def test_the_matrix_is_that_of_the_verb(dialog: MatrixDialog) -> None:
    found = matrix(dialog.session.project)
    assert dialog.matrix == found
    assert dialog.model.rowCount() == len(found.sites) == 2
    assert dialog.model.columnCount() == len(found.wastes) == 2
    assert sum(dialog.model.counts().values()) == 4
    rows = dialog.model.as_rows()
    assert rows[0] == ["Pit", "Name", "FA-1", "XX-1"]
    assert rows[1][:2] == ["SK-001", "一号砂坑"]
    assert dialog.session.project.store.count("screenings") == 0


def test_names_of_any_length_stand_beside_the_first_waste(dialog: MatrixDialog, window: MainWindow, idle: Idle) -> None:
    long = {"name": "石拐区五当召镇大德恒村北侧废弃采砂坑（二期）"}
    window.session.transact(Notice("t", "named"), [Update("sand_pits", 1, long)])
    for width in (1100, 1700, 900):
        dialog.resize(width, 600)
        dialog.compute()
        idle(window.session)
        names, cells = dialog.view.verticalHeader(), dialog.view.viewport()
        assert names.geometry().right() < cells.geometry().left()
        assert dialog.view.horizontalHeader().geometry().left() == cells.geometry().left()


def test_a_cell_opens_its_findings(dialog: MatrixDialog, window: MainWindow, qtbot: Any, idle: Idle) -> None:
    index = dialog.model.index(1, 0)
    dialog.view.scrollTo(index)
    qtbot.mouseClick(dialog.view.viewport(), LEFT, pos=dialog.view.visualRect(index).center())
    idle(window.session)
    tab = window.workspace.inspector.screening
    assert window.session.site_code == "SK-002"
    assert tab.isVisible()
    assert (tab.shown.site, tab.shown.waste) == ("SK-002", "FA-1")
    assert not tab.stored  # judged for looking at it
    assert window.session.project.store.count("screenings") == 0
    assert tab.shown.findings == screen(window.session.project, ["FA-1"], ["SK-002"], store=False)[0].findings
    qtbot.mouseClick(tab.run, LEFT)
    idle(window.session)
    assert tab.stored
    assert window.session.project.store.count("screenings") == 1
    assert dialog._stale.count() == 1  # the matrix says that the project changed


def test_filters_and_gaps(dialog: MatrixDialog, qtbot: Any) -> None:
    verdict = next(iter(dialog.model.counts()))
    dialog.verdict.setCurrentIndex(dialog.verdict.findData(verdict))
    dialog.verdict.activated.emit(0)
    cells = dialog.matrix.cells
    assert set(dialog.model.sites) == {c.site for c in cells if c.verdict == verdict}
    qtbot.mouseClick(dialog.everything, LEFT)
    write(qtbot, dialog.text, "二号")
    assert dialog.model.sites == ["SK-002"]
    write(qtbot, dialog.text, "xxx")
    assert dialog.model.sites == []
    assert dialog.no_row.isVisible()
    qtbot.mouseClick(dialog.everything, LEFT)
    gap = dialog.matrix.gaps[0]
    item = dialog.gaps.list.item(0)
    assert gap.waste in item.text()
    qtbot.mouseClick(dialog.gaps.list.viewport(), LEFT, pos=dialog.gaps.list.visualItemRect(item).center())
    assert dialog.model.wastes == [gap.waste]
    assert set(dialog.model.sites) == set(gap.sites)
    assert all(n.what.render()[1:] in dialog.gaps.detail.text() for n in gap.needs)


def test_copy_and_save(dialog: MatrixDialog, qtbot: Any, idle: Idle, tmp_path: Path) -> None:
    qtbot.mouseClick(dialog.copy_button, LEFT)
    lines = QGuiApplication.clipboard().text().strip().split("\n")
    assert len(lines) == 3
    assert lines[0].split("\t") == ["Pit", "Name", "FA-1", "XX-1"]
    out = tmp_path / "矩阵.xlsx"
    dialog.save(out)
    idle(dialog.session)
    book = openpyxl.load_workbook(out)
    sheet, gaps = book.worksheets
    assert [c.value for c in sheet["A"]] == ["Pit", "SK-001", "SK-002"]
    assert gaps.max_row == 1 + len(dialog.matrix.gaps)
    dialog.save(tmp_path / "matrix.txt")
    idle(dialog.session)
    assert dialog._problem.count() == 1


def test_cancelled_and_computed_again(dialog: MatrixDialog, qtbot: Any, idle: Idle) -> None:
    dialog.compute()
    dialog.cancel()
    idle(dialog.session)
    assert dialog.pages.currentIndex() == 0
    assert "Cancelled" in dialog.waiting.text()
    assert dialog.again.isEnabled()
    qtbot.mouseClick(dialog.again, LEFT)
    idle(dialog.session)
    assert dialog.pages.currentIndex() == 1


def test_closing_stops_the_work(dialog: MatrixDialog, idle: Idle) -> None:
    session = dialog.session
    dialog.compute()
    task = dialog._task
    dialog.reject()
    idle(session)
    assert task.watch.cancelled


def test_names_of_pits_stand_in_full_where_there_is_room(dialog: MatrixDialog, qtbot: Any) -> None:
    """At 168 px "北山露天煤矿采坑（示例）" ended in dots while half the table was empty."""
    down = dialog.view.verticalHeader()
    for name, room in (("北山露天煤矿采坑（示例）", True), ("很长的名字" * 12, False)):
        dialog._arrived(dialog.matrix, {**dialog.names, "SK-001": name})
        needed = down.fontMetrics().horizontalAdvance(f"SK-001  {name}")
        assert (down.width() > needed) is room
        assert 168 <= down.width() <= max(168, dialog.view.width() // 3)
