"""Reads a land office's coordinate file, in the child that parses foreign files (see gis/formats/child)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.formats import encodings
from gis.formats.base import Limits
from gis.formats.far_corners import far_corners
from gis.formats.land_txt_header import system_of
from gis.formats.land_txt_lines import PlotLines, PointLine, parse_lines
from gis.formats.land_txt_write import MADE_BY, OURS
from gis.formats.packed_degrees import digits_of
from gis.formats.rings import nest, once
from models.errors import Refused
from models.notices import N_, Notice
from models.units import M2_PER_HA

_NUMBER = "地块编号"
_MOST_BYTES = 512 * 1024**2
_SAMPLE_BYTES = 1 << 20
_BATCH = 200
_NORTH, _EAST = (1.5e6, 6.5e6), (5e4, 1.0e6)
_LON, _LAT = (60.0, 180.0), (0.0, 60.0)
_PREFIX = 1e7
_AREA_AGREES = 0.01
_EQUAL_M = 5e-4
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Axes:
    """Which of the two numbers is which, over the whole file. `zone`: the number before the eastings, None for none."""

    swapped: bool
    degrees: bool
    zone: int | None


def stream(path: Path, job: dict[str, Any], limits: Limits) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """Messages: alive, layer, features, end; one feature a plot. Raises Refused."""
    if path.stat().st_size > _MOST_BYTES:
        raise Refused("import.too_large", N_("the file is larger than {most:.0f} GB"), where=str(path),
                      most=_MOST_BYTES / 1024**3)  # fmt: skip
    codec, label = _encoding(path, job["encoding"])
    header: dict[str, str] = {}
    plots: list[PlotLines] = []
    vertices = 0
    with path.open("r", encoding=codec, errors="replace") as file:
        for plot in parse_lines(file, header, str(path)):
            if plot is None:
                yield {"kind": "alive"}, []
                continue
            plots.append(plot)
            vertices += len(plot.points)
            _check_counts(len(plots), vertices, limits, path)
    plots = [p for p in plots if p.points or p.fields]
    if not any(p.points for p in plots):
        raise Refused("land_txt.nothing", N_("there is no point in it"), where=str(path),
                      advice=N_("after the line of a plot, which ends in @, its points follow"))  # fmt: skip
    own = header.get(MADE_BY) == OURS
    axes = _axes(plots, str(path))
    warnings: list[Notice] = []
    crs, text = system_of(header, in_degrees=axes.degrees, prefix=axes.zone, warnings=warnings, where=str(path))
    if axes.swapped:
        warnings.append(
            Notice(
                "land_txt.swapped", N_("the east coordinate stands before the north one in this file; it was turned")
            )
        )
    head = {"kind": "layer", "sublayer": path.stem, "sublayers": [[path.stem, len(plots)]], "encoding": label,
            "count": len(plots), "crs": crs, "crs_text": text, "warnings": [w.to_json() for w in warnings],
            "degrees": _digits(plots) if axes.degrees else None}  # fmt: skip
    yield head, []
    for start in range(0, len(plots), _BATCH):
        rows, shapes = [], []
        for row, plot in enumerate(plots[start : start + _BATCH], start + 1):
            shape, notes = _shape(plot, axes)
            shape, notes = _looked_at(shape, notes)
            rows.append([row, _fields(plot, own=own), [n.to_json() for n in notes]])
            shapes.append(b"" if shape is None else bytes(shapely.to_wkb(shape, include_srid=False)))
        yield {"kind": "features", "rows": rows}, shapes
    yield {"kind": "end", "count": len(plots), "said": len(plots)}, []


def _digits(plots: list[PlotLines]) -> dict[str, Any] | None:
    rows = ((p.line, [p.first, p.second]) for plot in plots for p in plot.points)
    return digits_of(rows, [(0, 1)], [])


def _fields(plot: PlotLines, *, own: bool) -> dict[str, str]:
    """The fields of the plot line. In a file that we wrote the plot number is the project's code, else the parcel's."""
    return {"code" if own and name == _NUMBER else name: value for name, value in plot.fields.items()}


def _check_counts(plots: int, vertices: int, limits: Limits, path: Path) -> None:
    if plots > limits.features:
        raise Refused("import.too_many_features", N_("the file has {count} features; at most {most} are read at once"),
                      where=str(path), count=plots, most=limits.features)  # fmt: skip
    if vertices > limits.vertices:
        raise Refused("import.too_many_vertices", N_("the file has more than {most} vertices"), where=str(path),
                      most=limits.vertices)  # fmt: skip


def _encoding(path: Path, stated: str | None) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    for bom, codec in _BOMS.items():
        if head.startswith(bom):
            return codec, "UTF-8" if codec == "utf-8-sig" else "UTF-16"
    choice = encodings.choose(head.splitlines(), stated=stated, declared="")
    return choice.codec, choice.label


def _axes(plots: list[PlotLines], where: str) -> Axes:
    """Decided by the values of all points together, never by one. Raises Refused where they do not agree."""
    xy = np.array([(p.first, p.second) for plot in plots for p in plot.points])
    low, high = xy.min(axis=0), xy.max(axis=0)

    def within(column: int, span: tuple[float, float]) -> bool:
        return bool(span[0] <= low[column] and high[column] <= span[1])

    if np.abs(xy).max() <= 360:
        return Axes(swapped=within(0, _LON) and within(1, _LAT), degrees=True, zone=None)
    large = xy >= _PREFIX
    if large.any():
        column = int(large[:, 1].sum() < large[:, 0].sum())
        east = 0 if column else 1
        zones = np.unique(xy[:, east] // 1e6).astype(int)
        if not large[:, east].all() or large[:, 1 - east].any() or len(zones) > 1:
            raise _mixed(plots, east, where)
        return Axes(swapped=east == 0, degrees=False, zone=int(zones[0]))
    return Axes(swapped=within(0, _EAST) and within(1, _NORTH), degrees=False, zone=None)


def _mixed(plots: list[PlotLines], east: int, where: str) -> Refused:
    points = [p for plot in plots for p in plot.points]
    first = (points[0].first, points[0].second)[east] // 1e6
    odd = next(p for p in points if (p.first, p.second)[east] // 1e6 != first or (p.second, p.first)[east] >= _PREFIX)
    return Refused(
        "land_txt.mixed",
        N_("the points do not agree on the zone: line {line} reads {a}, {b}, the first point {c}, {d}"),
        where=where,
        advice=N_("one file holds one zone, with its number before every east coordinate or before none"),
        line=odd.line,
        a=odd.first,
        b=odd.second,
        c=points[0].first,
        d=points[0].second,
    )


def _shape(plot: PlotLines, axes: Axes) -> tuple[BaseGeometry | None, list[Notice]]:
    """The outline, east first, and what reading it mended."""
    notes: list[Notice] = []
    if plot.kind == "点":
        places = [_place(p, axes) for p in plot.points]
        return shapely.MultiPoint(places) if len(places) > 1 else shapely.Point(*places) if places else None, notes
    if plot.kind == "线":
        lines = [r for r in _rings(plot, axes, notes) if len(r) > 1]
        made: BaseGeometry | None = shapely.MultiLineString(lines) if len(lines) > 1 else None
        return (made or shapely.LineString(lines[0])) if lines else None, notes
    rings = []
    for ring in _rings(plot, axes, notes):
        if len(set(ring)) < 3:
            notes.append(
                Notice(
                    "land_txt.few_points",
                    N_("a ring of the plot in line {line} has fewer than three points"),
                    line=plot.line,
                )
            )
            continue
        if not _same(ring[0], ring[-1], axes):
            ring = [*ring, ring[0]]  # noqa: PLW2901 - closed
            notes.append(Notice("import.unclosed", N_("a ring was not closed")))
        rings.append(ring)
    kept, twice = once([("", np.array(r)) for r in rings], named=True)
    notes += twice
    shape = _nested([r for _, r in kept])
    if shape is not None and not axes.degrees:
        notes += _account(plot, shape, rings)
    return shape, notes


def _looked_at(shape: BaseGeometry | None, notes: list[Notice]) -> tuple[BaseGeometry | None, list[Notice]]:
    """The shape with the remark on a corner far from the others; none where that corner lacks a coordinate."""
    for _i, note, broken in far_corners(np.array([shape], dtype=object)) if shape is not None else ():
        return (None if broken else shape), [*notes, note]
    return shape, notes


def _place(point: PointLine, axes: Axes) -> tuple[float, float]:
    """(east, north). X is the north coordinate and stands first (TX-01), unless the whole file has it otherwise."""
    return (point.first, point.second) if axes.swapped else (point.second, point.first)


def _same(a: tuple[float, float], b: tuple[float, float], axes: Axes) -> bool:
    most = _EQUAL_M * (1e-5 if axes.degrees else 1.0)
    return abs(a[0] - b[0]) <= most and abs(a[1] - b[1]) <= most


def _rings(plot: PlotLines, axes: Axes, notes: list[Notice]) -> list[list[tuple[float, float]]]:
    """Places ring by ring: a new ring number begins one, and so does a point after the ring is closed (TX-05, TX-06).

    A single point with another ring number that closes the ring before it belongs to that ring (TX-13).
    """
    rings: list[list[tuple[float, float]]] = []
    number = None
    for i, point in enumerate(plot.points):
        place = _place(point, axes)
        closed = bool(rings) and len(rings[-1]) > 2 and _same(rings[-1][0], rings[-1][-1], axes)
        alone = i + 1 == len(plot.points) or plot.points[i + 1].ring != point.ring
        if rings and not closed and point.ring != number and alone and _same(rings[-1][0], place, axes):
            notes.append(
                Notice(
                    "land_txt.ring_number",
                    N_("line {line} closes a ring but bears another ring number"),
                    line=point.line,
                )
            )
            rings[-1].append(place)
            continue
        if not rings or point.ring != number or closed:
            rings.append([])
        rings[-1].append(place)
        number = point.ring
    return rings


def _nested(rings: list[Array]) -> BaseGeometry | None:
    """Shells with their holes, by what lies in what and not by ring numbers (TX-06)."""
    parts = nest(rings)
    return None if not parts else parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _account(plot: PlotLines, shape: BaseGeometry, rings: list[list[tuple[float, float]]]) -> list[Notice]:
    """What the plot line says and the points do not bear out."""
    notes = []
    points = len(plot.points)
    if plot.said_points is not None and plot.said_points not in {points, points - len(rings)}:
        text = N_("the plot in line {line} speaks of {said} points, {found} follow")
        notes.append(Notice("land_txt.count", text, line=plot.line, said=plot.said_points, found=points))
    area, said = float(shape.area), plot.said_area
    if said and area and not any(abs(said * unit / area - 1) <= _AREA_AGREES for unit in (1.0, M2_PER_HA)):
        text = N_("the plot in line {line} says an area of {said}, its points enclose {found:.4f} ha")
        notes.append(Notice("land_txt.area", text, line=plot.line, said=said, found=area / M2_PER_HA))
    return notes
