"""Coordinate systems: which may be measured in, how far grid and ground differ, how to get from one to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from models.errors import Refused
from models.notices import N_, Notice

_Move = Callable[[Array], Array]

# Datums that agree with each other to about two metres everywhere; PROJ's null shift between them is right to that.
_GEOCENTRIC = (
    "world geodetic system 1984", "china geodetic coordinate system 2000", "international terrestrial",
    "european terrestrial reference system 1989", "north american datum 1983", "nad83", "itrf", "wgs 84",
    "geocentric datum of australia 2020", "china 2000", "china_2000", "cgcs2000", "slovenia geodetic datum 1996",
    "wgs_1984", "etrs",
)  # fmt: skip


@dataclass(frozen=True)
class CrsFacts:
    """What sheets and the status bar say of a coordinate system. Angles in degrees, lengths in metres."""

    name: str
    epsg: int | None
    projected: bool
    central_meridian: float | None
    zone: int | None
    """Zone number of a Gauss–Krüger or UTM zone, None for others."""
    zone_prefix: bool
    """True where eastings begin with the zone number (37 500 000)."""
    false_easting: float | None
    datum: str


def parse_crs(text: str) -> CRS:
    """The CRS that an authority code, WKT or PROJ text means. Raises Refused on anything else."""
    try:
        return _parse(text.strip())
    except CRSError as error:
        raise Refused(
            "crs.unknown",
            N_("“{crs}” is not a coordinate system that is known here"),
            advice=N_("give an EPSG code such as EPSG:4546, or WKT"),
            crs=text[:80],
        ) from error


@lru_cache(maxsize=64)
def _parse(text: str) -> CRS:
    crs = CRS.from_user_input(int(text) if text.isdigit() else text)
    plain = not any(mark in text for mark in ":[+={") and not text.isdigit()
    if plain and crs.name.casefold() != text.casefold():
        raise CRSError(f"{text}: not a full name")  # PROJ takes a part of a name for the first system that has it
    return crs


def horizontal(crs: CRS) -> CRS:
    """The horizontal part of a compound or bound CRS, the CRS itself otherwise."""
    if crs.is_compound:
        return horizontal(crs.sub_crs_list[0])
    if crs.is_bound and crs.source_crs is not None:
        return horizontal(crs.source_crs)
    return crs if len(crs.axis_info) == 2 else crs.to_2d()


def crs_text(crs: CRS) -> str:
    """``EPSG:4546`` where the CRS is exactly one of an authority's, else WKT."""
    known = crs.to_authority(min_confidence=100)
    if known is None and not crs.is_compound:
        known = _identified(crs)
    return f"{known[0]}:{known[1]}" if known else crs.to_wkt()


def same_crs(a: CRS, b: CRS) -> bool:
    """True when positions in `a` and `b` are the same numbers (easting or longitude first)."""
    if a is b:
        return True
    a, b = horizontal(a), horizontal(b)
    if a == b or a.equals(b, ignore_axis_order=True):
        return True
    known = _identified(a)
    return known is not None and known == _identified(b)


def _identified(crs: CRS) -> tuple[str, str] | None:
    """The authority's code of a system that is spelled otherwise, as in an ESRI .prj; None unless it is the same.

    PROJ's guess from the name counts only if datum, ellipsoid, projection, every parameter and the unit agree.
    """
    known = crs.to_authority(min_confidence=20)
    if known is None:
        return None
    model = horizontal(CRS.from_authority(*known))
    return (known[0], known[1]) if _substance(horizontal(crs)) == _substance(model) else None


def _substance(crs: CRS) -> tuple[object, ...]:
    """What a system is apart from the names and the order of its axes."""
    ellipsoid, meridian, way = crs.ellipsoid, crs.prime_meridian, crs.coordinate_operation
    datum = "".join(c for c in (crs.datum.name if crs.datum else "").lower() if c.isalnum()).removeprefix("d")
    figure = (round(ellipsoid.semi_major_metre, 3), round(ellipsoid.inverse_flattening, 6)) if ellipsoid else ()
    start = round(float(meridian.longitude) * float(meridian.unit_conversion_factor), 12) if meridian else 0.0
    parameters = way.params if way else []
    values = sorted((p.name.lower(), round(float(p.value) * float(p.unit_conversion_factor), 9)) for p in parameters)
    units = {round(axis.unit_conversion_factor, 12) for axis in crs.axis_info}
    return (crs.is_projected, datum, figure, start, way.method_name if way else "", tuple(values), frozenset(units))


