"""What an estimate must say beside its figures: few cells, unknown datums, a doubtful terrain, a wide interval."""

from __future__ import annotations

import math

from gis.job import Job
from gis.sums import Ground
from models.estimate import TOO_UNCERTAIN, Estimate
from models.notices import N_, Notice

_SAME_M = 1e-3
_CHECK_PERCENT = 2.0
_TOO_WIDE = 0.5
_NOTABLE = 0.25
_LOWEST = ("spill", "lowest")


def remarks(job: Job, answer: Estimate, ground: Ground, own: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """All warnings of an estimate, the gravest first; `own` are those of terrain, gaps and surfaces."""
    found = [
        *_trust(job, answer),
        *own,
        *_shape(job, answer, ground),
        *_datum(job),
        *_terrain(job, answer),
        *_heap(job),
    ]
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
    if half is not None and body > 0 and half > _TOO_WIDE * body:
        text = N_(
            "the terrain is too coarse or too uncertain for this site: ± {share:.0%} of the "
            "volume. This is no estimate to plan with"
        )
        found.append(Notice(TOO_UNCERTAIN, text, share=half / body))
    if half is None and job.terrain.errors.sigma_z_m is not None:
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
    difference = answer.check.difference_percent
    apart = abs(answer.check.fill_m3 - body) if answer.check.fill_m3 is not None else 0.0
    # A per cent of next to nothing says nothing: below a millimetre over the site the two methods agree.
    if difference is not None and abs(difference) > _CHECK_PERCENT and apart > _SAME_M * answer.footprint_m2:
        text = N_("the second method (TIN) differs by {difference:+.1f} %")
        found.append(Notice("estimate.check_differs", text, difference=difference))
    return found


def _interval(job: Job, answer: Estimate) -> list[Notice]:
    """What the interval stands on, and a systematic part that it contains."""
    found, interval = [], answer.interval95
    if interval.parts.get("bias_m3", 0.0) is None:
        text = N_("whether all heights of the terrain are off together is not stated; the interval does not contain it")
        found.append(Notice("estimate.no_bias", text))
    offset, low = interval.offset_m3 or 0.0, job.key in _LOWEST
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
        found.append(Notice("estimate.default_errors", text, source=basis.rpartition("default:")[2]))
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
    found += _above_rim(job, answer)
    width = min(p.width_m for p in job.placed.parts)
    if job.terrain.cell_m > width / 10:
        text = N_(
            "the outline is only {width:.1f} cells wide and holds {cells} cells: "
            "the volume may be off by a large factor"
        )
        found.append(Notice("estimate.few_cells", text, width=width / job.terrain.cell_m, cells=answer.cells_inside))
    return found


def _above_rim(job: Job, answer: Estimate) -> list[Notice]:
    """A given level above the lowest point of the rim: the fill would stand against a bank that is not there."""
    spill = next((a.fill_m3 for a in answer.alternatives if a.key == "spill"), None)
    if job.key != "level" or not job.site.fills or spill is None:
        return []
    over = (answer.fill_m3 - spill) / answer.footprint_m2
    if over <= _SAME_M:
        return []
    text = N_(
        "the level lies above the lowest point of the rim; it holds only with a bank along the outline "
        "({volume:.0f} m³ more than the spill level takes)"
    )
    return [Notice("estimate.above_rim", text, volume=answer.fill_m3 - spill)]


def _datum(job: Job) -> list[Notice]:
    """A level from elsewhere needs the same height datum as the terrain."""
    if job.key != "level":
        return []
    stated, own = job.request.parameters.get("vertical_datum"), job.terrain.vertical_datum
    if stated and own and stated != own:
        text = N_(
            "the level is given in “{level}”, the terrain's heights in “{terrain}”: they may differ by tens of metres"
        )
        return [Notice("estimate.datums_differ", text, level=stated, terrain=own)]
    if not own or not stated:
        text = N_("the height datum of the {which} is not stated; a level from elsewhere may not fit the terrain")
        which = Notice("word.terrain", N_("terrain")) if not own else Notice("word.level", N_("level"))
        return [Notice("estimate.datum_unknown", text, which=which)]
    return []


def _terrain(job: Job, answer: Estimate) -> list[Notice]:
    found = list(job.terrain.warnings)
    if job.terrain.kind == "dsm":
        text = N_("the terrain is a surface model: plants, buildings and machines count as ground")
        found.append(Notice("terrain.dsm", text))
    if math.isfinite(answer.scale_factor) and abs(answer.scale_factor**2 - 1) > 0.001:
        text = N_(
            "the grid's distances are {k:.5f} of those on the ground here; areas and "
            "volumes were corrected by {percent:+.2f} %"
        )
        found.append(
            Notice("estimate.scale", text, k=answer.scale_factor, percent=100 * (1 / answer.scale_factor**2 - 1))
        )
    return found


def _heap(job: Job) -> list[Notice]:
    if job.site.fills:
        return []
    text = N_(
        "a stockpile: its volume is the ground above the base (cut); interval, check and other surfaces refer to it"
    )
    return [Notice("estimate.heap", text)]
