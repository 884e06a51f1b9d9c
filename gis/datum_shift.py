"""Parameters from an older Chinese datum to CGCS2000: three, four or seven, as a survey office hands them out.

Xi'an 1980 and Beijing 1954 are local datums: tens to a hundred metres from CGCS2000, differently in every county. There
is no general shift; without parameters such data are refused.

- three: geocentric translation (EPSG 1031); seven: Bursa–Wolf with translation, rotations and scale, the sign of the
  rotations by `convention` (coordinate frame, EPSG 1032, as the Chinese form of the model; position vector, EPSG 1033);
- four: plane similarity between two projected systems (X north, Y east):
  X2 = dX + (1 + m)(X1 cos a - Y1 sin a), Y2 = dY + (1 + m)(X1 sin a + Y1 cos a).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np
import pyproj
from pyproj.exceptions import ProjError
from pyproj.transformer import Transformer

from gis.arrays import Array
from models.errors import Refused
from models.notices import N_

Kind = Literal["three", "four", "seven"]
Convention = Literal["coordinate_frame", "position_vector"]
FIELDS: dict[Kind, tuple[str, ...]] = {
    "three": ("dx_m", "dy_m", "dz_m"),
    "four": ("dx_m", "dy_m", "rotation_s", "scale_ppm"),
    "seven": ("dx_m", "dy_m", "dz_m", "rx_s", "ry_s", "rz_s", "scale_ppm"),
}
_CGCS2000 = "EPSG:4490"
_LIMIT_M = 400.0
"""A datum of China is never further from CGCS2000; more means a wrong sign, unit or zone."""
OLD_DATUMS = {"xian1980": "EPSG:4610", "beijing1954": "EPSG:4214"}
"""Words for the two old datums: their geographic systems."""


class Way(Protocol):
    """Something that moves coordinates, easting or longitude first."""

    def transform(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The images of points."""


@dataclass(frozen=True)
class DatumShift:
    """One set of parameters under a name. `source` and `target` are CRS codes; `origin` says who gave it."""

    name: str
    kind: Kind
    source: str
    target: str
    values: tuple[float, ...]
    convention: Convention = "coordinate_frame"
    origin: str = ""

    def to_json(self) -> dict[str, Any]:
        """What the project keeps."""
        return {**asdict(self), "values": list(self.values)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> DatumShift:
        """What `to_json` gave; raises Refused for anything else."""
        try:
            made = cls(
                str(data["name"]),
                data["kind"],
                str(data["source"]),
                str(data["target"]),
                tuple(float(v) for v in data["values"]),
                data.get("convention", "coordinate_frame"),
                str(data.get("origin", "")),
            )
        except (KeyError, TypeError, ValueError) as cause:
            raise Refused("shift.bad", N_("the project holds parameters that cannot be read")) from cause
        made.check()
        return made

    def check(self) -> None:
        """Raises Refused unless kind, number of values and systems go together."""
        if self.kind not in FIELDS or self.convention not in ("coordinate_frame", "position_vector"):
            raise Refused("shift.kind", N_("parameters are three, four or seven"), where=self.name)
        wanted = FIELDS[self.kind]
        if len(self.values) != len(wanted) or not all(math.isfinite(v) for v in self.values):
            raise Refused(
                "shift.count",
                N_("{kind} parameters are {names}; {count} numbers were given"),
                where=self.name,
                kind=self.kind,
                names=", ".join(wanted),
                count=len(self.values),
            )
        source, target = _crs(self.source, self.name), _crs(self.target, self.name)
        if not _is_cgcs2000(target):
            raise Refused(
                "shift.target", N_("parameters lead to CGCS2000; {crs} is none"), where=self.name, crs=self.target
            )
        if self.kind == "four" and not (source.is_projected and target.is_projected):
            raise Refused(
                "shift.plane",
                N_("four parameters lie between two projected systems"),
                where=self.name,
                advice=N_("name the zone on both sides, for instance EPSG:2382 and EPSG:4546"),
            )

    def fits(self, crs: pyproj.CRS) -> bool:
        """Whether it is made for data in this CRS: the same datum; for four parameters the same central meridian."""
        source = pyproj.CRS.from_user_input(self.source)
        if _datum(source) != _datum(crs):
            return False
        return self.kind != "four" or (crs.is_projected and _meridian(crs) == _meridian(source))

    def way(self, source: pyproj.CRS, target: pyproj.CRS) -> Chain:
        """From data in `source` (same datum as the parameters') to `target`."""
        base = _crs(self.source, self.name)
        here = _geographic(base) if self.kind != "four" else base
        there = _crs(_CGCS2000, self.name) if self.kind != "four" else _crs(self.target, self.name)
        return Chain((_between(source, here), self._middle(here), _between(there, target)))

    def _middle(self, here: pyproj.CRS) -> Way:
        if self.kind == "four":
            return Plane(*self.values)
        ellipsoid = here.ellipsoid
        if ellipsoid is None:
            raise Refused("shift.kind", N_("parameters are three, four or seven"), where=self.name)
        names = ("x", "y", "z", "rx", "ry", "rz", "s")
        steps = " ".join(f"+{n}={v!r}" for n, v in zip(names, self.values, strict=False))
        sense = f" +convention={self.convention}" if self.kind == "seven" else ""
        return Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=cart +a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r} "
            f"+step +proj=helmert {steps}{sense} "
            "+step +inv +proj=cart +a=6378137.0 +rf=298.257222101 "
            "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )

    def moved_m(self, source: pyproj.CRS, x: float, y: float) -> float:
        """How far the parameters move a place of `source` on the ground, in metres, against a mere change of ellipsoid.

        Raises Refused where that is more than any datum of China lies from CGCS2000.
        """
        degrees = _crs(_CGCS2000, self.name)
        there = self.way(source, degrees).transform(np.array([x]), np.array([y]))
        here = _between(source, _geographic(source)).transform(np.array([x]), np.array([y]))
        east = float(there[0][0] - here[0][0]) * math.cos(math.radians(float(here[1][0]))) * 111_320.0
        metres = math.hypot(east, float(there[1][0] - here[1][0]) * 111_320.0)
        if not metres <= _LIMIT_M:
            raise Refused(
                "shift.too_far",
                N_("the parameters “{name}” move the data by {metres:.0f} m; no datum of China lies so far away"),
                advice=N_("check signs, units (metres, seconds, parts per million) and the sense of the rotations"),
                name=self.name,
                metres=metres,
            )
        return metres


