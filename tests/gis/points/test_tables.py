from __future__ import annotations

import numpy as np
import openpyxl
import pytest

from gis.points import read_points
from gis.points.columns import role_of
from models.errors import Missing, Refused
from tests.gis.points.conftest import EAST, HOME, NORTH, plane


def read(path, **more):
    return read_points(path, target_crs=HOME, **{"crs": HOME, **more})


def same(points, places):
    assert np.array_equal(points.xy, places)
    assert points.z == pytest.approx(np.round(plane(*places.T), 4), abs=1e-12)


def lines(places, form, head=""):
    rows = (form.format(n=i, e=e, N=n, h=round(plane(e, n), 4)) for i, (e, n) in enumerate(places, 1))
    return head + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("name", "form", "head", "encoding"),
    [
        ("a.csv", "{n},{N},{e},{h}", "点号,X,Y,H\n", "gb18030"),
        ("a.csv", "{n},{N},{e},{h}", "点号,X,Y,高程\n", "utf-8-sig"),
        ("a.csv", "{n};{e};{N};{h}", "点名;东坐标(m);北坐标(m);高程(m)\n", "gb18030"),
        ("a.csv", "{n},{N},{e},{h}", "序号,纵坐标X,横坐标Y,标高\n", "utf-8"),
        ("a.txt", "{n}\t{e}\t{N}\t{h}\t草地", "no\tEasting\tNorthing\tElev\tremark\n", "utf-16"),
        ("a.txt", "P{n}   {e}  {N} {h}", "", "ascii"),
        ("a.xyz", "{e} {N} {h}", "", "ascii"),
        ("a.txt", "{n},{e},{N},{h},房角", "", "gb18030"),
        ("a.txt", "{n}，{e}，{N}，{h}", "点号，东，北，高程\n", "gb18030"),
        ("a.csv", '"{n}","{e:,}","{N:,}","{h} m"', "id,x,y,z\n", "utf-8"),
        ("a.dat", "{n},,{e},{N},{h}", "", "gb18030"),
        ("a.dat", "{n},K{n},{e},{N},{h}", "", "ascii"),
        ("a.txt", "{n},,{e},{N},{h}", "200\n", "ascii"),
        ("a.dat", "{n} {N} {e} {h}", "", "ascii"),
        ("a.csv", "{n},{N},{e},{h}", "某砂坑测量成果表,,,\n\n点号,北,东,高程\n", "gb18030"),
    ],
)
def test_one_ground_in_every_dress(write, places, name, form, head, encoding):
    points = read(write(name, lines(places, form, head), encoding))
    same(points, places)
    assert points.rows_read == len(places)
    assert points.skips.count == 0


def test_full_width_digits(write, places):
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    same(read(write("全角.txt", lines(places, "{n},{e},{N},{h}").translate(wide), "gb18030")), places)


def test_cass_puts_the_easting_first_and_says_so(write, places):
    points = read(write("点.dat", lines(places, "{n},,{e},{N},{h}")))
    assert (points.kind, points.order) == ("cass", "en")
    assert points.order_said.render() == (
        "the easting stands first (CASS .dat: point, code, easting, northing, height)"
    )


def test_damaged_lines_of_a_cass_file_are_told_and_a_table_with_a_head_is_none(write, places):
    odd = "a,,abc,1,2\n" + lines(places, "{n},{e},{N},{h}") + "9,砼,,,\n"
    points = read(write("四列.dat", odd, "gb18030"))
    same(points, places)
    assert (points.kind, points.skips.count) == ("cass", 2)
    points = read(write("名.dat", lines(places, "{n},{N},{e},{h}", "名称,北坐标(X),东坐标(Y),高程(m)\n")))
    same(points, places)
    assert points.kind != "cass"


def test_cass_with_the_northing_first_is_refused_until_stated(write, places):
    path = write("点.dat", lines(places, "{n},,{N},{e},{h}"))
    with pytest.raises(Refused, match="by the values the northing stands first") as refused:
        read(path)
    assert refused.value.key == "points.order_contradicts"
    same(read(path, order="ne"), places)


def test_names_that_contradict_the_values_are_refused(write, places):
    path = write("a.csv", lines(places, "{n},{N},{e},{h}", "点号,东,北,高程\n"))
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.key == "points.order_contradicts"


