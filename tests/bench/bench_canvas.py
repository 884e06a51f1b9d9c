"""Speed of the map: pan steps, full pictures beside QGIS, how long the window is held up, and how soon it is there.

``python3 run.py bench canvas``. Two sets of a million vertices at three zooms, 1920 x 1080. Where the system's Python
has QGIS (Debian: python3-qgis) it renders the same GeoPackage and the same terrain in the same run; compare the ratios,
not the milliseconds. Environment: BENCH_DIR where to write, BENCH_QGIS=off to leave QGIS out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.gui.canvas import MapCanvas, MapLayers
from app.gui.canvas.features import build
from app.gui.canvas.view import View
from app.gui.main import SWITCH_S
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
    write_layer,
    write_terrain,
)

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
PAN_MS, HOLD_MS = 16.0, 30.0


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


def timed(act: Callable[[], Any], times: int = 3) -> float:
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
        time.sleep(0.001)
    QApplication.processEvents()


class Pulse:
    """A 2 ms timer of the window: its gaps are how long the window could not answer.

    Between two ticks the window's thread works (`busy`, its own processor time) or waits for a processor, which other
    programs may hold: on a machine that is not idle only `busy` says something of the program.
    """

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.works: list[float] = []
        self._last = self._worked = 0.0
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.gaps.append(1000 * (now - self._last))
        self.works.append(1000 * (worked - self._worked))
        self._last, self._worked = now, worked

    def __enter__(self) -> Self:
        self._timer.start()
        QApplication.processEvents()
        self._last, self._worked = time.perf_counter(), time.thread_time()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    @property
    def longest(self) -> float:
        """The longest gap in milliseconds."""
        return max(self.gaps, default=0.0)

    @property
    def busy(self) -> float:
        """The most processor time of the window's thread in a gap, in milliseconds."""
        return max(self.works, default=0.0)


def view_of(zoom: int) -> View:
    """All of the square at zoom 1, its middle at more."""
    middle = SIDE_M / 2
    return View(LEFT + middle, BOTTOM + middle, SIDE_M / HEIGHT / zoom, WIDTH, HEIGHT)


def full_picture(canvas: MapCanvas, view: View) -> float:
    """Milliseconds from the wish for a view to its picture on the window, labels included."""

    def act() -> None:
        canvas.set_view(view)
        settle(canvas)
        canvas.repaint()

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
    load = timed(lambda: build(LAYERS["sand_pits"], session.tables["sand_pits"]), 1)
    layers = MapLayers()
    canvas = MapCanvas(session, layers)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    settle(canvas)
    rows: list[dict[str, Any]] = []
    for zoom in ZOOMS:
        full = full_picture(canvas, view_of(zoom))
        steps = pan_steps(canvas)
        with Pulse() as pulse:
            canvas.set_view(view_of(zoom))
            settle(canvas)
        rows.append({
            "case": name, "zoom": zoom, "load_ms": round(load), "full_ms": round(full, 1),
            "pan_median_ms": round(float(np.median(steps[:, 0])), 1),
            "pan_p99_ms": round(float(np.percentile(steps[:, 0], 99)), 1),
            "pan_work_p99_ms": round(float(np.percentile(steps[:, 1], 99)), 1),
            "held_ms": round(pulse.longest, 1), "held_work_ms": round(pulse.busy, 1),
        })  # fmt: skip
    Session.project.store.held = (dem,)
    session.terrain_changed.emit()
    layers.change("terrain:" + dem[0].name, tint=False)
    settle(canvas)
    for row, zoom in zip(rows, ZOOMS, strict=True):
        row["ground_ms"] = round(full_picture(canvas, view_of(zoom)), 1)
    canvas.shutdown()
    canvas.deleteLater()
    for row, (vectors, ground) in zip(rows, qgis(folder, shapes, dem[1]), strict=True):
        row |= {"qgis_full_ms": vectors, "full_ratio": _ratio(row["full_ms"], vectors),
                "qgis_ground_ms": ground, "ground_ratio": _ratio(row["ground_ms"], ground)}  # fmt: skip
    return rows


def _ratio(ours: float, theirs: float | None) -> float | None:
    return round(ours / theirs, 2) if theirs else None


_STARTS: list[tuple[float, float]] = []


def qgis(folder: Path, shapes: np.ndarray, dem: Path) -> list[tuple[float | None, float | None]]:
    """Milliseconds of QGIS for vectors, and for hillshade with vectors, at each zoom; None without QGIS."""
    missing: list[tuple[float | None, float | None]] = [(None, None)] * len(ZOOMS)
    if os.environ.get("BENCH_QGIS") == "off" or not has_qgis():
        return missing
    path = write_layer(folder / f"layer-{len(shapes)}.gpkg", shapes)
    command = [SYSTEM_PYTHON, str(Path(__file__).with_name("qgis_render.py")), str(path), str(dem)]
    boxes = json.dumps([view_of(z).bounds for z in ZOOMS])
    ran = subprocess.run(command, input=boxes, capture_output=True, text=True, check=False, env=_clean())
    if ran.returncode:
        sys.stderr.write(f"QGIS failed and is left out: {ran.stderr.strip().splitlines()[-1:]}\n")
        return missing
    found = json.loads(ran.stdout.strip().splitlines()[-1])
    _STARTS.append((found["start"], found["start_cpu"]))
    return [(round(1000 * v, 1), round(1000 * g, 1)) for v, g in zip(found["vectors"], found["ground"], strict=True)]


