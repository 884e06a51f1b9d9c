"""Foreign files of a size: a shapefile into the project beside pyogrio's bare read and write; large DXF and GeoJSON.

Settings by environment: BENCH_POLYGONS (100 000), BENCH_DXF_MB (50), BENCH_GEOJSON_MB (200). Times are processor time
of this process and its children, so that others on the machine count little; memory is that of both together.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from app.project import Project
from app.verbs.import_ import import_features
from gis.formats import read_features
from models.progress import Watch

POLYGONS = int(os.environ.get("BENCH_POLYGONS", "100000"))
DXF_MB = int(os.environ.get("BENCH_DXF_MB", "50"))
GEOJSON_MB = int(os.environ.get("BENCH_GEOJSON_MB", "200"))
ROUNDS = 3
CRS = "EPSG:4546"
MOST_TIMES, MOST_GB = 4.0, 2.0
_PAGE = 4096


def rings(count: int, points: int = 20) -> Any:
    """(count, points + 1, 2) corners of round outlines that do not touch."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    n = np.arange(count)
    centre = np.stack((389_800 + (n % 300) * 80.0, 4_497_400 + (n // 300) * 80.0), -1)
    open_ring = centre[:, None] + 30 * np.stack((np.cos(t), np.sin(t)), -1)
    return np.concatenate((open_ring, open_ring[:, :1]), 1).round(3)


def spent(act: Callable[[], Any]) -> float:
    """Processor seconds of this process and of the children that ended."""
    start = os.times()
    act()
    end = os.times()
    return sum(end[:4]) - sum(start[:4])


class Memory:
    """The most that this process and its children held at once, looked at twenty times a second."""

    def __init__(self) -> None:
        self.most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        me = os.getpid()
        children = Path(f"/proc/{me}/task/{me}/children")
        while not self._stop.wait(0.05):
            total = 0
            for pid in [str(me), *(children.read_text().split() if children.exists() else [])]:
                try:
                    total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
                except (OSError, IndexError):
                    continue
            self.most = max(self.most, total)


def shapefile(folder: Path) -> None:
    """Polygons into the project, beside pyogrio."""
    shapes = shapely.polygons(rings(POLYGONS))
    names = [f"废弃砂坑{i}" for i in range(POLYGONS)]
    frame = gpd.GeoDataFrame({"code": [f"K{i}" for i in range(POLYGONS)], "name": names}, geometry=shapes, crs=CRS)
    path = folder / "b.shp"
    frame.to_file(path, engine="pyogrio", encoding="GB18030")

    few, much = [], []
    for n in range(ROUNDS):  # in turn, so that what slows the machine slows both; the first round warms both up

        def bare(to: Path = folder / f"bare{n}.gpkg") -> None:
            pyogrio.write_dataframe(pyogrio.read_dataframe(path), to, layer="x", driver="GPKG")

        def ours(to: Path = folder / f"p{n}.gpkg") -> None:
            with Project.create(to, crs=CRS) as project:
                assert import_features(project, path, layer="sand_pits").added == POLYGONS

        few.append(spent(bare))
        much.append(spent(ours))
    read = spent(lambda: read_features(path, target_crs=CRS))
    ratio = min(much) / min(few)
    text = f"{POLYGONS} polygons: pyogrio read and write {min(few):.1f} s, into the project {min(much):.1f} s ("
    text += f"{read:.1f} s of it reading; the first time {much[0]:.1f} s): {ratio:.1f} times"
    say(text, ratio <= MOST_TIMES)


def large(folder: Path, name: str, make: Callable[[Path, int], None], megabytes: int) -> None:
    """A large file: time, memory, progress, and how soon it can be stopped."""
    path = folder / name
    make(path, megabytes << 20)
    seen: list[float] = []
    with Memory() as memory:
        wall = time.perf_counter()
        took = spent(lambda: say_count(path, Watch(lambda f, _n: seen.append(f))))
        wall = time.perf_counter() - wall
    text = f"{name} of {path.stat().st_size >> 20} MB: {took:.0f} s of processor, {wall:.0f} s, at most "
    text += f"{memory.most / 1024**3:.2f} GB, {len(set(seen))} steps of progress"
    say(text, memory.most <= MOST_GB * 1024**3)
    path.unlink()


def say_count(path: Path, watch: Watch) -> None:
    """Read a file whole."""
    came = read_features(path, target_crs=CRS, accept_guess=True, sublayer=None, watch=watch)
    assert came.features


def geojson(path: Path, size: int) -> None:
    """A collection of outlines in degrees."""
    degrees = gpd.GeoSeries(shapely.polygons(rings(2_000, 60)), crs=CRS).to_crs("OGC:CRS84")
    features = [
        {"type": "Feature", "properties": {"编号": f"K{i}", "名称": "废弃砂坑"}, "geometry": s.__geo_interface__}
        for i, s in enumerate(degrees)
    ]
    lines = [json.dumps(f, ensure_ascii=False) for f in features]
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        while file.tell() < size:
            file.write(",\n".join(lines) + ",\n")
        file.write(lines[0] + "\n]}\n")


def drawing(path: Path, size: int) -> None:
    """Closed polylines, as tags."""
    corners = rings(5_000)
    with path.open("w", encoding="utf-8") as file:
        file.write("0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1024\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n")
        shift = 0.0
        while file.tell() < size:
            for ring in corners + np.array([0.0, shift]):
                file.write("0\nLWPOLYLINE\n5\n1F\n100\nAcDbEntity\n8\n坑\n100\nAcDbPolyline\n90\n20\n70\n1\n")
                file.write("".join(f"10\n{x:.3f}\n20\n{y:.3f}\n" for x, y in ring[:-1].tolist()))
            shift += 3_000.0
        file.write("0\nENDSEC\n0\nEOF\n")


def say(text: str, good: bool) -> None:
    """A line with its verdict."""
    sys.stdout.write(f"{'ok  ' if good else 'SLOW'} {text}\n")
    sys.stdout.flush()


def main() -> None:
    """All three."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        shapefile(folder)
        large(folder, "large.dxf", drawing, DXF_MB)
        large(folder, "large.geojson", geojson, GEOJSON_MB)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sys.stdout.write(f"     this process held at most {peak:.2f} GB\n")


if __name__ == "__main__":
    main()
