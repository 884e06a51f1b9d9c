"""Where the pointer means: snapped, or held to a length and a bearing that were typed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from app.gui.canvas.snapping import Point, Snap, on_grid, snap

if TYPE_CHECKING:
    from app.gui.canvas.widget import MapCanvas


class SideLock(QObject):
    """Length (m) and grid bearing (degrees) that the side being drawn is held to; None leaves one free."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.length_m: float | None = None
        self.bearing_deg: float | None = None

    def hold(self, length_m: float | None, bearing_deg: float | None) -> None:
        """Hold the side to these."""
        if (length_m, bearing_deg) != (self.length_m, self.bearing_deg):
            self.length_m, self.bearing_deg = length_m, bearing_deg
            self.changed.emit()

    def __bool__(self) -> bool:
        return self.length_m is not None or self.bearing_deg is not None

    def applied(self, start: Point, to: Point) -> Point:
        """The place meant by a pointer at `to` for a side that begins at `start`."""
        dx, dy = to[0] - start[0], to[1] - start[1]
        reach = math.hypot(dx, dy)
        if self.bearing_deg is not None:
            t = math.radians(self.bearing_deg)
            ux, uy = math.sin(t), math.cos(t)
            length = self.length_m if self.length_m is not None else max(0.0, dx * ux + dy * uy)
        elif self.length_m is not None and reach > 0:
            ux, uy, length = dx / reach, dy / reach, self.length_m
        else:
            return to
        return on_grid(start[0] + ux * length, start[1] + uy * length)


def aim(
    canvas: MapCanvas, at: QPointF, modifiers: Qt.KeyboardModifier, *, own: Sequence[Point] = (),
    path: Sequence[Point] = (), hidden: Sequence[Point] = (),
) -> tuple[Point, Snap | None]:  # fmt: skip
    """The place on the ground that the pointer means, and the target it snapped to. Ctrl frees."""
    target: Snap | None = None
    if not modifiers & Qt.KeyboardModifier.ControlModifier:
        held = canvas.snapping
        target = snap(
            canvas.view, at.x(), at.y(), [fs for _key, fs in canvas.visible_features()], own, held.tolerance_px,
            kinds=held.wanted(), path=path, hidden=hidden, grid_m=held.grid_m,
        )  # fmt: skip
    place = (target.x, target.y) if target else on_grid(*canvas.view.to_world(at.x(), at.y()))
    if path and canvas.side_lock:
        locked = canvas.side_lock.applied(path[-1], place)
        return locked, target if target is not None and math.dist(locked, place) < 1e-3 else None
    return place, target
