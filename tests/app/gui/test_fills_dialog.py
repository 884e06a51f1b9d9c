"""Fills of several wastes in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.gui.dialogs.fills import FillsDialog
from app.gui.main_window import MainWindow
from app.verbs.recipe import judge_recipe, recipes
from app.verbs.waste import add_waste
from tests.app.gui.conftest import write

Idle = Callable[[Any], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(window: MainWindow, project_file: Path, idle: Idle) -> FillsDialog:
    session = window.session
    session.open(project_file)
    session.run_write("w", lambda p, _w: add_waste(p, "CG-1", kind="coal_gangue", name="煤矸石"))
    idle(session)
    session.select_site("SK-002")
    window.trigger("fills")
    idle(session)
    return window.commands._open_dialogs[-1]


def share(qtbot: Any, dialog: FillsDialog, at: int, waste: str, percent: str) -> None:
    part = dialog.parts.parts[at]
    part.waste.setCurrentIndex(part.waste.findData(waste))
    part.waste.activated.emit(part.waste.currentIndex())
    part.share.selectAll()
    write(qtbot, part.share, percent)
    qtbot.keyClick(part.share, Qt.Key.Key_Return)  # and Enter presses no button


def settled(dialog: FillsDialog, qtbot: Any, idle: Idle) -> None:
    qtbot.waitUntil(lambda: not dialog._timer.isActive(), timeout=3000)
    idle(dialog.session)


def test_shares_add_up_live_and_the_fill_is_judged(dialog: FillsDialog, qtbot: Any, idle: Idle) -> None:
    assert dialog.site.currentData() == "SK-002"
    share(qtbot, dialog, 0, "FA-1", "60")
    share(qtbot, dialog, 1, "CG-1", "30")
    assert "90.0 %" in dialog.parts.total.text()
    assert "10.0 % missing" in dialog.parts.total.text()
    settled(dialog, qtbot, idle)
    assert dialog.verdict.shown is None
    qtbot.mouseClick(dialog.parts.rest, LEFT)
    assert dialog.parts.percent() == 100
    assert dialog.parts.total.text() == "Together 100.0 %"
    settled(dialog, qtbot, idle)
    shown = dialog.verdict.shown
    assert shown.verdict == judge_recipe(dialog.session.project, dialog.recipe("x")).verdict
    assert [s.waste for s in shown.screenings] == ["FA-1", "CG-1"]


def test_kept_changed_and_deleted(dialog: FillsDialog, qtbot: Any, idle: Idle) -> None:
    project = dialog.session.project
    share(qtbot, dialog, 0, "FA-1", "60")
    share(qtbot, dialog, 1, "CG-1", "40")
    qtbot.mouseClick(dialog.keep, LEFT)
    idle(dialog.session)
    assert dialog.asked["name"].wrong.isVisible()
    write(qtbot, dialog.name, "方案一")
    qtbot.mouseClick(dialog.keep, LEFT)
    idle(dialog.session)
    (kept,) = recipes(project)
    assert (kept.name, kept.site, kept.laying) == ("方案一", "SK-002", "mixed")
    assert [(p.waste, p.share) for p in kept.parts] == [("FA-1", 0.6), ("CG-1", 0.4)]
    assert dialog.list.currentItem().text().startswith("方案一")
    dialog.name.setText("half written")
    dialog.session.undo()  # a change elsewhere takes nothing out of the form
    dialog.session.redo()
    idle(dialog.session)
    assert dialog.name.text() == "half written"
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=dialog.list.visualItemRect(dialog.list.item(0)).center())
    assert dialog.name.text() == "方案一"
    dialog.laying.setCurrentIndex(dialog.laying.findData("layers"))
    dialog.laying.activated.emit(1)
    second = dialog.parts.parts[1]
    assert second.place.text() == "2"
    qtbot.mouseClick(second.raise_up, LEFT)
    qtbot.mouseClick(dialog.keep, LEFT)
    idle(dialog.session)
    (kept,) = recipes(project)
    assert [p.waste for p in kept.parts] == ["CG-1", "FA-1"]
    qtbot.mouseClick(dialog.drop, LEFT)
    idle(dialog.session)
    assert recipes(project) == []
    dialog.session.undo()
    idle(dialog.session)
    assert [r.name for r in recipes(project)] == ["方案一"]
    assert dialog.list.count() == 1


def test_too_much_and_too_few_parts_are_said(dialog: FillsDialog, qtbot: Any, idle: Idle) -> None:
    share(qtbot, dialog, 0, "FA-1", "70")
    share(qtbot, dialog, 1, "CG-1", "60")
    assert "30.0 % too many" in dialog.parts.total.text()
    assert not dialog.parts.parts[0].drop.isEnabled()
    qtbot.mouseClick(dialog.parts.more, LEFT)
    assert len(dialog.parts.parts) == 3
    qtbot.mouseClick(dialog.parts.parts[2].drop, LEFT)
    assert len(dialog.parts.parts) == 2
    write(qtbot, dialog.name, "x")
    qtbot.mouseClick(dialog.keep, LEFT)
    idle(dialog.session)
    assert dialog._problem.count() == 1
    assert recipes(dialog.session.project) == []
