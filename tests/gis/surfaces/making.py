"""What the tests of surfaces share: other terrains registered beside the ground, estimates of made-up pits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis.surfaces import Inputs
from gis.volume import estimate
from models.estimate import Estimate, EstimateRequest
from models.rim_edit import RimEdit
from tests.gis.ground import Height, made, site


def other(tmp_path: Path, f: Height, name: str = "before", sites: tuple[BaseGeometry, ...] = (), **grid: Any) -> Inputs:
    """Another terrain, named in the inputs as a project would."""
    terrain, path = made(tmp_path, f, name=name, **{"sha256": name.ljust(64, "0"), **grid})
    return Inputs(terrain, path, sites)


def fill(tmp_path: Path, ground: Height, outline: BaseGeometry, key: str, inputs: Inputs | None = None,
         fills: bool = True, grid: dict[str, Any] | None = None, **parameters: Any) -> Estimate:  # fmt: skip
    """The estimate of one surface over a made-up ground."""
    terrain, path = made(tmp_path, ground, **(grid or {}))
    request = EstimateRequest(key, parameters)
    return estimate(site(outline, fills=fills), terrain, path, request, inputs=inputs)


def edit(action: str, ends: tuple[tuple[float, float], tuple[float, float]], length: float, value: float | None = None):
    """A rim edit as a request carries it."""
    (x1, y1), (x2, y2) = ends
    return RimEdit(action, x1, y1, x2, y2, length, value).to_json()  # type: ignore[arg-type]
