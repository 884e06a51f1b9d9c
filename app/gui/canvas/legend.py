"""The legend of what is drawn: as many rows as leave the map free, what only the legend tells first. Logical pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QLinearGradient, QPainter, QPen, QPolygonF

from app import format as fmt
from app.gui.canvas import styles
from app.gui.canvas.decorations import MARGIN, font_of, paint_box
from app.gui.canvas.legend_bars import paint_bar, step_width, tick
from app.gui.canvas.overlay import Classes, Overlay
from app.gui.canvas.theme import CanvasTheme, colour
from app.i18n import _
from layers.registry import LAYERS
from layers.style import CONTOUR, SLOPE_CLASSES, TERRAIN_RAMP, LayerStyle
from models.notices import N_

_ROW, _CLASS_ROW, _PAD, _KEY_W, _CHEVRON, _GAP = 20.0, 15.0, 8.0, 22.0, 20.0, 16.0
_BAR_ROW = 32.0
_COMPACT, _KEY_SHARE, _FULL, _WIDEST = 0.38, 0.72, 0.86, 0.45
"""Shares of the map's height that a short legend takes, that its own facts may take, and a full one; of its width."""
_MORE = N_("{n} more…")


@dataclass(frozen=True)
class LegendRow:
    """One line: a swatch of a layer style, a plain colour, a ramp, a bar of classes, or (with none) a heading.

    `own`: only the legend says it (classes of depth and slope, heights); layers stand in the layer panel too.
    `limits`: of the class of a plain colour, or of all the classes of a bar (one more than its `steps`).
    """

    text: str
    style: LayerStyle | None = None
    geometry: str = "MULTIPOLYGON"
    colour: str = ""
    ramp: tuple[str, ...] = ()
    own: bool = False
    quiet: bool = False
    limits: tuple[float, ...] = ()
    side: str = ""
    steps: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """Classes stand close together, as the steps of one ramp."""
        return _BAR_ROW if self.steps else _CLASS_ROW if self.colour else _ROW


@dataclass(frozen=True)
class Ground:
    """What the legend says of terrain: ends of the tint (m), whether slopes are coloured, contour intervals (m)."""

    tint: tuple[float, float] | None = None
    slope: bool = False
    intervals: tuple[float, ...] = ()


def style_label(layer_key: str, value: str) -> str:
    """What a legend calls the features of a layer drawn in the style of `value`."""
    layer = LAYERS[layer_key]
    field = layer.field_named(layer.style_by) if layer.style_by and value else None
    label = next((c.label for c in field.choices if c.value == value), "") if field else ""
    words = _(label or layer.label)
    return words[:1].upper() + words[1:]


def legend_rows(
    drawn: frozenset[tuple[str, str]], overlay: Overlay | Classes | None, ground: Ground, order: Sequence[str] = ()
) -> list[LegendRow]:
    """Rows for what the pictures hold: layers from above to below, then the overlay's classes, then the terrain."""
    rows: list[LegendRow] = []
    for key in order or tuple(reversed(LAYERS)):
        layer = LAYERS[key]
        values = [v for k, v in drawn if k == key]
        values.sort(key=lambda v, known=list(layer.styles): known.index(v) if v in known else -1)
        rows += [LegendRow(style_label(key, v), layer.style_of(v), layer.geometry) for v in values]
    if overlay is not None and overlay.classes:
        unit = f" ({overlay.unit})" if overlay.unit else ""
        rows.append(LegendRow(f"{overlay.title}{unit}", own=True))
        rows += [
            LegendRow(c.label, colour=c.colour, own=True, limits=c.limits or (), side=c.side) for c in overlay.classes
        ]
    return rows + _ground_rows(ground)


