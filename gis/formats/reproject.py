"""From a foreign file's coordinates to the project's: which CRS they are in, whether that can be, the way across."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, Transformer, TransformerGroup
from shapely.geometry.base import BaseGeometry

from gis.crs import to_degrees
from gis.crs_guess import Bounds, Guess
from gis.datum_shift import DatumShift, Way, find
from gis.formats.said_systems import speaks_of_another
from models.errors import Refused
from models.notices import N_, Notice

Shapes = npt.NDArray[np.object_]
Basis = Literal["file", "stated", "guessed"]
_FAR_M = 1_000_000.0
_STRAY_M = 300_000.0
_EARTH_M = 1e8
"""No grid coordinate on Earth is larger."""
_AGREE_M = 5.0
_NEAR_DEGREES, _FAR_DEGREES = 3.0, 15.0
_GUESS_DEGREES = 1.0


def read_crs(text: str) -> pyproj.CRS | None:
    """The CRS that a text names, as EPSG defines it where it is one of theirs; None for none, unknown or local."""
    if not text.strip():
        return None
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError:
        return None
    if not (crs.is_geographic or crs.is_projected) or crs.name.lower().startswith(("undefined", "unknown", "unnamed")):
        return None
    code = crs.to_epsg(min_confidence=70)
    found = pyproj.CRS.from_epsg(code) if code else crs
    try:  # a damaged text may make a system from which no way leads anywhere
        to_degrees(found)
    except ProjError:
        return None
    return found


def said_of(text: str) -> str:
    """What a file says of its system; "" for the words by which a GeoPackage says that it does not know (srs_id -1)."""
    return "" if "Undefined" in text[:40] else text


def name_of(crs: pyproj.CRS) -> str:
    """The authority's code (EPSG:4546) where there is one, else the system's name."""
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else crs.name


def decide(
    in_file: pyproj.CRS | None,
    stated: pyproj.CRS | None,
    guess: Guess | None,
    *,
    accept_guess: bool,
    where: str,
    said: str = "",
) -> tuple[pyproj.CRS, Basis, list[Notice]]:
    """The CRS to use: stated by the user, else the file's, else an accepted guess.

    Raises Refused, naming the guess and its reason, or the words of the file (`said`) that forbid one.
    """
    if stated is not None:
        if in_file is not None and not in_file.equals(stated, ignore_axis_order=True):
            return (
                stated,
                "stated",
                [
                    Notice(
                        "crs.overruled",
                        N_("the file says {file}, {stated} was stated and used"),
                        file=name_of(in_file),
                        stated=name_of(stated),
                    )
                ],
            )
        return stated, "stated", []
    if in_file is not None:
        return in_file, "file", []
    if speaks_of_another(said):
        raise Refused(
            "import.said_datum",
            N_("the file says “{said}”: an older or local system, whose numbers only look like CGCS2000"),
            where=where,
            advice=N_("state its system with --crs (for instance EPSG:2361, Xi'an 1980 zone 37) and enter the official "
                      "parameters (crs add, or “Datum parameters” in the window)"),
            said=" ".join(said.split())[:80],
        )  # fmt: skip
    if guess is None:
        raise Refused(
            "import.no_crs",
            N_("the file says no coordinate system, and its numbers give no hint"),
            where=where,
            advice=N_("state it with --crs, for instance --crs EPSG:4546"),
            said=said,
        )
    if not accept_guess:
        raise Refused(
            "import.no_crs",
            N_("the file says no coordinate system; it looks like {guess} because {reason}"),
            where=where,
            advice=N_("give --crs {guess} or --accept-guess"),
            guess=guess.crs,
            reason=guess.reason,
        )
    return (
        pyproj.CRS.from_user_input(guess.crs),
        "guessed",
        [
            Notice(
                "crs.guessed",
                N_("the coordinate system {guess} is a guess: {reason}"),
                guess=guess.crs,
                reason=guess.reason,
            )
        ],
    )


def check_fit(crs: pyproj.CRS, bounds: Bounds, guess: Guess | None, where: str) -> None:
    """Raises Refused if coordinates cannot be in this CRS at all (metres as degrees, another zone's easting)."""
    area = crs.area_of_use
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if crs.is_geographic:
        if max(abs(bounds[0]), abs(bounds[2])) > 360 or max(abs(bounds[1]), abs(bounds[3])) > 90:
            raise _unfit(crs, x, y, guess, where)
    elif area is not None:
        try:
            room = to_degrees(crs).transform_bounds(*area.bounds, densify_pts=5, direction="INVERSE")
        except ProjError:
            return
        if np.isfinite(room).all() and not (
            room[0] - _FAR_M <= x <= room[2] + _FAR_M and room[1] - _FAR_M <= y <= room[3] + _FAR_M
        ):
            raise _unfit(crs, x, y, guess, where)


def check_place(source: pyproj.CRS, target: pyproj.CRS, bounds: Bounds, where: str) -> list[Notice]:
    """Whether the data lie where the two systems are made for: a remark if some degrees outside.

    Raises Refused if they are so far away that the project's projection says nothing true any more.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lon, lat = to_degrees(source).transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    facts = {"lon": float(lon), "lat": float(lat)}
    if not np.isfinite([lon, lat]).all() or (target.is_projected and _outside(target, lon, lat, _FAR_DEGREES)):
        raise Refused(
            "import.wrong_place",
            N_("the data lie at {lon:.2f}°, {lat:.2f}°, where {crs} cannot be used"),
            where=where,
            advice=N_("check the coordinate system; a project holds one region"),
            crs=name_of(target),
            **facts,
        )
    for crs in (source, target):
        if _outside(crs, lon, lat, _NEAR_DEGREES):
            return [
                Notice(
                    "crs.outside",
                    N_("the data lie at {lon:.2f}°, {lat:.2f}°, outside the area for which {crs} is made"),
                    crs=name_of(crs),
                    **facts,
                )
            ]
    return []


def check_guess(guessed: pyproj.CRS, home: pyproj.CRS, bounds: Bounds, where: str) -> None:
    """Raises Refused if data in a guessed system would lie outside the area for which it or the project's is made.

    A person may state such a system; a guess that needs it is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lon, lat = to_degrees(guessed).transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    for crs, margin in ((guessed, _GUESS_DEGREES), (home, _NEAR_DEGREES)):
        if not np.isfinite([lon, lat]).all() or _outside(crs, float(lon), float(lat), margin):
            raise Refused(
                "import.guess_outside",
                N_("read as {guess}, as it looks, the data would lie at {lon:.2f}°, {lat:.2f}°, outside of {crs}"),
                where=where,
                advice=N_("ask whoever made the file for its coordinate system and state it with --crs"),
                guess=name_of(guessed),
                crs=name_of(crs),
                lon=float(lon),
                lat=float(lat),
            )


def _outside(crs: pyproj.CRS, lon: float, lat: float, margin: float) -> bool:
    area = crs.area_of_use
    if area is None:
        return False
    east = area.east + (360 if area.east < area.west else 0)
    inside = any(area.west - margin <= x <= east + margin for x in (lon, lon + 360))
    return not (inside and area.south - margin <= lat <= area.north + margin)


def _unfit(crs: pyproj.CRS, x: float, y: float, guess: Guess | None, where: str) -> Refused:
    if guess is None or guess.crs == name_of(crs):
        return Refused(
            "import.unfit_crs",
            N_("coordinates like {x:.2f}, {y:.2f} cannot be {crs}"),
            where=where,
            advice=N_("state the right coordinate system with --crs"),
            x=x,
            y=y,
            crs=name_of(crs),
        )
    return Refused(
        "import.unfit_crs",
        N_("coordinates like {x:.2f}, {y:.2f} cannot be {crs}; they look like {guess} because {reason}"),
        where=where,
        advice=N_("give --crs {guess}"),
        x=x,
        y=y,
        crs=name_of(crs),
        guess=guess.crs,
        reason=guess.reason,
    )


def across(
    source: pyproj.CRS,
    target: pyproj.CRS,
    bounds: Bounds,
    where: str,
    shifts: Sequence[DatumShift] = (),
    shift: str | None = None,
) -> tuple[Way | None, list[Notice]]:
    """The best transformation for data within `bounds` (source coordinates), None if the two systems are the same.

    Systems on geocentric datums (WGS 84, CGCS2000, ETRS89, NAD83 …: ellipsoids within a millimetre of GRS 80) agree
    within about a metre and are taken as equal where PROJ knows no exact way, which is said. Parameters of the
    project's own (`shifts`, chosen by name or the only ones that fit) come before anything that PROJ knows. Raises
    Refused for any other unknown shift of datum (Xi'an 1980, Beijing 1954: tens to hundreds of metres).
    """
    own = None if source.equals(target, ignore_axis_order=True) else find(shifts, source, shift)
    if own is not None:
        metres = own.moved_m(source, (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
        text = N_("{source} was brought to {target} with the parameters “{name}”: moved by {metres:.1f} m")
        facts = {"source": name_of(source), "target": name_of(target), "name": own.name, "metres": metres}
        return own.way(source, target), [Notice("crs.shifted", text, **facts)]
    if source.equals(target, ignore_axis_order=True):
        return None, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = TransformerGroup(source, target, always_xy=True, area_of_interest=_area(source, bounds))
    names = {"source": name_of(source), "target": name_of(target)}
    done = Notice("crs.reprojected", N_("coordinates were transformed from {source} to {target}"), **names)
    if not group.transformers:
        raise Refused("import.no_way", N_("there is no transformation from {source} to {target}"), where=where, **names)
    best = group.transformers[0]
    if best.accuracy >= 0:
        if best.accuracy > _AGREE_M:
            return best, [
                done,
                Notice("crs.accuracy", N_("the transformation is good to {metres:.0f} m only"), metres=best.accuracy),
            ]
        return best, [done]
    if _geocentric(source) and _geocentric(target):
        return best, [
            done,
            Notice(
                "crs.same_datum",
                N_("{a} and {b} were taken as equal; they differ by a metre at most"),
                a=_datum(source),
                b=_datum(target),
            ),
        ]
    raise Refused(
        "import.datum",
        N_("{source} rests on another datum ({datum}); its shift to {target} is not known, it can be a hundred metres"),
        where=where,
        advice=N_("enter the official parameters (crs add, or “Datum parameters” in the window)"),
        datum=_datum(source),
        **names,
    )


def _area(crs: pyproj.CRS, bounds: Bounds) -> AreaOfInterest | None:
    base = crs.geodetic_crs
    if base is None:
        return None
    try:
        box = Transformer.from_crs(crs, base, always_xy=True).transform_bounds(*bounds) if crs.is_projected else bounds
    except ProjError:
        return None
    west, south, east, north = box
    if not np.isfinite(box).all() or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return AreaOfInterest(west, south, east, north)


def _geocentric(crs: pyproj.CRS) -> bool:
    ellipsoid = crs.ellipsoid
    return (
        ellipsoid is not None
        and abs(ellipsoid.semi_major_metre - 6378137.0) < 1e-3
        and 298.2569 < ellipsoid.inverse_flattening < 298.2574
    )


def _datum(crs: pyproj.CRS) -> str:
    base = crs.geodetic_crs
    return base.name if base is not None else crs.name


def move(geometries: Sequence[BaseGeometry | None] | Shapes, way: Way | None) -> Shapes:
    """The geometries in two dimensions through a transformation. What has no image gets infinite coordinates."""
    array = two_dimensions(as_array(geometries))
    if way is not None:

        def through(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack(way.transform(xy[:, 0], xy[:, 1])[:2])

        array = shapely.transform(array, through)
    return array


def two_dimensions(shapes: Shapes) -> Shapes:
    """The shapes without heights and measures; those that have none are the same objects."""
    more = shapely.has_z(shapes) | shapely.has_m(shapes)
    if not more.any():
        return shapes
    made = shapes.copy()
    made[more] = shapely.force_2d(shapes[more])
    return made


def as_array(geometries: Sequence[BaseGeometry | None] | Shapes) -> Shapes:
    """The geometries as an array of objects, into which numpy does not look."""
    if isinstance(geometries, np.ndarray):
        return geometries
    return np.array([*geometries, None], dtype=object)[:-1]


def usable(geometry: BaseGeometry | None) -> bool:
    """False for coordinates that are not numbers or are larger than any on Earth."""
    return geometry is None or geometry.is_empty or bool((np.abs(shapely.get_coordinates(geometry)) <= _EARTH_M).all())


def all_usable(geometries: Sequence[BaseGeometry | None] | Shapes) -> npt.NDArray[np.bool_]:
    """`usable` for many at once."""
    array = as_array(geometries)
    good = np.ones(len(array), np.bool_)
    if (np.abs(shapely.get_coordinates(array)) <= _EARTH_M).all():
        return good
    xy, owner = shapely.get_coordinates(array, return_index=True)
    with np.errstate(invalid="ignore"):
        good[owner[~(np.abs(xy) <= _EARTH_M).all(axis=1)]] = False
    return good


def bounds_of(geometries: Sequence[Any] | Shapes) -> Bounds | None:
    """The box around the middle one of all geometries, or None: a stray at 0, 0 must not decide where a file lies."""
    boxes = shapely.bounds(as_array(geometries))
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    x0, y0, x1, y1 = np.median(boxes, axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def strays(geometries: Sequence[Any] | Shapes) -> list[tuple[int, float]]:
    """(position, distance in m) of geometries that lie more than `_STRAY_M` from the middle one of all."""
    boxes = shapely.bounds(as_array(geometries))
    known = np.flatnonzero((np.abs(boxes) <= _EARTH_M).all(axis=1))
    if not len(known):
        return []
    middle = (boxes[known, :2] + boxes[known, 2:]) / 2
    away = np.hypot(*(middle - np.median(middle, axis=0)).T)
    return [(int(known[i]), float(away[i])) for i in np.flatnonzero(away > _STRAY_M)]
