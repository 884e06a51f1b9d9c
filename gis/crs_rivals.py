"""Two systems that numbers fit alike: Gauss-Krüger of CGCS2000 and UTM of WGS 84 have the same form of coordinates.

UTM is Gauss-Krüger times 0.9996 (EPSG method 9807): read as the other, a northing of 4 500 km lies 1.8 km off, which
no look at the numbers alone can tell. What the project holds may.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
from pyproj.exceptions import ProjError

from gis.crs import describe, to_degrees, transformer
from gis.crs_guess import Bounds, Guess, epsg_cgcs2000
from gis.crs_zones import gap_m, wind
from models.errors import AppError
from models.notices import N_, Notice

_KEYS = {"guess.no_prefix", "guess.neighbours", "guess.project"}
_DECIDES_M = 500.0
"""So much nearer to what the project holds must one of the two be."""
_CLOSE_M = 1_000.0
"""Data this near to what the project holds belong there."""
_HALF_ZONE = 3.5


@dataclass(frozen=True)
class Rival:
    """The other system, how far and where from the guess it would put the data; `open`: nothing decides for one."""

    guess: Guess
    km: float
    wind: Notice
    open: bool

    @property
    def remark(self) -> Notice:
        """What to say where the guess was taken."""
        text = N_("the numbers would fit {other} too; read so the data would lie {km:.2f} km {wind} of there")
        return Notice("guess.rival", text, other=self.guess.crs, km=self.km, wind=self.wind)


def weighed(
    found: list[Guess], bounds: Bounds, project_crs: str, neighbours: Bounds | None
) -> tuple[list[Guess], Rival | None]:
    """The guesses with the rival of the first among them, the likelier of the two first."""
    if not found or found[0].reason.key not in _KEYS or bounds[0] > 1e6:
        return found, None
    home = pyproj.CRS.from_user_input(project_crs)
    first = found[0]
    try:
        other = _other(first.crs, bounds)
        way = None if other is None else _between(first.crs, other, home, bounds)
    except (AppError, ProjError):
        return found, None
    if other is None or way is None:
        return found, None
    dx, dy = way
    kept = [g for g in found if g.crs != other]
    text = N_("UTM and Gauss-Krüger look alike; as {crs} it would lie {km:.2f} km {wind} of there")
    km = float(np.hypot(dx, dy)) / 1000
    rival = Guess(other, Notice("guess.rival", text, crs=other, km=km, wind=wind(dx, dy)))
    if neighbours is None:
        return [first, rival, *kept[1:]], Rival(rival, km, wind(dx, dy), open=False)
    near, far = (gap_m(code, bounds, home, neighbours) for code in (first.crs, other))
    if near is None or far is None:
        return found, None
    if far[0] <= _CLOSE_M and far[0] + _DECIDES_M < near[0]:
        among = N_("in {crs} it falls among what the project holds")
        said = Guess(other, Notice("guess.neighbours", among, crs=other))
        return [said, first, *kept[1:]], Rival(first, km, wind(-dx, -dy), open=False)
    undecided = near[0] > _CLOSE_M and far[0] < near[0]
    return [first, rival, *kept[1:]], Rival(rival, km, wind(dx, dy), open=undecided)


def _other(code: str, bounds: Bounds) -> str | None:
    """UTM for a Gauss-Krüger zone of CGCS2000 and the other way round, where the data would lie in its zone."""
    crs = pyproj.CRS.from_user_input(code)
    number = crs.to_epsg() or 0
    lon, _ = to_degrees(crs).transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    if not np.isfinite(lon):
        return None
    if 4502 <= number <= 4512 or 4534 <= number <= 4554:
        other = f"EPSG:{32600 + int((lon + 180) // 6) + 1}"
    elif 32643 <= number <= 32653:
        zone = round(lon / 3)
        other = f"EPSG:{epsg_cgcs2000(zone, prefix=False)}" if 25 <= zone <= 45 else ""
    else:
        return None
    if not other:
        return None
    there, _ = to_degrees(pyproj.CRS.from_user_input(other)).transform(
        (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    )
    meridian = describe(pyproj.CRS.from_user_input(other)).central_meridian
    return other if meridian is not None and abs(there - meridian) <= _HALF_ZONE and abs(there - lon) < 1 else None


def _between(a: str, b: str, home: pyproj.CRS, bounds: Bounds) -> tuple[float, float]:
    """(m east, m north) from where `a` puts the middle of `bounds` to where `b` does, in the project's system."""
    middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    one, two = (np.array(transformer(c, home).transform(*middle)) for c in (a, b))
    dx, dy = two - one
    return float(dx), float(dy)