def _ground_rows(ground: Ground) -> list[LegendRow]:
    rows: list[LegendRow] = []
    for metres in sorted(set(ground.intervals)):
        words = _("Contours every {m} m").format(m=f"{metres:g}")
        rows.append(LegendRow(words, LayerStyle(CONTOUR), "MULTILINESTRING", own=True))
    if ground.slope:
        rows.append(LegendRow(_("Slope (°)"), own=True))
        low = 0.0
        for limit, tone in SLOPE_CLASSES:
            text = f"{low:g}–{limit:g}" if limit < SLOPE_CLASSES[-1][0] else f"> {low:g}"
            rows.append(LegendRow(text, colour=tone, own=True))
            low = limit
    if ground.tint is not None:
        low_text, high_text = (fmt.number(v, 0) for v in ground.tint)
        words = _("Elevation {low}–{high} m").format(low=low_text, high=high_text)
        rows.append(LegendRow(words, ramp=TERRAIN_RAMP, own=True))
    return rows


def compact(rows: list[LegendRow], height: float) -> tuple[list[LegendRow], int]:
    """The rows of a short legend on a map of this height, and how many it leaves out."""
    room = height * _COMPACT - _ROW - 2 * _PAD
    if sum(r.height for r in rows) <= room:
        return rows, 0
    rows = barred(rows)
    if sum(r.height for r in rows) <= room:
        return rows, 0
    own = _fitting([r for r in rows if r.own], height * _KEY_SHARE - 2 * _ROW - 2 * _PAD)
    layers = _fitting([r for r in rows if not r.own], room - _ROW - sum(r.height for r in own))
    return [*layers, *own], len(rows) - len(layers) - len(own)


def barred(rows: list[LegendRow]) -> list[LegendRow]:
    """Classes that follow each other with their limits as one bar; nothing else is changed."""
    made: list[LegendRow] = []
    for row in rows:
        last = made[-1] if made else None
        if not row.colour or len(row.limits) != 2:
            made.append(row)
        elif last is not None and last.steps and last.side == row.side and last.limits[-1] == row.limits[0]:
            made[-1] = replace(last, limits=(*last.limits, row.limits[1]), steps=(*last.steps, row.colour))
        else:
            made.append(LegendRow(row.side, own=row.own, limits=row.limits, side=row.side, steps=(row.colour,)))
    return made


def _fitting(rows: list[LegendRow], room: float) -> list[LegendRow]:
    kept = []
    for row in rows:
        room -= row.height
        if room < 0:
            break
        kept.append(row)
    while kept and _heading(kept[-1]):  # a heading of nothing
        kept.pop()
    return kept


