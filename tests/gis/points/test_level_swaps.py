from __future__ import annotations

import numpy as np
import pytest

from gis.points.breaklines import densify
from gis.points.level_swaps import swap_level
from gis.points.mesh import areas, triangulate
from gis.points.swapping import lines_of
from gis.points.tin import Tin

SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], float)


def survey(rings, ground, height, step):
    """Rings [(xy, z)] as breaklines with points every `step`, and ground points of the height that is a function."""
    xy = np.concatenate([ground, *(r for r, _ in rings)])
    z = np.concatenate([height(*ground.T), *(np.broadcast_to(z, len(r)) for r, z in rings)])
    line = np.concatenate([np.full(len(ground), -1), *(np.full(len(r), i) for i, (r, _) in enumerate(rings))])
    return densify(xy, z, line, step)


def around(rng, count, inner, outer):
    """Places outside a square of ± inner, inside one of ± outer."""
    xy = rng.uniform(-outer, outer, (count * 4, 2))
    return xy[np.abs(xy).max(axis=1) > inner][:count]


def volume_below(tin, level, half, cell):
    count = round(2 * half / cell)
    z, _ = tin.block(-half, half, cell, count, count)
    return float(np.nansum(np.clip(level - z, 0, None)) * cell**2)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("step", [0.5, 2.0])
def test_a_pit_of_a_crest_and_a_toe_keeps_its_corners(seed, step):
    """60 m and 30 m wide, 10 m deep: h/3 (A + √(AB) + B). Without swapping the corners are cut: 2 % and more too small.

    Points on the level floor and around the pit; the walls are known by their edges only.
    """
    rng = np.random.default_rng(seed)
    floor, outside = rng.uniform(-14, 14, (20, 2)), around(rng, 150, 31, 100)
    ground = np.concatenate((floor, outside))
    made = survey(
        [(30 * SQUARE, 100.0), (15 * SQUARE, 90.0)],
        ground,
        lambda x, y: np.where(np.maximum(abs(x), abs(y)) < 15, 90.0, 100.0),
        step,
    )
    exact = 10 / 3 * (3600 + 1800 + 900)
    plain = Tin(made.xy, made.z, 1e9)
    tin = Tin(made.xy, made.z, 1e9, line=made.line)
    assert volume_below(plain, 100, 35, 0.25) < 0.98 * exact
    assert volume_below(tin, 100, 35, 0.25) == pytest.approx(exact, rel=0.002)
    assert tin.swapped > 0


def test_a_rounded_crest_that_is_not_quite_level():
    """A pit as they are dug: 80 × 50 m with corners rounded by 2 m, 12 m deep, crest surveyed to ±5 cm."""
    import shapely

    rng = np.random.default_rng(3)
    plan = shapely.box(-38, -23, 38, 23).buffer(2, quad_segs=3)
    toe = plan.buffer(-15, quad_segs=4)
    crest_xy, toe_xy = (shapely.get_coordinates(s.exterior) for s in (plan, toe))
    crest_z, toe_z = 100 + rng.normal(0, 0.05, len(crest_xy)), 88 + rng.normal(0, 0.05, len(toe_xy))
    crest_z[-1], toe_z[-1] = crest_z[0], toe_z[0]
    outside = rng.uniform(-90, 90, (800, 2))
    outside = outside[~shapely.contains_xy(plan.buffer(2), *outside.T)]
    made = survey([(crest_xy, crest_z), (toe_xy, toe_z)], outside, lambda x, _y: np.full(len(x), 100.0), 0.5)
    # Walls of 1:1.25 down to the floor; a fine sum over the plan. Counted below 99.7, clear of the crest's errors.
    at = np.arange(-45, 45, 0.25) + 0.125
    x, y = (v.ravel() for v in np.meshgrid(at, at))
    depth = np.minimum(shapely.distance(plan.exterior, shapely.points(x, y)) / 1.25, 12)
    exact = float(np.clip(depth - 0.3, 0, None)[shapely.contains_xy(plan, x, y)].sum()) * 0.25**2
    off = [volume_below(Tin(made.xy, made.z, 1e9, line=line), 99.7, 45, 0.25) / exact - 1 for line in (None, made.line)]
    assert off[0] < -0.02
    assert abs(off[1]) < 0.003


