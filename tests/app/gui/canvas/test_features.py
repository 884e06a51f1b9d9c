from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QPainterPath, QPolygonF

from app.gui.canvas.features import FeatureSet, build
from app.gui.canvas.qshapes import qpolygon
from gis.editing.parts import part_at
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS

X, Y = 437_000.0, 4_502_000.0


@pytest.fixture
def pits(session: Any) -> Any:
    return build(LAYERS["sand_pits"], session.tables["sand_pits"])


def test_qpolygon_copies_every_vertex() -> None:
    xy = np.random.default_rng(1).normal(size=(257, 2)) * 1e5
    polygon = qpolygon(xy)
    assert [(p.x(), p.y()) for p in polygon] == [tuple(r) for r in xy.tolist()]
    assert qpolygon(np.empty((0, 2))).isEmpty()


def test_shapes_with_holes_are_paths_without_are_polygons(pits: Any) -> None:
    assert type(pits.shapes[0]) is QPolygonF
    assert type(pits.shapes[1]) is QPainterPath


def test_origin_keeps_coordinates_small(pits: Any) -> None:
    assert np.abs(pits.xy).max() < 1000
    (ring, is_hole), (hole, hole_is_hole) = pits.rings_of(1)
    assert (is_hole, hole_is_hole) == (False, True)
    assert set(map(tuple, hole.tolist())) == {
        (X + 250, Y + 100), (X + 300, Y + 100), (X + 300, Y + 150), (X + 250, Y + 150),
    }  # fmt: skip
    assert len(ring) == 5


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(100, 100, [0]), (275, 125, []), (225, 75, [1]), (252, 125, [1]), (600, 600, [])],
    ids=["inside", "in the hole", "around the hole", "just inside the hole, near its edge", "outside"],
)
def test_hits(pits: Any, x: float, y: float, expected: list[int]) -> None:
    assert pits.at(X + x, Y + y, 3.0) == expected


def test_box_takes_what_it_meets_but_not_what_lies_around_a_hole(pits: Any) -> None:
    assert pits.inside((X + 140, Y + 60, X + 210, Y + 70)).tolist() == [0, 1]
    assert pits.inside((X + 260, Y + 110, X + 290, Y + 140)).tolist() == []


def test_multipart_and_empty_and_missing_geometries() -> None:
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    shapes = np.array([two, shapely.MultiPolygon(), None], dtype=object)
    table = LayerTable("sand_pits", "EPSG:4546", np.array([3, 5, 9]), shapes, {"code": ["a", "b", None]})
    fs = build(LAYERS["sand_pits"], table)
    assert fs.part_feature.tolist() == [0, 0]
    assert fs.extent == (0, 0, 6, 6)
    assert fs.codes == ["a", "b", ""]
    assert fs.positions(frozenset({9, 3, 77})).tolist() == [0, 2]
    assert len(fs.rings_of(0)) == 2
    assert fs.rings_of(1) == []


def test_an_empty_layer() -> None:
    nothing = LayerTable("sand_pits", "EPSG:4546", np.empty(0, np.int64), np.empty(0, object), {"code": []})
    fs = build(LAYERS["sand_pits"], nothing)
    assert fs.extent is None
    assert fs.at(0, 0, 1) == []
    assert len(fs.parts_in((0, 0, 1, 1))) == 0


def _star(n: int, x: float, y: float, radius: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    reach = radius * (1 + 0.3 * np.sin(23 * turn))
    return np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)])


def _long_layer() -> tuple[FeatureSet, list[Any]]:
    """Long outlines: one with two holes, a part in one of them and a part beside; a plain one that overlaps it."""
    whole = shapely.Polygon(_star(9_000, X, Y, 100), [_star(6_000, X - 30, Y, 15), _star(40, X + 30, Y, 12)])
    island = shapely.Polygon(_star(30, X - 30, Y, 6))
    beside = shapely.Polygon(_star(50, X + 200, Y, 40))
    shapes = [shapely.MultiPolygon([whole, island, beside]), shapely.Polygon(_star(7_000, X + 60, Y + 60, 80))]
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    table = LayerTable("sand_pits", "EPSG:4546", np.array([7, 9]), geometry, {"code": ["A", "B"], "name": ["", ""]})
    return build(LAYERS["sand_pits"], table), shapes


def test_long_outlines_are_picked_as_shapely_would() -> None:
    fs, shapes = _long_layer()
    assert fs._is_long.all()
    places = np.random.default_rng(4).uniform((X - 150, Y - 150), (X + 260, Y + 190), (400, 2))
    edge = shapes[0].geoms[0].exterior.interpolate(0.3, normalized=True)
    for x, y in [*places.tolist(), (edge.x + 0.5, edge.y), (edge.x + 2.0, edge.y)]:
        inside = [i for i in (1, 0) if shapely.contains_xy(shapes[i], x, y)]
        near = [i for i in (1, 0) if i not in inside and shapes[i].distance(shapely.Point(x, y)) <= 1.0]
        assert fs.at(x, y, 1.0) == inside + near


def test_the_ring_under_a_place_is_the_one_that_an_edit_takes() -> None:
    fs, shapes = _long_layer()
    places = np.random.default_rng(5).uniform((X - 130, Y - 130), (X + 250, Y + 130), (400, 2)).tolist()
    kinds = set()
    for x, y in [*places, (X - 30.0, Y), (X - 20.0, Y + 1), (X + 30.0, Y), (X + 200.0, Y)]:
        exact, found = part_at(shapes[0], (x, y)), fs.ring_at(0, x, y)
        assert (exact is None) == (found is None)
        if exact is not None and found is not None:
            assert (exact.part, exact.ring) == (found[0], found[1] - int(fs.part_rings[found[0]]))
            kinds.add((exact.part, exact.ring))
            ground = fs.polygon(*found)
            assert shapely.contains_xy(ground, x, y)
    assert kinds == {(0, 0), (0, 1), (0, 2), (1, 0), (2, 0)}
    small = fs.polygon(2, int(fs.part_rings[2]))
    assert small.symmetric_difference(shapes[0].geoms[2]).area < 1e-3
