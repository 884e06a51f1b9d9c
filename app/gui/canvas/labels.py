"""Labels of a picture: codes and names with a halo, the weightier first, none over another or across the map's edge."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from app.gui.canvas.decorations import north_box
from app.gui.canvas.features import FeatureSet
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.view import View

if TYPE_CHECKING:
    from app.gui.canvas.wishes import LayerDraw, VectorWish

MAX_LABELS = 300
_SMALLEST_PX = 20.0  # a shape smaller than this (logical pixels) goes without
_HALO_PX = 3.0
_LEADING = 0.92
_EDGE_PX = 5.0  # halo and a little air between a label and the map's edge
_ROLE_RANK = {"site": 0, "reference": 1, "control": 2}


@dataclass(frozen=True)
class _Candidate:
    rank: tuple[int, float]
    draw: LayerDraw
    feature: int
    size_px: float


@dataclass(frozen=True)
class Fonts:
    """Fonts of the picture in device pixels: codes stand bold, names below them and control lines regular."""

    strong: QFont
    plain: QFont

    @classmethod
    def of(cls, family: str, pixel_size: float) -> Fonts:
        strong, plain = QFont(), QFont()
        for font in (strong, plain):
            if family:
                font.setFamily(family)
        strong.setPixelSize(max(6, round(pixel_size)))
        strong.setWeight(QFont.Weight.DemiBold)
        plain.setPixelSize(max(6, round(pixel_size * 0.92)))
        return cls(strong, plain)


def paint_labels(p: QPainter, wish: VectorWish, stopped: Callable[[], bool]) -> bool:
    """Place and draw the labels of all layers that want them; False if stopped."""
    dpr = wish.view.dpr
    shown = _shown(wish)
    p.translate(-shown.topLeft())
    for c, spot, lines in _placed(wish, stopped):
        if shown.intersects(_with_halo(spot, dpr)):
            _draw(p, spot, lines, _ink(c, wish.theme), wish.theme.halo, dpr)
    return not stopped()


def spots(wish: VectorWish, stopped: Callable[[], bool]) -> list[QRectF]:
    """Where labels will stand, in device pixels of the picture with its whole margin: others keep clear of them."""
    return [spot for _c, spot, _lines in _placed(wish, stopped)]


def _shown(wish: VectorWish) -> QRectF:
    """The part that is drawn of the picture with its whole margin, in device pixels."""
    shift = wish.around_px * wish.view.dpr
    return QRectF(QPointF(shift, shift), QSizeF(*wish.view.device_size))


def _placed(
    wish: VectorWish, stopped: Callable[[], bool]
) -> Iterator[tuple[_Candidate, QRectF, list[tuple[str, QFont]]]]:
    """Labels and their places in the picture with its whole margin, where those of a smaller picture stand too."""
    view = wish.view.expanded(wish.around_px)
    fonts = Fonts.of(wish.font_family, wish.font_px * view.dpr)
    cards, sheet = _cards(wish), _Map.of(wish)
    taken = list(cards)
    for n, c in enumerate(_candidates(wish, view)):
        if n % 16 == 0 and stopped():
            return
        lines = _lines(c, fonts, view.dpr)
        place = _anchor(c.draw.features, c.feature, wish.view.expanded(-wish.margin_px), view)
        if not lines or place is None:
            continue
        x, y = view.to_screen(*place)
        at, size, beside = QPointF(x * view.dpr, y * view.dpr), _size(lines), c.draw.layer.geometry == "POINT"
        spot = _free_spot(at, size, beside, taken, sheet)
        if spot is None and not beside and c.size_px * view.dpr > 4 * size[0]:
            over = QRectF(at.x() - size[0] / 2, at.y() - size[1] / 2, *size)
            card = next((k for k in cards if k.intersects(over)), None)
            if card is not None:
                spot = _free_spot(_beside(card, at, size, view.device_size[0]), size, beside, taken, sheet)
        if spot is not None:
            taken.append(spot)
            yield c, spot, lines


def _cards(wish: VectorWish) -> list[QRectF]:
    """Where the map's furniture stands, in the picture's pixels: what is written under it cannot be read."""
    view, margin = wish.view.expanded(wish.around_px), wish.margin_px + wish.around_px
    arrow = north_box(QRectF(0, 0, view.width - 2 * margin, view.height - 2 * margin))
    dpr = view.dpr
    return [
        QRectF((x + margin) * dpr, (y + margin) * dpr, width * dpr, height * dpr)
        for x, y, width, height in (arrow.getRect(), *wish.cards)
    ]


@dataclass(frozen=True)
class _Map:
    """The map's window in the picture with its whole margin, device pixels; `inner` leaves air along the edge."""

    box: QRectF
    inner: QRectF

    @classmethod
    def of(cls, wish: VectorWish) -> _Map:
        room, air = (wish.margin_px + wish.around_px) * wish.view.dpr, _EDGE_PX * wish.view.dpr
        width, height = wish.view.expanded(wish.around_px).device_size
        box = QRectF(room, room, width - 2 * room, height - 2 * room)
        return cls(box, box.adjusted(air, air, -air, -air))

    def pushed_in(self, spot: QRectF) -> QRectF:
        """A label moved by as little as brings it in; one that is wider than the map stays across its edge."""
        x = min(max(spot.left(), self.inner.left()), self.inner.right() - spot.width())
        y = min(max(spot.top(), self.inner.top()), self.inner.bottom() - spot.height())
        return QRectF(QPointF(x, y), spot.size())