def is_web_mercator(crs: CRS) -> bool:
    """True for EPSG:3857 and its other names (ESRI:102100, EPSG:3785, EPSG:900913)."""
    flat = horizontal(crs)
    operation = flat.coordinate_operation
    names = (operation.method_name.lower() if operation is not None else "", flat.name.lower().replace("_", " "))
    marks = (
        "pseudo-mercator",
        "pseudo mercator",
        "auxiliary sphere",
        "popular visualisation",
        "google maps",
        "web mercator",
    )
    return any(mark in name for name in names for mark in marks)


def metres_per_unit(crs: CRS) -> float:
    """Metres per unit of a projected CRS, radians per unit of a geographic one."""
    return float(horizontal(crs).axis_info[0].unit_conversion_factor)


def vertical_unit(crs: CRS) -> tuple[float, str] | None:
    """(metres per unit, unit's name) of the vertical part of a CRS; None if it says nothing of heights."""
    for part in crs.sub_crs_list if crs.is_compound else [crs]:
        for axis in part.axis_info:
            if axis.direction in {"up", "down"}:
                return float(axis.unit_conversion_factor), axis.unit_name
    return None


def vertical_name(crs: CRS) -> str | None:
    """Name of the vertical CRS of a compound one, else None."""
    return next((part.name for part in crs.sub_crs_list if part.is_vertical), None) if crs.is_compound else None


_ways: dict[int, tuple[CRS, Proj, Transformer]] = {}
"""What `scale_factor` found for the systems it was asked about last."""


