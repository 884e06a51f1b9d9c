from __future__ import annotations

import io
import os
import random
import zipfile

import numpy as np
import openpyxl
import pytest

from gis.points import POINT_LIMITS, PointLimits, read_points
from gis.points.read import _read
from models.errors import AppError, Missing, Refused, Unreadable
from models.progress import Watch
from tests.gis.points.conftest import EAST, HOME, NORTH

GOOD = "点号,北,东,高程\n" + "".join(f"{i},{NORTH + i},{EAST + i * i},{1050 + i}\n" for i in range(30))


def read(path, **more):
    return read_points(path, target_crs=HOME, crs=HOME, **more)


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 5000,
        os.urandom(20_000),
        b"%PDF-1.7\n\x01\x02\x03\x04\x05\x06" * 100,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\n" * 5000,
        b"a" * 100_000,
        b"1,2\n" * 100,
        "没有数字的文字\n".encode() * 1000,
        b"<html><body>" * 50,
        b"1,2,3\n" * 100,
    ],
    ids=["nul", "random", "pdf", "png", "newlines", "one line", "two columns", "prose", "html", "small"],
)
def test_what_is_no_table_is_refused(write, content):
    with pytest.raises((Refused, Unreadable)) as refused:
        read(write("测点.csv", content))
    assert "测点.csv" in str(refused.value)


def test_empty_missing_and_folder(write, tmp_path):
    with pytest.raises(Unreadable):
        read(write("a.csv", b""))
    with pytest.raises(Missing):
        read(tmp_path / "无.csv")
    with pytest.raises(Refused):
        read(tmp_path)


def test_an_old_workbook_and_a_foreign_archive(write):
    with pytest.raises(Refused, match="xlsx"):
        read(write("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("../../etc/passwd", "1,2,3")
    with pytest.raises(Refused) as refused:
        read(write("a.xlsx", archive.getvalue()))
    assert refused.value.key == "points.no_workbook"


def workbook(members=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["点号", "北", "东", "高程"])
    for i in range(30):
        sheet.append([i, NORTH + i, EAST + i * i, 1050 + i])
    plain, made = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            change = (members or {}).get(name)
            target.writestr(name, change(data) if change else data)
    return made.getvalue()


def test_a_workbook_is_read_whatever_it_is_called(write):
    assert len(read(write("表.dat", workbook())).z) == 30


def test_a_zip_bomb_is_refused_before_it_unpacks(write):
    bomb = workbook({"xl/worksheets/sheet1.xml": lambda d: d + b" " * 50_000_000})
    assert len(bomb) < 200_000
    with pytest.raises(Refused) as refused:
        read(write("a.xlsx", bomb))
    assert refused.value.key == "points.zip_bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_a_workbook_are_refused(write, encoding):
    def spoil(data):
        text = data.decode()
        head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        return (head + text.split("?>", 1)[-1]).encode(encoding)

    with pytest.raises(Unreadable):
        read(write("a.xlsx", workbook({"xl/worksheets/sheet1.xml": spoil})))


def test_a_sheet_that_claims_impossible_rows_ends_soon(write):
    far = workbook({"xl/worksheets/sheet1.xml": lambda d: d.replace(b'<row r="31"', b'<row r="999999999999"')})
    assert len(read(write("a.xlsx", far)).z) == 29


def test_a_damaged_workbook(write):
    good = workbook()
    for spoiled in (good[: len(good) // 2], good[:-30], good.replace(b"sheet1", b"sheet9")):
        with pytest.raises(AppError):
            read(write("a.xlsx", spoiled))


def raw(path):
    """The file as read, before its coordinate system is asked for."""
    how = {"encoding": None, "z_factor": None, "limits": POINT_LIMITS, "watch": Watch()}
    return _read(path, None, None, how, order=None, degrees=False)


def test_mutated_files_give_points_or_one_clear_error(write):
    """Seventy mutations of each kind of file: never another exception, never a number that is none."""
    random.seed(11)
    cass = "".join(f"{i},,{EAST + i * i},{NORTH + i},{1050 + i}\n" for i in range(30))
    kinds = {"a.csv": GOOD.encode("gb18030"), "a.xlsx": workbook(), "a.dat": cass.encode()}
    for name, content in kinds.items():
        for _ in range(70):
            data = bytearray(content)
            for _ in range(random.randint(1, 8)):
                at = random.randrange(len(data))
                data[at : at + random.randint(0, 3)] = random.randbytes(random.randint(0, 3))
            try:
                points = raw(write(name, bytes(data)))
            except AppError as error:
                said = str(error)
                assert name in said
            else:
                assert np.isfinite([points.first, points.second, points.height]).all()
                assert len(points.row) + points.skips.count == points.rows_read


def test_limits_on_size_lines_and_points(write):
    path = write("a.csv", GOOD)
    with pytest.raises(Refused, match="larger"):
        read(path, limits=PointLimits(text_bytes=100))
    with pytest.raises(Refused, match="more than 10 points"):
        read(path, limits=PointLimits(points=10))
    with pytest.raises(Refused, match="characters"):
        read(write("b.csv", GOOD + "9" * 70_000))


def test_a_hundred_megabytes_of_nonsense_end_soon(write):
    """Numbers, but not in the columns that the head promises: given up after 20,000 rows, not after all."""
    line = b"x,y,z,1\n"
    path = write("a.csv", "点号,北,东,高程\n".encode() + line * (100_000_000 // len(line)))
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.key == "points.no_table"
    path.unlink()


def test_a_quotation_mark_that_never_ends(write):
    with pytest.raises(Refused) as refused:
        read(write("a.csv", GOOD + '31,"' + "1,2,3,4\n" * 40_000))
    assert refused.value.key == "points.quotes"


def test_fewer_than_three_points_say_why(write):
    with pytest.raises(Refused, match="it has no height"):
        read(write("a.csv", "点号,北,东,高程\n" + "".join(f"{i},{NORTH + i},{EAST},\n" for i in range(9))))
