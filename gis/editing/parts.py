"""Rings and parts of an outline: add, delete, fill."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import Point, gathered, overlay, parts_of, refusal, sound
from gis.editing.vertices import outline_of, rings_of
from models.errors import Refused
from models.notices import N_


@dataclass(frozen=True)
class Place:
    """What of an outline lies under a place: its part, and the ring of a hole (1 and up), 0 for the ground itself."""

    part: int
    ring: int


def part_at(geometry: BaseGeometry, at: Point) -> Place | None:
    """The part, or the hole of a part, that holds a place; the smallest if a part lies in another's hole."""
    here = shapely.Point(at)
    found: Place | None = None
    for p, part in enumerate(parts_of(geometry)):
        if part.covers(here):
            return Place(p, 0)
        for r, hole in enumerate(part.interiors, start=1):
            if Polygon(hole).covers(here):
                found = Place(p, r)
    return found


def add_hole(geometry: BaseGeometry, hole: BaseGeometry) -> MultiPolygon:
    """The outline without the ground of `hole`, which must lie inside it."""
    outside = shapely.difference(hole, geometry)
    if outside.area > 1e-3 * max(hole.length, 1.0):
        x, y = outside.representative_point().coords[0]
        raise refusal("hole.outside", N_("the hole reaches out of the outline at {x:.3f}, {y:.3f}"), (x, y),
                      N_("keep it inside, or use “cut by neighbours”"))  # fmt: skip
    return sound(overlay("difference", geometry, hole), empty=N_("the hole would take the whole outline"))


def delete_hole(geometry: BaseGeometry, place: Place) -> MultiPolygon:
    """The outline with a hole closed; parts that lie in the hole are united with it."""
    rings = rings_of(geometry)
    if place.ring < 1 or place.part >= len(rings) or place.ring >= len(rings[place.part]):
        raise Refused("hole.none", N_("there is no hole at this place"), advice=N_("click into a hole"))
    del rings[place.part][place.ring]
    made = outline_of(rings)
    return sound(made if made.is_valid else shapely.union_all(list(made.geoms)))


def hole_of(geometry: BaseGeometry, place: Place) -> MultiPolygon:
    """The ground of a hole, as an outline of its own: what “fill” gives to a new feature, less parts that lie in it."""
    parts = parts_of(geometry)
    if place.ring < 1 or place.part >= len(parts) or place.ring > len(parts[place.part].interiors):
        raise Refused("hole.none", N_("there is no hole at this place"), advice=N_("click into a hole"))
    ground = Polygon(parts[place.part].interiors[place.ring - 1])
    return sound(overlay("difference", ground, geometry), empty=N_("the hole is filled already"))


def add_part(geometry: BaseGeometry, part: BaseGeometry) -> MultiPolygon:
    """The outline with one more part, which must not overlap it. A part that touches along a line is united with it."""
    common = shapely.intersection(geometry, part)
    if common.area > 1e-3 * max(part.length, 1.0):
        x, y = common.representative_point().coords[0]
        raise refusal("part.overlaps", N_("the new part overlaps the outline at {x:.3f}, {y:.3f}"), (x, y),
                      N_("draw it outside, or use “reshape”"))  # fmt: skip
    if common.length > 0 or common.area > 0:
        return sound(overlay("union", geometry, part))
    return sound(gathered([geometry, part]))


def delete_part(geometry: BaseGeometry, part: int) -> MultiPolygon:
    """The outline without one part. The last part is not deleted."""
    rings = rings_of(geometry)
    if not 0 <= part < len(rings):
        raise Refused("part.none", N_("there is no part at this place"), advice=N_("click into a part"))
    if len(rings) == 1:
        raise Refused("part.last", N_("this is the only part of the outline"),
                      advice=N_("delete the whole feature instead"))  # fmt: skip
    del rings[part]
    return sound(outline_of(rings))
