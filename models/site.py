"""A site as the engines see it: no table, no row number, only what figures and verdicts need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Site:
    """A feature of a site layer. `outline` is a valid Polygon or MultiPolygon in `crs` (the project CRS).

    `fills` is True for a hole to be filled, False for a heap above its base. `fields` holds the row's other columns.
    """

    uid: str
    code: str
    name: str
    layer: str
    outline: BaseGeometry
    crs: str
    fills: bool
    fields: dict[str, Any] = field(default_factory=dict)
