"""GeoPackage geometry blobs (OGC 12-128r17, 2.1.3): encode, decode, and the ST_ functions that the triggers need."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis import short_calls

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_LITTLE, _XY, _EMPTY = 0b1, 0b10, 0b10000
_HEADER_BYTES = 8
_ENVELOPE_END = 40
_BOX_BYTES = 32
_OURS = struct.pack("<2sBB", b"GP", 0, _LITTLE | _XY)  # how each of our blobs begins
_MAY_NEST_BYTES = 4000  # shorter ones cannot nest deep enough to matter: a level takes nine bytes
_DEEPEST = 32
_COLLECTIONS = frozenset({4, 5, 6, 7, 9, 10, 11, 12})
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


def encode(geometry: BaseGeometry, srs_id: int) -> bytes:
    """The blob of a geometry: header with XY envelope, then little-endian ISO WKB."""
    return encode_many([geometry], srs_id)[0]


def encode_many(geometries: Sequence[BaseGeometry] | npt.NDArray[np.object_], srs_id: int) -> list[bytes]:
    """The blobs of many geometries at once."""
    array = np.asarray(geometries, dtype=object)
    bodies = short_calls.to_wkb(array, byte_order=1, flavor="iso")
    bounds = shapely.bounds(array)
    head = struct.pack("<2sBBi", b"GP", 0, _LITTLE | _XY, srs_id)
    empty = struct.pack("<2sBBi", b"GP", 0, _LITTLE | _EMPTY, srs_id)
    # The envelope's order is minx, maxx, miny, maxy.
    envelopes = np.ascontiguousarray(bounds[:, [0, 2, 1, 3]], dtype="<f8").tobytes()
    return [
        empty + body if nothing else head + envelopes[at : at + _BOX_BYTES] + body
        for at, nothing, body in zip(
            range(0, len(envelopes), _BOX_BYTES), np.isnan(bounds[:, 0]).tolist(), bodies, strict=True
        )
    ]


def wkb_of(blob: bytes) -> bytes:
    """The WKB inside a blob. Raises ValueError if it is no GeoPackage geometry."""
    if len(blob) < _HEADER_BYTES or blob[:2] != b"GP":
        raise ValueError("no GeoPackage geometry")
    kind = (blob[3] >> 1) & 7
    if kind >= len(_ENVELOPE_BYTES):
        raise ValueError("unknown envelope")
    body = blob[_HEADER_BYTES + _ENVELOPE_BYTES[kind] :]
    if len(body) >= _MAY_NEST_BYTES and nests_too_deep(body):
        raise ValueError("geometries nested too deep")
    return body


def nests_too_deep(wkb: bytes) -> bool:
    """Whether collections lie in collections deeper than any map needs: GEOS follows them by recursion and crashes.

    Walks the headers only. WKB that does not hold together is left to GEOS, which says so.
    """
    at, left = 0, [1]  # how many geometries are still to come at each level
    try:
        while left:
            if left[-1] == 0:
                left.pop()
                continue
            left[-1] -= 1
            order = "<" if wkb[at] else ">"
            (code,) = struct.unpack_from(f"{order}I", wkb, at + 1)
            at += 9 if code & _EWKB_SRID else 5
            kind, iso = code % 65536 % 1000, code % 65536 // 1000
            width = 8 * (2 + bool(code & _EWKB_Z or iso in {1, 3}) + bool(code & _EWKB_M or iso in {2, 3}))
            if kind == 1:
                at += width
            elif kind in {2, 8}:
                at += 4 + width * struct.unpack_from(f"{order}I", wkb, at)[0]
            elif kind == 3:
                rings = struct.unpack_from(f"{order}I", wkb, at)[0]
                at += 4
                for _ in range(rings):
                    at += 4 + width * struct.unpack_from(f"{order}I", wkb, at)[0]
            elif kind in _COLLECTIONS:
                left.append(struct.unpack_from(f"{order}I", wkb, at)[0])
                at += 4
                if len(left) > _DEEPEST:
                    return True
            else:
                return False
    except (IndexError, struct.error):
        return False
    return False


def decode(blob: bytes) -> BaseGeometry:
    """The geometry of a blob. Raises ValueError or shapely.GEOSException if it is damaged."""
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are the check's business
        geometry: BaseGeometry = shapely.from_wkb(wkb_of(blob))
    return geometry


def readable(blob: Any) -> BaseGeometry | None:
    """The geometry of whatever a cell holds, None where there is none or it is damaged."""
    try:
        return decode(blob) if isinstance(blob, bytes) else None
    except (ValueError, shapely.GEOSException):
        return None


def decode_many(blobs: Sequence[bytes | None]) -> npt.NDArray[np.object_]:
    """The geometries of many blobs, None where there is none. Raises as `decode`."""
    found = [None if b is None else b[_ENVELOPE_END:] if b[:4] == _OURS else wkb_of(b) for b in blobs]
    bodies = np.array(found, dtype=object)
    with np.errstate(invalid="ignore"):
        return short_calls.from_wkb(bodies)


def is_empty(blob: bytes | None) -> int | None:
    """ST_IsEmpty: 1 or 0; None without a geometry."""
    if not isinstance(blob, bytes) or len(blob) < _HEADER_BYTES or blob[:2] != b"GP":
        return None
    if blob[3] & _EMPTY:
        return 1
    if (blob[3] >> 1) & 7:
        return 0
    try:
        return int(decode(blob).is_empty)
    except (ValueError, shapely.GEOSException):
        return None


def bounds(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """(minx, maxx, miny, maxy) of a blob, from its header if there, else from its coordinates; None if empty."""
    if is_empty(blob) != 0 or blob is None:
        return None
    if (blob[3] >> 1) & 7 and len(blob) >= _ENVELOPE_END:
        found: tuple[float, float, float, float] = struct.unpack_from("<4d" if blob[3] & _LITTLE else ">4d", blob, 8)
        return found
    try:
        minx, miny, maxx, maxy = decode(blob).bounds
    except (ValueError, shapely.GEOSException):
        return None
    return minx, maxx, miny, maxy


def _side(index: int, blob: bytes | None) -> float | None:
    # Fast way for our own blobs; the triggers call this four times a row.
    if blob is not None and len(blob) >= _ENVELOPE_END and blob[3] == _LITTLE | _XY:
        side: float = struct.unpack_from("<d", blob, _HEADER_BYTES + 8 * index)[0]
        return side
    found = bounds(blob)
    return None if found is None else found[index]


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "ST_IsEmpty": is_empty,
    "ST_MinX": partial(_side, 0),
    "ST_MaxX": partial(_side, 1),
    "ST_MinY": partial(_side, 2),
    "ST_MaxY": partial(_side, 3),
}


def register(connection: sqlite3.Connection) -> None:
    """Give the connection the functions that the R-tree triggers call; without them no row can be written."""
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
