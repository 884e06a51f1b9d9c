"""Points that cannot be right: zeros for no height, doubles, outliers. Each by a stated rule, named by its row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from gis.arrays import Array, Mask
from gis.points.base import Tally, name_rows
from gis.points.read import GroundPoints, few
from models.notices import N_, Notice
from models.progress import Watch

SIGMAS = 6.0
_NEIGHBOURS = 12
_CHUNK = 100_000
_GRAIN_M = 0.001
_FLOOR_M = 0.02
"""A spread below two centimetres is not told from rounding: no point is an outlier by less than six times that."""
_HIGH_M = 50.0
_ZERO = Notice("points.zero_height", N_("its height is 0 while the others lie high: read as no height"))
_REPEATED = Notice("points.repeated", N_("it repeats a point at the same place and height"))


@dataclass
class Vetted:
    """What vetting found beside the rows that it left out (those are in the points' `skips`)."""

    merged: Tally
    outliers: Tally


def vet(points: GroundPoints, *, drop_outliers: bool = False, watch: Watch | None = None) -> Vetted:
    """Clean `points` in place. Raises Refused if fewer than three stay.

    Rules: a height of exactly 0 among heights of more than 50 m is none; points at the same place (to a millimetre)
    and height count once; at the same place with different heights they become one with the mean; a point more than
    six robust sigmas off the plane through its twelve neighbours is named, and left out only if asked.
    """
    _zeros(points)
    merged = _doubles(points)
    outliers = Tally(
        Notice("points.outliers", N_("over {sigmas:g} robust sigmas off the plane of its neighbours"), sigmas=SIGMAS)
    )
    if len(points.z) >= 3 * _NEIGHBOURS:
        single = points.line < 0
        flagged = outlying(points.xy, points.z, single, watch)
        for row in points.row[flagged]:
            outliers.add(int(row))
        if drop_outliers and flagged.any():
            points.skips.add_all(points.row[flagged], outliers.reason)
            points.keep(~flagged)
    _tell(points, merged, outliers, drop_outliers=drop_outliers)
    if len(points.z) < 3:
        raise few(str(points.path), len(points.z), points.skips)
    return Vetted(merged, outliers)


def _zeros(points: GroundPoints) -> None:
    zero = points.z == 0
    if zero.any() and 2 * zero.sum() < len(zero) and float(np.median(np.abs(points.z[~zero]))) > _HIGH_M:
        points.skips.add_all(points.row[zero], _ZERO)
        points.keep(~zero)


def _doubles(points: GroundPoints) -> Tally:
    """Make points at one place one; returns those that had different heights."""
    merged = Tally(Notice("points.merged", N_("same place, different heights: the mean is used")))
    grain = np.round((points.xy - points.xy.min(axis=0)) / _GRAIN_M).astype(np.int64)
    order = np.lexsort((np.arange(len(grain)), grain[:, 1], grain[:, 0]))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(grain[order], axis=0) != 0).any(axis=1)
    if new.all():
        return merged
    group = np.cumsum(new) - 1
    low = np.full(group[-1] + 1, np.inf)
    high = np.full(group[-1] + 1, -np.inf)
    np.minimum.at(low, group, points.z[order])
    np.maximum.at(high, group, points.z[order])
    mean = np.bincount(group, points.z[order]) / np.bincount(group)
    uneven = high - low > _GRAIN_M
    many = np.bincount(group) > 1
    z = points.z.copy()
    z[order] = np.where(uneven[group], mean[group], points.z[order])
    for row in points.row[order[(uneven & many)[group]]]:
        merged.add(int(row))
    points.z = z
    # Vertices of lines stay, so that the lines stay whole; the triangulation takes one point a place.
    first = np.zeros(len(order), np.bool_)
    first[order[new]] = True
    repeats = ~first & (points.line < 0)
    even = np.zeros(len(order), np.bool_)
    even[order] = ~uneven[group]
    points.skips.add_all(points.row[repeats & even], _REPEATED)
    points.keep(~repeats)
    return merged


def outlying(xy: Array, z: Array, wanted: Mask, watch: Watch | None = None) -> Mask:
    """Points more than `SIGMAS` robust sigmas off a plane through their neighbours.

    The plane is fitted by three rounds of reweighting (Tukey's biweight), so that one blunder among the neighbours does
    not bend it. Sigma is 1.4826 times the median absolute deviation: the larger one of the neighbours' own about that
    plane and of all points', at least two centimetres. A rim of a pit thus is no outlier; a spike is.
    """
    tree = cKDTree(xy)
    off, spread = np.full(len(z), np.nan), np.full(len(z), np.nan)
    at = np.flatnonzero(wanted)
    for start in range(0, len(at), _CHUNK):
        if watch is not None:
            watch.report(start / len(at))
        some = at[start : start + _CHUNK]
        near = np.asarray(tree.query(xy[some], k=_NEIGHBOURS + 1)[1])
        # The point itself stands first but among points at one place; it must not vote on itself.
        own = near == some[:, None]
        own[~own.any(axis=1), -1] = True
        near = near[~own].reshape(len(some), _NEIGHBOURS)
        off[some], spread[some] = _about_plane(xy[near] - xy[some][:, None], z[near], z[some])
    if not len(at):
        return np.zeros(len(z), np.bool_)
    everywhere = 1.4826 * float(np.median(np.abs(off[at])))
    sigma = np.maximum(np.maximum(spread, everywhere), _FLOOR_M)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(off) > SIGMAS * sigma)


def _about_plane(place: Array, height: Array, own: Array) -> tuple[Array, Array]:
    """(own height minus the plane's at the origin, robust sigma of the neighbours about the plane), both (n,)."""
    scale = np.sqrt((place**2).sum(axis=2).mean(axis=1))[:, None]
    base = np.median(height, axis=1)[:, None]
    rhs = height - base
    a = np.concatenate((np.ones((*rhs.shape, 1)), place / np.maximum(scale, 1e-9)[:, :, None]), axis=2)
    weight = np.ones(rhs.shape)
    ridge = np.diag((1e-9, 1e-4, 1e-4))  # neighbours on one line leave the slope across it open: level then
    spread = np.zeros(len(own))
    fit = np.zeros((len(own), 3))
    for _ in range(4):
        wa = a * weight[:, :, None]
        fit = np.linalg.solve(wa.transpose(0, 2, 1) @ a + ridge, (wa * rhs[:, :, None]).sum(axis=1)[:, :, None])[..., 0]
        residual = rhs - (a @ fit[:, :, None])[..., 0]
        spread = 1.4826 * np.median(np.abs(residual), axis=1)
        u = residual / (4.685 * np.maximum(spread, _FLOOR_M / 4)[:, None])
        weight = np.where(np.abs(u) < 1, (1 - u**2) ** 2, 0.0) + 1e-6
    return own - base[:, 0] - fit[:, 0], spread


def _tell(points: GroundPoints, merged: Tally, outliers: Tally, *, drop_outliers: bool) -> None:
    if merged.count:
        text = N_("{count} points share a place with one of another height; the mean is used (rows {rows})")
        rows = name_rows(merged.rows, merged.count)
        points.warnings.append(Notice("points.merged", text, count=merged.count, rows=rows))
    if outliers.count and not drop_outliers:
        text = N_(
            "{count} points lie more than {sigmas:g} robust sigmas off the plane of their neighbours (rows {rows}); "
            "they are used as they are: check them, or leave them out with --drop-outliers"
        )
        rows = name_rows(outliers.rows, outliers.count)
        points.warnings.append(Notice("points.outlying", text, count=outliers.count, sigmas=SIGMAS, rows=rows))
