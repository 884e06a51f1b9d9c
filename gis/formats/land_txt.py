"""Coordinate file of a land office (界址点坐标交换文件) in and out: screening-rules.md section 11.3."""

from __future__ import annotations

import codecs
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from gis.boundary import boundary_points
from gis.crs import parse_crs
from gis.formats.base import Reader, Writer
from gis.formats.land_txt_lines import looks_like_points
from gis.formats.land_txt_write import Dialect, Header, Plot, land_bytes
from models.errors import Refused
from models.notices import N_, Notice

_MARKS = tuple(
    t.encode(c)
    for t in ("[地块坐标]", "[属性描述]", "【地块坐标】", "【属性描述】")
    for c in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
)
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def looks_like(head: bytes) -> bool:
    """True for text with one of the section marks, or with a plot line ("…,@") followed by a point line."""
    if any(mark in head for mark in _MARKS):
        return b"\0" not in head or head.startswith(_BOMS[1:])
    return b"@" in head and b"\0" not in head and looks_like_points(head)


def write(table: Any, path: Path, layer: str, encoding: str) -> list[Notice]:
    """One plot a feature in the default dialect: zone before the easting, numbers running on, hectares.

    Raises Refused for a system that is no CGCS2000 zone, and for a feature without an area.
    """
    del layer
    header = Header.of(parse_crs(table.crs.to_wkt()), str(path))
    if "code" in table and all(_text(row, "code") for row in table.to_dict("records")):
        header = replace(header, own_codes=True)
    plots: list[Plot] = []
    for row in table.to_dict("records"):
        outline = row["geometry"]
        if outline is None or outline.is_empty or not outline.area:
            raise Refused("land_txt.no_area", N_("{name} has no outline with an area"), where=str(path),
                          advice=N_("this format holds areas only"), name=_text(row, "code", "name"))  # fmt: skip
        plots.append(
            Plot(
                number=_text(row, "code", "parcel_no") or str(len(plots) + 1),
                name=_text(row, "name"),
                area_m2=float(outline.area),
                points=tuple(boundary_points(outline)),
            )
        )
    path.write_bytes(land_bytes(plots, header, Dialect(encoding=encoding)))
    return [Notice("land_txt.fields", N_("number, name, area and points of each plot were written, no other fields"))]


def _text(row: dict[str, Any], *names: str) -> str:
    for name in names:
        value = row.get(name)
        if value is not None and not (isinstance(value, float) and math.isnan(value)) and str(value).strip():
            return str(value)
    return ""


READER = Reader("land_txt", "TXT (界址点)", (".txt",), looks_like, plan=None)
WRITER = Writer("land_txt", "TXT (界址点)", ".txt", (), write, encodings=("UTF-8", "GB18030"))
