"""The four-point grid method (方格网法): squares over a site, corner heights, zero line, cut and fill of each square.

Whole squares by the customary formulas (gis.fourpoint). A square that the outline cuts is clipped with it and what is
left is triangulated over its corners and the outline's points: prisms, split exactly where they change sign. Heights
between cell centres are bilinear. No code is shared with the cell sums.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Index, Mask
from gis.fourpoint import cut_and_fill, walk
from gis.ground_frame import GroundFrame, customary
from gis.job import Job
from gis.prisms import positive_mean
from gis.surfaces import Surface
from models.earthwork import CUSTOMARY_SIDES_M, Four, GridMethod, GridSquare
from models.errors import Refused
from models.notices import N_, Notice

_ACROSS = 20
"""Squares across the narrowest part of a site, at least, where nobody asks for a side: on a bowl 20 squares across, the
chords of the grid lie about 0.7 % of the volume above the ground (side²/12 times the ground's curvature)."""
_MAX_SQUARES = 40_000
_TURN = ((0, 1), (1, 1), (1, 0), (0, 0))
"""Corners north-west, north-east, south-east, south-west, as steps of (x, y) from the south-west one."""


@dataclass
class _Piece:
    """What one part of a site gives in one square."""

    whole: bool
    area: float = 0.0
    fill: float = 0.0
    cut: float = 0.0
    ground: float = 0.0
    """Mean elevation of the ground times area."""
    design: float = 0.0
    shapes: list[tuple[Array, Array]] = field(default_factory=list)
    """Polygons (corners, working heights) that the piece consists of."""


@dataclass
class _Laid:
    """The squares of all parts while they are gathered, by (column, row) of the endless grid."""

    side: float
    pieces: dict[tuple[int, int], list[_Piece]] = field(default_factory=dict)
    corners: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    """(ground, design) of corners inside the outline."""
    gaps: int = 0


def default_side(job: Job) -> float:
    """A customary side that leaves enough squares across the site and is no finer than the terrain, m."""
    width = min(p.width_m for p in job.placed.parts)
    side = customary(width, _ACROSS, job.terrain.cell_m * 0.999, tuple(map(float, CUSTOMARY_SIDES_M)))
    x0, y0, x1, y1 = job.site.outline.bounds
    while (x1 - x0) * (y1 - y0) / side**2 > _MAX_SQUARES:
        side *= 2
    return side


def grid_volumes(job: Job, surfaces: list[Surface], side: float | None = None) -> tuple[float, float, float]:
    """(fill, cut, side) of the grid method, m³ and m: the figures alone. Raises as `grid_method`."""
    laid, _ = _lay(job, surfaces, side or default_side(job), shapes=False)
    pieces = [p for many in laid.pieces.values() for p in many]
    return math.fsum(p.fill for p in pieces), math.fsum(p.cut for p in pieces), laid.side


def grid_method(job: Job, surfaces: list[Surface], side: float | None = None) -> GridMethod:
    """The whole grid for table and drawing.

    `side` m, None for a customary one. Raises Refused where the side does not fit the site or the terrain has no
    heights at the corners.
    """
    laid, frame = _lay(job, surfaces, side or default_side(job), shapes=True)
    return _gathered(laid, frame)


def _lay(job: Job, surfaces: list[Surface], side: float, *, shapes: bool) -> tuple[_Laid, GroundFrame]:
    frame, laid = GroundFrame.of(job), _Laid(side)
    _check_side(job, side)
    for polygon, surface in zip(frame.parts, surfaces, strict=True):
        _part(laid, frame, polygon, surface, shapes=shapes)
    return laid, frame


def _check_side(job: Job, side: float) -> None:
    x0, y0, x1, y1 = job.site.outline.bounds
    squares = (math.floor((x1 - x0) / side) + 1) * (math.floor((y1 - y0) / side) + 1) if side > 0 else math.inf
    if not math.isfinite(side) or squares > _MAX_SQUARES or side > 100 * max(x1 - x0, y1 - y0):
        raise Refused(
            "earthwork.side",
            N_("squares of {side:g} m do not suit a site of {width:.0f} m by {height:.0f} m"),
            where=job.site.code,
            advice=N_("choose a side such that there are between one and {most} squares"),
            side=side,
            width=x1 - x0,
            height=y1 - y0,
            most=_MAX_SQUARES,
        )


def _part(laid: _Laid, frame: GroundFrame, polygon: BaseGeometry, surface: Surface, *, shapes: bool) -> None:
    """Add the squares of one part."""
    side = laid.side
    x0, y0, x1, y1 = polygon.bounds
    columns = np.arange(math.floor(x0 / side), math.floor(x1 / side) + 1)
    rows = np.arange(math.floor(y0 / side), math.floor(y1 / side) + 1)
    i, j = np.repeat(columns, rows.size), np.tile(rows, columns.size)
    boxes = shapely.box(i * side, j * side, (i + 1) * side, (j + 1) * side)
    shapely.prepare(polygon)
    whole = shapely.covers(polygon, boxes)
    touched = shapely.intersects(polygon, boxes) & ~whole
    _corners(laid, frame, polygon, surface, i, j)
    _whole(laid, frame, i[whole], j[whole], shapes=shapes)
    _partial(laid, frame, polygon, surface, (i[touched], j[touched], boxes[touched]), shapes=shapes)


def _corners(laid: _Laid, frame: GroundFrame, polygon: BaseGeometry, surface: Surface, i: Index, j: Index) -> None:
    """Ground and design at the corners inside the part or on its outline."""
    nodes = np.unique(np.concatenate([np.column_stack((i + a, j + b)) for a, b in _TURN]), axis=0)
    xy = nodes * laid.side
    inside = shapely.intersects_xy(polygon, xy[:, 0], xy[:, 1])
    nodes, xy = nodes[inside], xy[inside]
    if not len(nodes):
        return
    rim = ~shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])
    ground, design = frame.heights(surface, xy, rim)
    for (a, b), z, r in zip(nodes.tolist(), ground.tolist(), design.tolist(), strict=True):
        if math.isfinite(z) and math.isfinite(r):
            laid.corners[a, b] = z, r
        else:
            laid.gaps += 1


