"""Which of two coordinates is the easting, by what is plausible.

Value ranges: domain page on screening rules 11.2 (CR-02 … CR-07) and the area of use of the coordinate system.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import pyproj
from pyproj.exceptions import ProjError
from pyproj.transformer import Transformer

from gis.arrays import Array
from gis.crs_guess import Bounds
from models.notices import N_, Notice

Order = Literal["en", "ne"]
"""Easting (or longitude) first, or northing (or latitude) first."""

_NORTHING = (1_900_000.0, 6_000_000.0)
_EASTING = (100_000.0, 900_000.0)
_ZONES = ((13, 23), (25, 45))
_NEAR_M = 50_000.0
_CHINA = (73.0, 16.0, 136.0, 54.0)


def plausible(
    a: Array, b: Array, crs: pyproj.CRS | None, home: pyproj.CRS, neighbours: Bounds | None
) -> tuple[Order, Notice] | None:
    """The only order that the values allow, with the reason; None if both or neither."""
    middle = float(np.median(a)), float(np.median(b))
    if crs is not None:
        text = N_("only so do the values lie where {crs} is used")
        return _one(_in_room(crs, *middle), _in_room(crs, middle[1], middle[0]), text, crs=crs.name)
    if max(abs(middle[0]), abs(middle[1])) <= 180:
        return _one(in_china(*middle), in_china(middle[1], middle[0]), N_("only so do the degrees lie in China"))
    found = _one(
        on_chinese_grid(*middle),
        on_chinese_grid(middle[1], middle[0]),
        N_("only so are they easting and northing of a Chinese grid (millions of metres north)"),
    )
    if found is None and neighbours is not None:
        near, text = _near(neighbours, *middle), N_("only so do they fall among what the project holds")
        found = _one(near, _near(neighbours, middle[1], middle[0]), text)
    if found is None:
        text = N_("only so do the values lie where {crs} is used")
        found = _one(_in_room(home, *middle), _in_room(home, middle[1], middle[0]), text, crs=home.name)
    return found


def _one(en: bool, ne: bool, text: str, **facts: str) -> tuple[Order, Notice] | None:
    if en == ne:
        return None
    return ("en" if en else "ne"), Notice("order.plausible", text, **facts)


def on_chinese_grid(east: float, north: float) -> bool:
    """Whether metres can be those of a Chinese grid, with or without the zone before the easting."""
    zone, rest = divmod(east, 1e6)
    prefixed = any(low <= zone <= high for low, high in _ZONES)
    return _NORTHING[0] <= north <= _NORTHING[1] and (prefixed or zone == 0) and _EASTING[0] <= rest <= _EASTING[1]


def in_china(lon: float, lat: float) -> bool:
    """Whether degrees lie in China."""
    return _CHINA[0] <= lon <= _CHINA[2] and _CHINA[1] <= lat <= _CHINA[3]


def _near(box: Bounds, x: float, y: float) -> bool:
    return box[0] - _NEAR_M <= x <= box[2] + _NEAR_M and box[1] - _NEAR_M <= y <= box[3] + _NEAR_M


def _in_room(crs: pyproj.CRS, x: float, y: float) -> bool:
    """Whether a place (easting or longitude first) lies in a CRS's area of use, widened by half its width."""
    area = crs.area_of_use
    if area is None:
        return True
    if crs.is_geographic:
        return area.west - 1 <= x <= area.east + 1 and area.south - 1 <= y <= area.north + 1
    room = _room(crs.to_wkt())
    return room is None or (room[0] <= x <= room[2] and room[1] <= y <= room[3])


@lru_cache(maxsize=16)
def _room(wkt: str) -> Bounds | None:
    """A projected CRS's area of use in its own coordinates, widened; None where PROJ cannot tell."""
    crs = pyproj.CRS.from_wkt(wkt)
    if crs.area_of_use is None:
        return None
    try:
        way = Transformer.from_crs(4326, crs, always_xy=True)
        x0, y0, x1, y1 = way.transform_bounds(*crs.area_of_use.bounds, densify_pts=5)
    except ProjError:
        return None
    wide = 0.5 * (x1 - x0)
    return (x0 - wide, y0 - _NEAR_M, x1 + wide, y1 + _NEAR_M) if np.isfinite((x0, y0, x1, y1)).all() else None
