"""Actions, menus and the toolbar, made from the table in actions.py."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton, QWidget

from app.gui.actions import COMMANDS, MENUS, NEEDS, TOOL_GROUPS, Command
from app.gui.icons import set_icon
from app.gui.read_only import WHY, WRITES
from app.i18n import _


class Actions:
    """The window's actions by key; `enable` follows what is there."""

    def __init__(self, window: QMainWindow, act: Callable[[Command, bool], None]) -> None:
        self.by_key: dict[str, QAction] = {}
        self._told: dict[str, tuple[bool, str, str]] = {}
        self._modes = QActionGroup(window)
        for line in COMMANDS:
            action = QAction(_(line.text), window)
            if line.icon:
                set_icon(action, line.icon)
            if line.shortcut:
                action.setShortcuts([QKeySequence(k) for k in (line.shortcut, line.also) if k])
            action.setCheckable(line.check or bool(line.mode))
            if line.mode:
                self._modes.addAction(action)
            action.triggered.connect(lambda checked=False, line=line: act(line, checked))
            action.setObjectName(line.key)
            self.by_key[line.key] = action
            window.addAction(action)

    def __getitem__(self, key: str) -> QAction:
        return self.by_key[key]

    def enable(self, have: dict[str, bool], texts: dict[str, str]) -> None:
        """`have` says which needs are met; `texts` replaces the words of some actions (what undo would undo)."""
        for line in COMMANDS:
            met = not line.needs or have.get(line.needs, False)
            missing = line.needs if have.get("project") or line.needs in ("", "project") else "project"
            told = texts.get(line.key, "")  # who says what it would do can do it: a drawing writes nothing yet
            read_only = line.key in WRITES and not told and not have.get("writable", True)
            why = WHY if read_only else "" if met else NEEDS[missing]
            state = met and not read_only, told, why
            if self._told.get(line.key) != state:  # asked at every change of anything: most stay as they are
                self._told[line.key] = state
                self._tell(line, *state)

    def _tell(self, line: Command, enabled: bool, text: str, why: str) -> None:
        action = self.by_key[line.key]
        action.setEnabled(enabled)
        action.setText(text or _(line.text))
        words = text or (_(line.tip) if line.tip else action.text().rstrip("…"))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = f"{words}  ({keys})" if keys else words
        action.setToolTip(f"{tip}\n{_(why)}" if why else tip)
        action.setStatusTip("")


def fill_menus(window: QMainWindow, actions: Actions, extra: dict[str, Callable[[QMenu], None]]) -> dict[str, QMenu]:
    """The menu bar. `extra` adds to a menu what is not in the table (recent projects, themes)."""
    bar = window.menuBar()
    bar.setNativeMenuBar(False)
    menus = {key: bar.addMenu(menu_title(key)) for key in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)
    for line in COMMANDS:
        menu = menus[line.menu.lstrip("-")]
        if line.menu.startswith("-"):
            menu.addSeparator()
        menu.addAction(actions[line.key])
    for key, add in extra.items():
        add(menus[key])
    return menus


def menu_title(key: str) -> str:
    """A menu's name with the letter that opens it together with Alt: &View, 视图(&V)."""
    text, letter = _(MENUS[key]), key[0].upper()
    return f"&{text}" if text.upper().startswith(letter) else f"{text}(&{letter})"


def fill_toolbar(window: QMainWindow, actions: Actions) -> QToolBar:
    """The toolbar: groups of icons."""
    bar = QToolBar(_("Tools"), window)
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.setIconSize(QSize(18, 18))
    bar.addWidget(_gap(8))
    for index, group in enumerate(TOOL_GROUPS):
        if index:
            bar.addSeparator()
        for line in COMMANDS:
            if line.tool == group:
                bar.addAction(actions[line.key])
                button = bar.widgetForAction(actions[line.key])
                if isinstance(button, QToolButton) and group == "work":
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    window.addToolBar(bar)
    return bar


def panel_switches(actions: Actions) -> list[QToolButton]:
    """Buttons that show and fold the panels, for the end of the menu bar: there they never fall out of sight."""
    made = []
    for line in COMMANDS:
        if line.tool == "panels":
            button = QToolButton()
            button.setProperty("compact", "true")
            button.setDefaultAction(actions[line.key])
            button.setIconSize(QSize(18, 18))
            button.setAutoRaise(True)
            made.append(button)
    return made


def _gap(width: int) -> QWidget:
    # Padding of a tool bar in a style sheet moves its buttons down; a widget does not.
    gap = QWidget()
    gap.setFixedWidth(width)
    return gap
