"""The text of a land office's coordinate file, in the dialects that offices ask for (screening-rules.md 11.3)."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pyproj import CRS

from gis.boundary import BoundaryPoint, rings_of
from gis.crs import describe, horizontal
from models.errors import Refused
from models.notices import N_
from models.units import m2_to_ha

Numbering = Literal["run_on", "restart"]
Parts = Literal["run_on", "hundreds"]
AreaUnit = Literal["ha", "m2"]
PROJECT, MADE_BY, OURS = "[项目信息]", "制作软件", "Huitian"
"""The optional block before the header, which other programs skip, and how it tells whose numbers the plots bear."""
ENCODINGS = ("GB18030", "UTF-8", "UTF-8-BOM")
_LONG_EXTRA = 5
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks that turn the direction of text: a name must not change how the numbers after it are read."""


@dataclass(frozen=True)
class Dialect:
    """How an office wants the file.

    `zone_prefix`: eastings begin with the zone number. `numbering`: point names run on through the rings of a plot or
    begin again in each (TX-05). `parts`: ring numbers run on through the parts, or each part adds 100 (TX-06).
    `letter`: points are called J1, or 1. `long`: a plot line of 13 fields.
    """

    encoding: str = "GB18030"
    zone_prefix: bool = True
    numbering: Numbering = "run_on"
    parts: Parts = "run_on"
    area_unit: AreaUnit = "ha"
    letter: bool = True
    long: bool = False


@dataclass(frozen=True)
class Header:
    """What stands before the plots. `in_easting` tells that the coordinates handed over begin with the zone number."""

    degrees: int
    zone: int
    in_easting: bool
    producer: str = ""
    date: str = ""
    own_codes: bool = False
    """Say before all else that the plot numbers are the codes of a project of ours: read back, they are that again."""

    @classmethod
    def of(cls, crs: CRS, where: str = "", *, producer: str = "", date: str = "") -> Header:
        """The header for a project's CRS. Raises Refused unless that is a Gauss–Krüger zone of CGCS2000."""
        facts = describe(crs)
        name = horizontal(crs).name.lower()
        chinese = "cgcs2000" in name or "china geodetic coordinate system 2000" in facts.datum.lower()
        degrees = 3 if "3-degree" in name else 6
        zone = facts.zone
        if chinese and zone is None and facts.central_meridian is not None:
            zone = round((facts.central_meridian + 3) / 6)
        if not chinese or zone is None or not facts.projected:
            raise Refused(
                "land_txt.crs",
                N_("a land office's coordinate file is written in a Gauss–Krüger zone of CGCS2000; this is “{name}”"),
                where=where,
                advice=N_("bring the data into a CGCS2000 zone first, for instance EPSG:4546"),
                name=facts.name,
            )
        return cls(degrees, zone, facts.zone_prefix, producer, date)


@dataclass(frozen=True)
class Plot:
    """One plot: its line and its points. `area_m2` planar, in the CRS of the points."""

    number: str
    name: str
    area_m2: float
    points: tuple[BoundaryPoint, ...]
    use: str = ""
    land_class: str = ""
    map_sheet: str = ""


def land_text(plots: Sequence[Plot], header: Header, dialect: Dialect | None = None) -> str:
    """The whole file with CRLF line ends. Closing points are written and counted (TX-04, TX-14)."""
    dialect = dialect or Dialect()
    lines = [PROJECT, f"{MADE_BY}={OURS}"] if header.own_codes else []
    lines += ["[属性描述]", "格式版本号=1.01"]
    lines += [f"数据产生单位={field(header.producer)}"] if header.producer else []
    lines += [f"数据产生日期={field(header.date)}"] if header.date else []
    lines += [
        "坐标系=2000国家大地坐标系",
        f"几度分带={header.degrees}",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={header.zone}",
        "精度=0.001",
        "转换参数=,,,,,,",
        "[地块坐标]",
    ]
    for plot in plots:
        points = list(_points(plot, header, dialect))
        area = f"{m2_to_ha(plot.area_m2):.4f}" if dialect.area_unit == "ha" else f"{plot.area_m2:.2f}"
        parts = [str(len(points)), area, plot.number, plot.name, "面", plot.map_sheet, plot.use, plot.land_class]
        parts += [""] * (_LONG_EXTRA if dialect.long else 0)
        lines += [",".join(field(p) for p in parts) + ",@", *points]
    return "\r\n".join(lines) + "\r\n"


def land_bytes(plots: Sequence[Plot], header: Header, dialect: Dialect | None = None) -> bytes:
    """The file in the dialect's encoding. Raises Refused for an encoding that is none of ENCODINGS."""
    dialect = dialect or Dialect()
    name = dialect.encoding.upper()
    if name not in ENCODINGS:
        raise Refused("land_txt.encoding", N_("this file is not written in {encoding}"),
                      advice=N_("one of: {encodings}"), encoding=dialect.encoding,
                      encodings=", ".join(ENCODINGS))  # fmt: skip
    text = land_text(plots, header, dialect)
    if name == "GB18030":
        return text.encode("gb18030")
    return (codecs.BOM_UTF8 if name.endswith("BOM") else b"") + text.encode("utf-8")


def field(text: str) -> str:
    """A text that stays one field in one line: commas and @ become full-width, line ends and other control marks go."""
    one = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    one = "".join(c for c in one if unicodedata.category(c) != "Cs" and c not in _TURNS)
    one = " ".join(one.split()).replace(",", "，").replace("@", "＠")
    # A line that begins like a section of the file would end the plots.
    return one.replace("[", "［", 1) if one.startswith("[") else one


def _points(plot: Plot, header: Header, dialect: Dialect) -> Iterator[str]:
    ring_number, last_part = 0, 0
    for ring in rings_of(list(plot.points)):
        part = ring[0].part
        if dialect.parts == "hundreds" and part != last_part:
            ring_number = 100 * (part - 1)
        ring_number, last_part = ring_number + 1, part
        for place, point in enumerate([*ring, ring[0]], 1):
            number = point.number.lstrip("J") if dialect.numbering == "run_on" else str(1 + (place - 1) % len(ring))
            name = f"J{number}" if dialect.letter else number
            yield f"{name},{ring_number},{point.x_north:.3f},{_east(point.y_east, header, dialect):.3f}"


def _east(y_east: float, header: Header, dialect: Dialect) -> float:
    prefix = header.zone * 1e6
    return y_east + (prefix if dialect.zone_prefix else 0.0) - (prefix if header.in_easting else 0.0)
