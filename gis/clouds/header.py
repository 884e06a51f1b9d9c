"""What a LAS or LAZ file says of itself, checked against the file's size before anything is read by it.

Source: ASPRS LAS Specification 1.4 R15 (public header block, VLRs, projection records), LASzip's record 22204.
"""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyproj
from pyproj.exceptions import CRSError

from gis.crs import vertical_unit
from models.errors import Missing, Refused, Unreadable
from models.notices import N_
from models.units import FOOT_M, US_SURVEY_FOOT_M

MAGIC = b"LASF"
_LEAST_HEADER = 227
_RECORD_BYTES = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
_MOST_VLRS = 10_000
_MOST_WKT = 1 << 20
_LARGEST = 1e9
_VARIABLE_CHUNKS = 0xFFFFFFFF
_LENGTHS = {9001: 1.0, 9002: FOOT_M, 9003: US_SURVEY_FOOT_M}


@dataclass(frozen=True)
class CloudHead:
    """Facts of a cloud's file. `low`, `high`: x, y, z of the box that the header states, in the file's units.

    `crs` is None where the file names no known system; `crs_text` keeps what it says. `z_unit_m`: metres per unit of
    height by its vertical system or unit key, None where the file says nothing of it, NaN where it is none we know;
    `xy_unit_m` the same for positions, where the system itself is none we know.
    """

    path: Path
    size_bytes: int
    version: str
    point_format: int
    compressed: bool
    points: int
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    crs: pyproj.CRS | None
    crs_text: str
    z_unit_m: float | None = None
    xy_unit_m: float | None = None


def is_cloud(head: bytes) -> bool:
    """True for the first bytes of a LAS or LAZ file."""
    return head.startswith(MAGIC)


def read_head(path: Path) -> CloudHead:
    """The header of a cloud. Raises Missing, Refused or Unreadable; reads a few kilobytes whatever the file claims."""
    where = str(path)
    if not path.is_file():
        raise Missing("cloud.no_file", N_("there is no such point cloud"), where=where, advice=N_("check the path"))
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return _read(file, path, size)
    except (struct.error, IndexError) as cause:
        raise truncated(where) from cause
    except Unreadable:
        raise
    except OSError as cause:
        raise Unreadable(
            "points.no_access",
            N_("the file cannot be read to its end"),
            where=where,
            advice=N_("check whether another program holds it, and copy it again"),
        ) from cause


def truncated(where: str) -> Unreadable:
    """The error for a file that ends before its points do."""
    return Unreadable(
        "cloud.truncated",
        N_("the point cloud ends before its points do: it is cut short or damaged"),
        where=where,
        advice=N_("copy it again from its source"),
    )


def absurd(where: str, found: str) -> Unreadable:
    """The error for a header that cannot be true."""
    return Unreadable(
        "cloud.header",
        N_("the header of the point cloud cannot be true ({found})"),
        where=where,
        advice=N_("copy it again from its source, or write it anew with the program that made it"),
        found=found,
    )


def _read(file: BinaryIO, path: Path, size: int) -> CloudHead:
    where = str(path)
    head = file.read(375)
    if not is_cloud(head):
        raise Refused(
            "cloud.not_las",
            N_("the file is no LAS or LAZ point cloud, whatever its name says"),
            where=where,
            advice=N_("convert it to LAS or LAZ; tables of points go to terrain from-points"),
        )
    if len(head) < _LEAST_HEADER:
        raise truncated(where)
    major, minor = head[24], head[25]
    header_size, offset, vlrs = struct.unpack_from("<HII", head, 94)
    kind, length = struct.unpack_from("<BH", head, 104)
    compressed, form = bool(kind & 0xC0), kind & 0x3F
    if (major, minor) not in {(1, m) for m in range(5)} or form > 10:
        raise Refused(
            "cloud.version",
            N_("LAS version {major}.{minor} with point format {form} is not known here"),
            where=where,
            advice=N_("convert it to LAS 1.2 or 1.4"),
            major=major,
            minor=minor,
            form=form,
        )
    numbers = struct.unpack_from("<12d", head, 131)
    scale, shift, box = numbers[:3], numbers[3:6], numbers[6:]
    points = int(struct.unpack_from("<I", head, 107)[0])
    if minor >= 4 and len(head) >= 255:
        points = int(struct.unpack_from("<Q", head, 247)[0]) or points
    if (
        header_size < (375 if minor >= 4 else _LEAST_HEADER)
        or not header_size <= offset <= size
        or length < (_RECORD_BYTES[form])
    ):
        raise truncated(where) if offset > size else absurd(where, f"{header_size}, {offset}, {length}")
    if not all(math.isfinite(v) for v in numbers) or not all(1e-9 <= abs(s) <= 1000 for s in scale):
        raise absurd(where, f"scale {scale}, offset {shift}")
    if points == 0:
        raise Refused(
            "cloud.no_points",
            N_("the point cloud holds no points"),
            where=where,
            advice=N_("check which file was meant"),
        )
    low, high = (box[1], box[3], box[5]), (box[0], box[2], box[4])
    if any(a > b for a, b in zip(low, high, strict=True)) or max(map(abs, box)) > _LARGEST:
        raise absurd(where, f"{low} … {high}")
    records = _records(file, header_size, offset, vlrs, where)
    if minor >= 4:
        start, count = struct.unpack_from("<QI", head, 235)
        records |= _extended(file, start, count, size) | records
    if compressed:
        _check_chunks(file, offset, size, points, records.get(("laszip encoded", 22204)), where)
    elif offset + points * length > size:
        raise truncated(where)
    else:
        _check_rest(head, minor, offset + points * length, size, length, where)
    crs, text, z_unit, xy_unit = _crs(records)
    return CloudHead(
        path, size, f"{major}.{minor}", form, compressed, points, low, high, crs, text, z_unit, xy_unit
    )  # fmt: skip


