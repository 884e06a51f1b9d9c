"""The window: menus, toolbar, pages, status bar. What its actions do is in window_commands.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QToolButton, QWidget

from app.gui import settings
from app.gui.care import ProjectCare
from app.gui.command_palette import Palette, hint_of
from app.gui.drop_hint import DropHint
from app.gui.edit_bar import EditBar, after
from app.gui.foreground import foreground
from app.gui.icons import retint, set_icon
from app.gui.menus import Actions, fill_menus, fill_toolbar, panel_switches
from app.gui.palette_entries import palette_of
from app.gui.possible import known, possible
from app.gui.session import Session
from app.gui.start_page import StartPage
from app.gui.status_bar import StatusBar
from app.gui.theme import THEME_NAMES, apply_theme, theme_signals
from app.gui.toasts import Toasts
from app.gui.waiting_page import WaitingPage
from app.gui.widgets import row
from app.gui.window_commands import WindowCommands
from app.gui.workspace import Workspace
from app.i18n import LANGUAGE_NAMES, _, current_language

_FRAME_PX = 40  # a desktop's title bar, about
_THEN_MS = 1  # not 0: that would be one piece of work with what comes before
PANEL_ACTIONS = {"layers": "panel_layers", "inventory": "panel_inventory", "inspector": "panel_inspector"}


class MainWindow(QMainWindow):
    """One window over one session. `rebuild` makes another in the language chosen."""

    def __init__(self, session: Session, rebuild: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.session = session
        self.rebuild = rebuild
        self.workspace: Workspace | None = None
        self.fills_screen = False
        self.setObjectName("main")
        self.setMinimumSize(880, 430)  # 1366 × 768 at 150 %, without the desktop's bar and the window's title
        self.setAcceptDrops(True)
        self.commands = WindowCommands(self)
        self.acts = Actions(self, self.commands.run)
        self._menus = fill_menus(self, self.acts, {"project": self._recent_menu, "view": self._look_menus})
        self.bar = fill_toolbar(self, self.acts)
        self.edit_bar = EditBar(self.bar, self.acts, after(self.bar, self.acts["tool_section"]))
        self._search_button()
        self.pages = QStackedWidget()
        self.start = StartPage(lambda key: lambda: self.commands.start(key))
        self.start.open_wanted.connect(session.open_soon)
        self.wait = WaitingPage(session)
        self.wait.given_up.connect(self._show_page)
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.wait)
        self.toasts = Toasts(self.pages, self.commands.error_action)
        self.toasts.inset = self._inspector_width
        self.status = StatusBar(session)
        self.setStatusBar(self.status)
        self.care = ProjectCare(self)
        self.setCentralWidget(self.care.bars.above(self.pages))
        self.drop_hint = DropHint(self.centralWidget())
        self._connect()
        self._restore()
        self._show_page()
        self.refresh_actions()

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        session.opening.connect(self._on_opening)
        session.notice.connect(self.toasts.show)
        session.failed.connect(self._on_failed)
        for signal in (session.changed, session.selection_changed, session.terrain_changed):
            signal.connect(self._on_something)
        session.tasks.finished.connect(self._on_something)
        theme_signals().changed.connect(self._on_theme)

    def _inspector_width(self) -> int:
        panel = self.workspace.inspector if self.workspace is not None else None
        return panel.width() if panel is not None and panel.isVisible() else 0

    # Pages

    def ensure_workspace(self) -> Workspace:
        """The working page; made at its first need, since it brings the numeric libraries in."""
        if self.workspace is None:
            self.workspace = Workspace(self.session)
            self.pages.addWidget(self.workspace)
            self.status.follow(self.workspace.canvas)
            self.commands.follow(self.workspace)
            self.workspace.folded.connect(self._on_something)
        return self.workspace

    def _on_opening(self, path: Path) -> None:
        if self.session.project is None:
            self.wait.begin(Path(path).stem)
            self.pages.setCurrentWidget(self.wait)
            QTimer.singleShot(0, self, self.ensure_workspace)  # while the file is read in the background

    def _on_opened(self) -> None:
        self.ensure_workspace().canvas.setFocus()
        if self.pages.currentWidget() is self.wait:  # behind what came in, in a piece of work of its own
            QTimer.singleShot(_THEN_MS, self, self._show_opened)
        else:
            self._show_opened()

    def _show_opened(self) -> None:
        self._show_page()
        self.refresh_actions()

    def _on_closed(self) -> None:
        if not self.session.another_follows:
            self._show_page()
            self.refresh_actions()

    def _on_failed(self, error: Exception) -> None:
        if not self.care.in_bar(error):
            self.toasts.show_error(error)
        self._show_page()

    def _show_page(self) -> None:
        if self.session.project is None:
            self.start.refresh()
            self.pages.setCurrentWidget(self.start)
            self.setWindowTitle(_("Huitian"))
        else:
            self.pages.setCurrentWidget(self.ensure_workspace())
            project = self.session.project
            name = known(lambda: project.store.project()["name"], "") or project.path.stem
            made_up = _(" (made up)") if known(lambda: project.made_up, False) else ""
            if "made up" in name or "虚构" in name:  # its name says so already, as that of the sample does
                made_up = ""
            self.setWindowTitle(f"{name}{made_up} — {project.path.name} — " + _("Huitian"))
        self.bar.setVisible(self.session.project is not None)

    # Actions

    def _on_something(self, *_what: object) -> None:
        # A method, not a lambda: connections of a method end with its window, which is built anew for a language.
        self.refresh_actions()

    def refresh_actions(self) -> None:
        """What can be done now; what cannot says why in its tip."""
        have, texts = possible(self.session, self.commands.drawn())
        self.acts.enable(have, texts)
        if self.workspace is not None:
            for name, panel in self.workspace.panels().items():
                self.acts[PANEL_ACTIONS[name]].setChecked(not panel.isHidden())

    def trigger(self, key: str) -> None:
        """Do an action of the table, or say why it cannot be done now."""
        action = self.acts[key]
        if action.isEnabled():
            action.trigger()
        else:
            self.toasts.show("info", action.toolTip().rpartition("\n")[2])

    def _recent_menu(self, menu: QMenu) -> None:
        recent = QMenu(_("Open recent"), menu)
        set_icon(recent, "history")
        menu.insertMenu(self.acts["sample"], recent)
        recent.aboutToShow.connect(lambda: self._fill_recent(recent))

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in settings.recent_projects():
            action = menu.addAction(settings.recent_name(path))
            action.setToolTip(str(path))
            action.setEnabled(path.is_file())
            action.triggered.connect(lambda _c=False, p=path: self.care.open(p))
        if menu.isEmpty():
            menu.addAction(_("no project opened yet")).setEnabled(False)

    def _look_menus(self, menu: QMenu) -> None:
        menu.addSeparator()
        look = menu.addMenu(_("Look"))
        set_icon(look, "contrast")
        _choices(
            look, {k: _(t) for k, t in THEME_NAMES.items()}, str(settings.value("theme", "system")), self.set_theme
        )
        words = menu.addMenu("语言 / Language")
        set_icon(words, "languages")
        _choices(words, LANGUAGE_NAMES, current_language(), self.set_language)

    def set_theme(self, key: str) -> None:
        """Another look, remembered."""
        settings.remember("theme", key)
        apply_theme(key)

    def set_language(self, key: str) -> None:
        """Another language, remembered; the window is built again."""
        settings.remember("language", key)
        if self.rebuild is not None and key != current_language():
            self.rebuild()

    def _on_theme(self) -> None:
        retint(self)

    def _search_button(self) -> None:
        button = QToolButton()
        button.setProperty("kind", "search")
        button.setText(_("Search commands and sites") + "    " + hint_of(self.acts["palette"].shortcut()))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_icon(button, "search", "text_3", 14, 4)
        button.clicked.connect(lambda _c=False: self.acts["palette"].trigger())
        holder = QWidget()
        holder.setLayout(row(button, *panel_switches(self.acts), margins=(8, 2, 8, 2), spacing=4))
        self._corner = holder  # Qt's bar does not keep Python's part of it alive
        self.menuBar().setCornerWidget(holder, Qt.Corner.TopRightCorner)
        holder.show()

    def open_palette(self) -> Palette:
        """The command palette with every command and site."""
        return palette_of(self)

    # Window

    def _restore(self) -> None:
        kept = settings.value("window/geometry")
        if kept is None or not self.restoreGeometry(kept):
            room = self.screen().availableGeometry()
            self.resize(min(1600, room.width()), min(960, room.height()))
            self.fills_screen = self.width() + _FRAME_PX > room.width() or self.height() + _FRAME_PX > room.height()

    def appear(self) -> None:
        """Show; at the first start on a small screen over all of it, since its frame would push the status bar out."""
        if self.fills_screen:
            self.showMaximized()
        else:
            self.show()

    def save_state(self) -> None:
        """Remember sizes, columns and the tab in front."""
        settings.remember("window/geometry", self.saveGeometry())
        if self.workspace is not None:
            self.workspace.save_state()
            self.workspace.inspector.finish()

    def event(self, event: QEvent) -> bool:
        """Qt paints and arranges all that is in the window by one event to the window."""
        if event.type() in (QEvent.Type.UpdateRequest, QEvent.Type.LayoutRequest):
            with foreground:
                return super().event(event)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.save_state()
        if not self.care.may_close():
            event.ignore()
            return
        if self.workspace is not None:
            self.workspace.shutdown()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        files = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if files:
            self.drop_hint.tell(files)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_hint.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_hint.hide()
        files = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        event.acceptProposedAction()
        self.commands.take_files(files)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and hasattr(self, "acts"):
            self.acts["full_screen"].setChecked(self.isFullScreen())


def _choices(menu: QMenu, words: dict[str, str], chosen: str, act: Callable[[str], None]) -> None:
    group = QActionGroup(menu)
    for key, text in words.items():
        action = QAction(text, menu, checkable=True, checked=key == chosen)
        action.triggered.connect(lambda _c=False, k=key: act(k))
        group.addAction(action)
        menu.addAction(action)
