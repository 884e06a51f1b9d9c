"""Two surveys of real ground: a growing lava dome, a landslide. Figures: README of the shared data folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from app.project import Project
from app.verbs.import_ import import_features
from app.verbs.progress import progress
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.comparison import ComparisonRequest, SurveyComparison
from models.errors import Refused
from models.notices import Notice

DATES = ("2000-09-25", "2004-10-04", "2005-01-03", "2005-12-15")


def draw(project: Project, code: str, outline: shapely.Geometry) -> None:
    values = {"code": code, "geometry": shapely.MultiPolygon(list(shapely.get_parts(outline)))}
    project.store.transact(Notice("test.draw", "draw"), [Insert("mine_pits", values)])


def plane_m3(found: SurveyComparison) -> tuple[float, float, float]:
    """Placed, removed, net as the README has them: in the plane of the grid, without the scale factor."""
    k2 = found.scale_factor**2
    return found.placed_m3 * k2, found.removed_m3 * k2, found.net_m3 * k2


@pytest.fixture
def crater(tmp_path: Path, shared_data: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "火山口.gpkg", crs="EPSG:26910", name="crater") as project:
        for date in DATES:
            add_terrain(project, shared_data / "msh_crater" / f"msh_{date}_10m.tif", name=date, vertical_datum="NAVD88")
        yield project


@pytest.mark.parametrize(
    ("date", "fill", "cut"),
    [("2004-10-04", 5_578_351, 84_700), ("2005-01-03", 37_359_169, 170_013), ("2005-12-15", 79_257_130, 236_568)],
)
def test_dome_growth_over_the_whole_grid(crater: Project, date: str, fill: float, cut: float) -> None:
    a, _, c, _, e, f = crater.store.terrain(DATES[0]).transform
    draw(crater, "KK-001", shapely.box(c, f + 442 * e, c + 303 * a, f))
    found = progress(crater, "KK-001", before=DATES[0], after=date)
    assert plane_m3(found) == (pytest.approx(fill, abs=1), pytest.approx(cut, abs=1), pytest.approx(fill - cut, abs=1))
    assert found.covered_share == 1
    assert found.offset_m is None  # the outline leaves no ground outside
    back = progress(crater, "KK-001", before=date, after=DATES[0])
    assert (back.placed_m3, back.removed_m3) == (found.removed_m3, found.placed_m3)


def test_dome_growth_in_its_outline(crater: Project, shared_data: Path) -> None:
    import_features(crater, shared_data / "msh_crater" / "outlines.gpkg", layer="mine_pits")
    steps = [progress(crater, "dome_area", before=a, after=b) for a, b in itertools.pairwise(DATES)]
    whole = progress(crater, "dome_area", before=DATES[0], after=DATES[-1])
    assert sum(s.net_m3 for s in steps) == pytest.approx(whole.net_m3, rel=1e-9)
    assert 73e6 < whole.placed_m3 < 80e6  # published: more than 73 million m³ of lava; ours has ice beside it
    assert whole.offset_m == 0.0
    assert "progress.copied" in {w.key for w in whole.warnings}  # the later dates repeat 2000 where nobody flew


def test_a_landslide_without_a_crs(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "landslide_2021"
    with rasterio.open(folder / "landslide_pre_10m.tif") as pre, rasterio.open(folder / "landslide_dod_10m.tif") as dod:
        z, change, profile, t = pre.read(1), dod.read(1), pre.profile, pre.transform
    valid = change != -9999
    later = np.where(valid, z.astype("float64") + np.where(valid, change, 0), z)
    later[z == -9999] = -9999
    with rasterio.open(tmp_path / "after.tif", "w", **{**profile, "dtype": "float64"}) as out:
        out.write(later, 1)
    i, j = np.nonzero(valid)
    cells = shapely.box(t.c + 10 * j, t.f - 10 * (i + 1), t.c + 10 * (j + 1), t.f - 10 * i)
    outline = shapely.union_all(cells)
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:32610", name="slide") as project:
        with pytest.raises(Refused):
            add_terrain(project, folder / "landslide_pre_10m.tif", name="before")
        add_terrain(project, folder / "landslide_pre_10m.tif", name="before", crs="EPSG:32610")
        add_terrain(project, tmp_path / "after.tif", name="after", crs="EPSG:32610")
        draw(project, "KK-002", outline)
        found = progress(project, "KK-002", before="before", after="after")
        placed, removed, _ = plane_m3(found)
        assert placed == pytest.approx(22_542.8, abs=1)
        assert removed == pytest.approx(26_406.6, abs=1)
        bare = progress(
            project, "KK-002", before="before", after="after", request=ComparisonRequest(remove_offset=True)
        )
        assert bare.net_m3 == pytest.approx(found.net_m3, rel=1e-9)  # no offset: ground outside is the same


MOVED = 0.9, -0.5
"""How far to the east and north the second survey of the hills lies, m."""


@pytest.fixture
def moved_hills(tmp_path: Path, shared_data: Path) -> Iterator[Project]:
    """Lidar of hills on two grids: as it is (1 m), and as cells of 2 m with noise, 3 m of fill, and lying aside."""
    from scipy.ndimage import gaussian_filter, map_coordinates

    source = shared_data / "slovenia_lidar_1m" / "tm1_564_146_1m.tif"
    with rasterio.open(source) as ds:
        z, profile, t = ds.read(1).astype("float64"), ds.profile, ds.transform
    z[440:540, 440:540] += 3.0
    row, col = np.mgrid[0:1000, 0:1000].astype("float64")
    # A place of the ground at (x, y) is seen at (x + east, y + north): splines of the third order, not the program's.
    seen = map_coordinates(z, [row + MOVED[1], col - MOVED[0]], order=3, mode="nearest")
    random = np.random.default_rng(1)
    seen += 0.05 * random.standard_normal(z.shape) + 2.0 * gaussian_filter(random.standard_normal(z.shape), 8)
    coarse = seen.reshape(500, 2, 500, 2).mean(axis=(1, 3)) + 0.12
    profile |= {"width": 500, "height": 500, "transform": t * t.scale(2, 2), "dtype": "float32"}
    with rasterio.open(tmp_path / "second.tif", "w", **profile) as out:
        out.write(coarse.astype("float32"), 1)
    with Project.create(tmp_path / "hills.gpkg", crs="EPSG:3794", name="hills") as project:
        for name, path in (("first", source), ("second", tmp_path / "second.tif")):
            add_terrain(project, path, name=name, vertical_datum="SVS2000", sigma_z_m=0.06, range_m=30.0)
        middle = t.c + 490, t.f - 490
        draw(project, "KK-003", shapely.box(middle[0] - 90, middle[1] - 90, middle[0] + 90, middle[1] + 90))
        yield project


def test_lidar_hills_that_lie_aside(moved_hills: Project) -> None:
    request = ComparisonRequest(max_slope_deg=35)
    left = progress(moved_hills, "KK-003", before="first", after="second", request=request)
    shift = left.shift
    assert shift is not None
    assert shift.known == "whole"
    assert shift.significant
    assert shift.east_m == pytest.approx(MOVED[0], abs=2.5 * (shift.sigma_east_m or 0))
    assert shift.north_m == pytest.approx(MOVED[1], abs=2.5 * (shift.sigma_north_m or 0))
    assert (shift.sigma_north_m or 1) < 0.1
    request = ComparisonRequest(max_slope_deg=35, remove_offset=True, remove_shift=True)
    taken = progress(moved_hills, "KK-003", before="first", after="second", request=request)
    assert taken.offset_m == pytest.approx(0.12, abs=0.03)
    assert (taken.nmad_m or 1) < 0.85 * (left.nmad_m or 0)
    fill = 30_000 / taken.scale_factor**2
    for found in (left, taken):
        assert found.net_m3 == pytest.approx(fill, abs=found.interval95.net_m3)
        assert found.placed_m3 == pytest.approx(fill, abs=found.interval95.placed_m3)
    assert abs(taken.net_m3 - fill) < 0.05 * abs(left.net_m3 - fill)


def test_the_cosine_of_nuth_and_kaab_finds_the_same(moved_hills: Project) -> None:
    """A second method: dh / tan(slope) against the aspect (2011, eq. 3), medians in bins of 10°, repeated."""
    from scipy.ndimage import map_coordinates

    found = progress(
        moved_hills, "KK-003", before="first", after="second", request=ComparisonRequest(max_slope_deg=35)
    ).shift
    assert found is not None
    folder = moved_hills.path.parent
    with rasterio.open(moved_hills.store.terrain("first").path) as ds:
        first = ds.read(1).astype("float64")
    with rasterio.open(folder / "second.tif") as ds:
        second = ds.read(1).astype("float64")
    row, col = np.mgrid[200:800:2, 200:800:2].astype("float64")
    stable = (np.abs(row - 490) > 95) | (np.abs(col - 490) > 95)
    down, right = np.gradient(first)
    down, right = (g[200:800:2, 200:800:2] for g in (down, right))
    slope, aspect = np.hypot(down, right), np.arctan2(-right, down)  # clockwise from north, downhill
    use = stable & (slope > 0.09) & (slope < 0.7)
    east = north = 0.0
    for _ in range(6):
        there = [(row - north + 0.5) / 2 - 0.5, (col + east + 0.5) / 2 - 0.5]
        dh = map_coordinates(second, there, order=1) - first[200:800:2, 200:800:2]
        y, a = (dh - np.median(dh[stable]))[use] / slope[use], aspect[use]
        bins = np.floor(np.degrees(a) / 10)
        middle = np.array([(np.radians(10 * b + 5), np.median(y[bins == b])) for b in np.unique(bins)])
        terms = np.column_stack((np.cos(middle[:, 0]), np.sin(middle[:, 0]), np.ones(len(middle))))
        fit = np.linalg.lstsq(terms, middle[:, 1], rcond=None)[0]
        north, east = north + fit[0], east + fit[1]
    assert found.east_m == pytest.approx(east, abs=3 * (found.sigma_east_m or 0))
    assert found.north_m == pytest.approx(north, abs=3 * (found.sigma_north_m or 0))
    assert (east, north) == (pytest.approx(MOVED[0], abs=0.1), pytest.approx(MOVED[1], abs=0.1))
