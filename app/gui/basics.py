"""The smallest parts: texts, rows and columns, buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.format import THIN_SPACE
from app.gui.icons import set_icon
from app.i18n import _

Item = QWidget | QLayout | int | None
_NARROW_NO_BREAK = "\u202f"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[A-Za-z万亩%‰°±×])|(?<=±) (?=\d)")


class _Wrapped(QLabel):
    """A text of several lines, which break in no number and not before its unit: 1 070.42 m stays in one line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._said = ""
        self.setText(text)

    def setText(self, text: str) -> None:
        self._said = text
        held = text.replace(THIN_SPACE, _NARROW_NO_BREAK)
        super().setText(_BEFORE_UNIT.sub("\u00a0", held))

    def text(self) -> str:
        return self._said


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """A text in one of the style sheet's roles."""
    made = _Wrapped(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def fill(layout: QBoxLayout, items: Sequence[Item], spacing: int, margins: tuple[int, int, int, int]) -> None:
    """Put widgets, layouts, gaps (int) and stretch (None) into a box."""
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)


def row(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Side by side."""
    made = QHBoxLayout()
    fill(made, items, spacing, margins)
    return made


def column(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """One below the other."""
    made = QVBoxLayout()
    fill(made, items, spacing, margins)
    return made


def inner_icon(line: QLineEdit, name: str, *, trailing: bool = False) -> QAction:
    """An icon inside a text field, before or after the text; it can be clicked."""
    made = QAction(line)
    set_icon(made, name, "text_3", 16)
    place = QLineEdit.ActionPosition.TrailingPosition if trailing else QLineEdit.ActionPosition.LeadingPosition
    line.addAction(made, place)
    if not trailing:
        line.setProperty("iconed", "true")
        if not line.accessibleName():
            line.setAccessibleName(line.placeholderText())
    return made


def clearable(line: QLineEdit) -> None:
    """A button that empties the field, with the program's own cross: Qt's is of another set and has no name."""
    line.setClearButtonEnabled(True)
    action = line.findChild(QAction, "_q_qlineeditclearaction")
    if action is not None:
        set_icon(action, "x", "text_3", 16)
        action.setText(_("Clear the field"))


def chip(text: str = "", tip: str = "") -> QLabel:
    """A small marked word."""
    made = label(text)
    made.setProperty("chip", "true")
    made.setToolTip(tip)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def card(*items: Item, role: str = "card", spacing: int = 8, margin: int = 12) -> QFrame:
    """A framed group."""
    made = QFrame()
    made.setProperty("role", role)
    made.setLayout(column(*items, spacing=spacing, margins=(margin, margin, margin, margin)))
    return made


def rule(*, vertical: bool = False) -> QFrame:
    """A hair line."""
    made = QFrame()
    made.setProperty("role", "vrule" if vertical else "rule")
    made.setObjectName("vrule" if vertical else "rule")
    return made


def restyle(widget: QWidget, **properties: object) -> None:
    """Set style-sheet properties and have them take effect."""
    for name, what in properties.items():
        widget.setProperty(name, what)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button(
    text: str, act: Callable[[], object] | None = None, *, kind: str = "", icon: str = "", tip: str = ""
) -> QPushButton:
    """A push button: kind "" plain, primary, quiet, tile."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    if icon:
        set_icon(made, icon, {"primary": "on_accent", "quiet": "accent"}.get(kind, "text_2"), 16, 4 if text else 0)
    if tip:
        made.setToolTip(tip)
    if not text:
        made.setAccessibleName(tip)
    if act:
        made.clicked.connect(lambda _checked=False: act())
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def tool(icon: str, tip: str, act: Callable[[], object] | None = None, *, small: bool = True) -> QToolButton:
    """An icon button."""
    made = QToolButton()
    made.setProperty("compact", small)
    set_icon(made, icon, "text_2", 16 if small else 18)
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    if act:
        made.clicked.connect(lambda _checked=False: act())
    return made


class Elided(QLabel):
    """A one-line text that shortens itself with … and tells the whole in its tip."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text)
        self._mode = mode
        self._own_tip = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self.text(), self._mode, self.contentsRect().width())
        if self.toolTip() in ("", self._own_tip):  # a tip that somebody else gave stays
            self._own_tip = self.text() if shown != self.text() else ""
            self.setToolTip(self._own_tip)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


class Fitting(Elided):
    """A one-line text in several lengths: the longest that has room is shown, and the first stands in the tip."""

    def __init__(self, role: str = "") -> None:
        super().__init__("", role)
        self._lengths: tuple[str, ...] = ()

    def set_lengths(self, lengths: Sequence[str]) -> None:
        """From the longest to the shortest."""
        self._lengths = tuple(lengths)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        metrics = QFontMetrics(self.font())
        fitting = [t for t in self._lengths if metrics.horizontalAdvance(t) <= room]
        self.setText(fitting[0] if fitting else self._lengths[-1] if self._lengths else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif item.layout() is not None:
            clear(item.layout())
