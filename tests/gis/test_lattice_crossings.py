"""Crossings of an outline with a lattice: against shapely, and those of coarser lattices against a new search."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.cut_arms import inside_of
from gis.harmonic import Level
from gis.lattice_crossings import Lattice, LatticeCrossings
from tests.gis.test_harmonic import ring

OUTER, HOLE = ring(60.3, 90.2), ring(11, 88.7, seed=5)[::-1]
LATTICE = Lattice(4.5, 3.5, 1.0, 175, 172)
DIRECTIONS = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])  # west, east, north, south, as (x, y)


@pytest.fixture
def level() -> Level:
    return Level.of([OUTER, HOLE], LATTICE, (0.25, 0.25))


def test_nodes_inside_are_those_that_the_polygon_contains(level: Level) -> None:
    j, i = np.meshgrid(np.arange(LATTICE.cols), np.arange(LATTICE.rows))
    polygon = shapely.Polygon(OUTER, [HOLE])
    expected = shapely.contains_xy(polygon, LATTICE.x + j, LATTICE.y + i)
    assert expected.any()
    assert np.array_equal(level.inside, expected)


def test_arms_end_on_the_outline(level: Level) -> None:
    """A cut arm ends at its crossing, on the outline, with nothing of it before; whole arms meet nothing."""
    i, j = np.divmod(level.edge, LATTICE.cols)
    node = np.column_stack((LATTICE.x + j, LATTICE.y + i)).astype(float)
    boundary = shapely.Polygon(OUTER, [HOLE]).boundary
    shapely.prepare(boundary)
    at = np.column_stack(level.places())
    for way, step in enumerate(DIRECTIONS):
        cut = level.cut[:, way]
        end = node[cut] + level.arms[cut, way, None] * step
        assert np.allclose(end, at[level.crossing[cut, way]], atol=1e-9)
        assert (shapely.distance(boundary, shapely.points(end)) < 1e-9).all()
        before = shapely.linestrings(np.stack((node[cut], node[cut] + 0.999999 * (end - node[cut])), axis=1))
        assert not shapely.intersects(boundary, before).any()
        whole = shapely.linestrings(np.stack((node[~cut], node[~cut] + step), axis=1))
        assert whole.size
        assert not shapely.intersects(boundary, whole).any()


def test_coarser_lattices_are_those_found_anew(level: Level) -> None:
    for _ in range(4):
        coarser = level.coarser()
        lattice = level.lattice.coarser()
        assert coarser.lattice == lattice
        anew = Level.of([OUTER, HOLE], lattice, (0.25, 0.25))
        assert anew.edge.size > 10
        assert np.array_equal(coarser.inside, anew.inside)
        assert np.array_equal(coarser.edge, anew.edge)
        assert np.array_equal(coarser.cut, anew.cut)
        assert np.allclose(coarser.arms, anew.arms, atol=1e-9)
        for own, other in zip(coarser.places(), anew.places(), strict=True):
            assert np.allclose(own[coarser.crossing[coarser.cut]], other[anew.crossing[anew.cut]], atol=1e-9)
        level = coarser


def test_of_several_crossings_on_an_arm_the_nearest_counts() -> None:
    """A slit of 0.2 between two nodes: each of them meets its own side of it."""
    slit = np.array([(2.4, 1.0), (2.6, 1.0), (2.6, 9.0), (9.3, 9.0), (9.3, 0.2), (0.3, 0.2), (0.3, 9.0), (2.4, 9.0)])
    closed = np.vstack((slit, slit[:1]))
    level = Level.of([closed], Lattice(-2.0, -2.0, 1.0, 15, 15), (0.25, 0.25))
    i, j = np.divmod(level.edge, 15)
    row = i == 7
    left, right = row & (j == 4), row & (j == 5)  # x = 2 and 3
    assert level.arms[left, 1] == pytest.approx([0.4])
    assert level.arms[right, 0] == pytest.approx([0.4])


def test_an_outline_through_nodes_loses_no_arm() -> None:
    """Outside nodes beside inside ones are always cut off, also where rounding hides the crossing."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        corner = rng.integers(0, 12, (5, 2)) / 3.0 * 3.0
        polygon = shapely.convex_hull(shapely.MultiPoint(corner))
        if polygon.geom_type != "Polygon":
            continue
        level = Level.of([np.array(polygon.exterior.coords)], Lattice(-2.0, -2.0, 1.0, 17, 17), (0.25, 0.25))
        steps = np.array([-1, 1, -17, 17])
        outside = ~level.inside.ravel()[level.edge[:, None] + steps]
        assert np.array_equal(level.cut & outside, outside)
        assert level.crossing.max(initial=-1) < len(level.places()[0])


def test_crossings_of_a_square() -> None:
    square = np.array([(0.5, 0.5), (3.25, 0.5), (3.25, 2.75), (0.5, 2.75), (0.5, 0.5)])
    found = LatticeCrossings.of([square], Lattice(-1.0, -1.0, 1.0, 6, 7))
    assert found.on_rows == 4
    assert sorted(found.line[:4].tolist()) == [2, 2, 3, 3]
    assert sorted(found.place[:4].tolist()) == [1.5, 1.5, 4.25, 4.25]
    assert sorted(zip(found.x.tolist(), found.y.tolist(), strict=True)) == sorted(
        [(0.5, 1), (3.25, 1), (0.5, 2), (3.25, 2), (1, 0.5), (2, 0.5), (3, 0.5), (1, 2.75), (2, 2.75), (3, 2.75)]
    )
    assert np.count_nonzero(inside_of(found)) == 6
