"""CGCS2000 Gauss-Krüger zones by EPSG code: with and without the zone number in the easting (EPSG registry)."""

from __future__ import annotations

from dataclasses import dataclass

import pyproj

from gis.crs_guess import epsg_cgcs2000


@dataclass(frozen=True)
class Zone:
    """A zone of 3 or 6 degrees; `prefix`: eastings begin with its number (37 500 000)."""

    degrees: int
    number: int
    prefix: bool

    @property
    def epsg(self) -> str:
        """EPSG:4546 and the like."""
        return f"EPSG:{epsg_cgcs2000(self.number, degrees=self.degrees, prefix=self.prefix)}"

    @property
    def meridian(self) -> int:
        """Central meridian, degrees east."""
        return self.number * 3 if self.degrees == 3 else self.number * 6 - 3

    def other(self) -> Zone:
        """The same zone written the other way."""
        return Zone(self.degrees, self.number, not self.prefix)


_RANGES = ((4513, 3, 25, True, 21), (4534, 3, 25, False, 21), (4491, 6, 13, True, 11), (4502, 6, 13, False, 11))


def zone_of(crs: str) -> Zone | None:
    """The zone of a CRS (code or WKT); None for what is no CGCS2000 Gauss-Krüger zone."""
    code = pyproj.CRS.from_user_input(crs).to_epsg() or 0
    for first, degrees, number, prefix, count in _RANGES:
        if first <= code < first + count:
            return Zone(degrees, number + code - first, prefix)
    return None
