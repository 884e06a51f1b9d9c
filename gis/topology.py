"""Outlines made sound: what is wrong with a polygon, in plain words and with the place; repaired visibly, or refused.

Rules of `clean_polygon`, in this order (each repair is reported with the area before and after, nothing is silent):

1. no geometry, no polygon in it, coordinates that are not numbers: refused;
2. each ring by itself: a ring that crosses or touches itself becomes the ground that it encloses (GEOS "structure"
   repair). Spikes and points given twice go, they enclose nothing. Where this changes the area of the ring by more than
   `RING_LIMIT` the ring is ambiguous (a bow-tie: its lobes cancel, nobody can say which outline was meant): refused;
3. holes are cut out of their shell; a hole outside every shell has nothing to cut and goes;
4. parts that overlap are united; a part wholly inside another may be meant as a hole: refused above `RING_LIMIT`;
5. coordinates go to the millimetre grid (`GRID_M`) and points given twice go; an outline with no area left is refused.

Each repair carries the name of its rule (`RULES`). No vertex of the result lies further than `TOLERANCE_M` from the
lines that were drawn: an outline for which that cannot be kept is refused. Parts that only touch along a line are one
outline; the area does not change and it is reported like any repair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from models.errors import Refused
from models.notices import N_, Notice

GRID_M = 0.001
"""Coordinates are kept to the millimetre: far below any survey, far above the noise of a projection."""
TOLERANCE_M = 0.002
"""Nothing moves by more: half the grid's diagonal from rounding, the rest for corners that collapse in a repair."""
RING_LIMIT = 0.05
"""Greatest share by which repairing a ring may change its area; more means that its meaning is unknown."""
_MIN_AREA_M2 = 1e-4

RULES = {
    "crossing": N_("crossing boundary untangled"),
    "touching": N_("touching boundary untangled"),
    "spike": N_("spike of no width removed"),
    "hole_outside": N_("hole outside the outline dropped"),
    "holes_nested": N_("holes inside holes united"),
    "parts_nested": N_("parts inside parts united"),
    "parts_overlap": N_("overlapping parts united"),
    "ring_twice": N_("ring given twice dropped"),
    "cut_apart": N_("outline cut apart by holes split"),
    "few_points": N_("ring of too few points dropped"),
    "points_twice": N_("points given twice dropped"),
    "unclosed": N_("open ring closed"),
    "other": N_("outline made valid"),
}
"""Names of the rules by which outlines are repaired, as people read them."""

_WHY = (
    ("Ring Self-intersection", "touching", N_("the boundary touches itself at {x:.3f}, {y:.3f}")),
    ("Self-intersection", "crossing", N_("the boundary crosses itself at {x:.3f}, {y:.3f}")),
    ("Hole lies outside shell", "hole_outside", N_("a hole lies outside the outline at {x:.3f}, {y:.3f}")),
    ("Holes are nested", "holes_nested", N_("a hole lies inside another hole at {x:.3f}, {y:.3f}")),
    ("Nested shells", "parts_nested", N_("a part lies inside another part at {x:.3f}, {y:.3f}")),
    ("Duplicate Rings", "ring_twice", N_("the same ring is there twice at {x:.3f}, {y:.3f}")),
    ("Interior is disconnected", "cut_apart", N_("holes cut the outline into pieces at {x:.3f}, {y:.3f}")),
    ("Too few points", "few_points", N_("a ring has fewer than three different points at {x:.3f}, {y:.3f}")),
)
_OTHER = N_("the outline is not valid at {x:.3f}, {y:.3f}")
_TWICE = N_("{count} points were given twice")
_KINDS = {"Point": N_("points"), "LineString": N_("lines"), "Polygon": N_("areas"), "LinearRing": N_("lines")}
_PLACE = re.compile(r"\[(\S+) (\S+)\]")


class Cleaned(NamedTuple):
    """A sound outline. `repaired` is None when nothing was wrong with the one that came. Areas m² in the plane.

    `rule` is a key of `RULES`; `moved_m` how far the vertex that moved most lies from what was drawn.
    """

    geometry: MultiPolygon
    repaired: Notice | None
    area_before: float
    area_after: float
    rule: str = ""
    moved_m: float = 0.0


def explain_invalid(geometry: BaseGeometry) -> Notice | None:
    """What makes a geometry invalid and where, or None if it is valid."""
    if shapely.is_valid(geometry):
        return None
    reason = str(shapely.is_valid_reason(geometry))
    place = _PLACE.search(reason)
    if place is None or not all(np.isfinite([float(place[1]), float(place[2])])):
        return Notice("topology.invalid", N_("the outline has coordinates that are not numbers"))
    rule, template = next(((rule, text) for start, rule, text in _WHY if reason.startswith(start)), ("other", _OTHER))
    return Notice(f"topology.{rule}", template, x=float(place[1]), y=float(place[2]))


def kind_of(geometry: BaseGeometry) -> Notice:
    """What people call a geometry of this type."""
    return Notice("topology.kind", _KINDS.get(geometry.geom_type.removeprefix("Multi"), N_("a collection of shapes")))


