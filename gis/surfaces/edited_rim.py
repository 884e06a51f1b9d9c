"""A surface over the rim as it was edited by hand: stretches raised, lowered, set to a height or left out.

A road that cuts the rim, a bank to be built, a gap to be closed. `over` names the surface that is laid over the edited
rim: spill (the default for pits), lowest, rim_mean, rim_plane or rim_surface (the default for heaps). Edits count in
their order. Samples of a stretch that is left out are not there for levels and planes; a membrane runs straight from
one end of the stretch to the other. An edit that no longer lies on the outline is told and not applied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from gis.arrays import Array, Mask
from gis.crs import parse_crs, same_crs, transformer
from gis.rim import Rim, rim_of
from gis.rim_edits import Stretch, apply, find, positions
from gis.surfaces import lowest, rim_mean, rim_plane, rim_surface, spill
from gis.surfaces.base import Context, ParameterSpec, Plane, Surface, SurfaceType
from models.errors import Refused
from models.notices import N_, Notice
from models.rim_edit import RimEdit
from models.surface_names import default_over

KEY = "edited_rim"
_BUILDERS: dict[str, Callable[[Context], Surface]] = {
    "spill": spill.build,
    "lowest": lowest.build,
    "rim_mean": rim_mean.build,
    "rim_plane": rim_plane.build,
    "rim_surface": rim_surface.build,
}
EDITS = ParameterSpec("rim_edits", N_("rim edits"), "", required=True, kind="edits")
OVER = ParameterSpec("over", N_("of the edited rim"), "", kind="choice", choices=tuple(_BUILDERS), option="--over")
_ON_M = 1e-6


@dataclass(frozen=True)
class _Span:
    """An edit on a ring of one part: from `start` over `length` along the ring in ground metres, counter-clockwise."""

    edit: RimEdit
    ring: int
    start: float
    length: float

    def holds(self, at: Array, total: float) -> Mask:
        """Which positions along the ring (of length `total`) the edit takes in; its ends belong to it."""
        ahead = (at - self.start + _ON_M) % total
        return np.asarray(ahead <= self.length + 2 * _ON_M)


@dataclass
class EditedContext(Context):
    """A part whose rim has the heights of its edits."""

    spans: tuple[_Span, ...] = field(default=())

    @cached_property
    def _walks(self) -> list[Array]:
        """The part's rings in metres on the ground, counter-clockwise."""
        a, b, _, d, e, _ = self.dem.grid.transform
        walks: list[Array] = []
        for ring in self.part.rings:
            line = shapely.LinearRing(ring)
            walks.append((ring if line.is_ccw == (a * e - b * d > 0) else ring[::-1]) * self._steps)
        return walks

    @property
    def _steps(self) -> Array:
        return np.array([self.part.step_x, self.part.step_y])

    @cached_property
    def _lengths(self) -> list[float]:
        return [float(LineString(w).length) for w in self._walks]

    @cached_property
    def any_rim(self) -> Rim:
        """The rim without what is left out, edited heights, gaps as they are."""
        rim = rim_of(self.dem, self.part)
        places = np.column_stack((rim.cols, rim.rows)) * self._steps
        z, kept = rim.z.copy(), np.ones(rim.z.size, np.bool_)
        for number in self._touched(rim.ring):
            mine = np.flatnonzero(rim.ring == number)
            at = positions(self._walks[number], places[mine])
            z[mine], kept[mine] = self._edited(number, at, z[mine])
        if not kept.any():
            raise Refused(
                "rim_edits.nothing_left",
                N_("the rim edits leave nothing of the rim"),
                where=self.code,
                advice=N_("take one of them back with rim remove"),
            )
        return Rim(rim.cols[kept], rim.rows[kept], z[kept], rim.weight[kept], rim.ring[kept])

    def _edited(self, ring: int, at: Array, z: Array) -> tuple[Array, Mask]:
        """(heights after the edits, which places are not left out) of positions along a ring."""
        z, kept = z.copy(), np.ones(z.size, np.bool_)
        for span in self.spans:
            if span.ring != ring:
                continue
            apply(span.edit, span.holds(at, self._lengths[ring]), z, kept)
        return z, kept

    def rim_heights(self, cols: Array, rows: Array) -> Array:
        """Edited heights at pixel positions on the outline; straight on where the rim is left out."""
        z = self.dem.sample_pixels(cols, rows)
        places = np.column_stack((cols, rows)) * self._steps
        ring = self._ring_of(places)
        for number in self._touched(ring):
            mine = np.flatnonzero(ring == number)
            at = positions(self._walks[number], places[mine])
            heights, kept = self._edited(number, at, z[mine])
            if not kept.all():
                heights[~kept] = self._across(number, at[~kept])
            z[mine] = heights
        return z

    def _touched(self, ring: Any) -> list[int]:
        """The rings among these that have edits."""
        return sorted({s.ring for s in self.spans} & {int(n) for n in np.unique(ring)})

    def _ring_of(self, places: Array) -> Any:
        if len(self._walks) == 1:
            return np.zeros(len(places), np.int64)
        points = shapely.points(places)
        return np.argmin([shapely.distance(LineString(w), points) for w in self._walks], axis=0)

    def _across(self, ring: int, at: Array) -> Array:
        """Heights between the ends of what is left out of a ring; the rim's mean where nothing of it is left."""
        rim = self.rim
        mine = rim.ring == ring
        if not mine.any():
            return np.full(at.size, rim.mean)
        known = positions(self._walks[ring], np.column_stack((rim.cols, rim.rows))[mine] * self._steps)
        return np.asarray(np.interp(at, *_sorted(known, rim.z[mine]), period=self._lengths[ring]))

    def is_set(self, col: float, row: float) -> bool:
        """True where the rim's height at this place was given by hand."""
        place = np.array([[col, row]]) * self._steps
        number = int(self._ring_of(place)[0])
        at = positions(self._walks[number], place)
        here = [s for s in self.spans if s.ring == number and s.holds(at, self._lengths[number])[0]]
        return any(s.edit.action == "set" for s in here)


