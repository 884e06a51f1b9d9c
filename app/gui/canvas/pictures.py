"""Keeps the map's pictures: asks for new ones, holds the last ones, and lays them where the view is now."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from app.gui.canvas import features as features_module
from app.gui.canvas import shades, vectors
from app.gui.canvas import terrain as ground
from app.gui.canvas.basemaps import BasemapDraw
from app.gui.canvas.contours import ContourWish, paint_contours
from app.gui.canvas.features import FeatureSet
from app.gui.canvas.heights import Probe
from app.gui.canvas.map_layers import MapEntry, MapLayers
from app.gui.canvas.overlay import Overlay
from app.gui.canvas.slots import Picture, Slot, Stopped
from app.gui.canvas.theme import CanvasTheme, current
from app.gui.canvas.view import PAPER_DPI, Bounds, View
from layers.registry import LAYERS
from models.basemap import Basemap
from models.terrain import Terrain

log = logging.getLogger(__name__)

MARGIN_PX = 128
"""Ground drawn beyond each side of the window, so that a drag uncovers map and not emptiness."""


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
        for key in made:
            self.features_changed.emit(key)
        self.loaded.emit()
        self.request_layers()
        if "contours" not in self._empty:
            self._request_contours()  # their heights keep clear of the labels that come now

    def set_overlay(self, name: str, overlay: Overlay | None) -> None:
        """Lay a picture, or take it away. Layers are drawn again only if it lies elsewhere than before."""
        before = self.overlays.pop(name, None)
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
        self.request_ground(soft=soft)
        self.request_layers(soft=soft)

    def request_layers(self, *, soft: bool = False) -> None:
        """New pictures of layers and selection."""
        self.slots["layers"].wish(self._layer_wish(), soft=soft)
        self.request_selection(soft=soft)

    def _layer_wish(self) -> vectors.VectorWish:
        draws = tuple(
            vectors.LayerDraw(self.features[e.key], LAYERS[e.key], e.opacity, e.labels)
            for e in self._map_layers.layers()
            if e.shown_at(self.denominator()) and e.key in self.features
        )
        return vectors.VectorWish(
            self.view.expanded(MARGIN_PX), draws, self.theme, self.font_family, margin_px=MARGIN_PX,
            covered=tuple(o.bounds for o in self.overlays.values()),
        )  # fmt: skip

    def request_selection(self, *, soft: bool = False) -> None:
        """A new picture of the selection."""
        key, fids = self.selection
        fs = self.features.get(key)
        positions = fs.positions(fids) if fs is not None else np.empty(0, np.int64)
        wish = vectors.SelectionWish(self.view.expanded(MARGIN_PX), fs, LAYERS.get(key), positions)
        self._wish("selection", wish, soft=soft, nothing=not len(positions))

    def request_ground(self, *, soft: bool = False) -> None:
        """New pictures of terrains and basemaps, and of the contours."""
        if self._session.project is None:
            return
        view, crs, theme = self.view.expanded(MARGIN_PX), self._session.project.crs, self.theme
        draws = self.ground_draws()
        self._wish("ground", ground.TerrainWish(view, crs, draws, theme), soft=soft, nothing=not draws)
        self._request_contours(soft=soft)

    def _request_contours(self, *, soft: bool = False) -> None:
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
        self._lay(p, "ground")
        for overlay in self.overlays.values():
            self._lay_overlay(p, overlay)
        for name in ("contours", "layers", "selection"):
            self._lay(p, name)
        self._lay(p, "layers", "labels")

    def _lay(self, p: QPainter, name: str, part: str = "") -> None:
        """A slot's last picture, or another `part` of it that lies among its facts."""
        held = self._last.get(name)
        image = held and (held.facts.get(part) if part else held.image)
        if held is None or image is None or held.facts.get("empty"):
            return
        x0, _, _, y1 = held.view.bounds
        left, top = self.view.to_screen(x0, y1)
        dpr = self.view.dpr
        ratio = held.view.scale / self.view.scale
        if abs(ratio - 1) < 1e-9 and held.view.dpr == dpr:
            image.setDevicePixelRatio(dpr)
            p.drawImage(QPointF(round(left * dpr) / dpr, round(top * dpr) / dpr), image)
            return
        target = QRectF(left, top, held.view.width * ratio, held.view.height * ratio)
        image.setDevicePixelRatio(1.0)
        p.drawImage(target, image, QRectF(image.rect()))

    def _lay_overlay(self, p: QPainter, overlay: Overlay) -> None:
        x0, y0, x1, y1 = overlay.bounds
        seen = _common(overlay.bounds, self.view.expanded(4).bounds)
        if seen is None or x1 <= x0 or y1 <= y0:
            return
        w, h = overlay.image.width(), overlay.image.height()
        source = QRectF(
            (seen[0] - x0) / (x1 - x0) * w, (y1 - seen[3]) / (y1 - y0) * h,
            (seen[2] - seen[0]) / (x1 - x0) * w, (seen[3] - seen[1]) / (y1 - y0) * h,
        )  # fmt: skip
        left, top = self.view.to_screen(seen[0], seen[3])
        right, bottom = self.view.to_screen(seen[2], seen[1])
        p.save()
        p.setOpacity(overlay.opacity)
        # Classed pictures keep their class limits sharp when close; from afar every picture is smoothed.
        near = (right - left) * self.view.dpr > source.width()
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, overlay.smooth or not near)
        p.drawImage(QRectF(left, top, right - left, bottom - top), overlay.image, source)
        p.restore()


class _Keeper(QObject):
    """Receives a slot's picture on the window's thread (a lambda would run on the slot's)."""

    def __init__(self, pictures: Pictures, name: str) -> None:
        super().__init__(pictures)
        self._pictures, self._name = pictures, name

    def keep(self, picture: Picture) -> None:
        self._pictures.keep(self._name, picture)


def _common(a: Bounds, b: Bounds) -> Bounds | None:
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
