"""The squares of the grid method while they are gathered, and the record that they become."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Index
from gis.fourpoint import walk
from gis.ground_frame import GroundFrame
from models.earthwork import Four, GridMethod, GridSquare
from models.notices import N_, Notice

TURN = ((0, 1), (1, 1), (1, 0), (0, 0))
"""Corners north-west, north-east, south-east, south-west, as steps of (x, y) from the south-west one."""


@dataclass
class Piece:
    """What one part of a site gives in one square."""

    whole: bool
    area: float = 0.0
    fill: float = 0.0
    cut: float = 0.0
    ground: float = 0.0
    """Mean elevation of the ground times area."""
    design: float = 0.0
    shapes: list[tuple[Array, Array]] = field(default_factory=list, kw_only=True)
    """Polygons (corners, working heights) that the piece consists of."""


@dataclass
class Laid:
    """The squares of all parts while they are gathered, by (column, row) of the endless grid."""

    side: float
    pieces: dict[tuple[int, int], list[Piece]] = field(default_factory=dict)
    corners: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    """(ground, design) of corners inside the outline."""
    gaps: int = 0
    _volumes: list[Array] = field(default_factory=list)

    def note(self, i: Index, j: Index, heights: Array) -> None:
        """Corners of a part: `heights` (n, 2), ground and design."""
        self.corners.update(zip(zip(i.tolist(), j.tolist(), strict=True), map(tuple, heights.tolist()), strict=True))

    def put(self, square: tuple[int, int], piece: Piece) -> None:
        """What a part gives in a square, by (column, row)."""
        self.pieces.setdefault(square, []).append(piece)

    def add(self, figures: Array) -> None:
        """Squares of a part: `figures` (n, …) begins with fill and cut, m³."""
        self._volumes.append(figures[:, :2])

    @property
    def fill(self) -> float:
        """Of all squares, m³."""
        return math.fsum(v for some in self._volumes for v in some[:, 0].tolist())

    @property
    def cut(self) -> float:
        """Of all squares, m³."""
        return math.fsum(v for some in self._volumes for v in some[:, 1].tolist())


def gathered(laid: Laid, frame: GroundFrame) -> GridMethod:
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


def _remarks(laid: Laid) -> tuple[Notice, ...]:
    if not laid.gaps:
        return ()
    text = N_("{n} corners of the grid lie where the terrain has no height; the mean of the square's others stands in")
    return (Notice("earthwork.gaps", text, n=laid.gaps),)


def _four(laid: Laid, i: int, j: int, which: int) -> Four:
    found = [laid.corners.get((i + a, j + b)) for a, b in TURN]
    a, b, c, d = (f[which] if f else None for f in found)
    return a, b, c, d


_LEVEL_M = 1e-9
"""Working heights below this are no fill and no cut: a square that is all zero belongs to neither."""


def _shapes(pieces: list[Piece]) -> tuple[BaseGeometry, BaseGeometry, list[BaseGeometry]]:
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
