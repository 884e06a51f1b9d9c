"""How long the QGIS program itself takes to the drawn map of a project, on a screen of its own (Xvfb).

One file in three roles: imported, it measures; ``python3 qgis_start.py project OUT.qgs PROJECT.gpkg DEM.tif`` under the
system's Python writes the QGIS project that is opened; given to QGIS as ``--code``, it notes the time of the first
drawn canvas.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

WAIT_S = 90.0


def application_start(folder, project, dem):
    """Seconds from starting the process to the drawn canvas, median of three after a warm-up; None without QGIS."""
    import shutil

    from tests.bench.qgis_canvas import SYSTEM_PYTHON, clean_environment, has_qgis

    tools = [shutil.which("qgis", path="/usr/bin"), shutil.which("Xvfb")]
    if not all(tools) or os.environ.get("BENCH_QGIS") == "off" or not has_qgis():
        return None
    theirs = folder / "start.qgs"
    subprocess.run([SYSTEM_PYTHON, __file__, "project", theirs, project, dem], check=True, env=clean_environment(),
                   capture_output=True)  # fmt: skip
    read, write = os.pipe()
    screen = subprocess.Popen([tools[1], "-displayfd", str(write), "-screen", "0", "1920x1080x24"], pass_fds=[write],
                              stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        display = os.read(read, 16).decode().strip()
        env = {k: v for k, v in clean_environment().items() if k != "QT_QPA_PLATFORM"}
        env |= {"DISPLAY": f":{display}", "BENCH_DRAWN": str(folder / "drawn.txt"), "HOME": str(folder)}
        runs = [_one(tools[0], theirs, env) for _ in range(4)][1:]
    finally:
        screen.terminate()
        screen.wait()
        os.close(read)
        os.close(write)
    return None if None in runs else sorted(runs)[1]


def _one(program, project, env):
    """Seconds of one start; None where the canvas does not come."""
    drawn = Path(env["BENCH_DRAWN"])
    drawn.unlink(missing_ok=True)
    command = [program, "--nologo", "--noversioncheck", "--project", str(project), "--code", __file__]
    begun = time.time()
    ran = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while time.time() - begun < WAIT_S and not (drawn.exists() and drawn.read_text()):
        time.sleep(0.05)
    ran.kill()
    ran.wait()
    return float(drawn.read_text()) - begun if drawn.exists() else None


def _write_project(target, project, dem):
    """A QGIS project of all feature layers over the shaded terrain."""
    import sqlite3

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication, QgsHillshadeRenderer, QgsProject, QgsRasterLayer, QgsVectorLayer

    app = QgsApplication([], True)
    app.initQgis()
    made = QgsProject.instance()
    with sqlite3.connect(project) as db:
        names = [name for (name,) in db.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")]
    ground = QgsRasterLayer(dem, "dem")
    ground.setRenderer(QgsHillshadeRenderer(ground.dataProvider(), 1, 315, 45))
    for layer in [*(QgsVectorLayer(f"{project}|layername={name}", name, "ogr") for name in names), ground]:
        assert layer.isValid()
        made.addMapLayer(layer)
    assert made.write(target)


def _note_when_drawn():
    """Inside QGIS: the first picture of the whole canvas ends the watch."""
    from qgis.utils import iface

    def drawn():
        Path(os.environ["BENCH_DRAWN"]).write_text(repr(time.time()), encoding="ascii")

    canvas = iface.mapCanvas()
    canvas.mapCanvasRefreshed.connect(drawn)
    canvas.zoomToFullExtent()
    canvas.refresh()


if sys.argv[1:2] == ["project"]:
    _write_project(*sys.argv[2:5])
elif "qgis.utils" in sys.modules and "BENCH_DRAWN" in os.environ:
    _note_when_drawn()
