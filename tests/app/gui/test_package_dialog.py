from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.gui.main_window import MainWindow
from tests.app.gui.conftest import words_of


@pytest.fixture
def dialog(window: MainWindow, project_file: Path) -> Any:
    window.session.open(project_file)
    window.trigger("package")
    return window.commands._open_dialogs[-1]


def test_it_lists_the_sites_that_the_window_holds(
    window: MainWindow, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading layers anew brought geopandas in: a third of a second within a click."""
    window.session.open(project_file)
    monkeypatch.setattr(type(window.session.project.store), "read", None)
    window.trigger("package")
    dialog = window.commands._open_dialogs[-1]
    assert [dialog.list.item(i).text() for i in range(3)] == ["DC-001 堆场", "SK-001 一号砂坑", "SK-002 二号砂坑"]


def test_it_offers_all_pits_or_those_selected(window: MainWindow, project_file: Path) -> None:
    window.session.open(project_file)
    window.trigger("package")
    assert window.commands._open_dialogs[-1].codes() == ["SK-001", "SK-002"]
    window.session.select_site("SK-002")
    window.trigger("package")
    assert window.commands._open_dialogs[-1].codes() == ["SK-002"]


def test_checking_and_filtering(dialog: Any) -> None:
    dialog.filter.setText("二号")
    dialog._check(on=False)
    dialog.filter.setText("")
    assert dialog.codes() == ["SK-001"]
    assert [dialog.list.item(i).isHidden() for i in range(3)] == [False] * 3
    dialog._check(on=False)
    assert not dialog.main.isEnabled()


def test_it_makes_the_package_and_says_what_came_of_it(
    dialog: Any, window: MainWindow, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    for box in dialog.kinds.values():
        box.setChecked(False)
    dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    dialog.out.line.setText(str(tmp_path / "成果"))
    dialog.zone.choose(False)
    dialog.take()
    assert not dialog.main.isEnabled()
    idle(window.session)
    document = json.loads((tmp_path / "成果" / "manifest.json").read_text(encoding="utf8"))
    codes = [s["code"] for s in document["sites"]]
    assert "SK-002" not in codes or "SK-001" not in codes
    text = next(p for p in (tmp_path / "成果").rglob("*.txt")).read_bytes().decode("gb18030")
    assert ",417" in text
    assert ",37417" not in text
    assert not dialog.main.isVisible()
    assert str(tmp_path / "成果") in words_of(dialog)


def test_what_is_wrong_is_said_in_the_dialog(dialog: Any, window: MainWindow, project_file: Path, idle: Any) -> None:
    dialog.out.line.setText(str(project_file.parent))
    dialog.take()
    idle(window.session)
    assert dialog.main.isEnabled()
    assert dialog._problem.count() == 1
