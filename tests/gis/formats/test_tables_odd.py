"""Tables as offices send them: titles above, totals below, merged cells, sheets by name, decimal commas."""

from __future__ import annotations

import openpyxl
import pytest

from gis.formats import read_features
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

HOME = "EPSG:4546"
HEAD = ["编号", "点号", "东", "北"]


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def corners(code, east=0.0):
    x, y = HERE[0] + east, HERE[1]
    places = [(x, y), (x, y + 100), (x + 100, y + 100), (x + 100, y)]
    return [[code, i, *p] for i, p in enumerate(places, 1)]


def workbook(path, rows, **sheets):
    book = openpyxl.Workbook()
    for title, lines in {"一": rows, **sheets}.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    del book["Sheet"]
    book.save(path)
    return path


def read(path, **how):
    came = read_features(path, target_crs=HOME, crs=HOME, prefer="sand_pits", **how)
    return came, {f.fields["编号"]: (f.geometry.area, f.geometry.bounds[0] - HERE[0]) for f in came.features}


def test_a_title_of_several_lines_above_a_text_table(folder):
    path = folder / "表.csv"
    lines = ["砂坑坐标成果表", "单位：米", ",".join(HEAD), *(",".join(map(str, r)) for r in corners("K1"))]
    path.write_text("\n".join(lines), "utf-8")
    assert read(path)[1] == {"K1": (10000, 0)}


@pytest.mark.parametrize("decimals", ["00", "000"])
def test_decimal_commas(folder, decimals):
    path = folder / "表.csv"
    rows = [[r[0], r[1], f"{r[2]:.0f},{decimals}", f"{r[3]:.0f},{decimals}"] for r in corners("K1")]
    path.write_text("\n".join(";".join(map(str, r)) for r in [HEAD, *rows]), "utf-8")
    assert read(path)[1] == {"K1": (10000, 0)}


def test_one_site_of_merged_cells_beside_one_with_its_code_in_each_row(folder):
    merged = [["K1" if i == 0 else None, *r[1:]] for i, r in enumerate(corners("K1"))]
    came, found = read(workbook(folder / "表.xlsx", [HEAD, *merged, *corners("K2", 200)]))
    assert found == {"K1": (10000, 0), "K2": (10000, 200)}
    assert any("3 empty cells in column 编号" in w.render() for w in came.warnings)


def test_a_blank_among_given_codes_is_a_gap(folder):
    rows = [*corners("K1"), *corners("K2", 200)]
    rows[6][0] = None
    came, found = read(workbook(folder / "表.xlsx", [HEAD, *rows]))
    assert found["K1"] == (10000, 0)
    assert [s.row for s in came.skipped] == [8]


def test_totals_and_remarks_below_do_not_make_points_of_an_outline(folder):
    rows = [HEAD, *corners("K1")[:2], [None] * 4, *corners("K1")[2:], ["合计", 4, None, None], ["注：CGCS2000"]]
    came, found = read(workbook(folder / "表.xlsx", rows))
    assert found == {"K1": (10000, 0)}
    assert [s.row for s in came.skipped] == [7, 8]
    assert all("could be read" not in w.render() for w in came.warnings)


def test_a_sheet_may_be_named_alone(folder):
    path = workbook(folder / "表.xlsx", [HEAD, *corners("K1")], 二=[HEAD, *corners("K2", 200)])
    assert read(path, sublayer="二")[1] == {"K2": (10000, 200)}
    with pytest.raises(Refused, match="say which"):
        read(path)


def test_an_old_workbook_is_told_how_to_be_saved(folder):
    path = folder / "表.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(Refused, match=r"old format \(\.xls\).*save it as \.xlsx"):
        read(path)


def test_codes_that_are_shown_with_zeros_keep_them(folder):
    path = workbook(folder / "表.xlsx", [HEAD, *corners(7)])
    book = openpyxl.load_workbook(path)
    for row in range(2, 6):
        book["一"].cell(row, 1).number_format = "000"
    book.save(path)
    assert read(path)[1] == {"007": (10000, 0)}


def test_points_with_a_coordinate_of_0_are_skipped(folder):
    path = folder / "表.csv"
    path.write_text("编号,东,北\nP1,389800,4497400\nP2,389900,0\nP3,389950,4497500\n", "utf-8")
    came = read_features(path, target_crs=HOME, crs=HOME, prefer="observations")
    assert [f.fields["编号"] for f in came.features] == ["P1", "P3"]
    assert [(s.row, s.reason.key) for s in came.skipped] == [(3, "table.zero")]


def test_a_shape_with_arcs_is_skipped_alone(folder):
    path = folder / "表.csv"
    arcs = "CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))"
    square = "POLYGON ((389800 4497400, 389900 4497400, 389900 4497500, 389800 4497400))"
    path.write_text(f"编号\twkt\nK1\t{arcs}\nK2\t{square}\n", "utf-8")
    came, found = read(path)
    assert found == {"K2": (5000, 0)}
    assert [(s.row, s.reason.render()) for s in came.skipped] == [
        (2, "its shape has arcs; export it with straight lines")
    ]


@pytest.mark.parametrize("quote", ['"', ""])
@pytest.mark.parametrize("head", ["WKT", "wkt_geom", "几何"])
def test_a_column_of_shapes_alone(folder, quote, head):
    x0, y = HERE
    shapes = [f"POLYGON (({x} {y}, {x} {y + 10}, {x + 10} {y + 10}, {x + 10} {y}, {x} {y}))" for x in (x0, x0 + 20)]
    text = "\n".join([head, *(quote + s + quote for s in shapes), ""])
    (folder / "a.csv").write_text(text, encoding="utf-8")
    came = read_features(folder / "a.csv", target_crs="EPSG:4546", crs="EPSG:4546", prefer="sand_pits")
    assert [f.geometry.area for f in came.features] == [100.0, 100.0]
