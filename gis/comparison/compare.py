"""Two surveys of a site compared: volumes placed and removed since, with offset, detection and interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis.comparison.admission import check_surveys
from gis.comparison.compass import compass
from gis.comparison.displaced import ShiftEffect, shift_effect, tilt_effect
from gis.comparison.interval import Errors, interval, offset_effect, offset_sigma
from gis.comparison.lying import lying
from gis.comparison.pair import Pair, Survey, open_pair
from gis.comparison.remarks import remarks
from gis.comparison.shift_record import shift_record
from gis.comparison.spanned_ground import SpannedGround, of_whole
from gis.comparison.stable import Stable
from gis.comparison.sums import ChangeSums, sum_change
from gis.comparison.tilt_record import tilt_part, tilt_record
from gis.holes import check_covered
from gis.placing import Placed, place
from gis.volume import outline_hash
from models.comparison import BelowDetection, ComparisonRequest, SurveyComparison, SurveyUsed, VolumeInterval95
from models.notices import Notice
from models.progress import Watch
from models.site import Site
from models.support import SiteSupport


def compare_surveys(
    site: Site,
    before: Survey,
    after: Survey,
    request: ComparisonRequest | None = None,
    *,
    sites: Sequence[BaseGeometry] = (),
    watch: Watch | None = None,
) -> SurveyComparison:
    """What was placed and removed inside the outline from one survey to the other.

    `sites` are the outlines (project CRS) of all sites, on which no ground counts as stable. The sums run over the
    finer of the two grids. Raises Refused (one terrain twice, other datums or kinds without confirmation, less than
    99.5 % of the outline in either survey), Missing, Unreadable, Cancelled.
    """
    request, watch = request or ComparisonRequest(), watch or Watch()
    terrains = before.terrain, after.terrain
    own = check_surveys(*terrains, request, site.code)
    with open_pair(before, after) as pair:
        placed = place(site, pair.grid)
        other = place(site, pair.coarser.grid)
        spans = SpannedGround.of(pair, placed, other)
        ground = lying(pair, placed, site, spans, sites, request, watch.part(0.0, 0.35))
        spans = spans.seen(ground.pair)
        stable, errors, offset = ground.stable, ground.errors, ground.stable.offset_m
        removed = request.remove_offset and offset is not None
        taken = offset if removed and offset is not None else 0.0
        sums = sum_change(
            ground.pair,
            placed,
            offset_m=taken,
            detection_m=errors.detection_m or 0.0,
            watch=watch.part(0.35, 0.9),
        )
        shares, gaps = _covered(pair, placed, sums, site.code)
        effect = ShiftEffect()
        if ground.shift.why != "copied":
            effect = shift_effect(
                ground.level, placed, ground.shift, ground.offsets,
                offset_removed=removed, removed=ground.moved, watch=watch.part(0.9, 0.97),
            )  # fmt: skip
        bent = tilt_effect(
            pair, placed, ground.tilt, ground.shift.move_m if ground.moved else np.zeros(2),
            ground.tilt_offsets if removed else (0.0, 0.0), removed=ground.levelled, watch=watch.part(0.97, 1.0),
        )  # fmt: skip
        answer = _answer(site, placed, sums, stable, errors, request, shares[2])
        spanned, supports = spans.change(placed, sums), spans.supports(ground.pair, placed, taken)
        sigma = offset_sigma(stable, errors)
        left = offset_effect(None if stable.copied or offset is None else ground.offsets[1], sigma, removed=removed)
        answer = replace(
            answer,
            offset_sigma_m=sigma,
            shift=shift_record(ground.shift, effect, compass(site, placed), pair.cell_m, removed=ground.moved),
            tilt=tilt_record(ground.tilt, bent, site, placed, removed=ground.levelled),
            interval95=interval(placed, sums, errors, left, effect.sigma, spanned, tilt_part(ground.tilt, bent)),
            before=_used(before, ground.pair, shares[0], supports[0]),
            after=_used(after, ground.pair, shares[1], supports[1]),
        )
        whole = (n for t, s in zip(terrains, supports, strict=True) for n in of_whole(t, s))
        notices = (*own, *gaps, *placed.notices, *other.notices, *whole)
        said = remarks(pair, placed, stable, errors, answer, notices, request, spanned)
        return replace(answer, warnings=said)


def _covered(
    pair: Pair, placed: Placed, sums: ChangeSums, code: str
) -> tuple[tuple[float, float, float], tuple[Notice, ...]]:
    """Covered shares of the outline (before, after, both) and notices; refuses with the survey that falls short."""
    first, second = pair.coarser.terrain.name, pair.finer.terrain.name
    if not pair.after_is_finer:
        first, second = second, first
    grounds = ((sums.before, first), (sums.after, second), (sums.both, f"{first}, {second}"))
    if pair.after_is_finer:  # the coarser one is looked at only where the finer one lies: name the finer one first
        grounds = (grounds[1], grounds[0], grounds[2])
    found = {name: check_covered(placed, ground, f"{code}, {name}", interpolated=False) for ground, name in grounds}
    shares = found[first][0], found[second][0], found[f"{first}, {second}"][0]
    return shares, found[f"{first}, {second}"][1]


def _answer(
    site: Site,
    placed: Placed,
    sums: ChangeSums,
    stable: Stable,
    errors: Errors,
    request: ComparisonRequest,
    covered: float,
) -> SurveyComparison:
    """The figures; interval, surveys and warnings come later."""
    raised, lowered, level = sums.total("placed"), sums.total("removed"), errors.detection_m
    measured = errors.nmad_m if errors.nmad_m is not None else 0.0
    below = BelowDetection(sums.total("placed_below"), sums.total("removed_below"))
    return SurveyComparison(
        placed_m3=raised,
        removed_m3=lowered,
        net_m3=raised - lowered,
        offset_m=stable.offset_m,
        nmad_m=stable.nmad_m,
        covered_share=covered,
        interval95=VolumeInterval95(None, None, None),
        warnings=(),
        site=site.code,
        site_uid=site.uid,
        offset_removed=request.remove_offset and stable.known,
        stable_cells=stable.cells,
        stable_share=stable.share,
        stable_within_m=stable.within_m,
        max_slope_deg=request.max_slope_deg,
        level_of_detection_m=level,
        detection_basis=None if level is None else "nmad" if measured >= (errors.stated_m or 0.0) else "stated",
        below_detection_m3=None if level is None else below,
        footprint_m2=sums.both.covered_m2,
        raised_m2=sums.total("raised"),
        lowered_m2=sums.total("lowered"),
        highest_rise_m=sums.highest,
        deepest_drop_m=sums.deepest,
        scale_factor=placed.k,
        outline_sha256=outline_hash(site),
        computed_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _used(survey: Survey, pair: Pair, covered: float, support: SiteSupport | None) -> SurveyUsed:
    t = survey.terrain
    return SurveyUsed(
        terrain=t.name,
        sha256=t.sha256,
        surveyed_on=t.surveyed_on,
        registered_at=t.registered_at,
        vertical_datum=t.vertical_datum,
        kind=t.kind,
        crs=t.crs,
        cell_m=t.cell_m,
        sigma_z_m=t.errors.sigma_z_m,
        range_m=t.errors.range_m,
        covered_share=covered,
        resampled=(pair.resampled and t is pair.coarser.terrain) or (pair.is_moved and t is pair.after.terrain),
        support=support,
    )
