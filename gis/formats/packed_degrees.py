"""Degrees as surveyors' calculators write them, D.MMSSss: 109.4512345 is 109°45′12.345″, and looks like a decimal.

What the digits allow is seen where a table is parsed (`digits_of`); which reading counts is decided where its shapes
are placed (`decide`). Read the wrong way a place lies up to 43 km off, so where both are possible a person is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from gis.crs_guess import Bounds
from gis.crs_zones import gap_m, wind
from gis.formats.base import Found, Plan, Rows
from gis.formats.breath import breathe
from gis.formats.columns import Columns
from models.errors import Refused
from models.notices import N_, Notice

Degrees = Literal["auto", "decimal", "packed"]
Doubles = NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]

_ENOUGH = 7
"""A value whose digits are random passes with 0.6 · 0.6 (tens of minutes and of seconds below 6): 0.36⁷ < 1/1000."""
_TYPOS = 3
"""Values that must fit to outweigh one that cannot be packed: with one slip in twenty, packed degrees have 19."""
_SAME_DEGREES = 1e-5
"""Readings that differ by less, a metre, are one."""
_AMONG_M = 5_000.0
_PLAIN = re.compile(r"[+-]?(\d{1,3})(?:[.,](\d*))?")
_SAYS_PACKED = re.compile(r"d\.?mm\.?ss|度[.．。·]分秒|度分秒", re.IGNORECASE)
_SAYS_DECIMAL = re.compile(r"decimal|十进制|小数|dd\.?dddd|度[.．]度", re.IGNORECASE)
_GEOD = pyproj.Geod(ellps="GRS80")
_DEGREES = pyproj.CRS.from_epsg(4490)


@dataclass(frozen=True)
class Digits:
    """What the digits of a table's columns of degrees allow.

    `fits`: every value can be packed; if not, `odd` is the first that cannot and `row` its row. `count`: different
    values with at least four decimals that can be packed, `wrong`: different ones that cannot. `said`: what the
    headings say ("" for nothing), `head` the one that does.
    """

    fits: bool
    count: int
    said: Literal["", "decimal", "packed"] = ""
    head: str = ""
    odd: str = ""
    row: int = 0
    wrong: int = 0


def digits_of(rows: Iterable[tuple[int, list[Any]]], pairs: Pairs, head: Sequence[str]) -> dict[str, Any] | None:
    """What the cells of columns of coordinates allow, as `Digits` in a dictionary; None where they are no degrees."""
    from gis.points.numbers import parse_number

    columns = [at for pair in pairs for at in pair]
    seen: set[tuple[int, str]] = set()
    wrong: set[tuple[int, str]] = set()
    odd: tuple[str, int] | None = None
    numbers, signs = 0, False
    for number, cells in rows:
        if number % 2000 == 0:
            breathe()
        for place, at in enumerate(columns):
            cell = cells[at] if at < len(cells) else None
            if cell is None or str(cell).strip() == "":
                continue
            value = parse_number(cell)
            if value is None:  # degrees with signs, or no number at all
                signs = signs or _has_signs(cell)
                odd = odd or ((str(cell).strip()[:40], number) if _has_signs(cell) else None)
                continue
            numbers += 1
            if abs(value) > 180:
                return None
            written = _written(cell, value)
            if not _can_be_packed(written):
                odd = odd or (written, number)
                wrong.add((place % 2, written))
            elif len(written.partition(".")[2]) >= 4:
                seen.add((place % 2, written))
        if signs or (numbers > 20 and _TYPOS * len(wrong) > len(seen) + _ENOUGH):
            break  # nothing that follows would change it
    if not numbers and odd is None:
        return None
    said, name = said_by([head[at] for at in columns if at < len(head)])
    return asdict(Digits(odd is None, len(seen), said, name, *(odd or ("", 0)), wrong=0 if signs else len(wrong)))


def with_digits(found: Found, rows: Sequence[tuple[int, list[Any]]], columns: Columns) -> Found:
    """The layer of a table, opened with what the digits of its coordinates allow."""
    pairs = columns.corners or ([columns.pair] if columns.pair else [])
    if columns.shape is not None or not pairs:
        return found

    def opened() -> Plan | Rows:
        source = found.open()
        return replace(source, degrees=digits_of(rows, pairs, columns.head)) if isinstance(source, Rows) else source

    return replace(found, open=opened)


def _has_signs(cell: Any) -> bool:
    return isinstance(cell, str) and any(c in cell for c in "°度′'分")


def _written(cell: Any, value: float) -> str:
    """The number as it was written, zeros at its end included; a spreadsheet's number as it stands there."""
    text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else repr(value)
    found = _PLAIN.fullmatch(text)
    return f"{found[1]}.{found[2] or ''}" if found else f"{abs(value):.10f}".rstrip("0")


