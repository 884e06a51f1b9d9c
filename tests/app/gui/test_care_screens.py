"""The bars and dialogs that keep a project safe, in both languages at the smallest size: no text is cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.gui.dialogs.check import CheckDialog
from app.gui.dialogs.snapshots import SnapshotsDialog
from app.gui.main_window import MainWindow
from app.i18n import set_language
from models.changes import Delete, Update
from models.errors import Unwritable
from models.notices import Notice
from tests.app.gui.test_care import disk_full, held_elsewhere
from tests.app.gui.test_check_dialog import without_index_rows
from tests.app.gui.test_screens import cut_texts, outside

EDIT = Notice("test.edit", "edit")


@pytest.fixture(params=["zh_CN", "en"])
def speaking(request: pytest.FixtureRequest, look: None, session: Any, qtbot: Any) -> Iterator[MainWindow]:
    set_language(request.param)
    made = MainWindow(session)
    made.resize(1366, 768)
    made.show()
    yield made
    session.unsaved.clear()
    made.close()
    made.deleteLater()
    set_language("en")


def sound(widget: Any) -> list[str]:
    return [*cut_texts(widget), *outside(widget)]


def test_bars(speaking: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> None:
    held_elsewhere(project_file)
    speaking.session.open_soon(project_file)
    idle(speaking.session)
    assert sound(speaking.care.bars) == []
    speaking.care.bars.bars["read_only"].buttons[1].click()
    idle(speaking.session)
    asked = speaking.commands._open_dialogs[-1]
    assert sound(asked) == []
    asked.answers[0].click()
    idle(speaking.session)
    with disk_full(speaking), pytest.raises(Unwritable):
        speaking.session.transact(EDIT, [Update("sand_pits", 1, {"name": "改"})])
    idle(speaking.session)
    assert sound(speaking.care.bars) == []
    assert sound(speaking.status) == []
    speaking.close()
    idle(speaking.session)
    assert sound(speaking.commands._open_dialogs[-1]) == []


def test_dialogs(speaking: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> None:
    without_index_rows(project_file)
    speaking.session.open_soon(project_file)
    idle(speaking.session)
    speaking.trigger("check")
    idle(speaking.session)
    check = speaking.commands._open_dialogs[-1]
    assert isinstance(check, CheckDialog)
    assert sound(check) == []
    check.repair.click()
    idle(speaking.session)
    assert sound(speaking.commands._open_dialogs[-1]) == []
    speaking.trigger("snapshots")
    idle(speaking.session)
    snapshots = speaking.commands._open_dialogs[-1]
    assert isinstance(snapshots, SnapshotsDialog)
    snapshots.take.click()
    idle(speaking.session)
    speaking.session.transact(EDIT, [Update("sand_pits", 1, {"name": "改"}), Delete("sand_pits", 2)])
    idle(speaking.session)
    assert sound(snapshots) == []
    speaking.trigger("messages")
    idle(speaking.session)
    assert sound(speaking.commands._open_dialogs[-1]) == []