def _sorted(at: Array, z: Array) -> tuple[Array, Array]:
    order = np.argsort(at, kind="stable")
    return at[order], z[order]


def edited_context(context: Context) -> tuple[EditedContext, list[int]]:
    """The part with the rim as it was edited, and the numbers (from 1) of edits that no longer lie on the outline.

    Raises Refused: no edits, none that lies on the outline.
    """
    edits = _edits(context)
    stretches = [find(context.site.outline, e) for e in edits]
    lost = [n for n, s in enumerate(stretches, 1) if s is None]
    if len(lost) == len(edits):
        raise Refused(
            "rim_edits.lost",
            N_("none of the {count} rim edits lies on the outline any more"),
            where=context.code,
            advice=N_("remove them with rim remove and make them anew"),
            count=len(edits),
        )
    number = next(k for k, p in enumerate(context.placed.parts) if p is context.part)
    own = [(e, s) for e, s in zip(edits, stretches, strict=True) if s is not None and s.ring.part == number]
    edited = EditedContext(
        context.dem, context.placed, context.part, context.parameters, context.site, context.watch, context.inputs
    )
    edited.spans = tuple(_span(edited, e, s) for e, s in own)
    return edited, lost


def build(context: Context) -> Surface:
    """The surface over the edited rim of the part.

    Raises Refused as `edited_context`, and where nothing is left of the rim or the surface is unknown.
    """
    over = context.choice(_over(context))
    edited, lost = edited_context(context)
    surface: Any = _BUILDERS[over](edited)
    if isinstance(surface, rim_surface.Membrane) and edited.spans:
        surface = replace(surface, on_ground=False)
    if isinstance(surface, Plane) and surface.point is not None and edited.is_set(*surface.point):
        surface = replace(surface, rim_error="none")  # a height given by hand has no error of the terrain
    notices = [*surface.notices]
    if lost:
        text = N_("rim edits {numbers} no longer lie on the outline and were not applied")
        notices.append(Notice("rim_edits.some_lost", text, numbers=", ".join(map(str, lost))))
    parameters = {**surface.parameters, "over": over, "edits": len(edited.spans)}
    return replace(surface, parameters=parameters, notices=tuple(notices), rim=edited.rim)  # type: ignore[no-any-return]


def _over(context: Context) -> ParameterSpec:
    """OVER with the default of the site's kind first."""
    first = default_over(fills=context.site.fills)
    return replace(OVER, choices=(first, *(c for c in OVER.choices if c != first)))


def _edits(context: Context) -> list[RimEdit]:
    given = context.parameters.get(EDITS.name) or []
    if not given:
        raise Refused(
            "rim_edits.none",
            N_("the rim of the site has no edits"),
            where=context.code,
            advice=N_("make them with rim raise, rim lower, rim set or rim leave-out"),
        )
    try:
        return [RimEdit.from_json(dict(e)) for e in given]
    except (TypeError, ValueError, KeyError) as error:
        raise Refused(
            "rim_edits.damaged",
            N_("the rim edits of the request cannot be read"),
            where=context.code,
            advice=N_("estimate anew from the project's rim edits"),
        ) from error


def _span(context: EditedContext, edit: RimEdit, stretch: Stretch) -> _Span:
    """The stretch on the part's ring on the ground: its ends are brought there, the way between them stays."""
    number = stretch.ring.number
    walk, total = context._walks[number], context._lengths[number]  # noqa: SLF001 - its own module
    ends = np.array(stretch.ends)
    grid, own = context.dem.grid, parse_crs(context.site.crs)
    x, y = ends.T if same_crs(own, grid.crs) else transformer(own, grid.crs).transform(*ends.T)
    at = positions(walk, np.column_stack(grid.to_pixel(x, y)) * np.array([context.part.step_x, context.part.step_y]))
    length = total if stretch.whole else float((at[1] - at[0]) % total)
    return _Span(edit, number, float(at[0]), length)


TYPE = SurfaceType(KEY, build, (EDITS, OVER), natural="neither")
