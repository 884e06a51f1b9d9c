"""What an estimate must say beside its figures: few cells, unknown datums, a doubtful terrain, a wide interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gis.budget import LOWEST
from gis.far_surface import far_surface
from gis.holes import site_area
from gis.job import Job
from gis.rounded import rounded
from gis.site_support import spanned_spread
from gis.sums import Ground
from gis.support_remarks import TOLD_OF_TERRAIN, curve_support_remarks, of_terrain, support_remarks
from gis.surfaces.base import Surface
from models.earthwork import METHOD_WORDS
from models.estimate import SPANNED_PART, TOO_UNCERTAIN, TOO_WIDE, Estimate, SecondMethod, StageCurve
from models.notices import N_, Notice
from models.support import SiteSupport
from models.terrain import SOURCES
from models.units import M3_PER_WAN_M3

_SAME_M = 1e-3
_CHECK_PERCENT = 2.0
_NEXT_TO_NOTHING = 2.0
"""The interval, as times the volume, above which there is hardly a volume."""
_THIN_M = 0.1
"""Mean depth over the site below which what lies there is next to nothing."""
_ON_THE_RIM = frozenset({"spill", "lowest", "rim_mean", "rim_plane", "rim_surface", "edited_rim"})
_FROM_ELSEWHERE = {"level", "graded", "contours"}
"""Surfaces whose heights come from a drawing (another terrain's datum is looked at where it is brought in)."""
_NOTABLE = 0.25
_HARDLY = 0.1
"""Share of the interval's half width (where there is none: per mille of the volume) below which nobody need be told."""


def remarks(job: Job, answer: Estimate, ground: Ground, own: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """All warnings of an estimate, the gravest first; `own` are those of terrain, gaps and surfaces."""
    trust = _trust(job, answer)
    found = [
        *(n for n in trust if n.key == TOO_UNCERTAIN),
        *far_surface(job, answer, ground),
        *support_remarks(answer),
        *trust,
        *own,
        *_left_out(job, answer),
        *_rim_gap(job, answer),
        *rounded(job, answer),
        *_shape(job, answer, ground),
        *_datum(job),
        *_of_terrains(job, answer.scale_factor, own=answer.support, below=answer.reference_support),
        *_heap(job),
    ]
    return _unique(found)


def curve_remarks(
    job: Job, ground: Ground, own: tuple[Notice, ...], surfaces: Sequence[Surface], curve: StageCurve
) -> tuple[Notice, ...]:
    """What a stage–capacity curve must say: all that does not hang on a single figure."""
    spanned, sigma = spanned_spread(job, surfaces)
    name = job.inputs.terrain.name if job.inputs.terrain is not None else ""
    return _unique(
        [
            *curve_support_remarks(
                curve.support, curve.reference_support, name, ground.covered_m2, sigma if spanned else 0.0
            ),
            *own,
            *_few_cells(job, ground.cells),
            *_datum(job),
            *_of_terrains(job, job.placed.k, own=curve.support, below=curve.reference_support),
            *_heap(job),
        ]
    )


def _of_terrains(job: Job, k: float, *, own: SiteSupport | None, below: SiteSupport | None) -> list[Notice]:
    """What is said of the whole terrain, and of gaps in another one that is the reference; not what is told here."""
    found = [n for n in _terrain(job, k) if own is None or n.key not in TOLD_OF_TERRAIN]
    other = job.inputs.terrain
    if job.key == "dem" and other is not None and below is None and other.errors.sigma_z_m != 0:
        found += [of_terrain(other.name, n) for n in other.warnings if n.key in TOLD_OF_TERRAIN]
    return found


def _left_out(job: Job, answer: Estimate) -> list[Notice]:
    """What a gap too small to refuse may hold: a share of the area says little where the gap is the deepest place."""
    if answer.covered_share >= 1 or job.request.interpolate_holes:
        return []
    most = answer.footprint_m2 * (1 / answer.covered_share - 1) * answer.max_depth_m
    half, body = answer.interval95.fill_m3, answer.fill_m3 if job.site.fills else answer.cut_m3
    if most < (_HARDLY * half if half is not None else _HARDLY / 100 * body):
        return []
    text = N_("what lies there is in no interval: {volume:.0f} m³ if it is as deep as the deepest place measured")
    if not job.site.fills:
        text = N_("what lies there is in no interval: {volume:.0f} m³ if it is as high as the highest place measured")
    return [Notice("terrain.left_out", text, volume=most)]


def _rim_gap(job: Job, answer: Estimate) -> list[Notice]:
    """A stretch of rim without terrain, too short to refuse: the lowest point may lie there."""
    if answer.covered_share >= 1 or job.request.interpolate_holes or job.key not in _ON_THE_RIM:
        return []
    missing = max((1 - c.any_rim.valid_share for c in job.contexts(job.request.parameters)), default=0.0)
    if missing <= 0:
        return []
    text = N_("{share:.1%} of the rim lies where the terrain is missing; a lower place there would not be seen")
    return [Notice("terrain.rim_unseen", text, share=max(missing, 0.001))]


def _unique(found: list[Notice]) -> tuple[Notice, ...]:
    unique: list[Notice] = []
    for notice in found:
        if notice not in unique:
            unique.append(notice)
    return tuple(unique)


def _trust(job: Job, answer: Estimate) -> list[Notice]:
    """The interval and the second method."""
    found = []
    body = answer.fill_m3 if job.site.fills else answer.cut_m3
    half = answer.interval95.fill_m3
    if half is not None and body > 0 and half > TOO_WIDE * body:
        if half > _NEXT_TO_NOTHING * body and body > _THIN_M * answer.footprint_m2:
            text = N_(
                "the terrain is too coarse or too uncertain for this site: {body:.0f} ± {half:.0f} m³ cannot be told "
                "from nothing. This is no estimate to plan with; have the site surveyed more closely"
            )
            found.append(Notice(TOO_UNCERTAIN, text, body=body, half=half))
        elif half > _NEXT_TO_NOTHING * body:  # per cent of next to nothing say nothing
            text = N_(
                "next to nothing lies between the ground and the reference surface here: {body:.1f} ± {half:.1f} m³. "
                "This is no estimate to plan with; check the outline and the surface"
            )
            found.append(Notice(TOO_UNCERTAIN, text, body=body, half=half))
        else:
            text = N_(
                "the terrain is too coarse or too uncertain for this site: ± {share:.0%} of the "
                "volume. This is no estimate to plan with; have the site surveyed more closely"
            )
            found.append(Notice(TOO_UNCERTAIN, text, share=half / body))
    if half is None and body <= 0 and job.terrain.errors.sigma_z_m is not None:
        text = N_("what noise in the heights may hide is not quantified where nothing lies between level and ground")
        found.append(Notice("estimate.empty", text))
    elif half is None and job.terrain.errors.sigma_z_m is not None:
        if SPANNED_PART in answer.interval95.parts and answer.interval95.parts[SPANNED_PART] is None:
            return [*found, *_methods(answer, body)]  # gis.support_remarks says why
        text = N_("the error of the reference surface's heights is not stated, so the interval is not quantified")
        found.append(Notice("estimate.no_reference_sigma", text))
    elif half is None:
        text = N_("the error of the terrain's heights is not stated, so the interval is not quantified")
        found.append(Notice("estimate.no_sigma", text))
    else:
        if job.terrain.errors.range_m is None:
            text = N_(
                "over what distance the terrain's errors hang together is not stated; the interval is an upper bound"
            )
            found.append(Notice("estimate.no_range", text))
        if answer.interval95.parts.get("outline_m3") is None:
            text = N_("how well the outline is placed is not stated; the interval does not contain it")
            found.append(Notice("estimate.no_outline_error", text))
        found += _interval(job, answer)
    return [*found, *_methods(answer, body)]


def _methods(answer: Estimate, body: float) -> list[Notice]:
    every = answer.checks or (answer.check,)
    return [n for c in every if (n := _differs(c, body, answer.footprint_m2)) is not None]


def _differs(check: SecondMethod, body: float, footprint: float) -> Notice | None:
    """A method more than 2 % apart. Below a millimetre over the site a per cent of next to nothing says nothing."""
    if check.fill_m3 is None or check.difference_percent is None:
        return None
    if abs(check.difference_percent) <= _CHECK_PERCENT or abs(check.fill_m3 - body) <= _SAME_M * footprint:
        return None
    if check.method == "tin":
        text = N_("the second method (TIN) differs by {difference:+.1f} %")
        return Notice("estimate.check_differs", text, difference=check.difference_percent)
    text = N_("the {method} (every {step:g} m) differs by {difference:+.1f} %")
    method = Notice("estimate.method", METHOD_WORDS.get(check.method, check.method))
    step = next(iter(check.parameters.values()), 0.0)
    return Notice(
        f"estimate.check_differs_{check.method}", text, method=method, step=step, difference=check.difference_percent
    )


def _interval(job: Job, answer: Estimate) -> list[Notice]:
    """What the interval stands on, and a systematic part that it contains."""
    found, interval = [], answer.interval95
    if interval.parts.get("bias_m3", 0.0) is None:
        text = N_("whether all heights of the terrain are off together is not stated; the interval does not contain it")
        found.append(Notice("estimate.no_bias", text))
    if answer.tonnage_t is not None and interval.tonnage_t is None:
        text = N_("the density's standard deviation is not stated; the tonnage has no interval")
        found.append(Notice("estimate.no_density_sigma", text))
    offset, low = interval.offset_m3 or 0.0, job.key in LOWEST
    if low and interval.fill_m3 and abs(offset) > _NOTABLE * interval.fill_m3 and (offset > 0) == job.site.fills:
        text = N_(
            "a lowest point that is read from noisy heights comes out too low: the true volume may be about "
            "{volume:.0f} m³ {way}. The interval contains it"
        )
        way = Notice("word.more", N_("greater")) if offset > 0 else Notice("word.less", N_("smaller"))
        found.append(Notice("estimate.low_reading", text, volume=abs(offset), way=way))
    basis = job.terrain.errors.basis
    if "default:" in basis:
        text = N_(
            "the terrain's error figures are those usual for its kind of survey ({source}), not measured at this one"
        )
        source = basis.rpartition("default:")[2]
        kind = Notice(f"source.{source}", SOURCES.get(source, source))
        found.append(Notice("estimate.default_errors", text, source=kind))
    return found


def _shape(job: Job, answer: Estimate, ground: Ground) -> list[Notice]:
    """Empty results and outlines that are small for the grid."""
    found = []
    top = answer.reference.max_elevation_m
    if job.site.fills and answer.fill_m3 <= 0 and top is not None:
        text = N_(
            "the reference surface (at most {level:.2f} m) is not above the floor ({floor:.2f} m): nothing to fill"
        )
        found.append(Notice("estimate.below_floor", text, level=top, floor=ground.floor))
    if not job.site.fills and answer.cut_m3 <= 0:
        text = N_("no ground inside the outline stands above the base: there is no heap")
        found.append(Notice("estimate.no_heap", text))
    return [*found, *_above_rim(job, answer), *_few_cells(job, answer.cells_inside)]


def _few_cells(job: Job, cells: int) -> list[Notice]:
    # A circle of radius area / perimeter always fits in: most outlines need no search for the largest.
    if all(2 * job.placed.area_m2(p) > 10 * job.terrain.cell_m * p.perimeter_m for p in job.placed.parts):
        return []
    cell = job.terrain.cell_m
    narrow = [p for p in job.placed.parts if cell > p.width_m / 10]
    if not narrow:
        return []
    facts = {"width": min(p.width_m for p in narrow) / cell, "cells": cells}
    if len(narrow) == len(job.placed.parts):
        text = N_(
            "the outline is only {width:.1f} cells wide and holds {cells} cells: "
            "the volume may be off by a large factor"
        )
        return [Notice("estimate.few_cells", text, **facts)]
    text = N_(
        "{narrow} of the {parts} parts of the outline are less than 10 cells wide (the narrowest {width:.1f}) and hold "
        "about {cells} cells, {share:.1%} of the area: their volume may be off by a large factor"
    )
    area = sum(job.placed.area_m2(p) for p in narrow)
    facts |= {"narrow": len(narrow), "parts": len(job.placed.parts), "cells": round(area / cell**2)}
    return [Notice("estimate.few_cells", text, share=area / site_area(job.placed), **facts)]


def _above_rim(job: Job, answer: Estimate) -> list[Notice]:
    """A given level above the lowest point of the rim: the fill would stand against a bank that is not there."""
    spill = next((a.fill_m3 for a in answer.alternatives if a.key == "spill"), None)
    if job.key != "level" or not job.site.fills or spill is None:
        return []
    over = (answer.fill_m3 - spill) / answer.footprint_m2
    if over <= _SAME_M:
        return []
    volume = answer.fill_m3 - spill
    if volume >= M3_PER_WAN_M3:
        large = N_(
            "the level lies above the lowest point of the rim; it holds only with a bank along the outline "
            "({wan:.1f} × 10⁴ m³ more than the spill level takes)"
        )
        return [Notice("estimate.above_rim", large, wan=volume / M3_PER_WAN_M3)]
    text = N_(
        "the level lies above the lowest point of the rim; it holds only with a bank along the outline "
        "({volume:.0f} m³ more than the spill level takes)"
    )
    return [Notice("estimate.above_rim", text, volume=volume)]


def _datum(job: Job) -> list[Notice]:
    """A level from elsewhere needs the same height datum as the terrain."""
    if job.key not in _FROM_ELSEWHERE:
        return []
    stated, own = job.request.parameters.get("vertical_datum"), job.terrain.vertical_datum
    if stated and own and stated != own:
        text = N_(
            "the level is given in “{level}”, the terrain's heights in “{terrain}”: they may differ by centimetres or "
            "by tens of metres"
        )
        return [Notice("estimate.datums_differ", text, level=stated, terrain=own)]
    if not own or not stated:
        text = N_("the height datum of the {which} is not stated; a level from elsewhere may not fit the terrain")
        which = Notice("word.terrain", N_("terrain")) if not own else Notice("word.level", N_("level"))
        return [Notice("estimate.datum_unknown", text, which=which)]
    return []


def _terrain(job: Job, k: float) -> list[Notice]:
    found = list(job.terrain.warnings)
    if job.terrain.kind == "dsm":
        text = N_("the terrain is a surface model: plants, buildings and machines count as ground")
        found.append(Notice("terrain.dsm", text))
    if math.isfinite(k) and abs(k**2 - 1) > 0.001:
        text = N_(
            "the grid's distances are {k:.5f} of those on the ground here; areas and "
            "volumes were corrected by {percent:+.2f} %"
        )
        found.append(Notice("estimate.scale", text, k=k, percent=100 * (1 / k**2 - 1)))
    return found


def _heap(job: Job) -> list[Notice]:
    if job.site.fills:
        return []
    text = N_(
        "a stockpile: its volume is the ground above the base (cut); interval, check and other surfaces refer to it"
    )
    return [Notice("estimate.heap", text)]
