"""From a foreign file's coordinates to the project's: the way across, shapes moved along it, what is no place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, Transformer, TransformerGroup
from shapely.geometry.base import BaseGeometry

from gis.crs_guess import Bounds
from gis.datum_shift import DatumShift, Way, find
from gis.formats.crs_choice import name_of
from gis.library_warnings import silenced
from models.errors import Refused
from models.notices import N_, Notice

Shapes = npt.NDArray[np.object_]
_STRAY_M = 300_000.0
_ALONE_M = 20_000.0
_TIMES_ALONE = 50.0
_LEAST_ALONE = 4
_WIDE_M, _TIMES_USUAL, _MOST_FOUND = 100_000.0, 100.0, 20
_EARTH_M = 1e8
"""No grid coordinate on Earth is larger."""
_AGREE_M = 5.0


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
    with silenced():
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
    """(position, distance in m) of geometries that lie more than `_STRAY_M` from the middle one of all.

    Where all but a few stand close together, one that lies over 20 km and fifty times the usual distance off is too.
    """
    boxes = shapely.bounds(as_array(geometries))
    known = np.flatnonzero((np.abs(boxes) <= _EARTH_M).all(axis=1))
    if not len(known):
        return []
    middle = (boxes[known, :2] + boxes[known, 2:]) / 2
    away = np.hypot(*(middle - np.median(middle, axis=0)).T)
    alone = (away > _ALONE_M) & (away > _TIMES_ALONE * np.median(away)) & (len(away) >= _LEAST_ALONE)
    return [(int(known[i]), float(away[i])) for i in np.flatnonzero((away > _STRAY_M) | alone)]


def oversized(geometries: Sequence[Any] | Shapes) -> list[tuple[int, float]]:
    """(position, width or height in m) of geometries over `_WIDE_M` across, many times as large as the usual others."""
    boxes = shapely.bounds(as_array(geometries))
    with np.errstate(invalid="ignore"):  # infinite where a shape has no image
        size = np.fmax(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    known = np.isfinite(size)
    found = []
    for i in np.flatnonzero(known & (size > _WIDE_M)):
        others = size[known & (np.arange(len(size)) != i)]
        if len(others) and size[i] > _TIMES_USUAL * float(np.median(others)):
            found.append((int(i), float(size[i])))
        if len(found) >= _MOST_FOUND:
            break
    return found
