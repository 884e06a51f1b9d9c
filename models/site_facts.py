"""What rules need to know of a site: its origin, water, base and the control areas around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.absence import Absence
from models.conflict import Conflict
from models.waste import LabValue

# The columns of the pairing matrix (screening-rules.md section 12) from a mine pit's mineral.
ORIGINS: Mapping[str, str] = {
    "coal": "coal_pit",
    "iron": "metal_pit",
    "rare_earth": "metal_pit",
    "gold": "metal_pit",
    "other_metal": "metal_pit",
    "sand_gravel": "sand_pit",
    "limestone": "other_pit",
    "stone": "other_pit",
    "clay": "other_pit",
    "other": "other_pit",
}


@dataclass(frozen=True)
class SiteFacts:
    """A site for the rules. Elevations m, permeability cm/s, thickness m; None = not known.

    `origin` is a column of the pairing matrix (sand_pit, coal_pit, coal_goaf, metal_pit, other_pit) or "" where the
    mineral of a mine pit is not stated. `pit_floor_m` is the lowest ground, `floor_basis` says where it comes from.
    `conflicts` lists every control area in reach and the nearest of each kind, so that a kind that is absent from it is
    absent from the project; `absences` are the kinds of which an office stated that there are none. `assessment` is the
    outcome of a risk assessment on record: "acceptable", "not_acceptable", or "" (RA-03: the program stores it and
    never computes it).
    """

    code: str
    name: str = ""
    layer: str = ""
    origin: str = ""
    ground_water_m: float | None = None
    pit_floor_m: float | None = None
    floor_basis: str = ""
    base_permeability_cm_s: float | None = None
    base_thickness_m: float | None = None
    land_use_after: str = ""
    conflicts: tuple[Conflict, ...] = ()
    absences: tuple[Absence, ...] = ()
    assessment: str = ""
    assessment_note: str = ""
    """Who found so, when, in which report, on what conditions."""
    values: tuple[LabValue, ...] = ()
    """What was measured at the site itself: groundwater, soil around it, cover soil."""

    @property
    def clearance_m(self) -> float | None:
        """Height of the pit floor above the highest groundwater level, m."""
        if self.pit_floor_m is None or self.ground_water_m is None:
            return None
        return round(self.pit_floor_m - self.ground_water_m, 6)


def origin_of(layer: str, fields: Mapping[str, Any]) -> str:
    """The pit's origin from its layer and mineral; "" for a mine pit whose mineral is not stated."""
    if layer == "sand_pits":
        return "sand_pit"
    return ORIGINS.get(fields.get("mineral") or "", "")
