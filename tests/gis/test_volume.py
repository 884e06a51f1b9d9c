"""Volumes against closed forms and against each other (volumes.md section 7)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.ops import split

from gis.job import open_job
from gis.sums import Layering, accumulate
from gis.volume import estimate
from models.estimate import Estimate, EstimateRequest
from models.waste import Waste
from tests.gis.ground import X0, Y0, box, disc, made, site

LEVEL = EstimateRequest(reference="level", parameters={"level_m": 100.0, "vertical_datum": "d"})


def fill(tmp_path: Path, f, outline, request: EstimateRequest = LEVEL, **grid) -> Estimate:
    terrain, path = made(tmp_path, f, **grid)
    return estimate(site(outline), terrain, path, request)


def radius(x: np.ndarray, y: np.ndarray, cx: float = 50.0, cy: float = 50.0) -> np.ndarray:
    return np.hypot(x - X0 - cx, y - Y0 - cy)


def test_box(tmp_path: Path) -> None:
    answer = fill(tmp_path, lambda x, y: np.full(x.shape, 92.5), box(10.3, 20.7, 60.9, 71.1))
    assert answer.fill_m3 == pytest.approx(50.6 * 50.4 * 7.5, rel=1e-12)
    assert answer.cut_m3 == 0
    assert answer.footprint_m2 == answer.flooded_m2 == pytest.approx(50.6 * 50.4, rel=1e-12)
    assert answer.max_depth_m == 7.5
    assert answer.mean_depth_m == pytest.approx(7.5, rel=1e-12)
    assert answer.covered_share == 1.0
    assert answer.check.fill_m3 == pytest.approx(answer.fill_m3, rel=1e-9)


def test_frustum_of_a_pyramid(tmp_path: Path) -> None:
    """Top 60 × 60 m at 100 m, floor 20 × 20 m, 10 m deep: h/3 (A₁ + A₂ + √(A₁A₂))."""

    def pit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        off = np.maximum(np.abs(x - X0 - 50), np.abs(y - Y0 - 50))
        return np.clip(90 + (off - 10) / 2, 90, 100)

    exact = 10 / 3 * (3600 + 400 + np.sqrt(3600 * 400))
    answer = fill(tmp_path, pit, box(20, 20, 80, 80), cell=0.5, rows=200, cols=200)
    assert answer.fill_m3 == pytest.approx(exact, rel=2e-4)
    assert answer.check.fill_m3 == pytest.approx(exact, rel=5e-4)


@pytest.mark.parametrize(
    ("pit", "exact"),
    [
        (lambda r: 90 + r / 3, np.pi * 30**2 * 10 / 3),  # cone
        (lambda r: 90 + r**2 / 90, np.pi * 30**2 * 10 / 2),  # paraboloid
        # Cap of a sphere, 10 m deep and 30 m in radius: R = 50.
        (lambda r: 140 - np.sqrt(np.maximum(50**2 - r**2, 0)), np.pi * 10**2 * (3 * 50 - 10) / 3),
    ],
    ids=["cone", "paraboloid", "cap"],
)
def test_round_pits_and_their_convergence(tmp_path: Path, pit, exact: float) -> None:
    errors = []
    for cell in (2.0, 1.0, 0.5):
        n = int(100 / cell)
        answer = fill(
            tmp_path, lambda x, y: pit(radius(x, y)), disc(50, 50, 30), cell=cell, rows=n, cols=n, name=f"c{n}"
        )
        errors.append(abs(answer.fill_m3 / exact - 1))
        assert abs(answer.check.difference_percent or 0) < 2
    assert errors[-1] < 1e-3
    assert errors[-1] < errors[0] / 8  # halving the cell quarters the error, with some room for the outline


def test_half_pipe(tmp_path: Path) -> None:
    def pipe(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 - np.sqrt(np.maximum(10**2 - (x - X0 - 50) ** 2, 0)) + 0 * y

    answer = fill(tmp_path, pipe, box(40, 10, 60, 90), cell=0.25, rows=400, cols=400)
    assert answer.fill_m3 == pytest.approx(np.pi * 10**2 / 2 * 80, rel=2e-3)


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_plane_with_any_polygon_is_area_times_depth_at_the_centroid(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0, 2 * np.pi, 9))
    r = rng.uniform(15, 45, 9)
    outline = shapely.Polygon(np.column_stack((X0 + 50 + r * np.cos(t), Y0 + 50 + r * np.sin(t)))).buffer(0)
    if outline.area < 500 or outline.geom_type != "Polygon":
        return
    a, b = rng.uniform(-0.03, 0.03, 2)
    answer = fill(tmp_path, lambda x, y: 90 + a * (x - X0 - 50) + b * (y - Y0 - 50), outline)
    middle = outline.centroid
    depth = 10 - a * (middle.x - X0 - 50) - b * (middle.y - Y0 - 50)
    assert answer.fill_m3 == pytest.approx(outline.area * depth, rel=2e-5)
    # A TIN is exact on a plane but for triangles across a very sharp corner of the outline.
    assert answer.check.fill_m3 == pytest.approx(outline.area * depth, rel=1e-4)


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 88 + (u**2 + 1.5 * v**2 + 0.3 * u * v) / 150 + 0.8 * np.sin(u / 5) * np.cos(v / 7)


OUTLINE = disc(50, 50, 31.3, 60)


def test_parts_and_islands_add_up(tmp_path: Path) -> None:
    whole = fill(tmp_path, bowl, OUTLINE)
    cut = shapely.LineString([(X0 + 47.3, Y0), (X0 + 55.1, Y0 + 99)])
    halves = [fill(tmp_path, bowl, p) for p in shapely.get_parts(split(OUTLINE, cut))]
    assert len(halves) == 2
    for name in ("fill_m3", "cut_m3", "footprint_m2"):
        assert sum(getattr(h, name) for h in halves) == pytest.approx(getattr(whole, name), rel=1e-10)
    island = disc(48, 53, 6.2, 24)
    ring, core = fill(tmp_path, bowl, OUTLINE.difference(island)), fill(tmp_path, bowl, island)
    assert ring.fill_m3 + core.fill_m3 == pytest.approx(whole.fill_m3, rel=1e-10)
    both = fill(tmp_path, bowl, shapely.MultiPolygon([island, disc(80, 80, 5)]))
    assert both.fill_m3 == pytest.approx(core.fill_m3 + fill(tmp_path, bowl, disc(80, 80, 5)).fill_m3, rel=1e-10)


def test_order_of_vertices_does_not_matter(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, bowl)
    points = shapely.get_coordinates(OUTLINE)[:-1]
    answers = [
        estimate(site(shapely.Polygon(np.roll(points, k, axis=0)[::d])), terrain, path, LEVEL).fill_m3
        for k in (0, 17)
        for d in (1, -1)
    ]
    assert answers == pytest.approx([answers[0]] * 4, rel=1e-13)


def test_block_size_does_not_change_the_last_digit(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, bowl)
    with open_job(site(OUTLINE), terrain, path, LEVEL) as job:
        surfaces = job.reference()
        found = set()
        for rows in (1, 7, 32, 256, 1000):
            ground, sums = accumulate(job.dem, job.placed, [surfaces], Layering(0.5, 0.3), tile_rows=rows)
            found.add((ground.covered_m2, *(sums[0].total(k) for k in ("fill", "cut", "cover", "base", "flooded"))))
    assert len(found) == 1


def test_nor_does_it_where_tiles_lie_wholly_inside(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, lambda x, y: 95 + 3 * np.sin((x - X0) / 40) + 0.01 * (y - Y0), rows=60, cols=3300)
    outline = shapely.Polygon([(X0 + 11, Y0 + 5), (X0 + 3200, Y0 + 2), (X0 + 3290, Y0 + 55), (X0 + 30, Y0 + 58)])
    found = set()
    with open_job(site(outline), terrain, path, LEVEL) as job:
        for rows in (1, 5, 16, 60):
            _, sums = accumulate(
                job.dem, job.placed, [job.surface("level"), job.surface("rim_plane")], Layering(), tile_rows=rows
            )
            found.add(tuple(s.total(k) for s in sums for k in ("fill", "cut", "flooded", "reference")))
    assert len(found) == 1


@pytest.mark.parametrize("grid", [{"angle": 30.0}, {"angle": -77.0}, {"south_up": True}, {"dx": 0.8}], ids=str)
def test_any_way_the_grid_lies(tmp_path: Path, grid: dict) -> None:
    """A grid that is turned, upside down or oblong gives the same pit the same volume, on every surface."""
    plain, path = made(tmp_path, bowl, rows=200, cols=200, cell=0.5)
    wide = {"rows": 300, "cols": 300, "cell": 0.5}
    if "south_up" in grid:
        wide = {"rows": 200, "cols": 200, "cell": 0.5}
    turned, other = made(tmp_path, bowl, name="other", **wide, **grid)
    if "angle" in grid:  # bring the turned grid's middle over the pit
        a, b, _, d, e, _ = turned.transform
        c, f = X0 + 50 - 150 * (a + b), Y0 + 50 - 150 * (d + e)
        from rasterio.transform import Affine

        from tests.gis.ground import heights, terrain, write

        transform = Affine(a, b, c, d, e, f)
        other = write(tmp_path / "turned.tif", heights(bowl, transform, 300, 300), transform)
        turned = terrain(other)
    for key in ("level", "spill", "rim_mean", "rim_plane", "rim_surface"):
        request = LEVEL if key == "level" else EstimateRequest(reference=key)
        one, two = (estimate(site(OUTLINE), t, p, request) for t, p in ((plain, path), (turned, other)))
        assert two.fill_m3 == pytest.approx(one.fill_m3, rel=2e-3), key
        assert two.footprint_m2 == pytest.approx(one.footprint_m2, rel=1e-9)


def test_shift_of_the_grid(tmp_path: Path) -> None:
    volumes = []
    for shift in (0.0, 0.31, 0.77):
        answer = fill(
            tmp_path, lambda x, y, s=shift: bowl(x + s, y), affinity.translate(OUTLINE, -shift), name=f"s{shift}"
        )
        volumes.append(answer.fill_m3)
    assert volumes == pytest.approx([volumes[0]] * 3, rel=5e-4)


@given(st.floats(0, 3), st.floats(0, 3), st.floats(92, 101))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_layers_add_up_to_the_fill(tmp_path: Path, cover: float, base: float, level: float) -> None:
    terrain, path = made(tmp_path, bowl)
    request = EstimateRequest("level", {"level_m": level}, cover_m=cover, base_m=base)
    answer = estimate(site(OUTLINE), terrain, path, request, beside=False)
    assert answer.waste_m3 + answer.cover_m3 + answer.base_m3 == pytest.approx(answer.fill_m3, rel=1e-12, abs=1e-9)
    assert min(answer.waste_m3, answer.cover_m3, answer.base_m3) >= 0
    space = fill_above(terrain, path, level - cover, base)
    assert answer.waste_m3 == pytest.approx(space, rel=1e-9, abs=1e-6)


def fill_above(terrain, path: Path, level: float, base: float) -> float:
    """Σ c a max(r - t_cover - (z + t_base), 0): the level lowered by cover and base."""
    request = EstimateRequest("level", {"level_m": level - base})
    return estimate(site(OUTLINE), terrain, path, request, beside=False).fill_m3


def test_tonnage_and_what_it_comes_from(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, lambda x, y: np.full(x.shape, 95.0))
    plain = estimate(site(box(10, 10, 30, 30)), terrain, path, replace(LEVEL, cover_m=1.0))
    assert (plain.density_t_m3, plain.tonnage_t, plain.tonnage_wet_t) == (None, None, None)
    waste = Waste("W1", "ash", "fly_ash", density_t_m3=1.1, moisture=0.25)
    own = estimate(site(box(10, 10, 30, 30)), terrain, path, replace(LEVEL, cover_m=1.0), waste=waste)
    assert own.tonnage_t == pytest.approx(400 * 4 * 1.1)
    assert own.tonnage_wet_t == pytest.approx(400 * 4 * 1.1 * 1.25)
    stated = estimate(
        site(box(10, 10, 30, 30)), terrain, path, replace(LEVEL, density_t_m3=2.0, moisture=0.0), waste=waste
    )
    assert stated.tonnage_t == stated.tonnage_wet_t == pytest.approx(400 * 5 * 2.0)


def test_level_below_the_floor_is_zero_with_a_warning(tmp_path: Path) -> None:
    answer = fill(tmp_path, bowl, OUTLINE, EstimateRequest("level", {"level_m": 50.0}))
    assert answer.fill_m3 == answer.flooded_m2 == answer.land_released_m2 == answer.max_depth_m == 0
    assert answer.cut_m3 > 0
    assert "estimate.below_floor" in {w.key for w in answer.warnings}
    assert answer.interval95.fill_m3 is None


def test_a_heap_above_its_toe(tmp_path: Path) -> None:
    """A cone 12 m high and 24 m in radius on a slope of 5 %: its volume stands in cut_m3 on every base that fits."""

    def heap(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 + 0.05 * (x - X0) + np.maximum(12 - radius(x, y) / 2, 0)

    terrain, path = made(tmp_path, heap, cell=0.5, rows=200, cols=200)
    exact = np.pi * 24**2 * 12 / 3
    request = EstimateRequest(density_t_m3=1.5)
    answer = estimate(site(disc(50, 50, 24.5), fills=False), terrain, path, request)
    assert answer.reference.key == "rim_surface"
    assert answer.cut_m3 == pytest.approx(exact, rel=2e-3)
    assert answer.fill_m3 < 1e-3 * exact
    assert answer.tonnage_t == pytest.approx(answer.cut_m3 * 1.5)
    assert answer.max_depth_m == pytest.approx(12, abs=0.3)
    assert answer.check.fill_m3 == pytest.approx(exact, rel=5e-3)
    others = {a.key: a.fill_m3 for a in answer.alternatives}
    assert others["rim_plane"] == pytest.approx(exact, rel=2e-3)
    assert others["lowest"] > exact
    assert "spill" not in others


def test_estimate_round_trip_and_determinism(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, bowl)
    one, two = (estimate(site(OUTLINE), terrain, path, EstimateRequest()) for _ in range(2))
    assert replace(one, computed_at="") == replace(two, computed_at="")
    assert Estimate.from_record(one.to_record()) == one
