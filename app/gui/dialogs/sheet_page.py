"""A page of a sheet in the window: fits its place, zooms with the wheel; the map on it is dragged to another middle."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.theme import theme

_MARGIN = 12
_MOST_ZOOM = 4.0


class PageView(QWidget):
    """Shows one picture. `moved(dx, dy)` tells by how many millimetres on paper the map was dragged."""

    moved = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(420, 320)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self._image: QImage | None = None
        self._size_mm = (420.0, 297.0)
        self._map: Any = None
        self._zoom, self._offset = 1.0, QPointF(0, 0)
        self._from: QPointF | None = None
        self._on_map = False
        self._shift = QPointF(0, 0)
        self.busy = ""

    def sizeHint(self) -> QSize:
        """Room for a page that can be read."""
        return QSize(900, 640)

    def show_page(self, rgb: Any, size_mm: tuple[float, float], map_mm: Any) -> None:
        """`rgb` rows from the top (uint8); `map_mm` the box that can be dragged, None for none."""
        rows, columns, _ = rgb.shape
        self._image = QImage(rgb.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        if size_mm != self._size_mm:
            self._zoom, self._offset = 1.0, QPointF(0, 0)
        self._size_mm, self._map, self._shift = size_mm, map_mm, QPointF(0, 0)
        self.busy = ""
        self.update()

    def say(self, text: str) -> None:
        """Words over the page: that it is being drawn; "" takes them away."""
        self.busy = text
        self.update()

    def clear(self, text: str) -> None:
        """No page, and why."""
        self._image, self.busy = None, text
        self.update()

    def fit(self) -> None:
        """The whole page."""
        self._zoom, self._offset = 1.0, QPointF(0, 0)
        self.update()

    @property
    def per_mm(self) -> float:
        """Pixels of the window to a millimetre of the page."""
        wide, high = self._size_mm
        fit = min((self.width() - 2 * _MARGIN) / wide, (self.height() - 2 * _MARGIN) / high)
        return max(fit, 0.1) * self._zoom

    def page_rect(self) -> QRectF:
        """Where the page stands in the widget."""
        wide, high = (v * self.per_mm for v in self._size_mm)
        x, y = (self.width() - wide) / 2 + self._offset.x(), (self.height() - high) / 2 + self._offset.y()
        return QRectF(x, y, wide, high)

    def map_rect(self) -> QRectF | None:
        """Where the map stands in the widget."""
        if self._map is None:
            return None
        page, k, m = self.page_rect(), self.per_mm, self._map
        return QRectF(page.x() + m.x0 * k, page.bottom() - m.y1 * k, (m.x1 - m.x0) * k, (m.y1 - m.y0) * k)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        p.fillRect(self.rect(), QColor(look.sunken))
        if self._image is not None:
            page = self.page_rect()
            p.fillRect(page.translated(2, 3), QColor(0, 0, 0, 40))
            p.drawImage(page, self._scaled(page))
            self._paint_dragged(p, page)
            p.setPen(QColor(look.border_strong))
            p.drawRect(page)
        if self.busy:
            metrics = p.fontMetrics()
            box = QRectF(metrics.boundingRect(0, 0, self.width() - 80, 400, int(Qt.TextFlag.TextWordWrap), self.busy))
            box = box.adjusted(-14, -8, 14, 8)
            box.moveCenter(QPointF(self.width() / 2, self.height() / 2 if self._image is None else 34))
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(QColor(look.raised))
            p.drawRoundedRect(box, 6, 6)
            p.setPen(QColor(look.text))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            p.drawText(box, flags, self.busy)
        p.end()

    def _scaled(self, page: QRectF) -> QImage:
        """Reduced with all pixels counted, so that thin lines stay; enlarged by the painter."""
        assert self._image is not None  # noqa: S101 - asked before
        ratio = self.devicePixelRatioF()
        wide = round(page.width() * ratio)
        if wide >= self._image.width():
            return self._image
        return self._image.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)

    def _paint_dragged(self, p: QPainter, page: QRectF) -> None:
        """While it is dragged the map's picture moves in its box."""
        box = self.map_rect()
        if box is None or self._shift.isNull():
            return
        p.save()
        p.setClipRect(box)
        p.fillRect(box, QColor("#FAFAF7"))
        p.drawImage(page.translated(self._shift), self._scaled(page))
        p.restore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 1.2 if event.angleDelta().y() > 0 else 1 / 1.2
        zoom = min(max(self._zoom * factor, 1.0), _MOST_ZOOM)
        if zoom != self._zoom:
            middle = QPointF(self.width() / 2, self.height() / 2)
            at = event.position() - middle
            self._offset = at - (at - self._offset) * (zoom / self._zoom)
            self._zoom = zoom
            if zoom == 1.0:
                self._offset = QPointF(0, 0)
            self.update()
        event.accept()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._image is not None:
            box = self.map_rect()
            self._from = event.position()
            left = event.button() == Qt.MouseButton.LeftButton
            self._on_map = left and box is not None and box.contains(event.position())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        box = self.map_rect()
        if self._from is None:
            over = box is not None and box.contains(event.position())
            self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        step = event.position() - self._from
        if self._on_map:
            self._shift = step
        elif self._zoom > 1.0:
            self._offset += step
            self._from = event.position()
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        dragged, shift = self._on_map and self._from is not None, self._shift
        self._from, self._on_map = None, False
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if dragged and shift.manhattanLength() >= 3:
            self.moved.emit(shift.x() / self.per_mm, shift.y() / self.per_mm)
        elif not shift.isNull():
            self._shift = QPointF(0, 0)
            self.update()
