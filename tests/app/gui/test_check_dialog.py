"""Check, repair and rescue in the window."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from app.gui.dialogs.check import CheckDialog, RepairedDialog, RescuedDialog
from app.gui.dialogs.question import Question
from app.gui.main_window import MainWindow
from app.project import Project
from app.verbs.snapshots import take_snapshot


def texts(widget: Any) -> str:
    return "\n".join(w.text() for w in widget.findChildren(QLabel))


def dialog_of(window: MainWindow, kind: type) -> Any:
    return next(d for d in reversed(window.commands._open_dialogs) if isinstance(d, kind))


def without_index_rows(path: Path) -> None:
    """The spatial index of the pits forgets one of them."""
    con = sqlite3.connect(path)
    con.execute("DELETE FROM rtree_sand_pits_geom WHERE id = 1")
    con.commit()
    con.close()


def damage(path: Path) -> None:
    """A page of rows becomes zeros."""
    body = bytearray(path.read_bytes())
    con = sqlite3.connect(path)
    (root,) = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sand_pits'").fetchone()
    (size,) = con.execute("PRAGMA page_size").fetchone()
    con.close()
    body[(root - 1) * size : root * size] = bytes(size)
    path.write_bytes(bytes(body))


def test_a_sound_project_is_said_to_be_sound(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    window.session.open_soon(project_file)
    idle(window.session)
    window.trigger("check")
    dialog = dialog_of(window, CheckDialog)
    idle(window.session)
    assert [p.key for p in dialog.report.problems] == []
    assert not dialog.repair.isEnabled()
    assert dialog.bar.isHidden()


def test_repairs_are_listed_before_they_are_made(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    without_index_rows(project_file)
    window.session.open_soon(project_file)
    idle(window.session)
    window.trigger("check")
    idle(window.session)
    dialog = dialog_of(window, CheckDialog)
    assert dialog.report.problems
    before = project_file.read_bytes()
    dialog.repair.click()
    idle(window.session)
    asked = dialog_of(window, Question)
    assert ".before-repair-" in texts(asked)
    assert project_file.read_bytes() == before
    assert not list(project_file.parent.glob("*before-repair*"))
    asked.answers[0].click()
    idle(window.session)
    (backup,) = project_file.parent.glob("*before-repair*.gpkg")
    told = dialog_of(window, RepairedDialog)
    assert backup.name in texts(told)
    assert window.session.project.path == project_file
    con = sqlite3.connect(project_file)
    assert con.execute("SELECT count(*) FROM rtree_sand_pits_geom").fetchone() == (2,)
    con.close()


def test_a_damaged_project_is_offered_a_rescue(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None], tmp_path: Path
) -> None:
    damage(project_file)
    before = project_file.read_bytes()
    window.session.open_soon(project_file)
    idle(window.session)
    assert window.session.project is None
    asked = dialog_of(window, Question)
    assert len(asked.answers) == 1  # there is no snapshot of it
    asked.cancel.click()
    window.commands.rescue(project_file, tmp_path / "新.gpkg")
    idle(window.session)
    told = dialog_of(window, RescuedDialog)
    assert "新.gpkg" in texts(told)
    told.open.click()
    idle(window.session)
    assert window.session.project.path == tmp_path / "新.gpkg"
    assert {"SK-001", "SK-002"} <= set(window.session.table("sand_pits").column("code"))  # from the change log
    assert project_file.read_bytes() == before


def test_the_last_snapshot_of_a_damaged_project_is_offered(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None], tmp_path: Path
) -> None:
    with Project.open(project_file) as project:
        snapshot = take_snapshot(project)
    damage(project_file)
    window.session.open_soon(project_file)
    idle(window.session)
    assert len(dialog_of(window, Question).answers) == 2
    window.commands.take_snapshot_instead(project_file, snapshot, tmp_path / "旧.gpkg")
    idle(window.session)
    assert window.session.project.path == tmp_path / "旧.gpkg"
    assert window.session.table("sand_pits").column("code") == ["SK-001", "SK-002"]


@pytest.mark.parametrize("lines", [1])
def test_findings_are_for_a_spreadsheet(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None], qapp: Any, lines: int
) -> None:
    (project_file.parent / "地形.tif").unlink()
    window.session.open_soon(project_file)
    idle(window.session)
    window.trigger("check")
    idle(window.session)
    dialog_of(window, CheckDialog).copy()
    said = qapp.clipboard().text()
    assert said.count("\n") == lines
    assert "地形.tif" in said
