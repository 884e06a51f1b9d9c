"""Pieces of the map's furniture, drawn when they change and laid as pictures at each step of a drag.

Drawing them takes longer than laying the map itself. While the window's thread draws, threads that compute may take
Python's lock from it, so that each of its milliseconds becomes two or three.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

Draw = Callable[[QPainter], QRectF]
"""Draws a piece and returns where it stands (logical pixels); an empty box if nothing was drawn."""
_ROOM = 2.0


class Piece:
    """A scale bar, an arrow, a legend: kept as a picture as long as its key stays the same.

    Drawn straight on the map for a new key, and as a picture the next time: then it is known where it stands.
    """

    def __init__(self) -> None:
        self._key: Hashable = None
        self._box = QRectF()
        self._at = QPointF()
        self._image: QImage | None = None

    def paint(self, p: QPainter, key: Hashable, draw: Draw) -> None:
        """Lay the piece. `key` names all that `draw` depends on besides the painter's font and scale."""
        ratio = p.device().devicePixelRatioF()
        key = (key, ratio, p.font().key())
        if key != self._key:
            p.save()
            self._key, self._box, self._image = key, draw(p), None
            p.restore()
            return
        if self._image is None and not self._box.isEmpty():
            self._image = self._drawn(p, ratio, draw)
        if self._image is not None:
            p.drawImage(self._at, self._image)

    def _drawn(self, p: QPainter, ratio: float, draw: Draw) -> QImage:
        box = self._box
        corner = QPoint(math.floor((box.left() - _ROOM) * ratio), math.floor((box.top() - _ROOM) * ratio))
        size = QSize(
            math.ceil((box.width() + 2 * _ROOM) * ratio) + 1, math.ceil((box.height() + 2 * _ROOM) * ratio) + 1
        )
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        image.setDevicePixelRatio(ratio)
        self._at = QPointF(corner) / ratio
        q = QPainter(image)
        try:
            q.setFont(p.font())
            q.setRenderHints(p.renderHints())
            q.translate(-self._at)
            draw(q)
        finally:
            q.end()
        return image
