"""Lines down the corners of pits with points strewn on their walls: volumes by closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.points.breaklines import densify, lay
from gis.points.corner_lines import corner_lines, corners_of
from gis.points.tin import Tin
from tests.gis.points.pits import BENCHES, BENT, BOX, FRUSTUM, ROUND, TOP, Pit, survey, volume_below

ALL = pytest.mark.parametrize("pit", [FRUSTUM, BENCHES, ROUND, BENT], ids=["frustum", "benches", "round", "bent"])


def tin_of(xy, z, line, *, down=True):
    if down:
        laid = lay(xy, z, line, 0.5)
        return Tin(laid.xy, laid.z, 1e9, line=laid.line)
    dense = densify(xy, z, line, 0.5)
    return Tin(dense.xy, dense.z, 1e9, line=dense.line)


@ALL
@pytest.mark.parametrize("count", [150, 700])
def test_the_volume_is_that_of_the_closed_form(pit, count):
    off, before = [], []
    for seed in range(3):
        points = survey(pit, count, seed)
        off.append(volume_below(tin_of(*points)) / pit.volume() - 1)
        before.append(volume_below(tin_of(*points, down=False)) / pit.volume() - 1)
    assert np.abs(off).max() < 0.001
    if count == 700 and pit is not BENCHES:  # what the lines are for; berms keep corners whole by themselves
        assert np.min(before) < -0.002


def test_heights_with_errors_take_nothing_from_it():
    """Errors of 5 cm everywhere, outside too: the net of hollows and heaps."""

    def off(seed, *, down):
        return volume_below(tin_of(*survey(FRUSTUM, 700, seed, 0.05), down=down), net=True) / FRUSTUM.volume() - 1

    assert abs(np.mean([off(seed, down=True) for seed in range(4)])) < 0.004
    assert np.mean([off(seed, down=False) for seed in range(4)]) < -0.007


@ALL
def test_lines_lead_from_crest_to_toe_at_every_corner(pit):
    xy, z, line = survey(pit, 400, 1)
    found = corner_lines(xy, z, line)
    assert len(found) == sum(shapely.get_num_coordinates(r) - 1 for r, _ in pit.edges()) / 2
    assert (line[found.end] == line[found.start] + 1).all()
    assert (z[found.start] > z[found.end]).all()
    # Each runs to the corner of the same side: no two meet, and none is longer than it must be.
    made = shapely.linestrings(np.stack((xy[found.start], xy[found.end]), axis=1))
    assert shapely.crosses(made[:, None], made).sum() == 0
    # The line is on the walls' planes: their edge.
    for share in (0.25, 0.5, 0.75):
        middle = xy[found.start] + share * (xy[found.end] - xy[found.start])
        assert pit.ground(middle) == pytest.approx(z[found.start] + share * (z[found.end] - z[found.start]), abs=1e-6)


def test_points_that_say_otherwise_keep_the_line_away():
    """A heap of rubble over one corner: its points lie metres above both walls."""
    xy, z, line = survey(FRUSTUM, 700, 2)
    corner = shapely.get_coordinates(BOX)[0]
    heap = (line < 0) & (np.hypot(*(xy - 0.75 * corner).T) < 9)
    assert heap.sum() >= 3
    z[heap] += 4
    found = corner_lines(xy, z, line)
    assert len(found) == 3
    assert (np.hypot(*(xy[found.start] - corner).T) > 1).all()


@pytest.mark.parametrize(
    "toe",
    [
        shapely.affinity.rotate(shapely.box(-15, -15, 15, 15), 65),  # turned by 45° against the crest
        shapely.Point(0, 0).buffer(15, quad_segs=12),  # no corners
    ],
    ids=["turned", "round"],
)
def test_corners_that_do_not_answer_each_other_are_left_alone(toe):
    strewn = np.random.default_rng(3).uniform(-60, 60, (300, 2))
    crest, foot = (shapely.get_coordinates(p.exterior) for p in (BOX, toe))
    xy = np.concatenate((strewn, crest, foot))
    z = np.concatenate((FRUSTUM.ground(strewn), np.full(len(crest), TOP), np.full(len(foot), TOP - 10)))
    line = np.repeat([-1, 0, 1], [300, len(crest), len(foot)])
    assert len(corner_lines(xy, z, line)) == 0


def test_a_line_between_keeps_it_away():
    """A ramp drawn across the wall: the corner is not one wall against another any more."""
    xy, z, line = survey(FRUSTUM, 300, 5)
    corner = shapely.get_coordinates(BOX)[0]
    across = np.array([-corner[1], corner[0]]) / np.hypot(*corner)
    ramp = 0.75 * corner + np.array([[-4.0], [4.0]]) * across
    xy, z, line = np.concatenate((xy, ramp)), np.concatenate((z, [95.0, 95.0])), np.concatenate((line, [7, 7]))
    found = corner_lines(xy, z, line)
    assert len(found) == 3


def test_without_single_points_there_are_none():
    """Level triangles are swapped there (test_level_swaps.py), and contours stay as they are drawn."""
    xy, z, line = survey(FRUSTUM, 300, 5)
    assert len(corner_lines(xy[line >= 0], z[line >= 0], line[line >= 0])) == 0
    assert len(corner_lines(xy[line < 0], z[line < 0], line[line < 0])) == 0


def test_the_order_of_lines_and_the_sense_of_turning_make_no_difference():
    xy, z, line = survey(BENT, 300, 5)
    back = slice(None, None, -1)
    one, other = corner_lines(xy, z, line), corner_lines(xy[back], z[back], line[back])

    def ends(found, xy):
        return sorted(map(tuple, np.round(np.hstack((xy[found.start], xy[found.end])), 6)))

    assert ends(one, xy) == ends(other, xy[back])


def test_corners_and_their_legs():
    """A closed square whose seam is a corner, with a vertex in the middle of a side; an open line that bends by 10°."""
    square = np.array([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10), (0, 0)], float)
    bend = np.array([(20, 0), (30, 0), (40, 10 * np.tan(np.radians(10)))], float)
    xy, line = np.concatenate((square, bend)), np.repeat([0, 1], [6, 3])
    found = corners_of(xy, line)
    assert sorted(found.at) == [0, 2, 3, 4]
    assert found.reach == pytest.approx(10)


def test_contours_have_more_corners_than_crests_and_are_left_alone():
    """Zigzags of 30,000 corners with single points among them."""
    x = np.arange(30_002.0)
    xy = np.column_stack((x, x % 2))
    assert len(corners_of(xy[:15_000], np.zeros(15_000, np.int64))) == 14_998
    assert len(corners_of(xy, np.zeros(len(xy), np.int64))) == 0


def test_pits_by_another_sum():
    """The closed forms themselves, against a fine sum of the grounds."""
    at = np.arange(-72, 72, 0.2) + 0.1
    places = np.column_stack([v.ravel() for v in np.meshgrid(at, at)])
    for pit in (FRUSTUM, BENCHES, ROUND, BENT, Pit((BOX,), ((3, 2), (4, 2)), 1.0)):
        assert (TOP - pit.ground(places)).sum() * 0.04 == pytest.approx(pit.volume(), rel=2e-4)
