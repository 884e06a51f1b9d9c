"""The surface `graded`: planes against area times depth at the centroid, crowns against cones and hipped roofs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.job import open_job
from gis.surfaces import graded
from gis.volume import estimate
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.gis.ground import CRS, X0, Y0, box, disc, made, site
from tests.gis.surfaces.making import fill

FLAT = 90.0
OUTLINE = shapely.Polygon([(X0 + 12.3, Y0 + 20.1), (X0 + 80.7, Y0 + 11.4), (X0 + 66.2, Y0 + 84.9), (X0 + 30, Y0 + 61)])
PLANE = {"level_m": 100.0, "fall_percent": 2.0, "azimuth_deg": 120.0}


def flat(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 0 * x + FLAT


def test_at_the_centroid_the_volume_is_area_times_level(tmp_path: Path) -> None:
    answer = fill(tmp_path, flat, OUTLINE, "graded", **PLANE)
    assert answer.fill_m3 == pytest.approx(OUTLINE.area * 10, rel=1e-6)
    assert answer.reference.mean_elevation_m == pytest.approx(100, abs=1e-5)


@pytest.fixture(scope="module")
def sloping(tmp_path_factory: pytest.TempPathFactory):
    return made(tmp_path_factory.mktemp("graded"), lambda x, y: 90 + 0.03 * (x - X0) - 0.02 * (y - Y0))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.floats(80, 120),
    fall=st.floats(0, 20),
    azimuth=st.floats(0, 360),
    anchor=st.tuples(st.floats(-50, 150), st.floats(-50, 150)),
)
def test_net_volume_of_any_plane(sloping, level: float, fall: float, azimuth: float, anchor) -> None:
    """Net = area × (plane - ground) at the centroid, also where they cross; to the cells that the outline cuts."""
    terrain, path = sloping
    x, y = X0 + anchor[0], Y0 + anchor[1]
    parameters = {"level_m": level, "fall_percent": fall, "azimuth_deg": azimuth}
    parameters |= {"anchor": "place", "anchor_x": x, "anchor_y": y}
    answer = estimate(site(OUTLINE), terrain, path, EstimateRequest("graded", parameters), beside=False)
    c, turn = OUTLINE.centroid, np.radians(azimuth)
    plane = level - fall / 100 * ((c.x - x) * np.sin(turn) + (c.y - y) * np.cos(turn))
    ground = 90 + 0.03 * (c.x - X0) - 0.02 * (c.y - Y0)
    assert answer.net_m3 == pytest.approx(OUTLINE.area * (plane - ground), rel=1e-6, abs=2e-5 * OUTLINE.area)


def test_it_falls_where_the_azimuth_points(tmp_path: Path) -> None:
    """Fall to the east: 2 m lower 100 m further east. The plane found through its rim says so too."""
    answer = fill(tmp_path, flat, box(10, 10, 90, 50), "graded", level_m=100.0, fall_percent=2.0, azimuth_deg=90.0)
    assert answer.reference.max_elevation_m == pytest.approx(100 + 0.02 * 39.5)
    assert answer.reference.min_elevation_m == pytest.approx(100 - 0.02 * 39.5)
    slope = fill(tmp_path, lambda x, y: 100 - 0.02 * (x - X0), box(10, 10, 90, 50), "rim_plane")
    assert slope.reference.parameters["azimuth_deg"] == pytest.approx(90)


def test_one_plane_for_all_parts(tmp_path: Path) -> None:
    """The anchor is the middle of the whole outline: parts do not get planes of their own."""
    parts = shapely.MultiPolygon([box(10, 10, 30, 30), box(60, 50, 90, 80)])
    answer = fill(tmp_path, flat, parts, "graded", **PLANE)
    assert answer.fill_m3 == pytest.approx(parts.area * 10, rel=1e-7)
    anchors = {(p["anchor_x"], p["anchor_y"]) for p in answer.reference.parameters["parts"]}
    assert anchors == {(parts.centroid.x, parts.centroid.y)}


def test_from_the_lowest_point_of_the_rim(tmp_path: Path) -> None:
    """Without a level the plane passes through the point where water runs over, and falls towards it."""
    answer = fill(
        tmp_path, lambda x, y: 90 + 0.1 * (x - X0), box(20, 30, 70, 60), "graded",
        anchor="lowest_rim", fall_percent=4.0, azimuth_deg=270.0,
    )  # fmt: skip
    assert answer.reference.parameters["level_m"] == pytest.approx(92)
    assert answer.reference.max_elevation_m == pytest.approx(92 + 0.04 * 49.5, abs=1e-9)


def test_in_degrees_it_is_the_same_plane(tmp_path: Path) -> None:
    """A terrain in degrees under a project in metres: fall and azimuth count in the project's system."""
    from rasterio.transform import Affine

    from gis.crs import transformer
    from tests.gis.ground import heights, terrain, write

    there = transformer(CRS, "EPSG:4490")
    corners = np.array(there.transform([X0 - 5, X0 + 105, X0 - 5, X0 + 105], [Y0 - 5, Y0 - 5, Y0 + 105, Y0 + 105]))
    step = np.ptp(corners, axis=1) / 110
    shift = Affine.translation(corners[0].min(), corners[1].max()) * Affine.scale(step[0], -step[1])
    path = write(tmp_path / "degrees.tif", heights(flat, shift, 110, 110), shift, "EPSG:4490")
    request = EstimateRequest("graded", PLANE)
    answer = estimate(site(OUTLINE), terrain(path, "EPSG:4490"), path, request)
    assert answer.fill_m3 == pytest.approx(OUTLINE.area * 10, rel=1e-5)
    assert answer.check.difference_percent == pytest.approx(0, abs=0.05)


