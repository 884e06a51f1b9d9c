"""What a file holds before anything is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.verbs.lab.look import look_into, unsaid
from app.verbs.lab.rows import Given
from models.errors import Missing
from tests.app.verbs.lab.test_lab_tables import PARAMETERS, SAMPLES, document, workbook


def test_columns_and_what_each_is_taken_for(tmp_path: Path) -> None:
    look = look_into(workbook(tmp_path / "报告.xlsx", 浸出=PARAMETERS, 说明=[["无数据"]]))
    assert look.encoding == "XLSX"
    assert [t.name for t in look.tables] == ["浸出", "说明"]
    (table,) = look.with_values
    roles = {c.letter: c.role for c in table.columns}
    assert roles == {"A": "", "B": "parameter", "C": "unit", "D": "method", "E": "detection_limit",
                     "F": "values", "G": "values", "H": ""}  # fmt: skip
    assert table.columns[1].heading == "检测项目"
    assert table.columns[1].examples == ("pH值", "总汞", "六价铬")
    assert unsaid(table, Given()) == ("waste",)
    assert unsaid(table, Given(waste="W1")) == ()
    assert unsaid(look.tables[1], Given()) == ()


def test_columns_of_parameters_in_a_document(tmp_path: Path) -> None:
    look = look_into(document(tmp_path / "报告.docx", SAMPLES))
    (table,) = look.with_values
    assert [c.role for c in table.columns] == ["waste", "sample", "date", "parameter:pH", "parameter:Cd",
                                               "parameter:Pb", "parameter:F"]  # fmt: skip
    assert unsaid(table, Given()) == ("method",)
    assert unsaid(table, Given(method="HJ 557")) == ()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        look_into(tmp_path / "x.csv")
