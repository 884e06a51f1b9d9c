"""Many sites and terrains: the same figures whatever workers, order and blocks; stopped at once; nothing lost."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from app.project import Project
from app.verbs import estimate as verb
from app.verbs import workers as module
from app.verbs.estimate import EstimateReport, estimate
from app.verbs.terrain import add_terrain
from app.verbs.workers import Died, each_answer
from gis import sums
from models.changes import Insert
from models.errors import Cancelled
from models.estimate import EstimateRequest
from models.notices import Notice
from models.progress import Watch

X0, Y0, CRS = 417_000.0, 4_496_000.0, "EPSG:4546"
DATA = Path(__file__).parents[3] / ".." / "shared" / "data"


def write(path: Path, z: np.ndarray, x: float, cell: float) -> Path:
    profile = {"driver": "GTiff", "height": z.shape[0], "width": z.shape[1], "count": 1, "dtype": "float32", "crs": CRS}
    profile |= {"tiled": True, "blockxsize": 128, "blockysize": 128, "transform": from_origin(x, Y0, cell, cell)}
    with rasterio.open(path, "w", **profile) as ds:
        ds.write(z.astype("float32"), 1)
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two terrains side by side (0.9 m and 2.1 m cells), twelve ragged pits and a heap on each, two bad sites."""
    folder = tmp_path_factory.mktemp("many")
    path = folder / "many.gpkg"
    rng = np.random.default_rng(5)
    with Project.create(path, crs=CRS, name="many") as project:
        rows = []
        for k, cell in enumerate((0.9, 2.1)):
            x = X0 + 1000 * k
            n = int(700 / cell)
            c, r = np.meshgrid(np.arange(n) * cell, np.arange(n) * cell)
            z = 1050 + 6 * np.sin(c / 31) * np.cos(r / 23) + rng.normal(0, 0.05, (n, n))
            add_terrain(project, write(folder / f"t{k}.tif", z, x, cell), name=f"t{k}", sigma_z_m=0.1, range_m=50.0)
            for i in range(12):
                t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
                radius = rng.uniform(20, 60) * (1 + rng.uniform(-0.2, 0.2, 40))
                cx, cy = x + 90 + 170 * (i % 4), Y0 - 90 - 220 * (i // 4)
                outline = shapely.Polygon(np.column_stack((cx + radius * np.cos(t), cy + radius * np.sin(t))))
                layer = "stockpiles" if i == 11 else "sand_pits"
                rows.append((layer, f"S{k}{i:02d}", outline))
        rows.append(("sand_pits", "FAR", shapely.box(X0 - 900, Y0, X0 - 800, Y0 + 100)))
        rows.append(("sand_pits", "EDGE", shapely.box(X0 - 50, Y0 - 300, X0 + 50, Y0 - 200)))
        random.Random(1).shuffle(rows)
        inserts = [Insert(n, {"code": c, "geometry": shapely.MultiPolygon([g])}) for n, c, g in rows]
        project.store.transact(Notice("t", "t"), inserts)
    return path


def figures(report: EstimateReport) -> list[Any]:
    found = [{k: v for k, v in e.to_record().items() if k != "computed_at"} for e in report.estimates]
    return [*found, *(r.to_json() for r in report.refused)]


def run(path: Path, codes: list[str] | None = None, **how: Any) -> EstimateReport:
    with Project.open(path, read_only=True) as project:
        return estimate(project, codes, request=EstimateRequest(cover_m=0.5, base_m=0.3), store=False, **how)


@pytest.fixture(scope="module")
def known(many: Path) -> EstimateReport:
    return run(many)


def test_one_bad_site_does_not_stop_the_rest(known: EstimateReport) -> None:
    assert len(known.estimates) == 24
    assert {r.site for r in known.refused} == {"FAR", "EDGE"}
    assert {e.terrain.name for e in known.estimates} == {"t0", "t1"}


@pytest.mark.parametrize("workers", [2, 3])
def test_the_same_to_the_last_digit_for_any_number_of_workers(many: Path, known: EstimateReport, workers: int) -> None:
    assert figures(run(many, workers=workers)) == figures(known)


@pytest.mark.parametrize("seed", range(4))
def test_nor_does_order_or_block_size_change_a_digit(
    many: Path, known: EstimateReport, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    codes = [e.site for e in known.estimates]
    rng.shuffle(codes)
    rows = rng.choice([1, 3, 17, 64, 1000])
    whole = sums.tiles
    monkeypatch.setattr(sums, "tiles", lambda edges, window, rows=0: whole(edges, window, rows=tile_rows))
    tile_rows = rows
    monkeypatch.setattr("gis.cells._BAND_CELLS", rng.choice([100, 5000, 1 << 20]))
    monkeypatch.setattr(verb, "tile_order", lambda sites: rng.sample(range(len(sites)), len(sites)))
    answers = {f["site"]: f for f in figures(run(many, codes))}
    assert answers == {f["site"]: f for f in figures(known)[:24]}


def test_real_ground_in_any_way(tmp_path: Path) -> None:
    folder = DATA / "lidar_pits_1m"
    dem = next(iter(sorted(folder.glob("*.tif"))), None)
    if dem is None:
        pytest.skip("the shared data are not here")
    import pyogrio

    path = tmp_path / "real.gpkg"
    pits = pyogrio.read_dataframe(folder / "outlines.gpkg", layer="pits")
    with Project.create(path, crs="EPSG:26915", name="r") as project:
        add_terrain(project, dem, name="t", sigma_z_m=0.1, range_m=30.0)
        inserts = [Insert("sand_pits", {"code": f"D{k}", "geometry": shapely.MultiPolygon([*shapely.get_parts(g)])})
                   for k, g in enumerate(pits.geometry)]  # fmt: skip
        project.store.transact(Notice("t", "t"), inserts)
    first = figures(run(path))
    assert len(first) == 2
    assert all(figures(run(path, workers=n)) == first for n in (2, 3))


def test_cancel_ends_all_processes_within_a_second_and_keeps_nothing(many: Path) -> None:
    watch = Watch()
    told: list[float] = []

    def cancel() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not multiprocessing.active_children():
            time.sleep(0.05)
        time.sleep(0.3)
        told.append(time.monotonic())
        watch.cancel()

    threading.Thread(target=cancel, daemon=True).start()
    with Project.open(many) as project:
        revision = project.store.revision
        with pytest.raises(Cancelled):
            estimate(project, None, request=EstimateRequest(), workers=2, watch=watch)
        assert time.monotonic() - told[0] < 3  # a second on an idle machine
        assert project.store.revision == revision
    assert not multiprocessing.active_children()


def test_progress_grows_to_one(many: Path) -> None:
    seen: list[float] = []
    for workers in (1, 2):
        seen.clear()
        run(many, ["S000", "S001", "S002", "S100"], workers=workers, watch=Watch(lambda f, _: seen.append(f)))
        assert seen == sorted(seen)
        assert seen[-1] == 1


def sleepy(jobs: Iterator[tuple[Any, Watch]]) -> Iterator[Any]:
    """A work whose job "die" ends its process, and "long" takes for ever."""
    for job, watch in jobs:
        if job == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        while job == "long":
            time.sleep(0.05)
            watch.report(0.5)
        yield job * 2


def test_a_process_that_dies_costs_its_own_job_only() -> None:
    jobs = [1, 2, "die", 3, "die", 4, 5]
    found = dict(each_answer(sleepy, jobs, 2, Watch(), [str(j) for j in jobs]))
    assert found == {0: 2, 1: 4, 2: Died(-9), 3: 6, 4: Died(-9), 5: 8, 6: 10}


def test_an_endless_job_is_cancelled() -> None:
    watch = Watch(lambda share, _: watch.cancel() if share > 0.2 else None)
    with pytest.raises(Cancelled):
        list(each_answer(sleepy, ["long", "long"], 2, watch, ["", ""]))


def test_a_dead_process_names_its_site(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "each_answer", lambda *_: iter([(0, Died(-9)), (1, Died(1))]))
    report = run(many, ["S000", "S001"], workers=2)
    assert {r.site for r in report.refused} == {"S000", "S001"}
    assert all(r.error.key == "estimate.process_died" for r in report.refused)


def test_a_mistake_of_the_program_costs_one_site(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = verb.volume.estimate

    def broken(site: Any, *rest: Any, **more: Any) -> Any:
        if site.code == "S001":
            raise ZeroDivisionError
        return real(site, *rest, **more)

    monkeypatch.setattr(verb.volume, "estimate", broken)
    report = run(many, ["S000", "S001", "S002"])
    assert [e.site for e in report.estimates] == ["S000", "S002"] or len(report.estimates) == 2
    assert [r.site for r in report.refused] == ["S001"]
    assert "ZeroDivisionError" in report.refused[0].to_json()["reason"]


def test_chunks_keep_neighbours_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHARE", 1)
    found = dict(each_answer(whose, list(range(8)), 2, Watch(), [""] * 8))
    assert len({found[k] for k in range(4)}) == len({found[4], found[5]}) == 1


def whose(jobs: Iterator[tuple[Any, Watch]]) -> Iterator[int]:
    """The process that answers, slowly enough that the other one is there too."""
    for _ in jobs:
        time.sleep(0.3)
        yield os.getpid()
