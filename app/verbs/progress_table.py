"""The figures of comparisons of two surveys as a table for a spreadsheet: a row for each site, plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.i18n import _
from app.verbs.csv_out import write_csv
from models.comparison import SurveyComparison
from models.notices import N_

_Get = Callable[[SurveyComparison], Any]
COLUMNS: tuple[tuple[str, _Get], ...] = (
    (N_("site"), lambda f: f.site),
    (N_("earlier survey"), lambda f: f.before.terrain if f.before else None),
    (N_("date before"), lambda f: f.before.surveyed_on if f.before else None),
    (N_("later survey"), lambda f: f.after.terrain if f.after else None),
    (N_("date after"), lambda f: f.after.surveyed_on if f.after else None),
    (N_("placed m³"), lambda f: f.placed_m3),
    (N_("± placed m³ (95 %)"), lambda f: f.interval95.placed_m3),
    (N_("removed m³"), lambda f: f.removed_m3),
    (N_("± removed m³ (95 %)"), lambda f: f.interval95.removed_m3),
    (N_("net m³"), lambda f: f.net_m3),
    (N_("± net m³ (95 %)"), lambda f: f.interval95.net_m3),
    (N_("offset on stable ground m"), lambda f: f.offset_m),
    (N_("scatter there (NMAD) m"), lambda f: f.nmad_m),
    (N_("stable share"), lambda f: f.stable_share),
    (N_("offset taken off"), lambda f: _("yes") if f.offset_removed else _("no")),
    (N_("sideways shift east m"), lambda f: f.shift.east_m if f.shift else None),
    (N_("sideways shift north m"), lambda f: f.shift.north_m if f.shift else None),
    (N_("standard error east m"), lambda f: f.shift.sigma_east_m if f.shift else None),
    (N_("standard error north m"), lambda f: f.shift.sigma_north_m if f.shift else None),
    (N_("shift taken off"), lambda f: _("yes") if f.shift and f.shift.removed else _("no")),
    (N_("tilt or bend, net m³"), lambda f: f.tilt.change_m3.net_m3 if f.tilt and f.tilt.change_m3 else None),
    (N_("tilt taken off"), lambda f: _("yes") if f.tilt and f.tilt.removed else _("no")),
    (N_("level of detection m"), lambda f: f.level_of_detection_m),
    (N_("placed below it m³"), lambda f: f.below_detection_m3.placed_m3 if f.below_detection_m3 else None),
    (N_("removed below it m³"), lambda f: f.below_detection_m3.removed_m3 if f.below_detection_m3 else None),
    (N_("plan m³"), lambda f: f.plan.volume_m3 if f.plan else None),
    (N_("share of the plan"), lambda f: f.share_of_plan),
    (N_("remaining m³"), lambda f: f.remaining_m3),
    (N_("computed at"), lambda f: f.computed_at),
    (N_("remarks"), lambda f: "; ".join(n.render(_) for n in f.warnings)),
)


def write_progress(found: Sequence[SurveyComparison], out: Path, *, overwrite: bool = False) -> int:
    """A CSV of all comparisons in full figures; returns the number of rows. Raises as `write_csv` does."""
    rows = [[get(f) for _name, get in COLUMNS] for f in found]
    return write_csv(out, [_(name) for name, _get in COLUMNS], rows, overwrite=overwrite)
