"""Checks the outlines of a change and makes the blobs to store; all outlines of a step at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from gis.store import blob
from gis.store.tables import TABLES
from gis.topology import explain_invalid
from models.changes import Change, Delete, Update
from models.errors import Refused
from models.notices import N_

_FARTHEST_M = 1e8
"""No grid coordinate on Earth is larger: the equator is 4e7 m long, eastings with a zone number reach 6.1e7 m."""
_PROMOTED: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "MULTIPOLYGON": (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON, shapely.multipolygons),
    "MULTILINESTRING": (
        shapely.GeometryType.LINESTRING,
        shapely.GeometryType.MULTILINESTRING,
        shapely.multilinestrings,
    ),
}


class Shape(NamedTuple):
    """A geometry ready to be written: its blob and its bounds (minx, miny, maxx, maxy) in project coordinates."""

    blob: bytes
    bounds: tuple[float, float, float, float]


def shapes_of(changes: Sequence[Change], srs_id: int) -> dict[int, Shape]:
    """The shapes of those changes that carry a geometry, by their position. Raises Refused for one that cannot be kept.

    Single parts become multiparts and heights are dropped; nothing else is altered: an outline that crosses itself is
    refused here, and repaired (visibly) by gis.topology before it comes here.
    """
    found: dict[str, tuple[list[int], list[BaseGeometry]]] = {}
    last, kind = "", None
    for index, change in enumerate(changes):
        if isinstance(change, Delete):
            continue
        if change.table != last:
            last, kind = change.table, TABLES[change.table].geometry
        values = change.values
        if kind is None or ("geometry" not in values and isinstance(change, Update)):
            continue
        geometry = values.get("geometry")
        if not isinstance(geometry, BaseGeometry):
            raise _no_geometry(geometry, _where(change))
        if kind not in found:
            found[kind] = ([], [])
        indexes, geometries = found[kind]
        indexes.append(index)
        geometries.append(geometry)
    made: dict[int, Shape] = {}
    for sort, (indexes, geometries) in found.items():
        array = _checked(sort, geometries, partial(_where_at, changes, indexes))
        blobs = blob.encode_many(array, srs_id)
        boxes = map(tuple, shapely.bounds(array).tolist())
        made.update(zip(indexes, map(Shape, blobs, boxes), strict=True))
    return made


def _no_geometry(given: Any, where: str) -> Refused:
    if given is None:
        return Refused("geometry.missing", N_("a feature needs an outline or a point"), where=where)
    return Refused("geometry.type", N_("this is no geometry"), where=where)


def _where_at(changes: Sequence[Change], indexes: Sequence[int], at: int) -> str:
    return _where(changes[indexes[at]])


def _where(change: Change) -> str:
    code = "" if isinstance(change, Delete) else str(change.values.get("code") or "")
    if isinstance(change, Update):
        code = code or f"#{change.fid}"
    return f"{change.table} {code}".strip()


def _checked(kind: str, geometries: list[BaseGeometry], where: Callable[[int], str]) -> npt.NDArray[np.object_]:
    array: npt.NDArray[np.object_] = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    types = shapely.get_type_id(array)
    if kind in _PROMOTED:
        single, multi, promote = _PROMOTED[kind]
        _refuse_any(~np.isin(types, [single, multi]), array, where, _wrong_type(kind))
    else:
        _refuse_any(types != GeometryType.POINT, array, where, _wrong_type(kind))
    _refuse_any(
        shapely.is_empty(array),
        array,
        where,
        _empty,
    )
    if shapely.has_z(array).any():
        array = shapely.force_2d(array)
    if not (np.abs(shapely.get_coordinates(array)) <= _FARTHEST_M).all():  # NaN and infinity are caught too
        numbers, owner = shapely.get_coordinates(array, return_index=True)
        far = np.zeros(len(array), dtype=bool)
        far[owner[~(np.abs(numbers) <= _FARTHEST_M).all(axis=1)]] = True
        _refuse_any(far, array, where, _too_far)
    _refuse_any(~shapely.is_valid(array), array, where, _invalid)
    if kind in _PROMOTED:
        alone = types == single
        if alone.any():
            array[alone] = promote(array[alone], indices=np.arange(int(alone.sum())))
    return array


def _refuse_any(
    bad: npt.NDArray[np.bool_], array: npt.NDArray[np.object_], where: Callable[[int], str], refusal: Any
) -> None:
    if bad.any():
        index = int(np.argmax(bad))
        raise refusal(array[index], where(index))


def _wrong_type(kind: str) -> Any:
    return lambda geometry, where: Refused(
        "geometry.type", N_("a {found} does not fit: the layer keeps {kind}"), where=where,
        found=geometry.geom_type, kind=kind.title())  # fmt: skip


def _too_far(_geometry: BaseGeometry, where: str) -> Refused:
    return Refused("geometry.coordinates", N_("a coordinate is no number or lies outside every map"), where=where,
                   advice=N_("check the coordinate system of the source"))  # fmt: skip


def _empty(_geometry: BaseGeometry, where: str) -> Refused:
    return Refused("geometry.empty", N_("the geometry is empty"), where=where)


def _invalid(geometry: BaseGeometry, where: str) -> Refused:
    return Refused("geometry.invalid", N_("{why}; it is not kept like this"), where=where,
                   advice=N_("repair the outline first"), why=explain_invalid(geometry))  # fmt: skip
