"""A level: slider and number side by side, over the natural range of a site; wheel and keys move it in round steps."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from app.gui.widgets import Spin, row
from app.i18n import _

_CM = 0.01  # what the slider counts in, m
_MOST_STEPS = 200  # round steps over the range of a site, about
_TEN = 10
_NOTCH = 120  # eighths of a degree
_KEYS = {
    Qt.Key.Key_Up: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Left: -1,
    Qt.Key.Key_Minus: -1, Qt.Key.Key_PageUp: _TEN, Qt.Key.Key_PageDown: -_TEN,
}  # fmt: skip


def round_step(span_m: float) -> float:
    """1, 2 or 5 × 10ⁿ m, at least a centimetre, so that a range has about 200 steps."""
    raw = max(span_m / _MOST_STEPS, _CM)
    power = 10.0 ** math.floor(math.log10(raw) + 1e-9)
    return float(next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9)))


class LevelSlider(QSlider):
    """`stepped` (so many steps, finely) by wheel and keys; with Shift in single centimetres."""

    stepped = Signal(int, bool)
    to_end = Signal(bool)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(_("Level"))
        self._turned = 0

    def wheelEvent(self, event: QWheelEvent) -> None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._turned / _NOTCH)
        if steps:
            self._turned -= steps * _NOTCH
            self.stepped.emit(steps, fine)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.to_end.emit(event.key() == Qt.Key.Key_End)
        elif event.key() in _KEYS:
            self.stepped.emit(_KEYS[event.key()], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)


class LevelBar(QWidget):
    """`moved` while a person changes it, `settled` once he let go."""

    moved = Signal(float)
    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.span: tuple[float, float] | None = None
        self.step_m = 0.1
        self.spin = Spin(-1000, 10_000, decimals=2, step=0.1, unit="m", tip=_("Elevation in metres"))
        self.spin.setAccessibleName(_("Level"))
        self.spin.setFixedWidth(128)
        self.slider = LevelSlider()
        self.slider.setEnabled(False)
        inner = row(self.slider, self.spin, spacing=8)
        inner.setStretch(0, 1)
        self.setLayout(inner)
        self.spin.settled.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.settled)
        self.slider.stepped.connect(self.step)
        self.slider.to_end.connect(self._to_end)

    def value(self) -> float:
        """Metres, to the centimetre."""
        return round(self.spin.value(), 4)

    def show_level(self, level: float | None) -> None:
        """Set without telling."""
        self.spin.show_value(level or 0.0)
        self._place()

    def set_span(self, span: tuple[float, float] | None) -> None:
        """Range of the slider; None while it is not known."""
        self.span = span
        self.slider.setEnabled(span is not None)
        if span is not None:
            self.step_m = round_step(span[1] - span[0])
            with QSignalBlocker(self.slider):
                self.slider.setRange(0, max(round((span[1] - span[0]) / _CM), 1))
                self.slider.setPageStep(round(_TEN * self.step_m / _CM))
            self.spin.setSingleStep(self.step_m)
            self.slider.setToolTip(
                _("Drag, turn the wheel or use the arrow keys: steps of {step} m, with Shift of 1 cm").format(
                    step=f"{self.step_m:g}"
                )
            )
        self._place()

    def step(self, steps: int, fine: bool = False) -> None:
        """So many steps up (or down): to the next round level that way, or by centimetres."""
        if self.span is None or not steps:
            return
        low, high = self.span
        size = _CM if fine else self.step_m
        at = self.value() / size
        count = math.floor(at + 1e-6) + steps if steps > 0 else math.ceil(at - 1e-6) + steps
        self._go(min(max(count * size, low), high))

    def _to_end(self, upper: bool) -> None:
        if self.span is not None:
            self._go(self.span[1] if upper else self.span[0])

    def _go(self, level: float) -> None:
        before = self.value()
        self.spin.show_value(round(level, 2))
        self._place()
        if self.value() != before:
            self.moved.emit(self.value())
            self.settled.emit()

    def _place(self) -> None:
        if self.span is not None:
            with QSignalBlocker(self.slider):
                self.slider.setValue(round((self.spin.value() - self.span[0]) / _CM))

    def _typed(self) -> None:
        self._place()
        self.moved.emit(self.value())
        self.settled.emit()

    def _slid(self, at: int) -> None:
        if self.span is None:
            return
        self.spin.show_value(round(self.span[0] + at * _CM, 2))
        self.moved.emit(self.value())
        if not self.slider.isSliderDown():  # a click beside the handle
            self.settled.emit()
