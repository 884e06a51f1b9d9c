"""Corners that may be cut off are told where they are."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.points.breaklines import lay
from gis.points.corner_check import open_corners
from gis.points.tin import Tin
from tests.gis.points.pits import BENCHES, BOX, FRUSTUM, TOP, survey


def bare(xy, z, line, whole=200_000):
    laid = lay(xy, z, line, 0.5)
    tin = Tin(laid.xy, laid.z, 60.0, line=laid.line, whole=whole)
    return open_corners(tin, xy, z, line, laid)


def without_toe(count=700, seed=2):
    """Crest and single points: nothing to draw a line to."""
    xy, z, line = survey(FRUSTUM, count, seed)
    return xy[line < 1], z[line < 1], line[line < 1]


def test_a_crest_without_a_toe_has_open_corners():
    xy, z, line = without_toe()
    found = bare(xy, z, line)
    assert (line[found] == 0).all()
    corners = shapely.get_coordinates(BOX)[:4]
    away = np.hypot(*(xy[found][:, None] - corners).T)
    assert (away.min(axis=1) < 1e-9).sum() == len(found) >= 3


def test_large_sets_are_looked_at_corner_by_corner():
    xy, z, line = without_toe()
    assert np.array_equal(bare(xy, z, line, whole=500), bare(xy, z, line))


@pytest.mark.parametrize("pit", [FRUSTUM, BENCHES])
def test_corners_with_lines_down_are_not_open(pit):
    assert len(bare(*survey(pit, 700, 2))) == 0


def test_a_surveyed_line_down_the_corner_closes_it():
    xy, z, line = without_toe()
    before = bare(xy, z, line)
    corner = xy[before[0]]
    xy, z, line = np.vstack((xy, corner, 0.5 * corner)), np.append(z, [TOP, TOP - 10]), np.append(line, [5, 5])
    assert len(bare(xy, z, line)) == len(before) - 1


def test_level_ground_has_no_open_corners():
    """A field's border with corners, points on both sides; and a crest with points outside only."""
    xy, z, line = survey(FRUSTUM, 300, 4)
    assert len(bare(xy, np.full(len(z), TOP) + 0.001 * xy[:, 0], line)) == 0
    keep = (line < 1) & (z == TOP)
    assert len(bare(xy[keep], z[keep], line[keep])) == 0
