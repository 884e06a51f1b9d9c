"""First steps: what a drop will do is said before, a drop without a project makes one, empty panels say what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QPushButton

from app.gui.dialogs.import_features import ImportDialog
from app.gui.dialogs.new_project import NewProjectDialog
from app.gui.dialogs.samples import SamplesDialog
from app.gui.dialogs.terrain_add import AddTerrainDialog
from app.gui.drop_hint import purpose
from app.gui.main_window import MainWindow
from app.project import Project
from tests.app.gui.conftest import SAMPLES, words_of


def hang(window: MainWindow, files: list[Path]) -> Callable[[], None]:
    """Files hang over the window; the answer lets them go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(f)) for f in files])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    window.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), *how))
    return lambda: window.dropEvent(QDropEvent(QPointF(5, 5), *how))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a.SHP"], ["Import outlines"]),
        (["a.tif", "b.las"], ["Add terrain"]),
        (["a.gpkg", "b.jpg"], ["Open the project, or import its layers", "Add photos"]),
        (["a.exe", "b"], []),
    ],
)
def test_what_files_are_for(names: list[str], words: list[str], tmp_path: Path) -> None:
    files = [tmp_path / n for n in names if "." in n]
    assert [text for _icon, text in purpose(files)] == words


def test_a_drag_says_what_a_drop_will_do(window: MainWindow, tmp_path: Path) -> None:
    hang(window, [tmp_path / "a.geojson"])
    assert window.drop_hint.isVisible()
    assert window.drop_hint.texts == ["Import outlines"]
    window.dragLeaveEvent(QDragLeaveEvent())
    assert not window.drop_hint.isVisible()
    let_go = hang(window, [tmp_path / "a.exe"])
    assert window.drop_hint.texts == []
    let_go()
    assert not window.drop_hint.isVisible()
    assert "a.exe" in words_of(window.toasts.shown[-1])


def dialogs(window: MainWindow) -> list[type]:
    return [type(d) for d in window.commands._open_dialogs]


def test_terrain_dropped_without_a_project_makes_one_first(
    window: MainWindow, folder: Path, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    hang(window, [folder / "地形.tif"])()
    assert dialogs(window) == [NewProjectDialog]
    dialog = window.commands._open_dialogs[0]
    target = tmp_path / "新.gpkg"
    dialog.file.set_path(target)
    dialog.make()
    idle(window.session)
    assert window.session.project.path == target
    assert AddTerrainDialog in dialogs(window)


def test_each_kind_of_file_finds_its_dialog(
    window: MainWindow, folder: Path, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    table = tmp_path / "lab.csv"
    table.write_text(SAMPLES, encoding="utf8")
    outlines = tmp_path / "a.geojson"
    outlines.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf8")
    hang(window, [folder / "工程.gpkg"])()
    idle(window.session)
    assert window.session.project is not None
    hang(window, [table, outlines, folder / "地形.tif"])()
    idle(window.session)
    assert set(dialogs(window)) == {SamplesDialog, ImportDialog, AddTerrainDialog}


def test_an_empty_project_says_how_to_begin(
    window: MainWindow, tmp_path: Path, project_file: Path, idle: Callable[[Any], None]
) -> None:
    empty = tmp_path / "empty.gpkg"
    Project.create(empty, crs="EPSG:4546").close()
    window.session.open(empty)
    inspector = window.workspace.inspector
    assert inspector.begin.isVisible()
    asked = []
    inspector.act.connect(asked.append)
    for part in inspector.begin.findChildren(QPushButton):
        part.click()
    assert asked == ["terrain_add", "import", "tool_draw"]
    window.session.open(project_file)
    idle(window.session)
    assert inspector.empty.isVisible()
    window.session.select("sand_pits", window.session.table("sand_pits").fids.tolist())
    assert inspector.several.isVisible()
    inspector.several.findChildren(QPushButton)[0].click()
    assert [type(d).__name__ for d in window.commands._open_dialogs][-1] == "SetManyDialog"
