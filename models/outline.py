"""What is said of an outline beside another one: in the history of a feature and in a conflict of two copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OutlineFacts:
    """Plane area in the project CRS (m²), number of points (a ring's closing point not counted twice), text (WKT)."""

    area_m2: float
    vertices: int
    wkt: str

    def to_json(self) -> dict[str, Any]:
        """{area_m2, vertices, wkt}."""
        return {"area_m2": self.area_m2, "vertices": self.vertices, "wkt": self.wkt}
