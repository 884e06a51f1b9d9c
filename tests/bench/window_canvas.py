"""How long the window cannot answer, measured by a timer; and what the bench does with the real window for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.bench.data_canvas import CRS, HEIGHT, WIDTH
from tests.bench.qgis_start import application_start

ROOT = Path(__file__).resolve().parents[2]
_SCHEDSTAT = Path("/proc/self/schedstat")


class Pulse:
    """A 2 ms timer of the window: its gaps are how long the window could not answer.

    Between two ticks the window's thread works (`busy`, its own processor time) or waits for a processor, which other
    programs may hold: on a machine that is not idle only `busy` and `locked` say something of the program. `locked` is
    the gap less the time that the thread could have run but got no processor: it works, or another thread of the
    program holds Python's lock (or waits for a processor with it).
    """

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.works: list[float] = []
        self.locks: list[float] = []
        self._last = self._worked = self._queued = 0.0
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now, worked, queued = time.perf_counter(), time.thread_time(), _queued_s()
        self.gaps.append(1000 * (now - self._last))
        self.works.append(1000 * (worked - self._worked))
        self.locks.append(1000 * (now - self._last - (queued - self._queued)))
        self._last, self._worked, self._queued = now, worked, queued

    def __enter__(self) -> Self:
        self._timer.start()
        QApplication.processEvents()
        self.gaps.clear()
        self.works.clear()
        self.locks.clear()
        self._last, self._worked, self._queued = time.perf_counter(), time.thread_time(), _queued_s()
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

    @property
    def locked(self) -> float:
        """The longest gap less the time that the thread waited for a processor, in milliseconds."""
        return max(self.locks, default=0.0)


def _queued_s() -> float:
    """Seconds that the main thread could have run but had no processor (Linux: proc(5), schedstat); 0 elsewhere."""
    try:
        return int(_SCHEDSTAT.read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def held_at_work(folder: Path) -> list[dict[str, Any]]:
    """How long (ms) the real window could not answer: idle, opening, repainting, importing, estimating."""
    from app.gui.garbage import Garbage
    from app.gui.main_window import MainWindow
    from app.gui.session import Session as RealSession
    from app.sample.build import build_sample

    sample = build_sample(folder / "sample")
    outlines = folder / "many.geojson"
    _write_outlines(outlines)
    session = RealSession()
    garbage = Garbage(session)
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
        held.append({"while": name, "held_ms": round(pulse.longest, 1), "held_locked_ms": round(pulse.locked, 1),
                     "held_work_ms": round(pulse.busy, 1)})  # fmt: skip

    measured("open", lambda: session.open_soon(sample))
    canvas = window.workspace.canvas
    canvas.map_layers.change(canvas.map_layers.terrains()[0].key, contours=True)
    wait()
    garbage.settle()
    measured("nothing", lambda: time.sleep(0.002))
    measured("repaint", lambda: [canvas.zoom_in(), canvas.zoom_full()])
    measured("select", lambda: session.select_site("SK-001"))
    measured("import", lambda: session.run_write("import", lambda project, watch: _import(project, outlines, watch)))
    measured("estimate", lambda: window.trigger("estimate_all"))
    window.workspace.shutdown()
    session.shutdown()
    garbage.end()
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
begun = float(sys.argv[2])
from pathlib import Path
from app.gui.main import Shell, make_application
app = make_application()
shell = Shell()
app.processEvents()
shown = time.time() - begun, time.process_time()
shell.session.open_soon(Path(sys.argv[1]))
while True:
    app.processEvents()
    work = shell.window.workspace
    if shell.session.project and work and "drawn" in work.canvas.pictures.facts("layers") \\
            and "drawn" in work.canvas.pictures.facts("ground"):
        break
    time.sleep(0.001)
shell.window.repaint()
print(*shown, time.time() - begun, time.process_time())
shell.shutdown()
"""


def start_up(folder: Path, theirs: tuple[float, float] | None) -> dict[str, float | None]:
    """Seconds to the window and to the drawn map of the sample in a fresh process, warm; QGIS beside it.

    QGIS as its libraries' first picture (``theirs``) and as the program with the same layers and terrain.
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HUITIAN_HOME": str(folder / "home")}
    project = next((folder / "sample").glob("*.gpkg"))
    runs = []
    for _ in range(4):
        command = [sys.executable, "-c", _START, str(project), repr(time.time())]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, env=env, cwd=ROOT)
        runs.append([float(v) for v in ran.stdout.split()[-4:]])
    window, window_work, drawn, drawn_work = (round(float(v), 2) for v in np.median(np.array(runs[1:]), axis=0))
    peer = [round(v, 2) for v in theirs] if theirs else [None, None]
    program = application_start(folder, project, next((folder / "sample").glob("*.tif")))
    return {"window_s": window, "window_work_s": window_work, "map_drawn_s": drawn, "map_drawn_work_s": drawn_work,
            "qgis_first_picture_s": peer[0], "qgis_first_picture_work_s": peer[1],
            "qgis_program_drawn_s": program and round(program, 2),
            "window_to_qgis": program and round(window / program, 2)}  # fmt: skip
