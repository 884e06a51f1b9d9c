"""Icons: Lucide outlines, tinted by the theme; and the shapes of verdicts, which no font of ours has."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer

from app.gui.theme import Theme, theme
from resources import resource_path

_SCALES = (1, 2)
_ICON = "huitian_icon"
_TONE = "huitian_tone"


@cache
def _source(name: str) -> str:
    # Lucide draws with a stroke of 2 on 24; at 16-20 px a little less looks crisper.
    text = resource_path("icons", f"{name}.svg").read_text(encoding="utf8")
    return text.replace('stroke-width="2"', 'stroke-width="1.75"')


@cache
def pixmap(name: str, colour: str, size: int = 18, scale: int = 1, gap: int = 0) -> QPixmap:
    """An icon in one colour, `size` logical pixels square, with `gap` free pixels at its right."""
    picture = QPixmap((size + gap) * scale, size * scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


def icon(name: str, tone: str = "text_2", size: int = 18, gap: int = 0) -> QIcon:
    """An icon in the colours of the theme: normal in `tone`, checked in the accent, disabled faint."""
    t = theme()
    made = QIcon()
    for scale in _SCALES:
        normal = pixmap(name, getattr(t, tone), size, scale, gap)
        made.addPixmap(normal, QIcon.Mode.Normal, QIcon.State.Off)
        made.addPixmap(normal, QIcon.Mode.Active, QIcon.State.Off)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
            made.addPixmap(pixmap(name, t.accent, size, scale, gap), mode, QIcon.State.On)
        for state in (QIcon.State.Off, QIcon.State.On):
            made.addPixmap(pixmap(name, t.disabled, size, scale, gap), QIcon.Mode.Disabled, state)
    return made


def set_icon(thing: QObject, name: str, tone: str = "text_2", size: int = 18, gap: int = 0) -> None:
    """Give an action or a button an icon that `retint` can follow a change of theme with.

    `gap` keeps the words of a button off its icon: Qt's own two pixels are too few for Chinese.
    """
    thing.setProperty(_ICON, name)
    thing.setProperty(_TONE, f"{tone}:{size}:{gap}")
    thing.setIcon(icon(name, tone, size, gap))  # type: ignore[attr-defined]
    if hasattr(thing, "setIconSize"):
        thing.setIconSize(QSize(size + gap, size))


def set_picture(label: QObject, name: str, tone: str = "text_2", size: int = 18) -> None:
    """Show an icon in a label; followed by `retint`."""
    label.setProperty(_ICON, name)
    label.setProperty(_TONE, f"{tone}:{size}:0")
    label.setPixmap(pixmap(name, getattr(theme(), tone), size, 2))  # type: ignore[attr-defined]


def retint(root: QObject) -> None:
    """Draw every icon below `root` again in the colours of the theme in use."""
    for thing in [root, *root.findChildren(QObject)]:
        name = thing.property(_ICON)
        if not name:
            continue
        tone, size, gap = str(thing.property(_TONE)).split(":")
        if hasattr(thing, "setIcon"):
            thing.setIcon(icon(name, tone, int(size), int(gap)))
        else:
            set_picture(thing, name, tone, int(size))


VERDICT_TONES = {"accept": "ok", "assess": "warning", "reject": "danger", "cannot_judge": "unknown"}
OUTCOME_TONES = {
    "meets": "ok",
    "requires": "warning",
    "does_not_meet": "danger",
    "cannot_judge": "unknown",
    "not_applicable": "text_3",
}
_OUTCOME_SHAPES = {
    "meets": "accept",
    "requires": "assess",
    "does_not_meet": "reject",
    "cannot_judge": "cannot_judge",
    "not_applicable": "none",
}


def verdict_tone(verdict: str) -> str:
    """The name of the theme's colour for a verdict or an outcome."""
    return VERDICT_TONES.get(verdict) or OUTCOME_TONES.get(verdict, "unknown")


def verdict_pixmap(verdict: str, size: int = 16, scale: int = 2, t: Theme | None = None) -> QPixmap:
    """The shape of a verdict or an outcome: tick, half-filled circle, cross, question mark, dash."""
    t = t or theme()
    return _verdict(_OUTCOME_SHAPES.get(verdict, verdict), getattr(t, verdict_tone(verdict)), size, scale)


@cache
def _verdict(shape: str, colour: str, size: int, scale: int) -> QPixmap:
    picture = QPixmap(size * scale, size * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    p = QPainter(picture)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.scale(size / 16, size / 16)
    pen = QPen(QColor(colour), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    if shape == "accept":
        p.drawPolyline(QPolygonF([QPointF(2.8, 8.6), QPointF(6.4, 12.2), QPointF(13.2, 4.2)]))
    elif shape == "reject":
        p.drawLine(QPointF(3.6, 3.6), QPointF(12.4, 12.4))
        p.drawLine(QPointF(12.4, 3.6), QPointF(3.6, 12.4))
    elif shape == "assess":
        pen.setWidthF(1.7)
        p.setPen(pen)
        p.drawEllipse(QRectF(2.4, 2.4, 11.2, 11.2))
        p.setBrush(QColor(colour))
        p.drawPie(QRectF(2.4, 2.4, 11.2, 11.2), 90 * 16, 180 * 16)
    elif shape == "cannot_judge":
        pen.setWidthF(2.0)
        p.setPen(pen)
        p.drawArc(QRectF(4.6, 2.2, 6.8, 6.4), -40 * 16, 210 * 16)
        p.drawPolyline(QPolygonF([QPointF(10.6, 7.5), QPointF(8.0, 9.2), QPointF(8.0, 10.2)]))
        p.setBrush(QColor(colour))
        p.setPen(Qt.PenStyle.NoPen)
        p.drawEllipse(QPointF(8.0, 13.4), 1.3, 1.3)
    else:
        p.drawLine(QPointF(4, 8), QPointF(12, 8))
    p.end()
    return picture
