"""Outlines that lie inside others of their layer: a drawing cannot say whether one is a hole or a site of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis.formats.base import IncomingFeature
from gis.formats.placing import Raw
from models.notices import N_, Notice

FORMATS = frozenset({"dxf"})
"""Formats in which each ring stands alone."""
_TOLD = 5
_EQUAL = 1e-6


@dataclass(frozen=True)
class Inner:
    """Positions of an outline and of the one right around it."""

    hole: int
    around: int


def found_in(raw: Raw) -> list[Inner]:
    """The outlines that lie right inside another one of their layer; those inside these are outlines again."""
    if str(raw.head.get("format") or raw.reader.key) not in FORMATS:
        return []
    shapes = np.array([*(f.geometry for f in raw.features), None], dtype=object)[:-1]
    at = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)
    at = at[shapely.is_valid(shapes[at])]
    if len(at) < 2:
        return []
    area = shapely.area(shapes[at])
    inner, outer = shapely.STRtree(shapes[at]).query(shapes[at], predicate="covered_by")
    real = area[inner] < (1 - _EQUAL) * area[outer]
    layers = np.array([str(raw.features[i].fields.get("layer", "")) for i in at])
    real &= layers[inner] == layers[outer]
    around: dict[int, list[int]] = {}
    for i, o in zip(inner[real].tolist(), outer[real].tolist(), strict=True):
        around.setdefault(i, []).append(o)
    made = [
        Inner(int(at[i]), int(at[min(outers, key=lambda o: area[o])]))
        for i, outers in around.items()
        if len(outers) % 2
    ]
    return sorted(made, key=lambda m: m.hole)


def told(raw: Raw, inners: Sequence[Inner]) -> list[Notice]:
    """That they were taken as outlines of their own, naming both."""
    text = N_("{a} lies inside {b} on the same layer and was taken as an outline of its own, its ground counts twice; "
              "if it is a hole, choose “Outlines inside others are holes” (--holes)")  # fmt: skip
    pairs = [(_name(raw.features[i.hole]), _name(raw.features[i.around])) for i in inners[:_TOLD]]
    notices = [Notice("drawing.inner", text, a=a, b=b) for a, b in pairs]
    if len(inners) > _TOLD:
        more = N_("{count} more outlines lie inside others")
        notices.append(Notice("drawing.inner_more", more, count=len(inners) - _TOLD))
    return notices


def cut_out(raw: Raw, inners: Sequence[Inner]) -> Raw:
    """The layer with these outlines as holes in those around them; each such outline says which rows it took in."""
    if not inners:
        return raw
    holes: dict[int, list[int]] = {}
    for inner in inners:
        holes.setdefault(inner.around, []).append(inner.hole)
    gone = {i.hole for i in inners}
    made = []
    for n, feature in enumerate(raw.features):
        if n in gone:
            continue
        if n in holes:
            rings = [shapely.get_exterior_ring(raw.features[h].geometry) for h in holes[n]]
            own = shapely.get_rings(feature.geometry)  # the shell stands first
            shape = Polygon(own[0], [*own[1:], *rings])
            rows = ", ".join(str(raw.features[h].row) for h in holes[n][:_TOLD]) + (" …" if len(rings) > _TOLD else "")
            text = N_("{count} outlines inside it (rows {rows}) were cut out as holes")
            note = Notice("drawing.holes", text, count=len(rings), rows=rows)
            feature = feature._replace(geometry=shape, notes=(*feature.notes, note))  # noqa: PLW2901 - with its holes
        made.append(feature)
    return replace(raw, features=made)


def _name(feature: IncomingFeature) -> Notice:
    name = str(feature.fields.get("code") or feature.fields.get("name") or "").strip()
    if name:
        return Notice("drawing.row_named", N_("row {row} (“{name}”)"), row=feature.row, name=name[:40])
    return Notice("drawing.row", N_("row {row}"), row=feature.row)
