"""The columns of the inventory: what is read, sorted, summed, edited and copied."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from app import format as fmt
from app.gui import words
from app.gui.panels.inventory.lines import VERDICT_ORDER, Line, site_layers
from app.i18n import _
from layers.base import Field
from layers.registry import LAYERS
from models.notices import N_
from models.units import M2_PER_MU, M3_PER_WAN_M3, T_PER_WAN_T

_DIGITS = re.compile(r"(\d+)")
_KIND_PX = {"real": 116, "integer": 96, "date": 104, "boolean": 72}


@dataclass(frozen=True)
class Column:
    """One column. `show` what is read, `sort` what is sorted and copied; `field` what is edited in it.

    `first`: shown before anybody chose columns. `half`: half the width of the interval, copied beside the figure.
    """

    key: str
    title: str
    unit: str
    show: Callable[[Line], str]
    sort: Callable[[Line], Any]
    width: int
    right: bool = False
    total: Callable[[Line], float | None] | None = None
    field: str = ""
    first: bool = True
    half: Callable[[Line], float | None] | None = None


def field_of(layer: str, name: str) -> Field | None:
    """The field that a column edits in a layer, None where the layer has none."""
    return _fields(layer).get(name)


@cache
def _fields(layer: str) -> dict[str, Field]:
    return {f.name: f for f in LAYERS[layer].fields if not f.system}


def _status(line: Line) -> str:
    return words.choice(field_of(line.layer, "status"), line.status or None)


def _per(value: float | None, unit: float) -> float | None:
    return None if value is None else value / unit


def natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts SK-9 before SK-10."""
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in _DIGITS.split(code))


OUTDATED = " *"
"""Behind figures that an estimate gave for an outline that is another by now."""


def _marked(text: str, line: Line) -> str:
    return text + OUTDATED if line.figures.outdated and text != fmt.NO_VALUE else text


def _volume(line: Line) -> str:
    return _marked(fmt.plus_minus(line.volume_m3, line.figures.half_m3, per=M3_PER_WAN_M3), line)


def _tonnage(line: Line) -> str:
    return _marked(fmt.plus_minus(line.figures.tonnage_t, line.figures.half_t, per=T_PER_WAN_T), line)


def _land(line: Line) -> str:
    return _marked(fmt.mu(line.figures.land_m2), line)


def _computed(line: Line) -> str:
    return _marked(fmt.day(line.figures.computed), line) if line.figures.computed else ""


_FIGURES: tuple[Column, ...] = (
    Column("code", N_("Code"), "", lambda s: s.code, lambda s: natural(s.code), 80, field="code"),
    Column("name", N_("Name"), "", lambda s: s.name, lambda s: s.name, 150, field="name"),
    Column("layer", N_("Kind"), "", lambda s: words.layer(s.layer), lambda s: words.layer(s.layer), 76),
    Column("district", N_("District"), "", lambda s: s.district, lambda s: s.district, 92, field="district"),
    Column("status", N_("Status"), "", _status, _status, 88, field="status"),
    Column("volume", N_("Volume"), N_("10⁴ m³"), _volume, lambda s: _per(s.volume_m3, M3_PER_WAN_M3), 124, True,
           lambda s: s.volume_m3 if s.fills else None, half=lambda s: _per(s.figures.half_m3, M3_PER_WAN_M3)),
    Column("tonnage", N_("Takes"), N_("10⁴ t"), _tonnage, lambda s: _per(s.figures.tonnage_t, T_PER_WAN_T), 116, True,
           lambda s: s.figures.tonnage_t if s.fills else None, half=lambda s: _per(s.figures.half_t, T_PER_WAN_T)),
    Column("land", N_("Land released"), N_("mu"), _land,
           lambda s: _per(s.figures.land_m2, M2_PER_MU), 96, True, lambda s: s.figures.land_m2 if s.fills else None),
    Column("verdicts", N_("Screened wastes"), "", lambda _s: "",
           lambda s: tuple(s.verdicts.get(v, 0) for v in VERDICT_ORDER), 150),
    Column("area", N_("Area"), N_("mu"), lambda s: fmt.mu(s.area_m2), lambda s: s.area_m2 / M2_PER_MU, 84, True,
           lambda s: s.area_m2),
    Column("reference", N_("Reference surface"), "",
           lambda s: words.surface(s.figures.reference, fills=s.fills) if s.figures.reference else "",
           lambda s: s.figures.reference, 120),
    Column("computed", N_("Estimated on"), "", _computed,
           lambda s: s.figures.computed, 100),
)  # fmt: skip


def _of_field(f: Field) -> Column:
    """A column for a field that the figures above do not show; it is there when somebody chooses it."""
    right = f.kind in ("real", "integer")
    show = partial(shown_field, name=f.name)

    def sort(line: Line) -> Any:
        value = line.value(f.name)
        if right:
            return float(value) if isinstance(value, int | float) else None
        return show(line)

    return Column(f.name, f.label, f.unit, show, sort, _KIND_PX.get(f.kind, 120), right, None, f.name, False)


def shown_field(line: Line, name: str) -> str:
    """A field of a line as people read it."""
    value, f = line.value(name), field_of(line.layer, name)
    if value is None or f is None:
        return ""
    if f.choices:
        return words.choice(f, value)
    if f.kind == "boolean":
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.10g}".replace("-", fmt.MINUS)
    return " ".join(str(value).split())


def _columns() -> tuple[Column, ...]:
    made = {c.key: c for c in _FIGURES}
    for key in site_layers():
        for f in LAYERS[key].fields:
            if not f.system and f.name not in made:
                made[f.name] = _of_field(f)
    return tuple(made.values())


COLUMNS: tuple[Column, ...] = _columns()
_AT = {c.key: i for i, c in enumerate(COLUMNS)}
_PLAIN_UNITS = {"area": "m²", "volume": "m³", "tonnage": "t", "land": "m²"}
TOTALS = {"area": M2_PER_MU, "volume": M3_PER_WAN_M3, "tonnage": T_PER_WAN_T, "land": M2_PER_MU}
GROUPINGS = {
    "": N_("No groups"),
    "layer": N_("By kind"),
    "district": N_("By district"),
    "status": N_("By status"),
}


def column_named(key: str) -> int:
    """Number of a column."""
    return _AT[key]


def column_name(c: Column) -> str:
    """Heading without its unit."""
    return words.cap(_(c.title))


def column_title(c: Column) -> str:
    """Heading with its unit."""
    return f"{column_name(c)} {_(c.unit)}" if c.unit else column_name(c)


def verdict_text(counts: dict[str, int]) -> str:
    """Counts of verdicts in words."""
    return _(", ").join(f"{_(words.VERDICTS[v])} {counts[v]}" for v in VERDICT_ORDER if counts.get(v))


def tip_of(line: Line, column: Column) -> str | None:
    """The full value behind a cell."""
    if column.key == "verdicts":
        return verdict_text(line.verdicts) or _("no waste screened for this site yet")
    if column.key in TOTALS:
        value = column.sort(line)
        if value is None:
            return _("not estimated yet")
        full = f"{fmt.number(value * TOTALS[column.key], 3)} {_PLAIN_UNITS[column.key]}"
        if line.figures.outdated and column.key != "area":
            why = _("* the outline was changed after this estimate: estimate the site again (F9) and store it")
            full = f"{full}\n{why}"
        return full
    return column.show(line) or None
