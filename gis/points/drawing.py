"""Contours, breaklines and height points from a CAD drawing (DXF), parsed by the child (gis/drawings).

A height is an entity's z (its elevation). A height of 0 is none where the others lie high: it is left out and counted,
or taken from a text beside the point if that was asked for. Nothing is guessed from texts unasked.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gis.arrays import Array
from gis.drawings.shapes import SAGITTA
from gis.formats import LIMITS, process
from gis.points.base import POINT_LIMITS, PointLimits, RawPoints, Skips
from gis.points.surface_file import surface_of
from gis.points.vector import Held, ended, vertices
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.units import FOOT_M, US_SURVEY_FOOT_M

UNITS = {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001, "km": 1000.0, "ft": FOOT_M, "us-ft": US_SURVEY_FOOT_M,
         "in": FOOT_M / 12}  # fmt: skip
_INSUNITS = {1: "in", 2: "ft", 4: "mm", 5: "cm", 6: "m", 7: "km", 14: "dm", 21: "us-ft"}
_HIGH_M = 50.0
_GRID_M = (1e5, 1e8)
"""Northings of a national grid in metres lie between; a drawing in millimetres of such a place lies beyond."""
_ZERO = Notice("drawing.zero", N_("its height is 0 while the others lie high: in a drawing that means none"))
_NO_TEXT = Notice("drawing.no_text", N_("its height is 0 and no number stands beside it"))


def read_drawing(
    path: Path,
    *,
    sublayer: str | None = None,
    encoding: str | None = None,
    unit: str | None = None,
    text_heights_m: float | None = None,
    z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> RawPoints:
    """The vertices of the drawing's layers that hold heights; of faces with their triangles.

    Raises Refused, Missing, Unreadable, Cancelled.

    `unit` is a key of UNITS where the drawing's own is not to be believed; `text_heights_m`: points without a height
    take that of the nearest number on their layer within so many metres, each number serving the point nearest to it.
    `z_factor`: metres in one unit of the heights and of such numbers, where they are not in the drawing's unit.
    """
    where = str(path)
    _check(unit, text_heights_m, where)
    held, texts = _listen(path, sublayer, encoding, text_heights_m, limits, watch or Watch())
    skips = Skips()
    warnings: list[Notice] = []
    factor = _factor(held, unit, where, warnings)
    if held.faces:
        raw = surface_of("dxf", held, factor, skips, warnings, z_factor)
        raw.encoding = held.head["encoding"]
        raw.warnings += _remarks(held)
        return raw
    scale = np.array([factor, factor, z_factor or factor])
    shapes = [shapely.transform(s, lambda p: p * scale, include_z=True) for s in held.shapes if s is not None]
    held.shapes = list(shapes)
    if text_heights_m is not None:
        _from_texts(held, texts, scale, text_heights_m, skips, warnings)
    kept = _high_ones(held, skips)
    first, second, height, row, line = vertices(held, kept, None, skips, limits, where)
    basis = Notice("points.heights_elevation", N_("heights from the elevation (z) of points and lines"))
    raw = RawPoints("dxf", first, second, height, row, line, "en", basis, skips, len(held.rows))
    raw.encoding, raw.sublayer = held.head["encoding"], str(held.head["sublayer"])
    raw.warnings = warnings + _remarks(held)
    if held.head["faces"]:
        text = N_("{count} faces are not used: too few beside the points and lines of the layer to be a surface")
        raw.warnings.append(Notice("faces.few", text, count=held.head["faces"]))
    return raw


def _check(unit: str | None, text_heights_m: float | None, where: str) -> None:
    if unit is not None and unit not in UNITS:
        raise Refused(
            "drawing.unknown_unit",
            N_("there is no unit “{unit}”"),
            where=where,
            advice=N_("one of: {units}"),
            unit=unit,
            units=", ".join(UNITS),
        )
    if text_heights_m is not None and not (np.isfinite(text_heights_m) and text_heights_m > 0):
        raise Refused("points.bad_length", N_("a length in metres is wanted, not {value}"), value=text_heights_m)


def _listen(
    path: Path,
    sublayer: str | None,
    encoding: str | None,
    text_heights_m: float | None,
    limits: PointLimits,
    watch: Watch,
) -> tuple[Held, dict[str, list[Any]]]:
    held, texts, done = Held(), {}, False
    for message, shapes in process.messages(
        path.resolve(), "dxf_heights", sublayer=sublayer, prefer=None, encoding=encoding, watch=watch,
        limits=replace(LIMITS, vertices=limits.points),
        options={"text_heights_m": text_heights_m},
    ):  # fmt: skip
        if message["kind"] == "texts":
            texts[message["layer"]] = message["texts"]
        done = held.take(message, shapes) or done
    ended(held, done, path)
    return held, texts


def _factor(held: Held, stated: str | None, where: str, warnings: list[Notice]) -> float:
    """Metres per drawing unit: stated, else the drawing's own, unless its numbers say that it is a template's leftover.

    Raises Refused where both may be meant.
    """
    if stated is not None:
        return UNITS[stated]
    own = _INSUNITS.get(int(held.head["units"]))
    if own is None or own == "m":
        return 1.0
    lines = [shapely.get_coordinates(s)[:, 1] for s in held.shapes if s is not None]
    y = np.concatenate([*lines, *(corners[:, 1] for corners, _ in held.faces)])
    y = y[np.isfinite(y)]
    middle = float(np.median(np.abs(y))) if len(y) else 0.0
    metres_fit = _GRID_M[0] <= middle <= _GRID_M[1]
    own_fits = _GRID_M[0] <= middle * UNITS[own] <= _GRID_M[1]
    if metres_fit != own_fits:
        if metres_fit:
            text = N_("the drawing's header says {unit}, but its numbers are metres of a grid: read as metres")
        else:
            text = N_("the drawing is in {unit} and was converted to metres")
        warnings.append(Notice("drawing.unit", text, unit=own))
        return 1.0 if metres_fit else UNITS[own]
    raise Refused(
        "drawing.unit",
        N_("the drawing's header says {unit}; whether that or metres is meant cannot be told from {value:.1f}"),
        where=where,
        advice=N_("state it: --unit m or --unit {unit}"),
        unit=own,
        value=middle,
    )


def _high_ones(held: Held, skips: Skips) -> list[int]:
    """Positions of what has a height; entities at 0 among high ones are left out."""
    level = np.array([_height(s) for s in held.shapes])
    zero = level == 0
    others = np.abs(level[~zero & np.isfinite(level)])
    if not len(others) or float(np.median(others)) <= _HIGH_M:
        zero = np.zeros(len(level), np.bool_)  # ground about sea level: 0 is a height like any other
    for i in np.flatnonzero(zero):
        x, y = shapely.get_coordinates(held.shapes[i])[0]
        skips.add(held.rows[i], _ZERO, (float(x), float(y)))
    return [int(i) for i in np.flatnonzero(~zero)]


def _height(shape: Any) -> float:
    """The height farthest from 0 of a shape: 0 only where all its vertices lie there."""
    z = shapely.get_coordinates(shape, include_z=True)[:, 2]
    return float(z[np.argmax(np.abs(np.nan_to_num(z)))])


def _from_texts(
    held: Held, texts: dict[str, list[Any]], scale: Array, reach: float, skips: Skips, warnings: list[Notice]
) -> None:
    """Give single places at 0 the number beside them, where each is the other's nearest."""
    found = 0
    for name, items in texts.items():
        layer = [i for i, f in enumerate(held.fields) if f["layer"] == name and not f["line"]]
        bare = [i for i in layer if _height(held.shapes[i]) == 0]
        if not bare or not items:
            continue
        text = np.array(items, np.float64) * scale
        place = np.array([shapely.get_coordinates(held.shapes[i])[0] for i in bare])
        partner = _mutual(place, text[:, :2], reach)
        for i, at, j in zip(bare, place, partner, strict=True):
            if j >= 0:
                held.shapes[i] = shapely.Point(at[0], at[1], text[j, 2])
                found += 1
            else:
                skips.add(held.rows[i], _NO_TEXT)
                held.shapes[i] = shapely.Point(at[0], at[1], np.nan)
    told = N_("{count} points without a height took the number of the text beside them (within {reach:g} m)")
    warnings.append(Notice("drawing.text_heights", told, count=found, reach=reach))