@dataclass(frozen=True)
class Plane:
    """Four parameters: metres north, metres east, rotation in seconds, scale in parts per million."""

    north_m: float
    east_m: float
    rotation_s: float
    scale_ppm: float

    def transform(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Eastings and northings moved."""
        angle, scale = math.radians(self.rotation_s / 3600.0), 1.0 + self.scale_ppm * 1e-6
        cos, sin = scale * math.cos(angle), scale * math.sin(angle)
        east, north = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        return self.east_m + north * sin + east * cos, self.north_m + north * cos - east * sin


@dataclass(frozen=True)
class Chain:
    """Several ways one after the other."""

    parts: tuple[Way, ...]

    def transform(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The images of points, easting or longitude first."""
        for part in self.parts:
            x, y = part.transform(x, y)[:2]
        return x, y


def find(shifts: Sequence[DatumShift], crs: pyproj.CRS, name: str | None = None) -> DatumShift | None:
    """The parameters for data in `crs`: those named, else the only ones that fit.

    Raises Refused where several fit and none is named, or the named ones do not fit.
    """
    fitting = [s for s in shifts if s.fits(crs)]
    if name is not None:
        fitting = [s for s in fitting if s.name == name]
        if not fitting:
            raise Refused(
                "shift.unknown", N_("the project has no parameters “{name}” for {crs}"), name=name, crs=crs.name
            )
    if len(fitting) > 1:
        raise Refused(
            "shift.which",
            N_("the project has several parameters for {crs}: {names}"),
            advice=N_("say which are to be used"),
            crs=crs.name,
            names=", ".join(s.name for s in fitting),
        )
    return fitting[0] if fitting else None


def _between(a: pyproj.CRS, b: pyproj.CRS) -> Way:
    try:
        return Transformer.from_crs(a, b, always_xy=True)
    except ProjError as cause:
        raise Refused(
            "import.no_way", N_("there is no transformation from {source} to {target}"), source=a.name, target=b.name
        ) from cause


def _crs(text: str, where: str) -> pyproj.CRS:
    from gis.crs import parse_crs

    try:
        return parse_crs(text)
    except Refused as refusal:
        refusal.where = where
        raise


def _geographic(crs: pyproj.CRS) -> pyproj.CRS:
    base = crs.geodetic_crs
    if base is None:
        raise Refused("crs.not_projected", N_("“{name}” is not a map projection"), name=crs.name)
    return base


def _datum(crs: pyproj.CRS) -> str:
    base = crs.geodetic_crs
    return base.datum.name.casefold() if base is not None and base.datum is not None else crs.name.casefold()


def _is_cgcs2000(crs: pyproj.CRS) -> bool:
    return "2000" in _datum(crs) and "china" in _datum(crs)


def _meridian(crs: pyproj.CRS) -> float | None:
    operation = crs.coordinate_operation
    values = {str(p.code): float(p.value) for p in operation.params} if operation is not None else {}
    return values.get("8802")
