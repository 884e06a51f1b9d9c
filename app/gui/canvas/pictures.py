"""Keeps the map's pictures: asks for new ones, holds the last ones, and lays them where the view is now."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter

from app.gui.canvas import features as features_module
from app.gui.canvas import shades, vectors
from app.gui.canvas import terrain as ground
from app.gui.canvas.basemaps import BasemapDraw
from app.gui.canvas.contours import ContourWish, paint_contours
from app.gui.canvas.features import FeatureSet
from app.gui.canvas.heights import Probe
from app.gui.canvas.laying import lay_overlay, lay_picture
from app.gui.canvas.map_layers import MapEntry, MapLayers
from app.gui.canvas.overlay import Overlay
from app.gui.canvas.slots import Picture, Slot, Stopped
from app.gui.canvas.theme import CanvasTheme, current
from app.gui.canvas.view import PAPER_DPI, View
from app.gui.canvas.wishes import LayerDraw, SelectionWish, VectorWish
from app.gui.foreground import foreground
from layers.registry import LAYERS
from models.basemap import Basemap
from models.terrain import Terrain

log = logging.getLogger(__name__)

MARGIN_PX = 128
"""Ground drawn beyond each side of the window, so that a drag uncovers map and not emptiness."""
EDGE_PX = 4
"""What is drawn at the very edge of an image may be cut: this much lies outside of the window always."""
REST_MS = 250
"""The picture of a view that stands is of the window alone, to be there sooner; its margin follows after this."""


class Pictures(QObject):
    """Slots (ground, contours, layers, selection) and a loader of features, each with a thread while it works."""

    updated = Signal()
    features_changed = Signal(str)
    loaded = Signal()
    """Nothing is left to load."""
    terrain_problem = Signal(str, object)

    def __init__(self, session: Any, map_layers: MapLayers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._map_layers = session, map_layers
        self.view = View()
        self.theme: CanvasTheme = current()
        self.font_family = ""
        self.dpi = PAPER_DPI
        """Logical dots per inch of the screen: what a scale of 1:N is told by."""
        self.selection: tuple[str, frozenset[int]] = ("", frozenset())
        self.overlays: dict[str, Overlay] = {}
        self.features: dict[str, FeatureSet] = {}
        self.terrains: dict[str, tuple[Terrain, Any]] = {}
        self.basemaps: dict[str, tuple[Basemap, Any]] = {}
        self.probe = Probe()
        self._stale: set[str] = set()
        self._version = 0
        self._last: dict[str, Picture] = {}
        self._empty: set[str] = set()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._rested)
        self._bare = False
        self._cards: tuple[tuple[float, float, float, float], ...] = ()
        self._moved = QTimer(self, singleShot=True, interval=REST_MS)
        self._moved.timeout.connect(self._request_labels)
        self.slots = {
            "ground": Slot("ground", ground.paint_terrain),
            "contours": Slot("contours", paint_contours),
            "layers": Slot("layers", vectors.paint_vectors),
            "selection": Slot("selection", vectors.paint_selection),
        }
        for name, slot in self.slots.items():
            slot.ready.connect(_Keeper(self, name).keep)
        self._loader = Slot("features", self._load)
        self._loader.ready.connect(self._install)

    # Features ------------------------------------------------------------------------------------------------------

    def reload(self, keys: set[str] | None = None) -> None:
        """Read these layers again (None: all). The pictures follow when they are here."""
        self._version += 1
        self._stale |= set(LAYERS) if keys is None else keys & set(LAYERS)
        if self._stale and self._session.project is not None:
            self._loader.wish((self._version, frozenset(self._stale)))

    def _load(self, request: tuple[int, frozenset[str]], stopped: Stopped) -> Any:
        version, keys = request
        made: dict[str, FeatureSet] = {}
        for key in sorted(keys):
            made[key] = features_module.build(LAYERS[key], self._session.table(key), stopped)
            if stopped():
                return None
        return version, made

    def _install(self, result: tuple[int, dict[str, FeatureSet]]) -> None:
        version, made = result
        if version != self._version or self._session.project is None:
            return
        self._stale -= set(made)
        self.features.update(made)
        with foreground:
            for key in made:
                self.features_changed.emit(key)
            self.loaded.emit()
            self.request_layers()
            if "contours" not in self._empty:
                self._request_contours()  # their heights keep clear of the labels that come now

    @property
    def shown_overlay(self) -> Overlay | None:
        """The one that is painted and told by the legend: colours of two on each other are those of neither.

        What was asked for on the map goes before the depths of the site, which come and go with the figures.
        """
        return self.overlays.get("change") or next(reversed(self.overlays.values()), None)

    def set_overlay(self, name: str, overlay: Overlay | None) -> None:
        """Lay a picture, or take it away. Layers are drawn again only if it lies elsewhere than before."""
        before = self.overlays.pop(name, None)
        if before is None and overlay is None:
            return
        if overlay is not None:
            self.overlays[name] = overlay
        if (before.bounds if before else None) != (overlay.bounds if overlay else None):
            self.request_layers()
        self.updated.emit()

    def set_terrains(self, terrains: list[tuple[Terrain, Any]]) -> None:
        """The project's terrains with the paths of their files."""
        self.probe.close()
        shades.forget()
        self.terrains = {t.name: (t, path) for t, path in terrains}

    def set_basemaps(self, basemaps: list[tuple[Basemap, Any]]) -> None:
        """The project's basemaps with the paths of their files."""
        self.basemaps = {b.name: (b, path) for b, path in basemaps}

    def clear(self) -> None:
        """Forget the project."""
        self._version += 1
        self._rest.stop()
        self._moved.stop()
        self._stale.clear()
        for slot in (*self.slots.values(), self._loader):
            slot.forget()
        self.features.clear()
        self.overlays.clear()
        self.terrains.clear()
        self.basemaps.clear()
        self.probe.close()
        self._last.clear()
        self._empty.clear()
        self.selection = ("", frozenset())
        self.updated.emit()

    # Wishes --------------------------------------------------------------------------------------------------------

    def request(self, *, soft: bool = False) -> None:
        """New pictures of everything for the present view."""
        self._bare = not soft
        self.request_ground(soft=soft)
        self.request_layers(soft=soft)

    def draw_margin(self) -> None:
        """The pictures with ground around the window, as a drag needs it; nothing if they have it."""
        self._rest.stop()
        if self._bare:
            self._bare = False
            self.request_ground(soft=True, contours=False)
            self.request_layers(soft=True)

    def _rested(self) -> None:
        if self.busy:
            self._rest.start()
        else:
            self._bare = self._bare and self._goes_on()
            self.draw_margin()

    def _goes_on(self) -> bool:
        """False if nothing of the project lies beyond the window."""
        x0, y0, x1, y1 = self.view.bounds
        ends = [fs.extent for fs in self.features.values()]
        whole = [e for e in ends if e and (e[0] < x0 or e[1] < y0 or e[2] > x1 or e[3] > y1)]
        return bool(whole or self.ground_draws())

    @property
    def _margin(self) -> int:
        """How far a picture reaches beyond the window: far while the map moves and after it rested."""
        return EDGE_PX if self._bare else MARGIN_PX

    def request_layers(self, *, soft: bool = False) -> None:
        """New pictures of layers and selection."""
        self._bare = not soft
        self.slots["layers"].wish(self._layer_wish(self._margin), soft=soft)
        self.request_selection(soft=soft)

    def _layer_wish(self, margin: int = MARGIN_PX) -> VectorWish:
        draws = tuple(
            LayerDraw(self.features[e.key], LAYERS[e.key], e.opacity, e.labels)
            for e in self._map_layers.layers()
            if e.shown_at(self.denominator()) and e.key in self.features
        )
        return VectorWish(
            self.view.expanded(margin), draws, self.theme, self.font_family, margin_px=margin,
            around_px=MARGIN_PX - margin, cards=self._cards,
            covered=tuple(o.bounds for o in self.overlays.values()),
        )  # fmt: skip

    def keep_clear(self, cards: list[QRectF]) -> None:
        """Where the furniture stands now (window, logical pixels). If elsewhere than before, labels move soon."""
        found = tuple(card.getRect() for card in cards if not card.isEmpty())
        if found != self._cards:
            self._cards = found
            self._moved.start()

    def _request_labels(self) -> None:
        if self._session.project is None:
            return
        self.slots["layers"].wish(self._layer_wish(self._margin), soft=True)
        if "contours" not in self._empty:
            self._request_contours(soft=True)

    def request_selection(self, *, soft: bool = False) -> None:
        """A new picture of the selection."""
        key, fids = self.selection
        fs = self.features.get(key)
        positions = fs.positions(fids) if fs is not None else np.empty(0, np.int64)
        margin = self._margin
        wish = SelectionWish(self.view.expanded(margin), fs, LAYERS.get(key), positions, around_px=MARGIN_PX - margin)
        self._wish("selection", wish, soft=soft, nothing=not len(positions))

    def request_ground(self, *, soft: bool = False, contours: bool = True) -> None:
        """New pictures of terrains and basemaps, and of the contours."""
        if self._session.project is None:
            return
        crs, theme = self._session.project.crs, self.theme
        draws = self.ground_draws()
        view = self.view.expanded(self._margin)
        self._wish("ground", ground.TerrainWish(view, crs, draws, theme), soft=soft, nothing=not draws)
        if contours:
            self._request_contours(soft=soft)

    def _request_contours(self, *, soft: bool = False) -> None:
        # Where the labels of contours stand depends on the whole picture: with and without margin they would jump.
        view, crs, theme = self.view.expanded(MARGIN_PX), self._session.project.crs, self.theme
        lines = tuple(
            (self._terrain_draw(e), e.contour_m) for e in self._map_layers.terrains() if e.contours and self._seen(e)
        )
        wish = ContourWish(view, crs, lines, theme, self.font_family, self._layer_wish())
        self._wish("contours", wish, soft=soft, nothing=not lines)

    def _wish(self, name: str, wish: Any, *, soft: bool, nothing: bool) -> None:
        """Ask a slot for a picture; an empty one after an empty one is not drawn again for each view."""
        if nothing and name in self._empty:
            return
        (self._empty.add if nothing else self._empty.discard)(name)
        self.slots[name].wish(wish, soft=soft)

    def _seen(self, entry: MapEntry) -> bool:
        known = self.terrains if entry.is_terrain else self.basemaps
        return entry.shown_at(self.denominator()) and (entry.terrain or entry.basemap) in known

    def _terrain_draw(self, e: MapEntry) -> ground.TerrainDraw:
        return ground.TerrainDraw(*self.terrains[e.terrain], e.hillshade, e.tint, e.opacity, e.slope)

    def terrain_draws(self) -> tuple[ground.TerrainDraw, ...]:
        """Visible terrains from below to above."""
        return tuple(self._terrain_draw(e) for e in self._map_layers.terrains() if self._seen(e))

    def ground_draws(self) -> tuple[ground.TerrainDraw | BasemapDraw, ...]:
        """Visible terrains and basemaps from below to above."""
        return tuple(
            self._terrain_draw(e) if e.is_terrain else BasemapDraw(*self.basemaps[e.basemap], e.opacity)
            for e in self._map_layers.grounds()
            if self._seen(e)
        )

    def height_draws(self) -> tuple[ground.TerrainDraw, ...]:
        """All terrains, the visible ones last: where heights are asked for, one that is hidden is better than none."""
        shown = self.terrain_draws()
        names = {d.terrain.name for d in shown}
        return (*(ground.TerrainDraw(*held) for name, held in self.terrains.items() if name not in names), *shown)

    def denominator(self) -> float:
        """N of 1:N, on this screen."""
        return self.view.denominator(self.dpi)

    def keep(self, name: str, picture: Picture) -> None:
        """A slot's new picture is here."""
        self._last[name] = picture
        if self._bare:
            self._rest.start()
        for terrain, error in picture.facts.get("problems", {}).items():
            self.terrain_problem.emit(terrain, error)
        self.updated.emit()

    def facts(self, name: str) -> dict[str, Any]:
        """What the last picture of a slot found."""
        held = self._last.get(name)
        return held.facts if held is not None else {}

    @property
    def busy(self) -> bool:
        """True while anything is loaded or drawn."""
        return self._loader.busy or any(slot.busy for slot in self.slots.values())

    def shutdown(self) -> None:
        """End all threads and give files back."""
        self.ender()()

    def ender(self) -> Callable[[], None]:
        """A function that does what `shutdown` does and outlives this object (for `destroyed` of the window)."""
        slots, probe = (*self.slots.values(), self._loader), self.probe

        def end(*_: object) -> None:
            for slot in slots:
                slot.shutdown()
            probe.close()

        return end

    # Painting ------------------------------------------------------------------------------------------------------

    def paint(self, p: QPainter) -> None:
        """The last pictures, moved and scaled to the present view. Labels stand above the marks of the selection."""
        last = self._last.get
        lay_picture(p, self.view, last("ground"))
        overlay = self.shown_overlay
        if overlay is not None:
            lay_overlay(p, self.view, overlay)
        for name in ("contours", "layers", "selection"):
            lay_picture(p, self.view, last(name))
        lay_picture(p, self.view, last("layers"), "labels")


class _Keeper(QObject):
    """Receives a slot's picture on the window's thread (a lambda would run on the slot's)."""

    def __init__(self, pictures: Pictures, name: str) -> None:
        super().__init__(pictures)
        self._pictures, self._name = pictures, name

    def keep(self, picture: Picture) -> None:
        with foreground:
            self._pictures.keep(self._name, picture)
