"""What an estimate says of the ground that it rests on: spanned gaps, flat tops and floors, points that are few."""

from __future__ import annotations

from models.estimate import SPANNED_PART, Estimate
from models.notices import N_, Notice
from models.support import SiteSupport

TOLD_OF_TERRAIN = frozenset({"points.wide", "points.flat", "cloud.wide"})
"""Remarks on a whole terrain in whose place these stand."""
_NOTED = 0.005
_LEVEL_NOTED = 0.02
_SPARSE = 0.5
_FEW = 10.0
"""Points that the terrain's density lets expect, below which a difference may be chance."""


def support_remarks(answer: Estimate) -> list[Notice]:
    """The remarks; none where nothing is known of the terrain's making."""
    support = answer.support
    if support is None:
        return []
    found: list[Notice] = []
    if max(support.spanned_area_share, support.spanned_volume_share) > _NOTED:
        found += [_where(support), *_error(answer, support)]
    if support.spanned_rim_share > _NOTED:
        text = N_("{share:.1%} of the rim that the reference surface hangs on lies in gaps between points: a lower or "
                  "higher place there would not be seen, and the interval does not contain it")  # fmt: skip
        found.append(Notice("support.rim", text, share=support.spanned_rim_share))
    if max(support.level_area_share, support.level_volume_share) > _LEVEL_NOTED:
        text = N_("{share:.1%} of the site's area and {deep:.1%} of its volume rest on level triangles (tops and "
                  "floors inside the last contour): flat there, not measured; the interval does not contain what "
                  "lies there")  # fmt: skip
        found.append(Notice("support.level", text, share=support.level_area_share, deep=support.level_volume_share))
    own, everywhere = support.points_per_100_m2, support.terrain_points_per_100_m2
    measured = answer.footprint_m2 - support.spanned_area_m2
    if own is not None and everywhere and own < _SPARSE * everywhere and everywhere * measured / 100 >= _FEW:
        text = N_("on its measured ground the site has {own:.2g} points per 100 m², the terrain {everywhere:.2g}: its "
                  "error figures, by cross-validation of all points, are likely too small here")  # fmt: skip
        found.append(Notice("support.sparse", text, own=own, everywhere=everywhere))
    return found


def _where(support: SiteSupport) -> Notice:
    text = N_("{share:.1%} of the site's area ({area:.0f} m²) and {deep:.1%} of its volume ({volume:.0f} m³) lie in "
              "gaps between points: spanned, not measured")  # fmt: skip
    facts = {"share": support.spanned_area_share, "area": support.spanned_area_m2}
    facts |= {"deep": support.spanned_volume_share, "volume": support.spanned_volume_m3}
    if support.gap_area_m2 is None or support.gap_x is None or support.gap_y is None:
        return Notice("support.spanned", text, **facts)
    text = N_("{share:.1%} of the site's area ({area:.0f} m²) and {deep:.1%} of its volume ({volume:.0f} m³) lie in "
              "gaps between points: spanned, not measured; the largest ({gap:.0f} m², {width:.1f} m wide) is at "
              "{x:.0f}, {y:.0f}")  # fmt: skip
    facts |= {"gap": support.gap_area_m2, "width": support.gap_width_m or 0.0}
    return Notice("support.spanned", text, **facts, x=support.gap_x, y=support.gap_y)


def _error(answer: Estimate, support: SiteSupport) -> list[Notice]:
    sigma = answer.interval95.parts.get(SPANNED_PART)
    if sigma is None and SPANNED_PART in answer.interval95.parts:
        text = N_("the measured ground about it does not tell how wrong the spanned ground is (too little of it, or "
                  "the edges of the gap dip unlike any of it): no interval is given, the true volume may lie far off; "
                  "survey the gap")  # fmt: skip
        return [Notice("support.not_told", text)]
    if sigma is None:
        return []
    if support.gap_error_m is None:
        text = N_("the interval contains ± {half:.0f} m³ for the spanned ground, by trial gaps in the measured ground "
                  "about it; nothing that lies there unlike that ground, such as water or a deeper floor")  # fmt: skip
        return [Notice("support.contained", text, half=2 * sigma)]
    text = N_("the interval contains ± {half:.0f} m³ for the spanned ground: gaps as wide, cut out of the measured "
              "ground about it at {places} places for a trial and set by how the edges dip, say {error:.2f} m (one "
              "standard deviation of the mean height). It contains nothing that lies there unlike that ground, such "
              "as water or a deeper floor")  # fmt: skip
    facts = {"half": 2 * sigma, "places": support.gap_trials, "error": support.gap_error_m}
    return [Notice("support.contained", text, **facts)]
