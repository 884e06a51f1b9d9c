"""A reference surface from elsewhere that lies far off the ground: a wrong unit, height datum or outline."""

from __future__ import annotations

from gis.job import Job
from gis.sums import Ground
from models.estimate import Estimate
from models.notices import N_, Notice
from models.units import looks_feet

_FROM_ELSEWHERE = frozenset({"level", "graded", "contours", "dem"})
_FAR_M = 20.0


def far_surface(job: Job, answer: Estimate, ground: Ground) -> list[Notice]:
    """What to say where the whole surface lies further off all the ground than that differs in itself, and over 20 m.

    Above it in a pit, below it in a heap: there a sum comes out, and nothing else in it shows that it is of nothing.
    """
    low, high = answer.reference.min_elevation_m, answer.reference.max_elevation_m
    if job.key not in _FROM_ELSEWHERE or low is None or high is None or not ground.floor <= ground.top:
        return []
    gap = low - ground.top if job.site.fills else ground.floor - high
    if gap <= max(_FAR_M, ground.top - ground.floor):
        return []
    surface, middle = (low + high) / 2, (ground.floor + ground.top) / 2
    if looks_feet(surface, ground.floor, ground.top):
        text = N_("the reference surface ({surface:.1f} m) is 3.28 times as high as the ground ({ground:.1f} m): it "
                  "seems to be feet")  # fmt: skip
        return [Notice("estimate.surface_feet", text, surface=surface, ground=middle)]
    text = N_("all of the reference surface lies {gap:.0f} m or more above the ground inside the outline: check its "
              "unit, its height datum and the outline")  # fmt: skip
    if not job.site.fills:
        text = N_("all of the base lies {gap:.0f} m or more below the ground inside the outline: check its unit, its "
                  "height datum and the outline")  # fmt: skip
    return [Notice("estimate.far_surface", text, gap=gap)]
