"""The rim of a site as a profile: heights along each ring of the outline, as surveyed and after the edits by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gis.arrays import Array, Mask
from gis.ground_frame import GroundFrame
from gis.job import open_job
from gis.rim import SPACING
from gis.rim_edits import Ring, Stretch, apply, find, rings_of
from models.estimate import EstimateRequest
from models.progress import Watch
from models.rim_edit import RimEdit
from models.site import Site
from models.terrain import Terrain


@dataclass(frozen=True)
class RimProfile:
    """One ring. `at_m`: chainage along it, counter-clockwise from its first vertex; `x`, `y` in the project CRS (m).

    `ground_m` as surveyed (NaN where there is no terrain), `edited_m` after the edits; `kept` False where the rim is
    left out. Samples lie at the vertices and at most half a cell apart, or as far as `most` of them allow.
    """

    part: int
    number: int
    length_m: float
    at_m: Array
    x: Array
    y: Array
    ground_m: Array
    edited_m: Array
    kept: Mask


def rim_profile(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    edits: Sequence[RimEdit],
    *,
    most: int = 4000,
    watch: Watch | None = None,
) -> tuple[RimProfile, ...]:
    """The rings of a site, the outer one of each part first. Edits that no longer lie on the outline do not count.

    Raises Refused (the project does not count in metres), Unreadable, Missing.
    """
    placed = [(e, s) for e in edits if (s := find(site.outline, e)) is not None]
    with open_job(site, terrain, dem_path, EstimateRequest(), watch) as job:
        frame = GroundFrame.of(job)
        spacing = SPACING * min(job.placed.parts[0].step_x, job.placed.parts[0].step_y)
        return tuple(_profile(frame, ring, placed, spacing, most) for ring in rings_of(site.outline))


def _profile(
    frame: GroundFrame, ring: Ring, placed: list[tuple[RimEdit, Stretch]], spacing: float, most: int
) -> RimProfile:
    at = _places(ring, placed, spacing, most)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(ring.line, at))
    ground = frame.job.dem.sample_pixels(*frame.pixels(xy))
    edited, kept = ground.copy(), np.ones(at.size, np.bool_)
    for edit, stretch in placed:
        if (stretch.ring.part, stretch.ring.number) == (ring.part, ring.number):
            apply(edit, _holds(stretch, at, ring.length), edited, kept)
    return RimProfile(ring.part, ring.number, ring.length, at, xy[:, 0], xy[:, 1], ground, edited, kept)


_ON_M = 1e-6


def _holds(stretch: Stretch, at: Array, total: float) -> Mask:
    """Which chainages a stretch takes in; its ends belong to it."""
    return np.asarray((at - stretch.start + _ON_M) % total <= stretch.length + 2 * _ON_M)


def _places(ring: Ring, placed: list[tuple[RimEdit, Stretch]], spacing: float, most: int) -> Array:
    """Chainages: even steps, the vertices, and the ends of the edits, so that a step in the rim is drawn as a step."""
    count = int(np.clip(np.ceil(ring.length / spacing), 8, most))
    even = np.linspace(0.0, ring.length, count + 1)
    corners = shapely.get_coordinates(ring.line)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))))
    ends = []
    for _edit, stretch in placed:
        if (stretch.ring.part, stretch.ring.number) == (ring.part, ring.number) and not stretch.whole:
            first, last = stretch.start % ring.length, (stretch.start + stretch.length) % ring.length
            ends += [first - 0.001, first, last, last + 0.001]
    extra = along if along.size <= most else along[:0]
    places = np.unique(np.concatenate((even, extra, np.array(ends, np.float64))))
    return places[(places >= 0) & (places <= ring.length)]
