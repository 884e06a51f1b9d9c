"""Pasted coordinates understood: which system, which order of axes, how sure; in project coordinates."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import Transformer

from gis.coords.tokens import Value, angle_of, plain, values
from gis.coords.zones import Zone, zone_of
from gis.crs import transformer
from models.errors import AppError, Refused
from models.notices import N_, Notice

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
Order = Literal["north_first", "east_first"]

DEGREES = "EPSG:4490"
_CHINA_LON, _CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
_NORTHING, _EASTING = (1.9e6, 6.0e6), (1.0e5, 9.0e5)
_FAR_M = 200_000.0
_WKT = re.compile(r"^\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?\s*\(", re.IGNORECASE)
_ORDERS: dict[Order, str] = {
    "north_first": N_("north first, then east"),
    "east_first": N_("east first, then north"),
}
_SAY_DEGREES = N_("longitude and latitude (CGCS2000), {order}")
_SAY_PREFIX = N_("CGCS2000, {degrees}° zone {zone}, zone number in the easting, {order}")
_SAY_ZONE = N_("CGCS2000, {degrees}° zone {zone} of the project ({meridian}°E), no zone number, {order}")
_SAY_OWN = N_("the project's own system {crs}, {order}")
_ORDER_WORDS = {"lat": N_("latitude first"), "lon": N_("longitude first")}


@dataclass(frozen=True)
class Understood:
    """What a text means: `points` in the project CRS (mm), the words for it, remarks, and lines that mean nothing.

    `bad` are (line number from 1, why).
    """

    points: tuple[Point, ...]
    crs: str
    how: Notice
    remarks: tuple[Notice, ...] = ()
    bad: tuple[tuple[int, Notice], ...] = ()
    pairs: tuple[tuple[float, float], ...] = field(default=(), compare=False)
    """(east or longitude, north or latitude) as written."""


@dataclass(frozen=True)
class _Reading:
    """One way to take all pairs: a system and an order; lower `badness` is likelier."""

    crs: str
    order: Order
    how: Notice
    badness: float


def read(text: str, project_crs: str, near: Bounds | None = None, swap: bool = False) -> Understood:
    """Understand coordinates, one place a line. `near` is where the project lies; `swap` takes the other axis order.

    Raises Refused if nothing in it can be coordinates, with what to do.
    """
    lines: list[tuple[int, list[Value]]] = []
    bad: list[tuple[int, Notice]] = []
    for number, line in _lines(text):
        try:
            found = _joined(values(line))
        except AppError as error:
            bad.append((number, error.what))
            continue
        if len(found) >= 2:
            lines.append((number, found))
        elif found:
            bad.append((number, Notice("coords.one", N_("only one number; a place needs two"))))
    if not lines:
        raise _nothing(bad)
    pairs, degrees = _pairs(lines, bad)
    if not pairs:
        raise _nothing(bad)
    best = _best(pairs, degrees, project_crs, near, swap)
    ordered = [_east_north(a, b, best.order) for a, b in pairs]
    points = _moved(ordered, best.crs, project_crs)
    remarks = _remarks(points, pairs, best, near)
    if degrees and not any(v.angle for pair in pairs for v in pair):
        remarks += _packed(ordered, project_crs, near)
    return Understood(tuple(points), best.crs, best.how, tuple(remarks), tuple(bad), tuple(ordered))


def _nothing(bad: Sequence[tuple[int, Notice]]) -> Refused:
    if bad:
        return Refused("coords.line", N_("line {line}: {why}"), line=bad[0][0], why=bad[0][1])
    return Refused("coords.none", N_("no coordinates in it"),
                   advice=N_("two numbers a line, e.g. 4503012.31 402118.90 or 109°51′03″E 40°39′22″N"))  # fmt: skip


def _lines(text: str) -> list[tuple[int, str]]:
    cleaned = plain(text)
    if _WKT.match(cleaned):
        cleaned = re.sub(r"[()]", " ", cleaned.partition("(")[2]).replace(",", "\n")
    rows = [(n, part) for n, row in enumerate(cleaned.splitlines(), 1) for part in re.split(r";", row)]
    return [(n, row) for n, row in rows if any(c.isdigit() for c in row)]


def _joined(found: list[Value]) -> list[Value]:
    """Bare numbers that are degrees, minutes and seconds: “40 39 22.1 109 51 03.2”, with or without letters."""
    if any(v.angle for v in found) or len(found) not in (4, 6):
        return found
    size = len(found) // 2
    groups = [found[:size], found[size:]]
    for group in groups:
        whole = all(v.whole for v in group[:-1])
        if not whole or abs(group[0].value) > 180 or any(not 0 <= v.value < 60 for v in group[1:]):
            return found
    made = []
    for group in groups:
        first = group[0]
        named = next((v for v in group if v.axis), first)
        parts = [abs(v.value) for v in group] + [0.0] * (3 - size)
        negative = any(v.value < 0 for v in group)
        made.append(Value(angle_of(*parts, negative=negative), True, named.axis, named.letter))
    return made


def _pairs(
    lines: Sequence[tuple[int, list[Value]]], bad: list[tuple[int, Notice]]
) -> tuple[list[tuple[Value, Value]], bool]:
    """The two numbers of each line that are its place: a point number before and a height after do not count."""
    made: list[tuple[Value, Value]] = []
    degrees: bool | None = None
    for number, found in lines:
        pair = _place_of(found)
        if pair is None:
            bad.append((number, Notice("coords.implausible", N_("these numbers are no place that is known here"))))
            continue
        is_angle = _is_angle(pair)
        if degrees is None:
            degrees = is_angle
        if is_angle != degrees:
            bad.append((number, Notice("coords.mixed", N_("degrees and metres do not mix"))))
            continue
        made.append(pair)
    return made, bool(degrees)


def _is_angle(pair: tuple[Value, Value]) -> bool:
    named = any(v.angle or v.axis in ("lat", "lon") for v in pair)
    return (named or all(v.axis == "" for v in pair)) and all(abs(v.value) <= 180 for v in pair)


def _place_of(found: list[Value]) -> tuple[Value, Value] | None:
    named = [v for v in found if v.axis or v.angle]
    if len(named) == 2:
        return named[0], named[1]
    pairs = list(pairwise(found))
    # A number of a point (1, 2 …) stands before its coordinates, a height after them.
    return min(pairs, key=_oddness) if pairs else None


def _oddness(pair: tuple[Value, Value]) -> float:
    a, b = abs(pair[0].value), abs(pair[1].value)
    for north, east in ((a, b), (b, a)):
        if _NORTHING[0] <= north <= _NORTHING[1] and (_EASTING[0] <= east <= _EASTING[1] or _prefix(east)):
            return 0.0
    for lon, lat in ((a, b), (b, a)):
        if _CHINA_LON[0] <= lon <= _CHINA_LON[1] and _CHINA_LAT[0] <= lat <= _CHINA_LAT[1]:
            return 1.0 + (0.5 if pair[0].whole and pair[1].whole else 0.0)
    return 2.0 + (1.0 if min(a, b) < 1000 < max(a, b) else 0.0)


def _prefix(easting: float) -> Zone | None:
    number, rest = int(easting // 1e6), easting % 1e6
    if not _EASTING[0] <= rest <= _EASTING[1]:
        return None
    if 25 <= number <= 45:
        return Zone(3, number, True)
    return Zone(6, number, True) if 13 <= number <= 23 else None


def _east_north(a: Value, b: Value, order: Order) -> tuple[float, float]:
    return (b.value, a.value) if order == "north_first" else (a.value, b.value)


def _best(
    pairs: list[tuple[Value, Value]], degrees: bool, project_crs: str, near: Bounds | None, swap: bool
) -> _Reading:
    orders: tuple[Order, Order] = ("north_first", "east_first")
    readings = [r for o in orders if (r := _reading(pairs, o, degrees, project_crs, near)) is not None]
    if not readings:
        raise Refused("coords.outside", N_("these numbers are no place that is known here"),
                      advice=N_("check digits and order; with degrees, latitude is at most 90"))  # fmt: skip
    readings.sort(key=lambda r: r.badness)
    if swap:
        if len(readings) < 2:
            raise Refused("coords.no_swap", N_("the other order gives no place on the map"))
        return readings[1]
    return readings[0]


def _reading(
    pairs: list[tuple[Value, Value]], order: Order, degrees: bool, project_crs: str, near: Bounds | None
) -> _Reading | None:
    places = [_east_north(a, b, order) for a, b in pairs]
    crs, how, badness = _degrees(places, order) if degrees else _metres(places, order, project_crs)
    if crs is None:
        return None
    badness += _against_names(pairs, order, degrees)
    try:
        points = _moved(places, crs, project_crs)
    except Refused:
        return None
    if near is not None:
        badness += min(max(_gap(p, near) for p in points) / 1e6, 50.0)
    return _Reading(crs, order, how, badness)


def _degrees(places: Sequence[Point], order: Order) -> tuple[str | None, Notice, float]:
    words = _ORDER_WORDS["lat" if order == "north_first" else "lon"]
    how = Notice("coords.degrees", _SAY_DEGREES, order=Notice("order", words))
    if any(abs(lat) > 90 or abs(lon) > 180 for lon, lat in places):
        return None, how, 0.0
    home = all(_CHINA_LON[0] <= x <= _CHINA_LON[1] and _CHINA_LAT[0] <= y <= _CHINA_LAT[1] for x, y in places)
    return DEGREES, how, 0.0 if home else 5.0


def _metres(places: Sequence[Point], order: Order, project_crs: str) -> tuple[str | None, Notice, float]:
    words = Notice("order", _ORDERS[order])
    zones = {_prefix(e) for e, _n in places}
    zone = next(iter(zones)) if len(zones) == 1 else None
    plausible = all(_NORTHING[0] <= n <= _NORTHING[1] for _e, n in places)
    if zone is not None and plausible:
        how = Notice("coords.prefix", _SAY_PREFIX, degrees=zone.degrees, zone=zone.number, order=words)
        return zone.epsg, how, 0.0
    own = zone_of(project_crs)
    if own is not None:
        bare = own.other() if own.prefix else own
        how = Notice("coords.zone", _SAY_ZONE, degrees=bare.degrees, zone=bare.number, meridian=bare.meridian,
                     order=words)  # fmt: skip
        fits = plausible and all(_EASTING[0] <= e <= _EASTING[1] for e, _n in places)
        return (bare.epsg, how, 0.0) if fits else (None, how, 0.0)
    return project_crs, Notice("coords.own", _SAY_OWN, crs=project_crs, order=words), 0.0


def _against_names(pairs: list[tuple[Value, Value]], order: Order, degrees: bool) -> float:
    """How much the names of the axes speak against an order. Letters of degrees decide; X and Y only advise."""
    firsts = {"north_first": ("lat", "x"), "east_first": ("lon", "y")}[order]
    seconds = {"north_first": ("lon", "y"), "east_first": ("lat", "x")}[order]
    wrong = any((a.axis and a.axis not in firsts) or (b.axis and b.axis not in seconds) for a, b in pairs)
    return (1000.0 if degrees else 0.5) * wrong


def _moved(places: Sequence[Point], source: str, target: str) -> list[Point]:
    try:
        change: Transformer = transformer(source, target)
        moved = [change.transform(x, y) for x, y in places]
    except (CRSError, ProjError) as cause:
        raise Refused("coords.outside", N_("these numbers are no place that is known here")) from cause
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in moved):
        raise Refused("coords.outside", N_("these numbers are no place that is known here"))
    return [(round(x, 3), round(y, 3)) for x, y in moved]


def _gap(p: Point, b: Bounds) -> float:
    return math.hypot(max(b[0] - p[0], p[0] - b[2], 0.0), max(b[1] - p[1], p[1] - b[3], 0.0))


def _packed(places: Sequence[Point], project_crs: str, near: Bounds | None) -> list[Notice]:
    from gis.formats.packed_degrees import doubt

    found = doubt(places, CRS.from_user_input(project_crs), near)
    return [] if found is None else [found]


def _remarks(
    points: Sequence[Point], pairs: list[tuple[Value, Value]], best: _Reading, near: Bounds | None
) -> list[Notice]:
    made = []
    if near is not None:
        far = max(_gap(p, near) for p in points)
        if far > _FAR_M:
            made.append(Notice("coords.far", N_("{km:.0f} km from what the project holds"), km=far / 1000))
    x_is_east = best.order == "east_first" and any(a.axis == "x" for a, _b in pairs)
    x_is_east |= best.order == "north_first" and any(a.axis == "y" for a, _b in pairs)
    if x_is_east:
        made.append(Notice("coords.x_east", N_("X is taken for the easting here: the numbers fit no other way")))
    return made
