"""Lays pictures on the window: moved and scaled from the view they were drawn for to the present one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.gui.canvas.overlay import Overlay
from app.gui.canvas.slots import Picture
from app.gui.canvas.view import Bounds, View


def lay_picture(p: QPainter, view: View, held: Picture | None, part: str = "") -> None:
    """A picture, or another `part` of it that lies among its facts, where the view is now."""
    image = held and (held.facts.get(part) if part else held.image)
    if held is None or image is None or held.facts.get("empty"):
        return
    x0, _, _, y1 = held.view.bounds
    left, top = view.to_screen(x0, y1)
    dpr = view.dpr
    ratio = held.view.scale / view.scale
    if abs(ratio - 1) < 1e-9 and held.view.dpr == dpr:
        image.setDevicePixelRatio(dpr)
        p.drawImage(QPointF(round(left * dpr) / dpr, round(top * dpr) / dpr), image)
        return
    target = QRectF(left, top, held.view.width * ratio, held.view.height * ratio)
    image.setDevicePixelRatio(1.0)
    p.drawImage(target, image, QRectF(image.rect()))


def lay_overlay(p: QPainter, view: View, overlay: Overlay) -> None:
    """The part of an overlay that the view shows."""
    x0, y0, x1, y1 = overlay.bounds
    seen = _common(overlay.bounds, view.expanded(4).bounds)
    if seen is None or x1 <= x0 or y1 <= y0:
        return
    w, h = overlay.image.width(), overlay.image.height()
    source = QRectF(
        (seen[0] - x0) / (x1 - x0) * w, (y1 - seen[3]) / (y1 - y0) * h,
        (seen[2] - seen[0]) / (x1 - x0) * w, (seen[3] - seen[1]) / (y1 - y0) * h,
    )  # fmt: skip
    left, top = view.to_screen(seen[0], seen[3])
    right, bottom = view.to_screen(seen[2], seen[1])
    p.save()
    p.setOpacity(overlay.opacity)
    # Classed pictures keep their class limits sharp when close; from afar every picture is smoothed.
    near = (right - left) * view.dpr > source.width()
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, overlay.smooth or not near)
    p.drawImage(QRectF(left, top, right - left, bottom - top), overlay.image, source)
    p.restore()


def _common(a: Bounds, b: Bounds) -> Bounds | None:
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
