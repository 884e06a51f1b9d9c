"""Units that the trade uses. Stored values are SI and tonnes; these are for showing and reading."""

from __future__ import annotations

M2_PER_HA = 10_000.0
M2_PER_MU = 10_000.0 / 15.0  # 1 公顷 = 15 亩, exact (volumes.md section 3)
M3_PER_WAN_M3 = 10_000.0  # 万立方米
T_PER_WAN_T = 10_000.0  # 万吨
US_SURVEY_FOOT_M = 1200.0 / 3937.0
FOOT_M = 0.3048
_ALIKE = 0.02, 10.0
"""Share, and m, by which heights brought from feet may differ from others of the same place."""
_APART_M = 100.0


def m2_to_mu(area_m2: float) -> float:
    """Area in 亩 (1/15 ha) of an area in m²."""
    return area_m2 / M2_PER_MU


def m2_to_ha(area_m2: float) -> float:
    """Area in hectares of an area in m²."""
    return area_m2 / M2_PER_HA


def looks_feet(mine: float, low: float, high: float | None = None) -> bool:
    """Whether a height (m) about `mine` is that of ground at `low` (to `high`), taken from feet for metres.

    Less than 100 m apart (ground near sea level) nothing can be told.
    """
    high = low if high is None else high
    if low - _APART_M < mine < high + _APART_M:
        return False
    share, least = _ALIKE
    return low - max(share * abs(low), least) <= mine * FOOT_M <= high + max(share * abs(high), least)
