"""Average end areas: closed forms, the direction of the axis, what must not change a figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from gis.endarea import end_areas
from models.earthwork import EndAreaMethod
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.gis.ground import LEVEL_100, X0, Y0, Height, box, disc, opened_job


def run(
    tmp_path: Path,
    f: Height,
    outline: BaseGeometry,
    spacing: float | None = None,
    request: EstimateRequest = LEVEL_100,
    **more,
) -> EndAreaMethod:
    with opened_job(tmp_path, f, outline, request, **more) as opened:
        return end_areas(opened, opened.reference(), spacing)


@pytest.mark.parametrize("angle", [0, 33, 90])
def test_box_is_exact_and_its_axis_the_long_one(tmp_path: Path, angle: float) -> None:
    outline = affinity.rotate(box(20, 40, 80, 60), angle)
    found = run(tmp_path, lambda x, y: np.full(x.shape, 92.5), outline, 7.0)
    k = 60 / found.sections[-1].station_m
    assert k == pytest.approx(1, abs=1e-3)
    assert found.fill_m3 * k**2 == pytest.approx(60 * 20 * 7.5, rel=1e-6)
    assert [s.station_m * k for s in found.sections] == pytest.approx([*range(0, 60, 7), 60])
    assert [s.fill_m2 * k for s in found.sections] == pytest.approx([150] * 10, rel=1e-6)
    assert found.intervals[-1][0] * k == pytest.approx(4)


def test_wedge_by_hand(tmp_path: Path) -> None:
    """A floor that falls along the axis from level: areas 0, 40, 80 … over 20 m of width; fill and cut kept apart."""
    found = run(tmp_path, lambda x, y: 102 - (x - X0 - 20) / 10 + 0 * y, box(20, 40, 80, 60), 10.0)
    k = 60 / found.sections[-1].station_m
    assert [s.cut_m2 * k for s in found.sections] == pytest.approx([40, 20, 0, 0, 0, 0, 0], abs=1e-3)
    assert [s.fill_m2 * k for s in found.sections] == pytest.approx([0, 0, 0, 20, 40, 60, 80], abs=1e-3)
    assert found.fill_m3 * k**2 == pytest.approx(20 * 40 * 4 / 2, rel=1e-4)
    assert found.cut_m3 * k**2 == pytest.approx(20 * 20 * 2 / 2, rel=1e-4)


def test_sections_that_change_sign_are_split_where_they_do(tmp_path: Path) -> None:
    """Ground tilts across the axis: each section is two triangles of 10 m by 1 m."""
    found = run(tmp_path, lambda x, y: 100 + (y - Y0 - 50) / 10 + 0 * x, box(20, 40, 80, 60), 10.0)
    k = 60 / found.sections[-1].station_m
    for s in found.sections:
        assert (s.fill_m2 * k, s.cut_m2 * k) == pytest.approx((5, 5), rel=1e-4)


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

    with opened_job(tmp_path, f, disc(50, 50, 30), cell=0.25, rows=400, cols=400) as opened:
        for spacing in (20.0, 10.0, 5.0):
            found = end_areas(opened, opened.reference(), spacing)
            errors.append(abs(found.fill_m3 * opened.placed.k**2 / exact - 1))
        assert end_areas(opened, opened.reference()).spacing_m == 2.0
    assert errors[2] < errors[0] / 6
    assert errors[2] < 0.01


def test_islands_and_parts(tmp_path: Path) -> None:
    """Straight edges across the axis are met between two sections: half a spacing of them is the method's error."""
    ring = disc(30, 50, 22, 200).difference(box(25, 45, 35, 55))
    outline = shapely.MultiPolygon([ring, box(60, 40, 90, 60)])
    found = run(tmp_path, lambda x, y: np.full(x.shape, 95.0), outline, 1.0)
    k2 = (outline.bounds[2] - outline.bounds[0]) ** 2 / found.sections[-1].station_m ** 2
    assert found.fill_m3 * k2 == pytest.approx(outline.area * 5, abs=0.5 * 5 * (20 + 20 + 10 + 10))


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 93 + (u**2 + 1.5 * v**2 + 0.3 * u * v) / 120 + 0.8 * np.sin(u / 5) * np.cos(v / 7)


OUTLINE = affinity.scale(disc(50, 50, 25, 60), 1.4, 0.8)


def test_a_heap_is_a_pit_turned_over(tmp_path: Path) -> None:
    pit = run(tmp_path, bowl, OUTLINE, 5.0)
    heap = run(tmp_path, lambda x, y: 200 - bowl(x, y), OUTLINE, 5.0, fills=False)
    assert (heap.cut_m3, heap.fill_m3) == pytest.approx((pit.fill_m3, pit.cut_m3), rel=1e-9)


def test_order_of_vertices_does_not_matter(tmp_path: Path) -> None:
    points = shapely.get_coordinates(OUTLINE)[:-1]
    found = [
        run(tmp_path, bowl, shapely.Polygon(np.roll(points, k, axis=0)[::d]), 5.0) for k in (0, 17) for d in (1, -1)
    ]
    assert [f.fill_m3 for f in found] == pytest.approx([found[0].fill_m3] * 4, rel=1e-6)
    assert all(f.axis[0][0] < f.axis[1][0] for f in found)


def test_a_spacing_that_does_not_suit_is_refused(tmp_path: Path) -> None:
    with opened_job(tmp_path, bowl, OUTLINE) as opened:
        for spacing in (-1.0, 0.001, float("inf")):
            with pytest.raises(Refused) as caught:
                end_areas(opened, opened.reference(), spacing)
            assert caught.value.key == "earthwork.spacing"


def test_gaps_are_bridged_and_a_section_without_heights_is_refused(tmp_path: Path) -> None:
    def holed(radius: float) -> Height:
        def f(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            z = np.full(x.shape, 95.0)
            z[np.abs(x - X0 - 50) < radius] = np.nan
            return z

        return f

    small = run(tmp_path, lambda x, y: np.where(np.hypot(x - X0 - 50, y - Y0 - 50) < 3, np.nan, 95.0),
                box(20, 40, 80, 60), 5.0)  # fmt: skip
    assert small.fill_m3 == pytest.approx(60 * 20 * 5, rel=1e-3)
    with pytest.raises(Refused) as caught:
        run(tmp_path, holed(3.0), box(20, 40, 80, 60), 5.0)
    assert caught.value.key == "earthwork.no_heights"
