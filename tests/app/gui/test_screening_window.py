"""The screening tab and its two dialogs: margins, versions, stale answers, assessments on record, the paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.gui.main_window import MainWindow
from app.gui.panels.inspector.findings import FindingCard, margin_text
from app.gui.panels.inspector.screening_tab import ScreeningTab
from app.verbs.assess import assessments
from app.verbs.rule_edits import edit_rule
from tests.app.gui.conftest import words_of, write

Idle = Callable[[Any], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tab(window: MainWindow, project_file: Path, idle: Idle, qtbot: Any) -> ScreeningTab:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    window.workspace.inspector.show_tab("screening")
    idle(window.session)
    made = window.workspace.inspector.screening
    qtbot.mouseClick(made.run, LEFT)
    idle(window.session)
    return made


@pytest.mark.parametrize(
    ("margin", "said"),
    [(0.3, "30 % to the limit"), (0.0, "at the limit"), (-0.23, "23 % over"), (-0.004, "0.4 % over")],
)
def test_margins_in_words(margin: float, said: str) -> None:
    assert margin_text(margin) == said


def test_margins_of_a_range() -> None:
    assert margin_text(-0.6, in_range=True) == "outside by 60 % of half the range"
    assert margin_text(0.25, in_range=True) == "inside by 25 % of half the range"


def test_values_stand_with_their_margin(tab: ScreeningTab, qtbot: Any) -> None:
    lead = next(f for f in tab.shown.findings if f.value == 0.02 and f.outcome == "meets")
    card = FindingCard(lead)
    qtbot.addWidget(card)
    assert lead.margin == pytest.approx(0.98)
    assert "0.02 mg/L, limit ≤ 1 mg/L  ·  98 % to the limit" in words_of(card)


def test_what_was_kept_is_not_stale_at_once(tab: ScreeningTab) -> None:
    assert tab.stored
    assert tab._stale.count() == 0


def test_a_mended_rule_makes_the_answer_stale(tab: ScreeningTab, qtbot: Any, idle: Idle) -> None:
    session = tab.session
    before = tab.shown
    session.run_write("x", lambda p, _w: edit_rule(p, "gb_8978_1996", "CL-01-Pb", {"limit": "0.01"}, "test"))
    idle(session)
    assert tab.shown == before  # the old result stays readable, with the version it used
    assert tab._stale.count() == 1
    said = words_of(tab)
    assert "1.0 → 1.0+1" in said
    assert "CL-01-Pb" in said
    again = next(b for b in tab.findChildren(QPushButton) if b.text() == "Judge again" and b.isVisible())
    qtbot.mouseClick(again, LEFT)
    idle(session)
    assert tab._stale.count() == 0
    assert ("gb_8978_1996", "1.0+1") in tab.shown.packs
    assert "gb_8978_1996 1.0+1" in words_of(tab)


def test_an_assessment_goes_on_record(tab: ScreeningTab, window: MainWindow, qtbot: Any, idle: Idle) -> None:
    qtbot.mouseClick(tab.record, LEFT)
    dialog = window.commands._open_dialogs[-1]
    assert dialog.waste.currentData() == "FA-1"
    qtbot.mouseClick(dialog.main, LEFT)
    assert dialog.asked["outcome"].wrong.isVisible()
    dialog.outcome.setCurrentIndex(dialog.outcome.findData("acceptable"))
    dialog.on.clear()
    write(qtbot, dialog.on, "2999-01-01")
    qtbot.mouseClick(dialog.main, LEFT)
    idle(window.session)
    assert dialog.asked["by"].wrong.isVisible()  # nobody's name first
    write(qtbot, dialog.by, "某环评单位")
    qtbot.mouseClick(dialog.main, LEFT)
    idle(window.session)
    assert "future" in dialog.asked["on"].wrong.text()
    assert assessments(window.session.project) == []
    dialog.on.clear()
    write(qtbot, dialog.on, "2026-10-01")
    write(qtbot, dialog.conditions, "铺设衬层")
    qtbot.keyClick(dialog.conditions, Qt.Key.Key_Return)
    idle(window.session)
    (kept,) = assessments(window.session.project)
    assert (kept.site, kept.waste, kept.outcome, kept.conditions) == ("SK-001", "FA-1", "acceptable", "铺设衬层")
    assert "某环评单位" in words_of(tab)
    window.trigger("undo")
    idle(window.session)
    assert assessments(window.session.project) == []
    assert "某环评单位" not in words_of(tab)


@pytest.mark.parametrize("kind", [".docx", ".xlsx"])
def test_the_conformity_table_is_written(
    tab: ScreeningTab, window: MainWindow, qtbot: Any, idle: Idle, tmp_path: Path, kind: str
) -> None:
    qtbot.mouseClick(tab.paper, LEFT)
    dialog = window.commands._open_dialogs[-1]
    dialog.format.setCurrentIndex(dialog.format.findData(kind))
    dialog.format.activated.emit(0)
    assert dialog.out.path().suffix == kind
    out = tmp_path / f"符合性{kind}"
    dialog.out.line.setText(str(out))
    qtbot.mouseClick(dialog.main, LEFT)
    idle(window.session)
    if kind == ".docx":
        text = " ".join(c.text for t in docx.Document(str(out)).tables for r in t.rows for c in r.cells)
    else:
        sheet = openpyxl.load_workbook(out).active
        text = " ".join(str(c.value) for r in sheet.iter_rows() for c in r)
    assert "FA-1" in text
    assert "CL-01-Pb" in text
    assert window.toasts.shown[-1].level == "ok"


def test_every_waste_is_never_assumed(window: MainWindow, project_file: Path, qtbot: Any, idle: Idle) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    window.trigger("assess")
    dialog = window.commands._open_dialogs[-1]
    dialog.outcome.setCurrentIndex(dialog.outcome.findData("acceptable"))
    write(qtbot, dialog.by, "x")
    if dialog.waste.currentData() is None:
        qtbot.mouseClick(dialog.main, LEFT)
        idle(window.session)
        assert dialog.asked["waste"].wrong.isVisible()
        assert assessments(window.session.project) == []
    dialog.waste.setCurrentIndex(dialog.waste.findText("every waste"))
    qtbot.mouseClick(dialog.main, LEFT)
    idle(window.session)
    (kept,) = assessments(window.session.project)
    assert kept.waste == ""


def test_what_cannot_be_done_says_why(window: MainWindow, project_file: Path) -> None:
    window.session.open(project_file)
    window.session.select_site("DC-001")
    assert not window.acts["conformity"].isEnabled()
    assert "select one pit" in window.acts["conformity"].toolTip()
    window.session.select_site("SK-001")
    assert window.acts["conformity"].isEnabled()
