"""A graded surface that drains: a plane with a fall, or a crown that falls to the rim.

Plane: z(p) = level - fall · s, with s the distance on the ground from the anchor to p along the grid azimuth towards
which the plane falls (clockwise from grid north of the project's CRS). The anchor is the centroid of the whole outline
unless a place or the lowest point of the rim is named; at the centroid the volume is the area times the level less the
mean ground. One plane for all parts of a site, but for the anchor at the lowest rim, which each part has of its own.

Crown: z(p) = level + fall · t, with t the shortest distance on the ground from p to the outline (islands' outlines
too): a hipped roof, over a disc a cone. `level` is that of its edge; without one, the lowest point of the part's rim.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gis.arrays import Array
from gis.crs import parse_crs, same_crs, scale_factor, transformer
from gis.placing import Part
from gis.surfaces.base import Context, Evaluated, ParameterSpec, Plane, Surface, SurfaceType
from gis.surfaces.rim_surface import Membrane as Nodes
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch

MAX_NODES = 400_000
"""Nodes of a crown's bounding box: beyond, every second (fourth …) cell carries one."""
_BAND = 64

LEVEL = ParameterSpec(
    "level_m", N_("level at the anchor or the crown's edge"), "m", minimum=-1000.0, maximum=10_000.0,
    option="--level 1052.3",
)  # fmt: skip
FALL = ParameterSpec("fall_percent", N_("fall"), "%", required=True, minimum=0.0, maximum=100.0, option="--fall 2")
AZIMUTH = ParameterSpec(
    "azimuth_deg", N_("direction of the fall, from grid north"), "°", minimum=-360.0, maximum=360.0,
    option="--azimuth 135",
)  # fmt: skip
CROWN = ParameterSpec("crown", N_("crown with a fall to the rim"), "", kind="flag", option="--crown")
ANCHOR = ParameterSpec(
    "anchor", N_("where the level holds"), "", kind="choice", choices=("centroid", "lowest_rim", "place"),
    option="--anchor",
)  # fmt: skip
ANCHOR_X = ParameterSpec("anchor_x", N_("easting of the anchor"), "m", option="--anchor X,Y")
ANCHOR_Y = ParameterSpec("anchor_y", N_("northing of the anchor"), "m", option="--anchor X,Y")


def build(context: Context) -> Surface:
    """The plane or the crown over the part. Raises Refused naming the parameter that is missing."""
    fall = context.number(FALL)
    assert fall is not None  # noqa: S101 - required, so checked above
    return _crown(context, fall) if context.parameters.get(CROWN.name) else _plane(context, fall)


def _required(context: Context, spec: ParameterSpec) -> float:
    value = context.number(spec)
    if value is None:
        raise Refused(
            "surface.parameter",
            N_("the surface needs “{name}” as a number in {unit}"),
            where=context.code,
            advice=N_("give it with the request, for instance {option}"),
            name=spec.name,
            unit=spec.unit,
            option=spec.option,
        )
    return value


def _plane(context: Context, fall: float) -> Surface:
    azimuth = _required(context, AZIMUTH) % 360 if fall > 0 else (context.number(AZIMUTH) or 0.0) % 360
    level, x0, y0 = _anchored(context)
    crs = parse_crs(context.site.crs)
    k = scale_factor(crs, x0, y0)
    slope, angle = fall / 100 / k, np.radians(azimuth)
    east, north = -slope * np.sin(angle), -slope * np.cos(angle)
    parameters: dict[str, Any] = {
        "level_m": level, "fall_percent": fall, "azimuth_deg": azimuth, "anchor": context.choice(ANCHOR),
        "anchor_x": x0, "anchor_y": y0,
    }  # fmt: skip
    grid = context.dem.grid
    if same_crs(crs, grid.crs):
        a, b, c, d, e, f = grid.transform
        at_corner = level + east * (c - x0) + north * (f - y0)
        return Plane(at_corner, east * a + north * d, east * b + north * e, parameters)
    change = transformer(grid.crs, crs)

    def height(cols: Array, rows: Array) -> Array:
        x, y = change.transform(*grid.to_world(cols, rows))
        return np.asarray(level + east * (x - x0) + north * (y - y0))

    return Evaluated(height, parameters)


def _anchored(context: Context) -> tuple[float, float, float]:
    """(level, x, y) of the anchor in the project's CRS."""
    anchor = context.choice(ANCHOR)
    if anchor == "lowest_rim":
        low = context.lowest_rim
        x, y = context.placed.site_place(low.col, low.row)
        level = context.number(LEVEL)
        return low.z if level is None else level, x, y
    level = _required(context, LEVEL)
    if anchor == "place":
        return level, _required(context, ANCHOR_X), _required(context, ANCHOR_Y)
    middle = context.site.outline.centroid
    return level, float(middle.x), float(middle.y)


def _crown(context: Context, fall: float) -> Surface:
    level = context.number(LEVEL)
    if level is None:
        level = context.lowest_rim.z
    part = context.part
    row0, row1, col0, col1 = part.edges.bounds
    step = 1
    while ((row1 - row0) // step + 4) * ((col1 - col0) // step + 4) > MAX_NODES:
        step *= 2
    row0, col0 = row0 - step, col0 - step
    rows = row0 + 0.5 + step * np.arange((row1 - row0) // step + 3)
    cols = col0 + 0.5 + step * np.arange((col1 - col0) // step + 3)
    heights = level + fall / 100 * _inwards(part, cols, rows, context.watch)
    notices: tuple[Notice, ...] = ()
    if step > 1:
        text = N_("the outline is very large: the crown was computed at every {step}th cell")
        notices = (Notice("surface.coarser", text, step=step),)
    parameters = {"level_m": level, "fall_percent": fall, "crown": True, "node_step_cells": step}
    return Nodes(row0, col0, heights, step, parameters, notices, "none")


def _inwards(part: Part, cols: Array, rows: Array, watch: Watch) -> Array:
    """Distance on the ground (m) from the outline of each node, (rows, columns); negative outside.

    Beyond the outline a crown falls on: the centre of a cell that the outline cuts may lie there.
    """
    steps = np.array([part.step_x, part.step_y])
    ground = shapely.transform(part.polygon, lambda p: p * steps)
    edges = np.concatenate([np.stack((r[:-1], r[1:]), axis=1) for r in part.rings]) * steps
    tree = shapely.STRtree(list(shapely.linestrings(edges)))
    shapely.prepare(ground)
    out = np.empty((rows.size, cols.size))
    for k in range(0, rows.size, _BAND):
        x, y = (a.ravel() for a in np.meshgrid(cols * steps[0], rows[k : k + _BAND] * steps[1]))
        _, away = tree.query_nearest(shapely.points(x, y), all_matches=False, return_distance=True)
        signed = np.where(shapely.contains_xy(ground, x, y), away, -away)
        out[k : k + _BAND] = signed.reshape(-1, cols.size)
        watch.report(0.1 * k / rows.size)
    return out


TYPE = SurfaceType(
    "graded",
    build,
    (LEVEL, FALL, AZIMUTH, CROWN, ANCHOR, ANCHOR_X, ANCHOR_Y),
    natural="neither",
)
