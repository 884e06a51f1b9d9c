"""A project of a network folder in the window: worked on as a local copy that is written back when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.gui.dialogs.question import Question
from app.gui.main_window import MainWindow
from app.paths import copies_folder
from app.project import Project
from app.verbs.local_copy import local_copies, work_on_copy
from gis.store import localcopy
from models.changes import Update
from models.notices import Notice

EDIT = Notice("test.edit", "edit")


@pytest.fixture
def synced(project_file: Path) -> Path:
    """The project in a folder that a cloud program keeps in step, by its name."""
    folder = project_file.parent.parent / "坚果云"
    project_file.parent.rename(folder)
    return folder / project_file.name


@pytest.fixture
def on_copy(window: MainWindow, synced: Path, idle: Callable[[Any], None]) -> MainWindow:
    window.session.open_soon(synced)
    idle(window.session)
    bar = window.care.bars.bars["copy"]
    assert "坚果云" in bar.text
    bar.buttons[0].click()
    idle(window.session)
    return window


def name_in(path: Path) -> str:
    with Project.open(path, read_only=True) as project:
        return str(project.store.row("sand_pits", 1)["name"])


def rename(window: MainWindow, name: str) -> None:
    window.session.transact(EDIT, [Update("sand_pits", 1, {"name": name})])


def question(window: MainWindow) -> Question:
    return next(d for d in window.commands._open_dialogs if isinstance(d, Question))


def test_a_project_on_this_disk_offers_nothing(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    window.session.open_soon(project_file)
    idle(window.session)
    assert window.care.bars.bars == {}


def test_the_copy_is_written_back_on_closing(on_copy: MainWindow, synced: Path, idle: Callable[[Any], None]) -> None:
    session = on_copy.session
    assert session.project.path.is_relative_to(copies_folder())
    assert str(synced) in on_copy.care.bars.bars["copy"].text
    assert session.project.store.terrain_path(session.terrains()[0]).is_file()
    rename(on_copy, "本地改")
    assert name_in(synced) == "一号砂坑"
    on_copy.trigger("close")
    idle(session)
    assert name_in(synced) == "本地改"
    assert local_copies() == []
    assert session.project is None


def test_the_window_closes_after_writing_back(on_copy: MainWindow, synced: Path, idle: Callable[[Any], None]) -> None:
    rename(on_copy, "本地改")
    on_copy.close()
    assert on_copy.isVisible()
    idle(on_copy.session)
    assert not on_copy.isVisible()
    assert name_in(synced) == "本地改"


def test_written_back_in_between_it_goes_on(on_copy: MainWindow, synced: Path, idle: Callable[[Any], None]) -> None:
    rename(on_copy, "本地改")
    on_copy.care.bars.bars["copy"].buttons[0].click()
    idle(on_copy.session)
    assert name_in(synced) == "本地改"
    assert on_copy.session.project.path.is_relative_to(copies_folder())
    assert on_copy.session.writable


def test_what_somebody_changed_meanwhile_is_not_overwritten(
    on_copy: MainWindow, synced: Path, idle: Callable[[Any], None]
) -> None:
    rename(on_copy, "本地改")
    with Project.open(synced) as other:
        other.store.transact(EDIT, [Update("sand_pits", 1, {"name": "别人改"})])
    copy = on_copy.session.project.path
    on_copy.close()
    idle(on_copy.session)
    assert on_copy.isVisible()
    assert name_in(synced) == "别人改"
    assert name_in(copy) == "本地改"
    asked = question(on_copy)
    assert len(asked.answers) == 2  # trying again would not help
    asked.answers[0].click()  # keep it
    assert not on_copy.isVisible()
    assert localcopy.of_origin(copies_folder(), synced).changed()


def test_work_left_in_a_copy_is_offered(window: MainWindow, synced: Path, idle: Callable[[Any], None]) -> None:
    copy = work_on_copy(synced)
    with Project.open(copy.path) as project:
        project.store.transact(EDIT, [Update("sand_pits", 1, {"name": "断电前"})])
    window.session.open_soon(synced)
    idle(window.session)
    bar = window.care.bars.bars["copy"]
    assert len(bar.buttons) == 3
    bar.buttons[1].click()  # write it back
    idle(window.session)
    assert window.session.project.path == synced
    assert window.session.table("sand_pits").value(1, "name") == "断电前"
