"""Snapshots in the window: taken, compared, looked at, brought back as one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from app.gui.dialogs.question import Question
from app.gui.dialogs.snapshots import SnapshotsDialog, difference_lines, difference_rows
from app.gui.main_window import MainWindow
from models.changes import Delete, Update
from models.notices import Notice

EDIT = Notice("test.edit", "edit")


@pytest.fixture
def shown(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> SnapshotsDialog:
    window.session.open_soon(project_file)
    idle(window.session)
    window.trigger("snapshots")
    idle(window.session)
    return window.commands._open_dialogs[-1]


def texts(widget: Any) -> str:
    return "\n".join(w.text() for w in widget.findChildren(QLabel))


def test_take_compare_and_bring_back(shown: SnapshotsDialog, window: MainWindow, idle: Callable[[Any], None]) -> None:
    session = window.session
    before = len(shown.found)
    shown.take.click()
    idle(session)
    assert len(shown.found) == before + 1
    assert shown.chosen is shown.found[0]
    assert shown.back.isEnabled()
    session.transact(EDIT, [Update("sand_pits", 1, {"name": "改"}), Delete("sand_pits", 2)])
    idle(session)
    said = texts(shown)
    assert "SK-001" in said
    assert "SK-002" in said
    steps = session.project.store.revision
    shown.back.click()
    asked = next(q for q in shown.findChildren(Question))
    asked.answers[0].click()
    idle(session)
    assert session.project.store.row("sand_pits", 1)["name"] == "一号砂坑"
    assert session.table("sand_pits").where("code", ["SK-002"]) == [2]
    assert session.project.store.revision == steps + 1
    assert len(shown.found) == before + 2  # the state before is kept too
    window.trigger("undo")
    assert session.table("sand_pits").value(1, "name") == "改"
    assert 2 not in session.table("sand_pits")


def test_look_at_one_and_go_back(
    shown: SnapshotsDialog, window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = window.session
    shown.take.click()
    idle(session)
    session.transact(EDIT, [Update("sand_pits", 1, {"name": "改"})])
    idle(session)
    shown.look.click()
    idle(session)
    assert not session.writable
    assert session.table("sand_pits").value(1, "name") == "一号砂坑"
    terrain = session.terrains()[0]
    assert session.project.store.terrain_path(terrain).is_file()  # found from the project's folder
    window.care.bars.bars["read_only"].buttons[-1].click()
    idle(session)
    assert session.writable
    assert session.project.path == project_file
    assert session.table("sand_pits").value(1, "name") == "改"


def test_a_damaged_one_is_not_offered(shown: SnapshotsDialog, window: MainWindow, idle: Callable[[Any], None]) -> None:
    shown.take.click()
    idle(window.session)
    path = shown.found[0].path
    body = bytearray(path.read_bytes())
    body[8192:20480] = bytes(12288)
    path.write_bytes(bytes(body))
    shown.table.clearSelection()
    shown.table.selectRow(0)
    idle(window.session)
    assert not shown.back.isEnabled()
    assert not shown.look.isEnabled()


def test_words_of_a_comparison(shown: SnapshotsDialog, window: MainWindow, idle: Callable[[Any], None]) -> None:
    from app.verbs.snapshots import compare_snapshot, take_snapshot

    project = window.session.project
    snapshot = take_snapshot(project)
    window.session.transact(EDIT, [Delete("sand_pits", 2)])
    found = compare_snapshot(project, snapshot)
    assert any(row[1:] == ("2", "1") for row in difference_rows(found))
    assert ["SK-002" in line for _title, lines in difference_lines(found) for line in lines] == [True]
