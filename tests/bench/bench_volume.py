"""Volumes: the level batch against reading the same windows and against exactextract; the membrane; peak memory.

Writes its own terrain (float32, 1 m, tiles of 512) and 246 irregular pits, 200-2 000 m at full size. Settings
by environment: BENCH_SIDE cells along a side (default 20 000, 1.6 GB), BENCH_RUNS (default 5), BENCH_DIR where to
write. Every figure is the median of the runs, each in a fresh process so that peak memory is its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

SIDE = int(os.environ.get("BENCH_SIDE", "20000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
PITS = 246
X0, Y0 = 400_000.0, 4_400_000.0
CRS = "EPSG:4546"
LEVEL = 102.0


@cache
def pits(side: int) -> list[Any]:
    """Disjoint ragged outlines, 200 to 2 000 m across at side 20 000 (smaller in proportion), about 110 km² of them."""
    rng = np.random.default_rng(42)
    scale = side / 20_000
    radii = np.sort(np.exp(rng.uniform(np.log(200), np.log(2000), PITS)) * scale / 2)[::-1]
    centres: list[tuple[float, float, float]] = []
    for r in radii:
        while True:
            x, y = rng.uniform(r + 1, side - r - 1, 2)
            if all((x - a) ** 2 + (y - b) ** 2 > (r + q) ** 2 for a, b, q in centres):
                centres.append((x, y, r))
                break
    found = []
    for x, y, radius in centres:
        t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        wave = sum(rng.normal(0, 0.25 / n) * np.cos(n * t + rng.uniform(0, 6)) for n in range(2, 9))
        r = radius * np.clip(0.85 + wave, 0.4, 1)
        found.append(shapely.Polygon(np.column_stack((X0 + x + r * np.cos(t), Y0 + y + r * np.sin(t)))))
    return found


def write_terrain(path: Path, side: int, **options: Any) -> None:
    """Hills of a few sines with noise of 5 cm, band by band."""
    import rasterio
    from rasterio.transform import from_origin
    from rasterio.windows import Window

    rng = np.random.default_rng(7)
    x = np.arange(side, dtype=np.float32)
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32", "crs": CRS}
    profile |= {"tiled": True, "blockxsize": 512, "blockysize": 512, "BIGTIFF": "IF_SAFER"}
    profile["transform"] = from_origin(X0, Y0 + side, 1, 1)
    with rasterio.open(path, "w", **profile, **options) as ds:
        for row in range(0, side, 512):
            y = np.arange(row, min(row + 512, side), dtype=np.float32)[:, None]
            z = 100 + 3 * np.sin(x / 311) * np.cos(y / 271) + 2 * np.sin(x / 57 + y / 83)
            z += rng.standard_normal(z.shape, dtype=np.float32) * np.float32(0.05)
            ds.write(z.astype(np.float32), 1, window=Window(0, row, side, y.size))


def record(path: Path) -> Any:
    """The terrain's record, without hashing it."""
    from gis.dem.grid import Grid
    from models.terrain import ErrorFigures, Terrain

    transform = (1.0, 0.0, X0, 0.0, -1.0, Y0 + SIDE)
    grid = Grid(SIDE, SIDE, transform, CRS)
    size, size_bytes = (SIDE, SIDE), path.stat().st_size
    shape = (transform, grid.cell_m, None, "float32", 1.0, 0.0, "m", "dtm", None, None)
    return Terrain("b", "b", str(path), size_bytes, "", CRS, *size, *shape, ErrorFigures())


def windows() -> list[tuple[int, int, int, int]]:
    """(row0, row1, col0, col1) of each pit."""
    found = []
    for p in pits(SIDE):
        x0, y0, x1, y1 = p.bounds
        found.append((int(Y0 + SIDE - y1), int(np.ceil(Y0 + SIDE - y0)), int(x0 - X0), int(np.ceil(x1 - X0))))
    return found


def job_read(path: Path) -> float:
    """Only read the windows (rasterio, 64 MB cache)."""
    import rasterio
    from rasterio.windows import Window

    total = 0.0
    with rasterio.Env(GDAL_CACHEMAX=64, GDAL_NUM_THREADS=2), rasterio.open(path) as ds:
        for r0, r1, c0, c1 in windows():
            total += float(ds.read(1, window=Window(c0, r0, c1 - c0, r1 - r0))[0, 0])
    return total


