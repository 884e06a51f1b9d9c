"""Which coordinate system a project takes that is made around a file of outlines: proposed with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gis.crs import crs_text, describe, parse_crs, to_degrees
from gis.crs_guess import epsg_cgcs2000
from gis.formats.crs_choice import read_crs
from gis.formats.placing import Placing, Raw, place
from gis.formats.read import read_raw
from models.errors import AppError
from models.notices import N_, Notice
from models.progress import Watch

_TRIAL_CRS = "EPSG:4546"
"""Where a file without a system of metres of its own is placed for a look."""
_FIRST_LON, _LAST_LON = 73.5, 136.5
_FIRST_LAT, _LAST_LAT = 18.0, 54.0
_UTM_LAT = 84.0
_NO = float("nan")
_OF_THE_PROJECT = {"guess.no_prefix", "guess.neighbours", "guess.project"}
"""Reasons that speak of the project's own system: there is none yet, so they are none."""


@dataclass(frozen=True)
class Proposal:
    """`crs` for the new project, None where the file does not tell; `reason` says why, for people."""

    crs: str | None
    reason: Notice


def propose_crs(path: Path, watch: Watch | None = None) -> Proposal:
    """The CGCS2000 3° zone in which the outlines of a file lie; outside China the file's own system of metres.

    Raises as gis.formats.read.read_raw where the file cannot be read at all.
    """
    raw = read_raw(path, watch=watch or Watch())
    said = read_crs(str(raw.head["crs"]))
    if said is not None and said.is_geographic and (abroad := _abroad(path, raw)) is not None:
        return abroad
    trial = crs_text(said) if said is not None and said.is_projected else _TRIAL_CRS
    try:
        placed = place(raw, trial, Placing(accept_guess=True))
    except AppError:
        return _unknown(path)
    shapes = [f.geometry for f in placed.features if f.geometry is not None and not f.geometry.is_empty]
    guess = next((w for w in placed.warnings if w.key == "crs.guessed"), None)
    reason = guess.facts.get("reason") if guess is not None else None
    if not shapes or (guess is not None and (reason is None or reason.key in _OF_THE_PROJECT)):
        return _unknown(path)
    facts = describe(parse_crs(placed.crs))
    if facts.projected and facts.zone is not None and "CGCS2000" in facts.name and "3-degree" in facts.name:
        return Proposal(placed.crs, Notice("new.as_file", N_("as {file}"), file=path.name))
    x0, y0, x1, y1 = shapely.total_bounds(np.array(shapes, object)).tolist()
    lon, lat = to_degrees(parse_crs(trial)).transform((x0 + x1) / 2, (y0 + y1) / 2)
    if _in_china(lon, lat):
        code = f"EPSG:{epsg_cgcs2000(round(lon / 3), prefix=False)}"
        text = N_("{file} lies at {lon:.3f}°E {lat:.3f}°N ({crs})")
        return Proposal(code, Notice("new.by_place", text, file=path.name, lon=lon, lat=lat, crs=placed.crs))
    if facts.projected:
        return Proposal(placed.crs, Notice("new.as_file", N_("as {file}"), file=path.name))
    return _unknown(path)


def _abroad(path: Path, raw: Raw) -> Proposal | None:
    """The UTM zone of degrees that lie outside China; None for those inside, and for what are no degrees."""
    shapes = [f.geometry for f in raw.features if f.geometry is not None and not f.geometry.is_empty]
    x0, y0, x1, y1 = shapely.total_bounds(np.array(shapes, object)).tolist() if shapes else (_NO, _NO, _NO, _NO)
    lon, lat = (x0 + x1) / 2, (y0 + y1) / 2
    if not (abs(lon) <= 180 and abs(lat) <= _UTM_LAT) or _in_china(lon, lat):
        return None
    code = f"EPSG:{(32600 if lat >= 0 else 32700) + min(int((lon + 180) // 6) + 1, 60)}"
    text = N_("{file} lies outside China, at {lon:.3f}°, {lat:.3f}°: UTM")
    return Proposal(code, Notice("new.abroad", text, file=path.name, lon=lon, lat=lat))


def _in_china(lon: float, lat: float) -> bool:
    return _FIRST_LON <= lon <= _LAST_LON and _FIRST_LAT <= lat <= _LAST_LAT


def _unknown(path: Path) -> Proposal:
    text = N_("{file} does not tell its zone: choose the one in which it lies")
    return Proposal(None, Notice("new.unknown", text, file=path.name))