def test_every_row_left_out_is_counted_with_its_reason(write, places):
    rows = lines(places, "{n},{e},{N},{h}", "点号,东,北,高程\n")
    odd = [
        "a,417001,4496001,",
        "b,417001,4496001,无",
        "c,nan,4496001,1050",
        "d,417001,inf,1050",
        "e,1e308,4496001,1050",
        "f,417001,4496001,99999",
        "g,417001,4496001,abc",
        "h",
        "i,417001,4496001,-9999",
    ]
    points = read(write("a.csv", rows + "\n".join(odd)))
    same(points, places)
    found = {t.reason.key: (t.count, t.rows) for t in points.skips}
    assert found == {
        "points.no_height": (2, [202, 203]),
        "points.no_numbers": (2, [204, 205]),
        "points.beyond_earth": (1, [206]),
        "points.no_ground": (2, [207, 210]),
        "points.bad_height": (1, [208]),
        "points.few_cells": (1, [209]),
    }
    assert points.rows_read == len(places) + len(odd)


def test_a_table_without_heights_or_coordinates_is_refused(write):
    with pytest.raises(Refused) as no_height:
        read(write("a.csv", "点号,X,Y\n1,4496000,417000\n"))
    assert no_height.value.key == "points.no_height_column"
    with pytest.raises(Refused) as no_place:
        read(write("b.csv", "点号,高程,日期\n1,1050,2024\n"))
    assert no_place.value.key == "points.no_coordinate_columns"


def test_a_land_office_outline_has_no_heights(write):
    corners = "J1,1,4497600.0,37389800.0\nJ2,1,4497600.0,37390100.0\nJ3,1,4497400.0,37390100.0\n"
    text = "[地块坐标]\n4,1.0,1,坑,面,,,,@\n" + corners
    with pytest.raises(Refused):
        read(write("界址点.txt", text, "gb18030"), crs=None)


def book(path, sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@pytest.fixture
def rows(places):
    return [[i, n, e, round(plane(e, n), 4)] for i, (e, n) in enumerate(places, 1)]


def test_a_workbook_with_a_title_and_an_empty_sheet(tmp_path, places, rows):
    sheets = {"说明": [["测量单位", "某院"]], "成果": [["测量成果表"], ["点号", "X(北)", "Y(东)", "高程"], *rows]}
    points = read(book(tmp_path / "成果 表.xlsx", sheets))
    same(points, places)
    assert (points.kind, points.sublayer, points.order) == ("xlsx", "成果", "ne")
    assert points.row[0] == 3


def test_which_sheet_is_asked(tmp_path, places, rows):
    head = ["点号", "北", "东", "高程"]
    path = book(tmp_path / "a.xlsx", {"一": [head, *rows], "二": [head, *rows]})
    with pytest.raises(Refused, match="2 sheets hold points"):
        read(path)
    same(read(path, sublayer="二"), places)
    with pytest.raises(Missing):
        read(path, sublayer="三")


def test_formulas_are_not_computed(tmp_path, rows):
    rows[0][3] = "=1000+50"
    points = read(book(tmp_path / "a.xlsx", {"一": [["点号", "北", "东", "高程"], *rows]}))
    assert [(t.reason.key, t.rows) for t in points.skips] == [("points.no_height", [2])]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("X", "x"),
        ("Ｙ", "y"),
        ("X坐标", "x"),
        ("坐标Y", "y"),
        ("X(北)", "north"),
        ("纵坐标X（m）", "north"),
        ("横坐标", "east"),
        ("H", "height"),
        ("85高程", "height"),
        ("大地高", "ellipsoidal"),
        ("Elevation (m)", "height"),
        ("POINT_X", "x"),
        ("经度", "lon"),
        ("Latitude", "lat"),
        ("点号", "label"),
        ("编码", "label"),
        ("n", "north"),
        ("E", "east"),
        ("", ""),
        ("foo", ""),
        (3, ""),
    ],
)
def test_names_of_columns(name, role):
    assert role_of(name) == role


def test_blocks_of_rows_are_named_shortly():
    from gis.points.base import name_rows

    assert name_rows([5, 1, 2, 3, 9]) == "1-3, 5, 9"
    assert name_rows(range(0, 100, 2), most=3) == "0, 2, 4 …"


def test_ellipsoidal_heights_are_remarked(write):
    text = "点号,北,东,大地高\n" + "".join(f"{i},{NORTH + i},{EAST + i * i},{1050 + i}\n" for i in range(6))
    assert "points.ellipsoidal" in [w.key for w in read(write("a.csv", text)).warnings]
