"""Layer styles as Qt pens and brushes, in device pixels; map, legend and layer panel draw with the same ones."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from app.gui.canvas.theme import colour, current
from layers.style import DOT_MM, DOT_SPACING_MM, HATCHES, FillStyle, LayerStyle, LineStyle

MM_PER_INCH = 25.4
_HATCH_OPACITY = 0.65
_ROUND_FROM_PX = 1.6  # a round corner of a thinner line differs by a fifth of a pixel, and takes a fifth longer
_TILE_PX = 512  # hatches are laid tile by tile and row by row: a wide tile goes three times as fast as one period


def pixels_per_mm(dpi: float = 96.0, dpr: float = 1.0) -> float:
    """Device pixels of one millimetre of a style."""
    return dpi / MM_PER_INCH * dpr


def pen(line: LineStyle, ppm: float, *, hairline: bool = False) -> QPen:
    """The stroke at `ppm` pixels a millimetre. `hairline`: one pixel, Qt's fast path, for very many small shapes."""
    width = 1.0 if hairline else max(line.width_mm * ppm, 1.0)
    made = QPen(QColor(line.color), width)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.BevelJoin if width < _ROUND_FROM_PX else Qt.PenJoinStyle.RoundJoin)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if line.dash_mm and not hairline:
        made.setDashPattern([max(d * ppm / width, 0.5) for d in line.dash_mm])
    return made


@lru_cache(maxsize=256)
def _tile(fill: FillStyle, line_color: str, ppm: float) -> QImage:
    """A row of periods of a hatch over the fill colour, on whole device pixels so that it stays crisp."""
    lines = HATCHES.get(fill.hatch)
    spacing = (DOT_SPACING_MM if lines is None else lines.distance_mm) * ppm
    diagonal = fill.hatch in ("diagonal", "sparse", "cross")
    n = max(4, round(spacing * math.sqrt(2) if diagonal else spacing))
    image = QImage(n, n, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(colour(fill.color, fill.opacity))
    p = QPainter(image)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = colour(line_color, _HATCH_OPACITY)
    if fill.hatch == "dots":
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(ink)
        r = max(DOT_MM * ppm / 2, 0.6)
        for x, y in ((n * 0.25, n * 0.25), (n * 0.75, n * 0.75)):
            p.drawEllipse(QPointF(math.floor(x) + 0.5, math.floor(y) + 0.5), r, r)
    elif lines is not None:
        p.setPen(QPen(ink, max(lines.width_mm * ppm, 0.8)))
        for shift in (-n, 0, n):
            p.drawLine(QLineF(shift - 1, n + 1, shift + n + 1, -1))
            if fill.hatch == "cross":
                p.drawLine(QLineF(shift - 1, -1, shift + n + 1, n + 1))
    p.end()
    row = QImage(n * math.ceil(_TILE_PX / n), n, image.format())
    p = QPainter(row)
    p.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    for x in range(0, row.width(), n):
        p.drawImage(x, 0, image)
    p.end()
    return row


def brush(style: LayerStyle, ppm: float, *, plain: bool = False) -> QBrush:
    """The fill at `ppm` pixels a millimetre; `plain` leaves the hatch out (shapes of a few pixels)."""
    fill = style.fill
    if fill is None:
        return QBrush(Qt.BrushStyle.NoBrush)
    if plain or fill.hatch == "none":
        return QBrush(colour(fill.color, fill.opacity))
    return QBrush(_tile(fill, style.line.color, round(ppm, 3)))


def hatch_period(style: LayerStyle, ppm: float) -> int:
    """Size of the hatch tile in device pixels, 1 without a hatch: the map ties it to the ground with this."""
    if style.fill is None or style.fill.hatch == "none":
        return 1
    return _tile(style.fill, style.line.color, round(ppm, 3)).height()


def draw_swatch(p: QPainter, rect: QRectF, style: LayerStyle, geometry: str, ppm: float) -> None:
    """A small example of the style inside `rect` (pixels of the painter)."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(pen(style.line, ppm))
    p.setBrush(brush(style, ppm))
    p.setBrushOrigin(rect.topLeft())
    inset = max(style.line.width_mm * ppm, 1.0) / 2 + 0.5
    r = rect.adjusted(inset, inset, -inset, -inset)
    if geometry == "POINT":
        d = min(style.marker_mm * ppm, r.width(), r.height())
        p.drawEllipse(rect.center(), d / 2, d / 2)
    elif geometry == "MULTILINESTRING":
        p.drawPolyline(QPolygonF([r.bottomLeft(), QPointF(r.center().x(), r.top()), r.topRight()]))
    else:
        p.drawRoundedRect(r, 1.5, 1.5)
        if style.line.ticks:
            p.setPen(QPen(QColor(style.line.color), max(0.2 * ppm, 1.0)))
            n, length = 4, r.height() * 0.3
            for k in range(n):
                x = r.left() + (k + 0.5) * r.width() / n
                p.drawLine(QLineF(x, r.top(), x, r.top() + length))
    p.restore()


def swatch(style: LayerStyle, geometry: str, size: QSize, dpr: float = 1.0) -> QPixmap:
    """`draw_swatch` on a pixmap of `size` logical pixels, on paper where the window is dark: fills are made for it."""
    pixmap = QPixmap(size * dpr)
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    p = QPainter(pixmap)
    p.scale(1 / dpr, 1 / dpr)
    if geometry != "POINT" and current().dark:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor("#D9DCDF"))
        p.drawRoundedRect(QRectF(0, 0, size.width() * dpr, size.height() * dpr), 2 * dpr, 2 * dpr)
    draw_swatch(p, QRectF(0, 0, size.width() * dpr, size.height() * dpr), style, geometry, pixels_per_mm(dpr=dpr))
    p.end()
    return pixmap