def job_level(path: Path) -> float:
    """The engine's level batch: figures only, as ``estimate(…, beside=False)`` computes them."""
    return _engine(path, "level", {"level_m": LEVEL})


def job_membrane(path: Path) -> float:
    """The same batch under the membrane."""
    return _engine(path, "rim_surface", {})


def job_whole(path: Path) -> float:
    """The level batch with everything that an estimate carries: other surfaces, second method, interval."""
    return _engine(path, "level", {"level_m": LEVEL}, beside=True)


def _engine(path: Path, key: str, parameters: dict[str, Any], *, beside: bool = False) -> float:
    from gis.raster import Dem
    from gis.volume import estimate
    from models.estimate import EstimateRequest
    from models.site import Site

    terrain = record(path)
    request = EstimateRequest(key, parameters)
    sites = [Site(str(k), str(k), "", "sand_pits", p, CRS, True) for k, p in enumerate(pits(SIDE))]
    with Dem(path, terrain) as dem:
        return sum(estimate(s, terrain, path, request, beside=beside, dem=dem).fill_m3 for s in sites)


def job_exactextract(path: Path) -> float:
    """Exactextract's best route (platform.md section 6): depth of the window as an array, operation sum."""
    import rasterio
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource
    from rasterio.windows import Window

    total = 0.0
    with rasterio.Env(GDAL_CACHEMAX=64, GDAL_NUM_THREADS=2), rasterio.open(path) as ds:
        for p, (r0, r1, c0, c1) in zip(pits(SIDE), windows(), strict=True):
            depth = np.maximum(LEVEL - ds.read(1, window=Window(c0, r0, c1 - c0, r1 - r0)), 0)
            top = Y0 + SIDE - r0
            source = NumPyRasterSource(depth, xmin=X0 + c0, ymin=top - (r1 - r0), xmax=X0 + c1, ymax=top)
            feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(p)}
            total += exact_extract(source, [feature], ["sum"])[0]["properties"]["sum"]
    return total


JOBS = {
    "read": job_read,
    "level": job_level,
    "exactextract": job_exactextract,
    "rim_surface": job_membrane,
    "whole": job_whole,
}


def measure(job: str, path: Path, runs: int) -> tuple[float, float, float]:
    """(median seconds, peak memory in MB, result) of a job in fresh processes."""
    seconds, memory, result = [], [], 0.0
    for _ in range(runs):
        out = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_volume", job, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        answer = json.loads(out.stdout)
        seconds.append(answer["s"])
        memory.append(answer["mb"])
        result = answer["result"]
    return statistics.median(seconds), max(memory), result


def main() -> None:
    """Print the table of ratios."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        plain, packed = Path(folder) / "plain.tif", Path(folder) / "packed.tif"
        write_terrain(plain, SIDE)
        write_terrain(packed, SIDE, compress="deflate", predictor=3, zlevel=1)
        cells = sum((b - a) * (d - c) for a, b, c, d in windows()) / 1e6
        say(f"{SIDE} x {SIDE} cells, {PITS} pits, {cells:.1f} million window cells, median of {RUNS}\n")
        say(f"{'job':<26}{'s':>8}{'x read':>8}{'MB':>7}\n")
        base, results = {}, {}
        for name, path in (("plain", plain), ("deflated", packed)):
            for job in JOBS if name == "plain" else ("read", "level"):
                s, mb, results[job] = measure(job, path, RUNS if job != "whole" else 1)
                base.setdefault(name, s)
                say(f"{job + ', ' + name:<26}{s:>8.2f}{s / base[name]:>8.2f}{mb:>7.0f}\n")
        # Ours are ground areas (k² taken out), theirs grid areas.
        say(f"exactextract's sum / ours: {results['exactextract'] / results['level']:.8f}\n")


if __name__ == "__main__":
    import resource

    import rasterio  # noqa: F401 - loaded before the clock starts, with the engine below

    import gis.volume  # noqa: F401

    start = time.perf_counter()
    value = JOBS[sys.argv[1]](Path(sys.argv[2]))
    spent = time.perf_counter() - start
    sys.stdout.write(
        json.dumps({"s": spent, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "result": value})
    )
