"""The same volume by the conventions of other programs: what differs, by how much, and why.

Each rule is changed alone, everything else as in the estimate, so that a difference has one cause; only
`as_printed` puts two together (cell centres, no scale factor), which is what the usual programs print.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from gis.arrays import Array
from gis.burnt_cells import counted
from gis.checks import second_methods
from gis.convention_words import WORDS
from gis.dem.file import Dem
from gis.job import Job, open_job
from gis.placing import Part
from gis.sums import Layering, Sums, accumulate
from gis.surfaces import Inputs, Surface
from gis.surfaces.base import Plane
from models.earthwork import Convention
from models.errors import AppError, Cancelled
from models.estimate import EstimateRequest
from models.notices import Notice
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

_SAME_K = 1e-6
_DEGREE_M = 111_320.0
"""A degree at the equator, as scripts have it."""
_ROUNDING = 1e-8
"""An extreme of the outline that lies on a cell's edge keeps the cell; GDAL's own figure, in cells."""


@dataclass(frozen=True)
class _Found:
    """The job with its surface and sums: what each rule starts from. Volumes m³."""

    job: Job
    surfaces: list[Surface]
    sums: Sums

    @property
    def volume(self) -> float:
        """Fill of a pit, heap of a stockpile, by this program's definition."""
        return self.body(self.sums)

    def body(self, sums: Sums) -> float:
        """The volume that matters of a pass."""
        return sums.total("fill" if self.job.site.fills else "cut")

    @property
    def other(self) -> float:
        """What lies on the other side of the reference."""
        return self.sums.total("cut" if self.job.site.fills else "fill")


_Rule = Callable[[_Found], Iterator[tuple[str, float]]]


def conventions(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    *,
    watch: Watch | None = None,
    dem: Dem | None = None,
    inputs: Inputs | None = None,
) -> tuple[str, float, tuple[Convention, ...]]:
    """(key of the reference, own volume m³, the volume by each convention that applies to this site).

    Raises as `gis.volume.estimate`.
    """
    watch = watch or Watch()
    with open_job(site, terrain, dem_path, request, watch, dem, inputs=inputs) as job:
        surfaces = job.reference()
        ground, (sums,) = accumulate(job.dem, job.placed, [surfaces], Layering(), watch=watch.part(0.0, 0.3))
        job.check_ground(ground)
        found = _Found(job, surfaces, sums)
        rows: list[Convention] = []
        for number, rule in enumerate(_RULES):
            watch.report(0.3 + 0.7 * number / len(_RULES))
            rows += [_row(key, value, found.volume) for key, value in rule(found)]
        return job.key, found.volume, tuple(rows)


def _row(key: str, value: float, own: float) -> Convention:
    rule, reason = WORDS[key]
    percent = 100 * (value / own - 1) if own > 0 else None
    said = Notice(f"why.{key}", reason, printed=value)
    return Convention(key, Notice(f"why.{key}", rule), value, value - own, percent, said)


# -- which cells count


def _centres(found: _Found) -> Iterator[tuple[str, float]]:
    volume = counted(found.job, found.surfaces, all_touched=False)
    yield "cell_centre", volume
    k = found.job.placed.k
    grid = found.job.dem.grid
    if not grid.geographic and abs(k - 1) > _SAME_K:
        yield "as_printed" if grid.axis_aligned else "as_burnt", volume * k**2


def _clipped(found: _Found) -> Iterator[tuple[str, float]]:
    """What QGIS's clip leaves in its default setting.

    gdalwarp -crop_to_cutline keeps the cells that lie wholly between the outline's extremes, but also those that an
    extreme cuts where rows run northward or columns westward (CropToCutline in gdalwarp_lib.cpp, GDAL 3.6).
    """
    job = found.job
    grid = job.dem.grid
    if grid.geographic or not grid.axis_aligned:  # square degrees times metres; a turned grid is resampled
        return
    a, _, _, _, e, _ = grid.transform
    c0, r0, c1, r1 = np.array([p.polygon.bounds for p in job.placed.parts]).T
    kept = *_span(r0.min(), r1.max(), inward=e < 0), *_span(c0.min(), c1.max(), inward=a > 0)
    yield "clipped", counted(job, found.surfaces, all_touched=False, kept=kept) * job.placed.k**2


