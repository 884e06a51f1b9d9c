from __future__ import annotations

import numpy as np
import shapely

from gis.store.layer_table import LayerTable


def _table(fids: list[int], **columns: list[object]) -> LayerTable:
    points = np.array([*(shapely.Point(f, f) for f in fids), None], dtype=object)[:-1]
    return LayerTable("observations", "EPSG:4546", np.array(fids, dtype=np.int64), points, columns)


def test_values_by_row_and_field() -> None:
    table = _table([2, 5, 9], code=["a", "b", None])
    assert [table.value(f, "code") for f in (2, 5, 9, 4)] == ["a", "b", None, None]
    assert table.value(2, "no such field") is None
    assert 5 in table
    assert 4 not in table
    assert 99 not in table
    assert table.where("code", ["b", "z"]) == [5]
    row = table.row(5)
    assert row is not None
    assert row["code"] == "b"
    assert row["geometry"].x == 5
    assert table.row(6) is None


def test_patching_changes_adds_and_removes_in_the_order_of_rows() -> None:
    table = _table([2, 5, 9], code=["a", "b", "c"])
    fresh = _table([5, 7], code=["B", "new"], name=["x", "y"])
    patched = table.patched([5, 9], fresh)
    assert patched.fids.tolist() == [2, 5, 7]
    assert patched.column("code") == ["a", "B", "new"]
    assert patched.column("name") == [None, "x", "y"]
    assert [g.x for g in patched.geometry] == [2, 5, 7]
    assert table.fids.tolist() == [2, 5, 9]


def test_an_empty_table_can_be_patched() -> None:
    empty = _table([], code=[])
    assert empty.patched([], _table([3], code=["q"])).column("code") == ["q"]
    assert len(empty.patched([1], empty)) == 0
