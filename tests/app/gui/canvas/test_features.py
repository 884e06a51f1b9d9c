from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QPainterPath, QPolygonF

from app.gui.canvas.features import build
from app.gui.canvas.qshapes import qpolygon
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
