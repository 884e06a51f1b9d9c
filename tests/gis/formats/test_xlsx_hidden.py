"""What a workbook hides is told: rows, struck rows, sheets; hidden columns do not count beside visible ones."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.styles import Font

from gis.formats import read_features
from gis.formats.xlsx_hidden import spans
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
RING = [(X, Y), (X, Y + 100), (X + 100, Y + 100), (X + 100, Y)]
ROWS = [
    [f"K{k + 1}", Y + dy, X + 200 * k + dx] for k in range(3) for dx, dy in ((0, 0), (0, 100), (100, 100), (100, 0))
]


@pytest.fixture
def sheet():
    made = openpyxl.Workbook().active
    for row in [["编号", "X", "Y"], *ROWS]:
        made.append(row)
    return made


def read(sheet, path):
    sheet.parent.save(path)
    with no_child():
        return read_features(path, target_crs="EPSG:4546", prefer="sand_pits", crs="EPSG:4546")


def told(came):
    return {w.key: w.render() for w in came.warnings if w.key.startswith("xlsx.")}


def test_hidden_and_struck_rows_come_in_and_are_named(sheet, tmp_path):
    for row in (6, 7, 8, 9, 12):
        sheet.row_dimensions[row].hidden = True
    sheet["A3"].font = Font(strike=True)
    came = read(sheet, tmp_path / "a.xlsx")
    assert [round(f.geometry.area) for f in came.features] == [10000] * 3
    assert told(came) == {
        "xlsx.hidden_rows": "5 rows are hidden in the sheet and came in like the others: 6–9, 12",
        "xlsx.struck": "1 rows have struck-through cells and came in like the others: 3",
    }


def test_nothing_hidden_is_nothing_said(sheet, tmp_path):
    sheet["A3"].font = Font(bold=True)
    sheet.row_dimensions[40].hidden = True  # below the table
    assert told(read(sheet, tmp_path / "a.xlsx")) == {}


def test_hidden_sheets_are_left_out_and_told(sheet, tmp_path):
    old = sheet.parent.create_sheet("旧坐标")
    for row in [["编号", "X", "Y"], *ROWS]:
        old.append(row)
    old.sheet_state = "hidden"
    came = read(sheet, tmp_path / "a.xlsx")
    assert len(came.features) == 3
    assert told(came) == {"xlsx.hidden_sheets": "hidden sheets were left out: 旧坐标"}


def test_a_hidden_pair_of_columns_does_not_count_beside_a_visible_one(tmp_path):
    made = openpyxl.Workbook().active
    made.append(["编号", "X", "Y", "X", "Y"])
    for code, north, east in ROWS:
        made.append([code, north + 3, east - 110, north, east])
    made.column_dimensions.group("B", "C", hidden=True)
    came = read(made, tmp_path / "a.xlsx")
    assert came.features[0].geometry.bounds == (X, Y, X + 100, Y + 100)
    assert "table.pairs" not in [w.key for w in came.warnings]


def test_spans_of_numbers():
    assert spans([9, 6, 7, 8, 14]) == "6–9, 14"
    assert spans(range(1, 100, 2)).endswith("21, 23 …")
