"""Places that a table says in degrees and in metres, compared: rows where the two lie apart are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj

from gis.arrays import Array
from gis.crs import transformer
from gis.crs_guess import epsg_cgcs2000
from gis.formats import crs_choice
from gis.formats.packed_degrees import unpacked
from models.errors import AppError
from models.notices import N_, Notice

DIFFER = "twice.differ"
"""Key of the remark on rows whose two places lie apart: one of the two is wrong."""
_LEAST_M = 1.0
_METRES_PER_DEGREE = 111_320.0
_ROUNDED = 0.75
"""Two degrees, each rounded to half its last digit, lie off by up to √½ of it."""
_ELSEWHERE_M = 20_000.0
_NAMED = 12
_DEGREES = "EPSG:4490"


def compared(
    said: dict[str, Any] | None, used: pyproj.CRS, home: pyproj.CRS, taken: str, *, packed: bool
) -> list[Notice]:
    """Remarks on what `said` holds (gis.formats.table_twice); `used` is the system of the pair that counts.

    Metres are compared in `used` where that is a grid, else in the system among the project's own and the CGCS2000
    zones of the longitude that puts them nearest, whichever of X and Y is the northing. Apart is what differs by more
    than 1 m, or than what the last digit of the degrees rounds away; `taken`: names of the columns that were used.
    """
    if not said:
        return []
    rows = np.array(said["rows"], np.float64)
    decimal = (rows[:, 1:3], float(said["step"]))
    as_packed = (unpacked(rows[:, 1:3]), 10.0 ** (4 - int(said["decimals"])) / 3600)
    readings = [decimal, as_packed] if not used.is_geographic else [as_packed] if packed else [decimal]
    found = [
        (code, apart, step)
        for degrees, step in readings
        for code in _systems(degrees, rows[:, 3:5], used, home)
        if (apart := _apart(degrees, rows[:, 3:5], used, code)) is not None
    ]
    facts = {"degrees": " / ".join(said["names"][:2]), "metres": " / ".join(said["names"][2:]), "taken": taken}
    if not found:
        return []
    code, apart, step = min(found, key=lambda f: float(np.median(f[1])))
    name = crs_choice.name_of(pyproj.CRS.from_user_input(code))
    if float(np.median(apart)) > _ELSEWHERE_M:
        text = N_("its columns {metres} were not compared with {degrees}: in no zone of CGCS2000 do they lie near them "
                  "({km:.0f} km at best); {taken} counts")  # fmt: skip
        return [Notice("twice.elsewhere", text, km=float(np.median(apart)) / 1000, **facts)]
    limit = max(_LEAST_M, _ROUNDED * step * _METRES_PER_DEGREE)
    odd = np.flatnonzero(~(apart <= limit))
    if not len(odd):
        text = N_("{degrees} and {metres} ({crs}) say the same places, to {limit:.1f} m, in all {count} rows compared")
        return [Notice("twice.agree", text, crs=name, limit=limit, count=len(rows), **facts)]
    text = N_("{count} of {all} rows say two different places: {degrees} and {metres} ({crs}) lie more than "
              "{limit:.1f} m apart, up to {most:.1f} m (rows {rows}); {taken} counts")  # fmt: skip
    listed = ", ".join(str(int(n)) for n in rows[odd[:_NAMED], 0]) + (" …" if len(odd) > _NAMED else "")
    most = float(np.nanmax(apart[odd]))
    return [Notice(DIFFER, text, crs=name, limit=limit, count=len(odd), all=len(rows), most=most, rows=listed, **facts)]


def _systems(degrees: Array, metres: Array, used: pyproj.CRS, home: pyproj.CRS) -> list[str]:
    """Systems in which the metres may be."""
    if not used.is_geographic:
        return [used.to_wkt()]
    longitude = float(np.median(degrees[:, 0]))
    codes = [home.to_wkt()] if home.is_projected else []
    high = metres[np.abs(metres) >= 1e7]
    if len(high):
        zones = {int(np.median(high) // 1e6)}
        options = [(z, 6 if z < 24 else 3, True) for z in zones]
    else:
        options = [(round(longitude / 3), 3, False), (int(longitude // 6) + 1, 6, False)]
        options += [(round(longitude / 3) + step, 3, False) for step in (-1, 1)]
    for zone, width, prefix in options:
        try:
            codes.append(f"EPSG:{epsg_cgcs2000(zone, degrees=width, prefix=prefix)}")
        except (ValueError, KeyError):
            continue
    return codes


def _apart(degrees: Array, metres: Array, used: pyproj.CRS, code: str) -> Array | None:
    """Distances (m) of the two places, X and Y either way round; NaN where there is no image."""
    try:
        way = transformer(used if used.is_geographic else _DEGREES, code)
        x, y = way.transform(degrees[:, 0], degrees[:, 1])
    except (AppError, pyproj.exceptions.ProjError):
        return None
    with np.errstate(invalid="ignore"):
        ways = [np.hypot(x - metres[:, a], y - metres[:, b]) for a, b in ((0, 1), (1, 0))]
    best = min(ways, key=lambda d: float(np.nanmedian(d)) if np.isfinite(d).any() else np.inf)
    return np.where(np.isfinite(best), best, np.inf) if np.isfinite(best).any() else None
