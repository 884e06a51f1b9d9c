"""Reference surfaces over one ragged pit of a million cells: time to build and to read them out, against the ground.

Everything runs in one process and counts processor time, so that the ratios hold on a busy machine. Settings by
environment: BENCH_SURFACE_SIDE cells along a side (default 1 290: a million cells inside), BENCH_RUNS (default 5).
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.dem.grid import Grid
from gis.job import Job, open_job
from gis.surfaces import Inputs
from gis.tiling import tiles
from models.estimate import EstimateRequest
from models.rim_edit import RimEdit
from models.site import Site
from models.terrain import ErrorFigures, Terrain

SIDE = int(os.environ.get("BENCH_SURFACE_SIDE", "1290"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
X0, Y0, CRS = 500_000.0, 4_500_000.0, "EPSG:4546"


def outline(side: float) -> Any:
    """A ragged ring of 2 000 vertices with an island, the saddle x·y in its middle."""
    t = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    r = side * 0.44 * (1 + 0.06 * np.sin(5 * t) + 0.03 * np.cos(13 * t) + 0.01 * np.sin(47 * t))
    whole = shapely.Polygon(np.column_stack((X0 + side / 2 + r * np.cos(t), Y0 + side / 2 + r * np.sin(t))))
    island = np.column_stack((X0 + 0.7 * side + 0.05 * r * np.cos(t), Y0 + side / 2 + 0.05 * r * np.sin(t)))
    return whole.difference(shapely.Polygon(island))


def saddle(x: Any, y: Any) -> Any:
    """Harmonic, and bilinear between cell centres: the rim and the membrane are both exact."""
    return 100 + 0.04 / SIDE * (x - X0 - SIDE / 2) * (y - Y0 - SIDE / 2)


def write(folder: Path, name: str, cell: float) -> tuple[Terrain, Path]:
    """The saddle as a terrain of cells of `cell` m."""
    import rasterio
    from rasterio.transform import from_origin

    n = int(SIDE / cell)
    centre = (np.arange(n) + 0.5) * cell
    z = saddle(X0 + centre[None, :], Y0 + SIDE - centre[:, None])
    transform = from_origin(X0, Y0 + SIDE, cell, cell)
    path = folder / f"{name}.tif"
    profile = {"driver": "GTiff", "width": n, "height": n, "count": 1, "dtype": "float64", "crs": CRS}
    with rasterio.open(path, "w", transform=transform, tiled=True, blockxsize=512, blockysize=512, **profile) as ds:
        ds.write(z, 1)
    grid = Grid(n, n, tuple(transform)[:6], CRS)
    shape = (grid.transform, grid.cell_m, None, "float64", 1.0, 0.0, "m", "dtm", "d", None)
    return Terrain(name, name, str(path), path.stat().st_size, name, CRS, n, n, *shape, ErrorFigures()), path


def design(folder: Path) -> Path:
    """Points of the saddle every 20 m, as a designer's file."""
    t = np.arange(0, SIDE + 20, 20.0)
    rows = [f"{X0 + x:.2f},{Y0 + y:.2f},{saddle(X0 + x, Y0 + y):.4f}" for x in t for y in t]
    path = folder / "design.csv"
    path.write_text("东坐标,北坐标,高程\n" + "\n".join(rows), encoding="utf8")
    return path


def read_out(job: Job, block: Callable[..., Any]) -> float:
    """Call `block` for every tile of the site."""
    total = 0.0
    for part in job.placed.parts:
        for tile in tiles(part.edges, job.dem.window):
            total += float(np.nansum(block(tile.row0, tile.row1, tile.col0, tile.col1)[:1, :1]))
    return total


def spent(act: Callable[[], Any]) -> float:
    """Median processor seconds of an act."""
    took = []
    for _ in range(RUNS):
        start = time.process_time()
        act()
        took.append(time.process_time() - start)
    return statistics.median(took)


def membrane_error(job: Job, surface: Any) -> float:
    """The membrane's greatest distance from the saddle at cell centres inside, m."""
    r0, r1, c0, c1 = job.placed.parts[0].edges.bounds
    z = surface.block(r0, r1, c0, c1)
    i, j = np.nonzero(np.isfinite(z))
    x, y = job.dem.grid.to_world(j + c0 + 0.5, i + r0 + 0.5)
    return float(np.abs(z[i, j] - saddle(x, y)).max())


def requests(folder: Path) -> dict[str, tuple[EstimateRequest, Inputs]]:
    """One request for each surface that is not a level."""
    coarse, fine = write(folder, "coarse", 2.5), write(folder, "fine", 0.5)
    x, y = shapely.get_coordinates(outline(SIDE))[0]
    edit = RimEdit("raise", float(x), float(y), float(x), float(y), float(outline(SIDE).exterior.length), 1.0)
    graded = {"level_m": 101.0, "fall_percent": 1.0, "azimuth_deg": 30.0}
    lines = {"design": "design.csv", "design_crs": CRS}
    return {
        "rim_plane": (EstimateRequest("rim_plane"), Inputs()),
        "rim_surface": (EstimateRequest("rim_surface"), Inputs()),
        "edited_rim": (EstimateRequest("edited_rim", {"rim_edits": [edit.to_json()], "over": "rim_surface"}), Inputs()),
        "graded": (EstimateRequest("graded", graded), Inputs()),
        "graded, crown": (EstimateRequest("graded", {"level_m": 100.0, "fall_percent": 1.0, "crown": True}), Inputs()),
        "contours": (EstimateRequest("contours", lines), Inputs(design=design(folder))),
        "dem, 2.5 m": (EstimateRequest("dem", {"terrain": "coarse"}), Inputs(*coarse)),
        "dem, 0.5 m": (EstimateRequest("dem", {"terrain": "fine"}), Inputs(*fine)),
    }


def main() -> None:
    """Print the table."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        ground, path = write(folder, "ground", 1.0)
        pit = Site("p", "p", "", "sand_pits", outline(SIDE), CRS, True)
        job = stack.enter_context(open_job(pit, ground, path, EstimateRequest("spill")))
        base = spent(lambda: read_out(job, job.dem.read))
        say(f"{pit.outline.area / 1e6:.2f} million cells inside; reading the ground {base:.3f} s of the processor\n")
        say(f"{'surface':<16}{'build s':>9}{'read s':>9}{'x read':>8}{'MB more':>9}\n")
        for key, (request, inputs) in requests(folder).items():
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            with open_job(pit, ground, path, request, inputs=inputs) as own:
                surface = own.reference()[0]

                def anew(job: Job = own) -> None:
                    job._shared.clear()
                    job.reference()

                build = spent(anew)
                read = spent(lambda own=own, s=surface: read_out(own, _whole(s)))
                more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
                say(f"{key:<16}{build:>9.3f}{read:>9.3f}{read / base:>8.1f}{more:>9.0f}\n")
                if key == "rim_surface":
                    say(f"{'':<16}greatest distance from the saddle {membrane_error(own, surface):.1e} m\n")


def _whole(surface: Any) -> Callable[..., Any]:
    def block(row0: int, row1: int, col0: int, col1: int) -> Any:
        return np.broadcast_to(np.asarray(surface.block(row0, row1, col0, col1)), (row1 - row0, col1 - col0))

    return block


if __name__ == "__main__":
    main()
