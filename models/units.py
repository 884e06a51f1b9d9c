"""Units that the trade uses. Stored values are SI and tonnes; these are for showing and reading."""

from __future__ import annotations

M2_PER_HA = 10_000.0
M2_PER_MU = 10_000.0 / 15.0  # 1 公顷 = 15 亩, exact (volumes.md section 3)
M3_PER_WAN_M3 = 10_000.0  # 万立方米
T_PER_WAN_T = 10_000.0  # 万吨
US_SURVEY_FOOT_M = 1200.0 / 3937.0
FOOT_M = 0.3048


def m2_to_mu(area_m2: float) -> float:
    """Area in 亩 (1/15 ha) of an area in m²."""
    return area_m2 / M2_PER_MU


def m2_to_ha(area_m2: float) -> float:
    """Area in hectares of an area in m²."""
    return area_m2 / M2_PER_HA
