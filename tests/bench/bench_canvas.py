"""Speed of the map on a million vertices: full picture, pan step, and how long the window is held up meanwhile.

Run: python tests/bench/bench_canvas.py [--json]. Times are medians in milliseconds; compare ratios within one run.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import shapely
from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.gui.canvas import MapCanvas, MapLayers
from app.gui.canvas.features import build
from app.gui.canvas.theme import LIGHT
from app.gui.canvas.vectors import LayerDraw, VectorWish, paint_vectors
from app.gui.canvas.view import View
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS

SIDE_M = 20_000.0
CASES = {"A 5 000 x 200": (5_000, 200), "B 50 000 x 20": (50_000, 20)}
ZOOMS = (1, 4, 20)
WIDTH, HEIGHT = 1920, 1080


def polygons(count: int, vertices: int) -> np.ndarray:
    """Rounded shapes that cover the square without much overlap."""
    g = np.random.default_rng(7)
    n = int(np.ceil(np.sqrt(count)))
    cell = SIDE_M / n
    centre = (np.stack(np.divmod(np.arange(count), n), axis=1) + 0.5) * cell + 437_000
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    k = np.arange(2, 6)[:, None]
    wave = 1 + 0.25 * np.einsum("ck,kv->cv", g.normal(0, 0.3, (count, 4)), np.cos(k * angle)) / 2
    r = cell * 0.42 * wave
    xy = centre[:, None, :] + np.stack((r * np.cos(angle), r * np.sin(angle)), axis=-1)
    return shapely.polygons(xy)


class Session(QObject):
    """The least that the map asks of a session."""

    opened, closed, terrain_changed = Signal(), Signal(), Signal()
    changed, selection_changed, notice = Signal(object), Signal(str, object), Signal(str, str)

    class project:  # noqa: N801 - stands for an instance
        crs = "EPSG:4546"

        class store:  # noqa: N801 - stands for an instance
            @staticmethod
            def terrains() -> list[Any]:
                return []

            basemaps = terrains

    def __init__(self, shapes: np.ndarray) -> None:
        super().__init__()
        nothing = np.empty(0, object)
        self.tables = {key: LayerTable(key, "EPSG:4546", np.empty(0, np.int64), nothing, {}) for key in LAYERS}
        codes = [f"SK-{i}" for i in range(len(shapes))]
        fids = np.arange(1, len(shapes) + 1)
        self.tables["sand_pits"] = LayerTable("sand_pits", "EPSG:4546", fids, shapes, {"code": codes})

    def table(self, key: str) -> Any:
        """The layer's table."""
        return self.tables[key]


def timed(act: Any, times: int = 3) -> float:
    """Median milliseconds of `act`."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return 1000 * float(np.median(took))


def settle(canvas: MapCanvas) -> None:
    """Let the pictures come."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        QApplication.processEvents()
        if not canvas.pictures.busy and not canvas._preview.isActive():
            break
        time.sleep(0.002)
    QApplication.processEvents()


def longest_hold(canvas: MapCanvas, act: Any) -> float:
    """The longest time (ms) between two ticks of a 2 ms timer while `act` and the pictures after it run."""
    gaps, last = [0.0], [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append(now - last[0])
        last[0] = now

    timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    QApplication.processEvents()
    last[0] = time.perf_counter()
    act()
    settle(canvas)
    timer.stop()
    return 1000 * max(gaps)


def run_case(name: str, count: int, vertices: int) -> list[dict[str, Any]]:
    """All figures of one set of polygons."""
    shapes = polygons(count, vertices)
    session = Session(shapes)
    load = timed(lambda: build(LAYERS["sand_pits"], session.tables["sand_pits"]), 1)
    canvas = MapCanvas(session, MapLayers())
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    settle(canvas)
    rows = []
    fs = canvas.pictures.features["sand_pits"]
    for zoom in ZOOMS:
        view = View(437_000 + SIDE_M / 2, 437_000 + SIDE_M / 2, SIDE_M / HEIGHT / zoom, WIDTH, HEIGHT)
        wish = VectorWish(view, (LayerDraw(fs, LAYERS["sand_pits"]),), LIGHT)
        full = timed(lambda w=wish: paint_vectors(w, bool))
        canvas.set_view(view)
        settle(canvas)
        steps = []
        canvas.begin_pan(QPointF(500, 500), Qt.MouseButton.LeftButton)
        for i in range(60):
            start = time.perf_counter()
            canvas.pan_to(QPointF(500 + 5 * i, 500 + 2 * i))
            canvas.repaint()
            steps.append(time.perf_counter() - start)
            QApplication.processEvents()
        canvas.end_pan(Qt.MouseButton.LeftButton)
        settle(canvas)
        hold = longest_hold(canvas, lambda v=view: canvas.set_view(v))
        rows.append({
            "case": name, "zoom": zoom, "load_ms": round(load), "full_ms": round(full, 1),
            "pan_median_ms": round(1000 * float(np.median(steps)), 2),
            "pan_p99_ms": round(1000 * float(np.percentile(steps, 99)), 2), "hold_ms": round(hold, 1),
        })  # fmt: skip
    canvas.shutdown()
    return rows


def main() -> None:
    """Print the table, or JSON."""
    app = QApplication.instance() or QApplication([])
    rows = [row for name, (count, vertices) in CASES.items() for row in run_case(name, count, vertices)]
    if "--json" in sys.argv:
        print(json.dumps(rows))  # noqa: T201 - a command's output
        return
    keys = list(rows[0])
    for line in [keys, *([str(r[k]) for k in keys] for r in rows)]:
        print("  ".join(f"{v:>14}" for v in line))  # noqa: T201 - a command's output
    app.processEvents()


if __name__ == "__main__":
    main()
