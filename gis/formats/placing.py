"""From the coordinates of a foreign file to places on the project's map: system, axes, datum; every step is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from gis import china_offset, crs_zones
from gis.axis_order import plausible
from gis.china_offset import Offset
from gis.crs_guess import Bounds, guesses
from gis.crs_rivals import weighed
from gis.datum_shift import DatumShift, Way
from gis.far_away import far_remark
from gis.formats import crs_choice, packed_degrees, placed_twice, placing_remarks, reproject
from gis.formats.base import Incoming, IncomingFeature, Reader, Skipped
from gis.formats.packed_degrees import Degrees, Readings
from gis.formats.said_systems import system_words
from models.errors import Refused
from models.notices import N_, Notice

Axes = Literal["auto", "en", "ne"]
_TOLD_STRAYS = 20
_TEXTS = 40
_NOWHERE = shapely.Point(np.inf, np.inf)


@dataclass(frozen=True)
class Placing:
    """How coordinates become places.

    `crs` as a person states it (a code, WKT, GCJ-02, BD-09); `axes` "en" easting first, "ne" northing first, "auto" by
    plausibility; `shift` the name of one of the project's datum parameters; `degrees` how numbers of degrees are read.
    """

    crs: str | None = None
    accept_guess: bool = False
    axes: Axes = "auto"
    shift: str | None = None
    shifts: Sequence[DatumShift] = ()
    neighbours: Bounds | None = None
    degrees: Degrees = "auto"
    held: Sequence[Bounds] = ()
    """What the project holds, a box for each layer and terrain; `neighbours` if it is not given."""

    def check(self) -> None:
        """Raises Refused for a system that is not known."""
        if self.offset is None:
            parse_stated(self.crs)

    @property
    def offset(self) -> Offset | None:
        """The consumer map's system that was stated, or None."""
        return china_offset.named(self.crs) if self.crs and len(self.crs) < 24 else None


AS_SAID = Placing()


@dataclass
class Raw:
    """A layer of a foreign file as it stands there. `head` is the reader's message about the layer."""

    features: list[IncomingFeature]
    head: dict[str, Any]
    reader: Reader
    where: str
    warnings: list[Notice] = field(default_factory=list)


def place(raw: Raw, target: str, how: Placing = AS_SAID) -> Incoming:
    """The features of `raw` in the CRS `target`, in two dimensions, with all that was decided on the way.

    Raises Refused where there is no system, an unlikely one, or no way from its datum.
    """
    head, where = raw.head, raw.where
    home = pyproj.CRS.from_user_input(target)
    shapes = np.array([*(f.geometry for f in raw.features), None], dtype=object)[:-1]
    shapes[~(given := reproject.all_usable(shapes))] = _NOWHERE
    notices = _told(raw, how)
    flat = reproject.two_dimensions(shapes)
    made = Incoming(
        [], "", "file", head["encoding"], head["sublayer"], [(n, c) for n, c in head["sublayers"]],
        str(head.get("format") or raw.reader.key), _names(raw.features), notices,
    )  # fmt: skip
    made.said = crs_choice.said_of(str(head["crs_text"] or head["crs"]))
    made.skipped = [Skipped(int(r), Notice.from_json(n), str(c)) for r, n, c in head.get("skipped", ())]
    in_file = crs_choice.read_crs(str(head["crs"]))
    stated = _stated(how)
    flat, told = _as_degrees(raw, flat, how, stated or in_file, home)
    notices += told
    bounds = reproject.bounds_of(flat)
    if bounds is None:
        used = stated or in_file or home
        made.crs, made.crs_basis = crs_choice.name_of(used), "stated" if stated else "file"
        way: Way | None = None
    else:
        flat, bounds, turned = _turn(flat, bounds, how, stated or in_file, home)
        if turned is not None:
            made.exchanged = True
            notices.append(turned)
        if raw.reader.always_degrees and not head["crs_text"] and stated is None and not _degrees(bounds):
            in_file = None  # the format says degrees, the numbers are none: it breaks its rule and says nothing then
        text = "" if in_file is not None else _with_names(made, where)
        found = guesses(bounds, project_crs=target, neighbours=how.neighbours, text=text)
        made.guesses, rival = weighed(found, bounds, target, how.neighbours)
        guess = made.guesses[0] if made.guesses else None
        if in_file is None and stated is None and _degrees(bounds):
            placing_remarks.refuse_offset(_texts(raw, made), where)
        used, made.crs_basis, remarks = crs_choice.decide(
            in_file, stated, guess, accept_guess=how.accept_guess, where=where, said=made.said
        )
        crs_choice.check_fit(used, bounds, guess, where)
        if made.crs_basis == "guessed":
            placing_remarks.check_near(used, home, bounds, how.neighbours, where)
            remarks += [] if rival is None else [placing_remarks.unrivalled(rival, made.guesses[0], where)]
        remarks += crs_choice.check_place(used, home, bounds, where)
        way, more = _way(how, used, home, bounds, where)
        made.crs = how.offset or crs_choice.name_of(used)
        notices += [r for r in remarks if not (how.offset and r.key == "crs.overruled")] + more
        notices += _doubts(raw, made, bounds, used, home, how, notices)
    _skip_jumps(raw, made, flat, None if bounds is None else used)
    made.heights, said = placing_remarks.heights(
        shapes, pyproj.CRS.from_user_input(head["crs"]) if in_file is not None else None
    )
    notices += said
    _finish(raw, made, flat, way, given)
    if bounds is not None:
        made.warnings += _far(made, used, home, how)
    notices += raw.warnings
    return made