def _beside(card: QRectF, at: QPointF, size: tuple[float, float], width: int) -> QPointF:
    """The place at the height of `at` on that side of a card where the map goes on."""
    if card.center().x() > width / 2:
        return QPointF(card.left() - size[0] / 2 - 8, at.y())
    return QPointF(card.right() + size[0] / 2 + 8, at.y())


def _candidates(wish: VectorWish, view: View) -> list[_Candidate]:
    """Features that may be labelled, weightiest first: sites before control lines, upper layers, large shapes."""
    found: list[_Candidate] = []
    for depth, draw in enumerate(wish.layers):
        if not draw.labels:
            continue
        fs = draw.features
        seen = np.unique(fs.part_feature[fs.parts_in(view.bounds)])
        b = fs.bounds[seen]
        size = np.maximum(b[:, 2] - b[:, 0], b[:, 3] - b[:, 1]) / view.scale
        if draw.layer.geometry != "POINT":
            seen, size = seen[size >= _SMALLEST_PX], size[size >= _SMALLEST_PX]
        best = np.argsort(-size, kind="stable")[:MAX_LABELS]
        rank = _ROLE_RANK[draw.layer.role] * 100 - depth
        found += [
            _Candidate((rank, -s), draw, i, s) for i, s in zip(seen[best].tolist(), size[best].tolist(), strict=True)
        ]
    return sorted(found, key=lambda c: c.rank)[:MAX_LABELS]


def _lines(c: _Candidate, fonts: Fonts, dpr: float) -> list[tuple[str, QFont]]:
    """What to write: the code, and the name below it where the shape has room; control lines by name."""
    code, name = c.draw.features.codes[c.feature], c.draw.features.names[c.feature]
    if c.draw.layer.role != "site":
        text = name or code
        return [(text, fonts.plain)] if text else []
    lines = [(code, fonts.strong)] if code else []
    if name and name != code:
        width = QFontMetricsF(fonts.plain).horizontalAdvance(name)
        if not code or width < c.size_px * dpr * 0.9:
            lines.append((name, fonts.plain))
    return lines


def _size(lines: list[tuple[str, QFont]]) -> tuple[float, float]:
    metrics = [(QFontMetricsF(f), t) for t, f in lines]
    return max(m.horizontalAdvance(t) for m, t in metrics), sum(m.height() * _LEADING for m, _ in metrics)


def _ink(c: _Candidate, theme: CanvasTheme) -> QColor:
    if c.draw.layer.role != "control":
        return QColor(theme.text)
    style = c.draw.layer.style_of(c.draw.features.style_values[c.feature] if c.draw.features.style_values else "")
    ink = QColor(style.line.color)
    if theme.dark:  # towards white: the layer's colours are made for light ground
        return QColor.fromRgbF(*(0.5 + 0.5 * v for v in (ink.redF(), ink.greenF(), ink.blueF())))
    return ink


