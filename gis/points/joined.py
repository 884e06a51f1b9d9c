"""Breaklines of another file laid into points: crest and toe of a pit drawn in CAD or GIS, ground points in a table.

Both come into the project's system each by its own way. A line without heights is refused, not draped: heights from the
points would only say again what their triangles say, and the crest would still be cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.arrays import Array, Mask
from gis.points.base import LineFile, name_rows
from gis.points.file_kinds import holds_features, is_drawing
from gis.points.landxml import is_surface_file
from gis.points.read import GroundPoints, read_points
from gis.points.tin import measure
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch

_REACH = 3.0
_SHARE = 0.1
_HIGH_M = 50.0
_FAR_M = 100.0
_NO_HEIGHTS = {"points.no_height", "points.bad_height", "points.no_ground", "drawing.zero"}
_SINGLE = Notice("points.single", N_("it is a single point, no line"))


@dataclass(frozen=True)
class Breaklines:
    """Which file, and how it is read where it does not say so: system, layer, field of heights, unit of a drawing."""

    path: Path
    crs: str | None = None
    sublayer: str | None = None
    height_field: str | None = None
    unit: str | None = None
    z_unit: str | None = None


def read_joined(
    path: Path, lines: Breaklines | None, *, target_crs: str, unit: str | None = None, accept_guess: bool = False,
    watch: Watch | None = None, **options: Any,
) -> GroundPoints:  # fmt: skip
    """The points of a file with the breaklines of another among them; `options` as for read_points.

    `unit` is for the drawing of the two, `z_unit` for the heights of both. Raises what read_points raises; of the lines
    with keys that begin with "breaklines.", and Refused where one has no height or lies apart from the points.
    """
    watch = watch or Watch()
    if lines is None:
        return read_points(path, target_crs=target_crs, unit=unit, accept_guess=accept_guess, watch=watch, **options)
    lines = replace(lines, path=Path(lines.path))
    own = unit if is_drawing(Path(path)) or not is_drawing(lines.path) else None
    points = read_points(
        path, target_crs=target_crs, unit=own, accept_guess=accept_guess, watch=watch.part(0, 0.7), **options
    )
    if points.corners is not None:
        raise Refused(
            "points.surface_and_lines",
            N_("the file gives a surface of triangles, which are used as they are; breaklines cannot be laid into it"),
            where=str(path),
            advice=N_("leave the breaklines away, or give the points of the surface instead of its triangles"),
        )
    if lines.unit is None and own is None:
        lines = replace(lines, unit=unit)
    lines = replace(lines, z_unit=lines.z_unit or options.get("z_unit"))
    try:
        found = _read(lines, points, target_crs, accept_guess, watch.part(0.7, 1))
    except Refused as refused:
        facts = refused.what.facts
        if refused.key == "points.few_skipped" and facts["reason"].key in _NO_HEIGHTS:
            x, y = facts["place"] or (float("nan"), float("nan"))
            raise _bare(str(lines.path), facts["most"], facts["rows"], facts["reason"], x, y) from refused
        raise _in_our_words(refused) from refused
    _check_apart(points, found)
    return _together(points, found)


def _read(lines: Breaklines, points: GroundPoints, crs: str, accept_guess: bool, watch: Watch) -> GroundPoints:
    where = str(lines.path)
    if not is_drawing(lines.path) and not is_surface_file(lines.path) and not holds_features(lines.path):
        raise Refused(
            "points.lines_format",
            N_("breaklines are read from Shapefile, DXF, GeoJSON, KML and GeoPackage; this file is none of them"),
            where=where,
            advice=N_("save the lines in one of these formats, with heights"),
        )
    (x0, y0), (x1, y1) = points.xy.min(axis=0), points.xy.max(axis=0)
    found = read_points(
        lines.path, target_crs=crs, crs=lines.crs, sublayer=lines.sublayer, height_field=lines.height_field,
        unit=lines.unit, z_unit=lines.z_unit, accept_guess=accept_guess,
        neighbours=(float(x0), float(y0), float(x1), float(y1)), least=2, watch=watch,
    )  # fmt: skip
    if found.corners is not None:
        raise Refused(
            "points.faces_no_breaklines",
            N_("the layer holds a surface of triangles, no lines"),
            where=where,
            advice=N_("name the layer of the breaklines; a surface goes in by itself, as the file of the terrain"),
        )
    _check_heights(found, points, where)
    single = found.line < 0
    if single.all():
        raise Refused(
            "points.no_breaklines",
            N_("the layer holds no lines"),
            where=where,
            advice=N_("name the layer of the breaklines, or the file that holds them"),
        )
    found.skips.add_all(found.row[single], _SINGLE)
    found.keep(~single)
    return found


def _check_heights(found: GroundPoints, points: GroundPoints, where: str) -> None:
    """Refuse lines without heights, the first one by its place; 0 among high ones is none."""
    bare = [t for t in found.skips if t.reason.key in _NO_HEIGHTS]
    if bare:
        first = bare[0]
        x, y = first.place or (float("nan"), float("nan"))
        raise _bare(where, first.count, name_rows(first.rows, first.count), first.reason, x, y)
    zero: Mask = (found.z == 0) & (found.line >= 0)
    heights = np.abs(np.concatenate((points.z, found.z)))
    if zero.any() and float(np.median(heights[heights > 0])) > _HIGH_M:
        rows = np.unique(found.row[zero])
        reason = Notice("points.zero_line", N_("its height is 0 while the others lie high: that means none"))
        raise _bare(where, len(rows), name_rows(rows), reason, *found.xy[zero][0])


def _bare(where: str, count: int, rows: str, reason: Notice, x: float, y: float) -> Refused:
    return Refused(
        "breaklines.bare",
        N_("{count} breaklines have no usable height (features {rows}, the first near {x:.2f}, {y:.2f}): {reason}"),
        where=where,
        advice=N_("give them heights (z or a field), or take them out of the file"),
        count=count,
        rows=rows,
        reason=reason,
        x=float(x),
        y=float(y),
    )


def _check_apart(points: GroundPoints, found: GroundPoints) -> None:
    """Refuse lines that lie nowhere near the points: in the wrong system, or of another place.

    Near is three times the usual reach of the points, at least a tenth of their extent across.
    """
    hull = shapely.convex_hull(shapely.multipoints(points.xy))
    shapely.prepare(hull)
    limit = _SHARE * float(np.hypot(*np.ptp(points.xy, axis=0)))
    try:
        limit = max(limit, _REACH * measure(points.xy).reach_m)
    except Refused:  # points on one line: with the lines they may span ground all the same
        limit = max(limit, 1.0)
    off: Array = np.asarray(shapely.distance(hull, shapely.points(found.xy)), np.float64)
    names, at = np.unique(found.line, return_inverse=True)
    nearest = np.full(len(names), np.inf)
    np.minimum.at(nearest, at.ravel(), off)
    far = nearest > limit
    if not far.any():
        return
    first = {int(n): int(r) for n, r in zip(found.line[::-1], found.row[::-1], strict=True)}
    rows = [first[int(n)] for n in names[far]]
    raise Refused(
        "breaklines.apart",
        N_("{count} of {all} breaklines lie apart from the points (features {rows}): {distance:.0f} m from the ground "
           "of {file}, at most {limit:.0f} m are near"),
        where=str(found.path),
        advice=N_("check the coordinate system of both files (--crs, --breaklines-crs), or take far lines out"),
        count=int(far.sum()),
        all=len(names),
        rows=name_rows(rows),
        distance=float(nearest[far].min()),
        file=points.path.name,
        limit=limit,
    )  # fmt: skip


def _together(points: GroundPoints, found: GroundPoints) -> GroundPoints:
    """Lines behind the points, numbered on from those that the points have."""
    start = int(points.line.max()) + 1 if len(points.line) else 0
    start = max(start, 0)
    _, line = np.unique(found.line, return_inverse=True)
    told = [Notice("points.of_lines", N_("{file}: {said}"), file=found.path.name, said=w) for w in found.warnings]
    told += _far_heights(points, found)
    return replace(
        points,
        xy=np.concatenate((points.xy, found.xy)),
        z=np.concatenate((points.z, found.z)),
        row=np.concatenate((points.row, found.row)),
        line=np.concatenate((points.line, line.ravel() + start)),
        warnings=[*points.warnings, *told],
        held_from=start,
        breaklines=LineFile(
            found.path, found.sha256, found.kind, found.encoding, found.sublayer, found.crs, found.crs_basis,
            found.columns_said, int(line.max()) + 1, len(found.z), found.skips,
        ),
    )  # fmt: skip


def _far_heights(points: GroundPoints, found: GroundPoints) -> list[Notice]:
    """A word where the lines' heights are nowhere near the points': another datum, centimetres, feet."""
    low, high = float(points.z.min()), float(points.z.max())
    first, last = float(found.z.min()), float(found.z.max())
    limit = max(_FAR_M, _REACH * (high - low))
    if first >= low - limit and last <= high + limit:
        return []
    text = N_("{file}: the breaklines' heights {first:.1f} … {last:.1f} m lie far from those of the points, {low:.1f} "
              "… {high:.1f} m: check unit and height datum")  # fmt: skip
    return [Notice("points.far_lines", text, file=found.path.name, first=first, last=last, low=low, high=high)]


def _in_our_words(refused: Refused) -> Refused:
    """The same refusal as one of the breaklines; the options that its advice names have other names here."""
    if refused.key.startswith("breaklines."):
        return refused
    advice, facts = refused.advice.text, dict(refused.what.facts)
    if "--" in advice:
        facts["first"] = refused.advice
        advice = N_("{first} (of the breaklines: --breaklines-crs, --breaklines-layer, --breaklines-height-field)")
    return Refused(f"breaklines.{refused.key}", refused.what.text, where=refused.where, advice=advice, **facts)
