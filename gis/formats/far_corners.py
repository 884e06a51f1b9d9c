"""Corners that lie nowhere near the others of their outline: damage, or a slip of the pen in one digit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from models.notices import N_, Notice

_WIDE_M, _WIDE_DEGREES = 500.0, 0.005
"""Smaller shapes are not looked at."""
_HUGE_M, _HUGE_DEGREES = 100_000.0, 1.0
"""In larger ones a coordinate of exactly 0 is a missing one; in a local frame the axes go through an outline."""
_TIMES = 30.0
"""In such large shapes, so many times further from the middle than most is far, whatever the others do."""
_TIMES_ALONE, _BEYOND = 8.0, 5.0
"""In others, so many times further than most and so many times further than any other: one corner alone is far."""
_FEW = 64
"""Shapes of so many corners at most are looked at together."""
_CORNERS = 4
Doubles = npt.NDArray[np.float64]


def far_corners(shapes: Any) -> Iterator[tuple[int, Notice, bool]]:
    """(position, remark, no outline) of shapes with a corner that lies nowhere near the others.

    A coordinate of exactly 0 there is a missing one: no outline comes of it.
    """
    if not len(shapes):
        return
    box = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        size = np.fmax(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
        degrees = np.nanmax(np.abs(box), axis=1, initial=0.0) <= 360
    wide = np.flatnonzero(np.isfinite(size) & (size > np.where(degrees, _WIDE_DEGREES, _WIDE_M)))
    huge = size > np.where(degrees, _HUGE_DEGREES, _HUGE_M)
    for i in sorted(_suspects(shapes, wide, huge)):
        xy = shapely.get_coordinates(shapes[i])
        with np.errstate(over="ignore"):
            worst = int(np.argmax(_away(xy[None])[0]))
        text = N_("a corner at {x}, {y} lies nowhere near the others")
        x, y = (_written(v) for v in xy[worst])
        yield i, Notice("import.far_corner", text, x=x, y=y), bool(huge[i] and (xy[worst] == 0).any())


def _written(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) > 360 else f"{value:.10g}"


def _suspects(shapes: Any, wide: Any, huge: Any) -> Iterator[int]:
    """The shapes among `wide` that have such a corner; those of few corners by their number of corners at once."""
    counts = shapely.get_num_coordinates(shapes[wide])
    for count in np.unique(counts):
        members = wide[counts == count]
        if count < _CORNERS:
            continue
        together = [members] if count <= _FEW else [np.array([m]) for m in members]
        for some in together:
            xy = shapely.get_coordinates(shapes[some]).reshape(len(some), count, 2)
            yield from some[_far(xy, huge[some]) | (huge[some] & _missing(xy))].tolist()


def _away(xy: Doubles) -> Doubles:
    """Distances (m, n) of the corners from the middle ones of their shape; the point that closes a ring has none."""
    closing = (xy[:, 0] == xy[:, -1]).all(axis=1)
    body = np.where(closing[:, None, None], np.median(xy[:, :-1], axis=1, keepdims=True),
                    np.median(xy, axis=1, keepdims=True))  # fmt: skip
    made: Doubles = np.hypot(*np.moveaxis(xy - body, 2, 0))
    return made


def _far(xy: Doubles, huge: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which of the shapes (m, n, 2) have a far corner."""
    with np.errstate(invalid="ignore", over="ignore"):  # a corner may be no number; that is told elsewhere
        away = _away(xy)
        usual, worst = np.median(away[:, :-1], axis=1), away.max(axis=1)
    at = np.argmax(away, axis=1)
    again = (xy == xy[np.arange(len(xy)), at][:, None, :]).all(axis=2)  # a ring may begin and end there
    second = np.where(again, 0.0, away).max(axis=1)
    far: npt.NDArray[np.bool_] = (huge & (worst > _TIMES * usual)) | (
        (worst > _TIMES_ALONE * usual) & (worst > _BEYOND * second)
    )
    return far


def _missing(xy: Doubles) -> npt.NDArray[np.bool_]:
    """Which of the shapes (m, n, 2) have a coordinate of exactly 0 at few corners; an axis of the map has more."""
    zero = (xy == 0).any(axis=2)
    found = zero.any(axis=1)
    for i in np.flatnonzero(found):
        found[i] = len(np.unique(xy[i][zero[i]], axis=0)) <= xy.shape[1] // 4
    made: npt.NDArray[np.bool_] = found
    return made
