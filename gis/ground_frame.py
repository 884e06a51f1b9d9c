"""A site in its own (project) coordinates over a terrain: what grids of squares and sections are laid out in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Mask
from gis.crs import horizontal, metres_per_unit, parse_crs, same_crs, scale_factor, transformer
from gis.job import Job
from gis.prisms import at_rim
from gis.surfaces import Surface
from models.errors import Refused
from models.notices import N_


@dataclass(frozen=True)
class GroundFrame:
    """The parts of a site in the project CRS. `metres` on the ground per metre of it: 1 / k."""

    job: Job
    parts: tuple[BaseGeometry, ...]
    metres: float

    @classmethod
    def of(cls, job: Job) -> GroundFrame:
        """Raises Refused where the site's CRS counts in degrees or feet: squares of so many metres need metres."""
        crs = horizontal(parse_crs(job.site.crs))
        if not crs.is_projected or abs(metres_per_unit(crs) - 1) > 1e-9:
            raise Refused(
                "earthwork.no_metres",
                N_("squares and sections need a coordinate system in metres; “{name}” does not count in metres"),
                where=job.site.code,
                advice=N_("keep the project in a projected coordinate system in metres"),
                name=crs.name,
            )
        outline = shapely.force_2d(job.site.outline)
        middle = outline.centroid
        k = scale_factor(crs, middle.x, middle.y)
        return cls(job, tuple(shapely.get_parts(outline)), 1.0 / k)

    def pixels(self, xy: Array) -> tuple[Array, Array]:
        """(columns, rows) on the terrain of places (n, 2) in the project CRS."""
        x, y = xy[:, 0], xy[:, 1]
        grid, own = self.job.dem.grid, parse_crs(self.job.site.crs)
        if not same_crs(own, grid.crs):
            x, y = transformer(own, grid.crs).transform(x, y)
        return grid.to_pixel(x, y)

    def heights(self, surface: Surface, xy: Array, rim: Mask) -> tuple[Array, Array]:
        """(ground, reference) at places in the project CRS, m; `rim` marks those on the outline."""
        cols, rows = self.pixels(xy)
        ground = self.job.dem.sample_pixels(cols, rows)
        reference = np.asarray(surface.at(cols, rows), np.float64).copy()
        if rim.any():
            places = np.column_stack((cols[rim], rows[rim]))
            reference[rim] = at_rim(surface, places, ground[rim])
        return ground, reference


def customary(length: float, shares: float, least: float, steps: tuple[float, ...]) -> float:
    """The largest of `steps` that divides `length` into at least so many shares, but none below `least`."""
    usable = [s for s in steps if s >= least] or [steps[-1]]
    return max((s for s in usable if s <= length / shares), default=usable[0])
