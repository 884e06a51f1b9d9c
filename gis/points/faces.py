"""Faces of a file as triangles: split, checked, equal corners put together; what is left out is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.arrays import Array, Index, Mask
from gis.points.base import LONGEST_GROUND_M, Skips
from gis.points.mesh import Corners, cross
from models.notices import N_, Notice
from models.terrain import PLAUSIBLE_M

_LOWEST_M, _HIGHEST_M = PLAUSIBLE_M
_HIGH_M = 50.0
_FLAT, _FLAT_M = 1e-10, 1e-8
"""A triangle lower than this share of its longest edge in plan, or than this, has no area there."""
_WALL_M = 1e-3
NO_NUMBER = Notice("faces.no_number", N_("a corner of the face is no number"))
FAR = Notice("faces.far", N_("a corner of the face lies farther out than any place on Earth"))
NO_GROUND = Notice("faces.no_ground", N_("a corner of the face lies outside -500 … 9000 m, where no ground is"))
ZERO = Notice("faces.zero", N_("a corner of the face is at 0 while the others lie high: that means no height"))
NO_AREA = Notice("faces.no_area", N_("the face has no area: corners at one place or on one line"))
UPRIGHT = Notice("faces.upright", N_("the face stands upright: no ground lies on it"))
CROSSED = Notice("faces.crossed", N_("the sides of the face cross each other"))
TWICE = Notice("faces.twice", N_("it repeats a face"))


@dataclass(frozen=True)
class Triangles:
    """`xyz` (k, 3) in m, `row` (k) of the entity that a corner came with first, `corners` (m, 3) positions in both.

    `split`: faces of four corners that became two triangles.
    """

    xyz: Array
    row: Index
    corners: Corners
    split: int


def triangles_of(quads: Array, row: Index, skips: Skips) -> Triangles:
    """Triangles of faces (n, 12), four corners in m each, three of them where two follow each other at one place."""
    quads = quads.reshape(-1, 4, 3)
    good = _sound(quads, row, skips)
    quads, row = quads[good], row[good]
    triangles, row, split = _split(quads, row, skips)
    triangles, row = _with_area(triangles, row, skips)
    xyz, first, number = _places(triangles.reshape(-1, 3))
    corners = number.reshape(-1, 3)
    _, kept = (
        np.unique(np.sort(corners, axis=1), axis=0, return_index=True) if len(corners) else (None, np.zeros(0, int))
    )
    single = np.zeros(len(corners), np.bool_)
    single[kept] = True
    skips.add_all(np.unique(row[~single]), TWICE)
    used, at = np.unique(corners[single], return_inverse=True)
    return Triangles(xyz[used], row[first[used] // 3], at.reshape(-1, 3).astype(np.int32), split)


def _sound(quads: Array, row: Index, skips: Skips) -> Mask:
    """Faces whose corners can be used; the others are counted by their first fault."""
    with np.errstate(invalid="ignore"):
        number = np.isfinite(quads).all(axis=(1, 2))
        near = (np.abs(quads[:, :, :2]) <= LONGEST_GROUND_M).all(axis=(1, 2))
        ground = ((quads[:, :, 2] >= _LOWEST_M) & (quads[:, :, 2] <= _HIGHEST_M)).all(axis=1)
    zero = (quads[:, :, 2] == 0).any(axis=1)
    high = np.abs(quads[number & ~zero, :, 2])
    zero &= bool(high.size) and float(np.median(high)) > _HIGH_M
    good = np.ones(len(quads), np.bool_)
    for fine, reason in ((number, NO_NUMBER), (near, FAR), (~zero, ZERO), (ground, NO_GROUND)):
        skips.add_all(row[good & ~fine], reason)
        good &= fine
    return np.asarray(good)


def _split(quads: Array, row: Index, skips: Skips) -> tuple[Array, Index, int]:
    """(triangles (m, 3, 3), their rows, how many faces were split)."""
    same = (quads == np.roll(quads, -1, axis=1)).all(axis=2)  # corner k is the next one's
    three = same.any(axis=1)
    # Of the four, leave out the first that repeats the next.
    out = np.argmax(same[three], axis=1)
    keep = np.arange(4)[None, :] != out[:, None]
    single = quads[three][keep].reshape(-1, 3, 3)
    four, own = quads[~three], row[~three]
    whole, other = [(0, 1, 2), (0, 2, 3)], [(0, 1, 3), (1, 2, 3)]
    a, b = (_turn(four[:, list(c)]) for c in whole)
    c, d = (_turn(four[:, list(k)]) for k in other)
    first = a * b > 0
    second = ~first & (c * d > 0)
    lost = ~first & ~second
    # A side along the next, or a face that stands upright: no area is told after, if both halves have none.
    flat = lost & ((a * b == 0) & (c * d == 0))
    skips.add_all(own[lost & ~flat], CROSSED)
    first |= flat
    made = [single, *(four[first][:, list(k)] for k in whole), *(four[second][:, list(k)] for k in other)]
    rows = [row[three], own[first], own[first], own[second], own[second]]
    triangles, rows_ = np.concatenate(made), np.concatenate(rows)
    order = np.argsort(rows_, kind="stable")
    return triangles[order], rows_[order], int((first & ~flat).sum() + second.sum())


def _turn(triangles: Array) -> Array:
    """Twice the signed area in plan; 0 where it is none but for rounding."""
    turn = cross(triangles[:, 1, :2] - triangles[:, 0, :2], triangles[:, 2, :2] - triangles[:, 0, :2])
    longest = np.sqrt(_longest2(triangles))
    return np.where(np.abs(turn) <= (_FLAT * longest + _FLAT_M) * longest, 0.0, turn)


def _longest2(triangles: Array) -> Array:
    sides = triangles - np.roll(triangles, 1, axis=1)
    return np.asarray((sides[:, :, :2] ** 2).sum(axis=2).max(axis=1))


def _with_area(triangles: Array, row: Index, skips: Skips) -> tuple[Array, Index]:
    flat = _turn(triangles) == 0
    upright = flat & (_longest2(triangles) > 0) & (np.ptp(triangles[:, :, 2], axis=1) > _WALL_M)
    # A half of a face without area is no loss where the other half has one.
    lost = np.setdiff1d(row[flat], row[~flat])
    for mask, reason in ((upright, UPRIGHT), (flat & ~upright, NO_AREA)):
        skips.add_all(np.intersect1d(np.unique(row[mask]), lost), reason)
    return triangles[~flat], row[~flat]


def _places(corners: Array) -> tuple[Array, Index, NDArray[np.int64]]:
    """(the different corners, where each stands first, the number of each corner): z counts too, walls have two."""
    order = np.lexsort((corners[:, 2], corners[:, 1], corners[:, 0]))
    held = corners[order]
    new = np.ones(len(held), np.bool_)
    new[1:] = (held[1:] != held[:-1]).any(axis=1)
    number = np.empty(len(held), np.int64)
    number[order] = np.cumsum(new) - 1
    return held[new], order[new].astype(np.int64), number
