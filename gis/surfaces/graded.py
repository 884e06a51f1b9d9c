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
from gis.surfaces.base import Context, Evaluated, ParameterSpec, Plane, Surface, SurfaceType
from models.errors import Refused
from models.notices import N_

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
        rim = context.rim
        low = rim.lowest
        x, y = context.placed.site_place(rim.cols[low], rim.rows[low])
        level = context.number(LEVEL)
        return float(rim.z[low]) if level is None else level, x, y
    level = _required(context, LEVEL)
    if anchor == "place":
        return level, _required(context, ANCHOR_X), _required(context, ANCHOR_Y)
    middle = context.site.outline.centroid
    return level, float(middle.x), float(middle.y)


def _crown(context: Context, fall: float) -> Surface:
    level = context.number(LEVEL)
    if level is None:
        level = float(context.rim.z[context.rim.lowest])
    part = context.part
    steps = np.array([part.step_x, part.step_y])
    ground = shapely.transform(part.polygon, lambda p: p * steps)
    edges = np.concatenate([np.stack((r[:-1], r[1:]), axis=1) for r in part.rings]) * steps
    tree = shapely.STRtree(list(shapely.linestrings(edges)))
    shapely.prepare(ground)

    def height(cols: Array, rows: Array) -> Array:
        x, y = np.ravel(cols) * steps[0], np.ravel(rows) * steps[1]
        _, away = tree.query_nearest(shapely.points(x, y), all_matches=False, return_distance=True)
        # Beyond the outline it falls on: the centre of a cell that the outline cuts may lie there.
        return np.asarray(level + fall / 100 * np.where(shapely.contains_xy(ground, x, y), away, -away))

    return Evaluated(height, {"level_m": level, "fall_percent": fall, "crown": True})


TYPE = SurfaceType(
    "graded",
    N_("graded plane or crown"),
    build,
    (LEVEL, FALL, AZIMUTH, CROWN, ANCHOR, ANCHOR_X, ANCHOR_Y),
    natural="neither",
)
