"""The grid method on made-up ground: grids small enough to count, closed forms, and what must not change a figure."""

from __future__ import annotations

from pathlib import Path

import fiona
import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis.gridmethod import default_side, grid_method, grid_volumes
from gis.job import open_job
from gis.raster import inspect_dem
from models.earthwork import GridMethod
from models.errors import Refused
from models.estimate import EstimateRequest
from models.site import Site
from tests.gis.ground import LEVEL_100, X0, Y0, Height, box, disc, opened_job


def run(
    tmp_path: Path,
    f: Height,
    outline: BaseGeometry,
    side: float | None = None,
    request: EstimateRequest = LEVEL_100,
    **more,
) -> GridMethod:
    with opened_job(tmp_path, f, outline, request, **more) as opened:
        return grid_method(opened, opened.reference(), side)


def test_two_by_two_counted_by_hand(tmp_path: Path) -> None:
    """Ground 100 − (x − 20)/20 + … : a plane, so that bilinear heights are exact. Squares of 20 m, four of them.

    Working heights h = (x − 30)/20 at x = 20, 40, 60: −0.5, +0.5, +1.5. Left squares: two and two, by hand
    a²/4·(0.5²/1 + 0.5²/1) = 400/4·0.5 = 50 each way. Right squares: all fill, 400·(0.5 + 1.5)/2 = 400.
    """
    found = run(tmp_path, lambda x, y: 100 - (x - X0 - 30) / 20 + 0 * y, box(20, 20, 60, 60), 20.0)
    k2 = 1600 / found.area_m2
    assert [s.number for s in found.squares] == [1, 2, 3, 4]
    assert [(s.row, s.column) for s in found.squares] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert all(s.whole for s in found.squares)
    first, second = found.squares[:2]
    assert (first.x_m, first.y_m) == (X0 + 20, Y0 + 40)
    assert first.working_m == pytest.approx((-0.5, 0.5, 0.5, -0.5))
    assert second.working_m == pytest.approx((0.5, 1.5, 1.5, 0.5))
    assert first.ground_m == pytest.approx((100.5, 99.5, 99.5, 100.5))
    assert first.design_m == (100.0,) * 4
    assert (first.fill_m3 * k2, first.cut_m3 * k2) == pytest.approx((50, 50))
    assert (second.fill_m3 * k2, second.cut_m3) == pytest.approx((400, 0))
    assert found.fill_m3 * k2 == pytest.approx(900)
    assert found.cut_m3 * k2 == pytest.approx(100)
    assert found.fill_area_m2 * k2 == pytest.approx(1200)
    assert found.cut_area_m2 * k2 == pytest.approx(400)
    assert found.mean_ground_m == pytest.approx(99.5)
    assert found.mean_design_m == 100
    assert shapely.equals(found.zero_line, shapely.LineString([(X0 + 30, Y0 + 20), (X0 + 30, Y0 + 60)]))


def test_three_by_three_with_a_lone_corner(tmp_path: Path) -> None:
    """Heights h = (x + y − 40)/10 − 1 over squares of 10 m from (20, 20): one corner in the cut."""
    found = run(tmp_path, lambda x, y: 101 - (x - X0 + y - Y0 - 40) / 10, box(20, 20, 50, 50), 10.0)
    k2 = 900 / found.area_m2
    corner = found.squares[6]
    assert corner.working_m == pytest.approx((0.0, 1.0, 0.0, -1.0))
    # Two corners at zero, so all fill but the triangle of half the square: V = a²/6·1³/((1+0)(1+0)) = 100/6.
    assert corner.cut_m3 * k2 == pytest.approx(100 / 6)
    assert corner.fill_m3 * k2 == pytest.approx(100 / 6)
    others = [s for s in found.squares if s is not corner]
    assert all(s.cut_m3 == 0 for s in others)
    # Nine squares: mean working heights 0 1 2 / 1 2 3 / 2 3 4 from the south, 100 m² each.
    assert (found.fill_m3 - found.cut_m3) * k2 == pytest.approx(1800)


@pytest.mark.parametrize("side", [5.0, 10.0, 7.0])
def test_box_is_exact_wherever_the_outline_lies(tmp_path: Path, side: float) -> None:
    outline = affinity.rotate(box(10.3, 20.7, 60.9, 71.1), 33)
    found = run(tmp_path, lambda x, y: np.full(x.shape, 92.5), outline, side)
    assert found.fill_m3 == pytest.approx(found.area_m2 * 7.5, rel=1e-10)
    assert found.area_m2 == pytest.approx(outline.area, rel=1e-3)
    assert {s.whole for s in found.squares} == {True, False}