def scale_factor(crs: CRS, x: float, y: float) -> float:
    """Square root of the area scale of a projection at a place in its own units: ground area = grid area / k².

    1.0 for geographic systems. For conformal projections (Gauss–Krüger, UTM) this is the point scale factor k.
    """
    ways = _ways.get(id(crs))
    if ways is None or ways[0] is not crs:
        flat = horizontal(crs)
        if not flat.is_projected:
            return 1.0
        if len(_ways) > 64:
            _ways.clear()
        ways = _ways[id(crs)] = (crs, *_projection(flat.to_wkt()))  # writing WKT takes longer than all that follows
    _, projection, to_degrees = ways
    lon, lat = to_degrees.transform(x, y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        raise Refused(
            "crs.outside",
            N_("{x:.0f}, {y:.0f} lies outside what “{name}” can show"),
            advice=N_("check the coordinate system that was stated"),
            x=x,
            y=y,
            name=horizontal(crs).name,
        )
    return float(np.sqrt(projection.get_factors(lon, lat).areal_scale))


@lru_cache(maxsize=32)
def _projection(wkt: str) -> tuple[Proj, Transformer]:
    """The projection, and the way to degrees on its own datum."""
    crs = CRS.from_wkt(wkt)
    geodetic = crs.geodetic_crs
    if geodetic is None:
        raise Refused("crs.not_projected", N_("“{name}” is not a map projection"), name=crs.name)
    return Proj(crs), Transformer.from_crs(crs, geodetic, always_xy=True)


@lru_cache(maxsize=64)
def _transformer(a: str, b: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(a), CRS.from_wkt(b), always_xy=True)


@lru_cache(maxsize=64)
def _degrees(wkt: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(wkt), 4326, always_xy=True)


def to_degrees(crs: CRS) -> Transformer:
    """The way to longitude and latitude of WGS 84, kept for the next one who asks. Raises ProjError for none."""
    return _degrees(crs.to_wkt())


def transformer(a: CRS | str, b: CRS | str) -> Transformer:
    """Easting or longitude first, both ways. Raises Refused where no path between the two is known."""
    a, b = (parse_crs(c) if isinstance(c, str) else c for c in (a, b))
    try:
        return _transformer(horizontal(a).to_wkt(), horizontal(b).to_wkt())
    except ProjError as error:
        raise Refused(
            "crs.no_path",
            N_("no transformation from “{a}” to “{b}” is known"),
            advice=N_("bring the data into the project's coordinate system first"),
            a=a.name,
            b=b.name,
        ) from error


def datum_gap(a: CRS, b: CRS) -> Notice | None:
    """A notice where PROJ would shift nothing between datums that are tens of metres apart (Xi'an 1980 → CGCS2000)."""
    names = [_datum(a), _datum(b)]
    if names[0] == names[1] or all(any(w in n.lower() for w in _GEOCENTRIC) for n in names):
        return None
    try:
        Transformer.from_crs(horizontal(a), horizontal(b), always_xy=True, allow_ballpark=False)
    except ProjError:
        text = N_("no shift between the datums “{a}” and “{b}” is known here; positions may be off by 100 m")
        return Notice("crs.datum_gap", text, a=names[0], b=names[1])
    return None


def _datum(crs: CRS) -> str:
    geodetic = horizontal(crs).geodetic_crs
    return geodetic.datum.name if geodetic is not None and geodetic.datum is not None else crs.name


def describe(crs: CRS) -> CrsFacts:
    """The facts of a CRS that a sheet's margin and the status bar show."""
    flat = horizontal(crs)
    operation = flat.coordinate_operation
    values = {str(p.code): float(p.value) for p in operation.params} if operation is not None else {}
    meridian, easting = values.get("8802"), values.get("8806")
    zone: int | None = None
    prefix = easting is not None and easting >= 1e6 and easting % 1e6 == 500_000
    if prefix and easting is not None:
        zone = int(easting // 1e6)
    elif meridian is not None and operation is not None and "Transverse Mercator" in operation.method_name:
        zone = _zone_of(flat.name.lower(), meridian)
    return CrsFacts(flat.name, flat.to_epsg(), flat.is_projected, meridian, zone, prefix, easting, _datum(flat))


def _zone_of(name: str, meridian: float) -> int | None:
    if "utm" in name:
        return round((meridian + 183) / 6)
    return round(meridian / 3) if "3-degree" in name and meridian % 3 == 0 else None


def reproject(geometry: BaseGeometry, source: CRS, target: CRS, tolerance: float) -> BaseGeometry:
    """`geometry` in another CRS, edges bent so that no point of one strays further than `tolerance` (target units).

    Polygons, lines, points and their multiparts. Vertices are added only where a straight edge would stray.
    Raises Refused where points fall outside what the target can show.
    """
    if same_crs(source, target):
        return geometry
    change = transformer(source, target)

    def move(points: Array) -> Array:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    parts = [_reproject_part(p, move, tolerance) for p in shapely.get_parts(geometry)]
    if not all(np.isfinite(shapely.get_coordinates(p)).all() for p in parts):
        raise Refused(
            "crs.outside_target",
            N_("the outline lies outside what “{name}” can show"),
            advice=N_("check the coordinate system of the outline and of the terrain"),
            name=target.name,
        )
    if len(parts) == 1:
        return parts[0]
    gather: dict[str, Callable[..., BaseGeometry]] = {"Polygon": MultiPolygon, "LineString": MultiLineString}
    return gather.get(parts[0].geom_type, MultiPoint)(parts)


def _reproject_part(part: BaseGeometry, move: _Move, tolerance: float) -> BaseGeometry:
    if part.geom_type == "Polygon":
        rings = [_bend(shapely.get_coordinates(r), move, tolerance) for r in shapely.get_rings(part)]
        return Polygon(rings[0], rings[1:])
    points = shapely.get_coordinates(part)
    return LineString(_bend(points, move, tolerance)) if part.geom_type == "LineString" else Point(move(points)[0])


def _bend(points: Array, move: _Move, tolerance: float) -> Array:
    """A polyline moved by `move`, halving the edges that would stray (each halving quarters the sagitta)."""
    moved = move(points)
    for _ in range(16):
        middle = (points[:-1] + points[1:]) / 2
        there = move(middle)
        stray = np.hypot(*(there - (moved[:-1] + moved[1:]) / 2).T) > tolerance
        if not stray.any():
            break
        at = np.flatnonzero(stray) + 1
        points, moved = np.insert(points, at, middle[stray], axis=0), np.insert(moved, at, there[stray], axis=0)
    return moved
