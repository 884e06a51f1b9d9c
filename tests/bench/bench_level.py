"""The live level in the window over a pit of four million cells: one step, from the slider to the painted map.

A step counts until the window has painted figures, curve and map. Setting by environment: BENCH_LEVEL_SIDE, cells along
a side of the terrain (default 2 600: four million cells inside the pit).
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

SIDE = int(os.environ.get("BENCH_LEVEL_SIDE", "2600"))
CELL, X, Y = 0.5, 417_000.0, 4_496_000.0
STEPS = 60


def project(folder: Path) -> Path:
    """A bowl of 30 m in rolling ground, with the noise of a drone's survey."""
    from app.project import Project
    from app.verbs.terrain import add_terrain
    from models.changes import Insert
    from models.notices import Notice

    row, col = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    away = np.hypot(col - SIDE / 2, row - SIDE / 2) / (SIDE * 0.435)
    z = 1060 - 0.004 * col * CELL + 2 * np.sin(col / 90) * np.cos(row / 110) - 60 * np.clip(1 - away, 0, 0.5)
    z += np.random.default_rng(1).normal(0, 0.03, z.shape)
    with rasterio.open(
        folder / "dem.tif", "w", driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X, Y, CELL, CELL), tiled=True, compress="deflate",
    ) as out:  # fmt: skip
        out.write(z.astype("float32"), 1)
    half = SIDE * CELL / 2
    rim = shapely.MultiPolygon([shapely.Point(X + half, Y - half).buffer(half * 0.87, 200)])
    with Project.create(folder / "pit.gpkg", crs="EPSG:4546", name="pit") as made:
        made.store.transact(Notice("t", "made"), [Insert("sand_pits", {"code": "P", "geometry": rim})])
        add_terrain(made, folder / "dem.tif", name="t", source="lidar")
    sys.stdout.write(f"{rim.area / CELL**2 / 1e6:.2f} million cells inside\n")
    return folder / "pit.gpkg"


def main() -> None:
    """Print the median and the 99th percentile of a step."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    apply_theme("light")
    with tempfile.TemporaryDirectory() as folder:
        session = Session()
        window = MainWindow(session)
        window.resize(1920, 1080)
        window.show()
        session.open(project(Path(folder)))
        workspace = window.ensure_workspace()

        def settle() -> None:
            calm = 0
            while calm < 10:
                app.processEvents()
                time.sleep(0.02)
                calm = 0 if session.tasks.running(quiet=True) or workspace.canvas.pictures.busy else calm + 1

        settle()
        session.select_site("P")
        workspace.inspector.show_tab("capacity")
        start = time.perf_counter()
        settle()
        sys.stdout.write(f"ready after {time.perf_counter() - start:.1f} s\n")
        workspace.canvas.zoom_to_selection()
        settle()
        _steps(app, workspace)
        window.close()
        session.shutdown()


def _steps(app: Any, workspace: Any) -> None:
    slider = workspace.inspector.capacity.choices.level.slider
    slider.setSliderDown(True)
    taken, worked = [], []
    for k in range(STEPS):
        start, begun = time.perf_counter(), time.thread_time()
        slider.setValue(round(slider.maximum() * (0.2 + 0.7 * k / STEPS)))
        app.processEvents()
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.thread_time() - begun) * 1000)
    for name, values in (("a step", taken), ("of it the window's own work", worked)):
        slow = sorted(values)[int(len(values) * 0.99) - 1]
        sys.stdout.write(f"{name}: median {statistics.median(values):.1f} ms, 99th percentile {slow:.1f} ms\n")
    sys.stdout.write("wanted: 50 ms; on a busy machine the second line tells\n")


if __name__ == "__main__":
    main()