def _span(low: float, high: float, *, inward: bool) -> tuple[int, int]:
    """(first, end) of the whole cells between two places (in cells), or of all that the way between them touches."""
    if inward:
        return math.ceil(low - _ROUNDING), math.floor(high + _ROUNDING)
    return math.floor(low + _ROUNDING), math.ceil(high - _ROUNDING)


def _degrees(found: _Found) -> Iterator[tuple[str, float]]:
    """What comes of a grid in degrees that is taken as it is, or with one length for every degree.

    QGIS raster surface volume and SAGA's Grid Volume multiply by the cell in units of the map (their sources).
    """
    grid = found.job.dem.grid
    if not grid.geographic or abs(grid.crs.axis_info[0].unit_conversion_factor - math.radians(1)) > _ROUNDING:
        return
    a, b, _, d, e, _ = grid.transform
    cell = abs(a * e - b * d)
    volume = counted(found.job, found.surfaces, all_touched=False, cell_area=cell)
    yield "square_degrees", volume
    yield "equator_metres", volume * _DEGREE_M**2


def _touched(found: _Found) -> Iterator[tuple[str, float]]:
    yield "all_touched", counted(found.job, found.surfaces, all_touched=True)


# -- which surface


def _vertices(found: _Found) -> Iterator[tuple[str, float]]:
    """One level from the outline's vertices instead of the sampled rim, where the reference comes from the rim."""
    if any(s.rim_error == "none" for s in found.surfaces):
        return
    heights = [_vertex_heights(found.job.dem, p) for p in found.job.placed.parts]
    if any(not h.size for h in heights):
        return
    for key, pick in (("lowest_vertex", np.min), ("vertex_mean", np.mean)):
        yield key, _by_levels(found, [float(pick(h)) for h in heights])


def _vertex_heights(dem: Dem, part: Part) -> Array:
    """Heights at the vertices of the outer ring, m."""
    ring = part.rings[0][:-1]
    z = dem.sample_pixels(ring[:, 0], ring[:, 1])
    return np.asarray(z[np.isfinite(z)])


def _one_level(found: _Found) -> Iterator[tuple[str, float]]:
    levels = [s.level for s in found.surfaces]
    known = [v for v in levels if v is not None]
    if len(known) == len(levels) and len(set(known)) > 1:
        yield "one_level", _by_levels(found, [min(known)] * len(known))


def _by_levels(found: _Found, levels: list[float]) -> float:
    planes: list[Surface] = [Plane(v) for v in levels]
    _, (sums,) = accumulate(found.job.dem, found.job.placed, [planes], Layering())
    return found.body(sums)


# -- which outline


def _outer_ring(found: _Found) -> Iterator[tuple[str, float]]:
    site = found.job.site
    polygons = [p for p in shapely.get_parts(site.outline) if isinstance(p, Polygon)]
    if not any(p.interiors for p in polygons):
        return
    whole = MultiPolygon([Polygon(p.exterior) for p in polygons])
    if not whole.is_valid:  # a part that lies in another's island
        return
    job = found.job
    try:
        ringed = replace(site, outline=whole)
        with open_job(ringed, job.terrain, job.dem.path, job.request, job.watch, inputs=job.inputs) as other:
            _, (sums,) = accumulate(other.dem, other.placed, [other.reference()], Layering())
    except Cancelled:
        raise
    except AppError:
        return
    yield "outer_ring", found.body(sums)


# -- what is added up


def _net(found: _Found) -> Iterator[tuple[str, float]]:
    if found.other > 0:
        yield "net", found.volume - found.other


def _planar(found: _Found) -> Iterator[tuple[str, float]]:
    k = found.job.placed.k
    if not found.job.dem.grid.geographic and abs(k - 1) > _SAME_K:
        yield "planar", found.volume * k**2


def _methods(found: _Found) -> Iterator[tuple[str, float]]:
    for check in second_methods(found.job, found.surfaces, found.volume):
        if check.fill_m3 is not None:
            yield check.method, check.fill_m3


_RULES: tuple[_Rule, ...] = (
    _centres,
    _degrees,
    _clipped,
    _touched,
    _vertices,
    _one_level,
    _outer_ring,
    _net,
    _planar,
    _methods,
)
"""To add one: a function here, its words in gis.convention_words, a test against the other program's figures."""
