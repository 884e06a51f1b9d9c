"""From stored values to metres, and which stored values cannot be heights."""

from __future__ import annotations

import numpy as np
from pyproj import CRS

from gis.crs import horizontal, vertical_unit
from gis.dem.probe import Facts
from models.errors import Refused
from models.notices import N_, Notice
from models.terrain import PLAUSIBLE_M
from models.units import FOOT_M, US_SURVEY_FOOT_M

_GAP_M = 30.0
NO_RISE_M = 300.0
"""No ground stands alone this far above every other cell (65535 in decimetres, 9999 in feet)."""
_UNITS = {
    "": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "米": 1.0, "cm": 0.01, "centimetre":
    0.01, "mm": 0.001, "dm": 0.1, "km": 1000.0, "kilometre": 1000.0, "ft": FOOT_M, "foot": FOOT_M, "feet": FOOT_M,
    "international foot": FOOT_M, "us-ft": US_SURVEY_FOOT_M, "ftus": US_SURVEY_FOOT_M, "us survey foot":
    US_SURVEY_FOOT_M, "foot_us": US_SURVEY_FOOT_M, "us survey feet": US_SURVEY_FOOT_M, "us_survey_foot":
    US_SURVEY_FOOT_M,
}  # fmt: skip


def heights(
    facts: Facts, reference: CRS, stated: str | None, where: str, notices: list[Notice]
) -> tuple[float, float, str]:
    """(scale, offset, unit) with metres = stored·scale + offset. Feet are converted; a strange unit is refused."""
    own = stated if stated is not None else facts.unit
    factor = _UNITS.get(own.strip().lower())
    if factor is None:
        raise Refused(
            "terrain.unit",
            N_("the heights are in “{unit}”, which is not known here"),
            unit=own,
            where=where,
            advice=N_("state the unit of the heights with --z-unit m, ft or us-ft"),
        )
    vertical = vertical_unit(reference)
    if vertical is not None and stated is None:
        if facts.unit and not np.isclose(vertical[0], factor, rtol=1e-5):
            raise Refused(
                "terrain.two_units",
                N_("the band says its heights are in “{band}”, its coordinate system says “{crs}”"),
                band=facts.unit,
                crs=vertical[1],
                where=where,
                advice=N_("state the unit of the heights with --z-unit m, ft or us-ft"),
            )
        factor, own = vertical[0], vertical[1]
    flat = horizontal(reference)
    if (
        vertical is None
        and not own
        and flat.is_projected
        and not np.isclose(flat.axis_info[0].unit_conversion_factor, 1.0)
    ):
        notices.append(
            Notice(
                "terrain.unit_silent",
                N_("positions are in {unit}, but nothing says in what the heights are; they are read as metres"),
                unit=flat.axis_info[0].unit_name,
            )
        )
    if factor != 1.0:
        notices.append(Notice("terrain.converted", N_("heights are converted from {unit} to metres"), unit=own))
    scale = facts.scale if np.isfinite(facts.scale) and facts.scale != 0 else 1.0
    return scale * factor, facts.offset * factor, own or "m"


def check_values(facts: Facts, where: str) -> None:
    """Refuse a file that holds no heights at all: everything missing, or a scan of 0 and 1."""
    if facts.valid == 0:
        raise Refused(
            "terrain.empty",
            N_("the file holds no height: every cell is missing"),
            where=where,
            advice=N_("check which file was meant"),
        )
    if facts.dtype == "uint8" and facts.high <= 1:
        raise Refused(
            "terrain.picture_mask",
            N_("the file holds only 0 and 1: a mask or a scan, no heights"),
            where=where,
            advice=N_("give the elevation model, a raster with one band of heights"),
        )


def check_heights(facts: Facts, scale: float, offset: float, where: str, notices: list[Notice]) -> None:
    """Undeclared stand-ins for "missing": refused where they cannot be heights, noted where they are unlikely."""
    if facts.sentinels:
        sentinel = max(facts.sentinels, key=lambda v: facts.sentinels[v])
        raise Refused(
            "terrain.undeclared_nodata",
            N_("{count} cells hold {value}, which is not declared as missing"),
            count=facts.sentinels[sentinel],
            value=sentinel,
            where=where,
            advice=N_("if it means “no height”, state it with --nodata {value}"),
        )
    low, high = sorted((facts.low * scale + offset, facts.high * scale + offset))
    if low < PLAUSIBLE_M[0] or high > PLAUSIBLE_M[1]:
        value = (
            facts.low
            if facts.low * scale + offset < PLAUSIBLE_M[0] or facts.low * scale + offset > PLAUSIBLE_M[1]
            else facts.high
        )
        raise Refused(
            "terrain.impossible_heights",
            N_("heights run from {low:.0f} to {high:.0f} m, which no ground does"),
            low=low,
            high=high,
            value=value,
            where=where,
            advice=N_("if {value:g} means “no height”, state it with --nodata; if the unit is wrong, with --z-unit"),
        )
    gap = abs((facts.high - facts.next_high) * scale)
    if gap > NO_RISE_M and 2 * facts.high_count < facts.valid:
        raise Refused(
            "terrain.undeclared_nodata",
            N_("{count} cells hold {value}, which is not declared as missing"),
            count=facts.high_count,
            value=f"{facts.high:g}",
            where=where,
            advice=N_("if it means “no height”, state it with --nodata {value}"),
        )
    low_notice(facts.low, facts.low_count, abs((facts.next_low - facts.low) * scale), notices)
    if facts.bands > 1:
        notices.append(
            Notice(
                "terrain.bands", N_("the file has {bands} bands; the first one is read as heights"), bands=facts.bands
            )
        )


def low_notice(value: float, count: int, gap: float, notices: list[Notice]) -> None:
    """Note cells that lie alone by `gap` m below all others (NaN: there are no others)."""
    if count >= 2 and gap > _GAP_M:
        text = N_("{count} cells hold {value:g}, {gap:.0f} m below every other height: if it "
                  "means “no height”, state --nodata {value:g}")  # fmt: skip
        notices.append(Notice("terrain.suspicious_low", text, count=count, value=value, gap=gap))
