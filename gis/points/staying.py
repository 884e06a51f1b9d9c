"""Which lines stay when heights are left out to see how well the rest knows them.

Contours and surveyed profiles are samples of the ground: one left out whole says how well its neighbours know it. Crest
and toe are not: without the crest of a pit the rest says nothing of the ground that the crest is there for, and the
difference is the depth of the pit, no error of interpolation. Files do not say which is which, so heights do.
"""

from __future__ import annotations

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.points.swapping import lines_of
from gis.short_calls import unique_rows

_LEAST_POINTS = 20
_POINTS_A_LINE = 2
_LEAST_LEVELS = 5
_LEAST_LINES = 10
_GRAIN_M = 0.001
_INTERVALS_M = (50.0, 25.0, 20.0, 10.0, 5.0, 2.5, 2.0, 1.0, 0.5, 0.25, 0.2, 0.1)
_AGREE = 0.9


def staying_lines(xy: Array, z: Array, line: Index) -> Index:
    """Numbers of the lines that stay, for points (n, 2), heights and lines as in gis.points.breaklines.

    Lines that share places are one here. In this order: all stay where there are 20 single points or more and two for
    each line: the points are the survey. Where there are contours (level lines of at least five heights, nine in ten
    of them multiples of one round interval) what is no contour stays. All stay where there are fewer than ten lines.
    Else none stays: many lines that are not level are profiles.
    """
    names, first = np.unique(line, return_index=True)
    first, names = first[names >= 0], names[names >= 0]
    if not len(names):
        return names
    group = _groups(xy, line, first)
    count = int(group.max()) + 1
    single = int((line < 0).sum())
    if single >= max(_LEAST_POINTS, _POINTS_A_LINE * count):
        return names
    contour = _contours(z, line, names, group)
    if contour is not None:
        return np.asarray(names[~contour])
    return names if count < _LEAST_LINES else names[:0]


def _groups(xy: Array, line: Index, first: Index) -> Index:
    """A number from 0 for each line, the same for lines that share places."""
    _, _, place = unique_rows(xy)
    size = int(place.max()) + 1
    lines = lines_of(place, line, size)
    if lines is None:
        return np.arange(len(first))
    name = lines.name[place[first]]
    name = np.where(name < 0, lines.name.max() + 1 + np.arange(len(first)), name)
    return np.asarray(np.unique(name, return_inverse=True)[1]).ravel()


def _contours(z: Array, line: Index, names: Index, group: Index) -> Mask | None:
    """For each line whether it is a contour; None where they are not contours."""
    at = np.searchsorted(names, line[line >= 0])
    low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(low, at, z[line >= 0])
    np.maximum.at(high, at, z[line >= 0])
    level = high - low <= _GRAIN_M
    if len(np.unique(np.round(low[level], 3))) < _LEAST_LEVELS:
        return None
    _, one = np.unique(group[level], return_index=True)
    heights = low[level][one]
    for interval in _INTERVALS_M:
        if _round(heights, interval).mean() >= _AGREE and len(np.unique(np.round(heights / interval))) >= _LEAST_LEVELS:
            return np.asarray(level & _round(low, interval))
    return None


def _round(heights: Array, interval: float) -> Mask:
    return np.asarray(np.abs(heights - interval * np.round(heights / interval)) <= 2 * _GRAIN_M)
