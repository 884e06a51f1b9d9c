"""Tables of points: titles that name an older system, longitudes and latitudes that may be packed degrees."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from pyproj import Transformer

from gis.points import read_points
from models.errors import Refused

HOME = "EPSG:4546"
X, Y = 389800.0, 4497400.0
ROWS = [[f"P{i}", Y + 7 * i, X + 5 * (i % 3), 1050 + i] for i in range(8)]
PACKED = [
    [f"P{i}", 109.41 + (10 + i) / 1e4 + 0.0000255, 40.36 + (10 + 2 * i) / 1e4 + 0.0000125, 1050 + i] for i in range(8)
]


def table(path, rows, *above):
    path.write_text("\n".join([*above, *(",".join(map(str, r)) for r in rows)]) + "\n", encoding="utf-8")
    return path


def degrees(path):
    rows = [[r[0], f"{r[1]:.7f}", f"{r[2]:.7f}", r[3]] for r in PACKED]
    return table(path, rows, "点号,经度,纬度,高程")


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("a.csv", ["地形点（1980西安坐标系）,,,", "点号,X,Y,H"]),
        ("a.csv", ["点号,X(北京54),Y(北京54),H"]),
        ("测点_西安80.csv", ["点号,X,Y,H"]),
    ],
)
def test_an_older_system_that_a_table_names_forbids_the_guess(tmp_path, name, above):
    path = table(tmp_path / name, ROWS, *above)
    with pytest.raises(Refused, match="older or local system"):
        read_points(path, target_crs=HOME, accept_guess=True)
    assert len(read_points(path, target_crs=HOME, crs=HOME).z) == 8


def test_the_title_of_a_sheet_counts_too(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "西安80坐标"
    for row in [["点号", "X", "Y", "H"], *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Refused, match="older or local system"):
        read_points(tmp_path / "a.xlsx", target_crs=HOME, accept_guess=True)


def test_degrees_that_may_be_packed_are_asked_about(tmp_path):
    with pytest.raises(Refused, match=r"can be decimal .* or D\.MMSS"):
        read_points(degrees(tmp_path / "a.csv"), target_crs=HOME, crs="EPSG:4490")


def test_both_readings_on_request(tmp_path):
    path = degrees(tmp_path / "a.csv")
    way = Transformer.from_crs("EPSG:4490", HOME, always_xy=True)
    decimal = read_points(path, target_crs=HOME, crs="EPSG:4490", degrees="decimal")
    assert decimal.xy[0] == pytest.approx(way.transform(PACKED[0][1], PACKED[0][2]), abs=0.02)
    packed = read_points(path, target_crs=HOME, crs="EPSG:4490", degrees="packed")
    lon, lat = 109 + 41 / 60 + 10.255 / 3600, 40 + 36 / 60 + 10.125 / 3600
    assert packed.xy[0] == pytest.approx(way.transform(lon, lat), abs=0.02)
    assert np.isfinite(packed.xy).all()


def test_ordinary_degrees_need_no_word(tmp_path):
    rows = [[f"P{i}", f"{109.7 + 0.000977 * i:.6f}", f"{40.6 + 0.000689 * i:.6f}", 1050 + i] for i in range(8)]
    path = table(tmp_path / "a.csv", rows, "点号,经度,纬度,高程")
    assert len(read_points(path, target_crs=HOME, crs="EPSG:4490").z) == 8