def _mutual(place: Array, text: Array, reach: float) -> list[int]:
    """For each place the text that is its nearest and to which it is the nearest, within `reach`; else -1."""
    distance, nearest = cKDTree(text).query(place)
    back = np.asarray(cKDTree(place).query(text)[1])
    own = np.arange(len(place))
    return [int(j) for j in np.where((distance <= reach) & (back[nearest] == own), nearest, -1)]


def _remarks(held: Held) -> list[Notice]:
    made = []
    others = {str(k): int(n) for k, n in held.head["others"].items() if k not in {"VERTEX", "SEQEND"}}
    if others:
        listed = ", ".join(f"{k}: {n}" for k, n in sorted(others.items(), key=lambda i: -i[1])[:8])
        made.append(
            Notice("drawing.others", N_("not read, for they are no points and no lines: {kinds}"), kinds=listed)
        )
    if held.head["by_label"]:
        text = N_("{count} height points have their height in an attribute of the block only; it is used")
        made.append(Notice("drawing.by_label", text, count=held.head["by_label"]))
    if held.head["label_differs"]:
        text = N_("at {count} height points the attribute says another height than z; z is used: check them")
        made.append(Notice("drawing.label_differs", text, count=held.head["label_differs"]))
    text = N_("curves were followed to {tolerance:g} drawing units")
    return [*made, Notice("drawing.curves", text, tolerance=SAGITTA)] if held.head.get("curves") else made
