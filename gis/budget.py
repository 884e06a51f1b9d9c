"""The 95 % interval of an estimate: each cause as a standard deviation, combined (volumes.md section 5)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.job import Job
from gis.placing import Part
from gis.rim import Rim, rim_of
from gis.surfaces import Surface
from gis.uncertainty import RimUse, outline_sigma, reference_sigma, terrain_sigma
from models.estimate import Estimate, Interval95
from models.tonnage import tonnage_sigma

_PARTS = ("terrain_m3", "reference_m3", "outline_m3", "density_share")
_K = 2.0  # coverage factor of the 95 % interval


def interval(job: Job, surfaces: list[Surface], answer: Estimate, density_relative_sigma: float | None) -> Interval95:
    """Half widths for fill (heap) and tonnage, with the parts' standard deviations.

    Without a stated vertical error of the terrain nothing is quantified. An outline error that is not stated leaves its
    part None and out of the sum (the remarks say so).
    """
    errors = job.terrain.errors
    body = answer.fill_m3 if job.site.fills else answer.cut_m3
    if errors.sigma_z_m is None and errors.sigma_xy_m is None:
        return Interval95(None, None, {**dict.fromkeys(_PARTS), "density_share": density_relative_sigma})
    shapes = [_ground_shape(p) for p in job.placed.parts]
    uses = [_use(job, p, s, shape, answer) for p, s, shape in zip(job.placed.parts, surfaces, shapes, strict=True)]
    outline = outline_sigma(uses, errors.sigma_xy_m) if errors.sigma_xy_m is not None else None
    parts: dict[str, float | None] = dict.fromkeys(_PARTS)
    parts |= {"outline_m3": outline, "density_share": density_relative_sigma}
    # The error of another terrain that is not stated (NaN) leaves the whole interval not quantified.
    if errors.sigma_z_m is None or any(np.isnan(s.fit_sigma_m) for s in surfaces):
        return Interval95(None, None, parts)
    whole = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    parts["terrain_m3"] = terrain_sigma(whole, errors.sigma_z_m, errors.range_m) if body > 0 else 0.0
    parts["reference_m3"] = reference_sigma(uses, errors.sigma_z_m, errors.range_m) if body > 0 else 0.0
    known = [v for k, v in parts.items() if k.endswith("_m3") and v is not None]
    sigma = float(np.sqrt(sum(v * v for v in known)))
    tonnage = None
    if answer.density_t_m3 is not None and density_relative_sigma is not None:
        tonnage = _K * tonnage_sigma(answer.waste_m3, sigma, answer.density_t_m3, density_relative_sigma)
    return Interval95(_K * sigma, tonnage, parts)


def _ground_shape(part: Part) -> BaseGeometry:
    """The part in metres on the ground (axes along columns and rows: distances and areas are what counts)."""
    return shapely.transform(part.polygon, lambda p: p * (part.step_x, part.step_y))


def _use(job: Job, part: Part, surface: Surface, shape: BaseGeometry, answer: Estimate) -> RimUse:
    rim: Rim = rim_of(job.dem, part).valid()
    depth = surface.at(rim.cols, rim.rows) - rim.z
    depth = np.maximum(np.nan_to_num(depth if job.site.fills else -depth), 0.0)
    at_rim = float(np.average(depth, weights=rim.weight)) if rim.z.size else 0.0
    if surface.rim_error == "mean" and surface.level is None and surface.fit_sigma_m == 0:
        at_rim = 0.0  # a membrane ends at the rim by definition; what is left is interpolation
    scale = np.array([part.step_x, part.step_y])
    point = getattr(surface, "point", None)
    xy = np.array([point]) * scale if point is not None else np.column_stack((rim.cols, rim.rows)) * scale
    share = shape.area / sum(_ground_shape(p).area for p in job.placed.parts)
    return RimUse(
        shape=shape,
        rim=rim,
        rim_xy=xy,
        kind=surface.rim_error,
        flooded_m2=answer.flooded_m2 * share,
        fit_sigma_m=surface.fit_sigma_m,
        rim_depth_m=at_rim,
        perimeter_m=part.perimeter_m,
    )