def _check_rest(head: bytes, minor: int, end: int, size: int, length: int, where: str) -> None:
    """Refuse a header that counts fewer points than follow: the others would be lost in silence."""
    after = struct.unpack_from("<Q", head, 227)[0] if minor >= 3 else 0  # wave forms
    if minor >= 4 and struct.unpack_from("<I", head, 243)[0]:
        after = min(after or size, struct.unpack_from("<Q", head, 235)[0])
    more, rest = divmod((after if end <= after <= size else size) - end, length)
    if more and not rest:
        raise Unreadable(
            "cloud.more_points",
            N_("the header of the point cloud counts {count} points fewer than follow"),
            where=where,
            advice=N_("copy it again from its source, or write it anew with the program that made it"),
            count=more,
        )


_Records = dict[tuple[str, int], bytes]


def _records(file: BinaryIO, start: int, end: int, count: int, where: str) -> _Records:
    """The variable length records before the points."""
    if count > _MOST_VLRS or start + 54 * count > end:
        raise absurd(where, f"{count} VLRs")
    found: _Records = {}
    at = start
    for _ in range(count):
        file.seek(at)
        _, user, number, length, _ = struct.unpack("<H16sHH32s", file.read(54))
        if at + 54 + length > end:
            raise absurd(where, "VLR")
        found[(_text(user), number)] = file.read(length)
        at += 54 + length
    return found


def _extended(file: BinaryIO, start: int, count: int, size: int) -> _Records:
    """Records after the points (LAS 1.4): only those that say where the cloud lies, and only what is whole."""
    found: _Records = {}
    at = start
    for _ in range(min(count, _MOST_VLRS)):
        if not 0 < at <= size - 60:
            break
        file.seek(at)
        _, user, number, length, _ = struct.unpack("<H16sHQ32s", file.read(60))
        if _text(user) == "LASF_Projection" and length <= min(_MOST_WKT, size - at - 60):
            found[(_text(user), number)] = file.read(length)
        at += 60 + length
    return found


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("ascii", "replace").strip()


def _check_chunks(file: BinaryIO, offset: int, size: int, points: int, record: bytes | None, where: str) -> None:
    """Refuse a compressed file whose table of chunks does not lie in it or does not fit the number of points."""
    if record is None or len(record) < 34:
        raise absurd(where, "LASzip VLR")
    (chunk,) = struct.unpack_from("<I", record, 12)
    file.seek(offset)
    (table,) = struct.unpack("<q", file.read(8))
    if table == -1:  # written as a stream: the place of the table stands at the end
        file.seek(size - 8)
        (table,) = struct.unpack("<q", file.read(8))
    if not offset + 8 <= table <= size - 8:
        raise truncated(where)
    file.seek(table)
    _, chunks = struct.unpack("<II", file.read(8))
    if chunks > max(size - offset, 1) // 8 + 1:
        raise absurd(where, f"{chunks} chunks")
    if chunk != _VARIABLE_CHUNKS and (chunk == 0 or chunks != -(-points // chunk)):
        raise absurd(where, f"{points} points, {chunks} × {chunk}")


_Said = tuple[pyproj.CRS | None, str, float | None, float | None]


def _crs(records: _Records) -> _Said:
    """(system, what was said, metres per unit of height, of position): WKT counts before GeoTIFF keys."""
    wkt = records.get(("LASF_Projection", 2112))
    if wkt:
        text = wkt.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
        try:
            found = pyproj.CRS.from_user_input(text) if text else None
        except CRSError:
            found = None
        if found is not None:
            unit = vertical_unit(found)
            flat = found.sub_crs_list[0] if found.is_compound else found
            xy = float(flat.axis_info[0].unit_conversion_factor) if flat.axis_info and not flat.is_geographic else None
            return (found if _usable(found) else None), text[:2000], unit[0] if unit else None, xy
        if text:
            return None, text[:2000], None, None
    keys = records.get(("LASF_Projection", 34735))
    return _by_keys(keys) if keys else (None, "", None, None)


def _usable(crs: pyproj.CRS) -> bool:
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    name = flat.name.lower()
    known = flat.is_projected or flat.is_geographic
    return bool(known and not name.startswith(("undefined", "unknown", "unnamed", "local")))


def _by_keys(raw: bytes) -> _Said:
    values: dict[int, int] = {}
    for at in range(8, len(raw) - 7, 8):
        key, location, _, value = struct.unpack_from("<4H", raw, at)
        if location == 0:
            values[key] = value
    text = ", ".join(f"{k}={v}" for k, v in sorted(values.items()))
    found = _by_codes(values.get(3072) or values.get(2048), values.get(4096))
    by_system = vertical_unit(found) if found is not None else None
    z_unit = _length(values.get(4099)) if by_system is None else by_system[0]
    return found, text, z_unit, _length(values.get(3076))


def _by_codes(code: int | None, vertical: int | None) -> pyproj.CRS | None:
    if code is None or not 1024 <= code <= 32766:
        return None
    try:
        flat = pyproj.CRS.from_epsg(code)
    except CRSError:
        return None
    if vertical is not None and 1024 <= vertical <= 32766:
        with suppress(CRSError):
            return pyproj.CRS.from_user_input(f"EPSG:{code}+{vertical}")
    return flat


def _length(code: int | None) -> float | None:
    """Metres per unit of a unit key (EPSG codes of lengths); NaN for another unit, None for none."""
    return None if code is None or code == 0 else _LENGTHS.get(code, math.nan)
