"""Spanned ground in two surveys of a site: where neither was measured, what it brings into the change, what is told.

A change is the difference of two grounds that were measured apart: what the gaps of one survey hide is taken as
independent of what those of the other do. Where both have a gap over ground that did not change they err alike and
that errs on the safe side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gis.arrays import Array, Mask
from gis.comparison.pair import Pair
from gis.comparison.sums import ChangeSums, Places
from gis.placing import Placed
from gis.spanned import Cells, Spans, joint, summed
from gis.support_remarks import TOLD_OF_TERRAIN, error_remarks, ground_remarks, is_noted, of_terrain
from gis.tiling import tiles
from models.comparison import SurveyUsed
from models.notices import Notice
from models.support import SiteSupport
from models.terrain import Terrain


@dataclass(frozen=True)
class SpannedChange:
    """Standard deviations that spanned ground brings into the volumes, m³; None where it cannot be told."""

    placed_m3: float | None
    removed_m3: float | None
    net_m3: float | None


@dataclass(frozen=True)
class SpannedGround:
    """What both surveys rest on; None for one that says nothing of it."""

    before: Spans | None
    after: Spans | None

    @classmethod
    def of(cls, pair: Pair, placed: Placed, other: Placed) -> SpannedGround:
        """`placed`: the site on the grid that is summed over, `other`: on the coarser survey's."""
        finer = Spans.of(pair.finer, pair.finer.terrain, placed)
        coarser = Spans.of(pair.coarser, pair.coarser.terrain, other, placed)
        return cls(coarser, finer) if pair.after_is_finer else cls(finer, coarser)

    def seen(self, pair: Pair) -> SpannedGround:
        """The same with the later survey sampled where `pair` samples it."""
        return replace(self, after=None if self.after is None else self.after.sampled_aside(*pair.moved))

    def measured(self, cols: Array, rows: Array) -> Mask:
        """Where ground at pixel positions is spanned in neither survey, as far as that is known."""
        good = np.ones(np.shape(cols), np.bool_)
        for spans in self._known:
            good &= spans.measured(cols, rows)
        return np.asarray(good)

    @property
    def _known(self) -> list[Spans]:
        return [s for s in (self.before, self.after) if s is not None]

    def change(self, placed: Placed, sums: ChangeSums) -> SpannedChange | None:
        """What it brings into the volumes; None where there is none inside."""
        known = [s for s in self._known if s.any_inside]
        if not known:
            return None
        step = placed.parts[0].step_x, placed.parts[0].step_y

        def over(places: Places, area_m2: float) -> float | None:
            xy = places.array()
            if area_m2 <= 0 or not len(xy):
                return 0.0
            each = np.full(len(xy), area_m2 / len(xy))
            return joint(summed(s.sigma_at(*(xy / step).T), each) for s in known)

        return SpannedChange(
            over(sums.raised, sums.total("raised")),
            over(sums.lowered, sums.total("lowered")),
            joint(s.sigma_m3(s.whole()) for s in known),
        )

    def supports(self, pair: Pair, placed: Placed, offset_m: float) -> tuple[SiteSupport | None, SiteSupport | None]:
        """(before, after); volumes are those placed and removed."""
        one, two = (
            None if s is None else s.summary(_changed(pair, placed, offset_m)) for s in (self.before, self.after)
        )
        return one, two


def _changed(pair: Pair, placed: Placed, offset_m: float) -> Iterator[Cells]:
    """The cells of a site tile by tile, with how far they rose or sank."""
    for part in placed.parts:
        for tile in tiles(part.edges, pair.finer.window):
            before, after = pair.read(tile.row0, tile.row1, tile.col0, tile.col1)
            depth = np.abs(after - offset_m - before)
            area = tile.share * placed.row_areas(tile.row0, tile.row1)[:, None]
            cols, rows = np.meshgrid(np.arange(tile.col0, tile.col1) + 0.5, np.arange(tile.row0, tile.row1) + 0.5)
            yield Cells(cols, rows, np.where(np.isfinite(depth), area, 0.0), np.nan_to_num(depth))


def of_whole(terrain: Terrain, support: SiteSupport | None) -> tuple[Notice, ...]:
    """What is said of a whole survey, without what is told of this site."""
    return tuple(n for n in terrain.warnings if support is None or n.key not in TOLD_OF_TERRAIN)


def spanned_notices(
    used: tuple[SurveyUsed | None, SurveyUsed | None],
    footprint_m2: float,
    change: SpannedChange | None,
    *,
    stated: bool,
) -> list[Notice]:
    """What must be said of both surveys, and what the interval contains of it; `stated`: there is one."""
    found, told = [], []
    for survey in used:
        if survey is None or survey.support is None:
            continue
        said = ground_remarks(survey.support, footprint_m2, volume="change")
        found += [of_terrain(survey.terrain, n) for n in said]
        told += [survey.support] if is_noted(survey.support) else []
    if told and change is not None and stated:
        found += error_remarks(told, change.net_m3)
    return found
