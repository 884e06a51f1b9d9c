"""A sheet of a large site against matplotlib alone: 1 m terrain of 4 km², 2,000 boundary points, A3, PDF.

The peer draws what is on the map of the same sheet and nothing else: the shaded picture, the contours, the outline and
its points, saved as PDF by matplotlib's usual way. Ours reads and shades the terrain, finds the contours, places
labels, sets the tables and embeds the fonts as well. Wanted: under 2 times the peer. Then an atlas of BENCH_ATLAS
sheets (default 12; 0 leaves it out) on 2 processes against half of as many times one sheet: wanted under 1.2. The clock
says that only on a machine that has nothing else to do; seconds of the processor say it on any. Where the system's
Python has QGIS (Debian: python3-qgis), its layout of the same contents is exported too; BENCH_QGIS=off leaves it out.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from app.package.build import build_content
from app.package.compose import compose
from app.package.content import SheetContent
from app.package.drawing_settings import drawing_settings
from app.package.layout import layout_of
from app.package.page import Page
from app.package.relief import terrain_picture
from app.package.sheet import SheetRequest, make_sheet
from app.project import Project
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.notices import Notice
from tests.app.package.strokes import strokes
from tests.bench.qgis_canvas import SYSTEM_PYTHON, clean_environment, has_qgis

SIDE, POINTS = 2000, 2000
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
ATLAS = int(os.environ.get("BENCH_ATLAS", "12"))
X0, Y0, CRS = 424_000.0, 4_499_000.0, "EPSG:4546"


def main() -> None:
    """Print the times and their ratios."""
    with tempfile.TemporaryDirectory() as d:
        folder = Path(d)
        with _project(folder) as project:
            request = SheetRequest("SK-001", kind="present_state")
            out = folder / "sheet.pdf"
            ours, peer = _best(lambda: make_sheet(project, request, out), _peer(project, request, folder / "peer.pdf"))
            _say(f"sheet, A3, {SIDE}x{SIDE} m at 1 m, {POINTS} points: {ours:.2f} s")
            _say(f"matplotlib, the same image and lines:        {peer:.2f} s")
            _say(f"ratio {ours / peer:.2f} (wanted < 2)")
            _qgis(project, request, folder, ours)
        if ATLAS:
            (folder / "atlas").mkdir()
            with _project(folder / "atlas", ATLAS) as project:
                _atlas(project, folder)


def _project(folder: Path, small: int = 0) -> Project:
    """The large site on its terrain, and so many small ones."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    z = 1000 + 0.02 * y + 6 * np.sin(x / 140) * np.cos(y / 190) + 0.5 * np.sin(x / 11)
    z -= 25 * np.clip(1 - (np.hypot(x - SIDE / 2, y - SIDE / 2) / (0.36 * SIDE)) ** 4, 0, None)
    facts: dict[str, Any] = {
        "driver": "GTiff",
        "width": SIDE,
        "height": SIDE,
        "count": 1,
        "dtype": "float32",
        "crs": CRS,
    }
    with rasterio.open(folder / "dem.tif", "w", transform=from_origin(X0, Y0 + SIDE, 1, 1), **facts) as ds:
        ds.write(z.astype(np.float32), 1)
    project = Project.create(folder / "bench.gpkg", crs=CRS, name="bench")
    add_terrain(project, folder / "dem.tif", name="dem", vertical_datum="1985")
    a = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    r = 0.4 * SIDE * (1 + 0.06 * np.sin(5 * a) + 0.01 * np.sin(61 * a))
    ring = np.column_stack([X0 + SIDE / 2 + r * np.cos(a), Y0 + SIDE / 2 + r * np.sin(a)])
    rows = [Insert("sand_pits", {"code": "SK-001", "geometry": shapely.MultiPolygon([shapely.Polygon(ring)])})]
    for i in range(small):
        x0, y0 = X0 + 100 + 150 * (i % 12), Y0 + 100 + 150 * (i // 12 % 12)
        small = shapely.Point(x0, y0).buffer(50, 8)
        rows.append(Insert("sand_pits", {"code": f"AT-{i:03d}", "geometry": shapely.MultiPolygon([small])}))
    project.store.transact(Notice("bench", "bench"), rows)
    return project


def _qgis(project: Project, request: SheetRequest, folder: Path, ours: float) -> None:
    """A layout of QGIS with the same terrain, contours, outline, points and table, where the system has QGIS."""
    import geopandas as gpd

    if os.environ.get("BENCH_QGIS") == "off" or not has_qgis():
        _say("no QGIS on this machine (apt-get install python3-qgis): not compared with")
        return
    content, pages = _drawn(project, request)
    window = content.window
    ground = [
        shapely.LineString((line - (window.rect.x0, window.rect.y0)) * window.scale / 1000 + (window.x0, window.y0))
        for line in _contours(pages[0])
    ]
    points = {
        "number": [p.number for p in content.points],
        "x_north": [p.x_north for p in content.points],
        "y_east": [p.y_east for p in content.points],
        "side_m": [p.side_m for p in content.points],
    }
    places = shapely.points(points["y_east"], points["x_north"])
    made = {
        "points": gpd.GeoDataFrame(points, geometry=places, crs=CRS),
        "outline": gpd.GeoDataFrame({"code": ["SK-001"]}, geometry=[content.outline], crs=CRS),
        "contours": gpd.GeoDataFrame({"n": range(len(ground))}, geometry=ground, crs=CRS),
    }
    for name, frame in made.items():
        frame.to_file(folder / "vectors.gpkg", layer=name)
    command = [SYSTEM_PYTHON, str(Path(__file__).with_name("qgis_layout.py"))]
    command += [str(folder / n) for n in ("vectors.gpkg", "dem.tif", "qgis.pdf")]
    wish = json.dumps({"box": window.bounds, "dpi": layout_of().picture_dpi})
    ran = subprocess.run(
        [*command, str(RUNS)], input=wish, capture_output=True, text=True, check=False, env=clean_environment()
    )
    if ran.returncode:
        _say(f"QGIS failed and is left out: {ran.stderr.strip().splitlines()[-1:]}")
        return
    found = json.loads(ran.stdout.strip().splitlines()[-1])
    theirs = min(found["processor"][1:])
    size = (folder / "qgis.pdf").stat().st_size / 1e6
    _say(f"QGIS {found['version']}, a layout of {found['pages']} pages with the same: {theirs:.2f} s, {size:.1f} MB")
    _say(f"ours, {len(pages)} pages: {(folder / 'sheet.pdf').stat().st_size / 1e6:.1f} MB; ratio {ours / theirs:.2f}")


def _drawn(project: Project, request: SheetRequest) -> tuple[SheetContent, list[Page]]:
    """The content of a sheet and its pages."""
    content = build_content(project, request)
    with drawing_settings():
        return content, compose(content)[0]


def _contours(page: Page) -> list[np.ndarray]:
    """The contours on a page, mm."""
    return [line for s in strokes(page) if s.z == 5 for line in s.lines]


def _peer(project: Project, request: SheetRequest, out: Path) -> Callable[[], object]:
    """Matplotlib with the picture, contours, outline and points of that sheet's map."""
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    content, pages = _drawn(project, request)
    assert content.terrain is not None
    picture, extent = terrain_picture(content.terrain, content.window, layout_of().picture_dpi)
    lines = _contours(pages[0])
    ring = shapely.get_coordinates(content.window.page(content.outline))
    box = content.window.box(extent)

    def draw() -> None:
        figure = Figure(figsize=(420 / 25.4, 297 / 25.4))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.imshow(picture, extent=(box.x0, box.x1, box.y0, box.y1), interpolation="none", aspect="auto")
        axes.add_collection(LineCollection(lines, linewidths=0.4, colors="#8C6D46"))
        axes.plot(ring[:, 0], ring[:, 1], color="#A65E00", marker="o", markersize=2)
        axes.set_xlim(0, 420)
        axes.set_ylim(0, 297)
        figure.savefig(out, format="pdf")

    return draw


def _atlas(project: Project, folder: Path) -> None:
    from app.verbs.sheets import make_atlas_of

    codes = [f"AT-{i:03d}" for i in range(ATLAS)]
    request = SheetRequest("", kind="present_state")
    (one,) = _best(
        lambda: make_sheet(project, SheetRequest(codes[ATLAS // 2], kind="present_state"), folder / "one.pdf")
    )
    start, used = time.perf_counter(), _spent()
    report = make_atlas_of(project, codes, folder / "atlas.pdf", request, workers=2)
    wall, used = time.perf_counter() - start, _spent() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = report.path.stat().st_size / 1e6
    _say(
        f"atlas of {report.sheets} sheets, {size:.0f} MB: {wall:.1f} s, {used:.1f} s of the processor; one {one:.2f} s"
    )
    _say(
        f"ratio by the clock {wall / (ATLAS * one / 2):.2f}, by the processor {used / (ATLAS * one):.2f} (wanted < 1.2)"
    )
    _say(f"peak memory {peak:.0f} MB here, {child:.0f} MB in a process")


def _spent() -> float:
    """Processor seconds of this process and of those that ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, whose))


def _best(*acts: Callable[[], object]) -> list[float]:
    """Processor seconds of each, the best of some runs; taken in turn, so that all see the same machine."""
    for act in acts:
        act()  # imports and first use are nobody's time
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(RUNS):
        for act, spent in zip(acts, times, strict=True):
            start = time.process_time()
            act()
            spent.append(time.process_time() - start)
    return [min(spent) for spent in times]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