def _anchor(fs: FeatureSet, i: int, *views: View) -> tuple[float, float] | None:
    """Where the label of feature i stands: well inside it, and inside the first of the views that shows some of it."""
    place = fs.anchors.get(i)
    if place is None:
        place = fs.anchors[i] = _inner_point(fs.geometries[i])
    for view in views if place is not None else ():
        x0, y0, x1, y1 = view.bounds
        if x0 <= place[0] <= x1 and y0 <= place[1] <= y1:
            return place
        pad = 30 * view.scale
        left, low, right, high = fs.bounds[i]
        if left < x1 - pad and right > x0 + pad and low < y1 - pad and high > y0 + pad:
            seen = _inner_point(shapely.clip_by_rect(fs.geometries[i], x0 + pad, y0 + pad, x1 - pad, y1 - pad))
            if seen is not None:
                return seen
    return None


def _inner_point(geometry: shapely.Geometry | None) -> tuple[float, float] | None:
    if geometry is None or geometry.is_empty:
        return None
    parts = shapely.get_parts(geometry)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    point = shapely.centroid(largest)
    if not shapely.intersects(largest, point):
        point = shapely.point_on_surface(largest)
    return float(point.x), float(point.y)


def _free_spot(at: QPointF, size: tuple[float, float], beside: bool, taken: list[QRectF], sheet: _Map) -> QRectF | None:
    """A place for a label at `at` that nothing else has taken: in the map, or for what lies off it wholly off it."""
    w, h = size
    gap = 4.0
    if beside:
        tries = [(gap * 2, -h / 2), (-gap * 2 - w, -h / 2), (-w / 2, -h - gap * 2), (-w / 2, gap * 2)]
    else:
        tries = [(-w / 2, -h / 2), (-w / 2, -h * 1.6), (-w / 2, h * 0.6)]
    for dx, dy in tries:
        spot = QRectF(at.x() + dx, at.y() + dy, w, h)
        seen = sheet.box.contains(at)
        if seen and not beside:  # a label beside a point would come to stand over it
            spot = sheet.pushed_in(spot)
        if not sheet.inner.contains(spot) and (seen or sheet.box.intersects(spot)):
            continue
        room = spot.adjusted(-gap, -gap / 2, gap, gap / 2)
        if not any(room.intersects(other) for other in taken):
            return spot
    return None


def _draw(p: QPainter, spot: QRectF, lines: list[tuple[str, QFont]], ink: QColor, halo: str, dpr: float) -> None:
    words = tuple((text, font.weight().value, font.pixelSize()) for text, font in lines)
    stamp = _stamp(words, lines[0][1].family(), ink.rgba(), halo, dpr)
    room = _HALO_PX * dpr
    p.drawImage(QPointF(round(spot.left() - room), round(spot.top() - room)), stamp)


def _with_halo(spot: QRectF, dpr: float) -> QRectF:
    room = 2 * _HALO_PX * dpr
    return spot.adjusted(-room, -room, room, room)


def stamp_of(text: str, family: str, pixels: float, ink: QColor, halo: str, dpr: float) -> QImage:
    """One line of text with its halo, ready to be laid anywhere, at any angle."""
    words = ((text, QFont.Weight.Normal.value, max(6, round(pixels))),)
    return _stamp(words, family or QFont().family(), ink.rgba(), halo, dpr)


@lru_cache(maxsize=1500)
def _stamp(words: tuple[tuple[str, int, int], ...], family: str, ink: int, halo: str, dpr: float) -> QImage:
    """A label, drawn once. Its halo is the text set twelve times around itself: stroking glyphs is slower by far."""
    lines = []
    for text, weight, pixels in words:
        font = QFont(family)
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight(weight))
        lines.append((text, font, QFontMetricsF(font)))
    room, radius = _HALO_PX * dpr, _HALO_PX * dpr / 2
    width, height = _size([(t, f) for t, f, _ in lines])
    size = math.ceil(width + 2 * room) + 1, math.ceil(height + 2 * room) + 2
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    p = QPainter(image)
    p.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    around = [(radius * math.cos(k * math.pi / 6), radius * math.sin(k * math.pi / 6)) for k in range(12)]
    for passes, colour in ((around, QColor(halo)), ([(0.0, 0.0)], QColor.fromRgba(ink))):
        p.setPen(colour)
        y = room
        for text, font, m in lines:
            p.setFont(font)
            at = QPointF(round(room + (width - m.horizontalAdvance(text)) / 2), round(y + m.ascent() * 0.95))
            for dx, dy in passes:
                p.drawText(at + QPointF(dx, dy), text)
            y += m.height() * _LEADING
    p.end()
    return image
