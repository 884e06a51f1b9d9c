"""What a comparison must say beside its figures."""

from __future__ import annotations

import math

from gis.comparison.interval import Errors
from gis.comparison.pair import Pair
from gis.comparison.shift_record import shift_notices
from gis.comparison.spanned_ground import SpannedChange, spanned_notices
from gis.comparison.stable import Stable
from gis.comparison.tilt_record import tilt_notices
from gis.placing import Placed
from models.comparison import ComparisonRequest, SurveyComparison
from models.notices import N_, Notice

_NOTEWORTHY = 0.01
"""Volumes below detection are mentioned from this share of the whole on."""


def remarks(
    pair: Pair,
    placed: Placed,
    stable: Stable,
    errors: Errors,
    answer: SurveyComparison,
    own: tuple[Notice, ...],
    request: ComparisonRequest,
    spanned: SpannedChange | None,
) -> tuple[Notice, ...]:
    """All warnings, the gravest first; `own` are those of the surveys, their grids and gaps."""
    found = [
        *_offset(stable, answer),
        *shift_notices(answer, asked=request.remove_shift),
        *tilt_notices(answer, asked=request.remove_tilt),
        *spanned_notices(
            (answer.before, answer.after), answer.footprint_m2, spanned, stated=errors.stated_m is not None
        ),
        *own,
        *_errors(errors),
        *_detection(answer),
        *_grid(pair, placed),
    ]
    return tuple(dict.fromkeys(found))


def _offset(stable: Stable, answer: SurveyComparison) -> list[Notice]:
    offset, sigma = answer.offset_m, answer.offset_sigma_m
    if offset is None:
        text = N_(
            "only {cells} places of stable ground were found around the site: a vertical offset between the surveys is "
            "not known and not in the figures"
        )
        return [Notice("progress.no_stable_ground", text, cells=stable.cells)]
    found = []
    if stable.copied:
        text = N_(
            "more than half of the ground around the site has exactly the same heights in both surveys: it was copied "
            "or rounded and says nothing of their errors"
        )
        found.append(Notice("progress.copied", text))
    if answer.offset_removed:
        text = N_("{offset:+.3f} m, the offset on stable ground, were taken off the later survey as asked")
        found.append(Notice("progress.offset_removed", text, offset=offset))
    elif abs(offset) > (2 * sigma if sigma is not None else (answer.nmad_m or 0.0)) and offset != 0:
        text = N_(
            "the later survey lies {offset:+.3f} m off on stable ground; that makes {volume:+.0f} m³ over the site and "
            "was not removed"
        )
        found.append(Notice("progress.offset", text, offset=offset, volume=offset * answer.footprint_m2))
    return found


def _errors(errors: Errors) -> list[Notice]:
    found = []
    if errors.stated_m is None:
        text = N_("the vertical error of at least one survey is not stated, so the interval is not quantified")
        return [Notice("progress.no_sigma", text)]
    if errors.factor > 1:
        text = N_(
            "stable ground scatters by {nmad:.3f} m where the stated errors let expect {stated:.3f} m; the interval "
            "was widened accordingly"
        )
        found.append(Notice("progress.scatter", text, nmad=errors.own_nmad_m, stated=errors.stated_m))
    if not (errors.before.range_m and errors.after.range_m):
        text = N_("over what distance the terrain's errors hang together is not stated; the interval is an upper bound")
        found.append(Notice("estimate.no_range", text))
    return found


def _detection(answer: SurveyComparison) -> list[Notice]:
    level, below = answer.level_of_detection_m, answer.below_detection_m3
    if level is None or below is None:
        text = N_("from what height on a change can be told from noise is not known: no errors are stated or measured")
        return [Notice("progress.no_detection", text)]
    total = answer.placed_m3 + answer.removed_m3
    if below.placed_m3 + below.removed_m3 <= _NOTEWORTHY * total:
        return []
    text = N_(
        "changes within {level:.2f} m cannot be told from noise: {placed:.0f} m³ of what was placed and "
        "{removed:.0f} m³ of what was removed are of that kind"
    )
    return [Notice("progress.below_detection", text, level=level, placed=below.placed_m3, removed=below.removed_m3)]


def _grid(pair: Pair, placed: Placed) -> list[Notice]:
    found = []
    if pair.resampled:
        text = N_("{coarser} ({coarse:.3g} m) was interpolated bilinearly to the grid of {finer} ({fine:.3g} m)")
        finer, coarser = pair.finer.terrain, pair.coarser.terrain
        found.append(
            Notice(
                "progress.resampled", text,
                coarser=coarser.name, coarse=coarser.cell_m, finer=finer.name, fine=finer.cell_m,
            )
        )  # fmt: skip
    width = min(p.width_m for p in placed.parts)
    if pair.cell_m > width / 10:
        text = N_("the outline is only {width:.1f} cells of the coarser survey wide: the volumes may be far off")
        found.append(Notice("progress.few_cells", text, width=width / pair.cell_m))
    if math.isfinite(placed.k) and abs(placed.k**2 - 1) > 0.001:
        text = N_(
            "the grid's distances are {k:.5f} of those on the ground here; areas and "
            "volumes were corrected by {percent:+.2f} %"
        )
        found.append(Notice("estimate.scale", text, k=placed.k, percent=100 * (1 / placed.k**2 - 1)))
    return found
