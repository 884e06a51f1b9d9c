"""Which coordinate system numbers look like, with the reason. A guess is shown and never used unasked.

Facts on CGCS2000 Gauss-Krüger codes: domain page on screening rules 11.2 (CR-01 … CR-07), EPSG registry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyproj
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import Transformer

from gis.crs import to_degrees
from models.notices import N_, Notice

Bounds = tuple[float, float, float, float]
"""x min, y min, x max, y max."""

_NEAR_M = 50_000.0
_CHINA = (73.0, 18.0, 136.0, 54.0)
_NORTHING = (1_900_000.0, 6_000_000.0)
_EPSG_IN_TEXT = re.compile(r"EPSG\D{0,3}(\d{4,5})", re.IGNORECASE)
_ZONE_IN_TEXT = re.compile(r"(?:zone|带号?)[\s_:=]*(\d{2})|(\d{2})\s*带", re.IGNORECASE)
_MERIDIAN_IN_TEXT = re.compile(
    r"(?:CM|Central_Meridian\D{0,3}|中央(?:子午线|经线)\D{0,3})[\s_]*(\d{2,3})|_(\d{2,3})E\b", re.IGNORECASE
)
_UTM_IN_TEXT = re.compile(r"UTM[\s_]*(?:zone)?[\s_]*(\d{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Guess:
    """A coordinate system that the numbers look like, and why."""

    crs: str
    reason: Notice


def epsg_cgcs2000(zone: int, *, degrees: int = 3, prefix: bool) -> int:
    """EPSG code of a CGCS2000 Gauss-Krüger zone: 3° zones 25-45, 6° zones 13-23; `prefix`: zone number in the easting.

    Raises ValueError for any other zone.
    """
    if degrees == 3 and 25 <= zone <= 45:
        return (4513 if prefix else 4534) + zone - 25
    if degrees == 6 and 13 <= zone <= 23:
        return (4491 if prefix else 4502) + zone - 13
    raise ValueError(zone)


def guess_crs(bounds: Bounds, *, project_crs: str, neighbours: Bounds | None = None, text: str = "") -> Guess | None:
    """What coordinates in `bounds` look like; None if nothing speaks for anything.

    `neighbours` is the box of what the project holds, in its CRS; `text` is what the file says where that names no
    known system (.prj).
    """
    return (
        _from_text(text, bounds)
        or _from_zone(bounds)
        or _from_degrees(bounds, project_crs)
        or _from_project(bounds, project_crs, neighbours)
    )


def guesses(bounds: Bounds, *, project_crs: str, neighbours: Bounds | None = None, text: str = "") -> list[Guess]:
    """What coordinates in `bounds` may be, the likeliest first: `guess_crs`, then the zones around the project's.

    Eastings without a zone number look alike in every zone; a zone in which the data fall among what the project holds
    comes before the project's own if they lie far from everything there.
    """
    first = guess_crs(bounds, project_crs=project_crs, neighbours=neighbours, text=text)
    others = _other_zones(bounds, project_crs, neighbours)
    if first is not None and first.reason.key == "guess.no_prefix" and neighbours is not None:
        near = [g for g in others if g.reason.key == "guess.neighbours"]
        if near and not _among(first.crs, bounds, project_crs, neighbours):
            return [*near, first, *(g for g in others if g not in near)]
    found = [*([first] if first else []), *others]
    return [g for n, g in enumerate(found) if g.crs not in {f.crs for f in found[:n]}]


def _other_zones(bounds: Bounds, project_crs: str, neighbours: Bounds | None) -> list[Guess]:
    if not (bounds[0] >= 150_000 and bounds[2] <= 850_000 and _NORTHING[0] <= bounds[1] and bounds[3] <= _NORTHING[1]):
        return []
    own = _without_zone(pyproj.CRS.from_user_input(project_crs))
    if own is None:
        return []
    code = int(own.removeprefix("EPSG:"))
    zone = code - 4534 + 25 if code >= 4534 else round((6 * (code - 4502 + 13) - 3) / 3)
    found = []
    for step in (-1, 1, -2, 2):
        if not 25 <= zone + step <= 45:
            continue
        other = f"EPSG:{epsg_cgcs2000(zone + step, prefix=False)}"
        if neighbours is not None and _among(other, bounds, project_crs, neighbours):
            text = N_("in {crs} it falls among what the project holds")
            found.append(Guess(other, Notice("guess.neighbours", text, crs=other)))
        else:
            text = N_("the easting has no zone number; it may as well be the zone around {meridian}°")
            found.append(Guess(other, Notice("guess.other_zone", text, meridian=3 * (zone + step))))
    return found


def _among(code: str, bounds: Bounds, project_crs: str, neighbours: Bounds) -> bool:
    """Whether `bounds` read in `code` lies near what the project holds."""
    try:
        way = Transformer.from_crs(code, project_crs, always_xy=True)
        x, y = way.transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    except ProjError:
        return False
    return _gap((x, y, x, y), neighbours) <= _NEAR_M


def _from_text(text: str, bounds: Bounds) -> Guess | None:
    if not text:
        return None
    if found := _EPSG_IN_TEXT.search(text):
        code = f"EPSG:{found[1]}"
        try:
            pyproj.CRS.from_user_input(code)
        except CRSError:
            return None
        return Guess(code, Notice("guess.text_epsg", N_("its text mentions {code}"), code=code))
    if (utm := _UTM_IN_TEXT.search(text)) and 43 <= int(utm[1]) <= 53 and bounds[2] < 1e6:
        code = f"EPSG:{32600 + int(utm[1])}"
        return Guess(code, Notice("guess.text_utm", N_("its text speaks of UTM zone {zone}"), zone=int(utm[1])))
    named = any(word in text for word in ("CGCS2000", "China_2000", "China Geodetic", "2000国家大地"))
    zone = _ZONE_IN_TEXT.search(text)
    meridian = _MERIDIAN_IN_TEXT.search(text)
    number = int(zone[1] or zone[2]) if zone else round(int(meridian[1] or meridian[2]) / 3) if meridian else 0
    if not named:
        return _from_bare_zone(number, bounds)
    if not 25 <= number <= 45:
        return None
    code = f"EPSG:{epsg_cgcs2000(number, prefix=bounds[0] > 1e6)}"
    return Guess(code, Notice("guess.text_zone", N_("its text speaks of CGCS2000 zone {zone}"), zone=number))


def _from_bare_zone(number: int, bounds: Bounds) -> Guess | None:
    """A zone that the text names without a datum, where the eastings carry no zone number of their own."""
    degrees = 3 if 25 <= number <= 45 else 6
    plain = bounds[0] >= 100_000 and bounds[2] <= 900_000 and _NORTHING[0] <= bounds[1] and bounds[3] <= _NORTHING[1]
    if not plain or not (25 <= number <= 45 or 13 <= number <= 23):
        return None
    code = f"EPSG:{epsg_cgcs2000(number, degrees=degrees, prefix=False)}"
    text = N_("its text speaks of zone {zone}, not of a datum, and the eastings have no zone number")
    return Guess(code, Notice("guess.text_bare_zone", text, zone=number))


def _from_zone(bounds: Bounds) -> Guess | None:
    x0, y0, x1, y1 = bounds
    zone = int(x0 // 1e6)
    if zone != int(x1 // 1e6) or not (_NORTHING[0] <= y0 and y1 <= _NORTHING[1]):
        return None
    rest = (x0 % 1e6, x1 % 1e6)
    if not (rest[0] >= 150_000 and rest[1] <= 850_000):
        return None
    if 25 <= zone <= 45:
        code = epsg_cgcs2000(zone, prefix=True)
        return Guess(
            f"EPSG:{code}", Notice("guess.prefix3", N_("the easting starts with {zone} (3° zone {zone})"), zone=zone)
        )
    if 13 <= zone <= 23:
        code = epsg_cgcs2000(zone, degrees=6, prefix=True)
        return Guess(
            f"EPSG:{code}", Notice("guess.prefix6", N_("the easting starts with {zone} (6° zone {zone})"), zone=zone)
        )
    return None


def _from_degrees(bounds: Bounds, project_crs: str) -> Guess | None:
    x0, y0, x1, y1 = bounds
    if not (-180 <= x0 <= x1 <= 180 and -90 <= y0 <= y1 <= 90):
        return None
    in_china = _CHINA[0] <= x0 and x1 <= _CHINA[2] and _CHINA[1] <= y0 and y1 <= _CHINA[3]
    area = pyproj.CRS.from_user_input(project_crs).area_of_use
    at_home = area is not None and (
        area.west - 5 <= x0 and x1 <= area.east + 5 and area.south - 5 <= y0 and y1 <= area.north + 5
    )
    if in_china:
        return Guess(
            "EPSG:4490", Notice("guess.degrees_china", N_("the numbers are longitudes and latitudes in China"))
        )
    if at_home:
        return Guess(
            "EPSG:4326", Notice("guess.degrees", N_("the numbers are longitudes and latitudes near the project"))
        )
    return None  # small numbers may as well be a local system


def _from_project(bounds: Bounds, project_crs: str, neighbours: Bounds | None) -> Guess | None:
    home = pyproj.CRS.from_user_input(project_crs)
    prefix_free = _without_zone(home)
    for code in dict.fromkeys(c for c in (project_crs, prefix_free) if c):
        if neighbours is not None and code == project_crs and _gap(bounds, neighbours) <= _NEAR_M:
            return Guess(
                code, Notice("guess.neighbours", N_("in {crs} it falls among what the project holds"), crs=code)
            )
    code = prefix_free or project_crs
    room = _room(pyproj.CRS.from_user_input(code))
    if room is None or (neighbours is not None and code == project_crs and _gap(bounds, neighbours) > 10 * _NEAR_M):
        return None
    if room[0] <= bounds[0] and bounds[2] <= room[2] and room[1] <= bounds[1] and bounds[3] <= room[3]:
        if prefix_free:
            return Guess(
                code, Notice("guess.no_prefix", N_("the easting has no zone number and fits the project's zone"))
            )
        return Guess(code, Notice("guess.project", N_("the numbers fit the project's own system")))
    return None


def _without_zone(crs: pyproj.CRS) -> str | None:
    """The code without zone number of a CGCS2000 Gauss-Krüger system that has one or not; None for other systems."""
    code = crs.to_epsg() or 0
    if 4513 <= code <= 4533:
        return f"EPSG:{code + 21}"
    if 4491 <= code <= 4501:
        return f"EPSG:{code + 11}"
    return f"EPSG:{code}" if 4502 <= code <= 4512 or 4534 <= code <= 4554 else None


def _room(crs: pyproj.CRS) -> Bounds | None:
    """The CRS's area of use in its own coordinates, widened by half a zone."""
    if crs.area_of_use is None:
        return None
    try:
        x0, y0, x1, y1 = to_degrees(crs).transform_bounds(*crs.area_of_use.bounds, direction="INVERSE")
    except ProjError:
        return None
    wide = 0.5 * (x1 - x0)
    return x0 - wide, y0 - _NEAR_M, x1 + wide, y1 + _NEAR_M


def _gap(a: Bounds, b: Bounds) -> float:
    dx = max(b[0] - a[2], a[0] - b[2], 0.0)
    dy = max(b[1] - a[3], a[1] - b[3], 0.0)
    return float((dx * dx + dy * dy) ** 0.5)
