"""Furniture of the map: scale bar, north arrow and a legend of what is drawn, no more. Logical pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen, QPolygonF

from app import format as fmt
from app.gui.canvas import styles
from app.gui.canvas.overlay import Overlay
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import View
from app.i18n import _
from layers.registry import LAYERS
from layers.style import TERRAIN_RAMP, LayerStyle

MARGIN = 12
_ROW, _PAD, _KEY_W, _CHEVRON = 20.0, 8.0, 22.0, 20.0


@dataclass(frozen=True)
class LegendRow:
    """One line: a swatch of a layer style, a plain colour, a ramp, or (with none of them) a heading."""

    text: str
    style: LayerStyle | None = None
    geometry: str = "MULTIPOLYGON"
    colour: str = ""
    ramp: tuple[str, ...] = ()


def style_label(layer_key: str, value: str) -> str:
    """What a legend calls the features of a layer drawn in the style of `value`."""
    layer = LAYERS[layer_key]
    field = layer.field_named(layer.style_by) if layer.style_by and value else None
    label = next((c.label for c in field.choices if c.value == value), "") if field else ""
    words = _(label or layer.label)
    return words[:1].upper() + words[1:]


def legend_rows(
    drawn: frozenset[tuple[str, str]], overlay: Overlay | None, tint: tuple[float, float] | None
) -> list[LegendRow]:
    """Rows for what the pictures hold: layers from above to below, then the overlay's classes, then the terrain."""
    rows: list[LegendRow] = []
    for key, layer in reversed(LAYERS.items()):
        values = [v for k, v in drawn if k == key]
        values.sort(key=lambda v, known=list(layer.styles): known.index(v) if v in known else -1)
        rows += [LegendRow(style_label(key, v), layer.style_of(v), layer.geometry) for v in values]
    if overlay is not None and overlay.classes:
        unit = f" ({overlay.unit})" if overlay.unit else ""
        rows.append(LegendRow(f"{overlay.title}{unit}"))
        rows += [LegendRow(c.label, colour=c.colour) for c in overlay.classes]
    if tint is not None:
        low, high = (fmt.number(v, 0) for v in tint)
        rows.append(LegendRow(_("Elevation {low}–{high} m").format(low=low, high=high), ramp=TERRAIN_RAMP))
    return rows


def _font(p: QPainter, *, bold: bool = False) -> QFont:
    font = QFont(p.font())
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def _box(p: QPainter, rect: QRectF, theme: CanvasTheme) -> None:
    p.setPen(QPen(colour(theme.box_border), 1.0))
    p.setBrush(colour(theme.box, 0.92))
    p.drawRoundedRect(rect, 6, 6)


