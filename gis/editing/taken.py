"""Ground that an outline takes anew: of an edit at one place of a long boundary only that place is looked at."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]

_LONG = 2_000
"""With fewer vertices the whole is compared at once."""
_PAD_M = 1.0


def taken(before: BaseGeometry, after: BaseGeometry) -> BaseGeometry:
    """What `after` covers and `before` does not. Both are valid outlines."""
    if shapely.get_num_coordinates(before) + shapely.get_num_coordinates(after) > _LONG:
        box = _changed(before, after)
        if box is not None:
            try:
                return shapely.difference(shapely.clip_by_rect(after, *box), shapely.clip_by_rect(before, *box))
            except shapely.GEOSException:  # a clip that touches itself along the box: the whole is compared
                pass
    return shapely.difference(after, before)


def _changed(before: BaseGeometry, after: BaseGeometry) -> Box | None:
    """A box strictly around all edges that are in one of the two only; None where their rings do not correspond.

    The boundary of what one covers and the other does not is made of such edges, so that
    it lies in any box around them.
    """
    old, new = _rings(before), _rings(after)
    if old is None or new is None or len(old) != len(new):
        return None
    boxes = [box for a, b in zip(old, new, strict=True) if (box := _different(a, b)) is not None]
    if not boxes:
        x, y = old[0][0]
        return float(x), float(y), float(x) + _PAD_M, float(y) + _PAD_M
    low, high = np.min([b[0] for b in boxes], axis=0) - _PAD_M, np.max([b[1] for b in boxes], axis=0) + _PAD_M
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _rings(outline: BaseGeometry) -> list[NDArray[np.float64]] | None:
    """The closed rings in the order of the outline; None if it has parts that are no polygons."""
    parts = shapely.get_parts(outline)
    if not len(parts) or (shapely.get_type_id(parts) != shapely.GeometryType.POLYGON).any():
        return None
    rings, _part = shapely.get_rings(parts, return_index=True)
    xy, of = shapely.get_coordinates(rings, return_index=True)
    return np.split(xy, np.searchsorted(of, np.arange(1, len(rings))))


def _different(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...] | None:
    """Lower and upper corner of the edges in which two closed rings differ; None if they do nowhere."""
    if len(a) == len(b):
        at = np.flatnonzero((a != b).any(axis=1))
        if not len(at):
            return None
        near = (at[:, None] + np.array([-1, 0, 1])).ravel() % (len(a) - 1)
        both = np.concatenate([a[near], b[near]])
    else:
        least = min(len(a), len(b))
        apart = np.flatnonzero((a[:least] != b[:least]).any(axis=1))
        first = int(apart[0]) if len(apart) else least
        apart = np.flatnonzero((a[::-1][: least - first] != b[::-1][: least - first]).any(axis=1))
        last = int(apart[0]) if len(apart) else least - first
        begin = max(first - 1, 0)
        both = np.concatenate([a[begin : len(a) - last + 1], b[begin : len(b) - last + 1]])
    return both.min(axis=0), both.max(axis=0)
