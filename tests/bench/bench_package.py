"""A package of 246 sites: time and memory of the data alone, and with one sheet a site.

Settings by environment: BENCH_PACKAGE_SITES (default 246), BENCH_WORKERS (default 2), BENCH_KINDS (kinds of sheet with
commas between, default backfill_design), BENCH_DIR where to write. Wall time and processor time of all processes.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.package import PackageOptions, make_package
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.estimate import EstimateRequest
from models.notices import Notice

SITES = int(os.environ.get("BENCH_PACKAGE_SITES", "246"))
WORKERS = int(os.environ.get("BENCH_WORKERS", "2"))
KINDS = tuple(k for k in os.environ.get("BENCH_KINDS", "backfill_design").split(",") if k)
X0, Y0, SIDE, POINTS = 417_000.0, 4_496_000.0, 160, 40


def make_project(folder: Path) -> Path:
    """Round pits of 50 m radius and 8 m depth, one in each square of 160 m, on one terrain of 1 m cells."""
    wide = int(np.ceil(np.sqrt(SITES)))
    row, col = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    bowl = 1050.0 - 8.0 * np.clip(1 - np.hypot(col - SIDE / 2, row - SIDE / 2) / 50, 0, 1)
    rng = np.random.default_rng(1)
    heights = np.tile(bowl, (wide, wide)) + rng.normal(0, 0.02, (wide * SIDE, wide * SIDE))
    profile = {"driver": "GTiff", "width": wide * SIDE, "height": wide * SIDE, "count": 1, "dtype": "float32",
               "crs": "EPSG:4546", "transform": from_origin(X0, Y0, 1, 1)}  # fmt: skip
    with rasterio.open(folder / "dem.tif", "w", **profile) as target:
        target.write(heights.astype("float32"), 1)
    t = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    ring = 48 * np.column_stack((np.cos(t), np.sin(t)))
    path = folder / "project.gpkg"
    with Project.create(path, crs="EPSG:4546", name="二百四十六坑") as project:
        rows = []
        for i in range(SITES):
            middle = X0 + (i % wide + 0.5) * SIDE, Y0 - (i // wide + 0.5) * SIDE
            shape = shapely.MultiPolygon([shapely.Polygon(np.round(ring + middle, 3))])
            rows.append(Insert("sand_pits", {"code": f"SK-{i + 1:03d}", "name": f"{i + 1}号砂坑", "geometry": shape}))
        red = shapely.MultiPolygon([shapely.box(X0 + 300, Y0 - 2000, X0 + 420, Y0)])
        rows.append(Insert("red_lines", {"code": "HX-1", "name": "红线", "geometry": red}))
        rows.append(Insert("wastes", {"code": "FA-1", "name": "粉煤灰", "kind": "fly_ash", "annual_t": 1e6}))
        project.store.transact(Notice("bench", "bench"), rows)
        add_terrain(project, folder / "dem.tif", name="dem", source="lidar")
        estimate(project, None, request=EstimateRequest(waste="FA-1", cover_m=0.5), workers=WORKERS)
    return path


def spent() -> float:
    """Processor seconds of this process and of those that ended."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def run(path: Path, out: Path, kinds: Sequence[str]) -> None:
    """One package; prints what it took."""
    cpu, wall = spent(), time.perf_counter()
    with Project.open(path, read_only=True) as project:
        report = make_package(project, out, PackageOptions(kinds=kinds, workers=WORKERS))
    wall, cpu = time.perf_counter() - wall, spent() - cpu
    size = sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
    peak = [resource.getrusage(w).ru_maxrss / 1024 for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    name = ", ".join(kinds) or "no sheets"
    sys.stdout.write(
        f"{SITES} sites, {name}: {wall:.0f} s wall, {cpu:.0f} s processor, {report.files} files, {size / 1e6:.0f} MB, "
        f"left out {len(report.left)}, peak {peak[0]:.0f} MB here, {peak[1]:.0f} MB in a worker\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Data alone, then with sheets."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        path = make_project(Path(folder))
        run(path, Path(folder) / "data", ())
        if KINDS:
            run(path, Path(folder) / "sheets", KINDS)


if __name__ == "__main__":
    main()
