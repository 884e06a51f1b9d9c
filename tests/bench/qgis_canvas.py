"""QGIS beside the map: the same layer and terrain at the same views, by the system's Python where it has QGIS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.bench.data_canvas import ZOOMS, view_bounds, write_layer

SYSTEM_PYTHON = "/usr/bin/python3"

STARTS: list[tuple[float, float]] = []
"""Seconds to QGIS's first picture in a fresh process, and its processor time."""


def qgis(folder: Path, shapes: np.ndarray, dem: Path) -> list[dict[str, tuple[float | None, float | None]]]:
    """Milliseconds of QGIS for vectors ("full") and for hillshade with vectors ("ground") at each zoom.

    On the clock, and of processors; None without QGIS.
    """
    nothing: tuple[None, None] = (None, None)
    missing = [{"full": nothing, "ground": nothing} for _ in ZOOMS]
    if os.environ.get("BENCH_QGIS") == "off" or not has_qgis():
        return missing
    path = write_layer(folder / f"layer-{len(shapes)}.gpkg", shapes)
    command = [SYSTEM_PYTHON, str(Path(__file__).with_name("qgis_render.py")), str(path), str(dem)]
    boxes = json.dumps([view_bounds(z) for z in ZOOMS])
    ran = subprocess.run(command, input=boxes, capture_output=True, text=True, check=False, env=clean_environment())
    if ran.returncode:
        sys.stderr.write(f"QGIS failed and is left out: {ran.stderr.strip().splitlines()[-1:]}\n")
        return missing
    found = json.loads(ran.stdout.strip().splitlines()[-1])
    STARTS.append((found["start"], found["start_cpu"]))
    sides = zip(found["vectors"], found["ground"], strict=True)
    return [{"full": _ms(v), "ground": _ms(g)} for v, g in sides]


def _ms(seconds: list[float]) -> tuple[float, float]:
    return round(1000 * seconds[0], 1), round(1000 * seconds[1], 1)


def has_qgis() -> bool:
    """True where the system's Python can import QGIS."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False,
                          env=clean_environment()).returncode == 0  # fmt: skip


def clean_environment() -> dict[str, str]:
    """The environment without what is meant for our own Python."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "QT_PLUGIN_PATH", "PROJ_LIB", "GDAL_DATA")
    return {**{k: v for k, v in os.environ.items() if k not in ours}, "QT_QPA_PLATFORM": "offscreen"}
