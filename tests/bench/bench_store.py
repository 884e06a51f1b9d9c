"""The project file with 100 000 sites: opening, one edit, a box, an import; each beside the bare work, in one run.

Settings by environment: BENCH_SITES (default 100 000), BENCH_RUNS (default 5), BENCH_POINTS (points of an outline,
default 20), BENCH_DIR where to write. Figures are medians of processor time of this process, so that others on the
machine count little; the waits for the disk (synchronous FULL on both sides) stand beside them as wall time.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.store import Store, blob
from gis.store.connection import connect
from models.changes import Insert, Update
from models.notices import Notice

SITES = int(os.environ.get("BENCH_SITES", "100000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
POINTS = int(os.environ.get("BENCH_POINTS", "20"))
CRS, SRS = "EPSG:4546", 4546
X0, Y0, SIDE = 450_000.0, 4_450_000.0, 50_000.0
SCREENFUL = 200
LABEL = Notice("bench", "bench")
BOX = (X0 + 5_000, Y0 + 5_000, X0 + 10_000, Y0 + 10_000)


def outlines() -> list[shapely.Polygon]:
    """Polygons of 40 m radius, scattered."""
    rng = np.random.default_rng(1)
    t = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    ring = 40 * np.column_stack((np.cos(t), np.sin(t)))
    return [shapely.Polygon(ring + at) for at in rng.uniform((X0, Y0), (X0 + SIDE, Y0 + SIDE), (SITES, 2))]


def values(n: int) -> dict[str, Any]:
    """The fields that an imported pit has."""
    return {"name": f"砂坑{n}", "district": "九原区", "ground_water_m": 1000.0 + n % 50}


def measure(act: Callable[[], Any], runs: int = RUNS) -> tuple[float, float]:
    """Median processor and wall seconds."""
    spent = []
    for _ in range(runs):
        cpu, wall = time.process_time(), time.perf_counter()
        act()
        spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    return statistics.median(s[0] for s in spent), statistics.median(s[1] for s in spent)


def row(what: str, ours: tuple[float, float], bare: tuple[float, float], target: float) -> None:
    """One line: the ratio reached beside its target."""
    ratio = ours[0] / bare[0]
    word = "reached" if ratio <= target else "MISSED"
    line = f"{what:<44}{ours[0] * 1e3:>10.2f}{bare[0] * 1e3:>10.2f}{ratio:>8.2f}{ours[1] / bare[1]:>8.2f}{target:>8.1f}"
    sys.stdout.write(f"{line}  {word}\n")
    sys.stdout.flush()


def bench_import(folder: Path, shapes: list[shapely.Polygon]) -> Path:
    """Import of all outlines, logged and indexed, beside pyogrio's write of the same table."""
    import geopandas as gpd

    columns = [values(n) for n in range(SITES)]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
    frame.insert(0, "code", [f"SK-{n:06d}" for n in range(SITES)])
    changes = [Insert("sand_pits", {**c, "geometry": g}) for c, g in zip(columns, shapes, strict=True)]
    path, other = folder / "project.gpkg", folder / "bare.gpkg"
    stores: list[Store] = []

    def fresh() -> None:
        for store in stores:
            store.close()
        stores.clear()
        path.unlink(missing_ok=True)
        other.unlink(missing_ok=True)
        stores.append(Store.create(path, crs=CRS, name="bench"))

    ours, bare = [], []
    for _ in range(max(3, RUNS // 2)):
        fresh()
        ours.append(measure(lambda: stores[0].transact(LABEL, changes), 1))
        bare.append(measure(lambda: frame.to_file(other, driver="GPKG", layer="sites", engine="pyogrio"), 1))
    stores[0].close()
    both = [tuple(statistics.median(s[i] for s in side) for i in (0, 1)) for side in (ours, bare)]
    row(f"import of {SITES} polygons / pyogrio's write", both[0], both[1], 4.0)  # type: ignore[arg-type]
    return path


def bench_open(path: Path) -> None:
    """From the closed file to rows, beside SELECT of the same rows with sqlite3 alone."""

    def select(limit: str) -> None:
        con = sqlite3.connect(path)
        con.execute(f"SELECT * FROM sand_pits ORDER BY fid {limit}").fetchall()
        con.close()

    def read(first: int | None) -> None:
        with Store.open(path) as store:
            store.table("sand_pits", first=first)

    for name, limit, first, runs in (
        (f"open, first {SCREENFUL} rows / SELECT", f"LIMIT {SCREENFUL}", SCREENFUL, 20 * RUNS),
        ("open, all rows with outlines / SELECT", "", None, RUNS),
    ):
        read(first)
        select(limit)
        row(name, measure(lambda f=first: read(f), runs), measure(lambda t=limit: select(t), runs), 1.5)


def bench_edit(path: Path, shape: shapely.Polygon) -> None:
    """One vertex moved and committed, beside a bare UPDATE with the same R-tree triggers and synchronous FULL."""
    ring = shapely.get_coordinates(shape)
    moved = iter(range(10**9))

    def new() -> shapely.MultiPolygon:
        changed = ring.copy()
        changed[1] += 0.01 * next(moved)
        return shapely.MultiPolygon([shapely.Polygon(changed)])

    middle = SITES // 2
    with Store.open(path) as store:
        ours = measure(lambda: store.transact(LABEL, [Update("sand_pits", middle, {"geometry": new()})]), 40 * RUNS)
    con = connect(path, "rw")

    def update() -> None:
        con.execute("BEGIN IMMEDIATE")
        con.execute("UPDATE sand_pits SET geom = ? WHERE fid = ?", (blob.encode(new(), SRS), middle + 1))
        con.execute("COMMIT")

    row("one vertex, committed and logged / UPDATE", ours, measure(update, 40 * RUNS), 3.0)
    con.close()


def bench_box(path: Path) -> None:
    """The features in a box of 5 km, as a GeoDataFrame, beside pyogrio's read of the same file."""
    import pyogrio

    copy = path.with_name("copy.gpkg")
    shutil.copy(path, copy)  # GDAL never touches the open project
    with Store.open(path) as store:
        store.read("sand_pits", bbox=BOX)
        ours = measure(lambda: store.read("sand_pits", bbox=BOX), 4 * RUNS)
        found = len(store.read("sand_pits", bbox=BOX))
    pyogrio.read_dataframe(copy, layer="sand_pits", bbox=BOX)
    bare = measure(lambda: pyogrio.read_dataframe(copy, layer="sand_pits", bbox=BOX), 4 * RUNS)
    row(f"box with {found} features / pyogrio", ours, bare, 1.0)


def main() -> None:
    """Print the table."""
    shapes = outlines()
    sys.stdout.write(f"{SITES} sites of {POINTS} points, medians of {RUNS} runs (cheap ones of more)\n")
    sys.stdout.write(f"{'':<44}{'ours ms':>10}{'bare ms':>10}{'ratio':>8}{'wall':>8}{'target':>8}\n")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        path = bench_import(Path(folder), shapes)
        bench_open(path)
        bench_edit(path, shapes[SITES // 2])
        bench_box(path)


if __name__ == "__main__":
    main()
