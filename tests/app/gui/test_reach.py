"""The keyboard reaches everything; the palette finds it; a project is found as it was left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from app.gui import settings
from app.gui.actions import COMMANDS, MENUS
from app.gui.command_palette import Entry, ranked
from app.gui.main_window import MainWindow
from app.gui.menus import menu_title
from app.gui.panels.inventory.filter import Filter
from app.i18n import set_language
from resources import resource_path

# What desktops and Qt itself use: the menu bar, the context menu, closing, help, completion.
TAKEN = ("F10", "Shift+F10", "Alt+F4", "Alt+Space", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Tab", "Return", "Escape", "Alt+Down")


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(QKeySequence(k).toString() for c in COMMANDS for k in (c.shortcut, c.also) if k)
    keys.update(QKeySequence(t).toString() for t in TAKEN)
    keys.update(QKeySequence(f"Alt+{key[0]}").toString() for key in MENUS)
    assert [k for k, n in keys.items() if n > 1] == []
    assert "" not in keys  # a shortcut that Qt does not understand


def test_every_action_has_a_tip_and_its_icon_is_there() -> None:
    assert [c.key for c in COMMANDS if not c.tip] == []
    assert [c.key for c in COMMANDS if c.icon and not resource_path("icons", f"{c.icon}.svg").is_file()] == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_menu_opens_by_a_letter_of_its_own(language: str) -> None:
    set_language(language)
    titles = [menu_title(key) for key in MENUS]
    set_language("en")
    letters = [t[t.index("&") + 1].upper() for t in titles]
    assert len(set(letters)) == len(MENUS)


def entry(text: str, words: str = "", *, enabled: bool = True, key: str = "") -> Entry:
    return Entry(text, words, "", QIcon(), lambda: None, enabled, key or text)


def test_the_palette_puts_the_nearest_first() -> None:
    entries = [entry("Export a layer", "sheet of data"), entry("Off sheet", enabled=False), entry("Approval sheet"),
               entry("Sheet of points"), entry("Sheet of pits")]  # fmt: skip
    found = [e.text for e in ranked("sheet", entries, recent=["Sheet of pits"])]
    assert found == ["Sheet of pits", "Sheet of points", "Approval sheet", "Export a layer", "Off sheet"]
    assert next(e.text for e in ranked("", entries, recent=["Approval sheet"])) == "Approval sheet"


def test_pinyin_of_a_name_ranks_as_the_name_itself() -> None:
    names = {"概算工程": "", "估算此场地": "", "显示估算": "", "设置": "drawings", "全屏": ""}
    entries = [Entry(name, words, "", QIcon(), lambda: None) for name, words in names.items()]
    assert [e.text for e in ranked("gs", entries)] == ["概算工程", "估算此场地", "显示估算", "设置"]
    assert [e.text for e in ranked("gusuan", entries)] == ["估算此场地", "显示估算"]


@pytest.fixture
def working(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> MainWindow:
    window.session.open(project_file)
    idle(window.session)
    return window


def test_what_was_done_lately_comes_first(working: MainWindow, qtbot: Any) -> None:
    for text in ("full screen", "zoom in"):
        palette = working.open_palette()
        qtbot.keyClicks(palette.box, text)
        qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    working.acts["full_screen"].trigger()
    assert settings.value("palette/recent") == ["zoom_in", "full_screen"]
    palette = working.open_palette()
    assert palette.list.item(0).data(Qt.ItemDataRole.UserRole).key == "zoom_in"
    qtbot.keyClicks(palette.box, "undo")
    palette.close()


def test_disabled_commands_say_why_in_the_palette(window: MainWindow, qtbot: Any) -> None:
    palette = window.open_palette()
    qtbot.keyClicks(palette.box, "estimate this")
    assert palette.list.item(0).data(Qt.ItemDataRole.UserRole).why == "open or make a project first"
    palette.close()


def focus() -> QWidget:
    return QApplication.focusWidget()


def test_keys_lead_to_every_part_of_the_window(working: MainWindow, qtbot: Any) -> None:
    parts = working.workspace
    for key, part in (
        (Qt.Key.Key_1, parts.canvas), (Qt.Key.Key_2, parts.inventory), (Qt.Key.Key_3, parts.inspector),
        (Qt.Key.Key_4, parts.layer_panel),
    ):  # fmt: skip
        working.session.select_site("SK-001")
        qtbot.keyClick(working, key, Qt.KeyboardModifier.ControlModifier)
        assert part is focus() or part.isAncestorOf(focus()), key


def test_a_folded_panel_unfolds_when_the_keyboard_goes_there(working: MainWindow, qtbot: Any) -> None:
    working.workspace.show_panel("inventory", False)
    qtbot.keyClick(working, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert working.workspace.inventory.isAncestorOf(focus())


def test_tab_goes_round_the_whole_window(working: MainWindow, qtbot: Any) -> None:
    working.session.select_site("SK-001")
    working.workspace.inspector.show_tab("fields")
    working.workspace.canvas.setFocus()
    seen: list[QWidget] = []
    for _i in range(120):
        if focus() in seen:
            break
        seen.append(focus())
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    assert focus() is seen[0]  # nothing keeps the keyboard to itself
    parts = working.workspace
    for part in (parts.layer_panel, parts.inventory, parts.inspector):
        assert any(part.isAncestorOf(w) for w in seen)
    form = parts.inspector.fields.editors
    order = [seen.index(e.control) for e in form.values()]
    assert order == sorted(order)
    nameless = [w.metaObject().className() for w in seen if not w.accessibleName() and not w.toolTip() and not _text(w)]
    assert nameless == []


def _text(widget: QWidget) -> str:
    for name in ("text", "placeholderText", "title", "currentText"):
        ask = getattr(widget, name, None)
        if callable(ask) and ask():
            return str(ask())
    return ""


def test_keys_go_from_site_to_site_as_the_table_stands(working: MainWindow, qtbot: Any) -> None:
    session = working.session
    session.select("", ())
    seen = []
    for _i in range(4):
        qtbot.keyClick(working, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        seen.append(session.site_code)
    assert seen == ["DC-001", "SK-001", "SK-002", "SK-002"]
    qtbot.keyClick(working, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert session.site_code == "SK-001"
    x0, _y0, x1, _y1 = working.workspace.canvas.view.bounds
    assert x0 < session.site("SK-001").outline.centroid.x < x1


def test_a_project_is_found_as_it_was_left(
    working: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session, parts = working.session, working.workspace
    session.select_site("SK-002")
    parts.inspector.show_tab("history")
    parts.inventory.set_filter(Filter(districts=frozenset({"土默特右旗"})), "district")
    parts.canvas.zoom_to((417_100, 4_495_900, 417_140, 4_495_980))
    before = parts.canvas.view
    session.close()
    session.open(project_file)
    idle(session)
    assert session.site_code == "SK-002"
    assert parts.inspector.tabs.currentIndex() == 4
    assert parts.inventory.chosen_filter().districts == {"土默特右旗"}
    assert parts.inventory.model.group == "district"
    after = parts.canvas.view
    assert (after.x, after.y, after.scale) == (before.x, before.y, before.scale)


@pytest.mark.parametrize(
    "kept", ["no json", "[]", '{"view": [1, "x", 3], "selection": 5, "tab": "none", "filter": [], "group": 7}',
             '{"view": [1e300, 0, -1], "selection": {"layer": "sand_pits", "codes": ["gone"]}}'],
)  # fmt: skip
def test_a_memory_that_does_not_fit_does_no_harm(
    working: MainWindow, project_file: Path, kept: str, idle: Callable[[Any], None]
) -> None:
    key = working.workspace.memory._key
    working.session.close()
    settings.remember(key, kept)
    working.session.open(project_file)
    idle(working.session)
    assert working.session.site_code == ""
    assert working.workspace.inventory.model.rowCount() == 3
    assert working.workspace.canvas.placed


def test_what_is_selected_right_after_opening_stays(
    working: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = working.session
    session.select_site("SK-002")
    session.close()
    session.open(project_file)
    session.select_site("SK-001")  # before the window comes to what it remembers
    idle(session)
    assert session.site_code == "SK-001"


def test_an_outline_that_was_not_finished_waits_for_its_project(
    working: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    """Closed in the middle of drawing: three corners were gone without a word."""
    session, canvas = working.session, working.workspace.canvas
    corners = [(417_010.0, 4_495_910.0), (417_030.0, 4_495_910.0), (417_030.0, 4_495_930.0)]
    canvas.set_tool("draw")
    for place in corners:
        canvas.tool.add(place)
    session.close()
    assert canvas.waiting() == {}
    said: list[str] = []
    session.notice.connect(lambda _level, text: said.append(text))
    session.open(project_file)
    idle(session)
    assert canvas.waiting() == {"draw": corners}
    assert any("3 points" in text and "Draw outline" in text for text in said)
    canvas.set_tool("draw")
    assert canvas.tool.points == corners
    canvas.tool.cancel()
    session.close()
    session.open(project_file)
    assert canvas.waiting() == {}


@pytest.mark.parametrize("kept", ['{"waiting": 5}', '{"waiting": {"draw": [[1]], "trace": "x", "split": [[1, 2]]}}'])
def test_what_is_no_outline_does_no_harm(working: MainWindow, project_file: Path, kept: str) -> None:
    key = working.workspace.memory._key
    working.session.close()
    settings.remember(key, kept)
    working.session.open(project_file)
    assert working.workspace.canvas.waiting() == {}
