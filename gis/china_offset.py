"""The shifted coordinates of Chinese consumer maps: GCJ-02 (AutoNavi, Tencent) and BD-09 (Baidu). Approximate only.

The true algorithm is not public. The polynomial used here is the one that circulates since 2010 (for instance
github.com/googollee/eviltransform); it agrees with the maps to a few metres. Nothing is converted unless asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Literal

import numpy as np

from gis.arrays import Array
from models.notices import N_, Notice

Offset = Literal["GCJ-02", "BD-09"]
OFFSETS: tuple[Offset, ...] = ("GCJ-02", "BD-09")
ACCURACY_M = 5.0
"""What a converted position is good to: said with every conversion."""

_A = 6378245.0
_E2 = 0.00669342162296594323
"""Axis and squared eccentricity of the Krassovsky ellipsoid, on which the shift is defined."""
_BD = math.pi * 3000.0 / 180.0
_ROUNDS = 12
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_CONSUMER_FORMATS = {"kml", "kmz", "csv", "xlsx", "table", "points"}
"""Keys of formats in which people carry away what they drew on a consumer map."""
_NAMES = {
    "BD-09": re.compile(r"bd[-_ ]?0?9|baidu|百度", re.IGNORECASE),
    "GCJ-02": re.compile(r"gcj[-_ ]?0?2|amap|gaode|autonavi|高德|腾讯|tencent|火星坐标", re.IGNORECASE),
}


def named(text: str) -> Offset | None:
    """The system that a person or a file means by a name such as "gcj02" or "百度"; None for any other word."""
    return next((o for o in OFFSETS if _NAMES[o].search(text)), None)


def from_offset(lon: Array, lat: Array, offset: Offset) -> tuple[Array, Array]:
    """Longitude and latitude (degrees, about WGS 84 = CGCS2000) of shifted ones. Outside China nothing is shifted."""
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if offset == "BD-09":
        x, y = _bd_to_gcj(x, y)
    inside = (x >= _CHINA[0]) & (x <= _CHINA[2]) & (y >= _CHINA[1]) & (y <= _CHINA[3])
    wgs_x, wgs_y = x.copy(), y.copy()
    for _ in range(_ROUNDS):  # the shift changes by a hundred-thousandth of itself a metre: this converges at once
        dx, dy = _shift(wgs_x, wgs_y)
        wgs_x, wgs_y = np.where(inside, x - dx, x), np.where(inside, y - dy, y)
    return wgs_x, wgs_y


def to_offset(lon: Array, lat: Array, offset: Offset) -> tuple[Array, Array]:
    """The way back: where a consumer map shows a place."""
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    dx, dy = _shift(x, y)
    x, y = x + dx, y + dy
    if offset == "GCJ-02":
        return x, y
    z = np.hypot(x, y) + 0.00002 * np.sin(y * _BD)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def _bd_to_gcj(x: Array, y: Array) -> tuple[Array, Array]:
    x, y = x - 0.0065, y - 0.006
    z = np.hypot(x, y) - 0.00002 * np.sin(y * _BD)
    theta = np.arctan2(y, x) - 0.000003 * np.cos(x * _BD)
    return z * np.cos(theta), z * np.sin(theta)


def _shift(lon: Array, lat: Array) -> tuple[Array, Array]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + (20.0 * np.sin(y * math.pi) + 40.0 * np.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(y / 12.0 * math.pi) + 320.0 * np.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + (20.0 * np.sin(x * math.pi) + 40.0 * np.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(x / 12.0 * math.pi) + 300.0 * np.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _E2 * np.sin(phi) ** 2
    d_lat = north * 180.0 / ((_A * (1.0 - _E2)) / (magic * np.sqrt(magic)) * math.pi)
    d_lon = east * 180.0 / (_A / np.sqrt(magic) * np.cos(phi) * math.pi)
    return d_lon, d_lat


def suspect(format_key: str, texts: Iterable[str], lon: float, lat: float) -> Notice | None:
    """Whether degrees in China may come from a consumer map: by what the file says, or by the kind of file it is.

    `texts` are names of columns and layers and some values. None where nothing speaks for it.
    """
    if not (_CHINA[0] <= lon <= _CHINA[2] and _CHINA[1] <= lat <= _CHINA[3]):
        return None
    x, y = to_offset(np.array([lon]), np.array([lat]), "GCJ-02")
    metres = math.hypot(float(x[0] - lon) * 111_320.0 * math.cos(math.radians(lat)), float(y[0] - lat) * 111_320.0)
    for text in texts:
        if (offset := named(text)) is not None:
            return Notice(
                "offset.said",
                N_(
                    "“{words}” speaks of a consumer map: its positions are likely {offset}, some {metres:.0f} m "
                    "off; they were not converted (state the coordinate system {offset} to do so, to a few metres)"
                ),
                words=text[:40],
                offset=offset,
                metres=metres,
            )
    if format_key in _CONSUMER_FORMATS:
        return Notice(
            "offset.suspected",
            N_(
                "if this was drawn on a map of AutoNavi, Tencent or Baidu, it stands {metres:.0f} m off or more; it "
                "was taken as it is (GCJ-02 or BD-09 as coordinate system converts it, to a few metres)"
            ),
            metres=metres,
        )
    return None
