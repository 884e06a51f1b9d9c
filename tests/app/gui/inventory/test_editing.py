"""Writing into cells: what fits is one step, what does not is said at the cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.gui.dialogs.set_many import SetManyDialog
from app.gui.panels.inventory.columns import COLUMNS, column_named
from app.gui.panels.inventory.panel import InventoryPanel
from app.gui.session import Session
from app.i18n import _


@pytest.fixture
def panel(opened: Session, qtbot: Any, look: None, idle: Callable[[Any], None]) -> InventoryPanel:
    made = InventoryPanel(opened)
    qtbot.addWidget(made)
    made.resize(1100, 300)
    made.show()
    idle(opened)
    return made


def row_of(panel: InventoryPanel, code: str) -> int:
    return next(r for r in range(panel.model.rowCount()) if panel.model.line(r).code == code)


def open_cell(panel: InventoryPanel, code: str, column: str) -> Any:
    """The editor of a cell, opened as F2 does it."""
    index = panel.model.index(row_of(panel, code), column_named(column))
    panel.table.setCurrentIndex(index)
    panel.table.edit(index)
    assert panel.table.cells._open is not None
    return panel.table.cells._open[0]


def type_in(qtbot: Any, editor: QLineEdit, text: str, key: Any = Qt.Key.Key_Return, **how: Any) -> None:
    editor.clear()
    editor.insert(text)
    qtbot.keyClick(editor, key, **how)


def stored(session: Session, code: str, name: str, layer: str = "sand_pits") -> Any:
    return session.project.store.rows(layer, code=code)[0][name]


def test_a_cell_is_one_step(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    before = opened.project.store.revision
    type_in(qtbot, open_cell(panel, "SK-002", "name"), "东坑")
    assert stored(opened, "SK-002", "name") == "东坑"
    assert opened.project.store.revision == before + 1
    assert panel.model.data(panel.model.index(row_of(panel, "SK-002"), column_named("name"))) == "东坑"
    opened.undo()
    assert stored(opened, "SK-002", "name") == "二号砂坑"
    assert panel.model.data(panel.model.index(row_of(panel, "SK-002"), column_named("name"))) == "二号砂坑"


def test_the_same_value_is_no_step(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    before = opened.project.store.revision
    qtbot.keyClick(open_cell(panel, "SK-001", "name"), Qt.Key.Key_Return)
    assert opened.project.store.revision == before


def test_what_does_not_fit_is_said_at_the_cell(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    panel.table.show_column("ground_water_m", True)
    editor = open_cell(panel, "SK-001", "ground_water_m")
    problem = panel.table.cells.problem
    for wrong in ("deep", "99999"):
        type_in(qtbot, editor, wrong)
        assert problem.isVisible(), wrong
        assert panel.table.viewport().rect().contains(problem.geometry())
        assert editor.property("invalid")
        assert stored(opened, "SK-001", "ground_water_m") is None
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)  # whoever goes on typing is not told any longer
    assert not problem.isVisible()
    type_in(qtbot, editor, "1048.5")
    assert stored(opened, "SK-001", "ground_water_m") == 1048.5


def test_a_code_that_is_taken_is_refused_at_the_cell(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    editor = open_cell(panel, "SK-002", "code")
    type_in(qtbot, editor, "SK-001")
    assert "SK-001" in panel.table.cells.problem.text()
    assert panel.table.cells.problem.isVisible()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: panel.table.cells._open is None)
    assert not panel.table.cells.problem.isVisible()
    assert stored(opened, "SK-002", "name") == "二号砂坑"


def test_leaving_a_bad_cell_says_that_nothing_was_stored(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    panel.table.show_column("ground_water_m", True)
    editor = open_cell(panel, "SK-001", "ground_water_m")
    editor.setText("deep")
    with qtbot.waitSignal(opened.notice, timeout=2000) as said:
        panel.filter.setFocus()
    assert "deep" in said.args[1]
    assert stored(opened, "SK-001", "ground_water_m") is None


def test_a_list_offers_its_values(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    editor = open_cell(panel, "SK-001", "status")
    assert isinstance(editor, QComboBox)
    editor.setCurrentIndex(editor.findData("filled"))
    editor.activated.emit(editor.currentIndex())
    assert stored(opened, "SK-001", "status") == "filled"


def test_tab_opens_the_next_cell_that_can_be_written(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    type_in(qtbot, open_cell(panel, "SK-001", "name"), "甲坑", Qt.Key.Key_Tab)
    assert stored(opened, "SK-001", "name") == "甲坑"
    assert COLUMNS[panel.table.currentIndex().column()].key == "district"  # the kind between them is not written
    qtbot.keyClick(panel.table.cells._open[0], Qt.Key.Key_Backtab)
    assert COLUMNS[panel.table.currentIndex().column()].key == "name"


def test_ctrl_enter_writes_all_selected_rows_as_one_step(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    opened.select("sand_pits", opened.table("sand_pits").fids.tolist())
    index = panel.model.index(row_of(panel, "SK-002"), column_named("district"))
    panel.table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
    panel.table.edit(index)
    before = opened.project.store.revision
    type_in(
        qtbot, panel.table.cells._open[0], "石拐区", Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier
    )
    assert {stored(opened, c, "district") for c in ("SK-001", "SK-002")} == {"石拐区"}
    assert stored(opened, "DC-001", "district", "stockpiles") == "九原区"
    assert opened.project.store.revision == before + 1


def test_figures_and_fields_of_other_layers_are_not_written(panel: InventoryPanel, opened: Session) -> None:
    for code, column in (("SK-001", "volume"), ("SK-001", "verdicts"), ("DC-001", "mineral"), ("SK-001", "height_m")):
        assert not panel.model.editable(row_of(panel, code), column_named(column)), (code, column)
    assert panel.model.editable(row_of(panel, "DC-001"), column_named("height_m"))


def test_a_project_that_can_only_be_read_has_no_editors(panel: InventoryPanel, opened: Session) -> None:
    opened.project.store.read_only = True
    index = panel.model.index(row_of(panel, "SK-001"), column_named("name"))
    assert not panel.model.flags(index) & Qt.ItemFlag.ItemIsEditable


def test_a_double_click_writes_and_on_the_code_shows_the_site(panel: InventoryPanel, qtbot: Any) -> None:
    table, row = panel.table, row_of(panel, "SK-001")

    def strike(column: str) -> None:
        at: QPoint = table.visualRect(panel.model.index(row, column_named(column))).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    with qtbot.waitSignal(panel.zoom_wanted, timeout=1000):
        strike("code")
    with qtbot.assertNotEmitted(panel.zoom_wanted):
        strike("name")
    assert isinstance(table.cells._open[0], QLineEdit)


def test_an_edit_does_not_read_all_lines_anew(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    lines = panel.model.lines
    type_in(qtbot, open_cell(panel, "SK-001", "name"), "甲坑")
    assert panel.model.lines is lines
    panel.filter.setText("甲坑")
    assert [s.code for s in map(panel.model.line, range(panel.model.rowCount()))] == ["SK-001"]


def test_the_dialog_changes_all_selected(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    opened.select("sand_pits", opened.table("sand_pits").fids.tolist())
    dialog = SetManyDialog(panel, opened)
    qtbot.addWidget(dialog)
    assert "code" not in dialog._fields
    dialog.field.choose("ground_water_m")
    dialog._on_field()
    dialog.editor.set_text("99999")
    dialog.take()
    assert dialog._problem.count() == 1
    assert stored(opened, "SK-001", "ground_water_m") is None
    dialog.editor.set_text("1040")
    before = opened.project.store.revision
    dialog.take()
    assert {stored(opened, c, "ground_water_m") for c in ("SK-001", "SK-002")} == {1040.0}
    assert opened.project.store.revision == before + 1
    assert "1040" in opened.project.store.undo_label().render(_)


def test_copied_cells_are_numbers_texts_and_never_formulas(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    type_in(qtbot, open_cell(panel, "SK-001", "name"), "=HYPERLINK(1)")
    type_in(qtbot, open_cell(panel, "SK-002", "name"), "<b>&")
    panel.table.show_column("status", False)
    panel.copy()
    data = QGuiApplication.clipboard().mimeData()
    rows = [r.split("\t") for r in data.text().rstrip("\n").split("\n")]
    heads = rows[0]
    assert "Status" not in heads
    names = {r[0]: r[heads.index("Name")] for r in rows[1:]}
    assert names["SK-001"] == "'=HYPERLINK(1)"
    area = {r[0]: r[heads.index("Area mu")] for r in rows[1:]}
    assert float(area["SK-001"]) == pytest.approx(opened.site("SK-001").outline.area / (10_000 / 15), abs=1e-5)
    html = data.html()
    assert "&lt;b&gt;&amp;" in html
    assert html.count('mso-number-format:"\\@"') > html.count("x:num") > 2
    assert f'x:num="{area["SK-001"]}"' in html


def test_several_values_are_emptied_only_by_a_person_who_says_so(panel: InventoryPanel, opened: Session) -> None:
    opened.select("sand_pits", opened.table("sand_pits").fids.tolist())
    dialog = SetManyDialog(panel, opened)
    assert not dialog.main.isEnabled()
    combo = dialog.editor.combo
    combo.choose("")
    combo.activated.emit(combo.currentIndex())
    assert dialog.main.isEnabled()
    assert dialog.main.text().startswith("Empty")
    combo.choose("planned")
    combo.activated.emit(combo.currentIndex())
    assert dialog.main.text().startswith("Change")
    dialog.reject()
    dialog.deleteLater()
