"""A map on a small made-up project, and hands to use it with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.gui.canvas import MapCanvas, MapLayers
from app.i18n import set_language
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS
from models.terrain import ErrorFigures, Terrain

X, Y = 437_000.0, 4_502_000.0
CRS = "EPSG:4546"
NO_KEY = Qt.KeyboardModifier.NoModifier


class FakeStore:
    revision = 1

    def __init__(self) -> None:
        self.held: list[tuple[Terrain, Path]] = []
        self.maps: list[tuple[Any, Path]] = []

    def terrains(self) -> list[Terrain]:
        return [t for t, _ in self.held]

    def basemaps(self) -> list[Any]:
        return [b for b, _ in self.maps]

    def basemap_path(self, basemap: Any) -> Path:
        return next(p for b, p in self.maps if b.name == basemap.name)

    def terrain_path(self, terrain: Terrain) -> Path:
        return next(p for t, p in self.held if t.name == terrain.name)


class FakeProject:
    crs = CRS

    def __init__(self) -> None:
        self.store = FakeStore()


class FakeSession(QObject):
    """What the map needs of app.gui.session.Session, with tables in memory."""

    opened, closed, terrain_changed = Signal(), Signal(), Signal()
    changed = Signal(object)
    selection_changed = Signal(str, object)
    notice = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.project: FakeProject | None = FakeProject()
        self.unsaved = SimpleNamespace(edits=[])
        self.tables: dict[str, LayerTable] = {}
        self.selected: tuple[str, frozenset[int]] = ("", frozenset())
        self.delay: Callable[[], None] = lambda: None
        for key in LAYERS:
            self.put(key, {})

    def put(self, key: str, shapes: dict[str, Any], kind: str = "") -> None:
        """Features of a layer by code; fids count from 1."""
        columns = {"code": list(shapes), "name": [""] * len(shapes), "kind": [kind] * len(shapes)}
        geometry = np.array([*shapes.values(), None], dtype=object)[:-1]
        self.tables[key] = LayerTable(key, CRS, np.arange(1, len(shapes) + 1), geometry, columns)

    def table(self, key: str) -> LayerTable:
        self.delay()
        return self.tables[key]

    def select(self, layer: str, fids: Any) -> None:
        self.selected = (layer, frozenset(fids))
        self.selection_changed.emit(*self.selected)


def write_dem(path: Path, z: np.ndarray, cell: float, crs: str = CRS, left: float = X, top: float = Y + 400) -> Terrain:
    path.parent.mkdir(parents=True, exist_ok=True)
    transform = Affine(cell, 0.0, left, 0.0, -cell, top)
    with rasterio.open(path, "w", driver="GTiff", width=z.shape[1], height=z.shape[0], count=1, dtype="float32",
                       crs=crs, transform=transform, nodata=-9999.0) as ds:  # fmt: skip
        ds.write(np.where(np.isnan(z), -9999.0, z).astype("float32"), 1)
    return Terrain(
        "uid", path.stem, str(path), 0, "sha", crs, z.shape[1], z.shape[0], tuple(transform)[:6], cell, -9999.0,
        "float32", 1.0, 0.0, "m", "dtm", None, None, ErrorFigures(),
    )  # fmt: skip


def hills(rows: int = 200, cols: int = 300) -> np.ndarray:
    j, i = np.meshgrid(np.arange(cols), np.arange(rows))
    return 1050 + 8 * np.sin(j / 12) * np.cos(i / 15) + i * 0.1


class Hand:
    """Mouse and keys on the map, at places on the ground or pixels of the widget."""

    def __init__(self, canvas: MapCanvas, qtbot: Any) -> None:
        self.canvas, self.qtbot = canvas, qtbot

    def settle(self) -> None:
        """Wait until every picture is drawn and laid."""
        self.qtbot.waitUntil(
            lambda: not self.canvas._preview.isActive() and not self.canvas.pictures.busy, timeout=10_000
        )
        QApplication.processEvents()

    def pixel(self, x: float, y: float) -> QPointF:
        return QPointF(*self.canvas.view.to_screen(x, y))

    def send(
        self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:  # fmt: skip
        moving = kind == QEvent.Type.MouseMove
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        pressed = Qt.MouseButton.NoButton if moving else button
        event = QMouseEvent(kind, at, QPointF(self.canvas.mapToGlobal(at.toPoint())), pressed, held, modifiers)
        QApplication.sendEvent(self.canvas, event)

    def click(self, x: float, y: float, **how: Any) -> None:
        at = self.pixel(x, y)
        self.hover(x, y, modifiers=how.get("modifiers", Qt.KeyboardModifier.NoModifier))
        self.send(QEvent.Type.MouseButtonPress, at, **how)
        self.send(QEvent.Type.MouseButtonRelease, at, **how)

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        self.send(QEvent.Type.MouseButtonDblClick, self.pixel(x, y))
        self.send(QEvent.Type.MouseButtonRelease, self.pixel(x, y))

    def hover(self, x: float, y: float, **how: Any) -> None:
        self.send(QEvent.Type.MouseMove, self.pixel(x, y), Qt.MouseButton.NoButton, **how)

    def drag(self, start: QPointF, end: QPointF, **how: Any) -> None:
        self.send(QEvent.Type.MouseButtonPress, start, **how)
        self.send(QEvent.Type.MouseMove, (start + end) / 2, **how)
        self.send(QEvent.Type.MouseMove, end, **how)
        self.send(QEvent.Type.MouseButtonRelease, end, **how)

    def wheel(self, at: QPointF, notches: float) -> None:
        glob = QPointF(self.canvas.mapToGlobal(at.toPoint()))
        event = QWheelEvent(
            at, glob, QPoint(), QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)

    def key(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, *, up: bool = True
    ) -> None:
        QApplication.sendEvent(self.canvas, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))
        if up:
            self.key_up(key, modifiers)

    def key_up(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QApplication.sendEvent(self.canvas, QKeyEvent(QEvent.Type.KeyRelease, key, modifiers))

    def patch(self, x: float, y: float, size: int = 12) -> np.ndarray:
        """(n, 3) RGB of a square of pixels around a place, as the widget shows it."""
        image = self.canvas.grab().toImage()
        at = self.pixel(x, y).toPoint()
        half = size // 2
        colours = [
            image.pixelColor(at.x() + dx, at.y() + dy).getRgb()[:3]
            for dx in range(-half, half) for dy in range(-half, half)
        ]  # fmt: skip
        return np.array(colours, float)


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


@pytest.fixture
def session(qapp: Any) -> FakeSession:
    """Two pits (the second with an island), a touching neighbour, a red line around them, farmland, a well."""
    made = FakeSession()
    pit = shapely.box(X + 50, Y + 50, X + 150, Y + 150)
    ringed = shapely.box(X + 200, Y + 50, X + 350, Y + 200).difference(shapely.box(X + 250, Y + 100, X + 300, Y + 150))
    made.put("sand_pits", {"SK-001": shapely.MultiPolygon([pit]), "SK-002": shapely.MultiPolygon([ringed])})
    made.put("mine_pits", {"KK-001": shapely.MultiPolygon([shapely.box(X + 50, Y + 250, X + 150, Y + 350)])})
    made.put("red_lines", {"HX-001": shapely.MultiPolygon([shapely.box(X + 20, Y + 20, X + 180, Y + 180)])})
    farm = shapely.MultiPolygon([shapely.box(X + 400, Y + 50, X + 500, Y + 150)])
    made.put("control_areas", {"KZ-001": farm}, kind="permanent_basic_farmland")
    made.put("observations", {"GC-001": shapely.Point(X + 450, Y + 300)})
    return made


@pytest.fixture
def make_hand(qtbot: Any) -> Iterator[Callable[[FakeSession], Hand]]:
    before = set(threading.enumerate())
    made: list[MapCanvas] = []

    def make(session: Any) -> Hand:
        canvas = MapCanvas(session, MapLayers())
        qtbot.addWidget(canvas)
        canvas.resize(600, 450)
        canvas.show()
        qtbot.waitExposed(canvas)
        made.append(canvas)
        hand = Hand(canvas, qtbot)
        hand.settle()
        hand.settle()
        return hand

    yield make
    for canvas in made:
        canvas.shutdown()
    late = [t for t in threading.enumerate() if t not in before and t.name.startswith("huitian")]
    for thread in late:  # one that has let go of its slot may still be on its last lines
        thread.join(5)
    left = [t for t in late if t.is_alive()]
    assert not left, "threads left behind"


@pytest.fixture
def hand(session: FakeSession, make_hand: Any) -> Hand:
    made = make_hand(session)
    made.canvas.set_view(made.canvas.view.fitted((X, Y, X + 600, Y + 400), 0.0))
    made.settle()
    return made
