"""Rows of a table into points: every row is a point or is counted with the reason why it is none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from gis.points.base import LONGEST_GROUND_M, POINT_LIMITS, Columns, PointLimits, Row, Skips, too_many
from gis.points.columns import Chosen, Layout, layout_of, no_table
from gis.points.height_units import unit_in_name
from gis.points.numbers import is_blank, parse_number
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import PLAUSIBLE_M

SAMPLE_ROWS = 400
_LOWEST_M, _HIGHEST_M = PLAUSIBLE_M
_COMPARED = 20_000
"""Rows whose two places (degrees and metres) are compared."""

FEW = Notice("points.few_cells", N_("too few columns"))
NO_PLACE = Notice("points.no_numbers", N_("its coordinates are no numbers"))
FAR = Notice("points.beyond_earth", N_("its coordinates are larger than any on Earth"))
NO_HEIGHT = Notice("points.no_height", N_("it has no height"))
BAD_HEIGHT = Notice("points.bad_height", N_("its height is no number"))
NO_GROUND = Notice("points.no_ground", N_("its height lies outside -500 … 9000 m, where no ground is"))


def sampled(
    rows: Iterator[Row], where: str, *, degrees: bool = False, columns: Chosen | None = None
) -> tuple[Layout, Iterator[Row]]:
    """The layout by the first rows, and all rows again."""
    first = list(islice(rows, SAMPLE_ROWS))
    if not first:
        raise no_table(where)
    return layout_of(first, where, degrees=degrees, columns=columns), chain(first, rows)


def gather(
    rows: Iterator[Row], layout: Layout, where: str, *, z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS, watch: Watch | None = None,
) -> tuple[Columns, Skips, int]:  # fmt: skip
    """(points, rows left out by reason, rows that hold anything). Raises Refused for too many or no points at all.

    Heights are brought to metres by `z_factor` (metres in one unit), else where their column's name states a unit.
    """
    columns, skips, seen = Columns(), Skips(), 0
    factor = z_factor or (unit_in_name(layout.height_name) or (1.0, ""))[0]
    for number, cells in rows:
        if number <= layout.head_row or all(is_blank(c) for c in cells):
            continue
        seen += 1
        reason = _take(number, cells, layout, columns, factor)
        if reason is not None:
            skips.add(number, reason)
            if not columns and seen >= limits.patience_rows:
                raise no_table(where)
        elif len(columns) > limits.points:
            raise too_many(where, limits.points)
        if watch is not None and seen % 5000 == 0:
            watch.report(0.0)
    return columns, skips, seen


def _take(number: int, cells: list[object], layout: Layout, columns: Columns, factor: float) -> Notice | None:
    """Add a row's point, or say why it is none."""
    if len(cells) <= max(layout.first, layout.second):
        return FEW
    a, b = parse_number(cells[layout.first]), parse_number(cells[layout.second])
    if a is None or b is None:
        return NO_PLACE
    if abs(a) > LONGEST_GROUND_M or abs(b) > LONGEST_GROUND_M:
        return FAR
    cell = cells[layout.height] if len(cells) > layout.height else None
    if is_blank(cell):
        return NO_HEIGHT
    height = parse_number(cell)
    if height is None:
        return BAD_HEIGHT
    height *= factor
    if not _LOWEST_M <= height <= _HIGHEST_M:
        return NO_GROUND
    columns.add(a, b, height, number)
    if layout.twice is not None and len(columns.twice) < _COMPARED:
        columns.twice.append((number, [cells[at] if at < len(cells) else None for at in layout.twice]))
    return None
