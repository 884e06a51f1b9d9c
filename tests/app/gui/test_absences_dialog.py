"""The statements that a region has no control line of a kind, put on record in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.gui.dialogs.absences import AbsencesDialog
from app.gui.main_window import MainWindow
from app.verbs.absences import absences


def test_a_statement_goes_on_record_and_back(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = window.session
    session.open_soon(project_file)
    idle(session)
    window.trigger("absences")
    dialog = next(d for d in window.commands._open_dialogs if isinstance(d, AbsencesDialog))
    kinds = [s.kind for s in dialog.states]
    assert dialog.table.item(kinds.index("red_line"), 1).text() == "1"
    dialog.table.selectRow(kinds.index("red_line"))
    assert not dialog.keep.isEnabled()  # there is one on the map

    at = kinds.index("wetland")
    dialog.table.selectRow(at)
    dialog.source.setText("No. 12")
    dialog.keep.click()
    idle(session)
    assert not dialog.asked["by"].wrong.isHidden()
    assert absences(session.project) == {}
    dialog.by.setText("Bureau")
    dialog.on.setText("2026-03-01")
    dialog.keep.click()
    idle(session)
    assert absences(session.project)["wetland"].note == "No. 12, Bureau, 2026-03-01"
    assert dialog.table.item(at, 2).text() == "No. 12, Bureau, 2026-03-01"

    dialog.back.click()
    idle(session)
    assert absences(session.project) == {}
    window.trigger("undo")
    idle(session)
    assert "wetland" in absences(session.project)
    assert dialog.back.isEnabled()
