"""The matrix as a workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from app.i18n import translator
from app.package.matrix_file import write_matrix
from models.errors import Refused
from models.matrix import Cell, Matrix, Need, matrix_of
from models.notices import Notice


def made() -> Matrix:
    need = Need("assessment", "RA-01", Notice("n", "a risk assessment"))
    cells = [
        Cell("FA-1", "SK-1", "assess", "I", 2e6, 2e6, (need,)),
        Cell("FA-1", "SK-2", "assess", "I", None, None, (need,)),
        Cell("CG-1", "SK-1", "accept", "I", None, None, ()),
        Cell("CG-1", "SK-2", "reject", "II", None, None, ()),
    ]
    return matrix_of(["FA-1", "CG-1"], ["SK-1", "SK-2"], cells)


def test_verdicts_and_gaps_in_words(tmp_path: Path) -> None:
    out = tmp_path / "矩阵 一.xlsx"
    write_matrix(made(), {"SK-1": "=1+1", "FA-1": "粉煤灰"}, out, translator("zh_CN"))
    matrix, gaps = openpyxl.load_workbook(out).worksheets
    rows = [[c.value for c in row] for row in matrix.iter_rows()]
    assert rows[0][2:] == ["FA-1 粉煤灰", "CG-1"]
    assert rows[1] == ["SK-1", "=1+1", "◐ 需评估", "✔ 可用"]
    assert matrix["B2"].data_type == "s"  # a name is never a formula
    assert matrix["D3"].value == "✖ 不可用"
    assert len({matrix.cell(2, c).fill.fgColor.rgb for c in (3, 4)}) == 2
    assert gaps.max_row == 2
    assert gaps["A2"].value == "FA-1：环境风险评估；可多填 2 个坑，200.0 万吨（其中 1 个尚未估算）"
    assert gaps["C2"].value == "SK-1, SK-2"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="xlsx"):
        write_matrix(made(), {}, tmp_path / "m.csv", translator("en"))
    assert list(tmp_path.iterdir()) == []
