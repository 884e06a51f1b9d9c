"""Which column of a table of outlines is what: shapes as text, coordinates, the site a row belongs to, its order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from layers.common import CODE, NAME
from models.notices import N_, Notice
from models.traditional import simplified

_SHAPES = {"wkt", "geometry", "geom", "thegeom", "shape", "wktgeom", "几何", "图形", "空间数据"}
_GROUPS = (
    "code", *(a for a in CODE.aliases if a not in {"id", "no"}), "地块编号", "地块号", "图斑号", "宗地号", "宗地代码",
    "坑编号", "砂坑编号", "面号", "多边形", "polygon", "polygonid", "site", "siteid", "parcel", "group",
    "name", *NAME.aliases, "砂坑名称", "矿坑名称", "origfid", "id", "fid", "no", "objectid",
)  # fmt: skip
_ORDERS = {
    "点号", "序号", "点序", "点序号", "界址点号", "拐点号", "拐点编号", "顶点", "顶点号", "vertex", "vertexno", "order",
    "seq", "sequence", "pointno", "point", "pt", "no",
}  # fmt: skip
_RINGS = {"ring", "ringno", "圈号", "环号", "地块圈号"}
_PARTS = {"part", "partno", "部分", "部件号"}
_CRS = {"crs", "srid", "epsg", "坐标系", "坐标系统"}
_CORNER = re.compile(r"界址点|拐点|顶点|点号|点|point|vertex|pt|^[jp]", re.IGNORECASE)

Pair = tuple[int, int]
"""Positions of two coordinates, as they stand in the table: (the one named X or east, the one named Y or north)."""
Axis = Literal["east", "north", "x", "y", "lon", "lat", ""]


def plain(name: Any) -> str:
    """A heading for comparison: half-width, small, without blanks, marks and what stands in brackets."""
    text = simplified(unicodedata.normalize("NFKC", str(name)).casefold().strip("\ufeff \"'"))
    return "".join(c for c in re.sub(r"[(\[（].*?[)\]）]", "", text) if c.isalnum())


def is_shape_name(name: Any) -> bool:
    """Whether a heading is that of shapes as text."""
    return plain(name) in _SHAPES


def axis_of(name: Any) -> Axis:
    """Which coordinate a heading names; "" for none."""
    from gis.points.columns import role_of

    role = role_of(name)
    if role in {"east", "north", "x", "y", "lon", "lat"}:
        return role
    return ""


@dataclass
class Columns:
    """Positions of the columns; None where a table has none of the kind."""

    head: list[str]
    shape: int | None = None
    pair: tuple[int, int] | None = None
    axes: tuple[Axis, Axis] = ("", "")
    corners: list[Pair] = field(default_factory=list)
    group: int | None = None
    order: int | None = None
    ring: int | None = None
    part: int | None = None
    crs: int | None = None
    height: int | None = None

    @property
    def degrees(self) -> bool:
        """True where the names say longitude and latitude."""
        return self.axes == ("lon", "lat")


def find(head: Sequence[Any]) -> Columns:
    """The columns by their names."""
    from gis.points.columns import role_of

    names = [str(h or "").strip() for h in head]
    made = Columns(names)
    bare = [plain(h) for h in names]
    made.shape = _first(bare, _SHAPES)
    made.ring, made.part, made.crs = _first(bare, _RINGS), _first(bare, _PARTS), _first(bare, _CRS)
    axes = [axis_of(h) for h in names]
    for a, b in (("east", "north"), ("lon", "lat"), ("x", "y")):
        if a in axes and b in axes:
            made.pair, made.axes = (axes.index(a), axes.index(b)), (a, b)
            break
    roles = [role_of(h) for h in names]
    made.height = next((i for i, r in enumerate(roles) if r in {"height", "ellipsoidal"}), None)
    made.corners, axes_of_corners = _corners(names)
    if made.corners:
        made.pair, made.axes = None, axes_of_corners
    made.order = next((i for i, b in enumerate(bare) if b in _ORDERS and i != made.group), None)
    return made


def groups(columns: Columns) -> list[int]:
    """Columns that may say to which site a row belongs, the likeliest first."""
    bare = [plain(h) for h in columns.head]
    found = [bare.index(g) for g in dict.fromkeys(plain(g) for g in _GROUPS) if g in bare]
    return [i for i in found if i != columns.order or plain(columns.head[i]) != "no"]


def _first(names: list[str], wanted: set[str]) -> int | None:
    return next((i for i, n in enumerate(names) if n in wanted), None)


def _corners(names: list[str]) -> tuple[list[Pair], tuple[Axis, Axis]]:
    """Pairs of numbered columns (X1, Y1, X2, Y2 …; J1_X, J1_Y …), three at least; [] for none."""
    numbered: dict[int, dict[Axis, int]] = {}
    for position, name in enumerate(names):
        digits = re.findall(r"\d+", unicodedata.normalize("NFKC", name))
        if len(digits) != 1 or len(digits[0]) > 4:
            continue
        rest = _CORNER.sub("", re.sub(r"\d+", "", unicodedata.normalize("NFKC", name)).strip(" _-.")).strip(" _-.")
        axis = axis_of(rest) if rest else ""
        if axis:
            numbered.setdefault(int(digits[0]), {}).setdefault(axis, position)
    for a, b in (("east", "north"), ("lon", "lat"), ("x", "y")):
        pairs = [(n[a], n[b]) for _, n in sorted(numbered.items()) if a in n and b in n]
        if len(pairs) >= 3:
            return pairs, (a, b)  # type: ignore[return-value]
    return [], ("", "")


def swapped(first: Any, second: Any, axes: tuple[Axis, Axis], heads: tuple[str, str]) -> tuple[bool, Notice]:
    """Whether the column named X (or east) holds the northing, and the sentence that says why.

    In Chinese surveying X is the northing; programs from elsewhere mean the easting. Names that say north and east are
    believed; X and Y are told apart by their values.
    """
    from gis.axis_order import in_china, on_chinese_grid

    text = N_("{east} was taken as easting, {north} as northing ({why})")
    names = {"east": heads[0], "north": heads[1]}
    if axes[0] != "x":
        return False, Notice("table.order", text, **names, why=Notice("table.by_names", N_("by their names")))
    a, b = float(np.median(first)), float(np.median(second))
    for test in (on_chinese_grid, in_china):
        here, there = test(a, b), test(b, a)
        if here != there:
            why = Notice("table.by_values", N_("only so do the values lie in China"))
            if there:
                names = {"east": heads[1], "north": heads[0]}
            return there, Notice("table.order", text, **names, why=why)
    why = Notice("table.unsure", N_("the values do not tell; check where the outlines land on the map"))
    return False, Notice("table.order", text, **names, why=why)
