"""A TIN surface of a LandXML file, parsed by the child (gis/formats/landxml.py)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gis.formats import LIMITS, process
from gis.formats.landxml import is_landxml
from gis.points.base import POINT_LIMITS, PointLimits, RawPoints, Skips
from gis.points.surface_file import surface_of
from gis.points.vector import Held, ended
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.units import FOOT_M, US_SURVEY_FOOT_M

_UNITS = {"": 1.0, "meter": 1.0, "metre": 1.0, "millimeter": 0.001, "centimeter": 0.01, "kilometer": 1000.0,
          "foot": FOOT_M, "ussurveyfoot": US_SURVEY_FOOT_M, "inch": FOOT_M / 12}  # fmt: skip


def is_surface_file(path: Path) -> bool:
    """True for LandXML by its first bytes."""
    try:
        with path.open("rb") as file:
            return is_landxml(file.read(8192))
    except OSError:
        return False  # what is wrong is told where the file is read


def read_landxml(
    path: Path,
    *,
    sublayer: str | None = None,
    encoding: str | None = None,
    z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> RawPoints:
    """The points and triangles of the file's TIN surface; of several, of the one named `sublayer`.

    `z_factor`: metres in one unit of the heights, where they are not in the file's unit.

    Raises Refused, Missing, Unreadable, Cancelled.
    """
    held, done = Held(), False
    for message, shapes in process.messages(
        path.resolve(), "landxml", sublayer=sublayer, prefer=None, encoding=encoding, watch=watch or Watch(),
        limits=replace(LIMITS, vertices=limits.points),
    ):  # fmt: skip
        done = held.take(message, shapes) or done
    ended(held, done, path)
    warnings = [Notice.from_json(w) for w in held.head["warnings"]]
    factor = _factor(held, str(path), warnings)
    if held.head["invisible"]:
        text = N_("{count} faces are marked as invisible: holes without height")
        warnings.append(Notice("landxml.invisible", text, count=held.head["invisible"]))
    raw = surface_of("landxml", held, factor, Skips(), warnings, z_factor)
    raw.encoding = held.head["encoding"]
    raw.crs, raw.crs_text = str(held.head["crs"]), str(held.head["crs_text"])
    return raw


def _factor(held: Held, where: str, warnings: list[Notice]) -> float:
    """Metres per unit of the file. Raises Refused for a unit that is not known, or that its system may not have."""
    unit = str(held.head["unit"])
    factor = _UNITS.get(unit.lower())
    if factor is None or (factor != 1.0 and held.head["crs"]):
        raise Refused(
            "landxml.unit",
            N_("the file is in {unit}; surfaces in metres are read, and others where the file names no system"),
            where=where,
            advice=N_("export the surface in metres"),
            unit=unit,
        )
    if factor != 1.0:
        text = N_("the file is in {unit} and was converted to metres")
        warnings.append(Notice("landxml.converted", text, unit=unit))
    return factor
