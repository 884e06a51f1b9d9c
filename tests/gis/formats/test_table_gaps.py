"""Tables as spreadsheets leave them: merged cells, copied rows, rounded numbers, holes in any order."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from shapely.geometry import MultiPolygon, Polygon

from gis.formats import read_features
from gis.formats.table_gaps import filled_down
from models.errors import Refused
from tests.gis.formats.here import no_child

X, Y = 389800.0, 4497400.0


def ring(x0, y0, w, h):
    return [(X + x0, Y + y0), (X + x0 + w, Y + y0), (X + x0 + w, Y + y0 + h), (X + x0, Y + y0 + h)]


OUTER, HOLE, ISLAND = ring(0, 0, 300, 200), ring(100, 80, 60, 60), ring(120, 100, 20, 20)


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


def read(path: Path):
    return read_features(path, target_crs="EPSG:4546", accept_guess=True, prefer="sand_pits")


def table(folder: Path, head: str, rows: list[str]) -> Path:
    (folder / "a.csv").write_bytes("\r\n".join([head, *rows, ""]).encode())
    return folder / "a.csv"


def lines(*rings, closed=True):
    return [f"坑,{n},{y},{x}" for n, r in enumerate(rings, 1) for x, y in (r + r[:1] if closed else r)]


@pytest.mark.parametrize("rings", [(OUTER, HOLE, ISLAND), (ISLAND, HOLE, OUTER)])
@pytest.mark.parametrize("head", ["编号,圈号,X,Y", "编号,无关,X,Y"])
def test_holes_and_islands_are_told_by_what_lies_in_what(folder, head, rings):
    (came,) = read(table(folder, head, lines(*rings))).features
    assert came.geometry.equals(MultiPolygon([Polygon(OUTER, [HOLE]), Polygon(ISLAND)]))


@pytest.mark.parametrize("closed", [True, False])
def test_rows_copied_below_themselves_change_no_outline(folder, closed):
    rows = lines(OUTER, closed=closed)
    (came,) = read(table(folder, "编号,无关,X,Y", rows + rows)).features
    assert came.geometry.equals(Polygon(OUTER))
    assert "rings.twice" in [n.key for n in came.notes]


def test_merged_cells_name_all_rows_below(folder):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["编号", "名称", "X", "Y"])
    for r, code in ((OUTER, "坑-1"), (ring(1000, 0, 100, 50), "坑-2")):
        for x, y in r:
            sheet.append([code, code, y, x])
    for first in (2, 6):
        for column in "AB":
            sheet.merge_cells(f"{column}{first}:{column}{first + 3}")
    book.save(folder / "合并.xlsx")
    came = read(folder / "合并.xlsx")
    assert [(f.fields["编号"], f.fields["名称"], f.geometry.area) for f in came.features] == [
        ("坑-1", "坑-1", 60000.0),
        ("坑-2", "坑-2", 5000.0),
    ]
    assert "table.merged" in [w.key for w in came.warnings]


@pytest.mark.parametrize(
    "values", [["", "a", "", ""], ["a", "", "", "a", "", ""], ["a", "b", ""], ["a", "a", "", "b", "b", "b"]]
)
def test_other_blanks_are_gaps(values):
    assert filled_down(values) is None


def test_coordinates_that_a_spreadsheet_rounded_are_refused(folder):
    with pytest.raises(Refused) as caught:
        read(table(folder, "编号,X,Y", [f"坑,{y:.4E},{x:.4E}" for x, y in OUTER]))
    assert caught.value.key == "table.rounded"
    exact = read(table(folder, "编号,X,Y", [f"坑,{y:.9E},{x:.9E}" for x, y in OUTER]))
    assert exact.features[0].geometry.equals(Polygon(OUTER))


@pytest.mark.parametrize("name", ["甲坑，一期", '"甲坑;一期\r\n（北区；东）"', "甲坑，“砂”坑@一"])
def test_marks_and_line_ends_in_a_name_divide_nothing(folder, name):
    wkt = Polygon(OUTER, [HOLE]).wkt
    (came,) = read(table(folder, "编号,名称,备注,WKT", [f'坑-1,{name},,"{wkt}"'])).features
    assert came.geometry.equals(Polygon(OUTER, [HOLE]))
    assert came.fields["名称"].split() == name.strip('"').split()


def test_full_width_commas_divide_where_nothing_else_does(folder):
    path = table(folder, "编号，名称，X，Y", [f"坑-1，甲，{y}，{x}" for x, y in OUTER])
    assert read(path).features[0].geometry.equals(Polygon(OUTER))
