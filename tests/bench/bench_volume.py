"""Volumes: the level batch against reading the same windows and against exactextract; the membrane; peak memory.

Both with numpy alone and with the optional extra `compiled` (docs/decisions/numba.md).

Writes its own terrain (float32, 1 m, tiles of 512) and 246 irregular pits, 200-2 000 m at full size. Settings
by environment: BENCH_SIDE cells along a side (default 20 000, 1.6 GB), BENCH_RUNS (default 5), BENCH_DIR where to
write. Every figure is the median of the runs, each in a fresh process so that peak memory is its own; the jobs take
turns, so that what else the machine does falls on all of them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

SIDE = int(os.environ.get("BENCH_SIDE", "20000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
PITS = 246
_BATCHES = 3
"""Runs of a batch of whole estimates at most: it takes most of a minute."""
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


def job_read(path: Path, threads: int = 2) -> float:
    """Only read the windows (rasterio, 64 MB cache): GDAL shares them out among so many threads."""
    import rasterio
    from rasterio.windows import Window

    total = 0.0
    with rasterio.Env(GDAL_CACHEMAX=64, GDAL_NUM_THREADS=threads), rasterio.open(path) as ds:
        for r0, r1, c0, c1 in windows():
            total += float(ds.read(1, window=Window(c0, r0, c1 - c0, r1 - r0))[0, 0])
    return total


def job_read_alone(path: Path) -> float:
    """The same in one thread, as the sums of a plain file are made."""
    return job_read(path, 1)


def job_level(path: Path) -> float:
    """The engine's level batch: figures only, as ``estimate(…, beside=False)`` computes them."""
    return _engine(path, "level", {"level_m": LEVEL})


def job_membrane(path: Path) -> float:
    """The same batch under the membrane."""
    return _engine(path, "rim_surface", {})


def ready_kernels() -> float:
    """Load the compiled kernels and use each once; returns what that took, s. Compiled once on a computer."""
    from gis import compiled, membrane
    from gis.coverage import coverage
    from gis.lattice_crossings import Lattice
    from gis.multigrid import Multigrid

    start = time.perf_counter()
    os.environ.pop(compiled.OFF, None)
    if not compiled.load():
        sys.exit("numba is not there: no compiled kernels")
    ring = shapely.get_coordinates(shapely.Point(120, 120).buffer(100.3))
    coverage(shapely.Polygon(ring), 0, 240, 0, 240)
    grid = Multigrid([ring], Lattice(5.5, 5.5, 1.0, 230, 230), (0.25, 0.25))
    compiled.twin(membrane).spread(grid.solve(lambda x, y: x + np.sin(y)), grid.levels[0], ring, lambda x, _: x)
    return time.perf_counter() - start


def job_whole(path: Path) -> float:
    """The level batch with everything that an estimate carries: other surfaces, second method, interval."""
    return _engine(path, "level", {"level_m": LEVEL}, beside=True)


def _engine(path: Path, key: str, parameters: dict[str, Any], *, beside: bool = False) -> float:
    from gis.batch import OpenTerrain, tile_order
    from gis.volume import estimate
    from models.estimate import EstimateRequest
    from models.site import Site

    terrain = record(path)
    request = EstimateRequest(key, parameters)
    sites = [Site(str(k), str(k), "", "sand_pits", p, CRS, True) for k, p in enumerate(pits(SIDE))]
    total = 0.0
    with OpenTerrain() as opened:
        for k in tile_order([(s, terrain) for s in sites]):
            dem = opened.dem(path, terrain)
            total += estimate(sites[k], terrain, path, request, beside=beside, dem=dem).fill_m3
    return total


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


def job_batch(path: Path, workers: int = 1) -> float:
    """The command's batch (`estimate --all`) on the project beside the terrain, nothing stored."""
    from app.project import Project
    from app.verbs.estimate import estimate
    from models.estimate import EstimateRequest

    request = EstimateRequest("level", {"level_m": LEVEL})
    with Project.open(path.with_suffix(".gpkg"), read_only=True) as project:
        report = estimate(project, None, request=request, workers=workers, store=False)
    return sum(e.fill_m3 for e in report.estimates)


def job_batch_two(path: Path) -> float:
    """The same in two processes."""
    return job_batch(path, 2)


