"""What lies around the sites of a project, and what one sheet leaves for the next: read and computed once.

A package of 246 sites has two thousand sheets. Read for each, every feature of the project would be read two thousand
times, and the time of a sheet would grow with the number of sites.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.package.content import MapFeature
from app.package.scale import Bounds
from app.verbs.overlay import control_index
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.project import Project
    from gis.overlay import ControlIndex
    from models.site import Site

_GONE = "replaced"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Origin:
    """Where a feature comes from, as the notes of a sheet say it; texts may be ""."""

    layer: str
    code: str
    source: str
    day: str


class Surroundings:
    """The features with an area of a project at one moment, in drawing order, and its control areas.

    And the figures of the site that was drawn last, for its next sheet.
    """

    def __init__(self, project: Project) -> None:
        self._figures: tuple[str, dict[Hashable, Any]] = "", {}
        known = list(_read(project))
        self._features = tuple(f for f, _, _ in known)
        self._uids = [u for _, u, _ in known]
        self.origins: tuple[Origin, ...] = tuple(o for _, _, o in known)
        """Of the features, in their order."""
        shapes = np.array([f.geometry for f in self._features], dtype=object)
        self._tree = shapely.STRtree(shapes)
        self._sites = np.array([LAYERS[f.layer].role == "site" for f in self._features], dtype=bool)
        self._bounds: NDArray[np.float64] = shapely.bounds(shapes).reshape(-1, 4)
        self.controls: ControlIndex = control_index(project.store)

    def others(self, site: Site | None) -> tuple[MapFeature, ...]:
        """Every feature but the site itself; control areas that were replaced bind nobody and are not among them."""
        if site is None:
            return self._features
        return tuple(f for f, uid in zip(self._features, self._uids, strict=True) if uid != site.uid)

    def near(self, box: BaseGeometry, site: Site | None) -> list[MapFeature]:
        """Those of `others` that meet a box, in their order."""
        found = sorted(self._tree.query(box, predicate="intersects").tolist())
        return [self._features[i] for i in found if site is None or self._uids[i] != site.uid]

    def figure(self, site: Site, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """What `make` gives for the site, made once for each key.

        What was kept of another site goes: so much memory is taken as one site needs.
        """
        uid, found = self._figures
        if uid != site.uid:
            found = {}
            self._figures = site.uid, found
        if key not in found:
            found[key] = make()
        return cast("_Value", found[key])

    def locator_bounds(self, site: Site) -> Bounds:
        """Of all sites, or of those around the site where they lie farther apart than a locator can show."""
        x0, y0, x1, y1 = site.outline.bounds
        reach = 60.0 * max(x1 - x0, y1 - y0, 100.0)
        low, high = self._bounds[:, :2], self._bounds[:, 2:]
        near = self._sites & (low >= (x0 - reach, y0 - reach)).all(axis=1) & (high <= (x1 + reach, y1 + reach)).all(1)
        near &= np.array([uid != site.uid for uid in self._uids], dtype=bool)
        boxes = np.vstack([self._bounds[near], [(x0, y0, x1, y1)]])
        (left, down), (right, up) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return float(left), float(down), float(right), float(up)


class Kept:
    """Holds `Surroundings` from one sheet to the next; they are dropped when the project changes."""

    def __init__(self) -> None:
        self._held: tuple[str, Surroundings] | None = None

    def around(self, project: Project) -> Surroundings:
        """The surroundings of the project as it is now."""
        state, held = project.store.state(), self._held
        if held is None or held[0] != state:
            self._held = held = state, Surroundings(project)
        return held[1]


def _read(project: Project) -> Iterator[tuple[MapFeature, str, Origin]]:
    for key, layer in LAYERS.items():
        if layer.geometry != "MULTIPOLYGON" or not project.store.count(key):
            continue
        found = project.store.table(key)
        names = ("uid", "code", "name", "status", layer.style_by or "", "source", "effective_on", "surveyed_on")
        for shape, *values in zip(found.geometry, *map(found.column, names), strict=True):
            uid, code, name, status, kind, source, since, day = (v if isinstance(v, str) else "" for v in values)
            if shape is None or shape.is_empty or status == _GONE:
                continue
            yield MapFeature(key, kind, code, name, shape), uid, Origin(key, code, source, since or day)