def _told(raw: Raw, how: Placing) -> list[Notice]:
    """What the reader says. Raises Refused where it had to guess the columns, and nobody confirmed that."""
    notices = [Notice.from_json(w) for w in raw.head["warnings"]]
    if not how.accept_guess:
        placing_remarks.refuse_guessed_columns(notices, raw.where)
    return notices


def _with_names(made: Incoming, where: str) -> str:
    """What the file says of its system, or its own name and its layer's where it says nothing; kept in `made.said`."""
    made.said = made.said or system_words([PurePath(where).stem, made.sublayer])
    return made.said


def _as_degrees(
    raw: Raw, flat: Any, how: Placing, crs: pyproj.CRS | None, home: pyproj.CRS
) -> tuple[Any, list[Notice]]:
    said = raw.head.get("degrees")
    both = packed_degrees.readings(said, flat, crs, home, how.neighbours)
    packed, told = packed_degrees.decide(said, both, how.degrees, raw.where)
    return shapely.transform(flat, packed_degrees.unpacked) if packed else flat, told


def degree_readings(raw: Raw, target: str, how: Placing = AS_SAID) -> Readings | None:
    """Both readings of degrees that may be decimal or packed, None where a person need not choose."""
    said = raw.head.get("degrees")
    if said is None:
        return None
    shapes = np.array([*(f.geometry for f in raw.features), None], dtype=object)[:-1]
    crs = _stated(how) or crs_choice.read_crs(str(raw.head["crs"]))
    both = packed_degrees.readings(said, shapes, crs, pyproj.CRS.from_user_input(target), how.neighbours)
    return both if packed_degrees.offered(said, both, how.degrees) else None


def _stated(how: Placing) -> pyproj.CRS | None:
    return pyproj.CRS.from_user_input("EPSG:4490") if how.offset else parse_stated(how.crs)


def _names(features: Sequence[IncomingFeature]) -> list[str]:
    """The names of all fields, in the order in which they first come."""
    alike = dict.fromkeys(tuple(f.fields) for f in features)
    return list(dict.fromkeys(name for names in alike for name in names))


def parse_stated(crs: str | None) -> pyproj.CRS | None:
    """The system that a person states, None for none. Raises Refused for what is none."""
    if crs is None:
        return None
    found = crs_choice.read_crs(crs)
    if found is None:
        raise Refused(
            "crs.unknown",
            N_("there is no coordinate system {crs}"),
            advice=N_("give an EPSG code, for instance EPSG:4546"),
            crs=crs,
        )
    return found


def _turn(
    flat: Any, bounds: Bounds, how: Placing, known: pyproj.CRS | None, home: pyproj.CRS
) -> tuple[Any, Bounds, Notice | None]:
    """Easting first: as stated, or exchanged where only that is plausible."""
    if how.axes == "en":
        return flat, bounds, None
    reason = Notice("axes.stated", N_("as stated"))
    if how.axes == "auto":
        x, y = np.array([bounds[0], bounds[2]]), np.array([bounds[1], bounds[3]])
        found = plausible(x, y, known, home, how.neighbours)
        if found is None or found[0] == "en":
            return flat, bounds, None
        reason = found[1]
    turned = shapely.transform(flat, lambda xy: xy[:, ::-1])
    text = N_("the northing (latitude) stands first in it; the two were exchanged ({reason})")
    return turned, reproject.bounds_of(turned) or bounds, Notice("axes.exchanged", text, reason=reason)


