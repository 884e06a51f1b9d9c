"""Zones of the Chinese grid told from the numbers: rows of another zone, and files that claim the wrong one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
from pyproj.exceptions import ProjError
from pyproj.transformer import Transformer

from gis.arrays import Array
from gis.crs import describe
from gis.crs_guess import Bounds, epsg_cgcs2000
from models.notices import N_, Notice

_NORTHING = (1_900_000.0, 6_000_000.0)
_WINDS = (N_("north"), N_("north-east"), N_("east"), N_("south-east"), N_("south"), N_("south-west"), N_("west"),
          N_("north-west"))  # fmt: skip


@dataclass(frozen=True)
class Jump:
    """A row whose easting begins with another zone's number: `zone` its own, `code` the system for it."""

    index: int
    zone: int
    code: str
    reason: Notice


def zone_jumps(boxes: Array, crs: pyproj.CRS) -> list[Jump]:
    """Rows (n, 4 boxes of source coordinates) that carry another zone number than `crs` does; only for systems with it.

    Taken as they stand they would lie a thousand kilometres away for each zone.
    """
    facts = describe(crs)
    if not facts.zone_prefix or facts.zone is None or not len(boxes):
        return []
    with np.errstate(invalid="ignore"):
        zones = np.floor(boxes[:, 0] / 1e6)
        other = (zones != facts.zone) & (np.floor(boxes[:, 2] / 1e6) == zones)
        other &= (boxes[:, 1] >= _NORTHING[0]) & (boxes[:, 3] <= _NORTHING[1])
    jumps = []
    for i in np.flatnonzero(other):
        zone = int(zones[i])
        try:
            code = f"EPSG:{epsg_cgcs2000(zone, degrees=3 if zone > 24 else 6, prefix=True)}"
        except ValueError:
            continue
        text = N_(
            "its easting begins with {zone}, the system is zone {own}: it would jump {km:.0f} km; import it with {code}"
        )
        km = abs(zone - facts.zone) * 1000.0
        jumps.append(Jump(int(i), zone, code, Notice("zone.jump", text, zone=zone, own=facts.zone, code=code, km=km)))
    return jumps


def neighbour_zones(crs: pyproj.CRS, reach: int = 3) -> list[str]:
    """Codes of the CGCS2000 3° and 6° zones without number around the meridian of `crs`, the nearest first."""
    meridian = describe(crs).central_meridian
    if meridian is None:
        return []
    zone = round(meridian / 3)
    steps = (s for s in sorted(range(-reach, reach + 1), key=abs) if s and 25 <= zone + s <= 45)
    return [f"EPSG:{epsg_cgcs2000(zone + s, prefix=False)}" for s in steps]


def gap_m(code: str, bounds: Bounds, home: pyproj.CRS, neighbours: Bounds) -> tuple[float, Notice] | None:
    """(distance in m, direction) from what the project holds to `bounds` read in `code`; None where it has no image."""
    try:
        way = Transformer.from_crs(pyproj.CRS.from_user_input(code), home, always_xy=True)
        x, y = way.transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    except ProjError:
        return None
    if not np.isfinite([x, y]).all():
        return None
    dx = max(neighbours[0] - x, 0.0) - max(x - neighbours[2], 0.0)
    dy = max(neighbours[1] - y, 0.0) - max(y - neighbours[3], 0.0)
    return float(np.hypot(dx, dy)), wind(-dx, -dy)


def wind(dx: float, dy: float) -> Notice:
    """The word for the direction of (east, north)."""
    index = round(float(np.degrees(np.arctan2(dx, dy))) / 45.0) % 8
    return Notice("wind", _WINDS[index])
