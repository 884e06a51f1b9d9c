"""What figures say of the ground that they rest on: spanned gaps, flat tops and floors, points that are few."""

from __future__ import annotations

from models.estimate import SPANNED_PART, Estimate
from models.notices import N_, Notice
from models.support import SiteSupport

TOLD_OF_TERRAIN = frozenset({"points.wide", "points.flat", "cloud.wide"})
"""Remarks on a whole terrain in whose place these stand."""
CURVE_SPREAD = frozenset({"support.curve", "support.curve_not_told"})
"""What a curve says in place of an interval."""
_NOTED = 0.005
_LEVEL_NOTED = 0.02
_SPARSE = 0.5
_FEW = 10.0
"""Points that the terrain's density lets expect, below which a difference may be chance."""
_WHERE = {
    "body": (
        N_("{share:.1%} of the site's area ({area:.0f} m²) and {deep:.1%} of its volume ({volume:.0f} m³) lie in "
           "gaps between points: spanned, not measured"),
        N_("{share:.1%} of the site's area ({area:.0f} m²) and {deep:.1%} of its volume ({volume:.0f} m³) lie in "
           "gaps between points: spanned, not measured; the largest ({gap:.0f} m², {width:.1f} m wide) is at "
           "{x:.0f}, {y:.0f}"),
    ),
    "change": (
        N_("{share:.1%} of the site's area ({area:.0f} m²) and {deep:.1%} of what was placed and removed "
           "({volume:.0f} m³) lie in gaps between points: spanned, not measured"),
        N_("{share:.1%} of the site's area ({area:.0f} m²) and {deep:.1%} of what was placed and removed "
           "({volume:.0f} m³) lie in gaps between points: spanned, not measured; the largest ({gap:.0f} m², "
           "{width:.1f} m wide) is at {x:.0f}, {y:.0f}"),
    ),
}  # fmt: skip
"""By what the volume is: without and with a place."""


def support_remarks(answer: Estimate) -> list[Notice]:
    """The remarks of an estimate; none where nothing is known of its terrains' making."""
    own, below, parts = answer.support, answer.reference_support, answer.interval95.parts
    name = str(_parameters(answer).get("terrain", ""))
    first = ground_remarks(own, answer.footprint_m2) if own else []
    second = [of_terrain(name, n) for n in ground_remarks(below, answer.footprint_m2)] if below else []
    found = [*first, *second]
    where = [n for n in found if _is_where(n)]
    if where:
        told = [s for s in (own, below) if s is not None and is_noted(s)]
        where += error_remarks(told, parts[SPANNED_PART]) if SPANNED_PART in parts else []
    return [*where, *(n for n in found if not _is_where(n))]


def is_noted(support: SiteSupport) -> bool:
    """Whether there is enough spanned ground to speak of."""
    return max(support.spanned_area_share, support.spanned_volume_share) > _NOTED


def of_terrain(name: str, said: Notice) -> Notice:
    """What is said of another terrain than the one that the figures are named after."""
    return Notice(f"{said.key}.of", N_("terrain {terrain}: {said}"), terrain=name, said=said)


def ground_remarks(support: SiteSupport, footprint_m2: float, *, volume: str = "body") -> list[Notice]:
    """Where ground was spanned and what else points did not show; `volume`: "body" or "change"."""
    found = [_where(support, volume)] if is_noted(support) else []
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
    measured = footprint_m2 - support.spanned_area_m2
    if own is not None and everywhere and own < _SPARSE * everywhere and everywhere * measured / 100 >= _FEW:
        text = N_("on its measured ground the site has {own:.2g} points per 100 m², the terrain {everywhere:.2g}: its "
                  "error figures, by cross-validation of all points, are likely too small here")  # fmt: skip
        found.append(Notice("support.sparse", text, own=own, everywhere=everywhere))
    return found


def _is_where(notice: Notice) -> bool:
    return notice.key.startswith("support.spanned")


def _where(support: SiteSupport, volume: str) -> Notice:
    plain, placed = _WHERE[volume]
    facts = {"share": support.spanned_area_share, "area": support.spanned_area_m2}
    facts |= {"deep": support.spanned_volume_share, "volume": support.spanned_volume_m3}
    if support.gap_area_m2 is None or support.gap_x is None or support.gap_y is None:
        return Notice("support.spanned", plain, **facts)
    facts |= {"gap": support.gap_area_m2, "width": support.gap_width_m or 0.0}
    return Notice("support.spanned", placed, **facts, x=support.gap_x, y=support.gap_y)


def error_remarks(supports: list[SiteSupport], sigma_m3: float | None) -> list[Notice]:
    """How wrong spanned ground may be: what of it an interval contains, or that there is none (`sigma_m3` None)."""
    if sigma_m3 is None:
        text = N_("the measured ground about it does not tell how wrong the spanned ground is (too little of it, or "
                  "the edges of the gap dip unlike any of it): no interval is given, the true volume may lie far off; "
                  "survey the gap")  # fmt: skip
        return [Notice("support.not_told", text)]
    if len(supports) != 1 or supports[0].gap_error_m is None:
        text = N_("the interval contains ± {half:.0f} m³ for the spanned ground, by trial gaps in the measured ground "
                  "about it; nothing that lies there unlike that ground, such as water or a deeper floor")  # fmt: skip
        return [Notice("support.contained", text, half=2 * sigma_m3)]
    text = N_("the interval contains ± {half:.0f} m³ for the spanned ground: gaps as wide, cut out of the measured "
              "ground about it at {places} places for a trial and set by how the edges dip, say {error:.2f} m (one "
              "standard deviation of the mean height). It contains nothing that lies there unlike that ground, such "
              "as water or a deeper floor")  # fmt: skip
    facts = {"half": 2 * sigma_m3, "places": supports[0].gap_trials, "error": supports[0].gap_error_m}
    return [Notice("support.contained", text, **facts)]


def curve_support_remarks(
    own: SiteSupport | None, below: SiteSupport | None, name: str, footprint_m2: float, sigma_m3: float | None
) -> list[Notice]:
    """The same beside a stage–capacity curve, which has no interval of its own."""
    found = ground_remarks(own, footprint_m2) if own else []
    found += [of_terrain(name, n) for n in ground_remarks(below, footprint_m2)] if below else []
    if not any(_is_where(n) for n in found):
        return found
    if sigma_m3 is None:
        text = N_("the measured ground about it does not tell how wrong the spanned ground is: the true volumes may "
                  "lie far off; survey the gap")  # fmt: skip
        return [*found, Notice("support.curve_not_told", text)]
    text = N_("the spanned ground alone makes the volume at the highest level unsure by ± {half:.0f} m³ (95 %), by "
              "trial gaps in the measured ground about it; nothing that lies there unlike that ground, such as water "
              "or a deeper floor, is in that")  # fmt: skip
    return [*found, Notice("support.curve", text, half=2 * sigma_m3)]


def _parameters(answer: Estimate) -> dict[str, object]:
    """Parameters of the reference, the first part's where parts differ."""
    parts = answer.reference.parameters.get("parts")
    return dict(parts[0] if parts else answer.reference.parameters)
