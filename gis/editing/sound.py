"""What every edit ends with: an outline on the grid that is valid, or why it is not and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.topology import GRID_M, explain_invalid
from models.errors import AppError, Refused
from models.notices import N_, Notice

Array = NDArray[np.float64]
Point = tuple[float, float]
NEAR_M = 1.5 * GRID_M
"""Two places this close are one: a place on an edge lies at most half a grid cell's diagonal beside it."""
LEAST_M2 = 1e-4

_NO_AREA = N_("nothing of the outline is left")


def on_grid(x: float, y: float) -> Point:
    """A place to the millimetre."""
    return round(float(x), 3), round(float(y), 3)


def parts_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of an outline; lines and points that an overlay left are dropped."""
    pieces = shapely.get_parts(shapely.get_parts(geometry))
    polygons = [p for p in pieces if isinstance(p, Polygon) and not p.is_empty]
    # The lobes of a bow-tie cancel: it has no area, and yet it is what a person drew and must hear of.
    return [p for p in polygons if p.area >= LEAST_M2 or not shapely.is_valid(p)]


def sound(geometry: BaseGeometry, *, empty: str = _NO_AREA) -> MultiPolygon:
    """The outline on the grid, as a multipolygon. Raises Refused with the place where it crosses or touches itself.

    `empty` is the English template for an outline without area.
    """
    near = shapely.transform(shapely.force_2d(geometry), _rounded)
    made = MultiPolygon(parts_of(near))
    if made.is_empty:
        raise Refused("edit.no_area", empty)
    why = explain_invalid(made)
    if why is not None:
        # Rounding alone may close a gap narrower than a millimetre; that is mended without a word.
        if shapely.is_valid(geometry):
            return MultiPolygon(parts_of(shapely.transform(shapely.set_precision(geometry, GRID_M), _rounded)))
        raise Refused("edit.invalid", N_("{why}"), why=why, advice=N_("put the point elsewhere"))
    return made


def refusal(key: str, text: str, at: Point, advice: str = "", **facts: Any) -> Refused:
    """A refusal that names its place: the template may use {x} and {y}."""
    return Refused(key, text, advice=advice, x=at[0], y=at[1], **facts)


def place_of(error: AppError) -> Point | None:
    """Where a refusal points at, in project coordinates; None if it names no place."""
    facts = error.what.facts
    inner = facts.get("why")
    for held in (facts, inner.facts if isinstance(inner, Notice) else {}):
        if "x" in held and "y" in held:
            return float(held["x"]), float(held["y"])
    return None


def gathered(pieces: Iterable[BaseGeometry]) -> MultiPolygon:
    """Polygons and multipolygons as one multipolygon, not united."""
    return MultiPolygon([p for piece in pieces for p in parts_of(piece)])


def overlay(name: str, a: BaseGeometry, b: BaseGeometry) -> BaseGeometry:
    """An overlay ("difference", "intersection", "union") whose points lie on the grid."""
    made: BaseGeometry = getattr(shapely, name)(a, b, grid_size=GRID_M)
    rounded: BaseGeometry = shapely.transform(made, _rounded)
    return rounded if shapely.is_valid(rounded) else made


def rounded(xy: Array | Sequence[Point]) -> Array:
    """Places (n, 2) on the grid."""
    return _rounded(np.asarray(xy, np.float64).reshape(-1, 2))


def _rounded(xy: Array) -> Array:
    # + 0.0 turns -0.0 into 0.0
    return np.asarray(np.round(xy, 3) + 0.0)
