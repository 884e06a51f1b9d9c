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


def of(plan: Plan, layer: str) -> dict[int, Kept]:
    """Columns (by position) with such numbers, and what stands in them."""
    if plan.driver == "ESRI Shapefile":
        return _of_dbf(Path(plan.path))
    return _of_layer(plan, layer) if plan.driver == "GPKG" else {}


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


def _of_layer(plan: Plan, layer: str) -> dict[int, Kept]:
    import pyogrio
    from pyogrio import raw

    read, read_info = raw.read, pyogrio.read_info  # they have no types
    info: Any = read_info(plan.path, layer=layer)  # type: ignore[no-untyped-call]
    found: dict[int, Kept] = {}
    for number, (name, kind) in enumerate(zip(info["fields"], info["ogr_types"], strict=True)):
        if kind != "OFTInteger64":
            continue
        quoted = str(name).replace('"', '""')
        where = f'"{quoted}" >= {_MOST} OR "{quoted}" <= -{_MOST}'
        _, fids, _, columns = read(  # type: ignore[no-untyped-call]
            plan.path, layer=layer, columns=[name], where=where, read_geometry=False, return_fids=True
        )
        if len(fids):
            found[number] = dict(zip(fids.tolist(), (int(v) for v in columns[0].tolist()), strict=True))
    return found
