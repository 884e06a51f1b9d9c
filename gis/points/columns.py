"""Which column of a table is what: by the names in its head, else by the values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gis.axis_order import Order
from gis.dem.probe import SENTINELS
from gis.points.base import Row
from gis.points.numbers import is_blank, parse_number
from models.errors import Refused
from models.notices import N_, Notice
from models.terrain import PLAUSIBLE_M
from models.traditional import simplified

Role = Literal["north", "east", "x", "y", "lon", "lat", "height", "ellipsoidal", "label", ""]

_HEADER_ROWS = 30
_MOSTLY = 0.8
_EXACT: dict[str, Role] = {
    "n": "north", "e": "east", "x": "x", "y": "y", "h": "height", "z": "height", "gc": "height", "bsgc": "height",
    "no": "label", "id": "label", "fid": "label", "name": "label", "pt": "label", "code": "label", "lat": "lat",
    "lon": "lon", "lng": "lon", "long": "lon", "b": "lat", "l": "lon", "东": "east", "北": "north", "高": "height",
}  # fmt: skip
_LABELS = (
    "点号",
    "点名",
    "序号",
    "编号",
    "编码",
    "代码",
    "备注",
    "属性",
    "日期",
    "时间",
    "label",
    "remark",
    "point_id",
)
_WORDS: tuple[tuple[Role, tuple[str, ...]], ...] = (
    ("ellipsoidal", ("大地高", "椭球高", "ellipsoid")),
    ("lon", ("经度", "longitude")),
    ("lat", ("纬度", "latitude")),
    ("height", ("高程", "标高", "正常高", "海拔", "elev", "height", "altitude", "contour", "高")),
    ("north", ("北", "纵", "north")),
    ("east", ("东", "横", "east")),
)
_AXIS = re.compile(r"^(?:point|coord|pos|sm)?_?([xyzh])_?(?:m|坐标|coord|coordinate|值)?$|^坐标_?([xyzh])$")


@dataclass(frozen=True)
class Layout:
    """Positions of the two coordinates and the height among the cells of a row.

    `declared`: the order that names in the head state, None if they do not ("X", "Y" mean either).
    """

    first: int
    second: int
    height: int
    declared: Order | None
    basis: Notice
    head_row: int
    """Number of the row with the names; rows up to it are no points. 0 without a head."""
    ellipsoidal: bool = False
    twice: tuple[int, int, int, int] | None = None
    """Columns of longitude, latitude, X and Y where a head names all of them."""
    names: tuple[str, ...] = ()
    height_name: str = ""
    """What stands above the heights; a unit in it counts."""

    @property
    def twice_names(self) -> tuple[str, ...]:
        """Headings of the columns that say each place twice, () without."""
        return tuple(self.names[at] for at in self.twice) if self.twice is not None else ()

    @property
    def width(self) -> int:
        """Cells that a row must have at least."""
        return max(self.first, self.second, self.height) + 1


def role_of(name: Any) -> Role:
    """What a column of that name holds; "" if the name says nothing."""
    if not isinstance(name, str) or len(name) > 60:
        return ""
    text = simplified(unicodedata.normalize("NFKC", name).casefold().strip().strip("\ufeff\"'"))
    text = text.replace("北京", "")  # the system, not the direction: X(北京54)
    bare = re.sub(r"[\s:]", "", re.sub(r"[(\[].*?[)\]]", "", text))
    if bare in _EXACT and not any(w in text for w in ("北", "东", "north", "east")):
        return _EXACT[bare]
    if any(w in text for w in _LABELS):
        return "label"
    for role, words in _WORDS:
        if any(w in text for w in words):
            return role
    axis = _AXIS.match(bare)
    return _EXACT[axis[1] or axis[2]] if axis else ""


Chosen = tuple[int, int, int]
"""Columns of easting, northing and height as a person chose them, counted from 1."""


def layout_of(rows: Sequence[Row], where: str, *, degrees: bool = False, columns: Chosen | None = None) -> Layout:
    """The layout by the columns that were chosen, else as `find_layout` finds it. Raises Refused."""
    if columns is None:
        return find_layout(rows, where, degrees=degrees)
    east, north, height = columns
    if len(set(columns)) < 3 or min(columns) < 1:
        raise Refused(
            "points.columns_alike",
            N_("easting, northing and height are three different columns, not {east}, {north} and {height}"),
            where=where,
            advice=N_("choose a column of its own for each"),
            east=east,
            north=north,
            height=height,
        )
    head, above = 0, None
    for number, cells in rows:
        numbers = [parse_number(cells[c - 1]) if len(cells) >= c else None for c in columns]
        if all(n is not None for n in numbers):
            text = N_("columns {east} (easting), {north} (northing) and {height} (height) as they were chosen")
            basis = Notice("points.by_choice", text, east=east, north=north, height=height)
            name = above if isinstance(above, str) else ""
            return Layout(east - 1, north - 1, height - 1, "en", basis, head, height_name=name)
        head, above = number, cells[height - 1] if len(cells) >= height else None
    raise Refused(
        "points.columns_empty",
        N_("no row has numbers in the columns {east}, {north} and {height}"),
        where=where,
        advice=N_("choose the columns of easting, northing and height"),
        east=east,
        north=north,
        height=height,
    )


def find_layout(rows: Sequence[Row], where: str, *, degrees: bool = False) -> Layout:
    """The layout of a table from its first rows (some hundreds). `degrees`: longitude and latitude are wanted.

    Raises Refused: no column of heights, no coordinates, or several columns that may be meant.
    """
    for number, cells in rows[:_HEADER_ROWS]:
        layout = _from_head(number, cells, degrees=degrees)
        if layout is not None:
            return layout
    for number, cells in rows[:_HEADER_ROWS]:
        _check_head(number, cells, where)
    return _from_values(rows, where)


def _from_head(number: int, cells: list[Any], *, degrees: bool) -> Layout | None:
    roles = [role_of(c) if parse_number(c) is None else "" for c in cells]
    at: dict[Role, int] = {}
    for position, role in enumerate(roles):
        at.setdefault(role, position)
    height = at.get("height", at.get("ellipsoidal"))
    pairs: list[tuple[Role, Role]] = [("east", "north"), ("x", "y"), ("lon", "lat")]
    if degrees:
        pairs.reverse()
    if height is None:
        return None
    names = tuple(str(c).strip() for c in cells)
    for a, b in pairs:
        if a in at and b in at:
            order: Order | None = None if a == "x" else "en" if at[a] < at[b] else "ne"
            first, second = sorted((at[a], at[b]))
            text = N_("columns “{first}”, “{second}” and “{height}” by their names")
            basis = Notice("points.by_names", text, first=names[first], second=names[second], height=names[height])
            ellipsoidal = "height" not in at
            return Layout(
                first, second, height, order, basis, number, ellipsoidal, _twice(at), tuple(names), names[height]
            )
    return None


def _twice(at: dict[Role, int]) -> tuple[int, int, int, int] | None:
    metres: tuple[tuple[Role, Role], ...] = (("east", "north"), ("x", "y"))
    pair = next(((at[a], at[b]) for a, b in metres if a in at and b in at), None)
    return (at["lon"], at["lat"], *pair) if pair is not None and "lon" in at and "lat" in at else None


def _check_head(number: int, cells: list[Any], where: str) -> None:
    """Refuse a table whose head names coordinates and no height, or a height and no coordinates."""
    roles = [role_of(c) for c in cells if parse_number(c) is None]
    pair = {"east", "north"} <= set(roles) or {"x", "y"} <= set(roles) or {"lon", "lat"} <= set(roles)
    names = ", ".join(str(c).strip() for c in cells if not is_blank(c))[:200]
    if pair:
        raise Refused(
            "points.no_height_column",
            N_("row {row} names coordinates and no heights: {names}"),
            where=where,
            advice=N_("a column of heights is needed; name it 高程, H or Z"),
            row=number,
            names=names,
        )
    if "height" in roles and len([r for r in roles if r]) > 1 and len(cells) >= 3:
        raise Refused(
            "points.no_coordinate_columns",
            N_("row {row} names heights and not both coordinates: {names}"),
            where=where,
            advice=N_("name the columns of the coordinates 东 and 北, or X and Y"),
            row=number,
            names=names,
        )


def _from_values(rows: Sequence[Row], where: str) -> Layout:
    """A table without a head that is understood: two columns of coordinates side by side, then a column of heights."""
    full = [cells for _, cells in rows if sum(parse_number(c) is not None for c in cells) >= 3]
    if not full:
        raise no_table(where)
    width = max(len(c) for c in full)
    table = np.full((len(full), width), np.nan)
    for i, cells in enumerate(full):
        table[i, : len(cells)] = [np.nan if (n := parse_number(c)) is None else n for c in cells]
    numeric = [j for j in range(width) if np.isfinite(table[:, j]).mean() >= _MOSTLY]
    triples = [
        (a, b, c)
        for a, b, c in zip(numeric, numeric[1:], numeric[2:], strict=False)
        if is_height(table[:, c]) and is_place(table[:, a], table[:, b])
    ]
    if not triples and len(numeric) == 3 and is_height(table[:, numeric[2]]):
        triples = [(numeric[0], numeric[1], numeric[2])]
    if not triples and len(numeric) == 4 and counts_up(table[:, numeric[0]]) and is_height(table[:, numeric[3]]):
        triples = [(numeric[1], numeric[2], numeric[3])]
    if len(triples) != 1:
        raise Refused(
            "points.which_columns",
            N_("which columns are coordinates and height cannot be told from the values"),
            where=where,
            advice=N_("put a row with names above them: 点号, 东, 北, 高程"),
        )
    a, b, c = triples[0]
    text = N_("columns {first}, {second} and {height} by their values (no names above them)")
    return Layout(a, b, c, None, Notice("points.by_values", text, first=a + 1, second=b + 1, height=c + 1), 0)


def no_table(where: str) -> Refused:
    """The refusal of a file in which nothing looks like points."""
    return Refused(
        "points.no_table",
        N_("no rows with two coordinates and a height are found in it"),
        where=where,
        advice=N_("a table of points has one row a point: number, easting, northing, height"),
    )


def is_height(values: Any) -> bool:
    """A column of which most can be heights of ground (m). A list of a grid may begin with what stands for "none"."""
    good = values[np.isfinite(values)]
    heights = good[~np.isin(good, SENTINELS)]
    if good.size and not heights.size:
        return True
    good = heights
    return bool(good.size) and bool(((good >= PLAUSIBLE_M[0]) & (good <= PLAUSIBLE_M[1])).mean() >= _MOSTLY)


def is_place(a: Any, b: Any) -> bool:
    """Two columns that can be metres of a national grid, or degrees with decimals."""
    x, y = np.nanmedian(np.abs(a)), np.nanmedian(np.abs(b))
    metres = min(x, y) >= 10_000
    with np.errstate(invalid="ignore"):
        fractions = np.nanmean(np.abs(a % 1) > 0) > 0.5 and np.nanmean(np.abs(b % 1) > 0) > 0.5
    return bool(metres or (max(x, y) <= 180 and min(x, y) <= 90 and min(x, y) > 1 and fractions and max(x, y) > 15))


def counts_up(values: Any) -> bool:
    """A column of whole numbers that rise from row to row."""
    good = values[np.isfinite(values)]
    return good.size > 1 and bool((good % 1 == 0).all()) and bool((np.diff(good) > 0).mean() > 0.9)
