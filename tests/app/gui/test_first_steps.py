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


def outline_file(path: Path, ring: list[list[float]], crs: str = "") -> Path:
    import json

    found = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": "SK-1"}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
    ]}  # fmt: skip
    if crs:
        found["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs.replace(':', '::')}"}}
    path.write_text(json.dumps(found), encoding="utf8")
    return path


def test_a_project_around_outlines_takes_name_folder_and_zone_from_them(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, idle: Callable[[Any], None]
) -> None:
    """The tile asks for the file first; degrees at 118.4° belong to the zone around 117°."""
    ring = [[118.4, 40.6], [118.401, 40.6], [118.401, 40.601], [118.4, 40.6]]
    path = outline_file(tmp_path / "东沟 砂坑.geojson", ring)
    monkeypatch.setattr("app.gui.dialogs.base.ask_open", lambda *_a: path)
    window.commands.start("import_start")
    idle(window.session)
    (dialog,) = [d for d in window.commands._open_dialogs if isinstance(d, NewProjectDialog)]
    assert dialog.name.text() == "东沟 砂坑"
    assert dialog.file.path() == tmp_path / "东沟 砂坑.gpkg"
    assert dialog.crs() == "EPSG:4548"
    assert "118.40" in dialog.code.text()
    dialog.main.click()
    idle(window.session)
    assert window.session.project.crs == "EPSG:4548"
    (bringing,) = [d for d in window.commands._open_dialogs if isinstance(d, ImportDialog)]
    assert bringing.file.path() == path
    bringing.reject()


def test_no_file_no_project(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.gui.dialogs.base.ask_open", lambda *_a: None)
    window.commands.start("import_start")
    assert dialogs(window) == []


def test_a_project_beside_a_geopackage_of_its_name_gets_another(
    window: MainWindow, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"")
    dialog = NewProjectDialog(window, window.session, tmp_path / "a.gpkg")
    idle(window.session)
    assert dialog.file.path() == tmp_path / "a 2.gpkg"
    dialog.reject()


def test_opening_says_how_far_it_is_and_can_be_given_up(
    window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    """Building the sample takes its time: the page shows a bar, and its button leads back to the start page."""
    import threading

    reached, go = threading.Event(), threading.Event()

    def prepare(watch: Any) -> Path:
        watch.report(0.5)
        reached.set()
        go.wait(10)
        return project_file

    window.session.open_soon(project_file, prepare)
    assert window.pages.currentWidget() is window.wait
    reached.wait(10)
    qtbot.waitUntil(lambda: window.wait.stop.isVisible() and window.wait.bar.value() == 500)
    window.wait.stop.click()
    go.set()
    idle(window.session)
    assert window.pages.currentWidget() is window.start
    assert window.session.project is None
    window.session.open(project_file)  # no lock was left
    assert window.session.writable
