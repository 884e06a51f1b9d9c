"""Photos in (JPEG with EXIF 2.3): position, time and bearing as points; those without a position by a track's times.

A folder of photos, or a zip archive of them, is one source. Where a GPX track lies beside them, a photo without
position gets the place where the track was at its time; whose clock is which is found from photos that have both, else
by the offset that the camera wrote, else taken as Chinese time, and told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import shapely

from gis.formats.base import Content, Found, Reader, Row, Rows, Skipped
from gis.formats.breath import breathe
from gis.library_warnings import recorded
from models.errors import AppError, Refused
from models.notices import N_, Notice

SUFFIXES = (".jpg", ".jpeg")
HEIC_SUFFIXES = (".heic", ".heif")
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_MOST = 20_000
_HEAD_BYTES = 64 << 20
_GAP_S = 120.0
"""A photo is placed between two points of a track no further apart in time than this."""
_CHINA = timedelta(hours=8)
_GPS, _EXIF = 0x8825, 0x8769
_NO_PLACE = Notice("photos.no_place", N_("the photo says no position"))
_NO_TRACK = Notice("photos.off_track", N_("the photo says no position, and the track has no points about its time"))
HEIC_ADVICE = N_("save it as JPEG with a picture program that keeps the position, or let the phone take JPEG (camera "
                 "format “most compatible”)")  # fmt: skip
_HEIC = Notice(
    "photos.heic",
    N_("it is a HEIC photo, whose position this program cannot read; {advice}"),
    advice=Notice("photos.heic_advice", HEIC_ADVICE),
)
_NO_FIX = Notice(
    "photos.no_fix",
    N_("the receiver had no fix when the photo was taken; its position may be an old one"),
)
_DAMAGED = Notice(
    "photos.record",
    N_("the photo's record of position and time is damaged in part; check its place on the map"),
)
_NO_PHOTO = Notice("photos.damaged", N_("the photo is damaged or no JPEG"))


@dataclass(frozen=True)
class Photo:
    """What a photo says of itself. `taken` without a zone is the camera's own time."""

    name: str
    lon: float | None = None
    lat: float | None = None
    taken: datetime | None = None
    zone: timedelta | None = None
    utc: datetime | None = None
    bearing: float | None = None
    altitude: float | None = None
    doubts: tuple[Notice, ...] = ()
    """What it says against its own position: no fix, another datum than WGS 84."""


def looks_like(head: bytes) -> bool:
    """True for a JPEG file."""
    return head.startswith(b"\xff\xd8\xff")


def is_heic(head: bytes) -> bool:
    """True for a photo in a container of ISO/IEC 23008-12 (HEIC, AVIF), as newer phones take them."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS


def in_folder(folder: Path) -> list[Path]:
    """Photos and tracks of a folder, by name; not those of folders in it."""
    named = (p for p in folder.iterdir() if p.suffix.lower() in {*SUFFIXES, *HEIC_SUFFIXES, ".gpx"})
    kept = sorted(p for p in named if p.is_file() and not p.is_symlink())
    return kept[: _MOST + 1] if any(p.suffix.lower() != ".gpx" for p in kept) else []


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """One photo, or a folder of photos. Raises Refused."""
    del encoding, folder
    files = in_folder(path) if path.is_dir() else [path]
    return content([(p, p.name) for p in files], str(path), [])


def content(files: Sequence[tuple[Path, str]], where: str, told: list[Notice]) -> Content:
    """Photos and tracks as one layer of points. Raises Refused where there are too many."""
    if len(files) > _MOST:
        raise Refused("photos.many", N_("there are more than {most} photos"), where=where, most=_MOST)
    track = _track([p for p, _ in files if p.suffix.lower() == ".gpx"])
    shots = [(read_photo(p, name), name) for p, name in files if p.suffix.lower() != ".gpx"]
    photos = [s for s, _ in shots if s is not None]
    zone, said = _zone(photos)
    rows: list[Row | Skipped] = []
    by_track = assumed = 0
    for number, (photo, name) in enumerate(shots, 1):
        if photo is None:
            heic = name.lower().endswith(HEIC_SUFFIXES)
            rows.append(Skipped(number, _HEIC if heic else _NO_PHOTO, name))
            continue
        row, how = _row(number, photo, track, zone)
        rows.append(row)
        by_track += how == "track"
        assumed += how == "track" and photo.zone is None and photo.utc is None
    warnings = list(told)
    if by_track:
        text = N_("{count} photos without a position were placed by the track at their time")
        warnings.append(Notice("photos.by_track", text, count=by_track))
    if assumed:
        warnings.append(said)
    opened = Rows(rows, len(rows), None, "OGC:CRS84", warnings=tuple(warnings))
    return Content((Found("photos", len(rows), lambda: opened, frozenset({"point"})),))


def _row(number: int, photo: Photo, track: np.ndarray, zone: timedelta) -> tuple[Row | Skipped, str]:
    lon, lat, how = photo.lon, photo.lat, "own"
    utc = photo.utc or (photo.taken - (zone if photo.zone is None else photo.zone) if photo.taken else None)
    if lon is None or lat is None:
        if not len(track) or utc is None:
            return Skipped(number, _NO_PLACE, photo.name), ""
        place = _along(track, utc.replace(tzinfo=UTC).timestamp())
        if place is None:
            return Skipped(number, _NO_TRACK, photo.name), ""
        (lon, lat), how = place, "track"
    fields: dict[str, Any] = {"name": Path(photo.name).stem, "source": photo.name}
    if photo.taken is not None:
        fields["observed_at"] = photo.taken.isoformat(sep=" ")
    if photo.bearing is not None:
        fields["bearing"] = round(photo.bearing, 1)
        fields["remarks"] = f"↗ {photo.bearing:.0f}°"
    if photo.altitude is not None:
        fields["elevation"] = photo.altitude
    return Row(number, fields, shapely.points(lon, lat), photo.doubts if how == "own" else ()), how


def _zone(photos: Iterable[Photo]) -> tuple[timedelta, Notice]:
    """Hours between the camera's time and UTC, and how that was found."""
    apart = [(p.taken - p.utc).total_seconds() for p in photos if p.taken is not None and p.utc is not None]
    if apart:
        seconds = median(apart)
        text = N_("the camera's clock is {hours:+.2f} h from UTC, by the photos that have the satellites' time")
        return timedelta(seconds=seconds), Notice("photos.clock", text, hours=seconds / 3600)
    text = N_("the photos do not say their time zone; it was taken as Chinese time (UTC+8)")
    return _CHINA, Notice("photos.zone", text)


