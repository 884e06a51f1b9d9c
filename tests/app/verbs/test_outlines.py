"""Steps of outlines: codes, fields that go along, neighbours, labels; and what they newly overlap."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
import shapely

from app.verbs import outline_overlaps, outline_points, outlines
from gis.editing.vertices import Ref, insert
from gis.store.layer_table import LayerTable
from models.changes import Delete, Insert, Update

X, Y = 437_000.0, 4_502_000.0


def box(x0: float, y0: float, x1: float, y1: float) -> Any:
    return shapely.MultiPolygon([shapely.box(X + x0, Y + y0, X + x1, Y + y1)])


def table(layer: str, shapes: list[Any], **columns: list[Any]) -> LayerTable:
    codes = {"code": [f"{layer[:2]}-{i + 1}" for i in range(len(shapes))]}
    return LayerTable(layer, "EPSG:4546", np.arange(1, len(shapes) + 1), np.array([*shapes, None], object)[:-1],
                      {**codes, **columns})  # fmt: skip


@pytest.fixture
def tables() -> dict[str, LayerTable]:
    return {
        "sand_pits": table("sand_pits", [box(0, 0, 100, 100), box(100, 0, 200, 100)], name=["甲", "乙"],
                           uid=["u1", "u2"], status=["planned", None]),
        "mine_pits": table("mine_pits", []),
        "stockpiles": table("stockpiles", [box(0, 100, 100, 150)], stored_t=[500.0]),
        "red_lines": table("red_lines", [box(150, 80, 300, 300)]),
        "control_areas": table("control_areas", []),
    }  # fmt: skip


def test_codes_go_on_counting() -> None:
    assert list(islice(outlines.codes_after("SK-099"), 3)) == ["SK-099", "SK-100", "SK-101"]
    assert list(islice(outlines.codes_after("坑A"), 2)) == ["坑A-1", "坑A-2"]


def test_split_keeps_the_row_for_the_largest_piece(tables: Any) -> None:
    step = outlines.split_features(
        tables, "sand_pits", [1], [(X + 30, Y - 9), (X + 30, Y + 109)], iter(["SK-7"]), together=True
    )
    updates = {(c.table, c.fid): c.values["geometry"] for c in step.changes if isinstance(c, Update)}
    (new,) = [c for c in step.changes if isinstance(c, Insert)]
    assert updates["sand_pits", 1].area == 7000
    assert new.values["geometry"].area == 3000
    assert {k: v for k, v in new.values.items() if k != "geometry"} == {
        "code": "SK-7", "name": "甲", "status": "planned",
    }  # fmt: skip
    assert ("stockpiles", 1) in updates, "the heap along the boundary gets the new corner"
    assert updates["stockpiles", 1].area == 5000
    assert step.select == ("sa-1", "SK-7")


def test_tonnes_are_not_given_to_both_halves(tables: Any) -> None:
    step = outlines.split_features(
        tables, "stockpiles", [1], [(X + 30, Y + 90), (X + 30, Y + 160)], iter(["DC-7"]), together=False
    )
    (new,) = [c for c in step.changes if isinstance(c, Insert)]
    assert "stored_t" not in new.values


def test_merge_deletes_the_others(tables: Any) -> None:
    step = outlines.merge_features(tables, "sand_pits", [1, 2], 2)
    assert [c for c in step.changes if isinstance(c, Delete)] == [Delete("sand_pits", 1)]
    assert step.changes[0].values["geometry"].area == 20_000
    assert step.label.render() == "merge sa-1, sa-2 into sand pit sa-2"


def test_control_lines_never_move_with_a_pit(tables: Any) -> None:
    shape = insert(tables["sand_pits"].geometry[1], Ref(0, 0, 0), (X + 200, Y + 80))
    tables["sand_pits"] = table("sand_pits", [box(0, 0, 100, 100), shape])
    tables["red_lines"] = table("red_lines", [box(200, 80, 300, 300)])
    step = outline_points.move_points(
        tables, ("sand_pits", 2), {(X + 200.0, Y + 80.0): (X + 210.0, Y + 80.0)}, together=True
    )
    assert {c.table for c in step.changes} == {"sand_pits"}


def test_numbers_are_those_of_the_boundary_points(tables: Any) -> None:
    from gis.boundary import boundary_points

    shape = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    for point in boundary_points(shape):
        assert outline_points.number_of(shape, (point.y_east, point.x_north)) == point.number
    assert outline_points.number_of(shape, (X + 1, Y + 1)) == "?"


def test_only_new_overlap_is_told(tables: Any) -> None:
    label = outlines.redraw(tables, {("sand_pits", 2): box(100, 0, 200, 100)}).label
    same = outlines.OutlineStep(label, (Update("sand_pits", 2, {"geometry": box(100, 0, 200, 100)}),))
    assert outline_overlaps.new_overlaps(tables, same) == []
    wider = outlines.OutlineStep(label, (Update("sand_pits", 2, {"geometry": box(90, 0, 210, 100)}),))
    found = outline_overlaps.new_overlaps(tables, wider)
    assert [(o.code, round(o.area_m2)) for o in found] == [("sa-1", 1000), ("re-1", 200)]
    cut = outline_overlaps.cleared(tables, wider)
    assert outline_overlaps.new_overlaps(tables, cut) == []
    assert cut.changes[0].values["geometry"].area == pytest.approx(11_000 - 200)
    moved_together = outlines.OutlineStep(
        label, (*wider.changes, Update("sand_pits", 1, {"geometry": box(0, 0, 90, 100)}))
    )
    assert [o.code for o in outline_overlaps.new_overlaps(tables, moved_together)] == ["re-1"]