class Legend:
    """The legend in the lower right. Its heading folds it; where rows were left out, a line brings them all."""

    def __init__(self) -> None:
        self.visible, self.folded, self.full = True, False, False
        self.box = QRectF()
        self._more = QRectF()

    def press(self, at: QPointF) -> bool:
        """A click. True if it was on the legend; the map is to be painted anew then."""
        if not self.visible or not self.box.contains(at):
            return False
        if at.y() <= self.box.top() + _PAD + _ROW:
            self.folded = not self.folded
        elif self._more.contains(at):
            self.full = not self.full
        return True

    @property
    def state(self) -> tuple[bool, bool, bool]:
        """What changes its look besides rows, room and theme."""
        return self.visible, self.folded, self.full

    def paint(self, p: QPainter, rows: list[LegendRow], room: QRectF, theme: CanvasTheme) -> QRectF:
        """Draw it inside `room`; returns its box, an empty one if there is nothing to draw."""
        self.box = self._more = QRectF()
        if not self.visible or not rows:
            return self.box
        short, left_out = compact(rows, room.height())
        columns = [[]] if self.folded else _columns(rows, room.height()) if self.full and left_out else [short]
        foot = "" if self.folded or not left_out else _("Show less") if self.full else _(_MORE).format(n=left_out)
        plain, bold = QFontMetricsF(font_of(p)), QFontMetricsF(font_of(p, bold=True))
        title = _("Legend")
        most = room.width() * _WIDEST / len(columns)
        widths = [min(max([_width(r, plain, bold) for r in c] or [0.0]), most) for c in columns]
        inner = max(sum(widths) + _GAP * (len(columns) - 1), bold.horizontalAdvance(title) + _CHEVRON,
                    plain.horizontalAdvance(foot))  # fmt: skip
        high = (1 + bool(foot)) * _ROW + max(sum(r.height for r in c) for c in columns) + 2 * _PAD - 4
        width = inner + 2 * _PAD
        self.box = QRectF(room.right() - MARGIN - width, room.bottom() - MARGIN - high, width, high)
        paint_box(p, self.box, theme)
        left, top = self.box.left() + _PAD, self.box.top() + _PAD - 2
        _paint_row(p, LegendRow(title), QRectF(left, top, inner, _ROW), theme)
        x = left
        for column, wide in zip(columns, widths, strict=True):
            y = top + _ROW
            for line in column:
                _paint_row(p, line, QRectF(x, y, wide, line.height), theme)
                y += line.height
            x += wide + _GAP
        if foot:
            self._more = QRectF(self.box.left(), self.box.bottom() - _PAD - _ROW, width, _ROW + _PAD)
            _paint_row(
                p, LegendRow(foot, quiet=True), QRectF(left, self.box.bottom() - _PAD - _ROW + 2, inner, _ROW), theme
            )
        _paint_chevron(p, QPointF(self.box.right() - _PAD - 5, top + _ROW / 2), theme, up=self.folded)
        return self.box


def _columns(rows: list[LegendRow], height: float) -> list[list[LegendRow]]:
    """All rows in as few columns as the height allows, of about the same length; a heading stands over its rows."""
    total = sum(r.height for r in rows)
    room = max(height * _FULL - 2 * _ROW - 2 * _PAD, 4 * _ROW)
    each = total / math.ceil(total / room)
    columns: list[list[LegendRow]] = [[]]
    used = 0.0
    for row in rows:
        if columns[-1] and (used + row.height > room or used >= each):
            last = columns[-1]
            columns.append([last.pop()] if len(last) > 1 and _heading(last[-1]) else [])
            used = sum(r.height for r in columns[-1])
        columns[-1].append(row)
        used += row.height
    return columns


def _width(row: LegendRow, plain: QFontMetricsF, bold: QFontMetricsF) -> float:
    if row.steps:
        words = 8 + plain.horizontalAdvance(row.text) if row.text else plain.horizontalAdvance(tick(row, -1)) / 2
        return 4 + step_width(row) * len(row.steps) + words
    return bold.horizontalAdvance(row.text) if _heading(row) else _KEY_W + 8 + plain.horizontalAdvance(row.text) + 1


def _paint_chevron(p: QPainter, c: QPointF, theme: CanvasTheme, *, up: bool) -> None:
    dy = -2.5 if up else 2.5
    p.setPen(QPen(colour(theme.muted), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPolyline(QPolygonF([c + QPointF(-5, -dy), c + QPointF(0, dy), c + QPointF(5, -dy)]))


def _heading(row: LegendRow) -> bool:
    return row.style is None and not row.colour and not row.ramp and not row.steps


def _paint_row(p: QPainter, row: LegendRow, line: QRectF, theme: CanvasTheme) -> None:
    if row.steps:
        paint_bar(p, row, line, theme)
        return
    heading = _heading(row)
    half = line.height() / 2 if row.colour else 7.0
    key = QRectF(line.left(), line.center().y() - half, _KEY_W, 2 * half)
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
    p.setFont(font_of(p, bold=heading and not row.quiet))
    p.setPen(colour(theme.accent if row.quiet else theme.text))
    text = line if heading else line.adjusted(_KEY_W + 8, 0, 0, 0)
    metrics = QFontMetricsF(p.font())
    p.drawText(
        text, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, text.width() + 1)
    )
