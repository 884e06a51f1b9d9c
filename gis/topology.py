"""Outlines made sound: what is wrong with a polygon, in plain words and with the place; repaired visibly, or refused.

Rules of `clean_polygon`, in this order (each repair is reported with the area before and after, nothing is silent):

1. no geometry, no polygon in it, coordinates that are not numbers: refused;
2. each ring by itself: a ring that crosses or touches itself becomes the ground that it encloses (GEOS "structure"
   repair). Spikes and points given twice go, they enclose nothing. Where this changes the area of the ring by more than
   `RING_LIMIT` the ring is ambiguous (a bow-tie: its lobes cancel, nobody can say which outline was meant): refused;
3. holes are cut out of their shell; a hole outside every shell has nothing to cut and goes;
4. parts that overlap are united; a part wholly inside another may be meant as a hole: refused above `RING_LIMIT`;
5. coordinates go to the millimetre grid (`GRID_M`); an outline with no area left is refused.

Parts that only touch along a line are one outline; the area does not change and it is reported like any repair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from models.errors import Refused
from models.notices import N_, Notice

GRID_M = 0.001
"""Coordinates are kept to the millimetre: far below any survey, far above the noise of a projection."""
RING_LIMIT = 0.05
"""Greatest share by which repairing a ring may change its area; more means that its meaning is unknown."""
_MIN_AREA_M2 = 1e-4

_WHY = (
    ("Ring Self-intersection", N_("the boundary touches itself at {x:.3f}, {y:.3f}")),
    ("Self-intersection", N_("the boundary crosses itself at {x:.3f}, {y:.3f}")),
    ("Hole lies outside shell", N_("a hole lies outside the outline at {x:.3f}, {y:.3f}")),
    ("Holes are nested", N_("a hole lies inside another hole at {x:.3f}, {y:.3f}")),
    ("Nested shells", N_("a part lies inside another part at {x:.3f}, {y:.3f}")),
    ("Duplicate Rings", N_("the same ring is there twice at {x:.3f}, {y:.3f}")),
    ("Interior is disconnected", N_("holes cut the outline into pieces at {x:.3f}, {y:.3f}")),
    ("Too few points", N_("a ring has fewer than three different points at {x:.3f}, {y:.3f}")),
)
_OTHER = N_("the outline is not valid at {x:.3f}, {y:.3f}")
_KINDS = {"Point": N_("points"), "LineString": N_("lines"), "Polygon": N_("areas"), "LinearRing": N_("lines")}
_PLACE = re.compile(r"\[(\S+) (\S+)\]")


@dataclass(frozen=True)
class Cleaned:
    """A sound outline. `repaired` is None when nothing was wrong with the one that came. Areas m² in the plane."""

    geometry: MultiPolygon
    repaired: Notice | None
    area_before: float
    area_after: float


def explain_invalid(geometry: BaseGeometry) -> Notice | None:
    """What makes a geometry invalid and where, or None if it is valid."""
    if geometry.is_valid:
        return None
    reason = str(shapely.is_valid_reason(geometry))
    place = _PLACE.search(reason)
    if place is None or not all(np.isfinite([float(place[1]), float(place[2])])):
        return Notice("topology.invalid", N_("the outline has coordinates that are not numbers"))
    template = next((text for start, text in _WHY if reason.startswith(start)), _OTHER)
    return Notice("topology.invalid", template, x=float(place[1]), y=float(place[2]))


def kind_of(geometry: BaseGeometry) -> Notice:
    """What people call a geometry of this type."""
    return Notice("topology.kind", _KINDS.get(geometry.geom_type.removeprefix("Multi"), N_("a collection of shapes")))


def clean_polygons(geometries: Sequence[BaseGeometry | None]) -> list[Cleaned | Refused]:
    """`clean_polygon` for many: the sound ones all at once, the others one by one. A refusal stands in its place."""
    array = np.array([*geometries, None], dtype=object)[:-1]  # the None keeps numpy from looking into the shapes
    kinds = shapely.get_type_id(array)
    sound = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    sound &= shapely.is_valid(array) & ~shapely.is_empty(array)
    near = shapely.transform(shapely.force_2d(array[sound]), _rounded)
    single = shapely.get_type_id(near) == shapely.GeometryType.POLYGON
    near[single] = shapely.multipolygons(near[single], indices=np.arange(single.sum()))
    made: list[Cleaned | Refused | None] = [None] * len(array)
    good = shapely.is_valid(near) & (shapely.area(near) >= _MIN_AREA_M2)
    before, after = shapely.area(array[sound]), shapely.area(near)
    for n, index in enumerate(np.flatnonzero(sound)):
        if good[n]:
            made[index] = Cleaned(near[n], None, float(before[n]), float(after[n]))
    return [_try_clean(array[i]) if cleaned is None else cleaned for i, cleaned in enumerate(made)]


def clean_polygon(geometry: BaseGeometry | None) -> Cleaned:
    """A valid MultiPolygon on the millimetre grid by the rules above. Raises Refused where they cannot give one."""
    parts = _polygons(geometry)
    wrong = explain_invalid(geometry) if geometry is not None else None
    before = float(sum(p.area for p in parts))
    if wrong is None:
        sound: BaseGeometry = MultiPolygon(parts)
    else:
        sound = _unite([_mend_part(p, wrong) for p in parts], wrong)
    sound = snap(sound)
    if sound.is_empty or sound.area < _MIN_AREA_M2:
        raise Refused("topology.no_area", N_("the outline encloses no area"), advice=_advice(wrong))
    result = MultiPolygon(_polygons(sound))
    return Cleaned(result, wrong, before, float(result.area))


def _try_clean(geometry: BaseGeometry | None) -> Cleaned | Refused:
    try:
        return clean_polygon(geometry)
    except Refused as reason:
        return reason


def snap(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry in two dimensions on the millimetre grid, valid if it was valid.

    Vertices keep their order and number where rounding alone is harmless, as it nearly always is.
    """
    plain = shapely.force_2d(geometry)
    near: BaseGeometry = shapely.transform(plain, _rounded)
    if near.is_valid or plain.geom_type not in {"Polygon", "MultiPolygon"}:
        return near
    snapped: BaseGeometry = shapely.set_precision(plain, GRID_M)
    return snapped