def _whole(laid: _Laid, frame: GroundFrame, i: Index, j: Index, *, shapes: bool) -> None:
    """Whole squares, by the customary formulas."""
    if not i.size:
        return
    known = [[laid.corners.get((a + u, b + v)) for u, v in _TURN] for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    z = np.array([[c[0] if c else np.nan for c in row] for row in known])
    r = np.array([[c[1] if c else np.nan for c in row] for row in known])
    z, r, h = _working(z, r, frame.job.site.code)
    fill, cut = cut_and_fill(h)
    area = (laid.side * frame.metres) ** 2
    figures = (area * np.column_stack((fill, cut, z.mean(axis=1), r.mean(axis=1)))).tolist()
    for n, (key, own) in enumerate(zip(zip(i.tolist(), j.tolist(), strict=True), figures, strict=True)):
        piece = _Piece(True, area, *own)
        if shapes:
            piece.shapes.append((np.add(key, _TURN) * laid.side, h[n]))
        laid.pieces.setdefault(key, []).append(piece)


def _working(ground: Array, design: Array, code: str) -> tuple[Array, Array, Array]:
    """(ground, design, design − ground) at the corners, single gaps patched. Raises Refused where nothing is known."""
    z, r = _patched(ground), _patched(design)
    h = r - z
    if not np.isfinite(h).all():
        raise Refused(
            "earthwork.no_heights",
            N_("the terrain has no heights at some corners of the grid"),
            where=code,
            advice=N_("choose another terrain, or ask for the hole to be interpolated"),
        )
    return z, r, h


def _patched(values: Array) -> Array:
    """A corner without a height takes the mean of the square's others (NaN where there are none)."""
    bad = ~np.isfinite(values)
    if not bad.any():
        return values
    count = np.maximum((~bad).sum(axis=1), 1)
    mean = np.where(bad.all(axis=1), np.nan, np.where(bad, 0.0, values).sum(axis=1) / count)
    return np.where(bad, mean[:, None], values)


def _partial(
    laid: _Laid,
    frame: GroundFrame,
    polygon: BaseGeometry,
    surface: Surface,
    squares: tuple[Index, Index, NDArray[np.object_]],
    *,
    shapes: bool,
) -> None:
    """Squares that the outline cuts: triangles over what is left of them."""
    i, j, boxes = squares
    left = shapely.intersection(boxes, polygon)
    triangles, owner = shapely.get_parts(shapely.constrained_delaunay_triangles(left), return_index=True)
    if not triangles.size:
        return
    corner = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    places, back = np.unique(corner.reshape(-1, 2), axis=0, return_inverse=True)
    ground, design = frame.heights(surface, places, _on_outline(polygon, places, laid.side))
    back = back.reshape(-1, 3)
    z, r, h = _working(ground[back], design[back], frame.job.site.code)
    u, v = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    area = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2 * frame.metres**2
    fill, cut = positive_mean(*h.T) * area, positive_mean(*(-h).T) * area
    of = {n: _Piece(False) for n in np.unique(owner[area > 0]).tolist()}
    for n, a, f, c, zs, rs, t, hs in zip(
        owner.tolist(), area, fill, cut, z.mean(axis=1), r.mean(axis=1), corner, h, strict=True
    ):
        if a > 0:
            piece = of[n]
            piece.area, piece.fill, piece.cut = piece.area + float(a), piece.fill + float(f), piece.cut + float(c)
            piece.ground, piece.design = piece.ground + float(zs * a), piece.design + float(rs * a)
            if shapes:
                piece.shapes.append((t, hs))
    for n, piece in of.items():
        laid.pieces.setdefault((int(i[n]), int(j[n])), []).append(piece)


def _on_outline(polygon: BaseGeometry, places: Array, side: float) -> Mask:
    """All points of a clipped square lie on the outline but the grid's corners strictly inside."""
    step = places / side
    node = (np.abs(step - np.round(step)) * side < 1e-6).all(axis=1)
    return np.asarray(~(node & shapely.contains_xy(polygon, places[:, 0], places[:, 1])))


def _gathered(laid: _Laid, frame: GroundFrame) -> GridMethod:
    """The record: squares numbered in rows from the north-west, totals, zero line, shapes of fill and cut."""
    pieces = [p for many in laid.pieces.values() for p in many]
    area = math.fsum(p.area for p in pieces)
    keys = sorted(laid.pieces, key=lambda k: (-k[1], k[0]))
    west, north = min(k[0] for k in keys), max(k[1] for k in keys)
    squares, fills, cuts, zeros = [], [], [], []
    for number, (i, j) in enumerate(keys, start=1):
        own = laid.pieces[i, j]
        up, down, lines = _shapes(own)
        fills.append(up)
        cuts.append(down)
        zeros += lines
        squares.append(
            GridSquare(
                number,
                north - j,
                i - west,
                i * laid.side,
                j * laid.side,
                own[0].whole,
                _four(laid, i, j, 0),
                _four(laid, i, j, 1),
                math.fsum(p.area for p in own),
                up.area * frame.metres**2,
                down.area * frame.metres**2,
                math.fsum(p.fill for p in own),
                math.fsum(p.cut for p in own),
            )
        )
    return GridMethod(
        laid.side,
        1 + max(s.row for s in squares),
        1 + max(s.column for s in squares),
        tuple(squares),
        math.fsum(s.fill_m3 for s in squares),
        math.fsum(s.cut_m3 for s in squares),
        area,
        math.fsum(s.fill_area_m2 for s in squares),
        math.fsum(s.cut_area_m2 for s in squares),
        math.fsum(p.ground for p in pieces) / area,
        math.fsum(p.design for p in pieces) / area,
        shapely.line_merge(shapely.union_all(zeros)) if zeros else shapely.MultiLineString(),
        shapely.union_all(fills),
        shapely.union_all(cuts),
        _remarks(laid),
    )


def _remarks(laid: _Laid) -> tuple[Notice, ...]:
    if not laid.gaps:
        return ()
    text = N_("{n} corners of the grid lie where the terrain has no height; the mean of the square's others stands in")
    return (Notice("earthwork.gaps", text, n=laid.gaps),)


def _four(laid: _Laid, i: int, j: int, which: int) -> Four:
    found = [laid.corners.get((i + a, j + b)) for a, b in _TURN]
    a, b, c, d = (f[which] if f else None for f in found)
    return a, b, c, d


_LEVEL_M = 1e-9
"""Working heights below this are no fill and no cut: a square that is all zero belongs to neither."""


def _shapes(pieces: list[_Piece]) -> tuple[BaseGeometry, BaseGeometry, list[BaseGeometry]]:
    """(fill, cut, zero segments) of a square in the project CRS."""
    up: list[BaseGeometry] = []
    down: list[BaseGeometry] = []
    lines: list[BaseGeometry] = []
    for piece in pieces:
        for corners, h in piece.shapes:
            if (np.abs(h) < _LEVEL_M).all():
                continue
            plus, minus, zero = walk(corners, h)
            up += [shapely.Polygon(p) for p in plus if len(p) > 2]
            down += [shapely.Polygon(p) for p in minus if len(p) > 2]
            lines += [shapely.LineString(s) for s in zero if np.ptp(s, axis=0).max() > 1e-6]
    return shapely.union_all(shapely.make_valid(up)), shapely.union_all(shapely.make_valid(down)), lines
