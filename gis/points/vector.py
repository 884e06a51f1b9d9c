"""Contour lines and points with heights from Shapefile, GeoPackage or GeoJSON, parsed by the child of gis/formats.

Heights come from the third coordinate (3D lines and points) or from a field. Each line is a breakline.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Mask
from gis.formats import LIMITS, Reader, process, wire
from gis.points.base import LONGEST_GROUND_M, POINT_LIMITS, PointLimits, RawPoints, Skips, too_many
from gis.points.columns import role_of
from gis.points.height_units import converted, unit_in_name, unit_of_heights
from gis.points.numbers import is_blank, parse_number
from gis.points.table import BAD_HEIGHT, FAR, NO_GROUND, NO_HEIGHT
from models.errors import Refused, Unreadable
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import PLAUSIBLE_M

_LOWEST_M, _HIGHEST_M = PLAUSIBLE_M
_AGREE_M = 0.01
_SHAPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "LinearRing"}
_NO_SHAPE = Notice("points.no_shape", N_("it has no points"))
_AREA = Notice("points.area", N_("it is an area, no point and no line"))


@dataclass
class Held:
    """What the child sent, feature by feature."""

    head: dict[str, Any] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    faces: list[tuple[Array, Array]] = field(default_factory=list)
    """(corners (n, 12), numbers of their entities) as they came."""

    def take(self, message: dict[str, Any], shapes: list[bytes]) -> bool:
        """Keep what a message brings; True for the last one."""
        if message["kind"] == "layer":
            self.head = message
        elif message["kind"] == "faces":
            corners, rows = shapes
            self.faces.append((np.frombuffer(corners).reshape(-1, 12), np.frombuffer(rows, np.int64)))
        elif message["kind"] == "features":
            with np.errstate(invalid="ignore"):  # coordinates that are not numbers are left out later
                made = shapely.from_wkb(np.array([s or None for s in shapes], dtype=object), on_invalid="ignore")
            self.shapes += list(made)
            came = wire.rows(message)
            self.rows += [int(r[0]) for r in came]
            self.fields += [r[1] for r in came]
        return bool(message["kind"] == "end")


def read_vector(
    path: Path,
    reader: Reader,
    *,
    sublayer: str | None = None,
    encoding: str | None = None,
    height_field: str | None = None,
    z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> RawPoints:
    """The vertices of a layer of points or lines. Raises Refused, Missing, Unreadable, Cancelled.

    `height_field` names the field of heights where the choice is not clear; `z_factor` (metres in one unit of the
    heights) overrules what field or system say.
    """
    where = str(path)
    held = _listen(path, reader, sublayer, encoding, watch or Watch())
    if reader.key == "kml":
        _as_lines(held)
    skips = Skips()
    kept = [i for i in range(len(held.rows)) if _is_usable(held, i, skips)]
    if not kept:
        raise Refused(
            "points.no_lines",
            N_("the layer holds no points and no lines"),
            where=where,
            advice=N_("name a layer of survey points or contour lines"),
        )
    name, by_field, unit = _height_source(held, kept, height_field, where)
    unit = unit if z_factor is None else None  # what is stated overrules it
    factor = z_factor or (unit[0] if unit else 1.0)
    first, second, height, row, line = vertices(held, kept, by_field, skips, limits, where, factor)
    if name:
        basis = Notice("points.heights_field", N_("heights from the field “{name}”"), name=name)
    else:
        basis = Notice("points.heights_z", N_("heights from the third coordinate"))
    raw = RawPoints(reader.key, first, second, height, row, line, "en", basis, skips, len(held.rows))
    raw.encoding, raw.sublayer = held.head["encoding"], str(held.head["sublayer"])
    raw.crs, raw.crs_text = str(held.head["crs"]), str(held.head["crs_text"])
    raw.warnings = [Notice.from_json(w) for w in held.head["warnings"]]
    if unit is not None and unit[0] != 1.0:
        raw.warnings.append(converted(unit[1]))
    return raw


def _listen(path: Path, reader: Reader, sublayer: str | None, encoding: str | None, watch: Watch) -> Held:
    held, done = Held(), False
    for message, shapes in process.messages(
        path.resolve(), reader.key, sublayer=sublayer, prefer=None, encoding=encoding, limits=LIMITS, watch=watch
    ):
        done = held.take(message, shapes) or done
    ended(held, done, path)
    return held


def _as_lines(held: Held) -> None:
    """Outlines as the lines around them: the reader of KML takes a line that closes for one."""
    for i, shape in enumerate(held.shapes):
        if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty:
            rings = [r for p in shapely.get_parts(shape) for r in (p.exterior, *p.interiors)]
            held.shapes[i] = shapely.MultiLineString([np.asarray(r.coords) for r in rings])
    held.head["warnings"] = [w for w in held.head["warnings"] if Notice.from_json(w).key != "lines.closed"]


def ended(held: Held, done: bool, path: Path) -> None:
    """Raise Unreadable where the child ended in the middle."""
    if not held.head or not done:
        raise Unreadable(
            "import.crashed",
            N_("the file made its reader fail; nothing was taken from it"),
            where=str(path),
            advice=N_("the file is damaged; save it again in the program it came from"),
        )


def _is_usable(held: Held, i: int, skips: Skips) -> bool:
    shape = held.shapes[i]
    if shape is None or shape.is_empty:
        skips.add(held.rows[i], _NO_SHAPE)
    elif shape.geom_type not in _SHAPES:
        skips.add(held.rows[i], _AREA)
    else:
        return True
    return False


Source = tuple[str, dict[int, Any] | None, tuple[float, str] | None]


def _height_source(held: Held, kept: list[int], wanted: str | None, where: str) -> Source:
    """("", None, unit) for the third coordinate, else the field's name, its values by feature and its unit.

    The unit is that of the system's vertical axis or of the field's name, None where nothing states one.
    """
    names = list(dict.fromkeys(k for i in kept for k in held.fields[i]))
    if wanted is not None and wanted not in names and wanted.lower() != "z":
        raise _which(N_("the layer has no field {name}"), where, names, name=wanted)
    z = np.concatenate([shapely.get_coordinates(held.shapes[i], include_z=True)[:, 2] for i in kept])
    has_z = bool(np.isfinite(z).any() and (z[np.isfinite(z)] != 0).any())
    if wanted is not None and wanted in names:
        return wanted, {i: held.fields[i].get(wanted) for i in kept}, unit_in_name(wanted)
    if wanted is not None:
        if has_z:
            return "", None, unit_of_heights(held.head["crs"])
        raise _which(N_("the layer has no third coordinate"), where, names)
    found = [n for n in names if role_of(n) == "height" and _mostly_numbers(held, kept, n)]
    if has_z:
        axis, named = unit_of_heights(held.head["crs"]), unit_in_name(found[0]) if found else None
        if not found or not _differ(held, kept, found[0], (named or (1.0,))[0] / (axis or (1.0,))[0]):
            return "", None, axis
        if named and not axis and not _differ(held, kept, found[0], 1.0):
            return "", None, named
    if has_z:
        text = N_("the third coordinate and the field “{name}” give different heights")
        raise _which(text, where, names, name=found[0])
    if not found:
        raise _which(
            N_("the layer has no heights: no third coordinate and no field that is named as one"), where, names
        )
    if len(found) > 1:
        raise _which(N_("several fields may be the heights: {names}"), where, names, names=", ".join(found))
    return found[0], {i: held.fields[i].get(found[0]) for i in kept}, unit_in_name(found[0])


def _which(what: str, where: str, fields: list[str], **facts: Any) -> Refused:
    advice = N_("say which with --height-field (z for the third coordinate); fields: {fields}")
    return Refused("points.which_height", what, where=where, advice=advice, fields=", ".join(fields)[:300], **facts)


def _mostly_numbers(held: Held, kept: list[int], name: str) -> bool:
    good = sum(parse_number(held.fields[i].get(name)) is not None for i in kept)
    return 2 * good >= len(kept)


def _differ(held: Held, kept: list[int], name: str, factor: float) -> bool:
    """Whether the third coordinate and a field, times `factor`, tell different heights for a feature."""
    for i in kept[:2000]:
        said = parse_number(held.fields[i].get(name))
        z = shapely.get_coordinates(held.shapes[i], include_z=True)[:, 2]
        if said is not None and np.isfinite(z).all() and float(np.abs(z - said * factor).max()) > _AGREE_M:
            return True
    return False


def vertices(
    held: Held,
    kept: list[int],
    by_field: dict[int, Any] | None,
    skips: Skips,
    limits: PointLimits,
    where: str,
    factor: float = 1.0,
) -> tuple[Array, Array, Array, Any, Any]:
    """(first, second, height, row, line) of all vertices with a height; heights times `factor` are metres."""
    blocks: list[Array] = []
    rows: list[Any] = []
    lines: list[Any] = []
    total = number = 0
    for i in kept:
        stated = None
        if by_field is not None:
            stated = parse_number(by_field[i])
            if stated is None:
                x, y = shapely.get_coordinates(held.shapes[i])[0]
                skips.add(held.rows[i], NO_HEIGHT if is_blank(by_field[i]) else BAD_HEIGHT, (float(x), float(y)))
                continue
        for part in shapely.get_parts(held.shapes[i]):
            points = shapely.get_coordinates(part, include_z=True)
            if stated is not None:
                points[:, 2] = stated
            points[:, 2] *= factor
            points = points[_sound(points, held.rows[i], skips)]
            is_line = part.geom_type != "Point" and len(points) > 1
            blocks.append(points)
            rows.append(np.full(len(points), held.rows[i], np.int64))
            lines.append(np.full(len(points), number if is_line else -1, np.int64))
            number += is_line
            total += len(points)
            if total > limits.points:
                raise too_many(where, limits.points)
    if not blocks:
        empty = np.zeros(0)
        return empty, empty, empty, np.zeros(0, np.int64), np.zeros(0, np.int64)
    xyz = np.concatenate(blocks)
    return xyz[:, 0], xyz[:, 1], xyz[:, 2], np.concatenate(rows), np.concatenate(lines)


def _sound(points: Array, row: int, skips: Skips) -> Mask:
    """Which vertices can be used; the others are counted with their feature's number."""
    with np.errstate(invalid="ignore"):
        place = (np.abs(points[:, :2]) <= LONGEST_GROUND_M).all(axis=1)
        height = np.isfinite(points[:, 2])
        ground = (points[:, 2] >= _LOWEST_M) & (points[:, 2] <= _HIGHEST_M)
    for bad, reason in ((~place, FAR), (place & ~height, NO_HEIGHT), (place & height & ~ground, NO_GROUND)):
        if bad.any():
            x, y = points[bad][0, :2]
            skips.add(row, reason, (float(x), float(y)))
    return np.asarray(place & height & ground)
