"""Which sections stand on a sheet, at which round scales and where: the long one above, those across side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.package.content import SectionView
from app.package.layout import Layout
from app.package.shapes import Rect
from models.errors import Refused
from models.notices import N_

HEAD_MM, LEFT_MM, RIGHT_MM, ROW_MM, ROWS = 7.0, 33.0, 6.0, 4.6, 4
NEXT_MM = 14.0
"""Room for the heights at the left of a section that stands beside another."""
LEAST_MM = 62.0
"""The title of a section is so long."""
_NARROW_MM, _SMALLER = 40.0, 2.0
# Preferred scales of GB/T 50103 and those that GB/T 14690 allows where none of them fits (recalled).
ALONG = (100, 200, 300, 400, 500, 600, 1000, 1500, 2000, 3000, 4000, 5000, 10000, 15000, 20000, 50000, 100000)
_UP = (10, 20, 30, 40, 50, 60, 100, 150, 200, 250, 300, 400, 500, 1000, 1500, 2000, 3000, 4000, 5000, 10000, 20000,
       50000)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a section stands: the box of all that belongs to it, and the width at its left for heights or headings."""

    box: Rect
    left: float
    first: bool
    """True where the headings of the band stand at its left."""


def section_room(layout: Layout) -> tuple[float, float]:
    """Width and height in mm that the profile of the long section has."""
    box = layout.body.inset(2.0)
    high = box.height / 2 - HEAD_MM - ROWS * ROW_MM - 3.0
    return box.width - LEFT_MM - RIGHT_MM, high


def along_scale(length: float, layout: Layout, wish: int | None) -> int:
    """The largest round scale that a section of `length` m fits at. Raises Refused where `wish` does not fit."""
    wide, _ = section_room(layout)
    if wish is not None and length * 1000 / wish > wide:
        raise Refused(
            "sheet.does_not_fit",
            N_("the section of {length:.0f} m does not fit on the sheet at 1:{scale}"),
            advice=N_("choose a smaller scale (a larger number) or a larger paper"),
            length=length,
            scale=wish,
        )
    return wish or next((s for s in ALONG if length * 1000 / s <= wide), ALONG[-1])


def across_scale(lengths: Sequence[float], along: int, layout: Layout, *, kept: bool) -> int | None:
    """The scale at which sections across of these lengths (m) stand side by side; None where they do not.

    That of the long section where they fit and can be read at it, or one that is a little smaller; a larger one where
    they would be too narrow. `kept`: no other than that of the long section.
    """
    wide, _ = section_room(layout)

    def fits(scale: int) -> bool:
        return sum(_taken(n * 1000 / scale, i == 0) for i, n in enumerate(lengths)) <= wide

    longest = max(lengths) * 1000
    if fits(along) and (kept or longest / along >= _NARROW_MM):
        return along
    if kept:
        return None
    finest = next((s for s in ALONG if fits(s)), None)
    if finest is None or finest <= along or len(lengths) == 1:
        return finest if finest is None or finest <= along else None
    return finest if finest <= _SMALLER * along and longest / finest >= LEAST_MM else None


def _taken(profile: float, first: bool) -> float:
    """Width in mm that a section takes in its row, without the headings at the left of the first."""
    return max(profile, LEAST_MM) if first else max(profile + NEXT_MM, LEAST_MM + 2.0)


def section_scales(sections: Sequence[SectionView], layout: Layout, wish: int | None) -> tuple[int, int]:
    """Round scales along and up, the same for all these sections. Raises Refused where `wish` along does not fit."""
    length = max((float(s.distance_m[-1]) for s in sections), default=1.0)
    return along_scale(length, layout, wish), up_scale(sections, layout)


def up_scale(sections: Sequence[SectionView], layout: Layout) -> int:
    """The largest round scale at which all heights of these sections fit."""
    rise = max((b - a for a, b in map(span, sections)), default=1.0)
    _, high = section_room(layout)
    return next((s for s in _UP if rise * 1000 / s <= high - 8.0), _UP[-1])


def span(section: SectionView) -> tuple[float, float]:
    """Lowest and highest height of ground and reference, m."""
    values = np.concatenate([section.ground_m, section.reference_m])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def scales_of(section: SectionView, every: tuple[int, int]) -> tuple[int, int]:
    """Denominators along and up of a section: its own, or those of the sheet."""
    return section.scales or every


def places(sections: Sequence[SectionView], every: tuple[int, int], layout: Layout) -> list[Place]:
    """The place of each: the first above over the whole width, the others below it from the left."""
    box = layout.body.inset(2.0)
    high = box.height / 2
    made: list[Place] = []
    x = box.x0
    for i, section in enumerate(sections):
        row = min(i, 1)
        y1 = box.y1 - row * high
        left = LEFT_MM if i < 2 else NEXT_MM
        profile = float(section.distance_m[-1]) * 1000 / scales_of(section, every)[0]
        wide = _taken(profile, i < 2) + (left if i < 2 else 0.0)
        x0 = box.x0 if i < 2 else x
        x1 = box.x1 if len(sections) < 3 or i == 0 else x0 + wide
        made.append(Place(Rect(x0, y1 - high, x1, y1), left, i < 2))
        x = x1
    return made
