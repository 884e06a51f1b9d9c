"""Larger parts: what an empty panel says, remarks in a tone, verdicts, sections that fold."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.gui.basics import Item, column, fill, label, row
from app.gui.icons import set_icon, set_picture, verdict_pixmap, verdict_tone


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
