"""The map widget: what others ask of it and what it hears; hands mouse and keys to the tool."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.gui.canvas import theme as themes
from app.gui.canvas.aim import SideLock
from app.gui.canvas.features import FeatureSet
from app.gui.canvas.ghost import Ghost
from app.gui.canvas.map_layers import MapLayers
from app.gui.canvas.marked import Marked
from app.gui.canvas.navigation import Navigation
from app.gui.canvas.notes import Note
from app.gui.canvas.offered import Offered
from app.gui.canvas.overlay import Overlay
from app.gui.canvas.painting import Painting
from app.gui.canvas.pictures import Pictures
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.tools import LASTING, TOOLS, Tool
from app.gui.snap_settings import SnapSettings
from app.gui.theme import theme_signals
from app.i18n import _
from layers.registry import LAYERS


class MapCanvas(Navigation, Painting, QWidget):
    """The project's map. `session` is app.gui.session.Session; see there for what it tells and is told."""

    pointer_moved = Signal(float, float)
    pointer_left = Signal()
    view_changed = Signal()
    outline_drawn = Signal(object)
    section_drawn = Signal(object)
    help_changed = Signal(str)
    tool_changed = Signal(str)
    tool_moved = Signal()
    menu_wanted = Signal(object, object)
    typed = Signal(str)

    def __init__(self, session: Any, map_layers: MapLayers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.map_layers = session, map_layers
        self.theme: CanvasTheme = themes.current()
        self.init_painting()
        self._warned: set[str] = set()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(200, 150)
        self.setAccessibleName(_("Map"))
        self.pictures = Pictures(session, map_layers, self)
        self.pictures.theme, self.pictures.dpi = self.theme, self.logicalDpiX()
        self.ghost, self.marked, self.offered = Ghost(), Marked(), Offered()
        self.notes: dict[str, Note] = {}
        self.snapping, self.side_lock = SnapSettings(self), SideLock(self)
        self.init_navigation()
        self._connect()  # before the tools: they hear of a selection when the map knows it
        self._tools: dict[str, Tool] = {name: kind(self) for name, kind in TOOLS.items()}
        self._tool = self._tools["select"]
        self._tool.activate()
        if session.project is not None:
            self._on_opened()

    def _connect(self) -> None:
        pictures, session = self.pictures, self.session
        pictures.updated.connect(self.update)
        pictures.loaded.connect(self._on_loaded)
        pictures.terrain_problem.connect(self._on_terrain_problem)
        self.map_layers.changed.connect(self._on_entry_changed)
        self.map_layers.entries_changed.connect(pictures.request)
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        session.changed.connect(self._on_changed)
        session.selection_changed.connect(self._on_selection)
        session.terrain_changed.connect(self._on_terrains)
        theme_signals().changed.connect(self._on_theme)
        self.destroyed.connect(pictures.ender())

    # Tools ---------------------------------------------------------------------------------------------------------

    @property
    def tool(self) -> Tool:
        """The tool in use."""
        return self._tool

    def set_tool(self, name: str) -> None:
        """Use another tool: one of canvas.tools.TOOLS."""
        tool = self._tools[name]
        if tool is not self._tool:
            self._tool.deactivate()
            self._tool = tool
            self._tool.activate()
            self.tool_changed.emit(name)
        self.help_changed.emit(tool.help_text())
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def waiting(self) -> dict[str, list[tuple[float, float]]]:
        """Corners of outlines that are not finished, by the tool that draws them: kept with the project's state."""
        return {name: list(self._tools[name].points) for name in LASTING if self._tools[name].points}

    def wait_with(self, drawn: dict[str, list[tuple[float, float]]]) -> None:
        """Such corners back into their tools, which go on from there."""
        for name, points in drawn.items():
            if name in LASTING:
                self._tools[name].points[:] = points
        self.update()

    def visible_features(self) -> list[tuple[str, FeatureSet]]:
        """Visible layers that are loaded, from below to above."""
        held = self.pictures.features
        now = self.scale_denominator()
        return [(e.key, held[e.key]) for e in self.map_layers.layers() if e.shown_at(now) and e.key in held]

    @property
    def selection(self) -> tuple[str, frozenset[int]]:
        """Layer and row numbers of what is selected."""
        return self.pictures.selection

    @staticmethod
    def role(layer: str) -> str:
        """site, control or reference."""
        return LAYERS[layer].role

    # What others ask of the map ------------------------------------------------------------------------------------

    def set_overlay(self, name: str, overlay: Overlay | None) -> None:
        """Lay a picture between terrain and outlines, or take it away. At once: a slider may call it each step."""
        self.pictures.set_overlay(name, overlay)

    def show_ghost(self, shape: Any, text: str = "") -> None:
        """Lay an outline of another time over the map, dashed; None takes it away. It is brought into view."""
        self.ghost.show(shape, text)
        bounds, (x0, y0, x1, y1) = self.ghost.bounds, self.view.bounds
        if bounds and (bounds[0] < x0 or bounds[1] < y0 or bounds[2] > x1 or bounds[3] > y1):
            self.zoom_to(bounds, 0.2)
        self.update()

    def settle(self, outline: Any, *, taken: bool) -> None:
        """What became of an outline that was drawn: a feature, or nothing, and then its tool goes on with it."""
        self.offered.settle(outline, taken=taken)
        self.update()

    def set_note(self, name: str, note: Note | None) -> None:
        """Lay marks of that name over the map (a spill point, a section's line), or take them away."""
        if note is not None:
            self.notes[name] = note
        elif self.notes.pop(name, None) is None:
            return
        self.update()

    def elevation_at(self, x: float, y: float) -> float | None:
        """Height in metres of the topmost visible terrain at a place; None where there is none."""
        found = self.ground_at(x, y)
        return found[0] if found else None

    def ground_at(self, x: float, y: float) -> tuple[float, str] | None:
        """Height in metres at a place and the name of the terrain it comes from: the topmost visible one, else any."""
        if self.session.project is None or "drawn" not in self.pictures.facts("ground"):
            return None  # the libraries are loaded by the first picture, in the background
        return self.pictures.probe.height(self.pictures.height_draws(), self.session.project.crs, x, y)

    def shutdown(self) -> None:
        """End the background threads; before the window goes."""
        for tool in self._tools.values():
            tool.shutdown()
        self.pictures.shutdown()

    # Changes -------------------------------------------------------------------------------------------------------

    def _on_opened(self) -> None:
        self.pictures.clear()
        self.forget_views()
        self._warned.clear()
        self._on_terrains()
        self.pictures.reload()

    def _on_closed(self) -> None:
        for tool in self._tools.values():  # a drawing that waits belongs to the project that closes
            tool.cancel()
        self.ghost.show(None)
        self.notes.clear()
        self.marked.clear()
        self.offered.clear()
        self.pictures.clear()
        self.map_layers.set_terrains([])
        self.map_layers.set_basemaps([])
        self.forget_views()

    def _on_changed(self, change: Any) -> None:
        tables = set(change.tables)
        self.pictures.reload(tables & set(LAYERS))
        if tables & {"terrains", "basemaps"}:
            self._on_terrains()

    def _on_terrains(self) -> None:
        store = self.session.project.store if self.session.project is not None else None
        terrains = [(t, store.terrain_path(t)) for t in store.terrains()] if store is not None else []
        self.pictures.set_terrains(terrains)
        self.map_layers.set_terrains(t.name for t, _path in terrains)
        basemaps = [(b, store.basemap_path(b)) for b in store.basemaps()] if store is not None else []
        self.pictures.set_basemaps(basemaps)
        self.map_layers.set_basemaps(b.name for b, _path in basemaps)
        self._warned &= {*self.pictures.terrains, *self.pictures.basemaps}
        self.pictures.request_ground()

    def _on_loaded(self) -> None:
        if not self.placed:
            self.zoom_home()

    def _on_selection(self, layer: str, fids: Any) -> None:
        self.pictures.selection = (layer, frozenset(fids))
        self.pictures.request_selection()

    def _on_entry_changed(self, key: str) -> None:
        entry = self.map_layers.entry(key)
        if entry is not None and not entry.is_layer:
            self.pictures.request_ground()
        else:
            self.pictures.request_layers()

    def _on_terrain_problem(self, name: str, error: Any) -> None:
        if name not in self._warned:
            self._warned.add(name)
            self.session.notice.emit("warning", f"{name}: {error.sentence(_)}")

    def _on_theme(self) -> None:
        self.theme = self.pictures.theme = themes.current()
        self.pictures.font_family = self.font().family()
        self.pictures.request()
        self.update()

    # Events --------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_window()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "pictures"):
            self.pictures.font_family = self.font().family()
            self.pictures.request_layers()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._tool.wants(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.fit_window()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (self.space_held and left):
            self.begin_pan(event.position(), event.button())
        elif left and self.legend.press(event.position()):
            self.update()
        elif not self.panning:
            self._tool.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self.panning:
            self.pan_to(at)
        else:
            self._tool.move(event)
        self.pointer_moved.emit(*(float(v) for v in self.view.to_world(at.x(), at.y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.panning:
            self.end_pan(event.button())
        else:
            self._tool.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if not left or self.space_held or self.legend.box.contains(event.position()):
            self.mousePressEvent(event)
        else:
            self._tool.double_click(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._tool.leave()
        self.pointer_left.emit()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._tool.key(event) or self.navigation_key(event):
            return
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and event.text().isdecimal() and hasattr(self._tool, "enter"):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.navigation_key_up(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        self.drop_space()
        super().focusOutEvent(event)
