"""The lines of a land office's coordinate file: header, plot lines, point lines, whatever program wrote them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from models.errors import Refused
from models.notices import N_

SECTION, ASPECTS, PLOTS = re.compile(r"^\s*\[(.+?)\]\s*$"), "属性描述", "地块坐标"
_POINT = re.compile(
    r"^\s*[^\s,;，；@]{0,40}\s*[,;，；\t ]\s*\d{1,6}\s*[,;，；\t ]\s*[-+]?\d+(\.\d+)?\s*[,;，；\t ]\s*[-+]?\d+(\.\d+)?"
)
_BRACKETS = str.maketrans("［］【】〔〕", "[][][]")
_HEADER = re.compile(r"([^=:,]{1,40}?)\s*[=:](.*)")
_SHORT = ("地块面积", "地块编号", "地块名称", "记录图形属性", "图幅号", "地块用途", "地类编码")
_LONG = ("图斑类型", "地类", "改造前质量等别", "改造后质量等别", "备注")
_MOST_FIELDS = 40
_KIND = 5
"""The field of a plot line that says point, line or area."""
_BREATH = 50_000


@dataclass(frozen=True)
class PointLine:
    """A line of a point: its place in the file, its name and ring number as written, and two numbers as they stand."""

    line: int
    name: str
    ring: int
    first: float
    second: float


@dataclass
class PlotLines:
    """A plot: the fields of its line by their Chinese names, and its point lines."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    said_points: int | None = None
    said_area: float | None = None
    points: list[PointLine] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """点, 线 or 面 as the plot line says; 面 if it says nothing of the three."""
        said = self.fields.get("记录图形属性", "")
        return said if said in {"点", "线"} else "面"


def looks_like_points(head: bytes) -> bool:
    """True if a line that ends in @ is followed by a line of a point."""
    text = head.decode("utf-8", "replace")
    lines = [x for x in text.splitlines() if x.strip()][:200]
    return any(a.rstrip().endswith(("@", "＠")) and _POINT.match(b) for a, b in pairwise(lines))


def parse_lines(lines: Iterable[str], header: dict[str, str], where: str) -> Iterator[PlotLines | None]:
    """The plots one after another, None now and then as a sign of life; `header` is filled with what stands before.

    Raises Refused for a line that is none of the three, naming it.
    """
    plot: PlotLines | None = None
    section = ""
    for number, raw in enumerate(lines, 1):
        if number % _BREATH == 0:
            yield None
        line = raw.strip().lstrip("\ufeff")
        if not line:
            continue
        mark = SECTION.match(line.translate(_BRACKETS))
        if mark:
            section = mark[1].strip()
            continue
        if line.endswith(("@", "＠")) or _plot_without_mark(line):
            if plot is not None:
                yield plot
            plot = _plot(number, line)
        elif plot is None and (said := _HEADER.match(unicodedata.normalize("NFKC", line))):
            header.setdefault(said[1].strip(), said[2].strip())
        elif section and section != PLOTS:
            continue  # free text of another section
        else:
            if plot is None:  # points without a plot line
                plot = PlotLines(number)
            plot.points.append(_point(number, line, where))
    if plot is not None:
        yield plot


def _plot_without_mark(line: str) -> bool:
    """A plot line whose end mark was lost: number of points, area, number, name and 点, 线 or 面 at their places."""
    values = [v.strip() for v in unicodedata.normalize("NFKC", line).split(",")]
    return len(values) >= _KIND and values[_KIND - 1] in {"点", "线", "面"} and _whole(values[0]) is not None


def _plot(number: int, line: str) -> PlotLines:
    body = line.rstrip("@＠")
    if body.count(",") < 3:
        body = body.replace("，", ",")
    values = [v.strip() for v in body.split(",")[:_MOST_FIELDS]]
    if values and not values[-1]:
        values.pop()  # the comma before the end mark
    plot = PlotLines(number)
    plot.said_points = _whole(values[0]) if values else None
    names = _SHORT + (_LONG if len(values) > len(_SHORT) + 1 else ())
    plot.fields = {n: v for n, v in zip(names, values[1:], strict=False) if v}
    plot.said_area = _real(plot.fields.get("地块面积", ""))
    return plot


def _point(number: int, line: str, where: str) -> PointLine:
    plain = unicodedata.normalize("NFKC", line)
    parts = [p.strip() for p in re.split(r"[,;]", plain)] if re.search(r"[,;]", plain) else plain.split()
    while parts and not parts[-1]:
        parts.pop()
    values: list[Any] = [_real(p) for p in parts]
    ring: int | None = 1
    if len(parts) == 2:
        name, place = "", values
    elif len(parts) == 3:
        name, place = parts[0], values[1:]
    elif len(parts) in {4, 5}:
        name, ring, place = parts[0], _whole(parts[1]), values[2:4]
    else:
        name, ring, place = "", None, [None]
    if ring is None or any(v is None for v in place):
        raise Refused(
            "land_txt.line",
            N_("line {line} is no point: {said}"),
            where=where,
            advice=N_("a point is written as name,ring,X,Y, for instance J1,1,4497600.000,37389800.000"),
            line=number,
            said=line[:60],
        )
    return PointLine(number, name, ring, place[0], place[1])


def _whole(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    return int(plain) if plain.isdigit() and plain.isascii() and len(plain) < 10 else None


def _real(text: str) -> float | None:
    try:
        value = float(unicodedata.normalize("NFKC", text).strip())
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e12 else None
