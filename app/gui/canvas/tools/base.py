"""What a tool is: how it answers mouse and keys, what it paints over the map, what the status bar says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from app.gui.abstract import QtAbstract
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.canvas.widget import MapCanvas

DRAG_PX = 4.0
"""A press that moved less than this is a click."""


class Tool(QObject, metaclass=QtAbstract):
    """One way of using the mouse on the map. The canvas keeps panning, wheel and keyboard navigation for itself."""

    name: ClassVar[str] = ""
    help: ClassVar[str] = ""
    """An English template marked with N_: one line for the status bar."""
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas

    def help_text(self) -> str:
        """The status-bar line, in the current language."""
        return _(self.help)

    def activate(self) -> None:
        """The tool was chosen."""
        self.canvas.setCursor(self.cursor)

    def deactivate(self) -> None:
        """Another tool was chosen; drop what was begun."""
        self.cancel()

    def cancel(self) -> bool:
        """Esc: drop what was begun. True if there was something."""
        return False

    def press(self, event: QMouseEvent) -> None:
        """A button went down."""

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved, with or without a button."""

    def release(self, event: QMouseEvent) -> None:
        """A button came up."""

    def double_click(self, event: QMouseEvent) -> None:
        """The second press of a double click."""
        self.press(event)

    def key(self, event: QKeyEvent) -> bool:
        """A key went down; True if the tool used it."""
        return bool(event.key() == Qt.Key.Key_Escape and self.cancel())

    def wants(self, event: QKeyEvent) -> bool:  # noqa: ARG002 - for subclasses
        """True if the tool needs this key although the window has a shortcut for it (Delete while drawing)."""
        return False

    def undo_words(self) -> str:
        """What undo takes back of what this tool began, in the current language; "" for a step of the project."""
        return ""

    def undo(self) -> None:
        """Take that back."""

    def leave(self) -> None:
        """The pointer left the map."""

    def shutdown(self) -> None:
        """The map goes: end what runs in the background."""

    def grips(self) -> list[QRectF]:
        """What can be taken hold of, logical pixels: words over the map keep clear of it where there is room."""
        return []

    def paint(self, p: QPainter) -> None:
        """Paint over the map, in logical pixels of the canvas."""


def is_drag(start: QPointF, now: QPointF) -> bool:
    """True if the pointer has gone far enough to mean a drag."""
    return (now - start).manhattanLength() >= DRAG_PX
