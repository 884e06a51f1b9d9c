"""Numbers, areas, masses and dates as people read them: the one place where they are formatted (DESIGN.md D11)."""

from __future__ import annotations

import math
from datetime import date, datetime

from models.units import M2_PER_HA, M2_PER_MU, M3_PER_WAN_M3, T_PER_WAN_T

THIN_SPACE = "\u2009"
NO_VALUE = "—"
_MOST_DECIMALS = 8
MINUS = "\u2212"


def number(value: float | None, decimals: int = 1) -> str:
    """A number with thin spaces in thousands: 84 327.1; a dash for none."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    negative = value < 0 and any(c in "123456789" for c in text)
    return (MINUS if negative else "") + text


def difference(value: float | None, decimals: int = 2) -> str:
    """A difference with its sign, + too: +0.35, −7.24; a dash for none."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    words = number(value, decimals)
    return words if words.startswith(MINUS) or not any(c in "123456789" for c in words) else f"+{words}"


def decimals_for(half_width: float) -> int:
    """Decimals that an interval of this half width allows: two significant digits of the half width at most."""
    if half_width <= 0 or not math.isfinite(half_width):
        return 1
    exponent = math.floor(math.log10(half_width))
    leading = half_width / 10**exponent
    digits = 2 if leading < 3 else 1
    return max(0, digits - 1 - exponent)


def significant(value: float | None, digits: int = 3) -> str:
    """A number without an interval, to so many significant digits (never more digits than it deserves)."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    if value == 0:
        return "0"
    return number(value, min(6, max(0, digits - 1 - math.floor(math.log10(abs(value))))))


def plus_minus(value: float | None, half_width: float | None, *, per: float = 1.0, unquantified: str = "") -> str:
    """``84.3 ± 3.1``: value and 95 % half width in units of `per`, no more digits than the interval allows.

    Without a half width the value stands to three digits, followed by `unquantified` if given.
    """
    if value is None:
        return NO_VALUE
    if half_width is None:
        return f"{significant(value / per)} {unquantified}".strip()
    decimals = min(decimals_for(half_width / per), _MOST_DECIMALS)
    return f"{number(value / per, decimals)} ± {number(half_width / per, decimals)}"


def total(value: float | None, per: float = 1.0) -> str:
    """A sum in units of `per`: one decimal, and below 10 three digits, so that small sites do not add up to 0.0."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    value /= per
    return number(value, 1) if abs(value) >= 10 else significant(value)


def wan_m3(volume_m3: float | None, decimals: int = 2) -> str:
    """A volume in 万立方米, without its unit."""
    return number(None if volume_m3 is None else volume_m3 / M3_PER_WAN_M3, decimals)


def wan_t(mass_t: float | None, decimals: int = 2) -> str:
    """A mass in 万吨, without its unit."""
    return number(None if mass_t is None else mass_t / T_PER_WAN_T, decimals)


def mu(area_m2: float | None, decimals: int = 1) -> str:
    """An area in 亩, without its unit."""
    return number(None if area_m2 is None else area_m2 / M2_PER_MU, decimals)


def hectares(area_m2: float | None, decimals: int = 4) -> str:
    """An area in hectares (公顷) with the four decimals of a land office table, without its unit."""
    return number(None if area_m2 is None else area_m2 / M2_PER_HA, decimals)


def percent(share: float | None, decimals: int = 1) -> str:
    """A share 0..1 as per cent."""
    return NO_VALUE if share is None else f"{number(share * 100, decimals)} %"


def elevation(value_m: float | None) -> str:
    """An elevation in metres to the centimetre, without its unit."""
    return number(value_m, 2)


def day(value: date | datetime | str | None) -> str:
    """A date as ISO 8601: 2026-11-23."""
    if not value:
        return NO_VALUE
    return value[:10] if isinstance(value, str) else value.strftime("%Y-%m-%d")
