"""Corners that may be cut off: walls meet there, single points stand on them, and no line leads down."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from gis.arrays import Array, Index, Mask
from gis.points.breaklines import Laid
from gis.points.corner_lines import corners_of
from gis.points.tin import WHOLE, Tin
from gis.short_calls import unique_rows

_SHARP_RAD = np.radians(30.0)
_ALONG = 0.5
_AWAY = 0.1
_STEPS = 2.0
_STEEP = 0.2
_FIT = 0.3
_MOST = 2000


def open_corners(tin: Tin, xy: Array, z: Array, line: Index, laid: Laid) -> Index:
    """Points (positions in `xy`) at which walls may be cut off (see level_swaps.py): how much, nobody knows.

    A line turns there by 30° or more; from the middle of both legs the ground falls (or rises) on the inner side by 1:5
    or more; a single point on one of these walls stands nearer to the corner than half a leg; no line leads down,
    neither a surveyed one nor one of gis.points.corner_lines. Of more than 2,000 corners every so many are looked at.
    """
    none = np.zeros(0, np.int64)
    if laid.step_m is None or not (line < 0).any():
        return none
    corners = corners_of(xy, line)
    turn = np.arccos(np.clip(-(corners.back * corners.ahead).sum(axis=1), -1, 1))
    some = np.flatnonzero((turn >= _SHARP_RAD) & (corners.reach > 4 * _STEPS * laid.step_m))
    some = some[~np.isin(corners.at[some], laid.joined) & ~_crossed(xy, line, corners.at[some])]
    some = some[:: max(1, -(-len(some) // _MOST))]
    if not len(some):
        return none
    at, back, ahead, reach = corners.at[some], corners.back[some], corners.ahead[some], corners.reach[some]
    middle = back + ahead
    middle /= np.maximum(np.hypot(*middle.T), 1e-300)[:, None]
    away = np.maximum(_AWAY * reach, _STEPS * laid.step_m)
    falls = []
    for leg in (back, ahead):
        inner = middle - leg * (middle * leg).sum(axis=1)[:, None]
        inner /= np.maximum(np.hypot(*inner.T), 1e-300)[:, None]
        on = xy[at] + leg * (_ALONG * reach)[:, None]
        falls.append((_heights(tin, on) - _heights(tin, on + inner * away[:, None])) / away)
    with np.errstate(invalid="ignore"):
        least = np.minimum(np.abs(falls[0]), np.abs(falls[1]))
        steep = (falls[0] * falls[1] > 0) & (least >= _STEEP)
    single = np.flatnonzero(line < 0)
    near = cKDTree(xy[single]).query_ball_point(xy[at], reach / 2)
    bare = np.zeros(len(at), np.bool_)
    for i in np.flatnonzero(steep):
        legs = (back[i], ahead[i])
        bare[i] = _stands(xy, z, int(at[i]), legs, (float(falls[0][i]), float(falls[1][i])), single[near[i]])
    return np.asarray(at[bare])


def _stands(xy: Array, z: Array, at: int, legs: tuple[Array, Array], falls: tuple[float, float], near: Index) -> bool:
    """One of the points `near` is on a wall: as far below (or above) the nearer leg as the wall falls to there."""
    rest, drop = xy[near] - xy[at], z[at] - z[near]
    across = np.stack([np.abs(rest @ np.array([-leg[1], leg[0]])) for leg in legs])
    on = np.stack([rest @ leg > 0 for leg in legs]).any(axis=0) & (rest @ (legs[0] + legs[1]) > 0)
    own = np.argmin(across, axis=0)
    due = np.array(falls)[own] * across.min(axis=0)
    return bool((on & (np.abs(drop - due) <= _FIT * np.abs(due))).any())


def _crossed(xy: Array, line: Index, at: Index) -> Mask:
    """Where another line has a vertex at the same place."""
    of_lines = np.flatnonzero(line >= 0)
    _, _, place = unique_rows(xy[of_lines])
    pair = np.unique(np.column_stack((place, line[of_lines])), axis=0)
    count = np.bincount(pair[:, 0])
    return np.asarray(count[place[np.searchsorted(of_lines, at)]] > 1)


def _heights(tin: Tin, places: Array) -> Array:
    """Heights at places (n, 2), one by one where the points are too many for one triangulation."""
    if len(tin) <= WHOLE:
        return tin.at(places)
    return np.concatenate([tin.at(places[i : i + 1]) for i in range(len(places))])