def paint_legend(p: QPainter, rows: list[LegendRow], room: QRectF, theme: CanvasTheme, *, folded: bool) -> QRectF:
    """The legend in the lower right of `room`; returns its box. Rows that do not fit are left out."""
    if not rows:
        return QRectF()
    most = max(int((room.height() * 0.7 - 2 * _PAD) // _ROW) - 1, 0)
    rows = [LegendRow(_("Legend")), *([] if folded else rows[:most])]
    plain, bold = QFontMetricsF(_font(p)), QFontMetricsF(_font(p, bold=True))
    widths = [
        bold.horizontalAdvance(r.text) if _heading(r) else _KEY_W + 8 + plain.horizontalAdvance(r.text) for r in rows
    ]
    widths[0] += _CHEVRON
    width = min(max(widths) + 2 * _PAD, room.width() * 0.45)
    height = len(rows) * _ROW + 2 * _PAD - 4
    box = QRectF(room.right() - MARGIN - width, room.bottom() - MARGIN - height, width, height)
    _box(p, box, theme)
    y = box.top() + _PAD - 2
    for row in rows:
        line = QRectF(box.left() + _PAD, y, width - 2 * _PAD, _ROW)
        _paint_row(p, row, line, theme)
        y += _ROW
    _paint_chevron(p, QPointF(box.right() - _PAD - 5, box.top() + _PAD - 2 + _ROW / 2), theme, up=folded)
    return box


def legend_header(box: QRectF) -> QRectF:
    """The part of a legend's box that folds it."""
    return QRectF(box.left(), box.top(), box.width(), _PAD + _ROW)


def _paint_chevron(p: QPainter, c: QPointF, theme: CanvasTheme, *, up: bool) -> None:
    dy = -2.5 if up else 2.5
    p.setPen(QPen(colour(theme.muted), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPolyline(QPolygonF([c + QPointF(-5, -dy), c + QPointF(0, dy), c + QPointF(5, -dy)]))


def _heading(row: LegendRow) -> bool:
    return row.style is None and not row.colour and not row.ramp


def _paint_row(p: QPainter, row: LegendRow, line: QRectF, theme: CanvasTheme) -> None:
    heading = _heading(row)
    key = QRectF(line.left(), line.center().y() - 7, _KEY_W, 14)
    if row.style is not None:
        p.setBrush(colour("#FFFFFF"))
        styles.draw_swatch(p, key, row.style, row.geometry, styles.pixels_per_mm())
    elif row.colour or row.ramp:
        brush = QBrush(colour(row.colour or row.ramp[0]))
        if row.ramp:
            gradient = QLinearGradient(key.topLeft(), key.topRight())
            for i, c in enumerate(row.ramp):
                gradient.setColorAt(i / (len(row.ramp) - 1), colour(c))
            brush = QBrush(gradient)
        p.setPen(QPen(colour(theme.box_border), 1.0))
        p.setBrush(brush)
        p.drawRect(key)
    p.setFont(_font(p, bold=heading))
    p.setPen(colour(theme.text))
    text = line if heading else line.adjusted(_KEY_W + 8, 0, 0, 0)
    metrics = QFontMetricsF(p.font())
    p.drawText(
        text, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, text.width() + 1)
    )


def round_length(most_m: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ metres that is at most `most_m`."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return next(m * power for m in (5, 2, 1) if m * power <= most_m * (1 + 1e-9))


def paint_scale_bar(p: QPainter, view: View, room: QRectF, theme: CanvasTheme) -> QRectF:
    """A bar of a round length in two halves, lower left."""
    length = round_length(150 * view.scale)
    px = length / view.scale
    unit, factor = ("km", 1000.0) if length >= 1000 else ("m", 1.0)
    half, full = (f"{length * s / factor:g}" for s in (0.5, 1.0))
    p.setFont(_font(p))
    m = QFontMetricsF(p.font())
    full = f"{full} {unit}"
    box = QRectF(room.left() + MARGIN, room.bottom() - MARGIN - 36, px + 24 + m.horizontalAdvance(full) * 0.75, 36)
    _box(p, box, theme)
    x, y = box.left() + 12, box.bottom() - 12
    p.setPen(QPen(colour(theme.text), 1.0))
    for k in (0, 1):
        p.setBrush(colour(theme.text if k == 0 else theme.box))
        p.drawRect(QRectF(x + k * px / 2, y, px / 2, 4))
    for share, text in ((0.0, "0"), (0.5, half), (1.0, full)):
        w = m.horizontalAdvance(full.split()[0]) if share == 1 else m.horizontalAdvance(text)
        p.drawText(QPointF(x + share * px - w / 2, y - 5), text)
    return box


def paint_north(p: QPainter, room: QRectF, theme: CanvasTheme) -> None:
    """A small arrow, upper right. The map is always north-up; sheets ask for the arrow all the same."""
    c = QPointF(room.right() - MARGIN - 14, room.top() + MARGIN + 20)
    for side, ink in ((-1, theme.text), (1, theme.box)):
        p.setPen(QPen(colour(theme.text), 1.0))
        p.setBrush(colour(ink))
        p.drawPolygon(QPolygonF([c + QPointF(0, -10), c + QPointF(7 * side, 12), c + QPointF(0, 7)]))
    font = _font(p, bold=True)
    font.setPixelSize(11)
    p.setFont(font)
    p.setPen(QPen(colour(theme.text)))
    p.drawText(QRectF(c.x() - 10, c.y() - 25, 20, 14), Qt.AlignmentFlag.AlignCenter, "N")


def paint_hint(p: QPainter, text: str, room: QRectF, theme: CanvasTheme) -> None:
    """A quiet sentence in the middle of an empty map."""
    font = _font(p)
    font.setPixelSize(14)
    p.setFont(font)
    p.setPen(colour(theme.muted))
    p.drawText(room.adjusted(40, 40, -40, -40), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
