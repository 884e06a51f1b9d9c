"""Which CRS a foreign file's coordinates are in, and whether that can be: what it says, what is stated, a guess."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyproj
from pyproj.exceptions import CRSError, ProjError

from gis.crs import to_degrees
from gis.crs_guess import Bounds, Guess
from gis.formats.said_systems import speaks_of_another
from gis.library_warnings import silenced
from models.errors import Refused
from models.notices import N_, Notice

Basis = Literal["file", "stated", "guessed"]
_FAR_M = 1_000_000.0
_NEAR_DEGREES, _FAR_DEGREES = 3.0, 15.0
_GUESS_DEGREES = 1.0


def read_crs(text: str) -> pyproj.CRS | None:
    """The CRS that a text names, as EPSG defines it where it is one of theirs; None for none, unknown or local."""
    if not text.strip():
        return None
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError:
        return None
    if not (crs.is_geographic or crs.is_projected) or crs.name.lower().startswith(("undefined", "unknown", "unnamed")):
        return None
    code = crs.to_epsg(min_confidence=70)
    found = pyproj.CRS.from_epsg(code) if code else crs
    try:  # a damaged text may make a system from which no way leads anywhere
        to_degrees(found)
    except ProjError:
        return None
    return found


def said_of(text: str) -> str:
    """What a file says of its system; "" for the words by which a GeoPackage says that it does not know (srs_id -1)."""
    return "" if "Undefined" in text[:40] else text


def name_of(crs: pyproj.CRS) -> str:
    """The authority's code (EPSG:4546) where there is one, else the system's name."""
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else crs.name


def decide(
    in_file: pyproj.CRS | None,
    stated: pyproj.CRS | None,
    guess: Guess | None,
    *,
    accept_guess: bool,
    where: str,
    said: str = "",
) -> tuple[pyproj.CRS, Basis, list[Notice]]:
    """The CRS to use: stated by the user, else the file's, else an accepted guess.

    Raises Refused, naming the guess and its reason, or the words of the file (`said`) that forbid one.
    """
    if stated is not None:
        if in_file is not None and not in_file.equals(stated, ignore_axis_order=True):
            return (
                stated,
                "stated",
                [
                    Notice(
                        "crs.overruled",
                        N_("the file says {file}, {stated} was stated and used"),
                        file=name_of(in_file),
                        stated=name_of(stated),
                    )
                ],
            )
        return stated, "stated", []
    if in_file is not None:
        return in_file, "file", []
    if speaks_of_another(said):
        raise Refused(
            "import.said_datum",
            N_("the file says “{said}”: an older or local system, whose numbers only look like CGCS2000"),
            where=where,
            advice=N_("state its system with --crs (for instance EPSG:2361, Xi'an 1980 zone 37) and enter the official "
                      "parameters (crs add, or “Datum parameters” in the window)"),
            said=" ".join(said.split())[:80],
        )  # fmt: skip
    if guess is None:
        raise Refused(
            "import.no_crs",
            N_("the file says no coordinate system, and its numbers give no hint"),
            where=where,
            advice=N_("state it with --crs, for instance --crs EPSG:4546"),
            said=said,
        )
    if not accept_guess:
        raise Refused(
            "import.no_crs",
            N_("the file says no coordinate system; it looks like {guess} because {reason}"),
            where=where,
            advice=N_("give --crs {guess} or --accept-guess"),
            guess=guess.crs,
            reason=guess.reason,
        )
    return (
        pyproj.CRS.from_user_input(guess.crs),
        "guessed",
        [
            Notice(
                "crs.guessed",
                N_("the coordinate system {guess} is a guess: {reason}"),
                guess=guess.crs,
                reason=guess.reason,
            )
        ],
    )


def check_fit(crs: pyproj.CRS, bounds: Bounds, guess: Guess | None, where: str) -> None:
    """Raises Refused if coordinates cannot be in this CRS at all (metres as degrees, another zone's easting)."""
    area = crs.area_of_use
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if crs.is_geographic:
        if max(abs(bounds[0]), abs(bounds[2])) > 360 or max(abs(bounds[1]), abs(bounds[3])) > 90:
            raise _unfit(crs, x, y, guess, where)
    elif area is not None:
        try:
            room = to_degrees(crs).transform_bounds(*area.bounds, densify_pts=5, direction="INVERSE")
        except ProjError:
            return
        if np.isfinite(room).all() and not (
            room[0] - _FAR_M <= x <= room[2] + _FAR_M and room[1] - _FAR_M <= y <= room[3] + _FAR_M
        ):
            raise _unfit(crs, x, y, guess, where)


def check_place(source: pyproj.CRS, target: pyproj.CRS, bounds: Bounds, where: str) -> list[Notice]:
    """Whether the data lie where the two systems are made for: a remark if some degrees outside.

    Raises Refused if they are so far away that the project's projection says nothing true any more.
    """
    lon, lat = _middle(source, bounds)
    facts = {"lon": lon, "lat": lat}
    if not np.isfinite([lon, lat]).all() or (target.is_projected and _outside(target, lon, lat, _FAR_DEGREES)):
        raise Refused(
            "import.wrong_place",
            N_("the data lie at {lon:.2f}°, {lat:.2f}°, where {crs} cannot be used"),
            where=where,
            advice=N_("check the coordinate system; a project holds one region"),
            crs=name_of(target),
            **facts,
        )
    return outside_remark(source, target, bounds)


def outside_remark(source: pyproj.CRS, target: pyproj.CRS, bounds: Bounds) -> list[Notice]:
    """The remark on data some degrees outside the area for which one of the two systems is made."""
    lon, lat = _middle(source, bounds)
    facts = {"lon": lon, "lat": lat}
    for crs in (source, target):
        if _outside(crs, lon, lat, _NEAR_DEGREES):
            return [
                Notice(
                    "crs.outside",
                    N_("the data lie at {lon:.2f}°, {lat:.2f}°, outside the area for which {crs} is made"),
                    crs=name_of(crs),
                    **facts,
                )
            ]
    return []


def check_guess(guessed: pyproj.CRS, home: pyproj.CRS, bounds: Bounds, where: str) -> None:
    """Raises Refused if data in a guessed system would lie outside the area for which it or the project's is made.

    A person may state such a system; a guess that needs it is none.
    """
    lon, lat = _middle(guessed, bounds)
    for crs, margin in ((guessed, _GUESS_DEGREES), (home, _NEAR_DEGREES)):
        if not np.isfinite([lon, lat]).all() or _outside(crs, lon, lat, margin):
            raise Refused(
                "import.guess_outside",
                N_("read as {guess}, as it looks, the data would lie at {lon:.2f}°, {lat:.2f}°, outside of {crs}"),
                where=where,
                advice=N_("ask whoever made the file for its coordinate system and state it with --crs"),
                guess=name_of(guessed),
                crs=name_of(crs),
                lon=lon,
                lat=lat,
            )


def _middle(crs: pyproj.CRS, bounds: Bounds) -> tuple[float, float]:
    """Longitude and latitude of the middle of some bounds; not finite where they are none of the system's."""
    with silenced():
        lon, lat = to_degrees(crs).transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return float(lon), float(lat)


def _outside(crs: pyproj.CRS, lon: float, lat: float, margin: float) -> bool:
    area = crs.area_of_use
    if area is None:
        return False
    east = area.east + (360 if area.east < area.west else 0)
    inside = any(area.west - margin <= x <= east + margin for x in (lon, lon + 360))
    return not (inside and area.south - margin <= lat <= area.north + margin)


def _unfit(crs: pyproj.CRS, x: float, y: float, guess: Guess | None, where: str) -> Refused:
    older = speaks_of_another(crs.name)  # the numbers alone must not make CGCS2000 of a file in an older system
    if guess is None or guess.crs == name_of(crs) or older:
        return Refused(
            "import.unfit_crs",
            N_("coordinates like {x:.2f}, {y:.2f} cannot be {crs}"),
            where=where,
            advice=N_("state the right coordinate system with --crs"),
            x=x,
            y=y,
            crs=name_of(crs),
        )
    return Refused(
        "import.unfit_crs",
        N_("coordinates like {x:.2f}, {y:.2f} cannot be {crs}; they look like {guess} because {reason}"),
        where=where,
        advice=N_("give --crs {guess}"),
        x=x,
        y=y,
        crs=name_of(crs),
        guess=guess.crs,
        reason=guess.reason,
    )
