"""Drop-downs and numbers that a scrolling page does not change by accident."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

from app.format import MINUS, THIN_SPACE

_COMBO_GAP_PX = 4


class Combo(QComboBox):
    """A drop-down that a scrolling page does not change by accident. Items carry a key."""

    def __init__(self, items: Sequence[tuple[object, str]] = (), *, tip: str = "") -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(14)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
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

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt does it, but a text without room ends in dots; the tip tells it in full."""
        option, painter = QStyleOptionComboBox(), QStylePainter(self)
        self.initStyleOption(option)
        option.currentText = self._shown(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _shown(self, option: QStyleOptionComboBox) -> str:
        room = (
            self.style()
            .subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self)
            .width()
        )
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + 4
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room - _COMBO_GAP_PX)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            if self._shown(option) != self.currentText():
                tip = "\n".join(part for part in (self.currentText(), self.toolTip()) if part)
                QToolTip.showText(event.globalPos(), tip, self)
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Spin(QDoubleSpinBox):
    """A number with its unit; `empty` is shown at the minimum and stands for no value.

    Thousands stand apart as everywhere in the program; what is pasted may have spaces, commas or full-width figures.
    """

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
        self.setAccessibleName(tip)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.valueChanged.connect(lambda _value: self.settled.emit())

    def textFromValue(self, value: float) -> str:
        whole, point, rest = super().textFromValue(value).partition(".")
        digits = whole.lstrip("-")
        apart = f"{int(digits):,}".replace(",", THIN_SPACE) if digits.isdecimal() else digits
        return ("-" if whole.startswith("-") else "") + apart + point + rest

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._plain(text))

    def validate(self, text: str, at: int) -> Any:
        plain = self._plain(text)
        answer: Any = super().validate(plain, min(at, len(plain)))
        return (answer[0] if isinstance(answer, tuple) else answer), text, at

    def _plain(self, text: str) -> str:
        """The number as Qt reads it, with its unit if that is there."""
        unit = self.suffix() if self.suffix() and text.endswith(self.suffix()) else ""
        figures = unicodedata.normalize("NFKC", text[: len(text) - len(unit)]).replace(MINUS, "-")
        return "".join(c for c in figures if c != "," and not c.isspace()) + unit

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
