"""Laboratory values as laboratories write them: "<0.05", "0.05L", "ND", "未检出", "5×10⁻³", full-width digits."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from models.errors import Refused
from models.lab_units import convert, read_unit, unit_kind
from models.notices import N_
from models.parameters import Parameter

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–", "0123456789-+--")
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?"
_POWER = re.compile(r"(?:[x×*·]\s*10\s*(?:\^|\*\*)?\s*\(?([+-]?\d+)\)?)", re.IGNORECASE)
_NOTHING_FOUND = re.compile(
    r"(?:未检出|未测出|不得检出|低于检出限|小于检出限|n\.?d\.?|b\.?d\.?l\.?|<\s*(?:mdl|lod|dl|检出限))", re.IGNORECASE
)
_LIMIT_WORDS = re.compile(r"(?:检出限|方法检出限|mdl|lod|dl|为|:|=|\s)+", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A value cell understood: `value` in `unit`; if `below`, nothing was found and `value` is the limit or None."""

    value: float | None
    below: bool
    unit: str


def parse_value(raw: str, unit: str = "") -> Reading:
    """Understand a value cell and its unit cell.

    "<0.05", "≤0.05", "0.05L" (the laboratory mark for "below this limit"), "ND(0.05)", "未检出" are non-detects.
    "12.3±0.4" gives the value and leaves the uncertainty to the raw text. Raises Refused for blanks, bounds from below
    (">5"), approximations, ambiguous commas, and units that are missing or not understood.
    """
    text = _plain(raw)
    if not text or text in {"-", "--", "/", "—", "*", "无", "na", "n/a"}:
        raise Refused("lab.blank", N_("there is no value"))
    known = read_unit(unit)
    if known is None:
        raise _bad_unit(unit)
    bare = _NOTHING_FOUND.match(text)
    if bare:
        rest = _LIMIT_WORDS.sub("", text[bare.end() :]).strip("()<≤ ,;")
        if not rest:
            return Reading(None, below=True, unit=known)
        value, known = _number_and_unit(rest, raw, known)
        return Reading(value, below=True, unit=known)
    below = text[0] in "<≤"
    if text[0] in ">≥" or text.startswith(("大于", "高于")):
        raise Refused(
            "lab.lower_bound",
            N_("{raw} only says that the value is larger"),
            raw=raw.strip(),
            advice=N_("enter the value itself"),
        )
    text = text.lstrip("<≤= ")
    marked = re.fullmatch(r"(.*\d)\s*\(?l\)?", text)
    if marked:
        below, text = True, marked[1].strip()
    value, known = _number_and_unit(text, raw, known)
    return Reading(value, below, known)


def _plain(raw: str) -> str:
    # Superscripts first: NFKC would glue 10⁻³ into 10-3.
    power = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)", lambda m: "10^" + m[1].translate(_SUPERSCRIPT), raw)
    text = unicodedata.normalize("NFKC", power).translate(_SUPERSCRIPT).strip().casefold()
    text = text.replace("小于等于", "≤").replace("小于", "<").replace("﹤", "<").replace("≦", "≤").replace("⩽", "≤")
    text = re.sub(r"^<=", "≤", text)
    return text.strip("'\"")


def _bad_unit(unit: str) -> Refused:
    return Refused(
        "lab.unit_unknown",
        N_("the unit {unit} is not understood"),
        unit=unit.strip(),
        advice=N_("use mg/L, µg/L, mg/kg, %, Bq/kg, Bq/g, Bq/L, or - for pH"),
    )


def _number_and_unit(text: str, raw: str, unit: str) -> tuple[float, str]:
    """The number at the start of `text`, and the unit: the one in the cell if the unit cell is empty."""
    match = re.match(_NUMBER, text)
    if not match or not re.match(r"[+-]?\.?\d", match[0]):  # "e0" has a digit and no number before it
        raise Refused(
            "lab.not_a_number",
            N_("{raw} is not understood as a value"),
            raw=raw.strip(),
            advice=N_("write a number, <number, number L, ND or 未检出"),
        )
    value, rest = float(match[0].replace(",", "")), text[match.end() :].strip()
    power = _POWER.match(rest)
    if power:
        value, rest = float(f"{value!r}e{int(power[1])}"), rest[power.end() :].strip()
    if not math.isfinite(value):
        raise Refused(
            "lab.not_a_number",
            N_("{raw} is not understood as a value"),
            raw=raw.strip(),
            advice=N_("write a number, <number, number L, ND or 未检出"),
        )
    rest = re.sub(r"^±\s*" + _NUMBER + r"(?:" + _POWER.pattern + r")?", "", rest).strip()
    if rest.startswith(","):
        raise Refused(
            "lab.comma",
            N_("the comma in {raw} is ambiguous"),
            raw=raw.strip(),
            advice=N_("write the decimal point as a point"),
        )
    if rest:
        inside = read_unit(rest)
        if not inside or (unit and inside != unit):
            raise Refused(
                "lab.rest", N_("{rest} after the number in {raw} is not understood"), rest=rest, raw=raw.strip()
            )
        unit = inside
    return value, unit


def check_possible(parameter: Parameter, reading: Reading) -> None:
    """Refuse what cannot be: no unit, a unit that does not fit the parameter, negative values, pH 15, 120 %.

    Raises Refused with the reason.
    """
    if reading.unit == "":
        if parameter.units in (("ph",), ("count",)):
            return _check_range(parameter, reading)
        raise Refused("lab.no_unit", N_("the value has no unit"), advice=N_("a value without a unit is not used"))
    kind = unit_kind(reading.unit)
    if reading.unit == "-":
        kind = parameter.units[0] if parameter.units in (("ph",), ("count",)) else "ph"
    if kind not in parameter.units:
        raise Refused(
            "lab.unit_unfit", N_("{unit} is no unit for {parameter}"), unit=reading.unit, parameter=parameter.key
        )
    return _check_range(parameter, reading)


def _check_range(parameter: Parameter, reading: Reading) -> None:
    value = reading.value
    if value is None:
        if parameter.key == "pH":
            raise Refused("lab.ph_missing", N_("a pH is always a number"))
        return
    if value < 0:
        raise Refused("lab.negative", N_("{parameter} cannot be negative"), parameter=parameter.key)
    if parameter.key == "pH" and reading.below:
        raise Refused("lab.ph_missing", N_("a pH is always a number"))
    if parameter.maximum is not None and value > parameter.maximum:
        raise Refused(
            "lab.impossible", N_("{parameter} cannot be {value}"), parameter=parameter.key, value=f"{value:g}"
        )
    # No more than all of it: 100 % of a solid, a kilogram in a litre.
    kind = unit_kind(reading.unit)
    if (kind == "content" and convert(value, reading.unit, "%") > 100) or (
        kind == "leachate" and convert(value, reading.unit, "g/L") > 1000
    ):
        raise Refused(
            "lab.impossible",
            N_("{parameter} cannot be {value}"),
            parameter=parameter.key,
            value=f"{value:g} {reading.unit}",
        )
