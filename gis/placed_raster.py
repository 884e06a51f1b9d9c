"""Whether a raster can lie where it says: its world file holds six numbers, and its numbers fit its system."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from pyproj import CRS

from gis.crs import crs_text, horizontal
from gis.crs_guess import Bounds, guess_crs
from gis.formats.crs_choice import check_fit
from models.errors import Refused
from models.notices import N_

_START = re.compile(r"\s*[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_MOST_BYTES = 4096
_LINES = 6


def world_files(path: Path) -> list[str]:
    """The usual names of the world file of a picture."""
    end = path.suffix.lstrip(".").lower()
    short = f"{end[0]}{end[-1]}w" if len(end) > 1 else "wld"
    return [path.with_suffix("." + s).name for s in dict.fromkeys((short, end + "w", "wld"))]


def check_raster_place(path: Path, transform: Sequence[float], crs: CRS, bounds: Bounds) -> None:
    """Raises Refused for a garbled world file that made the transform, and for numbers that are of another system.

    Numbers that are of no system at all are those of a local frame: the terrain is measured in it as it is.
    """
    _check_world_file(path, transform)
    flat = horizontal(crs)
    x0, y0, x1, y1 = bounds
    home = crs_text(flat)
    guess = guess_crs(bounds, project_crs=home)
    if guess is not None or guess_crs((y0, x0, y1, x1), project_crs=home) is not None:
        check_fit(flat, bounds, guess, str(path))


def _check_world_file(path: Path, transform: Sequence[float]) -> None:
    """GDAL takes 0 for a line that is no number: the raster would lie somewhere else in silence."""
    wanted = {n.lower() for n in world_files(path)}
    found = next((p for p in path.parent.iterdir() if p.name.lower() in wanted and p.is_file()), None)
    if found is None:
        return
    with found.open("rb") as file:
        lines = file.read(_MOST_BYTES).decode("utf-8-sig", "replace").split("\n")[:_LINES]
    read = [_START.match(line) for line in lines]
    values = [float(m[0].strip().replace(",", ".")) if m else 0.0 for m in read]
    if len(values) < _LINES or all(m is not None for m in read):
        return
    a, d, b, e, x, y = values
    made = (a, b, x - a / 2 - b / 2, d, e, y - d / 2 - e / 2)
    if all(math.isclose(v, t, rel_tol=1e-9, abs_tol=1e-6) for v, t in zip(made, transform, strict=False)):
        bad = next(i for i, m in enumerate(read) if m is None)
        raise Refused(
            "raster.world_file",
            N_("line {line} of its world file is no number: {said}"),
            where=str(found),
            advice=N_("mend the six lines: cell size, two turns, cell size, easting and northing of the first cell"),
            line=bad + 1,
            said=lines[bad].strip()[:40],
        )
