"""Editors of the form: one for each kind of field. Each says when a person finished, and shows what does not fit."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import format as fmt
from app.gui import words
from app.gui.abstract import QtAbstract
from app.gui.dates import with_calendar
from app.gui.widgets import Combo, label, restyle, row
from app.i18n import _
from app.verbs.edit import parse_value
from layers.base import Field
from layers.common import BAOTOU_DISTRICTS
from models.errors import AppError, Refused
from models.notices import N_

_LONG = {"remarks"}


def read_value(field: Field, text: str) -> Any:
    """What was typed as a checked value. Raises Refused for what is no value or out of range."""
    value = parse_value(
        field, text.replace("\u2009", "").replace(",", "") if field.kind in ("real", "integer") else text
    )
    if value is None and field.required:
        raise Refused("field.required", N_("this field must be filled"))
    if value is not None and field.kind in ("real", "integer"):
        low, high = field.minimum, field.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            limits = {"low": _plain(low), "high": _plain(high), "unit": field.unit}
            raise Refused("field.range", N_("must lie between {low} and {high} {unit}"), **limits)
    return value


def _plain(limit: float | None) -> str:
    """A limit without empty decimals."""
    whole = limit is None or limit == int(limit)
    return fmt.number(limit, 0) if whole else fmt.significant(limit, 6)


def text_of(field: Field, value: Any) -> str:
    """A stored value as it stands in the editor."""
    if value is None or value != value:  # noqa: PLR0124 - NaN of an empty cell
        return ""
    if field.kind == "boolean":
        return "yes" if value in (True, 1, "1", "True") else "no"
    if field.kind == "real":
        return f"{float(value):.10g}"
    if field.kind == "integer":
        return str(int(value))
    if field.kind == "date":
        return str(value)[:10]
    if field.kind == "datetime":
        return str(value)[:19].replace("T", " ")
    return str(value)


def choices_of(field: Field) -> list[tuple[object, str]]:
    """What a list offers, with an empty entry where the field need not be filled; [] for what is typed."""
    items: list[tuple[object, str]] = []
    if field.kind == "boolean":
        items = [("yes", _("yes")), ("no", _("no"))]
    items += [(c.value, words.cap(_(c.label))) for c in field.choices]
    return items if field.required or not items else [("", "—"), *items]


def limits_of(field: Field) -> str:
    """The range of a number in words, "" if it has none."""
    low, high, unit = field.minimum, field.maximum, field.unit
    if low is None and high is None:
        return ""
    facts = {"low": _plain(low), "high": _plain(high), "unit": unit}
    return _("from {low} to {high} {unit}").format(**facts).strip()


class Editor(QWidget, metaclass=QtAbstract):
    """Label, control and a line for what is wrong. `settled` carries a checked value that differs from before."""

    settled = Signal(str, object)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._shown = ""
        self.name = label(words.cap(_(field.label)) + (" *" if field.required else ""), "secondary")
        limits = limits_of(field)
        self.name.setToolTip("\n".join(t for t in (_("must be filled") if field.required else "", limits) if t))
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.control = self._make()
        self.control.setAccessibleName(words.field(field))
        if limits:
            self.control.setToolTip(words.cap(limits))
        self.name.setBuddy(self.control)
        line = row(self.control, spacing=6)
        line.setStretch(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        outer.addLayout(line)
        outer.addWidget(self.problem)

    @abstractmethod
    def _make(self) -> QWidget:
        """The control."""

    @abstractmethod
    def text(self) -> str:
        """What stands in it."""

    @abstractmethod
    def set_text(self, text: str) -> None:
        """Show a value, silently."""

    def show_value(self, value: Any) -> None:
        """Show a stored value."""
        self._shown = text_of(self.field, value)
        self.set_text(self._shown)
        self._complain("")

    @property
    def dirty(self) -> bool:
        """True while it holds something that is not stored."""
        return self.text() != self._shown

    def settle(self) -> None:
        """A person finished: check, and tell if it changed."""
        if not self.dirty:
            self._complain("")
            return
        try:
            value = read_value(self.field, self.text())
        except AppError as error:
            parts = [error.what.render(_), error.advice.render(_)]
            self._complain(_("; ").join(p for p in parts if p))
            return
        self._complain("")
        self._shown = self.text()
        self.settled.emit(self.field.name, value)

    def _complain(self, text: str) -> None:
        self.problem.setText(words.cap(text))
        self.problem.setVisible(bool(text))
        if bool(self.control.property("invalid")) != bool(text):
            restyle(self.control, invalid=bool(text))

    def complain(self, error: AppError, *, kept: bool = False) -> None:
        """The store did not take it; `kept`: it is in memory all the same and need not be given again."""
        self._shown = self.text() if kept else "\0"
        self._complain(error.sentence(_))


class LineEditor(Editor):
    """Text, numbers, dates: one line."""

    def _make(self) -> QWidget:
        self.line = QLineEdit()
        self.line.editingFinished.connect(self.settle)
        if self.field.kind in ("real", "integer"):
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.line.setPlaceholderText(_("not stated"))
        if self.field.unit:  # inside the field, so that all fields are equally wide
            unit = label(self.field.unit, "unit")
            self.line.setTextMargins(0, 0, unit.sizeHint().width() + 6, 0)
            self.line.setLayout(row(None, unit, margins=(0, 0, 8, 0)))
            unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if self.field.kind == "date":
            with_calendar(self.line, self.settle)
        if self.field.name == "district":
            completer = QCompleter(list(BAOTOU_DISTRICTS), self.line)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            self.line.setCompleter(completer)
        return self.line

    def text(self) -> str:
        return self.line.text().strip()

    def set_text(self, text: str) -> None:
        self.line.setText(text)
        self.line.setCursorPosition(0)


class ChoiceEditor(Editor):
    """A value list, with an empty entry where the field need not be filled."""

    def _make(self) -> QWidget:
        self.combo = Combo(choices_of(self.field))
        self.combo.activated.connect(lambda _i: self.settle())
        return self.combo

    def text(self) -> str:
        return str(self.combo.currentData() or "")

    def set_text(self, text: str) -> None:
        if self.combo.findData(text) < 0:  # a value of another program, kept as it is
            self.combo.addItem(text, text)
        self.combo.choose(text)


class LongEditor(Editor):
    """Several lines; finished when the focus leaves."""

    def _make(self) -> QWidget:
        self.edit = QPlainTextEdit()
        self.edit.setFixedHeight(72)
        self.edit.setTabChangesFocus(True)
        self.edit.installEventFilter(self)
        return self.edit

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.settle()
        return super().eventFilter(watched, event)

    def text(self) -> str:
        return self.edit.toPlainText().strip()

    def set_text(self, text: str) -> None:
        self.edit.setPlainText(text)


def editor_for(field: Field) -> Editor:
    """The editor of a field."""
    if field.choices or field.kind == "boolean":
        return ChoiceEditor(field)
    return LongEditor(field) if field.name in _LONG else LineEditor(field)
