"""Lines that the triangles must follow, made dense: with points close enough along a line, edges run along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.points.corner_lines import corner_lines

_ALONG = 200_000
"""Points along all lines at which denser ones bring nothing but work."""
_SHARE = 10.0
_LEAST_M = 0.1
_MOST = 5_000_000


@dataclass(frozen=True)
class Dense:
    """Vertices and points between them: `xy` (n, 2), `z`, `line`; `vertex` True for those of the file."""

    xy: Array
    z: Array
    line: Index
    vertex: Mask
    step_m: float


def step_for(xy: Array, line: Index, cell: float | None) -> float:
    """How far apart points along lines are to be, m: the cell if stated, else by the lines' length and vertices.

    Without a stated cell: the 200,000th part of the length of all lines, but not less than a tenth of the usual
    distance of vertices and 0.1 m.
    """
    length = _segments(xy, line)
    if not len(length):
        return _LEAST_M
    total = float(length.sum())
    least = total / _MOST
    if cell is not None:
        return max(cell, least)
    return max(total / _ALONG, float(np.median(length)) / _SHARE, _LEAST_M, least)


def _segments(xy: Array, line: Index) -> Array:
    along = (line[1:] == line[:-1]) & (line[1:] >= 0)
    length = np.hypot(*np.diff(xy, axis=0).T)[along]
    return np.asarray(length[length > 0])


def densify(xy: Array, z: Array, line: Index, step: float) -> Dense:
    """Points at most `step` apart along the lines (vertices of a line follow each other), heights linear between."""
    along = (line[1:] == line[:-1]) & (line[1:] >= 0)
    length = np.hypot(*np.diff(xy, axis=0).T)
    pieces = np.ones(len(xy), np.int64)  # pieces of the segment that begins at each point
    pieces[:-1][along] = np.maximum(np.ceil(length[along] / step), 1).astype(np.int64)
    start = np.repeat(np.arange(len(xy)), pieces)
    share = (np.arange(len(start)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / np.repeat(pieces, pieces)
    end = np.minimum(start + 1, len(xy) - 1)
    made_xy = xy[start] + share[:, None] * (xy[end] - xy[start])
    made_z = z[start] + share * (z[end] - z[start])
    return Dense(made_xy, made_z, line[start], share == 0, step)


@dataclass(frozen=True)
class Laid:
    """What is triangulated: points and lines made dense, and from `own` on the points of lines down corners.

    Those have no line of their own (-1): they are inferred (gis.points.corner_lines); `joined` are the points that they
    lead from and to, two for each.
    """

    xy: Array
    z: Array
    line: Index
    vertex: Mask
    own: int
    joined: Index
    step_m: float | None

    @property
    def corners(self) -> int:
        """Lines down corners."""
        return len(self.joined) // 2


def lay(xy: Array, z: Array, line: Index, cell: float | None) -> Laid:
    """Points (n, 2), heights and lines with the lines made dense and lines drawn down the corners of walls."""
    if not (line >= 0).any():
        return Laid(xy, z, line, np.ones(len(z), np.bool_), len(z), np.zeros(0, np.int64), None)
    step = step_for(xy, line, cell)
    dense = densify(xy, z, line, step)
    found = corner_lines(xy, z, line)
    ends = np.column_stack((found.start, found.end)).ravel()
    down = densify(xy[ends], z[ends], np.repeat(np.arange(len(found)), 2), step)
    between = ~down.vertex
    count = int(between.sum())
    return Laid(
        np.concatenate((dense.xy, down.xy[between])),
        np.concatenate((dense.z, down.z[between])),
        np.concatenate((dense.line, np.full(count, -1, np.int64))),
        np.concatenate((dense.vertex, np.zeros(count, np.bool_))),
        len(dense.z),
        ends,
        step,
    )