def write_project(path: Path) -> None:
    """A project with the terrain and all pits, beside the terrain."""
    from app.project import Project
    from gis.store import terrain_values
    from models.changes import Insert
    from models.notices import Notice

    with Project.create(path.with_suffix(".gpkg"), crs=CRS, name="bench") as project:
        terrain = replace(record(path), path=project.store.portable_path(path), registered_at="2100-01-01T00:00:00Z")
        inserts = [Insert("terrains", terrain_values(terrain))]
        outlines = enumerate(shapely.MultiPolygon([p]) for p in pits(SIDE))
        inserts += [Insert("sand_pits", {"code": f"P{k}", "geometry": p}) for k, p in outlines]
        project.store.transact(Notice("bench", "bench"), inserts)


JOBS = {
    "read": job_read,
    "read_alone": job_read_alone,
    "level": job_level,
    "exactextract": job_exactextract,
    "rim_surface": job_membrane,
    "level_compiled": job_level,
    "rim_surface_compiled": job_membrane,
    "whole": job_whole,
    "batch_1": job_batch,
    "batch_2": job_batch_two,
}


@dataclass
class Measured:
    """Runs of one job: wall and processor seconds (children too), peak memory of one process in MB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    mb: float = 0.0
    result: float = 0.0
    ready: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Median wall seconds."""
        return statistics.median(self.wall)

    @property
    def cpu_seconds(self) -> float:
        """Median processor seconds."""
        return statistics.median(self.cpu)

    def run(self, job: str, path: Path, side: int) -> None:
        """Once more, in a fresh process."""
        out = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_volume", job, str(path)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "BENCH_SIDE": str(side)},
        )
        answer = json.loads(out.stdout)
        self.wall.append(answer["s"])
        self.cpu.append(answer["cpu"])
        self.mb, self.result = max(self.mb, answer["mb"]), answer["result"]
        self.ready.append(answer["ready"])


def together(jobs: list[tuple[str, Path]], side: int, runs: int) -> dict[tuple[str, str], Measured]:
    """All jobs by turns, so that a busy machine is busy for each of them."""
    found: dict[tuple[str, str], Measured] = {(job, path.stem): Measured() for job, path in jobs}
    for _ in range(runs):
        for job, path in jobs:
            found[job, path.stem].run(job, path, side)
    return found


def write_large(path: Path, side: int) -> None:
    """An empty terrain four times as large (blocks that are not there read as 0), for peak memory."""
    import rasterio
    from rasterio.transform import from_origin

    profile = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32", "crs": CRS}
    profile |= {"tiled": True, "blockxsize": 512, "blockysize": 512, "BIGTIFF": "YES", "SPARSE_OK": True}
    with rasterio.open(path, "w", **profile, transform=from_origin(X0, Y0 + side, 1, 1)):
        pass


def main() -> None:
    """Print times, then each target and what was reached."""
    say = sys.stdout.write
    full = SIDE
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        plain, packed, large = (Path(folder) / f"{n}.tif" for n in ("plain", "deflated", "large"))
        write_terrain(plain, full)
        write_terrain(packed, full, compress="deflate", predictor=3, zlevel=1)
        cells = sum((b - a) * (d - c) for a, b, c, d in windows()) / 1e6
        say(f"{full} x {full} cells, {PITS} pits, {cells:.1f} million window cells, median of {RUNS}\n")
        jobs = [("read", plain), ("read_alone", plain), ("level", plain), ("exactextract", plain)]
        jobs += [("read", packed), ("level", packed), ("rim_surface", plain)]
        jobs += [("level_compiled", plain), ("rim_surface_compiled", plain)]
        found = together(jobs, full, RUNS)
        write_large(large, 2 * full)
        found |= together([("level", large)], 2 * full, 1)
        write_project(plain)
        found |= together([("batch_1", plain), ("batch_2", plain)], full, min(RUNS, _BATCHES))
    say(f"{'job':<24}{'s':>8}{'cpu s':>8}{'x read':>8}{'MB':>7}\n")
    for (job, name), m in found.items():
        base = found["read", name].seconds if ("read", name) in found else found["read", "plain"].seconds
        say(f"{job + ', ' + name:<24}{m.seconds:>8.2f}{m.cpu_seconds:>8.2f}{m.seconds / base:>8.2f}{m.mb:>7.0f}\n")
    # Ours are ground areas (k² taken out), theirs grid areas.
    theirs = found["exactextract", "plain"].result / found["level", "plain"].result
    say(f"exactextract's sum / ours: {theirs:.8f}; by 1 and 2 processes alike: ")
    say(f"{found['batch_1', 'plain'].result == found['batch_2', 'plain'].result}\n")
    same = all(found[j, "plain"].result == found[f"{j}_compiled", "plain"].result for j in ("level", "rim_surface"))
    ready = statistics.median(found["level_compiled", "plain"].ready)
    say(f"with and without compiled kernels alike: {same}; to have them ready took {ready:.2f} s a process\n\n")
    targets(found)


