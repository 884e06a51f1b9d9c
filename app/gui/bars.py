"""A short list of horizontal bars with names and figures: parts of an interval, other surfaces."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.theme import SMALL_PX, colour, font, theme


@dataclass(frozen=True)
class Bar:
    """One line. `value` None draws no bar; `tone` names a colour of the theme; `strong` writes in bold."""

    name: str
    value: float | None
    text: str
    tone: str = "accent"
    strong: bool = False
    tip: str = ""


class BarList(QWidget):
    """Bars share one scale from 0 to the largest value."""

    LINE = 24

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: list[Bar]) -> None:
        """Other content."""
        self.bars = tuple(bars)
        self.setFixedHeight(max(1, len(self.bars)) * self.LINE)
        self.setToolTip("\n".join(b.tip for b in bars if b.tip))
        self.setAccessibleDescription("; ".join(f"{b.name} {b.text}" for b in bars))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, max(1, len(self.bars)) * self.LINE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if not self.bars:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = theme()
        metrics = QFontMetrics(font(SMALL_PX, bold=True))
        names = min(max(metrics.horizontalAdvance(b.name) for b in self.bars) + 8, int(self.width() * 0.44))
        texts = max(metrics.horizontalAdvance(b.text) for b in self.bars) + 8
        room = max(20, self.width() - names - texts - 8)
        most = max((abs(b.value) for b in self.bars if b.value is not None), default=0.0) or 1.0
        for i, bar in enumerate(self.bars):
            top = i * self.LINE
            p.setFont(font(SMALL_PX, bold=bar.strong))
            p.setPen(colour(t.text if bar.strong else t.text_2))
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, names - 4)
            p.drawText(QRectF(0, top, names, self.LINE), int(Qt.AlignmentFlag.AlignVCenter), name)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(colour(t.sunken if t.key != "contrast" else t.hover))
            p.drawRoundedRect(QRectF(names, top + 8, room, 8), 2, 2)
            if bar.value is not None:
                p.setBrush(colour(getattr(t, bar.tone)))
                p.drawRoundedRect(QRectF(names, top + 8, max(2.0, abs(bar.value) / most * room), 8), 2, 2)
            p.setPen(colour(t.text))
            where = QRectF(self.width() - texts, top, texts, self.LINE)
            p.drawText(where, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), bar.text)
