"""Move the map by dragging."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from app.gui.canvas.tools.base import Tool
from models.notices import N_


class PanTool(Tool):
    """Left drag moves the map. The canvas does the same itself for the middle button and for space + drag."""

    name = "pan"
    help = N_("Drag to move the map; wheel zooms at the pointer")
    cursor = Qt.CursorShape.OpenHandCursor

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.canvas.begin_pan(event.position(), event.button())
        elif event.button() == Qt.MouseButton.RightButton:
            self.canvas.menu_wanted.emit(event.globalPosition().toPoint(), None)
