from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.gui import settings
from app.gui.actions import COMMANDS, MENUS, NEEDS
from app.gui.command_palette import Entry, matches
from app.gui.main_window import MainWindow
from app.gui.window_commands import WindowCommands
from app.i18n import set_language
from app.project import Project
from models.changes import Update
from models.errors import Refused
from models.notices import Notice
from tests.app.gui.conftest import words_of


def test_the_table_of_actions_is_sound() -> None:
    keys = [c.key for c in COMMANDS]
    assert len(set(keys)) == len(keys)
    shortcuts = [c.shortcut for c in COMMANDS if c.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)
    for c in COMMANDS:
        assert c.menu.lstrip("-") in MENUS
        assert c.needs in NEEDS
        assert callable(getattr(WindowCommands, c.handler))


def test_start_page_shows_and_disabled_actions_say_why(window: MainWindow) -> None:
    assert window.pages.currentWidget() is window.start
    action = window.acts["estimate"]
    assert not action.isEnabled()
    assert action.toolTip().endswith(NEEDS["project"])
    assert window.acts["new"].isEnabled()
    assert not window.bar.isVisible()


def test_project_opens_closes_and_is_listed(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    window.session.open_soon(project_file)
    idle(window.session)
    assert window.pages.currentWidget() is window.workspace
    assert "试验工程" in window.windowTitle()
    assert window.status.saved.text()
    assert "4546" in window.status.crs.text()
    window.trigger("close")
    assert window.pages.currentWidget() is window.start
    assert settings.recent_projects() == [project_file]


def test_failed_opening_is_told_and_the_start_page_comes_back(
    window: MainWindow, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    (tmp_path / "broken.gpkg").write_bytes(b"not a database")
    window.session.open_soon(tmp_path / "broken.gpkg")
    assert window.pages.currentWidget() is window.wait
    idle(window.session)
    assert window.pages.currentWidget() is window.start
    assert [t.level for t in window.toasts.shown] == ["error"]


@pytest.fixture
def working(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> MainWindow:
    window.session.open_soon(project_file)
    idle(window.session)
    return window


def test_actions_follow_what_there_is(working: MainWindow) -> None:
    assert not working.acts["estimate"].isEnabled()
    assert working.acts["estimate"].toolTip().endswith(NEEDS["site"])
    working.session.select_site("SK-001")
    assert working.acts["estimate"].isEnabled()
    assert working.acts["undo"].isEnabled()  # the project was made by steps that can be taken back
    working.trigger("undo")
    assert working.acts["redo"].isEnabled()
    assert ":" in working.acts["redo"].text()


def test_opening_flashes_no_other_window(
    window: MainWindow, project_file: Path, qapp: Any, idle: Callable[[Any], None]
) -> None:
    class Watcher(QObject):
        shown: ClassVar[list[str]] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.shown.append(watched.metaObject().className())
            return False

    watcher = Watcher()
    qapp.installEventFilter(watcher)
    window.session.open(project_file)
    window.session.select_site("SK-001")
    for tab in range(5):
        window.workspace.inspector.tabs.setCurrentIndex(tab)
        idle(window.session)
    qapp.removeEventFilter(watcher)
    assert Watcher.shown == []


def test_panels_fold_and_are_remembered(working: MainWindow, qtbot: Any) -> None:
    assert working.workspace.inventory.isVisible()
    qtbot.keyClick(working, Qt.Key.Key_F7)
    assert not working.workspace.inventory.isVisible()
    assert not working.acts["panel_inventory"].isChecked()
    assert str(settings.value("window/show_inventory")).lower() == "false"
    working.workspace.inventory.act.emit("panel_inventory")
    assert working.workspace.inventory.isVisible()


def test_delete_can_be_undone_from_its_notice(working: MainWindow) -> None:
    working.session.select_site("SK-002")
    working.trigger("delete")
    assert list(working.session.frame("sand_pits")["code"]) == ["SK-001"]
    next(b for b in working.toasts.shown[-1].findChildren(QPushButton) if b.text() == "Undo").click()
    assert list(working.session.frame("sand_pits")["code"]) == ["SK-001", "SK-002"]


def test_a_notice_takes_back_its_own_step_and_no_other(working: MainWindow) -> None:
    working.session.select_site("SK-002")
    working.trigger("delete")
    notice = working.toasts.shown[-1]
    working.session.transact(Notice("t", "typed"), [Update("sand_pits", 1, {"remarks": "x"})])
    next(b for b in notice.findChildren(QPushButton) if b.text() == "Undo").click()
    assert working.session.table("sand_pits").value(1, "remarks") == "x"
    assert "one by one" in working.toasts.shown[-1].said[1]


def test_estimate_all_keeps_what_was_asked(working: MainWindow, idle: Callable[[Any], None]) -> None:
    from app.verbs.estimate import estimate
    from models.estimate import EstimateRequest

    project = working.session.project
    estimate(project, ["SK-001"], request=EstimateRequest(reference="rim_mean", waste="FA-1"))
    before = project.store.revision
    working.trigger("estimate_all")
    idle(working.session)
    kept = {e.site: e for e in project.store.estimates()}
    assert kept["SK-001"].reference.key == "rim_mean"
    assert kept["SK-001"].request.waste == "FA-1"
    assert kept["SK-002"].reference.key == "spill"
    assert set(kept) == {"SK-001", "SK-002", "DC-001"}
    assert project.store.revision == before + 1  # one step


def test_tools_of_the_map(working: MainWindow, qtbot: Any) -> None:
    canvas = working.workspace.canvas
    working.trigger("tool_pan")
    assert canvas.tool.name == "pan"
    assert working.acts["tool_pan"].isChecked()
    canvas.set_tool("draw")
    assert working.acts["tool_draw"].isChecked()
    assert not working.acts["tool_pan"].isChecked()


def test_drawn_outline_becomes_a_feature(working: MainWindow) -> None:
    from tests.app.gui.conftest import circle

    working.workspace.canvas.outline_drawn.emit(circle(30, 120, 10).geoms[0])
    dialog = working.commands._open_dialogs[-1]
    assert dialog.code.text() == "SK-003"
    dialog.name.setText("新坑")
    dialog.take()
    assert working.session.site_code == "SK-003"
    assert working.session.frame("sand_pits")["name"].tolist()[-1] == "新坑"


def test_an_outline_that_is_not_stored_is_not_lost(working: MainWindow, qtbot: Any) -> None:
    canvas = working.workspace.canvas
    working.trigger("tool_draw")
    corners = [(417_010.0, 4_495_860.0), (417_050.0, 4_495_860.0), (417_050.0, 4_495_890.0)]
    assert canvas.tool.enter(corners) == ""
    canvas.tool.finish()
    assert canvas.tool.points == []
    working.commands._open_dialogs[-1].reject()
    assert canvas.tool.points == corners
    assert "Esc" in words_of(working.toasts.shown[-1])
    canvas.tool.finish()
    working.commands._open_dialogs[-1].take()
    assert (canvas.tool.points, canvas.offered.shapes) == ([], [])
    assert working.session.site_code == "SK-003"


def test_status_bar_says_where_and_how_high(working: MainWindow, idle: Callable[[Any], None]) -> None:
    working.workspace.canvas.pointer_moved.emit(417_100.0, 4_495_900.0)
    assert working.status.xy.text().replace("\u2009", "") == "X 4495900.00  Y 417100.00"
    assert working.status.degrees.text().startswith("110°0")
    working.workspace.canvas.pointer_left.emit()
    assert working.status.xy.text() == ""


def test_palette_finds_commands_and_sites(working: MainWindow, qtbot: Any) -> None:
    palette = working.open_palette()
    qtbot.keyClicks(palette.box, "SK-002")
    assert palette.list.count() == 1
    qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    assert working.session.site_code == "SK-002"
    assert working.focusWidget() is working.workspace.canvas  # and not the first button of the toolbar
    entry = Entry("估算本场地", "estimate Estimate this site", "F9", working.acts["undo"].icon(), lambda: None)
    assert matches("est site", entry)
    assert matches("估算", entry)
    assert matches("gs", entry)
    assert matches("bencd gu", entry)
    assert not matches("sheet", entry)


def test_error_has_words_place_advice_and_a_button(window: MainWindow) -> None:
    error = Refused("terrain.none", "the project has no terrain", where="/some/where.gpkg", advice="register a DEM")
    toast = window.toasts.show_error(error)
    texts = [w.text() for w in toast.findChildren(QLabel)]
    assert {"The project has no terrain", "/some/where.gpkg", "Register a DEM"} <= set(texts)
    assert {"Add terrain", "Copy"} <= {b.text() for b in toast.findChildren(QPushButton)}
    unknown = window.toasts.show_error(ValueError("libfoo: -3"))
    assert "libfoo" not in str([w.text() for w in unknown.findChildren(QLabel)])


def test_files_dropped_are_taken_by_kind(working: MainWindow, folder: Path, tmp_path: Path) -> None:
    def drop(*files: Path) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(f)) for f in files])
        event = QDropEvent(
            QPointF(200, 200), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        working.dropEvent(event)

    drop(folder / "地形.tif")
    assert type(working.commands._open_dialogs[-1]).__name__ == "AddTerrainDialog"
    (tmp_path / "a.geojson").write_text("{}")
    drop(tmp_path / "a.geojson")
    assert type(working.commands._open_dialogs[-1]).__name__ == "ImportDialog"
    drop(tmp_path / "report.docx")
    assert type(working.commands._open_dialogs[-1]).__name__ == "SamplesDialog"
    count = len(working.commands._open_dialogs)
    drop(tmp_path / "note.pdf")
    assert len(working.commands._open_dialogs) == count
    assert working.toasts.shown[-1].level == "warning"
    drawing = tmp_path / "plan.dwg"
    drawing.write_bytes(b"AC1032" + bytes(64))
    drop(drawing)  # what most of the trade has: it is told what to do
    assert "DXF" in working.toasts.shown[-1].said[3]


def test_the_same_said_again_stands_once(working: MainWindow) -> None:
    for _time in range(3):
        working.toasts.show("info", "once")
    working.toasts.show("info", "other")
    assert [t.said[1] for t in working.toasts.shown] == ["once", "other"]


def test_on_a_small_screen_the_map_comes_first_until_somebody_arranges_it(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    window.resize(960, 540)  # 1920 x 1080 at 200 %
    window.session.open_soon(project_file)
    idle(window.session)
    work = window.workspace
    assert work.layer_panel.isHidden()
    assert not window.acts["panel_layers"].isChecked()
    assert work.canvas.height() > work.inventory.height()
    assert work.canvas.width() > 500
    window.trigger("panel_layers")
    window.save_state()
    second = MainWindow(window.session)
    second.resize(960, 540)
    second.show()
    assert not second.ensure_workspace().layer_panel.isHidden()
    second.close()
    second.deleteLater()


def test_language_switch_builds_the_window_again(
    qapp: Any, look: None, project_file: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    from app.gui.main import Shell

    quits: list[int] = []
    qapp.lastWindowClosed.connect(lambda: quits.append(1))
    shell = Shell()
    try:
        shell.session.open_soon(project_file)
        idle(shell.session)
        first = shell.window
        assert first.acts["estimate"].text() == "Estimate this site"
        shell.session.select_site("SK-001")
        assert qapp.applicationDisplayName() == "Huitian"
        name = first.workspace.inventory.table.columnWidth(1)
        first.workspace.inventory.table.setColumnWidth(1, name + 77)
        first.set_language("zh_CN")
        qtbot.waitUntil(lambda: shell.window is not first)
        assert qapp.applicationDisplayName() == "回填"  # Qt appends it to titles
        assert shell.window.workspace.inventory.table.columnWidth(1) != name + 77  # the widths of the other language
        assert shell.window.acts["estimate"].text() == "估算本场地"
        assert qapp.translate("QFileDialog", "Files of &type:") == "文件类型(&T)："  # Qt's own Chinese lacks it
        assert qapp.translate("QFileDialog", "File &name:").startswith("文件名称")
        assert shell.window.workspace.inspector.title.text().startswith("SK-001")
        assert quits == []
        idle(shell.session)
        shell.session.select_site("SK-002")  # nothing of the old window listens any more
        idle(shell.session)
    finally:
        shell.shutdown()
        set_language("en")


def test_the_first_window_on_a_small_screen_fills_it(window: MainWindow) -> None:
    room = window.screen().availableGeometry()
    small = room.width() < 1640 or room.height() < 1000
    window.hide()
    window.appear()
    assert window.isMaximized() == small
    window.showNormal()


def test_theme_switch(working: MainWindow) -> None:
    for key in ("dark", "contrast", "light"):
        working.set_theme(key)
        assert settings.value("theme") == key
        assert not working.grab().isNull()


def test_tile_of_the_start_page_opens_the_dialog(window: MainWindow, qtbot: Any) -> None:
    from app.gui.start_page import Tile

    tiles = {t.accessibleName(): t for t in window.start.findChildren(Tile)}
    qtbot.mouseClick(tiles["New project"], Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert type(window.commands._open_dialogs[-1]).__name__ == "NewProjectDialog"


def test_the_next_project_takes_the_place_of_the_last_without_the_start_page(
    window: MainWindow, folder: Path, project_file: Path
) -> None:
    other = folder / "另一个.gpkg"
    Project.create(other, crs="EPSG:4546", name="另一个").close()
    window.session.open(project_file)
    pages: list[Any] = []
    window.pages.currentChanged.connect(lambda _n: pages.append(window.pages.currentWidget()))
    window.session.open(other)
    assert pages == []
    assert "另一个" in window.windowTitle()
    assert not window.session.another_follows
    window.session.close()
    assert pages == [window.start]
