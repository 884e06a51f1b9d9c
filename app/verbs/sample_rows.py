"""The plain table of laboratory values: encoding, headings, and one row understood or refused."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from models.errors import Missing, Refused, Unreadable
from models.lab import check_possible, parse_value
from models.lab_units import unit_kind
from models.methods import LEACH_TESTS, MethodText, read_method, site_medium
from models.notices import N_, Notice
from models.parameters import find_parameter
from models.waste import LabValue

MAX_BYTES = 50_000_000
HEADS: dict[str, tuple[str, ...]] = {
    "waste": ("waste", "固废", "固废编号", "固废代码", "固体废物", "废物编号", "固废名称"),
    "sample": ("sample", "样品", "样品编号", "样品号", "样品名称", "样号"),
    "date": ("date", "日期", "采样日期", "检测日期", "报告日期"),
    "method": ("method", "方法", "检测方法", "浸出方法", "分析方法", "检测依据", "前处理方法", "浸出方法/检测方法"),
    "parameter": ("parameter", "参数", "项目", "检测项目", "指标", "检测指标", "因子", "检测因子"),
    "value": ("value", "值", "结果", "检测结果", "测定值", "检测值", "数值", "测定结果"),
    "unit": ("unit", "单位", "计量单位"),
    "place": ("place", "地点", "采样地点", "采样点位", "点位"),
    "lab": ("lab", "实验室", "检测单位", "检测机构"),
    "cma": ("cma", "资质"),
}
NEEDED = ("waste", "sample", "method", "parameter", "value", "unit")


@dataclass(frozen=True)
class Row:
    """A row of the file: its number as a spreadsheet counts it (the heading is row 1) and its cells by our names."""

    number: int
    cells: dict[str, str]
    overfull: bool = False
    """It has more cells than the heading, as when a decimal comma splits a value in two."""
    place: str = ""
    """The cell of its value, as spreadsheets name it (C7)."""


def read_rows(path: Path) -> tuple[list[Row], str]:
    """The rows with something in them, and the encoding. Raises Missing, Unreadable, Refused."""
    text, encoding = text_of(path)
    table = [(n, cells) for n, cells in enumerate(_cells(text, path), 1) if any(c.strip() for c in cells)]
    if not table:
        raise Refused("samples.empty", N_("the table is empty"), where=str(path))
    heads = table[0][1]
    columns = _columns(heads, path)
    rows = [
        Row(number, {name: cells[i] for name, i in columns.items() if i < len(cells)}, len(cells) > len(heads))
        for number, cells in ((n, _trimmed(c, len(heads))) for n, c in table[1:])
    ]
    if not rows:
        raise Refused("samples.empty", N_("the table has headings and no rows"), where=str(path))
    return rows, encoding


def _cells(text: str, path: Path) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    except csv.Error as cause:
        raise Unreadable(
            "samples.not_csv",
            N_("this is not a CSV table"),
            where=str(path),
            advice=N_("save the sheet as CSV (UTF-8) and import that"),
        ) from cause


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Without the empty cells that spreadsheets put behind the last column."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def text_of(path: Path) -> tuple[str, str]:
    """The text of a CSV file and its encoding. Raises Missing, Unreadable, Refused (too large, no text)."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused("samples.big", N_("the file is larger than a table of samples can be"), where=str(path))
        data = path.read_bytes()
    except FileNotFoundError as cause:
        raise Missing("file.missing", N_("there is no such file"), where=str(path)) from cause
    except OSError as cause:
        raise Unreadable("file.unreadable", N_("the file cannot be read"), where=str(path)) from cause
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _decoded(data, "utf-16", path), "UTF-16"
    if data[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"} or b"\0" in data:
        raise Refused(
            "samples.not_csv",
            N_("this is not a CSV table"),
            where=str(path),
            advice=N_("save the sheet as CSV (UTF-8) and import that"),
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), "UTF-8" if encoding == "utf-8-sig" else "GB18030"
        except UnicodeDecodeError:
            continue
    raise Unreadable("samples.encoding", N_("the text is neither UTF-8 nor GB18030"), where=str(path))


def _decoded(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as cause:
        raise Unreadable("samples.encoding", N_("the text is neither UTF-8 nor GB18030"), where=str(path)) from cause


def delimiter_of(text: str) -> str:
    """What separates the cells: the commonest of comma, tab, semicolon and Chinese comma in the first line."""
    head = text.lstrip().split("\n", 1)[0]
    return max(",\t;，", key=head.count) if any(d in head for d in ",\t;，") else ","


def plain_head(text: str) -> str:
    """A heading reduced for comparing: no spaces, no case, no remark in brackets at its end."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold()).lstrip("\ufeff")
    return re.sub(r"\(.*\)$", "", text)


def _columns(heads: list[str], path: Path) -> dict[str, int]:
    columns: dict[str, int] = {}
    for i, head in enumerate(heads):
        name = next((n for n, words in HEADS.items() if plain_head(head) in words), None)
        if name is None:
            continue
        if name in columns:
            raise Refused(
                "samples.two_columns",
                N_("two columns say {column}: {one} and {other}"),
                where=str(path),
                column=name,
                one=heads[columns[name]],
                other=head,
            )
        columns[name] = i
    lacking = [n for n in NEEDED if n not in columns]
    if lacking:
        raise Refused(
            "samples.columns",
            N_("the columns {columns} are missing"),
            where=f"{path}:1",
            advice=N_(
                "the headings are waste, sample, date, method, parameter, value, unit, or in Chinese "
                "固废, 样品, 日期, 方法, 项目, 结果, 单位"
            ),
            columns=", ".join(lacking),
        )
    return columns


def understand(
    row: Row, wastes: Collection[str], sites: Collection[str] = frozenset()
) -> tuple[LabValue, list[Notice]]:
    """The lab value of a row, and remarks on it. Raises Refused with the reason why it cannot be used.

    The waste's column may hold the code of a site (one of `sites`): then groundwater or soil of that site was sampled.
    """
    cell = {name: row.cells.get(name, "").strip() for name in HEADS}
    if row.overfull:
        raise Refused(
            "samples.overfull",
            N_("the row has more cells than the heading"),
            advice=N_("write the decimal point as a point, and put texts with a comma in quotation marks"),
        )
    at_site = cell["waste"] in sites and cell["waste"] not in wastes
    if not cell["waste"]:
        raise Refused("samples.waste", N_("it is not said which waste was sampled"), advice=N_("name the waste"))
    if cell["waste"] not in wastes and not at_site:
        near = get_close_matches(cell["waste"], wastes, n=3, cutoff=0.5)
        raise Refused(
            "samples.waste",
            N_("there is no waste {waste} in the project"),
            waste=cell["waste"],
            advice=N_("known: {known}") if near else "",
            known=", ".join(near),
        )
    if not cell["sample"]:
        raise Refused("samples.sample", N_("the sample has no name"))
    parameter = find_parameter(cell["parameter"])
    if parameter is None:
        raise Refused(
            "samples.parameter", N_("the parameter {parameter} is not known"), parameter=cell["parameter"] or "?"
        )
    reading = parse_value(cell["value"], cell["unit"])
    check_possible(parameter, reading)
    method = read_method(cell["method"])
    if at_site:
        remarks = _check_site(method, reading.unit)
    else:
        remarks = _check_method(row.number, method, reading.unit, parameter.key)
    value = LabValue(
        waste=cell["waste"],
        sample=cell["sample"],
        date=read_date(cell["date"]),
        method=cell["method"],
        parameter=parameter.key,
        raw=row.cells.get("value", ""),
        value=reading.value,
        below=reading.below,
        unit=reading.unit or "-",
        row=row.number,
    )
    if not value.date:
        remarks.append(Notice("samples.undated", N_("row {row}: no date"), row=row.number))
    elif value.date > (datetime.now().astimezone() + timedelta(days=1)).date().isoformat():
        remarks.append(
            Notice("samples.future", N_("row {row}: {date} lies in the future"), row=row.number, date=value.date)
        )
    return value, remarks


def _check_site(method: MethodText, unit: str) -> list[Notice]:
    """Refuse a value of a site that does not say whether it is of groundwater or of soil, or is of a leachate."""
    if method.medium in LEACH_TESTS:
        raise Refused(
            "samples.site_leachate",
            N_("{method} is a test of a waste, and the row names a site"),
            method=method.text,
            advice=N_("name the waste that was sampled"),
        )
    if site_medium(method.text, unit_kind(unit or "-") or "") == "unknown":
        raise Refused(
            "samples.site_medium",
            N_("it is not said whether groundwater or soil of the site was sampled"),
            advice=N_("write 地下水 or 土壤 (groundwater, soil) into the method"),
        )
    return []


def _check_method(number: int, method: MethodText, unit: str, parameter: str) -> list[Notice]:
    """Refuse a leach test that is not named, named twice, or does not fit the unit."""
    of_solid = unit_kind(unit) in {"content", "activity"}
    if method.medium == "ambiguous":
        raise Refused(
            "samples.two_tests", N_("{method} names two leach tests"), method=method.text, advice=N_("one row for each")
        )
    if of_solid and method.medium in LEACH_TESTS:
        raise Refused(
            "samples.unfit",
            N_("{unit} does not fit the leach test {method}"),
            unit=unit,
            method=method.text,
            advice=N_("a leachate is in mg/L or Bq/L"),
        )
    if not of_solid and method.medium == "solid":
        raise Refused(
            "samples.unfit",
            N_("{unit} does not fit {method}"),
            unit=unit,
            method=method.text,
            advice=N_("a solid is in mg/kg, % or Bq/kg"),
        )
    if not of_solid and not method.text:
        raise Refused(
            "samples.no_method",
            N_("the leach test of {parameter} is not stated"),
            parameter=parameter,
            advice=N_("state HJ 557, HJ/T 299 or HJ/T 300"),
        )
    if not of_solid and method.medium == "unknown":
        text = N_("row {row}: {method} names no leach test, so no limit will be compared with it")
        return [Notice("samples.unknown_test", text, row=number, method=method.text)]
    if not method.text:
        return [Notice("samples.no_method", N_("row {row}: no method stated"), row=number)]
    return []


def read_date(text: str) -> str:
    """An ISO date of 2026-10-01, 2026/10/1, 2026.10.01, 20261001 or 2026年10月1日; "" stays "". Raises Refused."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return ""
    found = re.match(r"(\d{4})(?:[-/.年]\s*)(\d{1,2})(?:[-/.月]\s*)(\d{1,2})", plain) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", plain
    )
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        pass
    raise Refused("samples.date", N_("the date {date} is not understood"), date=text, advice=N_("write 2026-10-01"))
