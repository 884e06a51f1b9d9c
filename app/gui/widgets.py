"""Small parts that every panel is built of, so that all look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.icons import set_icon, set_picture, verdict_pixmap, verdict_tone
from app.i18n import _

Item = QWidget | QLayout | int | None


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """A text in one of the style sheet's roles."""
    made = QLabel(text)
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
    return made


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
        set_icon(made, icon, {"primary": "on_accent", "quiet": "accent"}.get(kind, "text_2"), 16)
    if tip:
        made.setToolTip(tip)
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
        if self.toolTip() in ("", self.text()):
            self.setToolTip(self.text() if shown != self.text() else "")
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


class Combo(QComboBox):
    """A drop-down that a scrolling page does not change by accident. Items carry a key."""

    def __init__(self, items: Sequence[tuple[object, str]] = (), *, tip: str = "") -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(14)
        self.setToolTip(tip)
        self.set_items(items)

    def set_items(self, items: Sequence[tuple[object, str]]) -> None:
        """Replace the list, keeping the choice where it still exists; silent."""
        kept = self.currentData()
        blocked = self.blockSignals(True)
        self.clear()
        for key, text in items:
            self.addItem(text, key)
        index = self.findData(kept)
        self.setCurrentIndex(max(index, 0) if items else -1)
        self.blockSignals(blocked)

    def choose(self, key: object) -> None:
        """Select by key, silently; nothing if unknown."""
        index = self.findData(key)
        if index >= 0:
            blocked = self.blockSignals(True)
            self.setCurrentIndex(index)
            self.blockSignals(blocked)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Spin(QDoubleSpinBox):
    """A number with its unit; `empty` is shown at the minimum and stands for no value."""

    settled = Signal()  # a person changed it (not setValue from code)

    def __init__(
        self,
        low: float,
        high: float,
        *,
        decimals: int = 2,
        step: float = 0.1,
        unit: str = "",
        empty: str = "",
        tip: str = "",
    ) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setSuffix(f" {unit}" if unit else "")
        self.setSpecialValueText(empty)
        self.setToolTip(tip)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.valueChanged.connect(lambda _value: self.settled.emit())

    def show_value(self, value: float | None) -> None:
        """Set without telling."""
        blocked = self.blockSignals(True)
        self.setValue(self.minimum() if value is None else value)
        self.blockSignals(blocked)

    def given(self) -> float | None:
        """The value, None where it is empty."""
        return None if self.specialValueText() and self.value() <= self.minimum() else self.value()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class EmptyState(QWidget):
    """What a panel shows when it has nothing: why, and what to do next."""

    def __init__(self, icon: str, title: str, text: str = "", action: QWidget | None = None) -> None:
        super().__init__()
        picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_picture(picture, icon, "text_3", 28)
        self.title = label(title, "heading", wrap=True)
        self.text = label(text, "muted", wrap=True)
        for part in (self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if not text:
            self.text.hide()  # showing it before it has a parent would open a window for a moment
        items: list[Item] = [None, picture, 4, self.title, self.text]
        if action is not None:
            items += [4, row(None, action, None)]
        self.setLayout(column(*items, None, spacing=4, margins=(24, 16, 24, 16)))

    def say(self, title: str, text: str = "") -> None:
        """Other words."""
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))


class Banner(QFrame):
    """A remark in a tone: info, ok, warning, danger, unknown."""

    _ICONS: ClassVar[dict[str, str]] = {
        "warning": "triangle-alert",
        "danger": "circle-x",
        "info": "info",
        "ok": "circle-check",
        "unknown": "circle-alert",
    }

    def __init__(self, tone: str, text: str, action: QWidget | None = None) -> None:
        super().__init__()
        self.setProperty("banner", tone)
        picture = QLabel()
        set_picture(picture, self._ICONS[tone], tone, 16)
        picture.setFixedWidth(16)
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = label(text, wrap=True, selectable=True)
        words.setProperty("tone", tone if tone != "info" else "")
        text_side = column(words, spacing=4)
        if action:
            text_side.addLayout(row(None, action))
        side = QHBoxLayout(self)
        fill(side, [picture, text_side], 8, (10, 8, 10, 8))
        side.setStretch(1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class VerdictMark(QWidget):
    """Shape, word and colour of a verdict or an outcome."""

    def __init__(self, verdict: str, word: str, *, big: bool = False) -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(verdict_pixmap(verdict, 22 if big else 14))
        text = label(word, "figure2" if big else "heading")
        text.setProperty("tone", verdict_tone(verdict))
        self.setLayout(row(picture, text, None, spacing=8 if big else 6))


class Section(QWidget):
    """A heading that folds what is below it. A body given as a function is made when it is first opened."""

    def __init__(self, title: str, body: QWidget | Callable[[], QWidget], *, is_open: bool = True) -> None:
        super().__init__()
        self._make = None if isinstance(body, QWidget) else body
        self.head = QToolButton()
        self.head.setProperty("kind", "section")
        self.head.setText(title)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setCheckable(True)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body = body if isinstance(body, QWidget) else None
        self.head.toggled.connect(self._fold)
        self.setLayout(column(self.head, *([self.body] if self.body else []), spacing=4))
        self.head.setChecked(is_open)
        self._fold(is_open)

    def _fold(self, is_open: bool) -> None:
        set_icon(self.head, "chevron-down" if is_open else "chevron-right", "text_3", 14)
        if is_open and self._make is not None:
            self.body, self._make = self._make(), None
            self.layout().addWidget(self.body)
        if self.body is not None:
            self.body.setVisible(is_open)


def scrolled(body: QWidget) -> QScrollArea:
    """A page that scrolls up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(_("page that scrolls"))
    body.setObjectName("scrolled")
    area.setWidget(body)
    return area


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
