"""Photos in the form: added by drop and dialog, looked at large, captioned, taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.gui.photos.dropped import PhotosDropped
from app.gui.photos.strip import PhotoStrip
from app.gui.photos.viewer import PhotoViewer
from tests.app.pictures import camera_picture

HERE = {"lon": 110.0203, "lat": 40.5968}  # in the test's terrain, near SK-001


@pytest.fixture
def strip(window: Any, project_file: Path, idle: Callable[[Any], None]) -> PhotoStrip:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    window.workspace.inspector.show_tab("fields")
    idle(window.session)
    return window.workspace.inspector.fields.photos


def drop_on(widget: Any, files: list[Path]) -> bool:
    """What a file manager does; True if the widget would take them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(f)) for f in files])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    enter = QDragEnterEvent(QPoint(5, 5), *how)
    enter.setAccepted(False)
    widget.dragEnterEvent(enter)
    if enter.isAccepted():
        widget.dropEvent(QDropEvent(QPointF(5, 5), *how))
    return enter.isAccepted()


def stored(session: Any) -> list[dict[str, Any]]:
    return session.project.store.rows("photos")


def test_dropped_pictures_are_one_step_and_show(
    strip: PhotoStrip, window: Any, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    session = window.session
    files = [camera_picture(tmp_path / f"{n}.jpg", colour=c) for n, c in enumerate(("red", "blue"))]
    before = session.project.store.revision
    assert drop_on(strip, files)
    idle(session)
    assert session.project.store.revision == before + 1
    assert strip.grid.count() == len(stored(session)) == 2
    middle = [strip.grid.item(i).icon().pixmap(40, 40).toImage() for i in range(2)]
    red, blue = (image.pixelColor(image.width() // 2, image.height() // 2) for image in middle)
    assert red.red() > 200 > 100 > red.blue()
    assert blue.blue() > 200 > 100 > blue.red()
    session.undo()
    assert strip.grid.count() == 0
    assert strip.hint.isVisibleTo(strip)


def test_a_text_file_is_not_taken(strip: PhotoStrip, tmp_path: Path) -> None:
    other = tmp_path / "a.txt"
    other.write_text("x")
    assert not drop_on(strip, [other])


def test_the_dialog_adds_and_tells_what_it_left_out(
    strip: PhotoStrip,
    window: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
    idle: Callable[[Any], None],
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    names = [str(camera_picture(tmp_path / "good.jpg")), str(bad)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: (names, ""))
    with qtbot.waitSignal(window.session.notice, timeout=5000) as said:
        strip.choose()
    assert said.args[0] == "warning"
    assert "bad.jpg" in said.args[1]
    idle(window.session)
    assert strip.grid.count() == 1


def viewer_of(strip: PhotoStrip, qtbot: Any, idle: Callable[[Any], None]) -> PhotoViewer:
    strip.grid.setCurrentRow(0)
    strip.grid.setFocus()
    qtbot.keyClick(strip.grid, Qt.Key.Key_Return)
    idle(strip.session)
    found = [w for w in strip.window().findChildren(PhotoViewer) if w.isVisible()]
    assert len(found) == 1
    return found[0]


def test_large_with_words_and_place(
    strip: PhotoStrip, window: Any, tmp_path: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    strip.take(
        [camera_picture(tmp_path / "a.jpg", **HERE), camera_picture(tmp_path / "b.jpg", colour="blue", lon=None)]
    )
    idle(window.session)
    viewer = viewer_of(strip, qtbot, idle)
    assert not viewer.picture.pixmap().isNull()
    assert "40.5968" in viewer.facts.text()
    assert viewer.on_map.isEnabled()
    viewer.on_map.click()
    assert window.workspace.canvas.ghost.bounds is not None
    qtbot.keyClicks(viewer.caption, "east side")
    qtbot.keyClick(viewer, Qt.Key.Key_PageDown)
    idle(window.session)
    assert stored(window.session)[0]["caption"] == "east side"
    assert viewer.count.text() == "2 / 2"
    assert not viewer.on_map.isEnabled()
    viewer.drop.click()
    assert len(stored(window.session)) == 1
    assert viewer.count.text() == "1 / 1"
    viewer.close()
    window.session.undo()
    assert strip.grid.count() == 2


def test_a_file_that_is_gone_is_said_to_be_gone(
    strip: PhotoStrip, window: Any, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    from app.gui.photos.pictures import cache
    from app.verbs.photos import folder_of

    strip.take([camera_picture(tmp_path / "a.jpg")])
    idle(window.session)
    for file in folder_of(window.session.project).iterdir():
        file.unlink()
    cache._held.clear()
    strip.refresh()
    idle(window.session)
    assert "not there" in strip.grid.item(0).toolTip()


def test_delete_key_takes_it_away(
    strip: PhotoStrip, window: Any, tmp_path: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    strip.take([camera_picture(tmp_path / "a.jpg")])
    idle(window.session)
    strip.grid.setCurrentRow(0)
    window.session.project.store.read_only = True
    qtbot.keyClick(strip.grid, Qt.Key.Key_Delete)
    assert len(stored(window.session)) == 1
    window.session.project.store.read_only = False
    qtbot.keyClick(strip.grid, Qt.Key.Key_Delete)
    assert stored(window.session) == []


def test_pictures_dropped_on_the_window_become_observations(
    strip: PhotoStrip, window: Any, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    session = window.session
    session.select("", ())
    files = [camera_picture(tmp_path / "a.jpg", **HERE), camera_picture(tmp_path / "b.jpg", lon=None)]
    window.commands.take_files(files)
    dialog = window.commands._open_dialogs[-1]
    assert isinstance(dialog, PhotosDropped)
    idle(session)
    assert not dialog.to_feature.isEnabled()
    assert "1" in dialog.placed.text()
    dialog.take()
    idle(session)
    assert session.selection[0] == "observations"
    assert len(session.selection[1]) == len(stored(session)) == 1
    assert strip.grid.count() == 1  # the form follows the new observation


def test_pictures_dropped_on_the_window_go_to_the_selected_feature(
    strip: PhotoStrip, window: Any, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    window.commands.take_files([camera_picture(tmp_path / "a.jpg", lon=None)])
    dialog = window.commands._open_dialogs[-1]
    idle(window.session)
    assert dialog.to_feature.isChecked()
    assert not dialog.as_observations.isEnabled()
    dialog.take()
    idle(window.session)
    assert strip.grid.count() == 1
