"""A tilt or bend between two surveys as it is told: east and north of the project, in words, and back on a grid."""

from __future__ import annotations

import math

import numpy as np
import shapely

from gis.comparison.compass import compass
from gis.comparison.displaced import ShiftEffect
from gis.comparison.interval import K
from gis.comparison.tilt import Tilt, Trend
from gis.correlation import region_of
from gis.crs import parse_crs, same_crs, transformer
from gis.crs_zones import wind
from gis.flooded import ground_shape
from gis.placing import Placed
from models.comparison import SurveyComparison, SurveyTilt, VolumeChange
from models.notices import N_, Notice
from models.site import Site

_ACROSS = 25
"""Places each way over a site's box at which its extremes are looked for, and the outline's vertices."""
_NOTEWORTHY = 0.01
_WHY = {
    "few": N_("there is too little stable ground"),
    "copied": N_("the heights of the ground around the site were copied or rounded"),
    "patchy": N_("the stable ground around the site lies in too few patches"),
}


def tilt_part(tilt: Tilt, effect: ShiftEffect) -> VolumeChange | None:
    """What of the interval it makes up; None where none stands out (the surveys' own errors hold what there is)."""
    return effect.sigma if tilt.trend is not None else None


def tilt_record(tilt: Tilt, effect: ShiftEffect, site: Site, placed: Placed, *, removed: bool) -> SurveyTilt:
    """The tilt in metres east and north of the middle of the site's outline."""
    if tilt.why:
        return SurveyTilt(None, tilt.why)
    unseen = _unseen(tilt, placed)
    if tilt.trend is None:
        return SurveyTilt("none", unseen_m3=unseen)
    trend, origin = tilt.trend, _origin(site, placed)
    # (u, v) = start + turn · (east, north)
    turn = compass(site, placed) / trend.scale_m
    start = (origin - trend.middle) / trend.scale_m
    slope, bend = trend.weights[:2], np.array([[trend.weights[2], trend.weights[3] / 2],
                                              [trend.weights[3] / 2, trend.weights[4]]])  # fmt: skip
    east, north = (float(x) for x in turn.T @ (slope + 2 * bend @ start))
    curve = turn.T @ bend @ turn
    low, high = _extremes(trend, placed)
    return SurveyTilt(
        tilt.kind,
        "",
        site.outline.centroid.x,
        site.outline.centroid.y,
        level_m=float(trend.at(origin[None])[0]),
        east=east,
        north=north,
        east_east=float(curve[0, 0]),
        east_north=float(2 * curve[0, 1]),
        north_north=float(curve[1, 1]),
        lowest_m=low,
        highest_m=high,
        removed=removed,
        change_m3=effect.change,
        sigma_m3=effect.sigma,
        unseen_m3=unseen,
    )


def _unseen(tilt: Tilt, placed: Placed) -> float:
    """By how much a bend that would not be seen may move the net, m³, half width at 95 %; 0 where one was found."""
    regions = [region_of(ground_shape(part)) for part in placed.parts]
    nets = [math.fsum(float(r.weight.ravel() @ one.at(r.places())) for r in regions) for one in tilt.unseen]
    return K * math.sqrt(math.fsum(n * n for n in nets))


def trend_of(tilt: SurveyTilt, site: Site, placed: Placed) -> Trend:
    """The heights of a record on a grid, in metres along its columns and rows; nothing where it says nothing."""
    if tilt.east is None or tilt.north is None or tilt.level_m is None:
        return Trend(np.zeros(2), 1.0, np.zeros(5), 0.0)
    back = np.linalg.inv(compass(site, placed))
    slope = back.T @ np.array([tilt.east, tilt.north])
    bend = np.array([[tilt.east_east, tilt.east_north / 2], [tilt.east_north / 2, tilt.north_north]])
    curve = back.T @ bend @ back
    weights = np.array([*slope, curve[0, 0], 2 * curve[0, 1], curve[1, 1]])
    return Trend(_origin(site, placed, tilt), 1.0, weights, -tilt.level_m)


