"""How incoming outlines lie to each other and to those of the layer: the same one twice, overlaps, slivers, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis.topology import GRID_M
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.project import Project
    from app.verbs.import_job import Job

_MOST_PAIRS = 20_000
_TOLD = 12
_SLIVER_M = 0.5
"""Overlaps and gaps narrower than this on average come from drawing twice, not from the ground."""
_SAME = 0.999

Shapes = npt.NDArray[np.object_]


def neighbour_notices(project: Project, job: Job) -> list[Notice]:
    """What a person should know of outlines that lie on or close to others; nothing is moved."""
    if job.layer.geometry != "MULTIPOLYGON" or not job.changes:
        return []
    new: Shapes = np.array([*(c.values["geometry"] for c in job.changes), None])[:-1]
    names = [str(job.report.codes[i]) for i in range(len(new))]
    changed = {n for n in job.report.codes if n in job.known}
    west, south, east, north = (float(v) for v in shapely.total_bounds(new))
    around = (west - _SLIVER_M, south - _SLIVER_M, east + _SLIVER_M, north + _SLIVER_M)
    stays: list[tuple[str, BaseGeometry]] = []
    if job.known:
        frame = project.store.read(job.layer.key, bbox=around)
        stays = [(str(c), g) for c, g in zip(frame["code"], frame.geometry, strict=True) if str(c) not in changed]
    names += [c for c, _ in stays]
    every: Shapes = np.array([*new, *(g for _, g in stays), None])[:-1]
    tree = shapely.STRtree(every)
    a, b = tree.query(new, predicate="dwithin", distance=_SLIVER_M)
    pairs = a < b
    a, b = a[pairs][:_MOST_PAIRS], b[pairs][:_MOST_PAIRS]
    if not len(a):
        return []
    told = _told(every, names, a, b)
    if job.layer.role == "site":
        return told
    return [n for n in told if not n.key.startswith("import.overlap")]  # control lines lie over each other by law


def _told(every: Shapes, names: list[str], a: npt.NDArray[np.intp], b: npt.NDArray[np.intp]) -> list[Notice]:
    common = shapely.intersection(every[a], every[b])
    area, size = shapely.area(common), shapely.area(every)
    wide = 2.0 * area / np.maximum(shapely.length(common), GRID_M)
    apart = shapely.distance(every[a], every[b])
    same = area >= _SAME * np.maximum(size[a], size[b])
    lies = {
        "import.same": (same, N_("{a} and {b} are the same outline")),
        "import.sliver": (
            ~same & (area > GRID_M) & (wide < _SLIVER_M),
            N_("{a} and {b} overlap in a sliver of {area:.2f} m², {wide:.3f} m wide; both were left as drawn"),
        ),
        "import.overlap": (~same & (area > GRID_M) & (wide >= _SLIVER_M), N_("{a} and {b} overlap by {area:.1f} m²")),
        "import.gap": (apart > 0, N_("{a} and {b} leave a gap of {apart:.3f} m between them; both were left as drawn")),
    }
    told: list[Notice] = []
    for key, (which, text) in lies.items():
        at = np.flatnonzero(which)
        for i in at[:_TOLD]:
            facts = {"area": float(area[i]), "wide": float(wide[i]), "apart": float(apart[i])}
            told.append(Notice(key, text, a=names[a[i]], b=names[b[i]], **facts))
        if len(at) > _TOLD:
            more = N_("{count} more pairs of outlines like these")
            told.append(Notice(f"{key}.more", more, count=len(at) - _TOLD))
    return told