def test_a_crown_over_a_disc_is_a_cone(tmp_path: Path) -> None:
    """πR²·h/3 with h = fall × R, over ground at the crown's edge."""
    radius, fall = 40.0, 5.0
    answer = fill(tmp_path, flat, disc(50, 50, radius), "graded", level_m=FLAT, fall_percent=fall, crown=True)
    assert answer.fill_m3 == pytest.approx(np.pi * radius**2 * fall / 100 * radius / 3, rel=1e-3)
    assert answer.max_depth_m == pytest.approx(fall / 100 * radius, rel=0.02)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a=st.floats(30, 80), b=st.floats(20, 80), fall=st.floats(0.5, 10))
def test_a_crown_over_a_rectangle_is_a_hipped_roof(tmp_path_factory, a: float, b: float, fall: float) -> None:
    """∫ distance to the edge = b² (3a - b) / 12 for b ≤ a: a ridge between two pyramids."""
    long, short = max(a, b), min(a, b)
    folder = tmp_path_factory.mktemp("roof")
    answer = fill(
        folder, flat, box(10.3, 10.7, 10.3 + a, 10.7 + b), "graded", level_m=FLAT, fall_percent=fall, crown=True
    )
    assert answer.fill_m3 == pytest.approx(fall / 100 * short**2 * (3 * long - short) / 12, rel=2e-3)


def test_the_crown_is_the_distance_to_the_outline(tmp_path: Path) -> None:
    """Against GEOS, place by place, over a star with an island and oblong cells."""
    t = np.arange(14) / 14 * 2 * np.pi
    r = np.where(np.arange(14) % 2, 18, 42)
    star = shapely.Polygon(np.column_stack((X0 + 50 + r * np.cos(t), Y0 + 50 + r * np.sin(t))))
    star = star.difference(disc(50, 52, 7, 16))
    terrain, path = made(tmp_path, flat, dx=1.25, cols=80)
    parameters = {"level_m": FLAT, "fall_percent": 100.0, "crown": True}
    with open_job(site(star), terrain, path, EstimateRequest("graded", parameters)) as job:
        surface = job.reference()[0]
        r0, r1, c0, c1 = job.placed.parts[0].edges.bounds
        z = surface.block(r0, r1, c0, c1) - FLAT
        cols, rows = np.meshgrid(np.arange(c0, c1) + 0.5, np.arange(r0, r1) + 0.5)
        points = shapely.points(*job.dem.grid.to_world(cols, rows))
    away = shapely.distance(star.boundary, points) * np.where(shapely.contains(star, points), 1, -1)
    assert np.abs(z - away).max() < 1e-5


def test_a_very_large_crown_is_computed_coarser_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = {"level_m": FLAT, "fall_percent": 5.0, "crown": True}
    fine = fill(tmp_path, flat, disc(50, 50, 40), "graded", **parameters)
    monkeypatch.setattr(graded, "MAX_NODES", 1000)
    coarse = fill(tmp_path, flat, disc(50, 50, 40), "graded", **parameters)
    assert next(w for w in coarse.warnings if w.key == "surface.coarser").facts["step"] == 4
    assert coarse.fill_m3 == pytest.approx(fine.fill_m3, rel=5e-3)
    assert "surface.coarser" not in {w.key for w in fine.warnings}


def test_a_crown_falls_to_an_island_too(tmp_path: Path) -> None:
    """Over a ring between radii r and R: ∫ min(R - s, s - r) 2πs ds = π (R - r)² (R + r) / 4."""
    outer, inner = 42.0, 12.0
    ring = disc(50, 50, outer).difference(disc(50, 50, inner))
    answer = fill(tmp_path, flat, ring, "graded", level_m=FLAT, fall_percent=10.0, crown=True)
    assert answer.fill_m3 == pytest.approx(0.1 * np.pi * (outer - inner) ** 2 * (outer + inner) / 4, rel=2e-3)


def test_a_crown_without_a_level_stands_on_the_lowest_rim(tmp_path: Path) -> None:
    answer = fill(
        tmp_path, lambda x, y: 90 + 0.1 * (x - X0), box(20, 30, 70, 60), "graded", fall_percent=2.0, crown=True
    )
    assert answer.reference.parameters["level_m"] == pytest.approx(92)


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [("level_m", "--level"), ("fall_percent", "--fall"), ("azimuth_deg", "--azimuth")],
)
def test_what_is_missing_is_named(tmp_path: Path, left_out: str, missing: str) -> None:
    with pytest.raises(Refused) as caught:
        fill(tmp_path, flat, OUTLINE, "graded", **{k: v for k, v in PLANE.items() if k != left_out})
    assert caught.value.key == "surface.parameter"
    assert left_out in str(caught.value)
    assert missing in str(caught.value)


@pytest.mark.parametrize(
    "wrong", [{"fall_percent": -1}, {"fall_percent": 101}, {"azimuth_deg": "north"}, {"anchor": "middle"}]
)
def test_bad_parameters_are_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(Refused) as caught:
        fill(tmp_path, flat, OUTLINE, "graded", **{**PLANE, **wrong})
    assert caught.value.key in {"surface.parameter", "surface.choice"}