def _can_be_packed(written: str) -> bool:
    decimals = written.partition(".")[2].ljust(4, "0")
    return int(decimals[:2]) < 60 and int(decimals[2:4]) < 60


def said_by(heads: Iterable[str]) -> tuple[Literal["", "decimal", "packed"], str]:
    """(what the headings say of the form of degrees, the heading that does)."""
    for head in heads:
        text = unicodedata.normalize("NFKC", head)
        if _SAYS_PACKED.search(text):
            return "packed", head
        if _SAYS_DECIMAL.search(text):
            return "decimal", head
    return "", ""


def unpacked(values: Doubles) -> Doubles:
    """Decimal degrees of packed ones. Rounded to 1e-11°, so that 40.45 (binary 40.4500000…03) has 45 minutes."""
    with np.errstate(invalid="ignore"):
        packed = np.round(np.abs(values) * 1e4, 7)
        degrees = np.floor(packed / 1e4)
        rest = np.round(packed - degrees * 1e4, 7)
        minutes = np.floor(rest / 100)
        made: Doubles = np.copysign(degrees + minutes / 60 + (rest - minutes * 100) / 3600, values)
    return np.where(np.isfinite(values), made, values)


@dataclass(frozen=True)
class Reading:
    """Where the data lie in one reading: middle in degrees, distance from what the project holds (None: empty)."""

    lon: float
    lat: float
    gap_m: float | None

    def notice(self) -> Notice:
        """The place in words."""
        facts = {"lon": self.lon, "lat": self.lat}
        if self.gap_m is None:
            return Notice("degrees.empty", N_("{lon:.4f}°, {lat:.4f}°"), **facts)
        if self.gap_m < 1.0:
            return Notice("degrees.among", N_("{lon:.4f}°, {lat:.4f}°; among what the project holds"), **facts)
        text = N_("{lon:.4f}°, {lat:.4f}°; {km:.1f} km from what the project holds")
        return Notice("degrees.away", text, km=self.gap_m / 1000, **facts)


@dataclass(frozen=True)
class Readings:
    """The two readings of a table; `km` and `wind` from the decimal to the packed one."""

    decimal: Reading
    packed: Reading
    km: float
    wind: Notice

    @property
    def near(self) -> Degrees:
        """The reading that alone lies among what the project holds; "auto" where that does not tell."""
        reach = min(_AMONG_M, self.km * 1000 / 4)
        decimal, packed = (r.gap_m is not None and r.gap_m <= reach for r in (self.decimal, self.packed))
        if decimal == packed:
            return "auto"
        return "decimal" if decimal else "packed"


def readings(
    said: dict[str, Any] | None, flat: Any, crs: pyproj.CRS | None, home: pyproj.CRS, neighbours: Bounds | None
) -> Readings | None:
    """Both readings of the shapes `flat` with the digits `said`; None where there is only one."""
    if said is None or not (said["fits"] or _nearly(said)) or (crs is not None and not crs.is_geographic):
        return None
    xy = shapely.get_coordinates(flat)
    xy = xy[np.isfinite(xy).all(axis=1)]
    other = unpacked(xy)
    if not len(xy) or float(np.abs(other - xy).max()) <= _SAME_DEGREES:
        return None
    a, b = (_reading(v, crs or _DEGREES, home, neighbours) for v in (xy, other))
    _, _, metres = _GEOD.inv(a.lon, a.lat, b.lon, b.lat)
    return Readings(a, b, float(metres) / 1000, wind(b.lon - a.lon, b.lat - a.lat))


def _reading(xy: Doubles, crs: pyproj.CRS, home: pyproj.CRS, neighbours: Bounds | None) -> Reading:
    low, high = xy.min(axis=0), xy.max(axis=0)
    lon, lat = (low + high) / 2
    if abs(lat) > 90 or (lon < 60 <= lat):  # the latitude stands first; the axes are exchanged later
        low, high, lon, lat = low[::-1], high[::-1], lat, lon
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    gap = None if neighbours is None else gap_m(crs.to_wkt(), box, home, neighbours)
    return Reading(float(lon), float(lat), None if gap is None else gap[0])


