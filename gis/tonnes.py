"""Which density and moisture an estimate is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.estimate import EstimateRequest
from models.tonnage import relative_density_sigma
from models.waste import Waste

if TYPE_CHECKING:
    from models.catalogue import DensityDefault


@dataclass(frozen=True)
class Tonnes:
    """Density in t/m³, its relative standard deviation, moisture. None where nothing is known."""

    density: float | None = None
    relative_sigma: float | None = None
    moisture: float | None = None


def tonnes_of(request: EstimateRequest, waste: Waste | None, default: DensityDefault | None) -> Tonnes:
    """What the request states goes before what is known of the waste, that before the catalogue's default."""
    moisture = request.moisture if request.moisture is not None else (waste.moisture if waste else None)
    own = request.density_t_m3 if request.density_t_m3 is not None else (waste.density_t_m3 if waste else None)
    if own is not None:
        return Tonnes(own, request.density_sigma, moisture)
    if default is None:
        return Tonnes(None, None, moisture)
    spread = relative_density_sigma(default.low, default.value, default.high)
    return Tonnes(default.value, request.density_sigma if request.density_sigma is not None else spread, moisture)
