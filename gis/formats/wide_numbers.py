"""Whole numbers of more digits than a float holds (parcel codes of 17 digits and more), read as they are written.

GDAL makes floats of such columns of a dBASE table, and pyogrio of whole numbers among which some are missing: their
last digits would change in silence.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.formats.base import Plan

_DIGITS = 16
"""A float holds every whole number of 15 digits."""
_MOST = 1 << 53
Kept = npt.NDArray[Any] | Mapping[int, int]
"""What stands in a column: bytes by record, or whole numbers by feature."""


def of(plan: Plan) -> dict[int, Kept]:
    """Columns (by position) whose type alone says that such numbers may stand in them, and what stands there."""
    return _of_dbf(Path(plan.path)) if plan.driver == "ESRI Shapefile" else {}


def rounded(column: npt.NDArray[Any], kind: str) -> bool:
    """Whether whole numbers came as floats (some are missing) and some of them are too large for that."""
    if kind != "OFTInteger64" or column.dtype.kind != "f":
        return False
    return bool((np.abs(column[np.isfinite(column)]) >= _MOST).any())


def of_column(plan: Plan, layer: str, name: str) -> Kept:
    """The large whole numbers of a column by feature."""
    from pyogrio import raw

    read = raw.read  # it has no types
    quoted = name.replace('"', '""')
    where = f'"{quoted}" >= {_MOST} OR "{quoted}" <= -{_MOST}'
    _, fids, _, columns = read(  # type: ignore[no-untyped-call]
        plan.path, layer=layer, columns=[name], where=where, read_geometry=False, return_fids=True
    )
    return dict(zip(fids.tolist(), (int(v) for v in columns[0].tolist()), strict=True))


def put(values: Sequence[Any], kept: Kept, fids: npt.NDArray[np.int64]) -> list[Any]:
    """The values of some features with the exact numbers in place of rounded ones."""
    if isinstance(kept, Mapping):
        return [kept.get(int(fid), v) for fid, v in zip(fids.tolist(), values, strict=True)]
    texts = [bytes(kept[fid]).strip(b" \0") for fid in fids.tolist()]
    return [int(t) if t.lstrip(b"+-").isdigit() else v for t, v in zip(texts, values, strict=True)]


def _of_dbf(shp: Path) -> dict[int, Kept]:
    from gis.formats.shapefile import part

    dbf = part(shp, ".dbf")
    if dbf is None:
        return {}
    with dbf.open("rb") as file:
        head = file.read(32)
        count, header, record = struct.unpack("<IHH", head[4:12])
        fields = file.read(header - 32)
    wide: dict[int, Kept] = {}
    at = 1
    for number, i in enumerate(range(0, len(fields) - 31, 32)):
        kind, width, decimals = fields[i + 11 : i + 12], fields[i + 16], fields[i + 17]
        if fields[i] == 0x0D:
            break
        if kind in {b"N", b"F"} and width >= _DIGITS and not decimals and count and at + width <= record:
            rows = np.memmap(dbf, np.uint8, "r", header, (count, record))
            wide[number] = rows[:, at : at + width]
        at += width
    return wide
