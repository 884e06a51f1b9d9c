"""What the right button offers on the map: copy the place, delete a point, the tools that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.gui.icons import set_icon
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.canvas import MapCanvas
    from app.gui.main_window import MainWindow

_OFFERED = ("coordinates", "", "zoom_selection", "tool_vertex", "tool_split", "merge", "delete")


class MapMenu:
    """Built anew each time it is asked for, so that it fits what is selected."""

    def __init__(self, window: MainWindow, canvas: MapCanvas) -> None:
        self.window, self.canvas = window, canvas
        self.menu: QMenu | None = None

    def show(self, at: QPoint, place: Any = None) -> None:
        """At a place of the screen; `place` (x, y) is a point of an outline that it is about, if any."""
        self.menu = self.build(at, place)
        self.menu.popup(at)

    def build(self, at: QPoint, place: Any = None) -> QMenu:
        """The menu for a place."""
        menu = QMenu(self.window)
        inner = self.canvas.mapFromGlobal(at)
        x, y = place or (float(v) for v in self.canvas.view.to_world(inner.x(), inner.y()))
        if place is not None:
            tool = self.canvas.tool
            words = _("Delete point {point}").format(point=tool.handles.number(place))
            menu.addAction(words, tool.delete_taken)
            menu.addAction(_("Type its coordinates…"), lambda: self.window.trigger("coordinates"))
            menu.addSeparator()
        copies = menu.addMenu(_("Copy the coordinates"))
        set_icon(copies, "copy")
        self._copies(copies, x, y)
        for key in _OFFERED:
            if not key:
                menu.addSeparator()
            elif self.window.acts[key].isEnabled():
                menu.addAction(self.window.acts[key])
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _copies(self, menu: QMenu, x: float, y: float) -> None:
        from gis.coords.write import written

        for name, text in written(x, y, self.canvas.session.project.crs):
            menu.addAction(f"{_(name)}:  {text}", lambda t=text: self._copy(t))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.canvas.session.say("ok", _("copied: {text}").format(text=text))
