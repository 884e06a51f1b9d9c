"""The working page: layers, map, inventory, inspector, with handles between them that are remembered."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.gui import settings
from app.gui.map_memory import MapMemory
from app.gui.panels.inspector.panel import InspectorPanel
from app.gui.panels.inventory.panel import InventoryPanel
from app.gui.project_memory import ProjectMemory
from app.gui.widgets import column, label, row, tool
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session

_log = logging.getLogger("huitian.gui")
LAYERS_PX, INSPECTOR_PX = 252, 372
_INVENTORY = (140, 300)  # least and most height of the inventory at first: a third of the page between them
_NARROW = 1100  # below this width the map comes first, and the layer panel waits until it is asked for


class Workspace(QWidget):
    """Panels around the canvas. `folded` tells which panel was shown or folded."""

    folded = Signal(str, bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.canvas, self.map_layers, layer_tree = _map_parts(session, self)
        self.layer_tree = layer_tree
        self.coordinates = _coordinate_box(self.canvas)
        self.layer_panel = self._framed(layer_tree)
        self.map_memory = MapMemory(session, self.map_layers, self)
        self.inventory = InventoryPanel(session)
        self.inspector = InspectorPanel(session)
        for panel, least in ((self.layer_panel, 160), (self.inspector, 340)):
            panel.setMinimumWidth(least)
        self.inventory.setMinimumHeight(96)
        self._upper = _splitter(Qt.Orientation.Horizontal, self.layer_panel, self.canvas)
        self._left = _splitter(Qt.Orientation.Vertical, self._upper, self.inventory)
        self._all = _splitter(Qt.Orientation.Horizontal, self._left, self.inspector)
        self._upper.setStretchFactor(1, 1)
        self._left.setStretchFactor(0, 1)
        self._all.setStretchFactor(0, 1)
        self._upper.setSizes([LAYERS_PX, 900])
        self._all.setSizes([1000, INSPECTOR_PX])
        self.setLayout(column(self._all, spacing=0))
        self._arranged = False
        for name, splitter in self._splitters().items():
            kept = settings.value(f"window/{name}")
            if kept is not None:
                splitter.restoreState(kept)
        self.inspector.tabs.setCurrentIndex(int(settings.value("window/tab", 1)))
        for name, panel in self.panels().items():
            panel.setVisible(str(settings.value(f"window/show_{name}", "true")).lower() != "false")
        self.memory = ProjectMemory(session, self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            self._arrange()

    def _arrange(self) -> None:
        """The first sizes by the room there is, as at 200 % on a small screen; what a person chose stays."""
        if settings.value("window/left") is None:
            least, most = _INVENTORY
            high = max(least, min(most, self.height() // 3))
            self._left.setSizes([self.height() - high, high])
        if self.width() < _NARROW and settings.value("window/show_layers") is None:
            self.layer_panel.hide()
            self.folded.emit("layers", False)

    def _framed(self, tree: QWidget) -> QWidget:
        """The layer tree under a heading like those of the other panels."""
        fold = tool("chevron-left", _("Fold (F6)"), lambda: self.inspector.act.emit("panel_layers"))
        head = row(label(_("Layers"), "heading"), None, fold, margins=(12, 6, 8, 6))
        panel = QWidget()
        panel.setProperty("role", "panel")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        panel.setLayout(column(head, tree, spacing=0))
        return panel

    def _splitters(self) -> dict[str, QSplitter]:
        return {"upper": self._upper, "left": self._left, "all": self._all}

    def panels(self) -> dict[str, QWidget]:
        """The panels that fold."""
        return {"layers": self.layer_panel, "inventory": self.inventory, "inspector": self.inspector}

    def show_panel(self, name: str, visible: bool) -> None:
        """Show or fold a panel."""
        self.panels()[name].setVisible(visible)
        settings.remember(f"window/show_{name}", visible)
        self.folded.emit(name, visible)

    def save_state(self) -> None:
        """Remember widths."""
        for name, splitter in self._splitters().items():
            settings.remember(f"window/{name}", splitter.saveState())
        self.inventory.save_state()
        self.map_memory.save()
        self.memory.save()
        settings.remember("window/tab", self.inspector.tabs.currentIndex())

    def shutdown(self) -> None:
        """Before the window goes."""
        if hasattr(self.canvas, "shutdown"):
            self.canvas.shutdown()


def _splitter(way: Qt.Orientation, *parts: QWidget) -> QSplitter:
    made = QSplitter(way)
    made.setHandleWidth(1)
    made.setChildrenCollapsible(False)
    for part in parts:
        made.addWidget(part)
    return made


def _coordinate_box(canvas: Any) -> Any:
    from app.gui.coordinate_box import CoordinateBox  # brings the map's numbers in

    return CoordinateBox(canvas)


def _map_parts(session: Session, parent: QWidget) -> tuple[Any, Any, QWidget]:
    from app.gui.canvas import MapCanvas, MapLayers
    from app.gui.panels.layer_panel import LayerPanel

    layers = MapLayers(parent)
    canvas = MapCanvas(session, layers)
    return canvas, layers, LayerPanel(session, layers, canvas)