def clean_polygons(geometries: Sequence[BaseGeometry | None]) -> list[Cleaned | Refused]:
    """`clean_polygon` for many: the sound ones all at once, the others one by one. A refusal stands in its place."""
    array = np.array([*geometries, None], dtype=object)[:-1]  # the None keeps numpy from looking into the shapes
    kinds = shapely.get_type_id(array)
    sound = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    sound &= shapely.is_valid(array) & ~shapely.is_empty(array)
    plain = array[sound]
    if shapely.has_z(plain).any() or shapely.has_m(plain).any():
        plain = shapely.force_2d(plain)
    near, moved, twice = _on_grid(plain)
    single = shapely.get_type_id(near) == shapely.GeometryType.POLYGON
    near[single] = shapely.multipolygons(near[single], indices=np.arange(single.sum()))
    near[twice] = shapely.remove_repeated_points(near[twice], 0.0)
    dropped = np.zeros(len(near), np.int64)
    dropped[twice] = shapely.get_num_coordinates(plain[twice]) - shapely.get_num_coordinates(near[twice])
    before, after = shapely.area(plain), shapely.area(near)
    good = after >= _MIN_AREA_M2
    altered = (moved > 0) | twice  # the others were found valid as they are
    good[altered] &= shapely.is_valid(near[altered])
    made: list[Cleaned | Refused | None] = [None] * len(array)
    rows = zip(np.flatnonzero(sound).tolist(), near, good.tolist(), dropped.tolist(), before.tolist(), after.tolist(),
               moved.tolist(), strict=True)  # fmt: skip
    for index, outline, fine, count, was, now, most in rows:
        if fine:
            said = Notice("topology.points_twice", _TWICE, count=count) if count else None
            made[index] = Cleaned(outline, said, was, now, "points_twice" if count else "", most)
    return [_try_clean(array[i]) if cleaned is None else cleaned for i, cleaned in enumerate(made)]


def _on_grid(
    plain: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Geometries rounded to the grid, how far the vertex of each that moved most moved (m), which have points twice."""
    xy, owner = shapely.get_coordinates(plain, return_index=True)
    near, moved, twice = plain.copy(), np.zeros(len(plain)), np.zeros(len(plain), np.bool_)
    at = _rounded(xy)
    # The last point of a ring and the first of the next may be one: such an outline is looked at, and keeps its points.
    twice[owner[1:][(at[1:] == at[:-1]).all(axis=1) & (owner[1:] == owner[:-1])]] = True
    off = (at != xy).any(axis=1)
    if off.any():
        away = np.hypot(*(at - xy).T)
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        moved[owner[starts]] = np.maximum.reduceat(away, starts)
        far = moved > 0
        near[far] = shapely.set_coordinates(plain[far], at[far[owner]])
    return near, moved, twice


def clean_polygon(geometry: BaseGeometry | None) -> Cleaned:
    """A valid MultiPolygon on the millimetre grid by the rules above. Raises Refused where they cannot give one."""
    parts = _polygons(geometry)
    wrong = explain_invalid(geometry) if geometry is not None else None
    before = float(sum(p.area for p in parts))
    if wrong is None:
        sound: BaseGeometry = MultiPolygon(parts)
    else:
        sound = _unite([_mend_part(p, wrong) for p in parts], wrong)
    snapped = snap(sound)
    once = shapely.remove_repeated_points(snapped, 0.0)
    twice = int(shapely.get_num_coordinates(snapped) - shapely.get_num_coordinates(once))
    if once.is_empty or once.area < _MIN_AREA_M2:
        raise Refused("topology.no_area", N_("the outline encloses no area"), advice=_advice(wrong))
    result = MultiPolygon(_polygons(once))
    after, moved = float(result.area), _strayed(result, parts)
    if wrong is None and twice:
        wrong = Notice("topology.points_twice", _TWICE, count=twice)
    return Cleaned(result, wrong, before, after, _rule(wrong, before, after, parts), moved)


def _rule(wrong: Notice | None, before: float, after: float, parts: list[Polygon]) -> str:
    """The name of the repair: a crossing that took no ground away was a spike, one of sound parts an overlap."""
    if wrong is None:
        return ""
    rule = wrong.key.removeprefix("topology.")
    if rule in {"crossing", "touching"} and len(parts) > 1 and all(shapely.is_valid(p) for p in parts):
        twice = any(a.equals(b) for i, a in enumerate(parts[:200]) for b in parts[:i])
        return "ring_twice" if twice else "parts_overlap"
    if rule in {"crossing", "touching"} and abs(after - before) <= _MIN_AREA_M2 + 1e-9 * after:
        return "spike"
    return rule if rule in RULES else "other"


def _strayed(result: MultiPolygon, drawn: list[Polygon]) -> float:
    """How far the vertices of `result` lie from the drawn lines at most. Raises Refused beyond `TOLERANCE_M`."""
    points = shapely.points(shapely.get_coordinates(result))
    lines = [shapely.LineString(r.coords) for p in drawn for r in (p.exterior, *p.interiors)]
    index = shapely.STRtree([s for line in lines for s in _segments(line)])
    _, away = index.query_nearest(points, return_distance=True, all_matches=False)
    most = float(away.max()) if len(away) else 0.0
    if most > TOLERANCE_M:
        raise Refused(
            "topology.moved",
            N_("the repair would move a point by {most:.4f} m, more than the {limit:.3f} m allowed"),
            advice=N_("correct the outline where it was drawn"),
            most=most,
            limit=TOLERANCE_M,
        )
    return most


def _segments(line: shapely.LineString) -> npt.NDArray[np.object_]:
    at = shapely.get_coordinates(line)
    return np.asarray(shapely.linestrings(np.stack([at[:-1], at[1:]], axis=1)), dtype=object)


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
    if shapely.is_valid(near) or plain.geom_type not in {"Polygon", "MultiPolygon"}:
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
    if shapely.is_valid(ring):
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
