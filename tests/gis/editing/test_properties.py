"""What must hold for any outline: nothing lost by a split, nothing overlapping after a cut, shared edges shared."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis.editing import clearance, merge, offset, parts, reshape, shapes, shared, simplify, split, transform, vertices
from gis.topology import GRID_M
from models.errors import Refused

X, Y = 437_000.0, 4_502_000.0
FEW = settings(max_examples=25, deadline=None)


def tolerance_m2(geometry: shapely.Geometry) -> float:
    """How far an area may be off because its points were put on the grid: half a millimetre along the boundary."""
    return float(geometry.length) * GRID_M + 1e-6


@st.composite
def outlines(draw: st.DrawFn, at: tuple[float, float] = (0.0, 0.0), hole: bool | None = None) -> shapely.MultiPolygon:
    """A star-shaped outline around a place, with a hole or not, on the millimetre grid."""
    n = draw(st.integers(5, 14))
    radii = draw(st.lists(st.floats(20, 60), min_size=n, max_size=n))
    turn = draw(st.floats(0, 6))
    t = turn + np.arange(n) * 2 * math.pi / n
    ring = np.round(np.column_stack([X + at[0] + np.cos(t) * radii, Y + at[1] + np.sin(t) * radii]), 3)
    shape = shapely.Polygon(ring)
    if draw(st.booleans()) if hole is None else hole:
        inner = np.round((ring - [X + at[0], Y + at[1]]) * 0.3 + [X + at[0], Y + at[1]], 3)
        shape = shapely.Polygon(ring, [inner])
    assume(shape.is_valid)
    return shapely.MultiPolygon([shape])


def on_the_grid(shape: shapely.MultiPolygon) -> bool:
    xy = shapely.get_coordinates(shape)
    return bool((np.round(xy, 3) == xy).all()) and shape.is_valid and shape.geom_type == "MultiPolygon"


@FEW
@given(outlines(), st.floats(0, math.pi), st.floats(-15, 15))
def test_a_split_loses_and_makes_no_ground(shape: shapely.MultiPolygon, angle: float, beside: float) -> None:
    d, n = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    a, b = np.array([X, Y]) + n * beside - d * 200, np.array([X, Y]) + n * beside + d * 200
    made = split.split(shape, [tuple(a), tuple(b)])
    assert len(made.outlines) >= 2
    assert all(on_the_grid(o) for o in made.outlines)
    assert sum(o.area for o in made.outlines) == pytest.approx(shape.area, abs=tolerance_m2(shape))
    for i, one in enumerate(made.outlines):
        for other in made.outlines[i + 1 :]:
            assert one.intersection(other).area == 0
    back = merge.merge(made.outlines)
    assert back.symmetric_difference(shape).area <= tolerance_m2(shape)


@FEW
@given(outlines(), outlines(at=(50.0, 20.0)))
def test_after_a_cut_nothing_overlaps(shape: shapely.MultiPolygon, other: shapely.MultiPolygon) -> None:
    try:
        made = clearance.keep_clear(shape, [other])
    except Refused:
        assert shape.difference(other).area < 1e-2
        return
    assert on_the_grid(made.outline)
    assert made.outline.intersection(other).area <= 1e-6
    gone = shape.difference(made.outline)
    assert gone.difference(other).area <= 2 * tolerance_m2(shape), "only ground of the neighbour went"
    assert clearance.overlaps(made.outline, [other]) == []


@FEW
@given(outlines(hole=False), outlines(at=(90.0, 0.0)), st.floats(0.5, 20))
def test_clearance_keeps_the_whole_distance(
    shape: shapely.MultiPolygon, other: shapely.MultiPolygon, metres: float
) -> None:
    try:
        made = clearance.keep_clear(shape, [other], metres)
    except Refused:
        return
    assert made.outline.distance(other) >= metres - 1e-3


@FEW
@given(outlines(hole=False), st.floats(0, math.pi), st.data())
def test_a_shared_boundary_stays_shared_when_a_point_of_it_moves(
    shape: shapely.MultiPolygon, angle: float, data: st.DataObject
) -> None:
    d = np.array([math.cos(angle), math.sin(angle)])
    made = split.split(shape, [tuple(np.array([X, Y]) - d * 200), tuple(np.array([X, Y]) + d * 200)])
    one, rest = made.outlines[0], dict(enumerate(made.outlines[1:]))
    common = shapely.get_coordinates(one.intersection(shapely.union_all(list(rest.values()))))
    at = tuple(common[data.draw(st.integers(0, len(common) - 1))])
    to = (round(at[0] + data.draw(st.floats(-3, 3)), 3), round(at[1] + data.draw(st.floats(-3, 3)), 3))
    try:
        moved, others = shared.move_together(one, {at: to}, rest)
    except Refused:
        return
    after = [moved, *({**rest, **others}).values()]
    assert all(on_the_grid(o) for o in after)
    for i, a in enumerate(after):
        for b in after[i + 1 :]:
            assert a.intersection(b).area <= 2e-6, "no overlap came"
    assert shapely.union_all(after).area == pytest.approx(sum(o.area for o in after), abs=1e-6)
    # Nothing opened between them either: the union has no more holes than before.
    holes = sum(len(p.interiors) for p in shapely.get_parts(shapely.union_all(after)))
    assert holes == sum(len(p.interiors) for p in shapely.get_parts(shape))


@FEW
@given(outlines(), st.floats(-180, 180), st.floats(-500, 500))
def test_moving_and_turning_keep_the_area(shape: shapely.MultiPolygon, degrees: float, push: float) -> None:
    there = transform.turn(transform.shift(shape, push, -push / 3), degrees, (X, Y))
    assert there.area == pytest.approx(shape.area, abs=2 * tolerance_m2(shape))
    back = transform.shift(transform.turn(there, -degrees, (X, Y)), -push, push / 3)
    assert shapely.get_coordinates(back) == pytest.approx(shapely.get_coordinates(shape), abs=3e-3)


@FEW
@given(outlines(), st.floats(0.01, 5))
def test_simplified_outlines_stray_no_farther_than_the_tolerance(shape: shapely.MultiPolygon, tol: float) -> None:
    made = simplify.simplify(shape, tol)
    assert on_the_grid(made)
    old = shapely.points(shapely.get_coordinates(shape))
    assert float(shapely.distance(old, made.boundary).max()) <= tol + 1e-3


@FEW
@given(outlines(), st.floats(-10, 30).filter(lambda d: abs(d) > 0.01))
def test_an_offset_lies_as_far_as_asked(shape: shapely.MultiPolygon, metres: float) -> None:
    try:
        made = offset.offset(shape, metres, "round")
    except Refused:
        assert shape.buffer(metres).area < 0.1
        return
    assert on_the_grid(made)
    near = shapely.distance(shapely.points(shapely.get_coordinates(made)), shape.boundary)
    assert near == pytest.approx(abs(metres), abs=0.03)


@FEW
@given(outlines(hole=False), st.data())
def test_insert_then_delete_gives_the_outline_back(shape: shapely.MultiPolygon, data: st.DataObject) -> None:
    n = len(vertices.rings_of(shape)[0][0])
    i = data.draw(st.integers(0, n - 1))
    a, b = (vertices.vertex(shape, vertices.Ref(0, 0, k % n)) for k in (i, i + 1))
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    more = vertices.insert(shape, vertices.Ref(0, 0, i), middle)
    assert shapely.get_num_coordinates(more) == shapely.get_num_coordinates(shape) + 1
    assert vertices.delete(more, [vertices.Ref(0, 0, i + 1)]).equals(shape)


@FEW
@given(outlines(hole=False), st.floats(0, 1), st.floats(0, 1))
def test_traced_stretches_lie_on_the_ring_and_the_two_ways_make_it_up(
    shape: shapely.MultiPolygon, s: float, t: float
) -> None:
    ring = shapely.get_coordinates(shape.geoms[0].exterior)
    line = shapely.LineString(ring)
    a, b = (tuple(np.round(line.interpolate(f, normalized=True).coords[0], 3)) for f in (s, t))
    assume(math.dist(a, b) > 0.1)
    short, long = shapes.trace(ring, a, b), shapes.trace(ring, a, b, longer=True)
    lengths = [shapely.LineString(p).length for p in (short, long)]
    assert lengths[0] <= lengths[1] + 0.01
    assert sum(lengths) == pytest.approx(line.length, abs=0.05)
    assert (shapely.distance(shapely.points(short), line) < 2e-3).all()


@FEW
@given(*[st.tuples(st.floats(-100, 100), st.floats(-100, 100)) for _ in range(3)])
def test_a_circle_goes_through_its_three_places(a: tuple, b: tuple, c: tuple) -> None:
    places = [(X + x, Y + y) for x, y in (a, b, c)]
    try:
        centre, radius = shapes.circle_through(*places)
    except Refused:
        return
    assert [math.dist(centre, p) for p in places] == pytest.approx([radius] * 3, rel=1e-5)


@FEW
@given(outlines(hole=False), st.floats(0.3, 0.9), st.floats(0, math.pi))
def test_reshape_follows_the_line(shape: shapely.MultiPolygon, share: float, angle: float) -> None:
    d, n = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    line = [tuple(np.array([X, Y]) + n * 15 * share + d * s) for s in (-200, 0, 200)]
    made = reshape.reshape(shape, line)
    assert on_the_grid(made)
    assert made.area < shape.area
    assert made.difference(shape.buffer(0.01)).area < 1e-6


@FEW
@given(outlines(hole=True))
def test_a_filled_hole_and_its_outline_make_the_ground(shape: shapely.MultiPolygon) -> None:
    place = parts.part_at(shape, (X, Y))
    assert place == parts.Place(0, 1)
    hole = parts.hole_of(shape, place)
    closed = parts.delete_hole(shape, place)
    assert closed.area == pytest.approx(shape.area + hole.area, abs=1e-6)
    assert parts.add_hole(closed, hole).equals(shape)
