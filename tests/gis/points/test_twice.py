"""Tables of points with longitude, latitude, X and Y: the two places of each row are compared."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from pyproj import Transformer

from gis.points import read_points
from tests.gis.points.conftest import HOME, plane


def table(places, shift=(), head="点号,经度,纬度,X,Y,高程"):
    lon, lat = Transformer.from_crs(HOME, "EPSG:4490", always_xy=True).transform(*places.T)
    xy = places.copy()
    for row, by in shift:
        xy[row] += by
    rows = [
        [i + 1, f"{a:.8f}", f"{b:.8f}", f"{y:.3f}", f"{x:.3f}", f"{plane(x, y):.3f}"]
        for i, (a, b, (x, y)) in enumerate(zip(lon, lat, xy, strict=True))
    ]
    return [head.split(","), *rows]


def text(rows):
    return "\n".join(",".join(map(str, r)) for r in rows)


def told(points):
    return {w.key: w for w in points.warnings if w.key.startswith("twice.")}


@pytest.mark.parametrize("crs", [HOME, "EPSG:4490"])
def test_the_same_places_and_a_row_that_differs(places, write, crs):
    same = read_points(write("a.csv", text(table(places))), target_crs=HOME, crs=crs, degrees="decimal")
    assert list(told(same)) == ["twice.agree"]
    path = write("b.csv", text(table(places, [(10, np.array([0.0, 40.0]))])))
    facts = told(read_points(path, target_crs=HOME, crs=crs, degrees="decimal"))["twice.differ"].facts
    assert (facts["count"], facts["rows"]) == (1, "12")
    assert facts["most"] == pytest.approx(40, abs=0.1)
    assert facts["taken"] == ("X / Y" if crs == HOME else "经度 / 纬度")


def test_a_workbook(places, tmp_path):
    book = openpyxl.Workbook()
    for row in table(places, [(3, np.array([25.0, 0.0]))]):
        book.active.append([float(c) if str(c)[0].isdigit() else c for c in row])
    book.save(tmp_path / "a.xlsx")
    facts = told(read_points(tmp_path / "a.xlsx", target_crs=HOME, crs=HOME))["twice.differ"].facts
    assert facts["rows"] == "5"


def test_one_pair_has_nothing_to_compare(places, write):
    rows = [[r[0], *r[3:]] for r in table(places)]
    assert told(read_points(write("a.csv", text(rows)), target_crs=HOME, crs=HOME)) == {}