@pytest.mark.parametrize("sign", [-1, 1], ids=["valley", "ridge"])
def test_contours_of_a_valley_and_of_a_ridge(sign):
    """Contours of z = ±(0.4 |y| + 0.1 x) are Vs. Level triangles fill their noses; swapped, the keel is there."""

    def height(x, y):
        return 500 - sign * (0.4 * np.abs(y) - 0.1 * x)

    rings = []
    for level in range(-14, 15, 2):
        y = np.array([-40.0, -20, 0, 20, 40])
        x = level / 0.1 + 4 * np.abs(y)
        rings.append((np.column_stack((x, y)), 500 + sign * level))
    made = survey(rings, np.zeros((0, 2)), height, 2.0)
    g = np.arange(-60, 120, 1.0), np.arange(-15, 15.1, 0.5)
    x, y = (v.ravel() for v in np.meshgrid(*g))
    error = []
    for line in (None, made.line):
        z = Tin(made.xy, made.z, 1e9, line=line).at(np.column_stack((x, y)))
        error.append(float(np.sqrt(np.mean((z - height(x, y)) ** 2))))
    assert error[1] < 0.2 * error[0]


def test_lines_hold_and_triangles_cover_the_ground_once():
    rng = np.random.default_rng(8)
    made = survey(
        [(30 * SQUARE, 100.0), (15 * SQUARE, 90.0)], rng.uniform(-60, 60, (90, 2)), lambda x, _y: 100 + 0 * x, 1.0
    )
    _, first, place = np.unique(made.xy, axis=0, return_index=True, return_inverse=True)
    xy, z = made.xy[first], made.z[first]
    lines = lines_of(place.ravel(), made.line, len(xy))
    delaunay = triangulate(xy)
    done = swap_level(xy, z, delaunay.simplices, delaunay.neighbors, lines, 1e9)
    assert len(done.made) > 20

    def edges(corners):
        p, q = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
        return np.minimum(p, q) * len(xy) + np.maximum(p, q)

    held = np.isin(lines.pieces, edges(delaunay.simplices))
    assert held.mean() > 0.95
    assert np.isin(lines.pieces[held], edges(done.corners)).all()
    assert np.isin(done.made, edges(done.corners)).all()
    a, b, c = (xy[done.corners[:, k]] for k in range(3))
    assert ((b - a)[:, 0] * (c - a)[:, 1] > (b - a)[:, 1] * (c - a)[:, 0]).all()
    assert areas(xy, done.corners).sum() == pytest.approx(areas(xy, delaunay.simplices).sum(), rel=1e-12)
    # Every edge is that of two triangles or of the hull: nothing lies over anything else.
    _, count = np.unique(edges(done.corners), return_counts=True)
    assert sorted(set(count)) == [1, 2]
    assert (count == 1).sum() == len(delaunay.convex_hull)


def test_the_order_of_points_and_triangles_makes_no_difference():
    rng = np.random.default_rng(2)
    made = survey([(30 * SQUARE, 100.0), (15 * SQUARE, 90.0)], around(rng, 80, 31, 70), lambda x, _y: 100 + 0 * x, 1.0)
    results = []
    for turn in (False, True):
        way = slice(None, None, -1 if turn else 1)
        tin = Tin(made.xy[way], made.z[way], 1e9, line=made.line[way])
        results.append((tin.block(-35, 35, 0.5, 140, 140)[0], tin.swapped))
    assert results[0][1] == results[1][1] > 0
    assert volume_of(results[0][0]) == pytest.approx(volume_of(results[1][0]), rel=1e-9)
    again = Tin(made.xy, made.z, 1e9, line=made.line).block(-35, 35, 0.5, 140, 140)[0]
    assert np.array_equal(again, results[0][0])