def decide(
    said: dict[str, Any] | None, both: Readings | None, choice: Degrees, where: str
) -> tuple[bool, list[Notice]]:
    """(whether the degrees are packed, remarks). Raises Refused where nothing decides, or the choice cannot be."""
    if choice == "decimal":
        return False, []
    if choice == "packed":
        if said is None:
            raise Refused(
                "degrees.no_table",
                N_("degrees, minutes and seconds in one number are read only from tables of longitude and latitude"),
                where=where,
                advice=N_("leave --degrees out"),
            )
        _check_packed(said, where)
        return True, [
            Notice("degrees.stated", N_("its degrees were read as D.MMSS (109.4512 is 109°45′12″), as stated"))
        ]
    if said is None or said["said"] == "decimal":
        return False, []
    if said["said"] == "packed":
        if said["odd"] and _has_signs(said["odd"]):
            return False, []  # the heading speaks of cells like 109°45′12″
        _check_packed(said, where)
        text = N_("its degrees were read as D.MMSS (109.4512 is 109°45′12″), as the heading “{head}” says")
        return True, [Notice("degrees.said", text, head=said["head"])]
    if both is None:
        return False, []
    if said["count"] >= _ENOUGH and both.near != "decimal":
        raise _open(said, both, where) if said["fits"] else _slip(said, both, where)
    facts = {"packed": both.packed.notice(), "km": both.km, "wind": both.wind}
    if both.near == "packed":
        text = N_("its degrees were read as decimal ones; read as D.MMSS (109.4512 is 109°45′12″) they would lie at "
                  "{packed}, {km:.1f} km {wind}: --degrees packed reads them so")  # fmt: skip
        return False, [Notice("degrees.doubt", text, **facts)]
    if said["count"] >= _ENOUGH:
        text = N_(
            "its degrees could be D.MMSS too ({packed}); read as decimal ones they lie where the project's data do"
        )
        return False, [Notice("degrees.by_place", text, **facts)]
    return False, []


def offered(said: dict[str, Any] | None, both: Readings | None, choice: Degrees) -> bool:
    """Whether a person should be given the choice between the readings."""
    if said is None or both is None:
        return False
    return choice != "auto" or said["count"] >= _ENOUGH or both.near == "packed"


def doubt(pairs: Sequence[tuple[float, float]], home: pyproj.CRS, neighbours: Bounds | None) -> Notice | None:
    """The remark on typed numbers (longitude, latitude) that could be packed degrees; None without need."""
    said = digits_of([(n, list(p)) for n, p in enumerate(pairs, 1)], [(0, 1)], [])
    both = readings(said, shapely.MultiPoint(pairs), None, home, neighbours)
    if said is None or both is None or both.near == "decimal" or (said["count"] < _ENOUGH and both.near != "packed"):
        return None
    text = N_("taken as decimal degrees; as degrees, minutes and seconds (109.4512 for 109°45′12″) they would lie at "
              "{packed}: write them with ° ′ ″ then")  # fmt: skip
    return Notice("degrees.typed", text, packed=both.packed.notice())


def _nearly(said: dict[str, Any]) -> bool:
    """Whether so many values can be packed that the few that cannot look like slips of the pen."""
    return bool(said["wrong"] and said["count"] - _TYPOS * said["wrong"] >= _ENOUGH)


def _slip(said: dict[str, Any], both: Readings, where: str) -> Refused:
    return Refused(
        "import.nearly_packed",
        N_("its degrees look like D.MMSS, 109.4512 for 109°45′12″ ({packed}, {km:.1f} km {wind} of the decimal "
           "reading): {count} values allow it, {wrong} do not (row {row}: {value})"),
        where=where,
        advice=N_("mend those values and say --degrees packed, or say --degrees decimal if all are decimal degrees"),
        packed=both.packed.notice(),
        km=both.km,
        wind=both.wind,
        count=said["count"],
        wrong=said["wrong"],
        row=said["row"],
        value=said["odd"],
    )  # fmt: skip


def _check_packed(said: dict[str, Any], where: str) -> None:
    if said["fits"]:
        return
    raise Refused(
        "degrees.not_packed",
        N_("row {row}: {value} is no D.MMSS, its minutes or seconds would be 60 or more"),
        where=where,
        advice=N_("mend the value, or say --degrees decimal if the column holds decimal degrees"),
        row=said["row"],
        value=said["odd"],
    )


_NEAR = {
    "packed": Notice("degrees.near_packed", N_("only as D.MMSS they lie among what the project holds")),
    "auto": Notice("degrees.near_none", N_("what the project holds does not tell")),
}


def _open(said: dict[str, Any], both: Readings, where: str) -> Refused:
    return Refused(
        "import.two_degrees",
        N_("its degrees can be decimal ({decimal}) or D.MMSS, 109.4512 for 109°45′12″ ({packed}, {km:.1f} km {wind}): "
           "all {count} values allow both; {near}"),
        where=where,
        advice=N_("ask whoever made the file, then say --degrees packed (D.MMSS) or --degrees decimal"),
        decimal=both.decimal.notice(),
        packed=both.packed.notice(),
        km=both.km,
        wind=both.wind,
        count=said["count"],
        near=_NEAR[both.near],
    )  # fmt: skip