def targets(found: dict[tuple[str, str], Measured]) -> None:
    """The targets beside what was reached, by the clock and by processor time (for a machine that is busy)."""

    def ratio(a: tuple[str, str], b: tuple[str, str]) -> tuple[float, float]:
        return found[a].seconds / found[b].seconds, found[a].cpu_seconds / found[b].cpu_seconds

    level, read = ("level", "plain"), ("read", "plain")
    fast, membrane = ("level_compiled", "plain"), ("rim_surface_compiled", "plain")
    two = ratio(("batch_1", "plain"), ("batch_2", "plain"))  # processor time: as if two were free
    rows = [
        ("level batch / reading its windows", "<=", 2.5, ratio(level, read)),
        ("the same, read by one thread as well", "<=", 2.5, ratio(level, ("read_alone", "plain"))),
        ("exactextract / level batch", ">=", 4.0, ratio(("exactextract", "plain"), level)),
        ("level batch / reading, deflated", "<=", 1.3, ratio(("level", "deflated"), ("read", "deflated"))),
        ("peak memory of the level batch, MB", "<=", 400.0, (found[level].mb, found[level].mb)),
        ("the same, terrain 4 times as large, MB", "<=", 400.0, (found["level", "large"].mb,) * 2),
        ("one process / two, whole estimates", ">=", 1.6, (two[0], 2 * two[1])),
        ("rim_surface batch / level batch", "<=", 8.0, ratio(("rim_surface", "plain"), level)),
        ("both compiled: rim_surface / level", "<=", 8.0, ratio(membrane, fast)),
        ("compiled: level batch / reading", "<=", 2.5, ratio(fast, read)),
        ("compiled: exactextract / level batch", ">=", 4.0, ratio(("exactextract", "plain"), fast)),
        ("compiled: rim_surface / level as it was", "<=", 8.0, ratio(membrane, level)),
    ]
    sys.stdout.write(f"{'':<42}{'target':>10}{'clock':>9}{'':9}{'cpu':>9}\n")
    for words, sign, target, reached in rows:
        sys.stdout.write(f"{words:<42}{sign:>3}{target:>7.1f}")
        for value in reached:
            kept = value <= target if sign == "<=" else value >= target
            sys.stdout.write(f"{value:>9.2f} {'reached' if kept else 'MISSED':<8}")
        sys.stdout.write("\n")
    sys.stdout.write(
        "The read and compressed files are decoded by several threads, a plain file is summed by one: by the clock, "
        "reading has as many processors as are free.\n"
    )


def peak_mb() -> float:
    """Peak memory of this process, MB."""
    import resource

    status = Path("/proc/self/status")
    if status.is_file():  # Linux: ru_maxrss would begin with what the parent held
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    import rasterio  # noqa: F401 - loaded before the clock starts, with the engine below

    import app.verbs.estimate  # noqa: F401
    import gis.volume  # noqa: F401

    ready = ready_kernels() if sys.argv[1].endswith("_compiled") else 0.0
    pits(SIDE)  # the outlines are given, also to those who only read
    start, before = time.perf_counter(), os.times()
    value = JOBS[sys.argv[1]](Path(sys.argv[2]))
    spent, after = time.perf_counter() - start, os.times()
    cpu = sum(after[k] - before[k] for k in range(4))
    sys.stdout.write(json.dumps({"s": spent, "cpu": cpu, "mb": peak_mb(), "result": value, "ready": ready}))
