"""How two surveys lie to each other on stable ground: offset, sideways shift, tilt, and what of that is taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis.comparison.interval import Errors
from gis.comparison.pair import Pair
from gis.comparison.sideways import Sideways, find_shift
from gis.comparison.spanned_ground import SpannedGround
from gis.comparison.stable import Stable, far_ground, stable_ground
from gis.comparison.tilt import Tilt, find_tilt
from gis.placing import Placed
from models.comparison import ComparisonRequest
from models.progress import Watch
from models.site import Site


@dataclass(frozen=True)
class Lying:
    """Stable ground, and how the surveys lie to each other there.

    `pair` and `stable` as the sums take them: with the shift taken off where it was `moved`, the tilt where `levelled`.
    `level`: the pair with the tilt taken off where that was asked, but as it lies sideways. `offsets`: of that, and
    with the shift taken off, m. `tilt_offsets`: with the tilt left in and taken off, m.
    """

    pair: Pair
    level: Pair
    stable: Stable
    errors: Errors
    shift: Sideways
    moved: bool
    offsets: tuple[float, float]
    tilt: Tilt
    levelled: bool
    tilt_offsets: tuple[float, float]


def lying(
    pair: Pair,
    placed: Placed,
    site: Site,
    spans: SpannedGround,
    sites: Sequence[BaseGeometry],
    request: ComparisonRequest,
    watch: Watch,
) -> Lying:
    """What stable ground around the site tells. Raises Cancelled."""
    found = stable_ground(
        pair, placed, site, sites, request.max_slope_deg, watch.part(0.0, 0.5), measured=spans.measured
    )
    errors = pair.before.terrain.errors, pair.after.terrain.errors
    step = np.array([placed.parts[0].step_x, placed.parts[0].step_y])
    at = (found.xy / step).T

    def levelled(tilt: Tilt) -> Pair:
        trend = tilt.trend
        if trend is None:
            return pair
        return pair.levelled(lambda cols, rows: trend.at(np.column_stack((cols, rows)) * step))

    def settled(on: Pair, shift: Sideways) -> Pair:
        return on.displaced(*(shift.move_m / step)) if shift.known else on

    def seen(on: Pair) -> Stable:
        before, after = on.sample(*at)
        return found.seen(after - before)

    shift = find_shift(pair, placed, found, errors, watch.part(0.5, 0.8))
    far = far_ground(pair, placed, site, sites, found, request.max_slope_deg, watch, measured=spans.measured)
    tilt = find_tilt(settled(pair, shift), placed, far, errors)
    if tilt.trend is not None:  # a tilt leans on a shift and a shift on a tilt: once more, each without the other
        shift = find_shift(levelled(tilt), placed, found, errors, watch.part(0.8, 1.0))
        tilt = find_tilt(settled(pair, shift), placed, far, errors)
    moved, level = request.remove_shift and shift.known, request.remove_tilt and tilt.trend is not None
    base = levelled(tilt) if level else pair
    used = settled(base, shift) if moved else base
    lies = found if not level else seen(base)
    there = lies if not shift.known else seen(settled(base, shift))
    stable = there if moved else lies
    clean = stable if not (shift.known or tilt.trend is not None) else seen(settled(levelled(tilt), shift))
    nmad = None if stable.copied else stable.nmad_m
    own = None if clean is stable or found.copied else clean.nmad_m
    offsets = lies.offset_m or 0.0, there.offset_m or 0.0
    tilts = stable.offset_m or 0.0, stable.offset_m or 0.0
    if tilt.trend is not None:
        with_it, without = (seen(settled(p, shift) if moved else p) for p in (pair, levelled(tilt)))
        tilts = with_it.offset_m or 0.0, without.offset_m or 0.0
    return Lying(used, base, stable, Errors(*errors, nmad, own), shift, moved, offsets, tilt, level, tilts)
