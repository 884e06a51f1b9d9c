"""Speed of the map: pan steps, full pictures beside QGIS, how long the window is held up, and how soon it is there.

``python3 run.py bench canvas``. Two sets of a million vertices at three zooms, 1920 x 1080. Where the system's Python
has QGIS (Debian: python3-qgis) it renders the same GeoPackage and the same terrain in the same run; compare the ratios,
not the milliseconds. Environment: BENCH_DIR where to write, BENCH_QGIS=off to leave QGIS out.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.gui.canvas import MapCanvas, MapLayers, shades
from app.gui.canvas.features import build
from app.gui.canvas.view import View
from app.gui.main import make_application
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS
from tests.bench.data_canvas import (
    BOTTOM,
    CASES,
    CRS,
    HEIGHT,
    LEFT,
    SIDE_M,
    WIDTH,
    ZOOMS,
    polygons,
    write_terrain,
)
from tests.bench.qgis_canvas import STARTS, qgis
from tests.bench.window_canvas import Pulse, held_at_work, start_up

PAN_MS, HOLD_MS = 16.0, 30.0
_PLACE = ("case", "zoom")
TABLES = {
    f"a step of a drag and the window while pictures are drawn (ms; aim {PAN_MS:g} and {HOLD_MS:g})": (
        *_PLACE, "pan_median_ms", "pan_p99_ms", "pan_work_p99_ms", "held_ms", "held_work_ms",
    ),
    "a whole picture, beside QGIS (ms; aim 0.5 at zoom 1, 1.0 closer); labelled: with 300 labels": (
        *_PLACE, "labelled_ms", "full_ms", "full_work_ms", "qgis_full_ms", "qgis_full_work_ms", "full_ratio",
        "full_work_ratio",
    ),
    "hillshade and vectors, beside QGIS (ms; aim 0.7)": (
        *_PLACE, "ground_ms", "ground_work_ms", "qgis_ground_ms", "qgis_ground_work_ms", "ground_ratio",
        "ground_work_ratio",
    ),
}  # fmt: skip
"""Tables by title. "work" is processor time: on a machine with other programs it says more than the clock."""


class Session(QObject):
    """The least that the map asks of a session."""

    opened, closed, terrain_changed = Signal(), Signal(), Signal()
    changed, selection_changed, notice = Signal(object), Signal(str, object), Signal(str, str)

    class project:  # noqa: N801 - stands for an instance
        crs = CRS

        class store:  # noqa: N801 - stands for an instance
            held: tuple[Any, ...] = ()

            @classmethod
            def terrains(cls) -> list[Any]:
                return [t for t, _path in cls.held]

            @classmethod
            def terrain_path(cls, terrain: Any) -> Any:
                return next(p for t, p in cls.held if t is terrain)

            @staticmethod
            def basemaps() -> list[Any]:
                return []

    def __init__(self, shapes: np.ndarray) -> None:
        super().__init__()
        nothing = np.empty(0, object)
        self.tables = {key: LayerTable(key, CRS, np.empty(0, np.int64), nothing, {}) for key in LAYERS}
        codes = [f"SK-{i}" for i in range(len(shapes))]
        fids = np.arange(1, len(shapes) + 1)
        self.tables["sand_pits"] = LayerTable("sand_pits", CRS, fids, shapes, {"code": codes})

    def table(self, key: str) -> Any:
        """The layer's table."""
        return self.tables[key]


def timed(act: Callable[[], Any], times: int = 3) -> tuple[float, float]:
    """Median milliseconds of `act`: on the clock, and of processors."""
    took = []
    for _ in range(times):
        start, worked = time.perf_counter(), time.process_time()
        act()
        took.append((time.perf_counter() - start, time.process_time() - worked))
    clock, work = 1000 * np.median(took, axis=0)
    return round(float(clock), 1), round(float(work), 1)


