"""The map of a change between two surveys in a dialog: fill blue, cut red, the outline over it, the legend beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.gui.canvas.overlay import LegendClass, Overlay, image_of
from app.gui.theme import theme
from app.i18n import _

SAME = "#D9DCE1"


@dataclass(frozen=True)
class ChangePicture:
    """What is shown: the picture over its place, and the outline in the same coordinates."""

    overlay: Overlay
    outline: Any


def change_picture(grid: Any, site: Any, detection_m: float | None) -> ChangePicture:
    """The picture of a DifferenceGrid with the classes of the printed map; the surroundings are left out."""
    import numpy as np

    from app.package.change_map import classes_of

    classes = classes_of(grid, detection_m)
    rgba = classes.picture(np.where(grid.inside, grid.difference, np.float32(np.nan)))
    low = (classes.none_m, *classes.limits_m)
    decimals = 2 if low[-1] < 10 else 1
    texts = [f"{a:.{decimals}f}–{b:.{decimals}f}" for a, b in zip(low, classes.limits_m, strict=False)]
    texts.append(f"> {low[-1]:.{decimals}f}")
    up = [
        LegendClass(c, _("fill {range}").format(range=t)) for t, c in zip(texts, classes.colours(up=True), strict=True)
    ]
    down = [
        LegendClass(c, _("cut {range}").format(range=t)) for t, c in zip(texts, classes.colours(up=False), strict=True)
    ]
    same = [LegendClass(SAME, _("not detected, ± {m}").format(m=f"{classes.none_m:.2f}"))] if classes.none_m > 0 else []
    legend = (*up[::-1], *same, *down)
    title = _("Change between the surveys")
    return ChangePicture(Overlay(image_of(rgba), grid.extent, title, "m", legend, smooth=False), site.outline)


class ChangeView(QWidget):
    """Draws a ChangePicture to scale with its legend at the right."""

    _LINE = 18

    def __init__(self) -> None:
        super().__init__()
        self.picture: ChangePicture | None = None
        self.setMinimumHeight(230)

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def show_picture(self, picture: ChangePicture | None) -> None:
        """Another picture; None for none."""
        self.picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self.picture is None:
            return
        overlay = self.picture.overlay
        x0, y0, x1, y1 = overlay.bounds
        legend = self._legend_width(overlay)
        room = QRectF(0, 0, self.width() - legend - 12, self.height())
        scale = min(room.width() / max(x1 - x0, 1e-9), room.height() / max(y1 - y0, 1e-9))
        wide, high = (x1 - x0) * scale, (y1 - y0) * scale
        left, top = (room.width() - wide) / 2, (room.height() - high) / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale * (x1 - x0) < overlay.image.width())
        painter.drawImage(QRectF(left, top, wide, high), overlay.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme().text), 1.2))
        for part in shapely.get_parts(self.picture.outline):
            for ring in shapely.get_rings(part):
                xy = shapely.get_coordinates(ring)
                points = [QPointF(left + (x - x0) * scale, top + (y1 - y) * scale) for x, y in xy]
                painter.drawPolyline(QPolygonF(points))
        self._legend(painter, overlay, legend)
        painter.end()

    def _legend_width(self, overlay: Overlay) -> int:
        wide = self.fontMetrics().horizontalAdvance
        return max(wide(_("Change, m")), *(26 + wide(line.label) for line in overlay.classes)) + 4

    def _legend(self, painter: QPainter, overlay: Overlay, width: int) -> None:
        x = self.width() - width
        y = max((self.height() - self._LINE * (len(overlay.classes) + 1)) / 2, 0)
        painter.setPen(QColor(theme().text_2))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(x, y, width, self._LINE), flags, _("Change, m"))
        for at, line in enumerate(overlay.classes, 1):
            top = y + at * self._LINE
            painter.fillRect(QRectF(x, top + 3, 18, 12), QColor(line.colour))
            painter.drawText(QRectF(x + 26, top, width - 26, self._LINE), flags, line.label)
