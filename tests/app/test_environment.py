"""Traps of the platform (DESIGN.md D15): what other GIS programs leave in the environment must not reach ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PROBE = """
import app
import os, fiona.crs, pyproj, rasterio.crs
assert os.environ["PROJ_NETWORK"] == "OFF"
rasterio.crs.CRS.from_epsg(4546)
fiona.crs.CRS.from_epsg(4546)
print(*pyproj.Transformer.from_crs(4490, 4546, always_xy=True).transform(111, 40))
"""


def test_a_foreign_proj_does_not_break_ours(tmp_path: Path) -> None:
    (tmp_path / "proj.db").write_bytes(b"not a database")
    foreign = dict.fromkeys(("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"), str(tmp_path))
    environment = os.environ | foreign | {"PROJ_NETWORK": "ON"}
    line = [sys.executable, "-c", _PROBE]
    result = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    east, north = map(float, result.stdout.split())
    assert east == 500_000
    assert abs(north - 4_429_529) < 1000


def test_no_module_outside_the_window_imports_qt() -> None:
    loaded = "import sys, app.cli; print([m for m in sys.modules if m.startswith(('PySide6', 'shiboken6'))])"
    result = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "[]", result.stderr
