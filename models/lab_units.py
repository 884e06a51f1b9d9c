"""Units of laboratory values: what laboratories write, the kind of quantity, and conversion by pint.

Kinds: "leachate" mass per volume, "content" mass per mass, "activity" Bq per mass, "activity_water" Bq per volume,
"ph" and "count" (both without a unit, written "-", "无量纲", "倍").
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from models.errors import Refused
from models.notices import N_

# Canonical text of each unit that is understood, and its kind.
UNITS: dict[str, str] = {
    "g/L": "leachate", "mg/L": "leachate", "µg/L": "leachate", "ng/L": "leachate",
    "mg/mL": "leachate", "µg/mL": "leachate",
    "g/kg": "content", "mg/kg": "content", "µg/kg": "content", "mg/g": "content", "µg/g": "content", "%": "content",
    "‰": "content",
    "Bq/kg": "activity", "Bq/g": "activity", "kBq/kg": "activity",
    "Bq/L": "activity_water", "mBq/L": "activity_water", "Bq/m3": "activity_water",
    "-": "ph",
}  # fmt: skip
_WORDS = {
    "无量纲": "-", "无": "-", "/": "-", "—": "-", "－": "-", "–": "-", "ph": "-", "ph值": "-", "phunit": "-",
    "phunits": "-",
    "dimensionless": "-", "1": "-", "倍": "-", "毫克/升": "mg/L", "微克/升": "µg/L", "毫克/千克": "mg/kg",
    "毫克/公斤": "mg/kg", "克/千克": "g/kg", "贝可/千克": "Bq/kg", "贝可/克": "Bq/g", "贝可/升": "Bq/L",
    "贝克/千克": "Bq/kg",
    "贝克/克": "Bq/g", "贝克/升": "Bq/L", "百分比": "%", "percent": "%", "wt%": "%", "%(w/w)": "%",
}  # fmt: skip
_PINT = {"%": "percent", "‰": "permille", "-": "dimensionless", "Bq/m3": "Bq/m**3"}


@cache
def _by_fold() -> dict[str, str]:
    # Units that differ in case only ("MG/L") are read; none of the known ones collide.
    return {u.casefold(): u for u in UNITS}


@lru_cache(maxsize=4096)
def read_unit(text: str) -> str | None:
    """The canonical unit of what a laboratory wrote ("ug/L", "μg·L⁻¹", "ｍｇ／Ｌ", "mg/kg（干基）"), None if unknown.

    "" stays "": no unit was written.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"\s+", "", plain).replace("μ", "µ").replace("ℓ", "L")
    plain = unicodedata.normalize("NFC", plain)
    plain = re.sub(r"\((?:干基|干重|dry|dw|drybasis)\)$", "", plain, flags=re.IGNORECASE)
    if not plain:
        return ""
    plain = re.sub(r"^([A-Za-zµ]+)[·.*]?(L|kg|g|mL)\^?[-−]1$", r"\1/\2", plain)
    if plain.casefold() in _WORDS:
        return _WORDS[plain.casefold()]
    plain = re.sub(r"^u(?=g/)", "µ", plain, flags=re.IGNORECASE)
    return _by_fold().get(plain.casefold())


def unit_kind(unit: str) -> str | None:
    """The kind of quantity of a canonical unit."""
    return UNITS.get(unit)


@cache
def _registry() -> Any:
    # 0.3 s to load: only where a conversion is needed. Percent is known to pint 0.21 and later; permille is not.
    import pint

    registry: Any = pint.UnitRegistry()
    registry.define("permille = 0.001 = ‰")
    return registry


@cache
def _factor(unit: str, target: str) -> float:
    registry = _registry()
    source, wanted = _PINT.get(unit, unit), _PINT.get(target, target)
    return float(registry.Quantity(1.0, source).to(wanted).magnitude)


def convert(value: float, unit: str, target: str) -> float:
    """`value` in the unit `target`, rounded to 12 significant digits so that 50 µg/L equals 0.05 mg/L exactly.

    Raises Refused when the two are different kinds of quantity.
    """
    if unit == target:
        return value
    if unit_kind(unit) is None or unit_kind(unit) != unit_kind(target):
        raise Refused("lab.unit_mismatch", N_("{unit} cannot be compared with {target}"), unit=unit, target=target)
    return tidy(value * _factor(unit, target))


def tidy(value: float) -> float:
    """`value` without the last binary digits of a conversion (12 significant digits)."""
    return float(f"{value:.12g}") if math.isfinite(value) else value


def plain_number(value: float) -> str:
    """A number as laboratories print it: "0.00004" and "1200", powers of ten only beyond nine places."""
    if value and not 1e-9 <= abs(value) < 1e9:
        return f"{value:g}"
    return format(Decimal(f"{value:.6g}"), "f")