def _rounded(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.round(xy, 3)


def _polygons(geometry: BaseGeometry | None) -> list[Polygon]:
    if geometry is None or geometry.is_empty:
        raise Refused("topology.empty", N_("there is no outline"))
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise Refused("topology.not_finite", N_("the outline has coordinates that are not numbers"))
    pieces = shapely.get_parts(shapely.get_parts(shapely.get_parts(geometry)))
    found = [shapely.force_2d(p) for p in pieces if isinstance(p, Polygon) and not p.is_empty]
    if not found:
        raise Refused("topology.no_polygon", N_("there is no polygon in it, only {kind}"), kind=kind_of(geometry))
    return found


def _mend_part(part: Polygon, wrong: Notice) -> BaseGeometry:
    shell = _mend_ring(Polygon(part.exterior), wrong)
    holes = [_mend_ring(Polygon(ring), wrong) for ring in part.interiors]
    if not holes:
        return shell
    return shapely.difference(shell, shapely.union_all(holes))


def _mend_ring(ring: Polygon, wrong: Notice) -> BaseGeometry:
    if ring.is_valid:
        return ring
    mended = shapely.make_valid(ring, method="structure", keep_collapsed=False)
    if mended.area > _MIN_AREA_M2 and abs(mended.area - ring.area) > RING_LIMIT * mended.area:
        raise Refused(
            "topology.ambiguous",
            N_("{why}, and the outline meant cannot be told (area {before:.1f} or {after:.1f} m²)"),
            advice=N_("correct the outline where it was drawn"),
            why=explain_invalid(ring) or wrong,
            before=float(ring.area),
            after=float(mended.area),
        )
    return mended


def _unite(parts: list[BaseGeometry], wrong: Notice) -> BaseGeometry:
    whole: BaseGeometry = shapely.union_all(parts)
    for i, a in enumerate(parts):
        inside = a.area > RING_LIMIT * whole.area and any(
            a.within(b) and not a.equals(b) for j, b in enumerate(parts) if j != i
        )
        if inside:
            raise Refused(
                "topology.nested",
                N_("{why}: it may be meant as a hole"),
                advice=N_("correct the outline where it was drawn"),
                why=wrong,
            )
    return whole


def _advice(wrong: Notice | None) -> str:
    return "" if wrong is None else N_("correct the outline where it was drawn")
