"""Check 1 of the budget: volumes under drawn error fields scatter as the double integral says, within 5 % in σ.

Round, long and L-shaped pits of 0.3 to 10 correlation lengths across.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gis.correlation import region_of
from gis.uncertainty import Hold, joint_variance, terrain_sigma
from tests.gis.error_fields import covariance, drawn_at, drawn_on_grid

ROUND = shapely.Point(0.5, 0.5).buffer(0.5, quad_segs=64)
LONG = shapely.box(0, 0, 1, 0.2)
ANGLE = shapely.box(0, 0, 1, 1).difference(shapely.box(0.4, 0.4, 1, 1))
SLOW = pytest.mark.skipif("HUITIAN_SLOW" not in os.environ, reason="takes minutes; set HUITIAN_SLOW=1")
SHAPES = {"round": ROUND, "long": LONG, "angle": ANGLE}
CELLS = {"round": 34, "long": 65, "angle": 35}  # to the side; straight sides fall on cell edges


def cells(shape: BaseGeometry, step: float) -> tuple[np.ndarray, float]:
    """(middles of the cells inside, area that each stands for)."""
    x0, y0, x1, y1 = shape.bounds
    x, y = np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step))
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
    places = np.column_stack((x.ravel(), y.ravel()))[inside]
    return places, shape.area / len(places)


@pytest.mark.parametrize("across", [0.3, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("name", SHAPES)
def test_exact_fields_at_small_numbers_of_cells(name: str, across: float) -> None:
    shape = shapely.affinity.scale(SHAPES[name], 60, 60, origin=(0, 0))
    range_m = 60 / across
    places, area = cells(shape, 60 / CELLS[name])
    volumes = drawn_at(places, range_m, 4_000, seed=11).sum(axis=1) * area * 0.2
    assert volumes.std() / terrain_sigma(shape, 0.2, range_m) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(("across", "side"), [(0.3, 40), (3.0, 80), (10.0, 240)])
@pytest.mark.parametrize("length", [1, 5])
@SLOW
@pytest.mark.slow
def test_fields_on_a_grid_measured_across_the_narrow_side(length: int, across: float, side: int) -> None:
    """Here 10 correlation lengths are the width of the long pit, and it is 50 long."""
    wide = side / length
    shape = shapely.box(0, 0, side, wide) if length > 1 else shapely.Point(side / 2, side / 2).buffer(side / 2, 64)
    x, y = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel()).reshape(x.shape)
    fields = drawn_on_grid(side, wide / across, seed=3)
    volumes = [next(fields)[inside].sum() for _ in range(3_000)]
    assert np.std(volumes) / terrain_sigma(shape, 1.0, wide / across) == pytest.approx(1, abs=0.05)


def rim_of_shape(shape: BaseGeometry, n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n places along the outline, length of each)."""
    ring = shapely.get_exterior_ring(shape)
    at = shapely.line_interpolate_point(ring, (np.arange(n) + 0.5) * ring.length / n)
    return shapely.get_coordinates(at), np.full(n, ring.length / n)


@pytest.mark.parametrize("across", [0.3, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("points", [1, 240], ids=["point", "mean"])
def test_a_reference_read_from_the_same_terrain(name: str, across: float, points: int) -> None:
    """Ground and rim are drawn in one field: what they share cancels, and never more than there is."""
    shape = shapely.affinity.scale(SHAPES[name], 60, 60, origin=(0, 0))
    range_m, region = 60 / across, region_of(shape)
    rim, length = rim_of_shape(shape, points)
    weight = length / length.sum() * region.area_m2
    hold = Hold(region, rim, weight, length if points > 1 else np.zeros(1))
    places, area = cells(shape, 60 / CELLS[name])
    factor = np.concatenate((np.full(len(places), -area), weight))
    drawn = drawn_at(np.concatenate((places, rim)), range_m, 4_000, seed=4)
    assert (drawn @ factor).std() / np.sqrt(hold.variance(range_m).joint) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("points", [1, 240], ids=["point", "mean"])
def test_the_wider_errors_hang_together_the_less_is_left(points: int) -> None:
    """What was wrong once: covariances cut at zero made the interval jump with the correlation length."""
    shape = shapely.affinity.scale(ROUND, 60, 60, origin=(0, 0))
    rim, length = rim_of_shape(shape, points)
    region = region_of(shape)
    hold = Hold(region, rim, length / length.sum() * region.area_m2, length if points > 1 else np.zeros(1))
    ranges = np.geomspace(60, 60_000, 40)
    left = np.array([hold.variance(r).joint for r in ranges])
    assert (np.diff(left) < 0).all()
    assert left[-1] * ranges[-1] == pytest.approx(left[-8] * ranges[-8], rel=0.02)  # falls as 1/range: a variogram
    assert joint_variance([hold], None).joint >= left.max()


def test_parts_of_a_site_are_one_shape() -> None:
    """Two halves with their rims give what the whole gives, whatever the range."""
    whole = shapely.box(0, 0, 80, 40)
    halves = [shapely.box(0, 0, 40, 40), shapely.box(40, 0, 80, 40)]
    for range_m in (15.0, 60.0, 500.0):
        one = joint_variance([Hold(region_of(whole))], range_m)
        two = joint_variance([Hold(region_of(h)) for h in halves], range_m)
        assert two.ground == pytest.approx(one.ground, rel=0.03)
        assert two.joint == pytest.approx(two.ground)


def test_the_covariance_here_is_the_spherical_one() -> None:
    assert covariance(np.array([0.0, 5.0, 10.0, 12.0]), 10.0) == pytest.approx([1, 0.3125, 0, 0])
