"""Outlines that were drawn and wait for their fields: they stay on the map, and go back to be drawn on if unwanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QPainter


class Offered:
    """What was drawn (shapely, project CRS), each with what puts its sketch back into the tool it came from."""

    def __init__(self) -> None:
        self._held: list[tuple[Any, Callable[[], None]]] = []

    @property
    def shapes(self) -> list[Any]:
        """What waits now."""
        return [shape for shape, _back in self._held]

    def hold(self, shape: Any, back: Callable[[], None]) -> None:
        """Another outline; `back` is called if it is given back."""
        self._held.append((shape, back))

    def settle(self, shape: Any, *, taken: bool) -> None:
        """It became a feature, or nobody wants it; nothing happens with one that is not held."""
        for at, (held, back) in enumerate(self._held):
            if held is shape:
                del self._held[at]
                if not taken:
                    back()
                return

    def clear(self) -> None:
        """Another project."""
        self._held.clear()

    def paint(self, p: QPainter, canvas: Any) -> None:
        """Paint over the map."""
        from app.gui.canvas.tools.pieces import paint_outlines

        paint_outlines(p, canvas, self.shapes)