def _way(
    how: Placing, used: pyproj.CRS, home: pyproj.CRS, bounds: Bounds, where: str
) -> tuple[Way | None, list[Notice]]:
    way, notices = reproject.across(used, home, bounds, where, how.shifts, how.shift)
    if how.offset is None:
        return way, notices
    text = N_("{offset} was converted by an approximate formula: positions are good to some {metres:.0f} m, no better")
    told = Notice("offset.converted", text, offset=how.offset, metres=china_offset.ACCURACY_M)
    return _Unshifted(how.offset, way), [told]


@dataclass(frozen=True)
class _Unshifted:
    """Consumer-map degrees to the project's system."""

    offset: Offset
    then: Way | None

    def transform(self, x: Any, y: Any) -> tuple[Any, Any]:
        lon, lat = china_offset.from_offset(x, y, self.offset)
        return (lon, lat) if self.then is None else self.then.transform(lon, lat)[:2]


def _texts(raw: Raw, made: Incoming) -> list[str]:
    """All words of a file that may name a map: columns (those of the coordinates too), layer, its own name, values."""
    values = [v for f in raw.features[:_TEXTS] for v in f.fields.values() if isinstance(v, str)]
    heads = [str(v) for w in made.warnings if w.key == "table.order" for v in w.facts.values() if isinstance(v, str)]
    return [*made.field_names, *heads, made.sublayer, PurePath(raw.where).name, *values]


def _suspect(raw: Raw, made: Incoming, bounds: Bounds) -> list[Notice]:
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    found = china_offset.suspect(made.format, _texts(raw, made), lon, lat)
    return [] if found is None else [found]


def _doubts(
    raw: Raw, made: Incoming, bounds: Bounds, used: pyproj.CRS, home: pyproj.CRS, how: Placing, notices: list[Notice]
) -> list[Notice]:
    """A consumer map's degrees, and what a second pair of coordinates in a table says of the places."""
    found = _suspect(raw, made, bounds) if used.is_geographic and not how.offset else []
    said = raw.head.get("twice")
    if not said:
        return found
    packed = any(n.key in {"degrees.stated", "degrees.said"} for n in notices)
    names = said["names"][:2] if used.is_geographic else said["names"][2:]
    return found + placed_twice.compared(said, used, home, " / ".join(names), packed=packed)


def _skip_jumps(raw: Raw, made: Incoming, flat: Any, used: pyproj.CRS | None) -> None:
    """Rows of another zone are left out with the jump that they would make."""
    if used is None:
        return
    for jump in crs_zones.zone_jumps(shapely.bounds(flat), used):
        made.skipped.append(Skipped(raw.features[jump.index].row, jump.reason))
        flat[jump.index] = None


def _finish(raw: Raw, made: Incoming, flat: Any, way: Way | None, given: npt.NDArray[np.bool_]) -> None:
    """Move everything and sort out what has no image, or (`given`) had no place before."""
    left = {s.row for s in made.skipped}
    moved = reproject.move(flat, way)
    text = N_("it has coordinates that are not numbers or lie outside the projection")
    usable = given if way is None else reproject.all_usable(moved)
    for f, shape, good in zip(raw.features, moved, usable.tolist(), strict=True):
        if f.row in left:
            continue
        if not good:
            made.skipped.append(Skipped(f.row, Notice("import.not_finite", text)))
        else:
            kept = f if shape is f.geometry else IncomingFeature(f.row, f.fields, shape, f.notes)
            made.features.append(kept)
    away = N_("row {row} lies {km:.0f} km from the middle of the others")
    made.warnings += [
        Notice("import.stray", away, row=raw.features[i].row, km=m / 1000)
        for i, m in reproject.strays(moved)[:_TOLD_STRAYS]
    ]
    wide = N_(
        "row {row} is {km:.0f} km across, a hundred times as much as the others and more: is a corner of it wrong?"
    )
    made.warnings += [
        Notice("import.wide", wide, row=raw.features[i].row, km=m / 1000) for i, m in reproject.oversized(moved)
    ]


def _far(made: Incoming, used: pyproj.CRS, home: pyproj.CRS, how: Placing) -> list[Notice]:
    box = reproject.bounds_of([f.geometry for f in made.features])
    held = how.held or ([] if how.neighbours is None else [how.neighbours])
    found = None if box is None else far_remark(box, used, home, held)
    return [] if found is None else [found]


def _degrees(bounds: Bounds) -> bool:
    return bounds[0] >= -360 and bounds[2] <= 360 and bounds[1] >= -90 and bounds[3] <= 90
