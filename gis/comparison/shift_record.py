"""A sideways shift as it is told: east and north of the project, and in words."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array
from gis.comparison.displaced import ShiftEffect
from gis.comparison.sideways import Sideways
from gis.crs_zones import wind
from models.comparison import SidewaysShift, SurveyComparison
from models.notices import N_, Notice

_SIGNIFICANT = {1: 4.0, 2: 6.18}
"""Square of the shift in its standard errors that is passed by chance once in 22 times (k = 2), along 1 and 2 axes."""
_LEAST = 0.02  # cells of the coarser survey
_NOTEWORTHY = 0.01  # of what was placed and removed
_WHY = {
    "few": N_("there is too little stable ground"),
    "copied": N_("the heights of the ground around the site were copied or rounded"),
    "flat": N_("the stable ground around the site is too flat, or slopes evenly"),
    "one_way": N_("the slopes of the stable ground say too little about it"),
    "unsure": N_("the slopes of the stable ground tell it too roughly"),
    "unsettled": N_("the surveys differ too much on the stable ground around the site"),
}


def shift_record(
    shift: Sideways, effect: ShiftEffect, compass: Array, cell_m: float, *, removed: bool
) -> SidewaysShift:
    """The shift in east and north; `compass` as gis.comparison.compass gives it."""
    if not shift.known:
        return SidewaysShift("none", shift.why, metre_m3=effect.metre)
    back = np.linalg.inv(compass)
    east, north = (float(v) for v in back @ shift.move_m)
    spread = back @ shift.covariance @ back.T
    line = back @ shift.axes[0]
    size = float((((shift.axes @ shift.move_m) / shift.sigma_m) ** 2).sum())
    far = float(np.hypot(*shift.move_m)) > _LEAST * cell_m
    return SidewaysShift(
        "whole" if len(shift.axes) == 2 else "line",
        shift.why,
        east,
        north,
        sigma_east_m=float(np.sqrt(spread[0, 0])),
        sigma_north_m=float(np.sqrt(spread[1, 1])),
        line_deg=None if len(shift.axes) == 2 else float(np.degrees(np.arctan2(line[0], line[1])) % 180),
        significant=far and size > _SIGNIFICANT[len(shift.axes)],
        removed=removed,
        nmad_m=shift.nmad_m,
        change_m3=effect.change,
        metre_m3=effect.metre,
    )


def shift_notices(answer: SurveyComparison, *, asked: bool) -> list[Notice]:
    """What must be said of the shift: that it was taken off or left in, and where it is not known, what hangs on it."""
    shift = answer.shift
    if shift is None:
        return []
    return [*_known(shift), *_unknown(answer, shift, asked=asked)]


def _known(shift: SidewaysShift) -> list[Notice]:
    length, bearing, change = shift.length_m, shift.bearing_deg, shift.change_m3
    if length is None or bearing is None or change is None or not (shift.removed or shift.significant):
        return []
    facts = {
        "length": length,
        "bearing": round(bearing) % 360,
        "wind": wind(shift.east_m or 0.0, shift.north_m or 0.0),
        "placed": change.placed_m3,
        "removed": change.removed_m3,
    }
    if shift.removed:
        text = N_(
            "the sideways shift on stable ground, {length:.2f} m to the {wind} ({bearing:.0f}°), was taken off the "
            "later survey as asked; that changed what was placed by {placed:+.0f} m³ and what was removed by "
            "{removed:+.0f} m³"
        )
        return [Notice("progress.shift_removed", text, **facts)]
    text = N_(
        "on stable ground the later survey lies {length:.2f} m to the {wind} ({bearing:.0f}°) of the earlier one, and "
        "this sideways shift was not removed: without it, what was placed would change by {placed:+.0f} m³ and what "
        "was removed by {removed:+.0f} m³"
    )
    return [Notice("progress.shift", text, **facts)]


def _unknown(answer: SurveyComparison, shift: SidewaysShift, *, asked: bool) -> list[Notice]:
    if shift.known == "whole":
        return []
    reason, metre, found = Notice("progress.shift_why", _WHY[shift.why]), shift.metre_m3, []
    if asked and shift.known == "none":
        text = N_("no sideways shift was taken off, because none is known: {reason}")
        found.append(Notice("progress.shift_not_removed", text, reason=reason))
    total = answer.placed_m3 + answer.removed_m3
    if metre is None:
        return found
    small = metre.placed_m3 + metre.removed_m3 <= _NOTEWORTHY * total
    if small and not (asked and shift.known == "line"):
        return found
    facts = {"reason": reason, "placed": metre.placed_m3, "removed": metre.removed_m3}
    if shift.known == "line":
        text = N_(
            "a sideways shift between the surveys is known only along {line:.0f}° ({reason}); one metre across that "
            "would change what was placed by up to {placed:.0f} m³ and what was removed by up to {removed:.0f} m³, and "
            "is not in the interval"
        )
        return [*found, Notice("progress.shift_line", text, line=shift.line_deg, **facts)]
    text = N_(
        "whether one survey lies to the side of the other is not known ({reason}); one metre would change what was "
        "placed by up to {placed:.0f} m³ and what was removed by up to {removed:.0f} m³, and is not in the interval"
    )
    return [*found, Notice("progress.shift_unknown", text, **facts)]