def settle(canvas: MapCanvas) -> None:
    """Let the pictures come."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        QApplication.processEvents()
        if not canvas.pictures.busy and not canvas._preview.isActive():
            break
        time.sleep(0.001)
    QApplication.processEvents()


def view_of(zoom: int) -> View:
    """All of the square at zoom 1, its middle at more."""
    middle = SIDE_M / 2
    return View(LEFT + middle, BOTTOM + middle, SIDE_M / HEIGHT / zoom, WIDTH, HEIGHT)


def full_picture(canvas: MapCanvas, view: View) -> tuple[float, float]:
    """Milliseconds from the wish for a view to its picture on the window, labels included.

    As at a new place: what the map keeps of pictures before, shaded ground and thinned outlines, is taken away.
    """

    def act() -> None:
        shades.forget()
        for features in canvas.pictures.features.values():
            features.__dict__.pop("detail", None)
        canvas.set_view(view)
        settle(canvas)  # the last events paint it

    return timed(act)


def pan_steps(canvas: MapCanvas) -> np.ndarray:
    """(n, 2) milliseconds of each step of a drag, painting included, while new pictures are drawn behind.

    Time on the clock, and processor time of the window's thread.
    """
    steps = []
    canvas.begin_pan(QPointF(500, 500), Qt.MouseButton.LeftButton)
    for i in range(120):
        start, worked = time.perf_counter(), time.thread_time()
        canvas.pan_to(QPointF(500 + 5 * i, 500 + 2 * i))
        canvas.repaint()
        steps.append((time.perf_counter() - start, time.thread_time() - worked))
        QApplication.processEvents()
        time.sleep(0.004)
    canvas.end_pan(Qt.MouseButton.LeftButton)
    settle(canvas)
    return 1000 * np.array(steps)


def run_case(name: str, count: int, vertices: int, dem: tuple[Any, Path], folder: Path) -> list[dict[str, Any]]:
    """All figures of one set of polygons."""
    shapes = polygons(count, vertices)
    session = Session(shapes)
    Session.project.store.held = ()
    load = timed(lambda: build(LAYERS["sand_pits"], session.tables["sand_pits"]), 1)[0]
    layers = MapLayers()
    canvas = MapCanvas(session, layers)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    settle(canvas)
    rows: list[dict[str, Any]] = []
    for zoom in ZOOMS:
        labelled = full_picture(canvas, view_of(zoom))
        layers.change("sand_pits", labels=False)
        settle(canvas)
        full = full_picture(canvas, view_of(zoom))
        layers.change("sand_pits", labels=True)
        settle(canvas)
        steps = pan_steps(canvas)
        with Pulse() as pulse:
            canvas.set_view(view_of(zoom))
            settle(canvas)
        rows.append({
            "case": name, "zoom": zoom, "load_ms": round(load), "labelled_ms": labelled[0],
            "full_ms": full[0], "full_work_ms": full[1],
            "pan_median_ms": round(float(np.median(steps[:, 0])), 1),
            "pan_p99_ms": round(float(np.percentile(steps[:, 0], 99)), 1),
            "pan_work_p99_ms": round(float(np.percentile(steps[:, 1], 99)), 1),
            "held_ms": round(pulse.longest, 1), "held_work_ms": round(pulse.busy, 1),
        })  # fmt: skip
    Session.project.store.held = (dem,)
    session.terrain_changed.emit()
    layers.change("terrain:" + dem[0].name, tint=False)
    layers.change("sand_pits", labels=False)
    settle(canvas)
    for row, zoom in zip(rows, ZOOMS, strict=True):
        row["ground_ms"], row["ground_work_ms"] = full_picture(canvas, view_of(zoom))
    canvas.shutdown()
    canvas.deleteLater()
    for row, theirs in zip(rows, qgis(folder, shapes, dem[1]), strict=True):
        for name, (clock, work) in theirs.items():
            row |= {f"qgis_{name}_ms": clock, f"qgis_{name}_work_ms": work,
                    f"{name}_ratio": _ratio(row[f"{name}_ms"], clock),
                    f"{name}_work_ratio": _ratio(row[f"{name}_work_ms"], work)}  # fmt: skip
    return rows


def _ratio(ours: float, theirs: float | None) -> float | None:
    return round(ours / theirs, 2) if theirs else None


def table(rows: list[dict[str, Any]]) -> None:
    """Rows under their names."""
    keys = list(rows[0])
    cells = [keys, *(["-" if r[k] is None else str(r[k]) for k in keys] for r in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(keys))]
    for line in cells:
        sys.stdout.write("  ".join(v.rjust(w) for v, w in zip(line, widths, strict=True)) + "\n")


def main() -> None:
    """Print the tables, or JSON with --json."""
    from gis.raster import inspect_dem

    app = make_application()
    folder = Path(tempfile.mkdtemp(prefix="bench-canvas-", dir=os.environ.get("BENCH_DIR")))
    try:
        path = write_terrain(folder / "dem.tif")
        dem = (inspect_dem(path), path)
        rows = [row for name, size in CASES.items() for row in run_case(name, *size, dem, folder)]
        held = held_at_work(folder)
        start = start_up(folder, min(STARTS) if STARTS else None)
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
    app.processEvents()
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"pictures": rows, "held": held, "start": start}) + "\n")
        return
    for title, keys in TABLES.items():
        sys.stdout.write(f"\n{title}\n")
        table([{k: row[k] for k in keys} for row in rows])
    if rows[0]["qgis_full_ms"] is None:
        sys.stdout.write("no QGIS on this machine (apt-get install python3-qgis): no ratios\n")
    sys.stdout.write(f"\nthe window is held up for at most (ms; aim {HOLD_MS:g})\n")
    table(held)
    sys.stdout.write("\nstart of a fresh process, warm (s)\n")
    table([start])


if __name__ == "__main__":
    main()
