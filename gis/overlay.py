"""Sites against red lines and control areas: shared area, share of the site, nearest distance; exact, in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.topology import GRID_M
from models.conflict import Conflict, Relation
from models.site import Site

SEARCH_M = 500.0
"""Control areas that a site does not reach are listed up to this distance; the nearest of each kind always is."""


@dataclass(frozen=True)
class Control:
    """A control area: where it stands, what it is, its ground in the project CRS."""

    layer: str
    code: str
    name: str
    kind: str
    geometry: BaseGeometry
    status: str = ""


class ControlIndex:
    """Control areas ready to be asked about many sites (an STR-tree, built once)."""

    def __init__(self, controls: Sequence[Control]) -> None:
        self.controls = [c for c in controls if c.geometry is not None and not c.geometry.is_empty]
        self._shapes = np.array([_sound(c.geometry) for c in self.controls], dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self._kinds: dict[tuple[str, str], list[int]] = {}
        for i, c in enumerate(self.controls):
            self._kinds.setdefault((c.layer, c.kind), []).append(i)
        self._kind_trees = {k: shapely.STRtree(self._shapes[v]) for k, v in self._kinds.items()}

    def against(self, site: Site, search_m: float = SEARCH_M) -> list[Conflict]:
        """Every control area that the site reaches, those within `search_m`, and the nearest of each layer and kind.

        Ordered: largest shared area first, then by distance.
        """
        if not self.controls or site.outline.is_empty:
            return []
        outline = _sound(site.outline)
        wanted = {int(i) for i in self._tree.query(outline, predicate="dwithin", distance=search_m)}
        for key, members in self._kinds.items():
            wanted.add(members[int(self._kind_trees[key].nearest(outline))])
        found = [_relate(site, outline, self.controls[i], self._shapes[i]) for i in wanted]
        return sorted(found, key=lambda c: (-c.area_m2, c.distance_m, c.layer, c.code))


def overlay(
    site: Site, controls: Sequence[tuple[str, str, str, str, BaseGeometry]], search_m: float = SEARCH_M
) -> list[Conflict]:
    """`ControlIndex.against` for one site and controls given as (layer, code, name, kind, geometry)."""
    return ControlIndex([Control(*c) for c in controls]).against(site, search_m)


def _relate(site: Site, outline: BaseGeometry, control: Control, shape: BaseGeometry) -> Conflict:
    shared = shapely.intersection(outline, shape)
    area = float(shared.area)
    distance = float(outline.distance(shape))
    relation: Relation
    if area > 0 and not _sliver(shared):
        rest = shapely.difference(outline, shape)
        relation = "inside" if rest.is_empty or _sliver(rest) else "overlaps"
    else:
        # A strip thinner than the coordinate grid is rounding, not ground.
        area, relation = 0.0, "touches" if distance <= GRID_M else "clear"
    whole = float(outline.area)
    share = 1.0 if relation == "inside" else area / whole if whole else 0.0
    return Conflict(
        site=site.code,
        layer=control.layer,
        code=control.code,
        name=control.name,
        kind=control.kind,
        relation=relation,
        area_m2=whole if relation == "inside" else area,
        share=min(share, 1.0),
        distance_m=distance if relation == "clear" else 0.0,
        site_uid=site.uid,
        control_status=control.status,
    )


def _sliver(geometry: BaseGeometry) -> bool:
    """True for ground whose mean width (2·area / perimeter) is below the coordinate grid."""
    return bool(2.0 * geometry.area <= GRID_M * geometry.length)


def _sound(geometry: BaseGeometry) -> BaseGeometry:
    # `check` reports invalid outlines; the overlay must still answer for them, with the ground that they enclose.
    if geometry.is_valid:
        return geometry
    mended: BaseGeometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    return mended
