"""What a site's figures rest on: how much of its ground was spanned over gaps between points, how dense these are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SiteSupport:
    """What is known of the ground inside an outline from how its terrain was made of points.

    Shares 0..1 of the site's area and of its volume (a pit's fill, a heap's body): `spanned_*` in gaps between points,
    `level_*` on level triangles inside the last contour. `gap_*`: the gap with the most ground inside the outline, its
    area there, how wide it is (diameter of the largest circle in it) and where (x, y in the project's CRS).
    `gap_error_m`: standard deviation of that gap's mean height, from gaps as wide that were cut out of the measured
    ground for a trial at `gap_trials` places (gis.gap_trial); None where they do not tell it. `spanned_rim_share`: of
    the rim's length that a reference hangs on (0 where it hangs on none). Densities in points per 100 m²: of the
    measured ground inside the outline, and of the terrain's measured ground.
    """

    spanned_area_m2: float = 0.0
    spanned_area_share: float = 0.0
    spanned_volume_m3: float = 0.0
    spanned_volume_share: float = 0.0
    level_area_share: float = 0.0
    level_volume_share: float = 0.0
    gap_area_m2: float | None = None
    gap_width_m: float | None = None
    gap_x: float | None = None
    gap_y: float | None = None
    gap_error_m: float | None = None
    gap_trials: int = 0
    spanned_rim_share: float = 0.0
    points_per_100_m2: float | None = None
    terrain_points_per_100_m2: float | None = None
