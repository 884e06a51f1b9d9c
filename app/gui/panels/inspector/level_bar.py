"""A level: slider and number side by side, over the natural range of a site."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from app.gui.widgets import Spin, row
from app.i18n import _

_STEPS = 1000


class LevelBar(QWidget):
    """`moved` while a person changes it, `settled` once he let go."""

    moved = Signal(float)
    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.span: tuple[float, float] | None = None
        self.spin = Spin(-1000, 10_000, decimals=2, step=0.1, unit="m", tip=_("Elevation in metres"))
        self.spin.setAccessibleName(_("Level"))
        self.spin.setFixedWidth(128)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setAccessibleName(_("Level"))
        self.slider.setEnabled(False)
        inner = row(self.slider, self.spin, spacing=8)
        inner.setStretch(0, 1)
        self.setLayout(inner)
        self.spin.settled.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.settled)

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
        self._place()

    def _place(self) -> None:
        if self.span is None:
            return
        low, high = self.span
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round((self.spin.value() - low) / (high - low) * _STEPS))
        self.slider.blockSignals(blocked)

    def _typed(self) -> None:
        self._place()
        self.moved.emit(self.value())
        self.settled.emit()

    def _slid(self, at: int) -> None:
        if self.span is None:
            return
        low, high = self.span
        self.spin.show_value(round(low + (high - low) * at / _STEPS, 2))
        self.moved.emit(self.value())
        if not self.slider.isSliderDown():  # keys, wheel, a click beside the handle
            self.settled.emit()
