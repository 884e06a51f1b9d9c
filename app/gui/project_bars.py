"""Bars above the map that stay: why a project is read-only, what is not saved, where it should not be edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.gui.icons import set_picture
from app.gui.widgets import button, column, fill, label, row

_ICONS = {"info": "info", "warning": "triangle-alert", "danger": "circle-x"}


@dataclass(frozen=True)
class Choice:
    """A button of a bar or a question: kind "" plain, primary, quiet."""

    text: str
    act: Callable[[], object]
    kind: str = ""


class Bar(QFrame):
    """One remark: a headline, what to know, buttons."""

    def __init__(self, tone: str, title: str, text: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.tone, self.title, self.text = tone, title, text
        self.setProperty("banner", tone)
        picture = QLabel()
        set_picture(picture, _ICONS[tone], tone, 18)
        picture.setFixedWidth(18)
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = label(title, "heading", wrap=True, selectable=True)
        head.setProperty("tone", tone if tone != "info" else "")
        words = [head, *([label(text, "secondary", wrap=True, selectable=True)] if text else [])]
        self.buttons = [button(c.text, c.act, kind=c.kind) for c in choices]
        line = QHBoxLayout(self)
        fill(line, [picture, column(*words, spacing=1), row(*self.buttons, spacing=6)], 10, (12, 6, 8, 6))
        line.setStretch(1, 1)
        line.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class BarStack(QWidget):
    """The bars by key, each at its place in the order of `keys`; gone while there is none."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self.bars: dict[str, Bar] = {}
        self._keys = list(keys)
        self._list = QVBoxLayout(self)
        fill(self._list, [], 4, (8, 6, 8, 4))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def put(self, key: str, tone: str, title: str, text: str, choices: Sequence[Choice]) -> Bar:
        """Show a bar, in the place of the one with this key."""
        self.drop(key)
        bar = Bar(tone, title, text, choices)
        before = [k for k in self._keys[: self._keys.index(key)] if k in self.bars]
        self.bars[key] = bar
        self._list.insertWidget(len(before), bar)
        self.show()
        return bar

    def drop(self, *keys: str) -> None:
        """Take bars away; all if none is named."""
        for key in keys or tuple(self.bars):
            bar = self.bars.pop(key, None)
            if bar is not None:
                bar.hide()
                self._list.removeWidget(bar)
                bar.deleteLater()
        self.setVisible(bool(self.bars))

    def above(self, page: QWidget) -> QWidget:
        """A widget with the bars above `page`."""
        made = QWidget()
        made.setObjectName("page")
        made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        made.setLayout(column(self, page, spacing=0))
        made.layout().setStretch(1, 1)
        return made