def volume_of(z):
    return float((100 - z).sum())


def test_without_lines_nothing_changes():
    rng = np.random.default_rng(1)
    xy, z = rng.uniform(0, 100, (500, 2)), np.round(rng.normal(50, 1, 500))
    plain, told = Tin(xy, z, 50), Tin(xy, z, 50, line=np.full(500, -1))
    assert told.swapped == 0
    assert np.array_equal(plain.block(0, 100, 1, 100, 100)[0], told.block(0, 100, 1, 100, 100)[0], equal_nan=True)


def test_a_closed_top_stays_level_and_a_height_in_it_does_not():
    """Inside the last contour nothing is known; with one height there it is a cone."""
    turn = np.linspace(0, 2 * np.pi, 61)
    ring = 10 * np.column_stack((np.cos(turn), np.sin(turn)))
    ring[-1] = ring[0]
    outer = [(ring, 100.0), (2 * ring, 90.0)]
    flat = survey(outer, np.zeros((0, 2)), lambda x, _y: x, 0.5)
    tin = Tin(flat.xy, flat.z, 1e9, line=flat.line)
    assert tin.at(np.array([[0.1, 0.2], [5.0, 0.0]])) == pytest.approx([100, 100])
    top = survey(outer, np.array([[0.0, 4.0]]), lambda x, _y: x + 105, 0.5)
    tin = Tin(top.xy, top.z, 1e9, line=top.line)
    assert tin.at(np.array([[0.0, 4.0], [0.0, -3.0]])) == pytest.approx([105, 102.5], abs=0.05)


def test_parts_of_a_large_set_give_what_the_whole_gives():
    rng = np.random.default_rng(4)
    rings = []
    for east in (-200, 0, 200):
        for half, z in ((30, 100.0), (15, 90.0)):
            rings.append((half * SQUARE + [east, 0.3 * east], z))
    xy = rng.uniform(-320, 320, (6000, 2))
    for east in (-200, 0, 200):
        xy = xy[np.abs(xy - [east, 0.3 * east]).max(axis=1) > 31]
    made = survey(rings, xy, lambda x, y: 100 + 0.3 * np.sin(x / 30) * np.cos(y / 30), 1.0)
    whole = Tin(made.xy, made.z, 45, line=made.line)
    parts = Tin(made.xy, made.z, 45, line=made.line, whole=500)
    for east, north in ((-240, -20), (-40, 40), (0, 40), (170, 80), (200, 95)):
        (a, _), (b, _) = (t.block(east, north, 0.5, 80, 80) for t in (whole, parts))
        assert np.nanmax(np.abs(a - b)) < 1e-9
    assert whole.swapped > 0
    assert parts.swapped > 0


def test_single_points_on_the_walls_leave_most_corners_whole():
    """Twelve surveys with points strewn over walls, too: an error of 2.3 % on average falls to a sixth or less.

    A point of one wall near a corner may still hold what is the other wall's; a line down the corner settles it.
    """
    off = {False: [], True: []}
    for seed in range(12):
        ground = np.random.default_rng(seed).uniform(-100, 100, (150, 2))
        made = survey(
            [(30 * SQUARE, 100.0), (15 * SQUARE, 90.0)],
            ground,
            lambda x, y: 100 - 10 * np.clip((30 - np.maximum(abs(x), abs(y))) / 15, 0, 1),
            0.5,
        )
        for swapped, line in ((False, None), (True, made.line)):
            found = volume_below(Tin(made.xy, made.z, 1e9, line=line), 100, 35, 0.25)
            off[swapped].append(found / (10 / 3 * 6300) - 1)
    assert np.mean(off[False]) < -0.02
    assert np.mean(off[True]) > np.mean(off[False]) / 6
    assert max(off[True]) < 0.001
    assert off[True][5] > -0.002  # the survey by which the fault was found
    assert (np.array(off[True]) >= np.array(off[False])).all()
