"""Whole tables by GDAL at once (pyogrio), in batches: for formats whose rows can be found by number without reading.

Ten times as fast as feature by feature. Formats that GDAL must read from their beginning to find a row stay with fiona.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely

from gis.formats import wide_numbers
from gis.formats.base import Plan
from gis.formats.encodings import decode
from gis.formats.ring_direction import holes_again
from gis.library_warnings import recorded, silenced
from models.notices import N_, Notice

DRIVERS = frozenset({"ESRI Shapefile", "GPKG"})
_BATCH = 10_000
_SURFACES = (15, 16)
_UNCLOSED = Notice("import.unclosed", N_("a ring was not closed"))
_BROKEN = Notice("import.broken_shape", N_("its outline is damaged: it has numbers that are no coordinates"))
_TINIEST = 1e-100
_BAD = Notice("import.bad_shape", N_("its outline cannot be read (too few points)"))

_SEPARATOR = "\x1f"
_PLAIN_CODECS = frozenset({"utf-8", "gb18030", "cp950", "cp949", "cp932", "cp1250", "cp1251", "cp1252"})
"""Codecs in which the separator is always itself: texts joined by it are decoded in one go."""


@dataclass
class Block:
    """Features that follow each other, by columns; `numbers` are their rows in the file, from 1."""

    numbers: list[int]
    names: list[str]
    columns: list[list[Any]]
    notes: dict[int, list[Any]]
    """Remarks (as JSON) by position in the block."""
    wkb: Any
    """The shapes as GDAL gave them, bytes or None, where they are sound as they are; None where they were altered."""


Batch = tuple[Block, npt.NDArray[np.object_]]
"""The features, and their geometries (None where there is none or it cannot be read)."""


class _Mode:
    """`here` is True in a process that reads plain arrays and nothing else."""

    here = False


arrays_only = _Mode()


def _pyogrio() -> Any:
    """Pyogrio; in a child without the libraries that it looks for and only its tables need.

    They took more than a third of the start of a child, which reads plain arrays alone.
    """
    if arrays_only.here and "pyogrio" not in sys.modules:
        kept_out = [n for n in ("geopandas", "pandas", "pyproj", "pyarrow") if n not in sys.modules]
        sys.modules.update(dict.fromkeys(kept_out, cast("Any", None)))  # None: there is no such module
        try:
            import pyogrio.raw  # noqa: F401
        finally:
            for name in kept_out:
                del sys.modules[name]
    return import_module("pyogrio")


def head(plan: Plan, layer: str) -> tuple[int, str] | None:
    """(number of features, CRS as WKT or code or ""); None where pyogrio stumbles over what the CRS says."""
    if "!" in plan.path:  # which pyogrio takes for a place inside an archive
        return None
    pyogrio = _pyogrio()
    read_info: Any = pyogrio.read_info  # it has no types
    with silenced():
        try:
            info = read_info(plan.path, layer=layer, encoding=_encoding(plan), force_feature_count=True)
        except (pyogrio.errors.CRSError, UnboundLocalError):  # the latter is how pyogrio takes some damaged texts
            return None
    return int(info["features"]), str(info["crs"] or "")


def batches(plan: Plan, layer: str, count: int, late: list[Notice]) -> Iterator[Batch]:
    """The features of a layer, some thousands at a time; what can only be told after them goes into `late`."""
    read = _pyogrio().raw.read
    shapefile = plan.driver == "ESRI Shapefile"
    exact = wide_numbers.of(plan)
    start = 0
    while start < count:
        with recorded() as said:
            meta, fids, shapes, columns = read(
                plan.path, layer=layer, encoding=_encoding(plan), skip_features=start, max_features=_BATCH,
                datetime_as_string=True, return_fids=True,
            )  # fmt: skip
        if not late and any("Measured" in str(w.message) for w in said):
            late.append(Notice("import.measures", N_("measures (M) of the vertices were left out")))
        size = len(shapes) if shapes is not None else len(columns[0]) if columns else 0
        if size == 0:
            return
        made, notes, as_given = _geometries(shapes, size)
        if shapefile:
            turned = holes_again(made)
            as_given = as_given and turned is made
            made = turned
        names = [_text(str(n), plan.codec) for n in meta["fields"]]
        kinds = zip(meta["ogr_types"], meta["ogr_subtypes"], columns, strict=True)
        values = [_values(column, kind, sub, plan.codec) for kind, sub, column in kinds]
        for at, (name, kind, column) in enumerate(zip(meta["fields"], meta["ogr_types"], columns, strict=True)):
            if at not in exact and wide_numbers.rounded(column, kind):
                exact[at] = wide_numbers.of_column(plan, layer, str(name))
        for at, kept in exact.items():
            values[at] = wide_numbers.put(values[at], kept, fids)
        numbers = (fids + 1).tolist() if shapefile else [*range(start + 1, start + size + 1)]
        yield Block(numbers, names, values, notes, shapes if as_given else None), made
        # GDAL finds the place to go on by record in a shapefile, where deleted rows count, and by feature elsewhere.
        start = int(fids[-1]) + 1 if shapefile else start + size


def _encoding(plan: Plan) -> str | None:
    return "ISO-8859-1" if plan.codec else None


def _geometries(shapes: Any, size: int) -> tuple[npt.NDArray[np.object_], dict[int, list[Any]], bool]:
    """(geometries, remarks by position, whether every geometry is what its bytes say)."""
    if shapes is None:
        return np.full(size, None, object), {}, False
    with np.errstate(all="ignore"):
        made = shapely.from_wkb(shapes, on_invalid="ignore")
    given = np.array([s is not None for s in shapes], np.bool_)
    notes: dict[int, list[Any]] = {}
    unread = np.flatnonzero(given & shapely.is_missing(made))
    for i in unread:
        made[i] = _surface(bytes(shapes[i]))
        if made[i] is None:
            made[i] = shapely.from_wkb(shapes[i], on_invalid="fix")
            notes[int(i)] = [(_BAD if made[i] is None else _UNCLOSED).to_json()]
    for at in _nonsense(made):
        made[at] = None
        notes[at] = [_BROKEN.to_json()]
    return made, notes, not len(unread) and not notes


def _nonsense(made: npt.NDArray[np.object_]) -> list[int]:
    """Positions of geometries with numbers that were never a coordinate."""
    with np.errstate(invalid="ignore"):
        if not (np.abs(shapely.get_coordinates(made)) < _TINIEST).any():
            return []
        xy, owner = shapely.get_coordinates(made, return_index=True)
        found = ((xy != 0) & (np.abs(xy) < _TINIEST)).any(axis=1)
    return [int(i) for i in np.unique(owner[found])]


def _surface(wkb: bytes) -> Any:
    """The faces of a net of triangles or a polyhedral surface (OGC 06-103r4, WKB types 15 to 17) as polygons.

    None for any other shape; GEOS does not know these types.
    """
    if len(wkb) < 9 or wkb[0] != 1 or int.from_bytes(wkb[1:5], "little") % 1000 not in _SURFACES:
        return None
    made, at, z = bytearray(wkb), 9, int.from_bytes(wkb[1:5], "little") >= 1000
    made[1:5] = (1006 if z else 6).to_bytes(4, "little")
    size = 24 if z else 16
    try:
        for _ in range(int.from_bytes(wkb[5:9], "little")):
            if at + 9 > len(wkb):
                return None
            made[at + 1 : at + 5] = (1003 if z else 3).to_bytes(4, "little")
            rings = int.from_bytes(wkb[at + 5 : at + 9], "little")
            at += 9
            for _ring in range(rings):
                at += 4 + size * int.from_bytes(wkb[at : at + 4], "little")
                if at > len(wkb):
                    return None
        return shapely.from_wkb(bytes(made), on_invalid="ignore")
    except shapely.errors.ShapelyError:
        return None


def _values(column: Any, kind: str, sub: str, codec: str) -> list[Any]:
    """A column as JSON holds it: whole numbers stay whole, what is missing or not finite is None."""
    if kind == "OFTBinary":
        return [None] * len(column)
    if column.dtype.kind == "f":
        whole = kind in {"OFTInteger", "OFTInteger64"}
        found = column.tolist()
        if sub == "OFSTBoolean":
            return [None if v != v else bool(v) for v in found]  # noqa: PLR0124 - NaN alone is unequal to itself
        if whole:
            return [None if v != v else int(v) for v in found]  # noqa: PLR0124
        good = np.isfinite(column)
        return found if good.all() else [v if g else None for v, g in zip(found, good.tolist(), strict=True)]
    if column.dtype.kind == "M":
        return [None if v is None else str(v) for v in np.datetime_as_string(column).tolist()]
    return _texts(column.tolist(), codec)


def _texts(values: list[Any], codec: str) -> list[Any]:
    """What `_plain` makes of each of many values."""
    if all(type(v) is str for v in values):
        if not codec:
            return values
        whole = _SEPARATOR.join(values)
        if whole.isascii():
            return values
        if codec in _PLAIN_CODECS:
            with suppress(UnicodeError):  # a text that is cut off or damaged: one by one then
                found = whole.encode("latin-1").decode(codec).split(_SEPARATOR)
                if len(found) == len(values):
                    return found
    return [_plain(v, codec) for v in values]


def _plain(value: Any, codec: str) -> Any:
    from gis.formats import wire

    if isinstance(value, np.ndarray):
        value = value.tolist()
    value = wire.plain(value)
    return _text(value, codec) if codec and isinstance(value, str) else value


def _text(value: str, codec: str) -> str:
    if not codec or value.isascii():
        return value
    return decode(value.encode("latin-1", "replace"), codec)
