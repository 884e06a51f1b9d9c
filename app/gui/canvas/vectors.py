"""Draws layers into a picture: only what the view meets, polygon by polygon (one big path takes 30 times as long)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from app.gui.canvas import labels, styles
from app.gui.canvas.features import FeatureSet
from app.gui.canvas.qshapes import qpolygon
from app.gui.canvas.slots import Picture
from app.gui.canvas.ticks import ticks
from app.gui.canvas.view import Bounds, View
from app.gui.canvas.wishes import LayerDraw, SelectionWish, VectorWish
from layers.base import LayerType
from layers.style import SELECTED, SELECTED_CASING, TICK_MM, TICK_SPACING_MM, LayerStyle, LineStyle

# Level of detail, in device pixels: below _TINY a shape is a dot, below _SMALL it has neither hatch nor ticks. Beyond
# _MANY vertices in view strokes are hairlines (3 times as fast). Shapes beyond _HUGE are cut to the view first.
_TINY, _SMALL, _MANY, _HUGE = 1.6, 14.0, 40_000, 16_000
_MANY_PARTS = 2_000
_COVERS = 1.2


def blank(view: View) -> QImage:
    """A transparent image of the view's device size."""
    image = QImage(*view.device_size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image


def transform(view: View, origin: tuple[float, float]) -> QTransform:
    """From metres relative to `origin` to device pixels of the view's picture."""
    s = view.dpr / view.scale
    x, y = view.to_screen(origin[0], origin[1])
    return QTransform(s, 0, 0, -s, x * view.dpr, y * view.dpr)


def paint_vectors(wish: VectorWish, stopped: Callable[[], bool]) -> Picture | None:
    """The layers' picture, None if stopped.

    Facts: `drawn`, the (layer, style value) pairs in view, for the legend; `labels`, an image of their own, so that
    the marks of the selection can lie below them.
    """
    image = blank(wish.view)
    drawn: set[tuple[str, str]] = set()
    p = QPainter(image)
    try:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for draw in wish.layers:
            p.setOpacity(draw.opacity)
            if not _paint_layer(p, draw, wish, drawn, stopped):
                return None
    finally:
        p.end()
    facts: dict[str, Any] = {"drawn": frozenset(drawn), "empty": not drawn}
    if drawn and any(d.labels for d in wish.layers):
        facts["labels"] = blank(wish.view)
        p = QPainter(facts["labels"])
        try:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not labels.paint_labels(p, wish, stopped):
                return None
        finally:
            p.end()
    return Picture(wish.view, image, facts)


def paint_selection(wish: SelectionWish, stopped: Callable[[], bool]) -> Picture | None:
    """The marks of selected features: accent line on a white casing."""
    image = blank(wish.view)
    fs = wish.features
    if fs is not None and wish.layer is not None and len(wish.positions):
        p = QPainter(image)
        try:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            parts = fs.parts_in(wish.view.bounds)
            parts = parts[np.isin(fs.part_feature[parts], wish.positions)]
            ppm = styles.pixels_per_mm(dpr=wish.view.dpr)
            hairline = _hairline(fs, wish.view.expanded(wish.around_px), wish.positions)
            for line in (SELECTED_CASING, SELECTED):
                style = LayerStyle(line, None, (wish.layer.style.marker_mm + line.width_mm) or 2.0)
                p.setPen(styles.pen(line, ppm, hairline=hairline))
                p.setBrush(Qt.BrushStyle.NoBrush)
                if not _paint_parts(p, fs, parts, wish.layer, style, wish.view, stopped):
                    return None
        finally:
            p.end()
    return Picture(wish.view, image, {"empty": fs is None or not len(wish.positions)})


def _paint_layer(
    p: QPainter, draw: LayerDraw, wish: VectorWish, drawn: set[tuple[str, str]], stopped: Callable[[], bool]
) -> bool:
    fs, layer, view = draw.features, draw.layer, wish.view
    parts = fs.parts_in(view.bounds)
    seen = _seen(fs, parts, view.expanded(-wish.margin_px).bounds)
    clear = _covered(fs, wish.covered) if layer.role == "site" else np.zeros(len(fs), bool)
    hairline = _hairline(fs, wish.view.expanded(wish.around_px))
    ppm = styles.pixels_per_mm(dpr=view.dpr)
    for value, members in _by_style(fs, layer, parts):
        style = layer.style_of(value)
        if seen[fs.part_feature[members]].any():
            drawn.add((layer.key, value if value in layer.styles else ""))
        size = _sizes(fs, members, view)
        tiny = (size < _TINY) & (layer.geometry != "POINT")
        if tiny.any():
            _paint_dots(p, fs, members[tiny], style, view)
        shown = members[~tiny]
        small = size[~tiny] < _SMALL
        period = styles.hatch_period(style, ppm)
        origin = transform(view, fs.origin).map(QPointF(0, 0))
        p.setBrushOrigin(QPointF(round(origin.x()) % period, round(origin.y()) % period))
        bare = clear[fs.part_feature[shown]] & ~small
        for chosen, plain, filled in (
            (shown[small], True, True),
            (shown[~small & ~bare], False, True),
            (shown[bare], False, False),
        ):
            p.setPen(styles.pen(style.line, ppm, hairline=hairline or plain))
            p.setBrush(styles.brush(style, ppm, plain=plain or hairline) if filled else Qt.BrushStyle.NoBrush)
            if not _paint_parts(p, fs, chosen, layer, style, view, stopped):
                return False
        if style.line.ticks and not hairline:
            _paint_ticks(p, fs, shown[~small], style.line, view, ppm)
    return True


def _hairline(fs: FeatureSet, around: View, chosen: NDArray[np.int64] | None = None) -> bool:
    """True if strokes are hairlines: the same for a picture of the window and for one with its margin."""
    parts = fs.parts_in(around.bounds)
    if chosen is not None:
        parts = parts[np.isin(fs.part_feature[parts], chosen)]
    return int(fs.part_vertices[parts].sum()) > _MANY


def _seen(fs: FeatureSet, parts: NDArray[np.int64], window: Bounds) -> NDArray[np.bool_]:
    """Which features reach into the window; of very many, all whose bounds do so in the picture."""
    seen = np.zeros(len(fs), bool)
    seen[fs.part_feature[parts] if len(parts) > _MANY_PARTS else fs.inside(window)] = True
    return seen


def _covered(fs: FeatureSet, covered: tuple[Bounds, ...]) -> NDArray[np.bool_]:
    """Which features lie under an overlay with more than half of their extent."""
    under = np.zeros(len(fs), bool)
    b = fs.bounds
    for x0, y0, x1, y1 in covered:
        width = np.minimum(b[:, 2], x1) - np.maximum(b[:, 0], x0)
        height = np.minimum(b[:, 3], y1) - np.maximum(b[:, 1], y0)
        own = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
        under |= np.clip(width, 0, None) * np.clip(height, 0, None) > own / 2
    return under


def _by_style(fs: FeatureSet, layer: LayerType, parts: NDArray[np.int64]) -> Iterable[tuple[str, NDArray[np.int64]]]:
    if not len(parts):
        return
    if not fs.style_values:
        yield "", parts
        return
    values = np.array([fs.style_values[i] for i in fs.part_feature[parts]], object)
    # The order of the declaration is the drawing order; values without a style of their own come first.
    known = [v for v in layer.styles if (values == v).any()]
    for value in [v for v in dict.fromkeys(values.tolist()) if v not in layer.styles] + known:
        yield value, parts[values == value]


def _sizes(fs: FeatureSet, parts: NDArray[np.int64], view: View) -> NDArray[np.float64]:
    """The longer side of each part in device pixels."""
    b = fs.part_bounds[parts]
    return np.maximum(b[:, 2] - b[:, 0], b[:, 3] - b[:, 1]) * (view.dpr / view.scale)


def _paint_dots(p: QPainter, fs: FeatureSet, parts: NDArray[np.int64], style: LayerStyle, view: View) -> None:
    b = fs.part_bounds[parts]
    x, y = view.to_screen((b[:, 0] + b[:, 2]) / 2, (b[:, 1] + b[:, 3]) / 2)
    p.setPen(QPen(QColor(style.line.color), 1.5))
    p.drawPoints(qpolygon(np.column_stack((x, y)) * view.dpr))


def _paint_parts(
    p: QPainter, fs: FeatureSet, parts: NDArray[np.int64], layer: LayerType, style: LayerStyle, view: View,
    stopped: Callable[[], bool],
) -> bool:  # fmt: skip
    if layer.geometry == "POINT":
        _paint_points(p, fs, parts, style, view)
        return not stopped()
    huge = _sizes(fs, parts, view) > _HUGE
    for part in parts[huge].tolist():
        _paint_cut(p, fs, part, view)
    if layer.geometry == "MULTILINESTRING":
        p.setBrush(Qt.BrushStyle.NoBrush)
    dashed = p.pen().style() == Qt.PenStyle.CustomDashLine
    to_pixels = transform(view, fs.origin).map
    shapes = (to_pixels(s) for s in fs.detail.shapes(parts[~huge], view, exact=dashed) if s is not None)
    if not _line_hides_edge(p):
        return _paint_shapes(p, shapes, layer, stopped)
    pen, kept = p.pen(), list(shapes)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(Qt.PenStyle.NoPen)
    filled = _paint_shapes(p, kept, layer, stopped)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    return filled and _paint_shapes(p, kept, layer, stopped)


def _line_hides_edge(p: QPainter) -> bool:
    """True if the painter's fill needs no smooth edge, which takes longer than the fill: the line lies over it.

    Below a line that is opaque and wider than a pixel what remains of the difference is a twentieth of the fill.
    """
    pen = p.pen()
    opaque = pen.style() == Qt.PenStyle.SolidLine and pen.color().alpha() == 255 and p.opacity() >= 1
    return opaque and pen.widthF() > _COVERS and p.brush().style() != Qt.BrushStyle.NoBrush


def _paint_shapes(p: QPainter, shapes: Iterable[Any], layer: LayerType, stopped: Callable[[], bool]) -> bool:
    polygon, path = p.drawPolyline if layer.geometry == "MULTILINESTRING" else p.drawPolygon, p.drawPath
    for n, shape in enumerate(shapes):
        (polygon if type(shape) is QPolygonF else path)(shape)
        if n % 32 == 0 and stopped():
            return False
    return True


def _paint_points(p: QPainter, fs: FeatureSet, parts: NDArray[np.int64], style: LayerStyle, view: View) -> None:
    b = fs.part_bounds[parts]
    x, y = view.to_screen(b[:, 0], b[:, 1])
    r = max(style.marker_mm, 1.0) * styles.pixels_per_mm(dpr=view.dpr) / 2
    for px, py in zip((x * view.dpr).tolist(), (y * view.dpr).tolist(), strict=True):
        p.drawEllipse(QPointF(px, py), r, r)


def _paint_cut(p: QPainter, fs: FeatureSet, part: int, view: View) -> None:
    """A part far larger than the window: cut to a box just outside it, so that Qt strokes metres and not provinces."""
    feature = fs.geometries[fs.part_feature[part]]
    x0, y0, x1, y1 = view.bounds
    pad = 40 * view.scale
    cut = shapely.clip_by_rect(feature, x0 - pad, y0 - pad, x1 + pad, y1 + pad)
    for piece in shapely.get_parts(cut):
        rings = shapely.get_rings(piece) if piece.geom_type == "Polygon" else [piece]
        path = QPainterPath()
        for ring in rings:
            xy = shapely.get_coordinates(ring)
            x, y = view.to_screen(xy[:, 0], xy[:, 1])
            path.addPolygon(qpolygon(np.column_stack((x, y)) * view.dpr))
        p.drawPath(path)


def _paint_ticks(
    p: QPainter, fs: FeatureSet, parts: NDArray[np.int64], line: LineStyle, view: View, ppm: float
) -> None:
    """Short marks from the rim inward: a pit falls towards its inside."""
    segments: list[Any] = []
    width, height = view.device_size
    for feature in np.unique(fs.part_feature[parts]).tolist():
        for ring, is_hole in fs.rings_of(feature):
            x, y = view.to_screen(ring[:, 0], ring[:, 1])
            length = -TICK_MM * ppm if is_hole else TICK_MM * ppm
            marks = ticks(np.column_stack((x, y)) * view.dpr, TICK_SPACING_MM * ppm, length)
            if len(marks):
                seen = (marks[:, 0] > -9) & (marks[:, 1] > -9) & (marks[:, 0] < width + 9) & (marks[:, 1] < height + 9)
                segments.append(marks[seen])
    if not segments:
        return
    flat = np.concatenate(segments).reshape(-1, 2)
    pen = QPen(QColor(line.color), max(0.2 * ppm, 1.0))
    p.setPen(pen)
    points = [QPointF(a, b) for a, b in flat[:40_000].tolist()]
    p.drawLines(points)
