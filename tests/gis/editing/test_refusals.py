"""What cannot be done is refused with its place, and what comes out is sound."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely

from gis.editing import clearance, merge, offset, parts, reshape, shapes, shared, simplify, split, transform, vertices
from gis.editing.sound import place_of, sound
from gis.editing.vertices import Ref
from models.errors import Missing, Refused

X, Y = 437_000.0, 4_502_000.0


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(X + x0, Y + y0, X + x1, Y + y1)])


SQUARE = box(0, 0, 100, 100)
HOLED = sound(SQUARE.difference(box(40, 40, 60, 60)))
TWO = shapely.MultiPolygon([*SQUARE.geoms, *box(200, 0, 300, 100).geoms])


@pytest.mark.parametrize(
    ("act", "key", "near"),
    [
        (lambda: vertices.move(SQUARE, {Ref(0, 0, 0): (X + 50, Y + 150)}), "edit.invalid", (33, 100)),
        (lambda: vertices.delete(SQUARE, [Ref(0, 0, 0), Ref(0, 0, 1)]), "edit.too_few", None),
        (lambda: split.split(SQUARE, [(X + 50, Y - 9), (X + 50, Y + 50)]), "split.ends_inside", (50, 50)),
        (lambda: split.split(SQUARE, [(X - 50, Y - 9), (X - 50, Y + 50)]), "split.misses", (-50, -9)),
        (lambda: parts.add_hole(SQUARE, box(90, 40, 120, 60)), "hole.outside", (110, 50)),
        (lambda: parts.add_hole(SQUARE, SQUARE), "edit.no_area", None),
        (lambda: parts.add_part(SQUARE, box(90, 40, 120, 60)), "part.overlaps", (95, 50)),
        (lambda: parts.delete_part(SQUARE, 0), "part.last", None),
        (lambda: parts.delete_hole(SQUARE, parts.Place(0, 1)), "hole.none", None),
        (lambda: reshape.reshape(SQUARE, [(X + 50, Y - 9), (X + 50, Y + 50)]), "reshape.misses", (50, -9)),
        (lambda: offset.offset(SQUARE, -51), "edit.no_area", None),
        (lambda: offset.offset(SQUARE, 0), "offset.zero", None),
        (lambda: clearance.keep_clear(SQUARE, [box(-9, -9, 109, 109)]), "edit.no_area", None),
        (lambda: transform.scale(SQUARE, 0, (X, Y)), "edit.scale", None),
        (lambda: transform.shift(TWO, 0, 0, 2), "edit.no_part", None),
        (lambda: merge.merge([SQUARE]), "merge.too_few", None),
        (lambda: simplify.simplify(SQUARE, 0), "simplify.tolerance", None),
        (lambda: simplify.simplify_together({1: SQUARE, 2: box(50, 0, 150, 100)}, 1), "simplify.overlap", None),
        (lambda: shapes.circle_through((X, Y), (X + 1, Y), (X + 2, Y)), "circle.straight", (2, 0)),
        (lambda: shapes.rectangle((X, Y), (X, Y), (X, Y + 1)), "rectangle.no_edge", None),
        (lambda: shapes.rectangle((X, Y), (X + 9, Y), (X + 4, Y)), "rectangle.flat", None),
    ],
)
def test_refused_with_its_place(act: Callable[[], object], key: str, near: tuple[float, float] | None) -> None:
    with pytest.raises((Refused, Missing)) as told:
        act()
    assert told.value.key == key
    assert str(told.value)
    place = place_of(told.value)
    if near is None:
        assert place is None
    else:
        assert place == pytest.approx((X + near[0], Y + near[1]), abs=12)


def test_a_vertex_that_is_gone_is_missing() -> None:
    with pytest.raises(Missing):
        vertices.move(SQUARE, {Ref(0, 0, 9): (X, Y)})


def test_a_neighbour_that_would_cross_itself_is_named_with_the_place() -> None:
    slim = shapely.MultiPolygon([shapely.Polygon([(X + 100, Y), (X + 100, Y + 100), (X + 104, Y + 50)])])
    with pytest.raises(Refused) as told:
        shared.move_together(SQUARE, {(X + 100, Y + 100): (X + 120, Y + 40)}, {"SK-9": slim})
    assert "SK-9" in str(told.value)
    assert place_of(told.value) is not None


def test_a_boundary_with_points_on_one_side_only_stays_shared() -> None:
    """The neighbour has a corner in the middle of our side, and we have one in the middle of its side."""
    left = vertices.insert(SQUARE, vertices.find(SQUARE, (X + 100, Y))[0], (X + 100, Y + 30))
    right = shapely.MultiPolygon([shapely.Polygon(
        [(X + 100, Y), (X + 180, Y), (X + 180, Y + 100), (X + 100, Y + 100), (X + 100, Y + 60)]
    )])  # fmt: skip
    made, others = shared.move_together(left, {(X + 100.0, Y + 30.0): (X + 110.0, Y + 30.0)}, {"r": right})
    assert made.intersection(others["r"]).area == 0
    assert shapely.union_all([made, others["r"]]).area == pytest.approx(made.area + others["r"].area)
    assert len(shapely.union_all([made, others["r"]]).interiors) == 0
    assert {(x - X, y - Y) for x, y in shapely.get_coordinates(made)} >= {(110, 30), (100, 60)}


def test_a_neighbour_that_only_touches_in_a_point_is_left_alone() -> None:
    roof = shapely.MultiPolygon([shapely.Polygon([(X + 100, Y + 100), (X + 160, Y + 160), (X + 40, Y + 160)])])
    tip = shapely.MultiPolygon([shapely.Polygon([(X + 50, Y + 100), (X + 90, Y + 150), (X + 10, Y + 150)])])
    flat = box(0, 100, 100, 150)
    _made, others = shared.move_together(
        vertices.insert(SQUARE, vertices.find(SQUARE, (X + 100, Y))[0], (X + 100, Y + 50)),
        {(X + 100.0, Y + 50.0): (X + 105.0, Y + 50.0)},
        {"roof": roof, "tip": tip, "flat": flat},
    )
    assert others == {}


def test_parts_in_holes_are_their_own() -> None:
    island = sound(shapely.union_all([HOLED, box(45, 45, 55, 55)]))
    assert parts.part_at(island, (X + 50, Y + 50)) != parts.part_at(island, (X + 10, Y + 10))
    assert parts.part_at(island, (X + 42, Y + 42)).ring == 1
    hole = parts.hole_of(island, parts.part_at(island, (X + 42, Y + 42)))
    assert hole.area == 400 - 100


def test_split_through_parts_and_holes() -> None:
    made = split.split(sound(shapely.union_all([HOLED, TWO])).difference(box(40, 40, 60, 60)), [
        (X - 10, Y + 50), (X + 110, Y + 50)])  # fmt: skip
    assert len(made.outlines) == 2
    assert sum(o.area for o in made.outlines) == pytest.approx(TWO.area - 400)
    assert len(made.outlines[0].geoms) == 2, "the part that the line does not meet stays with the largest piece"


def test_tiny_spikes_and_grid_noise_do_not_stop_an_edit() -> None:
    noisy = shapely.MultiPolygon([shapely.Polygon(shapely.get_coordinates(SQUARE) + 0.000_4)])
    assert sound(noisy).equals(SQUARE)
