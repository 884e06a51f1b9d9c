"""The first page: recent projects, and the four ways to begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import __version__
from app.gui import settings
from app.gui.icons import set_picture
from app.gui.widgets import Elided, EmptyState, card, clear, column, label, row, scrolled, tool
from app.i18n import _


class Tile(QPushButton):
    """A large button: icon, what, and one line why."""

    def __init__(self, icon: str, title: str, text: str, act: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "tile")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        picture = QLabel()
        set_picture(picture, icon, "accent", 22)
        picture.setFixedWidth(28)
        words = column(label(title, "heading"), label(text, "muted", wrap=True), spacing=0)
        inner = row(picture, words, spacing=12, margins=(16, 12, 16, 12))
        inner.setStretch(1, 1)
        self.setLayout(inner)
        for child in self.findChildren(QLabel):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda _checked=False: act())

    def sizeHint(self) -> QSize:
        return self.layout().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self.layout().heightForWidth(max(self.width(), 180)))


class RecentRow(QFrame):
    """One recent project: name, folder, when; gone files are said to be gone."""

    def __init__(self, path: Path, open_it: Callable[[Path], object], forget: Callable[[Path], object]) -> None:
        super().__init__()
        there = path.is_file()
        main = QPushButton()
        main.setProperty("kind", "tile")
        main.setEnabled(there)
        main.setCursor(Qt.CursorShape.PointingHandCursor)
        main.setToolTip(str(path) if there else _("the file is not there; a stick may be missing"))
        main.setAccessibleName(path.stem)
        picture = QLabel()
        set_picture(picture, "map", "text_2" if there else "disabled", 20)
        picture.setFixedWidth(24)
        name = Elided(settings.recent_name(path), "heading")
        name.setEnabled(there)
        folder = Elided(str(path), "muted", Qt.TextElideMode.ElideMiddle)
        when = label(_when(path) if there else _("not found"), "muted")
        inner = row(picture, column(name, folder, spacing=0), when, spacing=12, margins=(16, 8, 16, 8))
        inner.setStretch(1, 1)
        main.setLayout(inner)
        main.setMinimumHeight(56)
        for child in main.findChildren(QLabel):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        main.clicked.connect(lambda _checked=False: open_it(path))
        outer = row(main, tool("x", _("Take from this list"), lambda: forget(path)), spacing=4)
        outer.setStretch(0, 1)
        self.setLayout(outer)


def _steps() -> QWidget:
    """The way through the work, in four words each."""
    steps = (
        ("mountain", _("Add terrain"), _("A drone or lidar DEM of the ground")),
        ("pentagon", _("Outlines"), _("Import or draw pits, stockpiles, red lines")),
        ("calculator", _("Estimate and screen"), _("Capacity with its interval; may a waste go in?")),
        ("printer", _("Sheets"), _("A3 sheets for the approval package")),
    )
    line = QHBoxLayout()
    line.setSpacing(12)
    for number, (icon, title, text) in enumerate(steps, 1):
        picture = QLabel()
        set_picture(picture, icon, "text_3", 18)
        picture.setFixedWidth(18)
        head = row(picture, label(f"{number}  {title}", "heading"), None, spacing=8)
        part = card(head, label(text, "muted", wrap=True), None, role="inset", spacing=4)
        line.addWidget(part, 1)
    holder = QWidget()
    holder.setLayout(line)
    line.setContentsMargins(0, 0, 0, 0)
    return holder


def _when(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone().strftime("%Y-%m-%d %H:%M")


class StartPage(QWidget):
    """Shown while no project is open."""

    open_wanted = Signal(object)

    def __init__(self, act: Callable[[str], Callable[[], object]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tiles = QGridLayout()
        tiles.setSpacing(12)
        entries = (
            ("file-plus-2", _("New project"), _("Choose a coordinate system and begin"), act("new")),
            ("folder-open", _("Open project"), _("A project is one .gpkg file"), act("open")),
            ("box", _("Sample project"), _("Made-up pits, wastes and red lines to try everything on"), act("sample")),
            (
                "file-input",
                _("From a file of outlines"),
                _("Shapefile, DXF, KML, boundary points in TXT and more; a project is made around it"),
                act("import_start"),
            ),
        )
        for index, entry in enumerate(entries):
            tiles.addWidget(Tile(*entry), index // 2, index % 2)
        for side in (0, 1):
            tiles.setColumnStretch(side, 1)
        logo = QLabel()
        set_picture(logo, "shovel", "accent", 32)
        head = row(logo, label(_("Huitian"), "hero"), label(__version__, "muted"), None, spacing=12)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(8)
        self._recent.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        middle = QWidget()
        middle.setMaximumWidth(880)
        middle.setMinimumWidth(560)
        middle.setLayout(
            column(
                head,
                label(
                    _("Backfilling pits with clean waste: capacity, verdicts and approval sheets, offline."),
                    "secondary",
                    wrap=True,
                ),
                16,
                tiles,
                20,
                label(_("Recent projects"), "title"),
                self._recent,
                20,
                label(_("How it goes"), "title"),
                _steps(),
                8,
                label(_("Files can be dropped anywhere on this window."), "muted"),
                None,
                spacing=8,
            )
        )
        outer = row(None, middle, None, margins=(32, 40, 32, 24))
        outer.setStretch(1, 100)
        body.setLayout(outer)
        self.setLayout(column(scrolled(body), spacing=0))
        self.refresh()

    def refresh(self) -> None:
        """Read the list of recent projects again."""
        clear(self._recent)
        paths = settings.recent_projects()
        for path in paths[:6]:
            self._recent.addWidget(RecentRow(path, self.open_wanted.emit, self._forget))
        if not paths:
            empty = EmptyState(
                "history", _("No project yet"), _("What you open will be listed here. The sample is a good start.")
            )
            self._recent.addWidget(empty)

    def _forget(self, path: Path) -> None:
        settings.forget_recent(path)
        self.refresh()
