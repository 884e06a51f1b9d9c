"""Data that lie far from everything in the project: how far, where, and what most likely put them there.

A place is never refused for it: a project may well take in a second region. It is said at once, because the usual
causes (the central meridian of the zone beside, exchanged axes, numbers of a local system) move data in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyproj
from pyproj import Geod
from pyproj.exceptions import ProjError

from gis.crs import describe, to_degrees, transformer
from gis.crs_guess import Bounds
from gis.crs_zones import neighbour_zones, wind
from gis.library_warnings import silenced
from models.errors import AppError
from models.notices import N_, Notice

FAR_M = 100_000.0
"""Where data begin to be told as far away.

A zone read as the one beside moves data by 3° of longitude: 199 km at the northern end of China, 253 km in Baotou, so
it must be less than that. Sites of one prefecture lie closer to the next one (Baotou: 180 by 270 km, with sites all
over), so they are not told.
"""
_AMONG_M = 50_000.0
"""So near must another reading come to what the project holds to be named as the likely one."""
_LOCAL_M = 100_000.0
_GEOD = Geod(ellps="GRS80")
_NOWHERE = (np.inf, np.inf)

_ALL = N_(
    "the data lie {km:.0f} km {wind} of everything in the project: is the coordinate system right (zone, central "
    "meridian, order of the axes)?"
)
_LOCAL = N_(
    "the data lie {km:.0f} km {wind} of everything in the project; numbers as small as these are of a local system: "
    "must they be moved to the project's coordinates first?"
)

Point = tuple[float, float]


def far_remark(box: Bounds, used: pyproj.CRS, home: pyproj.CRS, held: Sequence[Bounds]) -> Notice | None:
    """What to say of data that came to lie in `box` (m, system `home`) read in `used`; None where they are near.

    `held`: the boxes of what the project holds (its layers and terrains), in `home`; nothing is near to nothing.
    """
    if not held:
        return None
    gap = min(_gap(box, h) for h in held)
    if gap <= FAR_M:
        return None
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    nearest = min((_clamped(middle, h) for h in held), key=lambda p: _apart(p, middle))
    facts = _way(nearest, middle, home)
    for x, y, code, text, more in _readings(*_numbers(middle, used, home), used):
        there = _moved((x, y), code, home)
        if min(_gap((*there, *there), h) for h in held) <= _AMONG_M:
            return Notice(text[0], text[1], **facts, **more)
    if max(map(abs, _numbers(middle, used, home))) < _LOCAL_M and used.is_projected:
        return Notice("far.local", _LOCAL, **facts)
    return Notice("import.far", _ALL, **facts)


def beyond_remark(lon: float, lat: float, home: pyproj.CRS, held: Sequence[Bounds]) -> Notice | None:
    """The same of data at degrees that the project's projection has no place for: half around the globe."""
    if not held:
        return None
    with silenced():
        there = to_degrees(home).transform((held[0][0] + held[0][2]) / 2, (held[0][1] + held[0][3]) / 2)
    return Notice("import.far", _ALL, **_line(there, (lon, lat)))


def _readings(
    x: float, y: float, used: pyproj.CRS
) -> Iterator[tuple[float, float, pyproj.CRS | str, tuple[str, str], dict[str, str]]]:
    """Other readings of the numbers, the likeliest mistake first: (x, y, system, (key, text), more facts)."""
    facts = describe(used)
    if not facts.zone_prefix and facts.central_meridian is not None and abs(x) < 1e6:
        text = N_(
            "the data lie {km:.0f} km {wind} of everything in the project; read as {code} they fall among it: "
            "is the zone right?"
        )
        for code in _utm_zones(used) or neighbour_zones(used):
            yield x, y, code, ("zone.wrong", text), {"code": code}
    text = N_(
        "the data lie {km:.0f} km {wind} of everything in the project; with easting and northing exchanged they fall "
        "among it: is the order of the axes right?"
    )
    yield y, x, used, ("axes.wrong", text), {}
    if used.is_projected and abs(x) <= 180 and abs(y) <= 90:
        text = N_(
            "the data lie {km:.0f} km {wind} of everything in the project; taken as degrees ({code}) they fall among "
            "it: are they longitudes and latitudes?"
        )
        yield x, y, "EPSG:4490", ("degrees.as_metres", text), {"code": "EPSG:4490"}


def _utm_zones(used: pyproj.CRS) -> list[str]:
    """The zones of UTM on WGS 84 beside that of `used`, the nearest first; [] for other systems."""
    first = next((f for f in (32600, 32700) if 1 <= (used.to_epsg() or 0) - f <= 60), 0)
    zone = (used.to_epsg() or 0) - first
    return [f"EPSG:{first + zone + s}" for s in (-1, 1, -2, 2) if first and 1 <= zone + s <= 60]


def _numbers(place: Point, used: pyproj.CRS, home: pyproj.CRS) -> Point:
    """A place of the project in the numbers of the file."""
    return place if used.equals(home, ignore_axis_order=True) else _moved(place, home, used)


def _moved(place: Point, source: pyproj.CRS | str, target: pyproj.CRS | str) -> Point:
    """A place in another system; infinite where it has no image."""
    try:
        with silenced():
            x, y = transformer(source, target).transform(*place)
    except (AppError, ProjError):
        return _NOWHERE
    return (float(x), float(y)) if np.isfinite([x, y]).all() else _NOWHERE


def _way(start: Point, end: Point, home: pyproj.CRS) -> dict[str, float | Notice]:
    """How far (on the ellipsoid) and in which direction: a projection stretches far beyond its zone."""
    with silenced():
        lon, lat = to_degrees(home).transform([start[0], end[0]], [start[1], end[1]])
    if not np.isfinite([*lon, *lat]).all():
        return {"km": _apart(start, end) / 1000, "wind": wind(end[0] - start[0], end[1] - start[1])}
    return _line((lon[0], lat[0]), (lon[1], lat[1]))


def _line(a: Point, b: Point) -> dict[str, float | Notice]:
    azimuth, _back, metres = _GEOD.inv(*a, *b)
    turn = np.radians(azimuth)
    return {"km": float(metres) / 1000, "wind": wind(float(np.sin(turn)), float(np.cos(turn)))}


def _clamped(place: Point, box: Bounds) -> Point:
    return min(max(place[0], box[0]), box[2]), min(max(place[1], box[1]), box[3])


def _apart(a: Point, b: Point) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _gap(a: Bounds, b: Bounds) -> float:
    dx = max(b[0] - a[2], a[0] - b[2], 0.0)
    dy = max(b[1] - a[3], a[1] - b[3], 0.0)
    return float(np.hypot(dx, dy))
