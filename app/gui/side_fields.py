"""Length and bearing of the side that is being drawn."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from app.gui.canvas.snapping import Point
from app.gui.icons import set_icon
from app.gui.widgets import button, fill, label, restyle, tool
from app.i18n import _
from models.errors import AppError


class SideFields(QWidget):
    """Length and bearing of the next side. What stands in a field holds it; the lock keeps it for those after it."""

    def __init__(self, canvas: Any) -> None:
        super().__init__()
        self.canvas = canvas
        self._count = 0
        self.length, self.bearing = QLineEdit(), QLineEdit()
        self.locks: dict[QLineEdit, QToolButton] = {}
        parts: list[Any] = []
        for field, name, unit in ((self.length, _("Length"), "m"), (self.bearing, _("Bearing"), "°")):
            field.setAccessibleName(name)
            field.setFixedWidth(96)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.textChanged.connect(self._hold)
            field.returnPressed.connect(self.put)
            lock = tool("lock-open", _("Keep for the sides after this one"))
            lock.setCheckable(True)
            lock.toggled.connect(lambda on, b=lock: set_icon(b, "lock" if on else "lock-open", "text_2", 16))
            self.locks[field] = lock
            parts += [label(name, "secondary"), field, label(unit, "muted"), lock]
        inner = QHBoxLayout(self)
        self.go = button(_("Put the point"), self.put)
        fill(inner, [*parts, None, self.go], 6, (0, 0, 0, 0))
        canvas.tool_moved.connect(self._on_tool)
        canvas.pointer_moved.connect(self._on_pointer)

    def values(self) -> tuple[float | None, float | None]:
        """(length in m, bearing in degrees) that are given."""
        return typed_number(self.length.text()), typed_number(self.bearing.text(), angle=True)

    def _hold(self) -> None:
        length, bearing = self.values()
        for field, value in ((self.length, length), (self.bearing, bearing)):
            restyle(field, invalid=bool(field.text().strip()) and value is None)
        self.canvas.side_lock.hold(length if length is None or length > 0 else None, bearing)
        self.canvas.update()

    def put(self) -> None:
        """Put the next point where both say; a missing one is taken from the pointer."""
        points = sketched(self.canvas)
        length, bearing = self.values()
        pointer = getattr(self.canvas.tool, "pointer", None)
        if not points or (length is None and bearing is None):
            return
        from gis.editing.shapes import along
        from gis.editing.shapes import bearing as bearing_of

        if length is None:
            length = math.dist(points[-1], self.canvas.side_lock.applied(points[-1], pointer)) if pointer else 0.0
        if bearing is None:
            if pointer is None:
                self.bearing.setFocus()
                return
            bearing = bearing_of(points[-1], pointer)
        self.canvas.tool.enter([along(points[-1], length, bearing)])
        self.length.setFocus()

    def release(self) -> None:
        """Nothing is held any more."""
        for field, lock in self.locks.items():
            lock.setChecked(False)
            field.clear()

    def _on_tool(self) -> None:
        count = len(sketched(self.canvas))
        if count > self._count:
            for field, lock in self.locks.items():
                if not lock.isChecked():
                    field.clear()
        elif not count:
            self.release()
        self._count = count

    def _on_pointer(self, x: float, y: float) -> None:
        if not self.isVisible():
            return
        points, pointer = sketched(self.canvas), getattr(self.canvas.tool, "pointer", None) or (x, y)
        if points:
            from gis.editing.shapes import bearing

            self.length.setPlaceholderText(f"{math.dist(points[-1], pointer):.3f}")
            self.bearing.setPlaceholderText(f"{bearing(points[-1], pointer):.4f}")


def sketched(canvas: Any) -> list[Point]:
    """The places drawn so far with the tool in use."""
    return list(getattr(canvas.tool, "points", ()))


def typed_number(text: str, *, angle: bool = False) -> float | None:
    """A typed number; an angle may be in degrees, minutes and seconds."""
    from gis.coords.tokens import plain, values

    cleaned = plain(text).replace(",", ".").strip()
    if not cleaned:
        return None
    try:
        found = values(cleaned)
    except AppError:
        return None
    if len(found) != 1 or (found[0].angle and not angle):
        return None
    return found[0].value
