"""Formula cells: their saved values are read; where none was saved, the cells are named."""

from __future__ import annotations

import openpyxl
import pytest

from gis.formats import read_features
from models.errors import Refused
from tests.gis.formats.here import no_child


@pytest.fixture(autouse=True)
def here():
    with no_child():
        yield


def book(path, rows):
    made = openpyxl.Workbook()
    made.active.title = "坑"
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_a_formula_without_a_saved_value_is_named_and_its_row_told(tmp_path):
    rows = [["编号", "名称", "X", "Y"], ["A", "甲", 4497400, 389800], ["B", '="乙"&"坑"', 4497500, 389900]]
    came = read_features(book(tmp_path / "a.xlsx", rows), target_crs="EPSG:4546", crs="EPSG:4546")
    (said,) = [w for w in came.warnings if w.key == "xlsx.unsaved"]
    assert (said.facts["cells"], said.facts["sheet"]) == ("B3", "坑")
    assert "save it and import it again" in said.render()
    assert len(came.features) == 2


def test_a_sheet_whose_places_are_all_formulas_without_values_is_refused_with_what_to_do(tmp_path):
    rows = [["编号", "X", "Y"], *([f"P{n}", f"=4497400+{n}", f"=389800+{n}"] for n in range(12))]
    with pytest.raises(Refused, match=r"24 formula cells.*“坑”.*\(B2, C2, .*…\)") as told:
        read_features(book(tmp_path / "a.xlsx", rows), target_crs="EPSG:4546", crs="EPSG:4546")
    assert "spreadsheet program" in told.value.advice.render()
