"""Laboratory tables in the window: looked into, told what they lack, taken as one step, remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.gui.dialogs.samples import SamplesDialog
from app.gui.main_window import MainWindow
from tests.app.gui.conftest import words_of, write
from tests.app.verbs.lab.test_lab_tables import PARAMETERS, SAMPLES, document, workbook

Idle = Callable[[Any], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def working(window: MainWindow, project_file: Path) -> MainWindow:
    window.session.open(project_file)
    return window


def look(window: MainWindow, path: Path, qtbot: Any, idle: Idle) -> SamplesDialog:
    window.commands.import_samples(path)
    dialog = window.commands._open_dialogs[-1]
    calm(dialog, qtbot, idle)
    return dialog


def calm(dialog: SamplesDialog, qtbot: Any, idle: Idle) -> None:
    qtbot.waitUntil(lambda: not dialog._timer.isActive(), timeout=3000)
    idle(dialog.session)


def choose(combo: Any, key: str) -> None:
    combo.setCurrentIndex(combo.findData(key))
    combo.activated.emit(combo.currentIndex())


def count(window: MainWindow) -> int:
    return window.session.project.store.count("lab_values")


def test_a_plain_table_with_an_account(working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle) -> None:
    path = tmp_path / "检测.csv"
    path.write_text(
        "waste,sample,date,method,parameter,value,unit\n"
        "FA-1,S2,2026-09-02,HJ 557,As,0.01,mg/L\n"
        "XX,S2,2026-09-02,HJ 557,As,1,mg/L\n",
        encoding="utf8",
    )
    before = count(working)
    dialog = look(working, path, qtbot, idle)
    assert dialog.preview.values.rowCount() == 1
    assert dialog.preview.skipped.item(0, 0).text() == "3"
    assert count(working) == before
    qtbot.mouseClick(dialog.main, LEFT)
    idle(working.session)
    assert count(working) == before + 1
    assert working.toasts.shown[-1].level == "warning"
    working.trigger("undo")
    assert count(working) == before


def test_a_report_that_names_no_waste_asks_for_it(working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle) -> None:
    before = count(working)
    dialog = look(working, workbook(tmp_path / "报告 一.xlsx", 浸出=PARAMETERS), qtbot, idle)
    assert not dialog.main.isEnabled()
    assert "does not say: waste" in words_of(dialog.preview)
    choose(dialog.waste, "FA-1")
    calm(dialog, qtbot, idle)
    assert dialog.main.isEnabled()
    table = dialog.preview.values
    taken = {
        (table.item(r, 1).text(), table.item(r, 3).text()): table.item(r, 4).text() for r in range(table.rowCount())
    }
    assert taken["FA-1-02", "Mercury"] == "0.00004L (not detected)"
    assert dialog.preview.skipped.item(0, 0).text() == "G7"
    qtbot.keyClick(dialog.main, Qt.Key.Key_Space)
    idle(working.session)
    assert count(working) == before + 9
    # The next table with these headings may be of another waste: it is asked for again.
    rows = [list(r) for r in PARAMETERS]
    rows[2][5:7] = ["FA-2-01", "FA-2-02"]
    again = look(working, workbook(tmp_path / "报告 二.xlsx", 浸出=rows), qtbot, idle)
    assert not again.main.isEnabled()
    assert "does not say: waste" in words_of(again.preview)
    again.close()


def test_one_of_several_tables_is_chosen(working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle) -> None:
    samples = [[c.replace("W1", "FA-1") for c in row] for row in SAMPLES]
    dialog = look(working, document(tmp_path / "报告.docx", samples, PARAMETERS), qtbot, idle)
    assert not dialog.main.isEnabled()
    assert "choose the table above" in words_of(dialog.preview).casefold()
    assert [dialog.table.itemData(i) for i in range(dialog.table.count())] == ["", "1", "2"]
    choose(dialog.table, "1")
    choose(dialog.method, "HJ 557")
    calm(dialog, qtbot, idle)
    assert dialog.report.added == 4
    assert {v.sample for v in dialog.report.values} == {"S1", "S2"}
    assert any(
        "already there" in s.reason.render() or "in the project" in s.reason.render() for s in dialog.report.skipped
    )
    assert {v.method for v in dialog.report.values} == {"HJ 557"}
    assert dialog.columns.isVisibleTo(dialog.pages) or dialog.columns.shown.name == "1"


def test_a_column_is_named(working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(
        "固废,样品,日期,方法,项目,测得,单位\nFA-1,S7,2026-09-02,HJ 557,总汞,0.0001,mg/L\n"
        "FA-1,S7,2026-09-02,HJ 557,总镉,0.001,mg/L\nFA-1,S7,2026-09-02,HJ 557,总铅,0.01,mg/L\n",
        encoding="gb18030",
    )
    dialog = look(working, path, qtbot, idle)
    choice = dialog.columns.choices["F"]
    dialog.pages.setCurrentWidget(dialog.columns)
    qtbot.wait(20)
    choose(choice, "value")
    calm(dialog, qtbot, idle)
    assert dialog.given().roles == {"value": ["F"]}
    assert dialog.report is not None
    assert [(v.parameter, v.value) for v in dialog.report.values] == [("Hg", 0.0001), ("Cd", 0.001), ("Pb", 0.01)]


def test_a_leach_test_may_be_typed(working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle) -> None:
    samples = [[c.replace("W1", "FA-1") for c in row] for row in SAMPLES]
    dialog = look(working, workbook(tmp_path / "a.xlsx", one=samples), qtbot, idle)
    assert dialog.report.added == 0
    line = dialog.method.lineEdit()
    line.selectAll()
    write(qtbot, line, "HJ 557-2010")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    calm(dialog, qtbot, idle)
    assert {v.method for v in dialog.report.values} == {"HJ 557-2010"}


def test_files_are_dropped_and_refused_in_words(working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle) -> None:
    working.trigger("samples")
    dialog: SamplesDialog = working.commands._open_dialogs[-1]
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(old))])
    event = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    dialog.dropEvent(event)
    calm(dialog, qtbot, idle)
    assert dialog.file.path() == old
    assert "old Office format" in words_of(dialog.preview)
    assert not dialog.main.isEnabled()


def test_a_workbook_dropped_on_the_window_opens_the_dialog(
    working: MainWindow, tmp_path: Path, qtbot: Any, idle: Idle
) -> None:
    path = workbook(tmp_path / "x.xlsx", one=PARAMETERS)
    working.commands.take_files([path])
    dialog = working.commands._open_dialogs[-1]
    assert isinstance(dialog, SamplesDialog)
    calm(dialog, qtbot, idle)
    dialog.reject()
