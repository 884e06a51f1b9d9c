"""Moving about the map: the half of the canvas that knows where it looks. Wheel, drag, keys, back and forth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent

from app.gui.canvas.free_room import F64, beside, covered
from app.gui.canvas.heights import terrain_bounds
from app.gui.canvas.view import Bounds, View, ViewHistory
from app.gui.foreground import foreground

if TYPE_CHECKING:
    from app.gui.canvas.pictures import Pictures

_WHEEL_HALF = 240.0  # angle (eighths of a degree) that doubles the scale: two notches
_KEY_STEP = 0.15
_KEY_ZOOM = 1.5
_MOST_REFITS = 3
_SETTLE_MS, _PREVIEW_MS = 350, 60
_ARROWS = {
    Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip


class Navigation:
    """Mixin of MapCanvas. `view` is where the map looks now; pictures are asked for as it moves.

    While it moves (drag, wheel), wishes are soft and at most one in 60 ms: what is being drawn is finished first, so
    there is always something new to lay under the pointer. When it rests, the view goes into the history.
    """

    pictures: Pictures
    session: Any
    cards: Callable[[], list[QRectF]]
    forget_cards: Callable[[], None]

    def init_navigation(self) -> None:
        """Start state; called once by the widget's constructor."""
        self._history = ViewHistory()
        self.placed = self._home = False
        self._stood: tuple[Any, ...] = ()
        self._refits = 0
        self.space_held = False
        self._pan: tuple[QPointF, Qt.MouseButton] | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._preview = QTimer(self, singleShot=True, interval=_PREVIEW_MS)
        self._preview.timeout.connect(self._previewed)

    @property
    def view(self) -> View:
        """Where the map looks."""
        return self.pictures.view

    def set_view(self, view: View, *, moving: bool = False, remember: bool = True) -> None:
        """Look elsewhere. `moving`: more is to come, so pictures may wait; `remember`: for "previous view"."""
        self._home = False
        with foreground:
            self._look_at(view, moving=moving, remember=remember)

    def _look_at(self, view: View, *, moving: bool, remember: bool) -> None:
        if remember and self.placed and not moving:
            self._remember()
        self.pictures.view = view
        self.placed = True
        if moving:
            if not self._preview.isActive():
                self._preview.start()
        else:
            self._preview.stop()
            self.pictures.request()
            if remember:
                self._history.visit(view)
        if remember:
            self._settle.start()
        self.update()
        self.view_changed.emit()

    def _previewed(self) -> None:
        self.pictures.request(soft=True)

    def _settled(self) -> None:
        self._remember()

    def _remember(self) -> None:
        self._settle.stop()
        if self.placed:
            self._history.visit(self.view)

    def forget_views(self) -> None:
        """Another project: the map has no place yet."""
        self._history.clear()
        self._settle.stop()
        self._preview.stop()
        self.placed = False
        self._refits = 0
        self.update()

    def fit_window(self) -> None:
        """The window's size or its screen changed. Who has not moved yet still sees all of the project's sites."""
        view = self.view.resized(self.width(), self.height(), self.devicePixelRatioF())
        if view != self.view:
            self.pictures.view = view
            self.forget_cards()
            if self._home:
                self._refits = 0
                self.zoom_home()
            elif self.placed:
                self.pictures.request()
                self.view_changed.emit()

    # Going to places -----------------------------------------------------------------------------------------------

    def zoom_to(self, bounds: Bounds, margin: float = 0.08, boxes: F64 | None = None) -> None:
        """All of `bounds` (project CRS) in the window, none of `boxes` (n, 4) under legend, scale bar or arrow."""
        cards = self.cards() if boxes is not None else []
        view = self.view.fitted(bounds, margin) if not cards else beside(self.view, bounds, boxes, cards, margin)
        self.set_view(view)

    def zoom_in(self) -> None:
        """Closer, the middle stays."""
        self.set_view(self.view.zoomed(_KEY_ZOOM))

    def zoom_out(self) -> None:
        """Farther, the middle stays."""
        self.set_view(self.view.zoomed(1 / _KEY_ZOOM))

    def zoom_full(self) -> None:
        """Everything that is visible. A basemap may show half a country and counts only where nothing else is."""
        shown = [e for e in self.map_layers.entries() if e.visible]
        keys = [e.key for e in shown if not e.is_basemap and self.extent_of(e.key)] or [e.key for e in shown]
        self._zoom_to_first([self._union(keys)], [e.key for e in shown if e.group == "sites"])

    def zoom_home(self) -> None:
        """The first look at a project: its sites, else its terrains, else whatever it has."""
        entries = self.map_layers.entries()
        groups = [[e.key for e in entries if e.group == g] for g in ("sites", "terrain")]
        groups.append([e.key for e in entries if not e.is_basemap])
        self._zoom_to_first([self._union(keys) for keys in (*groups, [e.key for e in entries])], groups[0])
        self._home = self.placed

    def furniture_stands(self) -> None:
        """The furniture was painted: where it covers a site at the first look, the map makes room once.

        What the legend holds is known with the first picture only, and another one may make it larger or smaller.
        """
        cards = tuple(c.getRect() for c in self.cards())
        if not self._home or cards == self._stood:
            return
        self._stood = cards
        keys = [e.key for e in self.map_layers.entries() if e.group == "sites"]
        if self._refits < _MOST_REFITS and covered(self.view, self._boxes(keys), self.cards()):
            self._refits += 1
            QTimer.singleShot(0, self, self._make_room)

    def _make_room(self) -> None:
        if self._home:
            self._history.clear()  # the look that hid a site is none to come back to
            self.placed = False
            self.zoom_home()

    def _boxes(self, keys: list[str]) -> F64:
        """The boxes of all features of some layers."""
        held = [self.pictures.features[k].bounds for k in keys if k in self.pictures.features]
        return np.vstack(held) if held else np.empty((0, 4))

    def zoom_to_layer(self, key: str) -> None:
        """A layer or a terrain ("terrain:NAME")."""
        self._zoom_to_first([self.extent_of(key)], [key])

    def zoom_to_features(self, layer: str, fids: frozenset[int]) -> None:
        """Some features, with room around them."""
        fs = self.pictures.features.get(layer)
        bounds = fs.extent_of(fids) if fs is not None else None
        if bounds is not None:
            self.zoom_to(bounds, 0.2, np.array([bounds]))

    def zoom_to_selection(self) -> None:
        """What is selected."""
        self.zoom_to_features(*self.selection)

    def extent_of(self, key: str) -> Bounds | None:
        """Bounds of a layer's features or of a terrain, in the project CRS; None if there are none."""
        if key in self.pictures.features:
            return self.pictures.features[key].extent
        entry = self.map_layers.entry(key)
        if entry is not None and entry.basemap in self.pictures.basemaps:
            from gis.basemaps.picture import bounds_in

            return bounds_in(self.pictures.basemaps[entry.basemap][0], self.session.project.crs)
        if entry is None or not entry.is_terrain or entry.terrain not in self.pictures.terrains:
            return None
        return terrain_bounds(self.pictures.terrains[entry.terrain][0], self.session.project.crs)

    def _union(self, keys: list[str]) -> Bounds | None:
        found = [b for b in map(self.extent_of, keys) if b is not None]
        if not found:
            return None
        x0, y0, x1, y1 = zip(*found, strict=True)
        return min(x0), min(y0), max(x1), max(y1)

    def _zoom_to_first(self, choices: list[Bounds | None], free: list[str]) -> None:
        """The first bounds that there are, with the features of the layers `free` beside the furniture."""
        bounds = next((b for b in choices if b is not None), None)
        if bounds is not None:
            self.zoom_to(bounds, boxes=self._boxes(free))

    def previous_view(self) -> None:
        """Back to where one looked before."""
        self._remember()
        self._go(self._history.back())

    def next_view(self) -> None:
        """Forth again."""
        self._go(self._history.forward())

    def _go(self, view: View | None) -> None:
        if view is not None:
            self.set_view(view.resized(self.width(), self.height(), self.devicePixelRatioF()), remember=False)

    def scale_denominator(self) -> float:
        """N of 1:N on this screen."""
        return self.pictures.denominator()

    # Mouse and keys ------------------------------------------------------------------------------------------------

    @property
    def panning(self) -> bool:
        """True while the map is being dragged."""
        return self._pan is not None

    def begin_pan(self, at: QPointF, button: Qt.MouseButton) -> None:
        """The map hangs on the pointer until `button` comes up."""
        self._remember()
        self._pan = (at, button)
        self.pictures.draw_margin()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def pan_to(self, at: QPointF) -> None:
        """The pointer moved while the map hangs on it."""
        last, button = self._pan
        self._pan = (at, button)
        self.set_view(self.view.panned(at.x() - last.x(), at.y() - last.y()), moving=True)

    def end_pan(self, button: Qt.MouseButton) -> None:
        """A button came up."""
        if self._pan is not None and self._pan[1] == button:
            self._pan = None
            self.setCursor(Qt.CursorShape.OpenHandCursor if self.space_held else self.tool.cursor)
            self._preview.stop()
            self.pictures.request()
            self._settle.start()

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if turn and self.placed:
            at = event.position()
            self.set_view(self.view.zoomed(2 ** (turn / _WHEEL_HALF), at.x(), at.y()), moving=True)
        event.accept()

    def navigation_key(self, event: QKeyEvent) -> bool:
        """Arrows, + and -, Home, space. True if used."""
        key = event.key()
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat() and not self.panning:
                self.space_held = True
                self.setCursor(Qt.CursorShape.OpenHandCursor)
            return True
        if not self.placed:
            return False
        if key in _ARROWS:
            step = _KEY_STEP * (4 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            dx, dy = _ARROWS[key]
            self.set_view(
                self.view.panned(round(dx * self.width() * step), round(dy * self.height() * step)), moving=True
            )
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom_out()
        elif key == Qt.Key.Key_Home:
            self.zoom_full()
        else:
            return False
        return True

    def navigation_key_up(self, event: QKeyEvent) -> bool:
        """Space came up. True if used."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self.drop_space()
        return True

    def drop_space(self) -> None:
        """Space no longer counts as held (released, or the map lost the keyboard)."""
        if self.space_held:
            self.space_held = False
            if not self.panning:
                self.setCursor(self.tool.cursor)
