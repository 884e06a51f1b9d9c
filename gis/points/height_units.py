"""The unit that the name of a column or field of heights states: ELEV_FT, 高程(mm), Height [US survey feet]."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pyproj
from pyproj.exceptions import CRSError

from gis.crs import vertical_unit
from models.errors import Refused
from models.notices import N_, Notice
from models.units import FOOT_M, US_SURVEY_FOOT_M

if TYPE_CHECKING:
    from gis.points.base import RawPoints

_UNITS = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "米": 1.0,
    "dm": 0.1, "分米": 0.1, "cm": 0.01, "厘米": 0.01, "mm": 0.001, "毫米": 0.001,
    "ft": FOOT_M, "foot": FOOT_M, "feet": FOOT_M, "英尺": FOOT_M, "ift": FOOT_M,
    "usft": US_SURVEY_FOOT_M, "ftus": US_SURVEY_FOOT_M, "sft": US_SURVEY_FOOT_M, "usfoot": US_SURVEY_FOOT_M,
    "usfeet": US_SURVEY_FOOT_M,
}  # fmt: skip
STATED = {"m": 1.0, "ft": FOOT_M, "us-ft": US_SURVEY_FOOT_M}
"""Units that can be stated of heights, metres in one."""
_US = {"us", "survey"}
_CHINESE = re.compile(r"(毫米|厘米|分米|英尺|米)$")
_PIECES = re.compile(r"[a-z]+|[\u4e00-\u9fff]+")


def unit_in_name(name: Any) -> tuple[float, str] | None:
    """(metres in one unit, the unit as it stands there) where a name states one; None where it does not."""
    if not isinstance(name, str):
        return None
    pieces = _PIECES.findall(unicodedata.normalize("NFKC", name).casefold())
    for at in range(len(pieces) - 1, -1, -1):
        word = pieces[at]
        chinese = _CHINESE.search(word)
        if chinese:
            word = chinese[1]
        factor = _UNITS.get(word)
        if factor is None or (len(pieces) == 1 and not chinese):
            continue  # a column that is named "m" alone says nothing
        if factor == FOOT_M and _US & set(pieces):
            return US_SURVEY_FOOT_M, "us-ft"
        return factor, word
    return None


def unit_of_heights(crs: str | pyproj.CRS | None) -> tuple[float, str] | None:
    """(metres in one unit, its name) where a system states in what heights are; None where it does not."""
    try:
        known = pyproj.CRS.from_user_input(crs) if crs else None
    except CRSError:
        return None
    return vertical_unit(known) if known is not None else None


def stated_factor(unit: str | None, where: str) -> float | None:
    """Metres in one unit of the heights as it was stated; None where nobody did. Raises Refused."""
    if unit is not None and unit not in STATED:
        raise Refused(
            "terrain.unit",
            N_("the heights are in “{unit}”, which is not known here"),
            unit=unit,
            where=where,
            advice=N_("state the unit of the heights with --z-unit m, ft or us-ft"),
        )
    return STATED[unit] if unit is not None else None


def to_metres(raw: RawPoints, crs: pyproj.CRS | None, *, table: bool, z_unit: str | None) -> None:
    """Heights of a file into metres: told where it was done, done where only the stated system `crs` can.

    `z_unit`: the unit that was stated, by which they were read already.
    """
    unit = (STATED[z_unit], z_unit) if z_unit is not None else unit_in_name(raw.height_name)
    if unit is None and table:
        unit = unit_of_heights(crs)
        if unit is not None:
            raw.height = raw.height * unit[0]
    if unit is not None and unit[0] != 1.0:
        raw.warnings.append(converted(unit[1]))


def converted(unit: str) -> Notice:
    """The remark on heights that were brought to metres."""
    return Notice("terrain.converted", N_("heights are converted from {unit} to metres"), unit=unit)
