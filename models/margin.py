"""How far a value lies from its limit: what a reviewer looks at first, and where a repeat sample pays."""

from __future__ import annotations


def margin(value: float | str | None, limit: float | str | None, comparator: str | None) -> float | None:
    """Share of the limit that is left: 0.3 for 70 % used, 0 at the limit, negative beyond it.

    For a range the distance to its nearer end, as a share of half its width. None where there is no number to compare
    (not measured, not detected, "not detectable") or the limit is zero.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or comparator is None:
        return None
    if isinstance(limit, str):
        return _in_range(float(value), limit)
    if limit is None or limit == 0:
        return None
    share = (limit - value) / abs(limit)
    return -share if comparator in {">=", ">"} else share


def _in_range(value: float, text: str) -> float | None:
    low, dash, high = text.partition("-")
    try:
        a, b = float(low), float(high)
    except ValueError:
        return None
    if not dash or b <= a:
        return None
    return min(value - a, b - value) / ((b - a) / 2)
