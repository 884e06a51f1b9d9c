"""Columns of a table that a person chooses: taken as they are, refused where they hold nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from gis.points import read_points, table_head
from models.errors import Refused

HOME = "EPSG:4546"
EAST, NORTH = 417_000.0, 4_496_000.0


def rows(count: int = 30) -> list[list[float]]:
    """Height first, then something that looks like a height too, northing, easting."""
    rng = np.random.default_rng(4)
    return [[1050 + k / 10, 900 + rng.random(), NORTH + 3 * k, EAST + (k * k) % 97] for k in range(count)]


def text_file(path: Path) -> Path:
    lines = ["标高值;温度值;甲;乙", *(";".join(f"{v:.3f}" for v in r) for r in rows())]
    path.write_text("\n".join(lines), encoding="gb18030")
    return path


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["由测绘队提供"])
    sheet = book.create_sheet("成果")
    sheet.append(["甲", "乙", "丙", "丁"])
    for r in rows():
        sheet.append(r)
    book.save(path)
    return path


@pytest.mark.parametrize("make", [text_file, workbook])
def test_chosen_columns_are_taken(tmp_path: Path, make: object) -> None:
    path = make(tmp_path / ("p.csv" if make is text_file else "p.xlsx"))  # type: ignore[operator]
    found = read_points(path, target_crs=HOME, crs=HOME, columns=(4, 3, 1))
    assert found.order == "en"
    assert np.allclose(found.xy, [[r[3], r[2]] for r in rows()], atol=1e-3)
    assert np.allclose(found.z, [r[0] for r in rows()], atol=1e-3)
    assert found.skips.count == 0  # the names above are no points that were left out


def test_a_cass_file_can_be_read_against_its_format(tmp_path: Path) -> None:
    path = tmp_path / "p.dat"
    path.write_text("\n".join(f"{k},,{r[2]:.3f},{r[3]:.3f},{r[0]:.3f}" for k, r in enumerate(rows())), encoding="utf8")
    found = read_points(path, target_crs=HOME, crs=HOME, columns=(4, 3, 5))
    assert np.allclose(found.xy, [[r[3], r[2]] for r in rows()], atol=1e-3)


def test_swapped_columns_are_contradicted(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_points(text_file(tmp_path / "p.csv"), target_crs=HOME, crs=HOME, columns=(3, 4, 1))
    assert refused.value.key == "points.order_contradicts"


@pytest.mark.parametrize(
    ("columns", "key"), [((1, 1, 2), "points.columns_alike"), ((0, 2, 3), "points.columns_alike"),
                         ((4, 3, 9), "points.columns_empty")]
)  # fmt: skip
def test_columns_that_cannot_be(tmp_path: Path, columns: tuple[int, int, int], key: str) -> None:
    with pytest.raises(Refused) as refused:
        read_points(text_file(tmp_path / "p.csv"), target_crs=HOME, crs=HOME, columns=columns)
    assert refused.value.key == key


def test_the_head_of_a_table(tmp_path: Path) -> None:
    assert table_head(text_file(tmp_path / "p.csv"))[0][1] == ["标高值", "温度值", "甲", "乙"]
    book = workbook(tmp_path / "p.xlsx")
    assert table_head(book)[0][1][0] == "由测绘队提供"
    assert table_head(book, sublayer="成果")[1][1][3] == EAST
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04" + bytes(40))
    (tmp_path / "bad.csv").write_bytes(bytes(100))
    assert table_head(tmp_path / "bad.xlsx") == table_head(tmp_path / "bad.csv") == []