def has_qgis() -> bool:
    """True where the system's Python can import QGIS."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False,
                          env=_clean()).returncode == 0  # fmt: skip


def _clean() -> dict[str, str]:
    """The environment without what is meant for our own Python."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "QT_PLUGIN_PATH", "PROJ_LIB", "GDAL_DATA")
    return {**{k: v for k, v in os.environ.items() if k not in ours}, "QT_QPA_PLATFORM": "offscreen"}


def held_at_work(folder: Path) -> list[dict[str, Any]]:
    """How long (ms) the real window could not answer: idle, opening, repainting, importing, estimating."""
    from app.gui.main_window import MainWindow
    from app.gui.session import Session as RealSession
    from app.sample.build import build_sample

    sample = build_sample(folder / "sample")
    outlines = folder / "many.geojson"
    _write_outlines(outlines)
    session = RealSession()
    window = MainWindow(session)
    window.resize(WIDTH, HEIGHT)
    window.show()
    QApplication.processEvents()
    window.ensure_workspace()
    held = []

    def wait() -> None:
        calm, end = 0, time.monotonic() + 120
        while calm < 40 and time.monotonic() < end:
            QApplication.processEvents()
            canvas = window.workspace.canvas if window.workspace else None
            quiet = session.project and not session.tasks.running(quiet=True) and canvas and not canvas.pictures.busy
            calm = calm + 1 if quiet else 0
            time.sleep(0.002)

    def measured(name: str, act: Callable[[], object]) -> None:
        with Pulse() as pulse:
            act()
            wait()
        held.append({"while": name, "held_ms": round(pulse.longest, 1), "held_work_ms": round(pulse.busy, 1)})

    measured("open", lambda: session.open_soon(sample))
    canvas = window.workspace.canvas
    canvas.map_layers.change(canvas.map_layers.terrains()[0].key, contours=True)
    wait()
    measured("nothing", lambda: time.sleep(0.002))
    measured("repaint", lambda: [canvas.zoom_in(), canvas.zoom_full()])
    measured("select", lambda: session.select_site("SK-001"))
    measured("import", lambda: session.run_write("import", lambda project, watch: _import(project, outlines, watch)))
    measured("estimate", lambda: window.trigger("estimate_all"))
    window.workspace.shutdown()
    session.shutdown()
    window.deleteLater()
    QApplication.processEvents()
    return held


def _write_outlines(path: Path) -> None:
    import shapely

    made = [json.loads(shapely.to_geojson(shapely.Point(424_100 + 30 * (i % 90), 4_499_100 + 30 * (i // 90)).buffer(8)))
            for i in range(3_000)]  # fmt: skip
    features = [{"type": "Feature", "properties": {"name": f"坑 {i}"}, "geometry": g} for i, g in enumerate(made)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf8")


def _import(project: Any, path: Path, watch: Any) -> Any:
    from app.verbs.import_ import import_features

    return import_features(project, path, layer="districts", crs=CRS, watch=watch)


_START = """
import sys, time
begun = time.perf_counter()
from pathlib import Path
from app.gui.main import Shell, make_application
app = make_application()
shell = Shell()
app.processEvents()
shown = time.perf_counter() - begun, time.process_time()
shell.session.open_soon(Path(sys.argv[1]))
while True:
    app.processEvents()
    work = shell.window.workspace
    if shell.session.project and work and "drawn" in work.canvas.pictures.facts("layers") \\
            and "drawn" in work.canvas.pictures.facts("ground"):
        break
    time.sleep(0.001)
shell.window.repaint()
print(*shown, time.perf_counter() - begun, time.process_time())
shell.shutdown()
"""


def start_up(folder: Path) -> dict[str, float | None]:
    """Seconds to the window and to the drawn map of the sample in a fresh process, warm; QGIS beside it."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HUITIAN_HOME": str(folder / "home")}
    project = next((folder / "sample").glob("*.gpkg"))
    runs = []
    for _ in range(4):
        ran = subprocess.run([sys.executable, "-c", _START, str(project)], capture_output=True, text=True, check=True,
                             env=env, cwd=ROOT)  # fmt: skip
        runs.append([float(v) for v in ran.stdout.split()[-4:]])
    window, window_work, drawn, drawn_work = (round(float(v), 2) for v in np.median(np.array(runs[1:]), axis=0))
    theirs = [round(v, 2) for v in min(_STARTS)] if _STARTS else [None, None]
    return {"window_s": window, "window_work_s": window_work, "map_drawn_s": drawn, "map_drawn_work_s": drawn_work,
            "qgis_first_picture_s": theirs[0], "qgis_first_picture_work_s": theirs[1]}  # fmt: skip


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

    app = QApplication.instance() or QApplication([])
    sys.setswitchinterval(SWITCH_S)
    folder = Path(tempfile.mkdtemp(prefix="bench-canvas-", dir=os.environ.get("BENCH_DIR")))
    try:
        path = write_terrain(folder / "dem.tif")
        dem = (inspect_dem(path), path)
        rows = [row for name, size in CASES.items() for row in run_case(name, *size, dem, folder)]
        held = held_at_work(folder)
        start = start_up(folder)
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
    app.processEvents()
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"pictures": rows, "held": held, "start": start}) + "\n")
        return
    table(rows)
    if rows[0]["qgis_full_ms"] is None:
        sys.stdout.write("no QGIS on this machine (apt-get install python3-qgis): no ratios\n")
    sys.stdout.write(f"\nthe window is held up for at most (ms; aim {HOLD_MS:g})\n")
    table(held)
    sys.stdout.write("\nstart of a fresh process, warm (s)\n")
    table([start])


if __name__ == "__main__":
    main()
