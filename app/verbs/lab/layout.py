"""How a laboratory's table is laid out: which way it runs, which column is what, and what stands above it.

Three orientations: "long" (one row a value), "parameters" (one row a parameter, a column a sample) and "samples" (one
row a sample, a column a parameter). What is read from headings is said; what is not there is asked for, not guessed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.verbs.lab.grids import Grid, address
from app.verbs.sample_rows import HEADS, NEEDED, plain_head, read_date
from models.errors import AppError, Refused
from models.lab import parse_value
from models.lab_units import read_unit
from models.methods import LEACH_TESTS, read_method
from models.notices import N_
from models.parameters import find_parameter

Orientation = Literal["long", "parameters", "samples"]
_LEAST = 3
"""Parameters that a row or column must name before it is taken as one of parameters."""
SEARCH_ROWS = 40
_UNIT = re.compile(r"^(.*?)[\s(（\[【]*([^()（）\[\]【】\s]{0,12}(?:/L|/l|/kg|/g|/mL|/m3|%|‰|无量纲))[)）\]】]?\s*$")
_LIMIT_HEADS = frozenset(
    plain_head(w)
    for w in [
        "限值",
        "标准限值",
        "标准值",
        "评价标准",
        "判定",
        "单项判定",
        "结论",
        "评价",
        "备注",
        "序号",
        "CAS",
        "limit",
        "remark",
        "no",
        "达标情况",
        "是否达标",
        "超标倍数",
        "仪器",
        "主要仪器",
        "仪器设备",
        "样品状态",
        "样品性状",
    ]
)
"""Headings of columns beside the values that are none."""
_NO_SAMPLE = re.compile(r"限值|标准|^gb[/\d]|平均|均值|最大值|最小值|average|mean")
"""In such headings stand limits and figures worked out of the samples: "GB 8978-1996一级", "平均值"."""
_DETECTION_HEADS = ("检出限", "方法检出限", "detectionlimit", "mdl", "lod", "最低检出限", "检出浓度")
_DAY = re.compile(r"(?:采样|取样|送样|检测|分析|报告)?日期\s*[:：]?\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})")
_LAB = re.compile(r"(?:检测|检验|分析)(?:单位|机构)\s*[:：]\s*(\S+)")
ROLES = (*HEADS, "detection_limit")


@dataclass(frozen=True)
class Layout:
    """Where things stand in a grid; rows and columns from 0.

    `columns` by role. "parameters": `samples` are the columns with values. "samples": `parameters` says of a column
    which parameter in which unit ("" where the heading gives none) it holds. `stated` is what texts above the table say
    of all of it: method, date, lab.
    """

    orientation: Orientation
    head: int
    first: int
    columns: Mapping[str, int]
    samples: tuple[int, ...] = ()
    parameters: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)

    def signature(self, grid: Grid) -> str:
        """The same for tables with the same headings: by this a mapping is remembered."""
        heads = [plain_head(c) for c in grid.rows[self.head]]
        if self.orientation == "parameters":  # the names of the samples change from report to report
            heads = [h for i, h in enumerate(heads) if i not in self.samples]
        text = "\x1f".join([self.orientation, *heads])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def find_layout(grid: Grid, roles: Mapping[str, Sequence[int]] | None = None) -> Layout | None:
    """The layout of a grid, None if it holds no table of values. `roles` are columns that a person named.

    Raises Refused where two columns say the same.
    """
    given = dict(roles or {})
    for head in range(min(len(grid.rows), SEARCH_ROWS)):
        columns = _roles(grid, head, given)
        if "parameter" in columns and "value" in columns:
            below = _samples_below(grid, head, columns)
            if below is not None:
                return below
            return Layout("long", head, head + 1, columns, stated=_stated(grid, head))
        found = _by_samples(grid, head, columns) or _by_parameters(grid, head, columns, given)
        if found is not None:
            return found
    return None


def _roles(grid: Grid, head: int, given: Mapping[str, Sequence[int]]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for i, text in enumerate(grid.rows[head]):
        plain = plain_head(text)
        role = next((n for n, words in HEADS.items() if plain in words), None)
        if plain in _DETECTION_HEADS:
            role = "detection_limit"
        if role is None or role in given:
            continue
        if role in columns and grid.cell(head, columns[role]) != text:
            raise Refused(
                "samples.two_columns",
                N_("two columns say {column}: {one} and {other}"),
                where=f"{grid.name} {address(head, i)}",
                column=role,
                one=grid.cell(head, columns[role]),
                other=text,
            )
        columns.setdefault(role, i)
    columns.update({role: named[0] for role, named in given.items() if role != "values" and named})
    return columns


def _samples_below(grid: Grid, head: int, columns: Mapping[str, int]) -> Layout | None:
    """Headings of two rows: "result" above, often in a merged cell, and the names of the samples below it."""
    own = {role: c for role, c in columns.items() if role not in {"value", "sample"}}
    result = grid.cell(head, columns["value"])
    under = [columns["value"]]
    # A merged cell is its text once and then nothing (workbooks), or the text again and again (documents).
    while under[-1] + 1 < grid.width and grid.cell(head, under[-1] + 1).strip() in {"", result.strip()}:
        under.append(under[-1] + 1)
    under = [c for c in under if grid.cell(head + 1, c).strip() and not _beside(grid.cell(head + 1, c))]
    names = [grid.cell(head + 1, c).strip() for c in under]
    parameter = own["parameter"]
    repeated = grid.cell(head + 1, parameter).strip() in {"", grid.cell(head, parameter).strip()}
    if "sample" in columns or not repeated or not names or len(set(names)) < len(names) or result in names:
        return None
    if not any(_names(grid.cell(r, parameter)) for r in range(head + 2, len(grid.rows))):
        return None
    return Layout("parameters", head + 1, head + 2, own, samples=tuple(under), stated=_stated(grid, head))


def _by_samples(grid: Grid, head: int, columns: Mapping[str, int]) -> Layout | None:
    """One row a sample: three cells of the heading or more name parameters."""
    parameters: dict[int, tuple[str, str]] = {}
    for i, text in enumerate(grid.rows[head]):
        if i in columns.values():
            continue
        found = parameter_and_unit(text)
        if found is not None:
            parameters[i] = found
    if len(parameters) < _LEAST:
        return None
    columns, parameters = _of_two_rows(grid, head, columns, parameters)
    first = head + 1
    units = [read_unit(grid.cell(first, i)) for i in parameters]
    if sum(bool(u) for u in units) >= _LEAST and not any(_is_value(grid.cell(first, i)) for i in parameters):
        parameters = {i: (key, unit or grid.cell(first, i)) for i, (key, unit) in parameters.items()}
        first += 1  # a row of units under the names
    return Layout("samples", head, first, columns, parameters=parameters, stated=_stated(grid, head))


def _of_two_rows(
    grid: Grid, head: int, columns: Mapping[str, int], parameters: Mapping[int, tuple[str, str]]
) -> tuple[dict[str, int], dict[int, tuple[str, str]]]:
    """What the row above adds to a heading of two rows: names of cells merged downwards, a unit over columns."""
    if not head:
        return dict(columns), dict(parameters)
    above, over = grid.rows[head - 1], ""
    named = dict(columns)
    for role, i in _roles(grid, head - 1, {}).items():
        if not grid.cell(head, i).strip() or grid.cell(head, i) == above[i]:
            named.setdefault(role, i)
    united = dict(parameters)
    for i, text in enumerate(above):
        over = text if text.strip() else over
        found = _UNIT.match(over)
        if i in united and not united[i][1] and found is not None and read_unit(found[2]):
            united[i] = (united[i][0], found[2])
    return named, united


def _by_parameters(
    grid: Grid, head: int, columns: Mapping[str, int], given: Mapping[str, Sequence[int]]
) -> Layout | None:
    """One row a parameter: a column below this row names three parameters or more, others hold the values."""
    own = dict(columns)
    if "parameter" not in own:
        counts = [sum(_names(grid.cell(r, c)) for r in range(head + 1, len(grid.rows))) for c in range(grid.width)]
        best = max(range(grid.width), key=lambda c: (counts[c], -c), default=0)
        if not counts or counts[best] < _LEAST or not _names(grid.cell(head + 1, best)):
            return None  # without a heading that says so, the headings stand right above the first parameter
        own["parameter"] = best
    rows = [r for r in range(head + 1, len(grid.rows)) if _names(grid.cell(r, own["parameter"]))]
    if len(rows) < _LEAST:
        return None
    samples = tuple(given.get("values", ())) or tuple(
        c
        for c in range(grid.width)
        if c not in own.values()
        and grid.cell(head, c).strip()
        and not _beside(grid.cell(head, c))
        and sum(_is_value(grid.cell(r, c)) for r in rows) * 2 > sum(bool(grid.cell(r, c).strip()) for r in rows)
    )
    if not samples:
        return None
    return Layout("parameters", head, head + 1, own, samples=samples, stated=_stated(grid, head))


def _beside(heading: str) -> bool:
    """True if a column of this heading stands beside the samples and is none."""
    plain = plain_head(heading)
    return plain in _LIMIT_HEADS or _NO_SAMPLE.search(plain) is not None


def parameter_and_unit(text: str) -> tuple[str, str] | None:
    """("Hg", "mg/L") of "总汞 (mg/L)"; the unit "" where the heading has none. None if no parameter is named."""
    plain = " ".join(text.split())
    if not plain:
        return None
    with_unit = _UNIT.match(plain)
    if with_unit and with_unit[1] and read_unit(with_unit[2]):
        parameter = find_parameter(with_unit[1])
        if parameter is not None:
            return parameter.key, with_unit[2]
    parameter = find_parameter(plain)
    return None if parameter is None else (parameter.key, "")


def _names(text: str) -> bool:
    return parameter_and_unit(text) is not None


def _is_value(text: str) -> bool:
    if not text.strip():
        return False
    try:
        parse_value(text, "mg/L")
    except AppError as error:
        return error.key == "lab.blank"
    return True


def _stated(grid: Grid, head: int) -> dict[str, str]:
    """What the texts above the table say of all of it: a leach test, a date, the laboratory."""
    texts = [unicodedata.normalize("NFKC", c) for row in grid.rows[:head] for c in dict.fromkeys(row) if c.strip()]
    found: dict[str, str] = {}
    leach = list(dict.fromkeys(k for t in texts for k in read_method(t).keys if k in LEACH_TESTS))
    if len(leach) == 1:
        found["method"] = leach[0]
    for text in texts:
        day, lab = _DAY.search(text), _LAB.search(text)
        if day and "date" not in found:
            try:
                found["date"] = read_date(day[1].replace(" ", ""))
            except AppError:
                continue
        if lab:
            found.setdefault("lab", lab[1])
    return found


def needed_of(layout: Layout) -> tuple[str, ...]:
    """Roles that a long table lacks."""
    return tuple(n for n in NEEDED if n not in layout.columns) if layout.orientation == "long" else ()
