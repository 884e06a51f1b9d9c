"""Sentences about what the engines answer, the same in commands and window."""

from __future__ import annotations

import math
from typing import Any

from app import format as fmt
from app.i18n import _
from app.words import RULE_FIELDS
from gis.crs_zones import wind
from models.comparison import SidewaysShift, SurveyTilt
from models.matrix import Gap
from models.notices import N_, Translate
from models.pack_edits import Difference
from models.rules import Rule
from models.units import T_PER_WAN_T

_SIGNS = {"<=": "≤ ", "<": "< ", ">=": "≥ ", ">": "> "}
_NO_UNIT = ("", "-")


def gap_sentence(gap: Gap, say: Translate = _) -> str:
    """A gap in one sentence: ``FA-01: tests of the waste: 3 + a risk assessment; opens 41 pits, 620.0 万t``."""
    kinds = [n.kind for n in gap.needs]
    tests, surveys = kinds.count("test"), kinds.count("survey")
    parts = [
        *([say(N_("tests of the waste: {n}")).format(n=tests)] if tests else []),
        *([say(N_("surveys of the site: {n}")).format(n=surveys)] if surveys else []),
        *([say(N_("a risk assessment"))] if "assessment" in kinds else []),
        *([say(N_("a liner"))] if "liner" in kinds else []),
    ]
    if gap.unknown_sites == len(gap.sites):
        text = say(N_("{waste}: {needs}; opens {n} pits, none of them estimated yet"))
        return text.format(waste=gap.waste, needs=" + ".join(parts), n=len(gap.sites))
    opens = say(N_("{waste}: {needs}; opens {n} pits, {mass} 万t")).format(
        waste=gap.waste,
        needs=" + ".join(parts),
        n=len(gap.sites),
        mass=fmt.number(gap.capacity_t / T_PER_WAN_T, 1),
    )
    if gap.unknown_sites:
        more = say(N_("({n} of them not estimated yet)")).format(n=gap.unknown_sites)
        opens += more if more.startswith("（") else f" {more}"  # full-width brackets bring their own room
    return opens


def shift_text(shift: SidewaysShift | None) -> str:
    """A sideways shift between two surveys: ``1.00 ± 0.04 m to the south-east (127°), left in``."""
    if shift is None or shift.length_m is None:
        return _("not known")
    half = 2 * math.hypot(shift.sigma_east_m or 0.0, shift.sigma_north_m or 0.0)
    text = _("{length} m to the {wind} ({bearing}°)").format(
        length=fmt.plus_minus(shift.length_m, half),
        wind=wind(shift.east_m or 0.0, shift.north_m or 0.0).render(_),
        bearing=fmt.number(round(shift.bearing_deg or 0.0) % 360, 0),
    )
    if shift.line_deg is not None:
        text += _(", known only along {line}°").format(line=fmt.number(shift.line_deg, 0))
    return f"{text} ({_('taken off') if shift.removed else _('left in')})"


def tilt_text(tilt: SurveyTilt | None) -> str:
    """A tilt or bend between two surveys: ``0.120 m per 100 m to the east (90°), −0.06 … +0.06 m (left in)``."""
    if tilt is None or tilt.kind is None:
        return _("not known")
    if tilt.lowest_m is None or tilt.highest_m is None:
        return _("none beyond the errors")
    text = _("bent")
    if tilt.kind == "tilt":
        text = _("{rise} m per 100 m to the {wind} ({bearing}°)").format(
            rise=fmt.number(tilt.per_100_m, 3),
            wind=wind(tilt.east or 0.0, tilt.north or 0.0).render(_),
            bearing=fmt.number(round(tilt.bearing_deg or 0.0) % 360, 0),
        )
    over = _("{low} to {high} m over the site").format(
        low=fmt.difference(tilt.lowest_m, 3), high=fmt.difference(tilt.highest_m, 3)
    )
    return f"{text}{_(', ')}{over} ({_('taken off') if tilt.removed else _('left in')})"


def difference_text(difference: Difference) -> str:
    """One difference in words: ``DB15-04 limit: 1.5 -> 2.0``."""
    if difference.kind == "added":
        return _("{rule}: a rule of the project").format(rule=difference.rule)
    if difference.kind == "removed":
        return _("{rule}: left out").format(rule=difference.rule)
    name = _(RULE_FIELDS.get(difference.field, difference.field))
    return f"{difference.rule} {name}: {plain_value(difference.shipped)} -> {plain_value(difference.own)}"


def plain_value(value: Any) -> str:
    """A value of a rule's field: a number without needless zeros, a list with commas, a word for nothing."""
    if value in (None, "", ()):
        return _("(nothing)")
    if isinstance(value, tuple):
        return ", ".join(plain_value(v) for v in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def limit_text(r: Rule) -> str:
    """``≤ 0.05 mg/L``, ``6–9``; "" where a rule compares no number."""
    if r.comparator == "not_detected":
        return _("not detectable")
    if r.limit is None:
        return ""
    plain = "–".join(f"{n:g}" for n in r.limit) if isinstance(r.limit, tuple) else f"{r.limit:g}"
    unit = "" if r.unit in _NO_UNIT else f" {_(r.unit)}"
    return f"{_SIGNS.get(r.comparator, '')}{plain}{unit}"