def test_plane_with_an_island_and_several_parts(tmp_path: Path) -> None:
    """On a plane below the level every prism is exact: volume = area × depth at the centroid, part by part."""
    ring = disc(35, 50, 25, 40).difference(disc(30, 52, 8, 20))
    outline = shapely.MultiPolygon([ring, disc(80, 40, 12, 30)])
    found = run(tmp_path, lambda x, y: 90 + 0.05 * (x - X0) - 0.03 * (y - Y0), outline, 10.0)
    k2 = outline.area / found.area_m2
    exact = sum(
        p.area * (10 - 0.05 * (p.centroid.x - X0) + 0.03 * (p.centroid.y - Y0)) for p in shapely.get_parts(outline)
    )
    assert found.fill_m3 * k2 == pytest.approx(exact, rel=1e-9)
    assert found.cut_m3 == 0


@pytest.mark.parametrize(
    ("pit", "exact"),
    [
        (lambda r: 90 + r / 3, np.pi * 30**2 * 10 / 3),
        (lambda r: 90 + r**2 / 90, np.pi * 30**2 * 10 / 2),
    ],
    ids=["cone", "paraboloid"],
)
def test_round_pits_converge(tmp_path: Path, pit, exact: float) -> None:
    errors = []

    def f(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return pit(np.hypot(x - X0 - 50, y - Y0 - 50))

    with opened_job(tmp_path, f, disc(50, 50, 30), cell=0.5, rows=200, cols=200) as opened:
        surfaces = opened.reference()
        for side in (10.0, 5.0, 2.5):
            fill, _, _ = grid_volumes(opened, surfaces, side)
            errors.append(abs(fill * opened.placed.k**2 / exact - 1))
        assert default_side(opened) == 2.0
        assert abs(grid_volumes(opened, surfaces)[0] * opened.placed.k**2 / exact - 1) < 0.01
    assert errors[2] < errors[0] / 8
    assert errors[2] < 0.01


def test_frustum_of_a_pyramid(tmp_path: Path) -> None:
    def pit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        off = np.maximum(np.abs(x - X0 - 50), np.abs(y - Y0 - 50))
        return np.clip(90 + (off - 10) / 2, 90, 100)

    exact = 10 / 3 * (3600 + 400 + np.sqrt(3600 * 400))
    found = run(tmp_path, pit, box(20, 20, 80, 80), 2.0, cell=0.5, rows=200, cols=200)
    assert found.fill_m3 * 3600 / found.area_m2 == pytest.approx(exact, rel=2e-3)


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 93 + (u**2 + 1.5 * v**2 + 0.3 * u * v) / 120 + 0.8 * np.sin(u / 5) * np.cos(v / 7)


OUTLINE = disc(50, 50, 31.3, 60)


def test_a_heap_is_a_pit_turned_over(tmp_path: Path) -> None:
    pit = run(tmp_path, bowl, OUTLINE, 5.0)
    heap = run(tmp_path, lambda x, y: 200 - bowl(x, y), OUTLINE, 5.0, fills=False)
    assert heap.cut_m3 == pytest.approx(pit.fill_m3, rel=1e-9)
    assert heap.fill_m3 == pytest.approx(pit.cut_m3, rel=1e-9)
    assert heap.cut_area_m2 == pytest.approx(pit.fill_area_m2, rel=1e-9)
    for a, b in zip(pit.squares, heap.squares, strict=True):
        for up, down in zip(a.working_m, b.working_m, strict=True):
            assert (up is None) == (down is None)
            assert up is None or down is None or up == pytest.approx(-down, abs=1e-9)


def test_order_of_vertices_does_not_matter(tmp_path: Path) -> None:
    points = shapely.get_coordinates(OUTLINE)[:-1]
    found = [
        run(tmp_path, bowl, shapely.Polygon(np.roll(points, k, axis=0)[::d]), 5.0).fill_m3
        for k in (0, 17)
        for d in (1, -1)
    ]
    assert found == pytest.approx([found[0]] * 4, rel=1e-9)


@pytest.mark.parametrize("grid", [{"south_up": True, "rows": 200, "cols": 200}, {"dx": 0.4, "rows": 200, "cols": 300}])
def test_any_way_the_terrain_lies(tmp_path: Path, grid: dict) -> None:
    plain = run(tmp_path, bowl, OUTLINE, 5.0, cell=0.5, rows=200, cols=200)
    other = run(tmp_path, bowl, OUTLINE, 5.0, cell=0.5, **grid)
    assert other.fill_m3 == pytest.approx(plain.fill_m3, rel=2e-3)
    assert [s.number for s in other.squares] == [s.number for s in plain.squares]


@pytest.mark.parametrize("key", ["spill", "rim_mean", "rim_plane", "rim_surface"])
def test_every_surface(tmp_path: Path, key: str) -> None:
    """Fill and cut shapes cover the site; the membrane meets the ground at the rim."""
    found = run(tmp_path, bowl, OUTLINE, 5.0, EstimateRequest(key))
    assert found.fill_area_m2 + found.cut_area_m2 == pytest.approx(found.area_m2, rel=1e-6)
    assert shapely.area(found.fill_shape.intersection(found.cut_shape)) < 1e-6
    inside = [h for s in found.squares if s.whole for h in s.working_m]
    assert None not in inside


def test_totals_are_those_of_the_squares(tmp_path: Path) -> None:
    found = run(tmp_path, bowl, OUTLINE, 5.0)
    assert found.fill_m3 == pytest.approx(sum(s.fill_m3 for s in found.squares), rel=1e-12)
    assert found.rows == 1 + max(s.row for s in found.squares)
    numbers = [(s.row, s.column) for s in found.squares]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    for s in found.squares:  # corners of whole squares are shared with the same heights
        right = next((t for t in found.squares if (t.row, t.column) == (s.row, s.column + 1)), None)
        if right is not None:
            assert (s.ground_m[1], s.ground_m[2]) == (right.ground_m[0], right.ground_m[3])


def test_a_side_that_does_not_suit_is_refused(tmp_path: Path) -> None:
    with opened_job(tmp_path, bowl, OUTLINE) as opened:
        surfaces = opened.reference()
        for side in (0.01, -1.0, float("nan"), 1e6):
            with pytest.raises(Refused) as caught:
                grid_method(opened, surfaces, side)
            assert caught.value.key == "earthwork.side"


def test_one_square_may_hold_the_site(tmp_path: Path) -> None:
    found = run(tmp_path, lambda x, y: np.full(x.shape, 98.0), box(52, 52, 58, 57), 100.0)
    assert len(found.squares) == 1
    assert found.squares[0].ground_m == (None,) * 4
    assert found.fill_m3 == pytest.approx(found.area_m2 * 2)


def test_a_gap_is_bridged_and_said(tmp_path: Path) -> None:
    def holed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        z = np.full(x.shape, 95.0)
        z[np.hypot(x - X0 - 50, y - Y0 - 50) < 1.2] = np.nan
        return z

    found = run(tmp_path, holed, box(20, 20, 80, 80), 10.0)
    assert found.fill_m3 == pytest.approx(found.area_m2 * 5)
    assert [n.key for n in found.notices] == ["earthwork.gaps"]


def test_a_rim_where_the_terrain_ends_is_refused(tmp_path: Path) -> None:
    with opened_job(tmp_path, bowl, box(60, 60, 130, 90), EstimateRequest("spill")) as opened, pytest.raises(Refused):
        opened.reference()


def test_nothing_at_all_under_a_corner_is_refused(tmp_path: Path) -> None:
    def gone(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where(x > X0 + 40, np.nan, 95.0)

    with opened_job(tmp_path, gone, box(20, 20, 80, 80)) as opened, pytest.raises(Refused) as caught:
        grid_method(opened, opened.reference(), 10.0)
    assert caught.value.key == "earthwork.no_heights"


def test_the_worked_example_of_the_docs(shared_data: Path) -> None:
    """docs/concepts/checks.md: two squares of pit D1 at 390.00 m, worked by hand from four-digit working heights."""
    folder = shared_data / "lidar_pits_1m"
    with fiona.open(folder / "outlines.gpkg", layer="pits") as rows:
        outline = next(shape(r["geometry"]) for r in rows if r["properties"]["code"] == "D1")
    pit = Site("u", "D1", "", "mine_pits", outline, "EPSG:26915", True)
    path = folder / "pits_1m.tif"
    with open_job(pit, inspect_dem(path), path, EstimateRequest("level", {"level_m": 390.0})) as opened:
        squares = {s.number: s for s in grid_method(opened, opened.reference(), 5.0).squares}
    six, sixteen = squares[6], squares[16]
    assert six.area_m2 == pytest.approx(25.017, abs=5e-4)
    assert six.working_m == pytest.approx((-0.387, -0.418, 1.269, 1.255), abs=6e-4)
    assert (six.fill_m3, six.cut_m3) == pytest.approx((11.97, 1.22), abs=0.005)
    assert sixteen.working_m == pytest.approx((0.801, -0.037, 0.890, 1.904), abs=6e-4)
    assert (sixteen.fill_m3, sixteen.cut_m3) == pytest.approx((21.89, 0.0003), abs=0.005)
