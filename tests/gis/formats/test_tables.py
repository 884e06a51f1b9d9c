"""Tables of outlines: every shape they come in, each with its known right answer."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import shapely

from gis.formats import read_features
from models.errors import Refused
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
X, Y = 389800.0, 4497400.0
SQUARE = [(X, Y), (X + 100, Y), (X + 100, Y + 50), (X, Y + 50)]


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


def read(path: Path, **how):
    return read_features(path, target_crs=HOME, accept_guess=True, **{"prefer": "sand_pits", **how})


def table(folder: Path, head: str, rows: list[str], encoding: str = "utf-8", name: str = "a.csv") -> Path:
    (folder / name).write_bytes("\r\n".join([head, *rows, ""]).encode(encoding))
    return folder / name


def said(came) -> str:
    return " / ".join(w.render() for w in came.warnings)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("编号,点号,X(北),Y(东)", "{code},{n},{y},{x}"),
        ("编号,点号,X,Y", "{code},{n},{y},{x}"),  # X is the northing, as Chinese surveyors write
        ("编号,点号,X,Y", "{code},{n},{x},{y}"),  # … and as others do
        ("code;vertex;easting;northing", "{code};{n};{x};{y}"),
        ("地块编号\t点号\t横坐标\t纵坐标\t高程", "{code}\t{n}\t{x}\t{y}\t1050.2"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_one_row_a_vertex(folder, head, row, encoding):
    rows = [
        row.format(code=code, n=f"J{n}", x=x + off, y=y)
        for code, off in (("SK-1", 0), ("SK-2", 500))
        for n, (x, y) in enumerate(SQUARE, 1)
    ]
    came = read(table(folder, head, rows, encoding))
    assert [(f.fields.get("编号") or f.fields.get("code") or f.fields["地块编号"]) for f in came.features] == [
        "SK-1",
        "SK-2",
    ]
    assert [f.geometry.bounds for f in came.features] == [(X, Y, X + 100, Y + 50), (X + 500, Y, X + 600, Y + 50)]
    assert "was taken as easting" in said(came)
    assert ("高程" in head) == ("heights in column" in said(came))


def test_one_row_a_site_with_columns_of_corners(folder):
    head = "编号,名称," + ",".join(f"X{i},Y{i}" for i in range(1, 6))
    rows = [
        "SK-1,甲坑," + ",".join(f"{y},{x}" for x, y in SQUARE) + ",,",
        "SK-2,乙坑," + ",".join(f"{y},{x}" for x, y in [*SQUARE, (X - 50, Y + 25)]),
        "SK-3,丙坑,1,2,,,,,,,,",
        "SK-4,丁坑,4497400,abc,,,,,,,,",
    ]
    came = read(table(folder, head, rows))
    assert [round(f.geometry.area) if f.geometry else None for f in came.features] == [5000, 6250, None]
    assert [(s.row, s.reason.render()) for s in came.skipped] == [(5, "its coordinates in column X1 are no numbers")]


def test_shapes_as_text(folder):
    rows = [
        f'SK-1,"POLYGON (({X} {Y}, {X + 100} {Y}, {X + 100} {Y + 50}, {X} {Y}))"',
        'SK-2,"POLYGON ((1 2, 3"',
        "SK-3,",
    ]
    came = read(table(folder, "编号,WKT", rows))
    assert came.features[0].geometry.area == 2500
    assert came.features[1].geometry is None
    assert [(s.row, s.reason.key) for s in came.skipped] == [(3, "table.no_shape")]
    ewkt = ['SK-1,"SRID=4490;POLYGON ((109.7 40.6, 109.71 40.6, 109.71 40.61, 109.7 40.6))"']
    stated = read_features(table(folder, "编号,geom", ewkt), target_crs=HOME)  # the shape itself says its system
    assert (stated.crs, stated.crs_basis) == ("EPSG:4490", "file")


def test_a_full_width_comma_in_a_name_divides_nothing(folder):
    path = folder / "点.csv"
    rows = [f"坑{k}，九原区；一,J{n},{x},{y}" for k in (1, 2) for n, (x, y) in enumerate(SQUARE, 1)]
    path.write_text("编号,点号,东坐标,北坐标\n" + "\n".join(rows) + "\n", encoding="utf-8")
    got = read(path)
    assert [f.fields["编号"] for f in got.features] == ["坑1，九原区；一", "坑2，九原区；一"]


@pytest.mark.parametrize("rest", ["，", ","])
def test_separators_typed_full_width(folder, rest):
    path = folder / "点.csv"
    rows = [f"坑1,J{n},{x},{y}".replace(",", rest) for n, (x, y) in enumerate(SQUARE, 1)]
    path.write_text("编号，点号，东坐标，北坐标\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert [f.fields["编号"] for f in read(path).features] == ["坑1"]


def test_degrees_minutes_seconds(folder):
    points = [("109°41′40″", "40°36′09″"), ("109°41′44″", "40°36′09″"), ("109°41′44″", "40°36′12″")]
    came = read(table(folder, "编号,经度,纬度", [f"SK-1,{a},{b}" for a, b in points]), crs="EPSG:4490")
    assert came.features[0].geometry.area == pytest.approx(94.1 * 92.5 / 2, rel=0.01)


def test_points_sorted_as_text_come_back_into_their_order(folder):
    ring = [(X + 10 * i, Y) for i in range(11)] + [(X + 100, Y + 50), (X, Y + 50)]
    rows = sorted(f"SK-1,J{n},{x},{y}" for n, (x, y) in enumerate(ring, 1))
    assert rows[1].startswith("SK-1,J10")
    came = read(table(folder, "code,点号,easting,northing", rows))
    assert came.features[0].geometry.area == pytest.approx(5000)
    assert [n.key for n in came.features[0].notes] == ["table.sorted"]


def test_holes_by_a_ring_column_and_by_coming_back(folder):
    hole = [(X + 10, Y + 10), (X + 20, Y + 10), (X + 20, Y + 20), (X + 10, Y + 20)]
    rows = [f"A,{r},{x},{y}" for r, ring in ((1, SQUARE), (2, hole)) for x, y in ring]
    assert read(table(folder, "code,圈号,easting,northing", rows)).features[0].geometry.area == 4900
    rows = [f"A,{x},{y}" for ring in (SQUARE, hole) for x, y in [*ring, ring[0]]]
    came = read(table(folder, "code,easting,northing", rows))
    assert came.features[0].geometry.area == 4900
    assert [n.key for n in came.features[0].notes] == ["rings.holes"]


def test_a_corner_without_coordinates_spoils_its_outline_and_no_other(folder):
    rows = [f"{c},{x},{y}" for c in "AB" for x, y in SQUARE]
    rows[1] = f"A,缺,{Y}"
    came = read(table(folder, "code,easting,northing", rows))
    assert [f.fields["code"] for f in came.features] == ["B"]
    assert "row 3" in came.skipped[0].reason.render()


def test_the_same_table_is_points_for_a_layer_of_points(folder):
    rows = [f"P{n},{x},{y},积水" for n, (x, y) in enumerate(SQUARE, 1)]
    came = read(table(folder, "编号,东,北,备注", rows), prefer="observations")
    assert [f.geometry.geom_type for f in came.features] == ["Point"] * 4
    assert came.features[0].fields == {"编号": "P1", "备注": "积水"}
    with pytest.raises(Refused, match="2 layers"):
        read(table(folder, "编号,东,北", [f"A,{x},{y}" for x, y in SQUARE]), prefer=None)


def test_no_formula_is_run_and_the_apostrophe_of_spreadsheets_is_no_text(folder):
    rows = [f"'=1+1,=cmd|'/c calc'!A1,{x},{y}" for x, y in SQUARE]
    fields = read(table(folder, "code,name,easting,northing", rows)).features[0].fields
    assert fields == {"code": "=1+1", "name": "=cmd|'/c calc'!A1"}


def test_workbooks(folder):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "坑"
    sheet.append(["某市废弃矿坑坐标表"])
    sheet.append(["编号", "点号", "X", "Y", "面积"])
    for n, (x, y) in enumerate(SQUARE, 1):
        sheet.append(["SK-1", n, y, x, "=1+1"])
    book.create_sheet("说明").append(["无坐标"])
    book.save(folder / "a.xlsx")
    came = read(folder / "a.xlsx")
    assert came.features[0].geometry.bounds == (X, Y, X + 100, Y + 50)
    assert came.features[0].row == 3
    assert "nothing is computed" in said(came)


def test_a_cass_file_by_its_codes(folder):
    rows = [f"{n},{c},{x:.3f},{y:.3f},1050.1" for c in ("K1", "K2") for n, (x, y) in enumerate(SQUARE, 1)]
    (folder / "a.dat").write_text("\n".join(rows), encoding="gb18030")
    came = read(folder / "a.dat")
    assert [f.fields["编号"] for f in came.features] == ["K1", "K2"]
    assert came.features[0].geometry.equals(shapely.Polygon(SQUARE))
    assert "CASS" in said(came)


@pytest.mark.parametrize(
    ("head", "rows", "words"),
    [
        ("a,b,c", ["1,2,3"], "no row names columns"),
        ("编号,东,北", [], "no row below"),
    ],
)
def test_tables_without_outlines_are_refused(folder, head, rows, words):
    with pytest.raises(Refused, match=words):
        read(table(folder, head, rows))
