"""Filter, groups and columns of the inventory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.gui.panels.inventory.columns import COLUMNS, column_named, natural
from app.gui.panels.inventory.filter import NOT_SCREENED, Filter
from app.gui.panels.inventory.lines import Figures, Line
from app.gui.panels.inventory.panel import InventoryPanel
from app.gui.session import Session


def line(code: str, district: str, status: str, area_mu: float, volume: float | None, **verdicts: int) -> Line:
    made = Line("sand_pits", int(code), f"u{code}", code, "", district, status, area_mu * 10_000 / 15)
    made.figures = Figures(fill_m3=volume)
    made.verdicts = verdicts
    return made


LINES = [
    line("1", "甲区", "planned", 10, 20_000.0, accept=2),
    line("2", "甲区", "", 30, None),
    line("3", "乙区", "filled", 30, 90_000.0, reject=1, accept=1),
    line("4", "", "planned", 50, 10_000.0, cannot_judge=1),
]


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        (Filter(), "1234"),
        (Filter(districts=frozenset({"甲区"})), "12"),
        (Filter(districts=frozenset({"", "乙区"})), "34"),
        (Filter(statuses=frozenset({"planned"}), districts=frozenset({"甲区"})), "1"),
        (Filter(area_mu=(30.0, None)), "234"),
        (Filter(area_mu=(None, 10.0)), "1"),
        (Filter(volume_wan_m3=(1.0, 2.0)), "14"),
        (Filter(volume_wan_m3=(0.0, None)), "134"),
        (Filter(verdicts=frozenset({"accept"})), "13"),
        (Filter(verdicts=frozenset({NOT_SCREENED})), "2"),
        (Filter(verdicts=frozenset({NOT_SCREENED, "cannot_judge"})), "24"),
        (Filter(layer="mine_pits"), ""),
    ],
)
def test_conditions(chosen: Filter, codes: str) -> None:
    assert "".join(LINES[i].code for i in chosen.chosen(LINES)) == codes
    assert Filter.from_json(chosen.to_json()) == chosen


@pytest.mark.parametrize("kept", [None, 3, [], {"area_mu": "wide", "districts": 5, "verdicts": None, "text": None}])
def test_a_memory_that_does_not_fit_is_no_filter(kept: Any) -> None:
    assert Filter.from_json(kept) == Filter()


def test_codes_sort_as_people_count() -> None:
    assert sorted(["SK-10", "SK-9", "SK-1"], key=natural) == ["SK-1", "SK-9", "SK-10"]


@pytest.fixture
def panel(opened: Session, qtbot: Any, look: None, idle: Callable[[Any], None]) -> InventoryPanel:
    made = InventoryPanel(opened)
    qtbot.addWidget(made)
    made.resize(1100, 300)
    made.show()
    idle(opened)
    return made


def tick(panel: InventoryPanel, part: Any, key: str, qtbot: Any) -> None:
    for i in range(part.count()):
        if part.item(i).data(Qt.ItemDataRole.UserRole) == key:
            part.item(i).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: not panel.box._soon.isActive())


def test_the_sheet_of_conditions_filters_at_once(panel: InventoryPanel, qtbot: Any) -> None:
    panel.open_conditions()
    tick(panel, panel.box.districts, "九原区", qtbot)
    assert {s.code for s in map(panel.model.line, range(panel.model.rowCount()))} == {"SK-001", "DC-001"}
    tick(panel, panel.box.statuses, "planned", qtbot)
    assert panel.model.rowCount() == 1
    assert panel.more.text() == "2"
    panel.box.area.ends[0].setText("1000000")
    panel.box.close()  # what was typed a moment ago counts all the same
    assert panel.none.isVisible()
    panel.show_all()
    assert panel.model.rowCount() == 3
    assert panel.more.text() == ""


def test_groups_fold_by_a_click_and_by_enter(panel: InventoryPanel, opened: Session, qtbot: Any) -> None:
    panel.set_filter(Filter(), "district")
    table = panel.table
    heads = panel.model.headings()
    assert len(heads) == 2
    everything = panel.model.rowCount()
    first = heads[0]
    at = table.visualRect(panel.model.index(first[0], 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.model.rowCount() == everything - len(first[1].members)
    assert panel.model.totals()["count"] == 3  # folding hides, it does not filter
    table.setCurrentIndex(panel.model.index(panel.model.headings()[0][0], 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert panel.model.rowCount() == everything


def test_columns_are_chosen_and_remembered(
    panel: InventoryPanel, opened: Session, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    table = panel.table
    keys = [c.key for c in table.shown_columns()]
    assert keys[0] == "code"
    assert "mineral" not in keys
    table.show_column("mineral", True)
    table.show_column("computed", False)
    table.show_column("code", False)
    table.horizontalHeader().moveSection(0, 3)
    panel.save_state()
    again = InventoryPanel(opened)
    qtbot.addWidget(again)
    shown = [c.key for c in again.table.shown_columns()]
    assert "mineral" in shown
    assert "computed" not in shown
    assert shown.index("code") == 3
    again.table.reset_columns()
    assert [c.key for c in again.table.shown_columns()] == [c.key for c in COLUMNS if c.first]


def test_every_field_of_the_forms_has_a_column(panel: InventoryPanel) -> None:
    from layers.registry import LAYERS

    fields = {f.name for key in panel.kinds() for f in LAYERS[key].fields if not f.system}
    assert fields == {COLUMNS[column_named(name)].field for name in fields}


def test_selecting_100_000_rows_does_not_look_at_each(qapp: Any, panel: InventoryPanel) -> None:
    asked = []
    flags = panel.model.flags
    panel.model.flags = lambda index: asked.append(index.row()) or flags(index)
    panel.model.set_lines([replace(LINES[0], fid=i, code=str(i)) for i in range(20_000)])
    panel.table.select_rows(range(20_000))
    panel.table.viewport().repaint()
    panel.grab()
    assert len(asked) < 5_000
    assert len(panel.rows()) == 20_000


def test_the_filter_that_is_set_already_fills_the_table_no_second_time(panel: InventoryPanel) -> None:
    told: list[int] = []
    panel.model.modelReset.connect(lambda: told.append(1))
    panel.set_filter(panel.chosen_filter(), str(panel.group.currentData() or ""))
    assert told == []
    panel.set_filter(Filter(text="SK-001"), "")
    assert told == [1]
    assert len(panel.model.shown) == 1
