"""What a sideways shift of the later survey does to the volumes of a site: the sums with it sampled at other places.

Volumes are not linear in a shift (a wall that did not change is placed on one side and removed on the other whichever
way it moves), so nothing is taken from slopes: each shift is tried. Sites of many cells are looked at on a lattice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gis.arrays import Array
from gis.comparison.pair import Pair
from gis.comparison.sideways import Sideways
from gis.comparison.tilt import Tilt, Trend
from gis.placing import Placed
from gis.row_sums import RowSums
from gis.sums import each_tile
from models.comparison import VolumeChange
from models.progress import Watch

_PLACES = 250_000
_LEAST_STEP = 0.25  # cells of the coarser survey


@dataclass(frozen=True)
class Trial:
    """The later survey sampled `move_m` aside (metres along columns, rows), lowered by `offset_m` and a `trend`."""

    move_m: Array
    offset_m: float
    trend: Trend | None = None


@dataclass(frozen=True)
class ShiftEffect:
    """What a shift does to the volumes, m³; None where it is not known.

    `change`: what taking it off does; `sigma`: the standard uncertainty that it leaves in them; `metre`: the most that
    one metre along what is not known does.
    """

    change: VolumeChange | None = None
    sigma: VolumeChange | None = None
    metre: VolumeChange | None = None


def displaced_volumes(
    pair: Pair, placed: Placed, trials: Sequence[Trial], watch: Watch | None = None, *, most: int = _PLACES
) -> Array:
    """(trials, 3): placed, removed, net, m³, over the cells that have heights in all of them.

    `pair` as it lies, or levelled. At most about `most` cells, evenly spread, stand for all.
    """
    watch, sums = watch or Watch(), RowSums()
    stride = max(int(np.ceil(np.sqrt(sum(p.polygon.area for p in placed.parts) / most))), 1)
    step = np.array([placed.parts[0].step_x, placed.parts[0].step_y])
    ways = {tuple(t.move_m.tolist()): pair.displaced(*(t.move_m / step)) for t in trials}
    for _, tile in each_tile(placed, pair.finer.window, [sums], watch):
        rows, cols = (np.arange(a + (stride // 2 - a) % stride, b, stride) for a, b in
                      ((tile.row0, tile.row1), (tile.col0, tile.col1)))  # fmt: skip
        weight = tile.share[np.ix_(rows - tile.row0, cols - tile.col0)] * stride**2
        i, j = np.nonzero(weight)
        if not i.size:
            continue
        at = cols[j] + 0.5, rows[i] + 0.5
        before = pair.sample_before(*at)
        seen = {way: p.sample_after(*at) - before for way, p in ways.items()}
        xy = np.column_stack(at) * step
        change = np.stack([
            seen[tuple(t.move_m.tolist())] - t.offset_m - (0.0 if t.trend is None else t.trend.at(xy)) for t in trials
        ])  # fmt: skip
        own = np.where(np.isfinite(change.sum(axis=0)), weight[i, j], 0.0)
        for k, d in enumerate(np.nan_to_num(change)):
            for name, values in (("placed", np.maximum(d, 0)), ("removed", np.maximum(-d, 0))):
                line = np.bincount(rows[i] - tile.row0, values * own, tile.row1 - tile.row0)
                sums.add(f"{name}{k}", tile.row0, np.asarray(line, np.float64))
    found = np.array([[sums.total(f"{name}{k}") for name in ("placed", "removed")] for k in range(len(trials))])
    return np.column_stack((found, found[:, 0] - found[:, 1]))


def shift_effect(
    pair: Pair,
    placed: Placed,
    shift: Sideways,
    offsets: tuple[float, float],
    *,
    offset_removed: bool,
    removed: bool,
    watch: Watch | None = None,
) -> ShiftEffect:
    """What `shift` does to the site. `offsets`: on stable ground as the surveys lie, and with the shift taken off, m.

    A shift along the mean slope of stable ground shows there as an offset, and goes with it where that is removed.
    """
    follows = 1.0 if offset_removed else 0.0
    base, there = offsets[0] * follows, offsets[1] * follows
    trials = [Trial(np.zeros(2), base), Trial(shift.move_m, there)]
    steps = np.maximum(shift.sigma_m, _LEAST_STEP * pair.cell_m)
    for axis, size in [*zip(shift.axes, steps, strict=True), *((a, 1.0) for a in shift.unknown_axes)]:
        trials += [
            Trial(shift.move_m + far * axis, there + follows * far * float(axis @ shift.slope)) for far in (size, -size)
        ]
    found = displaced_volumes(pair, placed, trials, watch)
    sides = (found[2:] - found[1]).reshape(-1, 2, 3)
    known, unknown = sides[: len(shift.axes)], sides[len(shift.axes) :]
    metre = _volumes(np.abs(unknown).max(axis=(0, 1))) if len(unknown) else None
    if not shift.known:
        return ShiftEffect(metre=metre)
    change = found[1] - found[0]
    own = np.sqrt(((known**2).mean(axis=1) * (shift.sigma_m / steps)[:, None] ** 2).sum(axis=0))
    return ShiftEffect(_volumes(change), _volumes(own if removed else np.hypot(own, change)), metre)


def tilt_effect(
    pair: Pair,
    placed: Placed,
    tilt: Tilt,
    move_m: Array,
    offsets: tuple[float, float],
    *,
    removed: bool,
    watch: Watch | None = None,
) -> ShiftEffect:
    """What a tilt does to the site: `pair` as it lies, taken `move_m` aside, and lower by `offsets`.

    These are with the tilt left in and with it taken off, m.
    """
    if tilt.trend is None:
        return ShiftEffect()
    trials = [Trial(move_m, offsets[0]), Trial(move_m, offsets[1], tilt.trend)]
    for one in tilt.spread:
        trials += [Trial(move_m, offsets[1], tilt.trend.plus(one, far)) for far in (1.0, -1.0)]
    found = displaced_volumes(pair, placed, trials, watch)
    change, sides = found[1] - found[0], (found[2:] - found[1]).reshape(-1, 2, 3)
    own = np.sqrt((sides**2).mean(axis=1).sum(axis=0))
    return ShiftEffect(_volumes(change), _volumes(own if removed else np.hypot(own, change)))


def _volumes(values: Array) -> VolumeChange:
    return VolumeChange(*(float(v) for v in values))