def _origin(site: Site, placed: Placed, tilt: SurveyTilt | None = None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Where the middle of the outline (or a record's origin) lies, metres along columns and rows."""
    x, y = site.outline.centroid.x, site.outline.centroid.y
    if tilt is not None and tilt.origin_x is not None and tilt.origin_y is not None:
        x, y = tilt.origin_x, tilt.origin_y
    crs = parse_crs(site.crs)
    if not same_crs(crs, placed.grid.crs):
        x, y = transformer(crs, placed.grid.crs).transform(x, y)
    col, row = placed.grid.to_pixel(x, y)
    part = placed.parts[0]
    return np.array([float(col) * part.step_x, float(row) * part.step_y])


def _extremes(trend: Trend, placed: Placed) -> tuple[float, float]:
    """(lowest, highest) of a trend over the site, m."""
    step, places = np.array([placed.parts[0].step_x, placed.parts[0].step_y]), []
    for part in placed.parts:
        x0, y0, x1, y1 = part.polygon.bounds
        cols, rows = (v.ravel() for v in np.meshgrid(np.linspace(x0, x1, _ACROSS), np.linspace(y0, y1, _ACROSS)))
        inside = shapely.contains_xy(part.polygon, cols, rows)
        places += [np.column_stack((cols, rows))[inside], *part.rings]
    z = trend.at(np.concatenate(places) * step)
    return float(z.min()), float(z.max())


def tilt_notices(answer: SurveyComparison, *, asked: bool) -> list[Notice]:
    """What must be said of a tilt: that it was taken off or left in; why none is known where that was asked."""
    tilt = answer.tilt
    if tilt is None:
        return []
    change, bend = tilt.change_m3, _bend(answer, tilt)
    if change is None:
        return [*_none(tilt, asked=asked), *bend]
    facts = {"low": tilt.lowest_m, "high": tilt.highest_m, "net": change.net_m3, "placed": change.placed_m3,
             "removed": change.removed_m3}  # fmt: skip
    if tilt.kind == "tilt":
        text = N_("rises by {rise:.3f} m per 100 m to the {wind} ({bearing:.0f}°)")
        way = Notice("progress.tilt_way", text, rise=tilt.per_100_m, bearing=round(tilt.bearing_deg or 0.0) % 360,
                     wind=wind(tilt.east or 0.0, tilt.north or 0.0))  # fmt: skip
    else:
        way = Notice("progress.bowl_way", N_("is bent, as a block of drone pictures is domed or dished"))
    if tilt.removed:
        text = N_("on stable ground the later survey {way} against the earlier one; that, {low:+.3f} to {high:+.3f} m "
                  "over the site, was taken off it as asked, which changed the net by {net:+.0f} m³ (placed "
                  "{placed:+.0f} m³, removed {removed:+.0f} m³)")  # fmt: skip
        return [Notice("progress.tilt_removed", text, way=way, **facts), *bend]
    text = N_("on stable ground the later survey {way} against the earlier one, more than its errors explain: "
              "{low:+.3f} to {high:+.3f} m over the site. This was not removed; without it the net would change by "
              "{net:+.0f} m³ (placed {placed:+.0f} m³, removed {removed:+.0f} m³)")  # fmt: skip
    return [Notice("progress.tilt", text, way=way, **facts), *bend]


def _bend(answer: SurveyComparison, tilt: SurveyTilt) -> list[Notice]:
    """That stable ground would not show a bend that matters."""
    half = answer.interval95.net_m3
    least = half if half is not None else _NOTEWORTHY * (answer.placed_m3 + answer.removed_m3)
    if tilt.unseen_m3 is None or tilt.unseen_m3 <= least:
        return []
    text = N_("stable ground is too narrow, or its errors hang together too far, to show whether the surveys are bent "
              "against each other (domed or dished): a bend of ± {volume:.0f} m³ in the net over the site would not be "
              "seen, and is not in the interval")  # fmt: skip
    return [Notice("progress.bend_unseen", text, volume=tilt.unseen_m3)]


def _none(tilt: SurveyTilt, *, asked: bool) -> list[Notice]:
    """Nothing stands out, or nothing is known."""
    if tilt.kind is None and tilt.why == "patchy":
        text = N_("whether the surveys are tilted or bent against each other is not known ({reason}) and not in the "
                  "interval")  # fmt: skip
        return [Notice("progress.tilt_unknown", text, reason=Notice("progress.tilt_why", _WHY[tilt.why]))]
    if not asked:
        return []
    if tilt.kind is None:
        text = N_("no tilt was taken off, because none is known: {reason}")
        return [Notice("progress.tilt_not_removed", text, reason=Notice("progress.tilt_why", _WHY[tilt.why]))]
    text = N_("no tilt was taken off: none stands out of the surveys' errors on stable ground")
    return [Notice("progress.no_tilt", text)]