def _track(files: Sequence[Path]) -> np.ndarray:
    """(n, 3) of time (s, UTC), longitude, latitude, by time."""
    from gis.formats import gpx, xml

    points: list[tuple[float, float, float]] = []
    for path in files:
        try:
            for event, element in xml.walk(path):
                if event == "end" and xml.local(element) == "trkpt":
                    place, when = gpx.place_of(element), _moment(xml.text_of(element, "time", 64))
                    if place is not None and when is not None:
                        points.append((when.timestamp(), *place))
        except AppError:
            continue
    return np.array(sorted(points), np.float64).reshape(-1, 3)


def _moment(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _along(track: np.ndarray, at: float) -> tuple[float, float] | None:
    after = int(np.searchsorted(track[:, 0], at))
    if after == 0 or after == len(track):
        near = track[0] if after == 0 else track[-1]
        return (float(near[1]), float(near[2])) if abs(near[0] - at) <= 5.0 else None
    a, b = track[after - 1], track[after]
    if b[0] - a[0] > _GAP_S:
        return None
    share = (at - a[0]) / (b[0] - a[0]) if b[0] > a[0] else 0.0
    return float(a[1] + share * (b[1] - a[1])), float(a[2] + share * (b[2] - a[2]))


def read_photo(path: Path, name: str) -> Photo | None:
    """What a photo says; None for what is no readable JPEG. No pixel is decoded."""
    from PIL import Image

    breathe()
    try:
        if path.stat().st_size > _HEAD_BYTES * 8:
            return None
        with recorded() as said, Image.open(path, formats=("JPEG", "MPO")) as image:
            exif = image.getexif()
            gps, own = dict(exif.get_ifd(_GPS)), dict(exif.get_ifd(_EXIF))
            taken = own.get(36867) or own.get(36868) or exif.get(306)
    except Exception:  # whatever the parser throws at a hostile file means the same
        return None
    lon, lat = _angle(gps.get(4), gps.get(3), "W"), _angle(gps.get(2), gps.get(1), "S")
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90 or (lon == 0 and lat == 0):
        lon = lat = None
    height = _number(gps.get(6))
    below = gps.get(5) in {1, b"\x01"}
    bearing = _number(gps.get(17))
    return Photo(
        name, lon, lat, _time(taken), _offset(own.get(36881) or own.get(36880)), _gps_time(gps.get(29), gps.get(7)),
        bearing if bearing is not None and 0 <= bearing <= 360 else None,
        None if height is None else -height if below else height,
        _doubts(gps, damaged=bool(said)) if lon is not None else (),
    )  # fmt: skip


def _doubts(gps: dict[int, Any], *, damaged: bool) -> tuple[Notice, ...]:
    """EXIF 2.3, 4.6.6: GPSStatus (9) is V where the receiver had no fix, GPSMapDatum (18) names the datum.

    `damaged`: Pillow warned of entries that lead outside the record or of one that is cut short.
    """
    found = [_DAMAGED] if damaged else []
    if _word(gps.get(9)) == "V":
        found.append(_NO_FIX)
    datum = _word(gps.get(18))
    if datum and not re.search(r"WGS|CGCS|2000|ITRF|EPSG:4326|4490", datum, re.IGNORECASE):
        text = N_(
            "the photo says that its position is in {datum}; it was taken as WGS 84 and may lie hundreds of metres off"
        )
        found.append(Notice("photos.datum", text, datum=datum[:40]))
    return tuple(found)


def _word(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return text.strip("\0 ").upper()


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _angle(value: Any, side: Any, negative: str) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    parts = [_number(v) for v in value]
    if any(p is None or p < 0 for p in parts):
        return None
    degrees, minutes, seconds = (float(p or 0) for p in parts)
    if minutes >= 60 or seconds >= 60.001:
        return None
    size = degrees + minutes / 60 + seconds / 3600
    return -size if str(side).strip("\0 ").upper().startswith(negative) else size


def _time(text: Any) -> datetime | None:
    try:
        return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the camera says no zone
    except ValueError:
        return None


def _offset(text: Any) -> timedelta | None:
    try:
        return datetime.strptime(str(text).strip("\0 "), "%z").utcoffset()
    except ValueError:
        return None


def _gps_time(day: Any, clock: Any) -> datetime | None:
    if not isinstance(clock, tuple) or len(clock) != 3:
        return None
    parts = [_number(v) for v in clock]
    try:
        start = datetime.strptime(str(day).strip("\0 "), "%Y:%m:%d")  # noqa: DTZ007 - UTC by EXIF
        hours, minutes, seconds = (float(p) for p in parts if p is not None)
        return start + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, TypeError, OverflowError):
        return None


READER = Reader("photos", "JPEG", SUFFIXES, looks_like, plan, always_degrees=True)
