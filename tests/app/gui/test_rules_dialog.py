"""Rules in the window: found, read, mended with a reason, filled, taken over, put back; undo takes it all back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.gui.dialogs.reason import ReasonDialog
from app.gui.dialogs.rules import RulesDialog
from app.gui.main_window import MainWindow
from app.verbs.rule_edits import kept_versions, pack_of
from app.verbs.rules import shipped_text
from app.verbs.screen import screen
from tests.app.gui.conftest import words_of, write

FLUORIDE = "CL-01-F"
Idle = Callable[[Any], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(window: MainWindow, project_file: Path, idle: Idle) -> RulesDialog:
    window.session.open(project_file)
    window.trigger("rules")
    made = window.commands._open_dialogs[-1]
    idle(window.session)
    return made


def shown(dialog: RulesDialog) -> list[str]:
    return [line.rule.id for r, line in enumerate(dialog.lines) if not dialog.table.isRowHidden(r)]


def pick(dialog: RulesDialog, qtbot: Any, rule: str) -> None:
    dialog.text.clear()
    write(qtbot, dialog.text, rule)
    row = next(r for r, line in enumerate(dialog.lines) if line.rule.id == rule)
    spot = dialog.table.visualItemRect(dialog.table.item(row, 1)).center()
    qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=spot)
    qtbot.wait(20)  # what is new on a page is shown with the next event


def typed(qtbot: Any, line: Any, text: str) -> None:
    line.selectAll()
    write(qtbot, line, text)


def test_every_rule_is_listed_and_filters_find_it(dialog: RulesDialog, qtbot: Any) -> None:
    assert len(shown(dialog)) == len(dialog.lines) > 300
    write(qtbot, dialog.text, "氟化物 浸出")
    assert FLUORIDE in shown(dialog)
    assert len(shown(dialog)) < 10
    dialog.text.clear()
    dialog.standing.setCurrentIndex(dialog.standing.findData("open"))
    dialog.standing.activated.emit(0)
    assert "DB15-01" in shown(dialog)
    assert all(line.open for line in dialog.lines if line.rule.id in shown(dialog))
    dialog.standing.setCurrentIndex(dialog.standing.findData("unsure"))
    dialog.standing.activated.emit(0)
    sure = {line.rule.confidence for r, line in enumerate(dialog.lines) if not dialog.table.isRowHidden(r)}
    assert sure == {"V*", "R", "U"}
    write(qtbot, dialog.text, "no rule is like this")
    assert shown(dialog) == []
    assert dialog.nothing.isVisible()


def test_what_is_recalled_says_so(dialog: RulesDialog, qtbot: Any) -> None:
    recalled = next(line for line in dialog.lines if line.rule.confidence == "R")
    pick(dialog, qtbot, recalled.rule.id)
    assert "recalled" in words_of(dialog.page)
    sure = next(line for line in dialog.lines if line.rule.confidence == "V")
    pick(dialog, qtbot, sure.rule.id)
    assert "recalled" not in words_of(dialog.page)


def test_a_limit_is_mended_with_a_reason_and_undone(dialog: RulesDialog, qtbot: Any, idle: Idle) -> None:
    session = dialog.session
    pick(dialog, qtbot, FLUORIDE)
    page = dialog.page
    typed(qtbot, page.editors["limit"].control, "5")
    assert page.editors["confidence"].control.currentData() == "U"  # not sure because the shipped one was
    qtbot.mouseClick(page.save, LEFT)
    assert page.asked_why.wrong.isVisible()
    assert session.project.store.count("rule_packs") == 0
    write(qtbot, page.why, "旗县通知 2026-12")
    qtbot.keyClick(page.why, Qt.Key.Key_Return)
    idle(session)
    rule = pack_of(session.project, "gb_8978_1996").rule(FLUORIDE)
    assert (rule.limit, rule.confidence, rule.source) == (5.0, "U", "project: 旗县通知 2026-12")
    said = words_of(dialog.page)
    assert "10 -> 5" in said
    assert "旗县通知 2026-12" in said
    dialog.standing.setCurrentIndex(dialog.standing.findData("changed"))
    dialog.standing.activated.emit(0)
    assert shown(dialog) == [FLUORIDE]
    session.undo()
    idle(session)
    assert shown(dialog) == []
    assert pack_of(session.project, "gb_8978_1996").rule(FLUORIDE).limit == 10.0


def test_a_stated_confidence_is_kept(dialog: RulesDialog, qtbot: Any, idle: Idle) -> None:
    pick(dialog, qtbot, FLUORIDE)
    page = dialog.page
    sure = page.editors["confidence"].control
    sure.setCurrentIndex(sure.findData("V"))
    sure.activated.emit(sure.currentIndex())
    typed(qtbot, page.editors["limit"].control, "9")
    typed(qtbot, page.editors["clause"].control, "表4 (2026)")
    write(qtbot, page.why, "amended text")
    qtbot.mouseClick(page.save, LEFT)
    idle(dialog.session)
    # The shipped source does not vouch for another number.
    assert page.editors["source"].wrong.isVisible()
    assert dialog.session.project.store.count("rule_packs") == 0
    typed(qtbot, page.editors["source"].control, "GB 8978-1996 amended 2026")
    qtbot.mouseClick(page.save, LEFT)
    idle(dialog.session)
    rule = pack_of(dialog.session.project, "gb_8978_1996").rule(FLUORIDE)
    assert (rule.limit, rule.confidence, rule.clause, rule.clause_zh) == (9.0, "V", "表4 (2026)", "表4 (2026)")


@pytest.mark.parametrize(
    ("field", "text", "said"), [("limit", "five", "must be a number"), ("source", "", "is missing")]
)
def test_an_error_stands_at_its_field(
    dialog: RulesDialog, qtbot: Any, idle: Idle, field: str, text: str, said: str
) -> None:
    pick(dialog, qtbot, FLUORIDE)
    control = dialog.page.editors[field].control
    typed(qtbot, control, text) if text else control.clear()
    control.textEdited.emit(text)
    write(qtbot, dialog.page.why, "x")
    qtbot.mouseClick(dialog.page.save, LEFT)
    idle(dialog.session)
    assert said in dialog.page.editors[field].wrong.text()
    assert dialog.page.editors[field].wrong.isVisible()
    assert control.property("invalid")
    assert dialog.session.project.store.count("rule_packs") == 0
    assert dialog.page.why.text() == "x"  # what was typed stays


def test_an_open_slot_is_filled_as_a_list(dialog: RulesDialog, qtbot: Any, idle: Idle) -> None:
    session = dialog.session
    pick(dialog, qtbot, "DB15-01")
    page = dialog.page
    page.kind.setCurrentIndex(page.kind.findData("listed"))
    page.kind.activated.emit(1)
    write(qtbot, page.editors["words"].control, "粉煤灰，污泥")
    what = page.editors["consequence"].control
    what.setCurrentIndex(what.findData("REJECT"))
    write(qtbot, page.why, "DB15/T 2763-2022 read on 2026-11-20")
    qtbot.mouseClick(page.save, LEFT)
    assert page.editors["clause"].wrong.text() == "Say in which clause it stands"  # "open slot" is none
    write(qtbot, page.editors["clause"].control, "4.2")
    qtbot.mouseClick(page.save, LEFT)
    idle(session)
    rule = pack_of(session.project, "inner_mongolia").rule("DB15-01")
    assert (rule.check, rule.words, rule.consequence, rule.confidence) == ("listed", ("粉煤灰", "污泥"), "REJECT", "U")
    assert (rule.clause, rule.clause_zh, rule.source) == ("4.2", "4.2", "project: DB15/T 2763-2022 read on 2026-11-20")
    (answer,) = screen(session.project, ["FA-1"], ["SK-001"], store=False)
    assert next(f.outcome for f in answer.findings if f.rule == "DB15-01") == "does_not_meet"
    assert not next(line for line in dialog.lines if line.rule.id == "DB15-01").open


def test_an_open_slot_is_filled_as_a_limit_and_as_a_duty(dialog: RulesDialog, qtbot: Any, idle: Idle) -> None:
    pick(dialog, qtbot, "DB15-02")
    page = dialog.page
    for name, key in (("parameters", "TOC"), ("medium", "solid"), ("comparator", "<="), ("consequence", "REJECT")):
        page.editors[name].control.choose(key)
    write(qtbot, page.editors["limit"].control, "5")
    typed(qtbot, page.editors["unit"].control.lineEdit(), "mg/L")
    write(qtbot, page.editors["clause"].control, "5.1")
    write(qtbot, page.why, "read")
    qtbot.mouseClick(page.save, LEFT)
    idle(dialog.session)
    first = pack_of(dialog.session.project, "inner_mongolia").rule("DB15-02")
    if first.check == "slot":  # a unit that does not fit is told at its field
        assert page.editors["unit"].wrong.isVisible()
        typed(qtbot, page.editors["unit"].control.lineEdit(), "%")
        qtbot.mouseClick(page.save, LEFT)
        idle(dialog.session)
    rule = pack_of(dialog.session.project, "inner_mongolia").rule("DB15-02")
    assert (rule.check, rule.parameters, rule.limit) == ("limit", ("TOC",), 5.0)
    pick(dialog, qtbot, "DB15-06")
    page.kind.setCurrentIndex(page.kind.findData("duty"))
    page.kind.activated.emit(2)
    write(qtbot, page.editors["title"].control, "分层厚度不大于 0.5 m")
    write(qtbot, page.editors["clause"].control, "5.1")
    write(qtbot, page.why, "read")
    qtbot.mouseClick(page.save, LEFT)
    idle(dialog.session)
    duty = pack_of(dialog.session.project, "inner_mongolia").rule("DB15-06")
    assert (duty.check, duty.title_zh, duty.consequence) == ("duty", "分层厚度不大于 0.5 m", "REQUIRE")


def reason(dialog: RulesDialog) -> ReasonDialog:
    return next(d for d in dialog.findChildren(ReasonDialog) if d.isVisible())


def test_packs_are_taken_over_and_put_back(dialog: RulesDialog, qtbot: Any, idle: Idle, tmp_path: Path) -> None:
    session = dialog.session
    file = tmp_path / "规则 包.toml"
    file.write_text(shipped_text("practice").replace('id = "practice"', 'id = "banner"', 1), encoding="utf8")
    dialog.take_pack(file)
    asked = reason(dialog)
    qtbot.mouseClick(asked.main, LEFT)
    assert asked.asked.wrong.isVisible()
    write(qtbot, asked.why, "旗县规则")
    qtbot.mouseClick(asked.main, LEFT)
    idle(session)
    own = [line for line in dialog.lines if line.pack.id == "banner"]
    if not own:  # its limits contradict those of the shipped pack: said, and nothing kept
        assert asked._problem.count() == 1
        asked.reject()
        text = shipped_text("gb_8978_1996").replace("limit = 10.0", "limit = 8.0", 1)
        file.write_text(text, encoding="utf8")
        dialog.take_pack(file)
        write(qtbot, reason(dialog).why, "mended copy")
        qtbot.mouseClick(reason(dialog).main, LEFT)
        idle(session)
    changed = next(line for line in dialog.lines if line.standing != "shipped")
    pick(dialog, qtbot, changed.rule.id)
    assert dialog.reset.isEnabled()
    qtbot.mouseClick(dialog.reset, LEFT)
    write(qtbot, reason(dialog).why, "withdrawn")
    qtbot.mouseClick(reason(dialog).main, LEFT)
    idle(session)
    assert all(line.standing == "shipped" for line in dialog.lines)
    assert [v.why for v in kept_versions(session.project)][-1] == "withdrawn"


def test_a_bad_pack_is_refused_with_its_line(dialog: RulesDialog, qtbot: Any, idle: Idle, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(shipped_text("gb_8978_1996").replace('unit = "mg/L"', 'unit = "ppm"', 1), encoding="utf8")
    dialog.take_pack(file)
    asked = reason(dialog)
    write(qtbot, asked.why, "x")
    qtbot.mouseClick(asked.main, LEFT)
    idle(dialog.session)
    assert asked.isVisible()
    assert "bad.toml:" in words_of(asked)
    assert dialog.session.project.store.count("rule_packs") == 0


def test_rules_are_added_to_the_pack_at_hand(dialog: RulesDialog, qtbot: Any, idle: Idle, tmp_path: Path) -> None:
    text = shipped_text("inner_mongolia")
    rule = "[[rule]]" + text[text.index('[[rule]]\nid = "DB15-09"') :].split("[[rule]]")[1]
    file = tmp_path / "more.toml"
    file.write_text(rule.replace("DB15-09", "QX-01"), encoding="utf8")
    pick(dialog, qtbot, "DB15-01")
    dialog.take_rules(file)
    write(qtbot, reason(dialog).why, "district")
    qtbot.mouseClick(reason(dialog).main, LEFT)
    idle(dialog.session)
    own = next(line for line in dialog.lines if line.rule.id == "QX-01")
    assert (own.standing, own.pack.id) == ("own", "inner_mongolia")


def test_a_project_that_can_only_be_read_has_no_rules_to_mend(
    window: MainWindow, project_file: Path, idle: Idle
) -> None:
    window.session.open(project_file)
    window.session.project.store.read_only = True
    window.trigger("rules")
    dialog = window.commands._open_dialogs[-1]
    idle(window.session)
    assert dialog.table.rowCount() > 100
    for control in (dialog.adopt, dialog.add, dialog.reset, dialog.page.save):
        assert not control.isEnabled()
    assert "read-only" in dialog.adopt.toolTip()
