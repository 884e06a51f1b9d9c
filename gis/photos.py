"""Pictures from cameras and phones: read with limits, so that a hostile file is refused and costs nothing.

Pillow reads the pixels and the EXIF record (CIPA DC-008-2023: tags of time 4.6.5.4 F, of position 4.6.6).
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import (  # noqa: F401 - these readers register themselves, and no others are wanted
    ExifTags,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import N_
from models.photo import PhotoFacts

FORMATS = ("JPEG", "PNG", "WEBP")
"""What cameras and phones write and Pillow reads by itself: no format that starts another program (EPS) or a driver."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
MAX_BYTES = 200 * 2**20
MAX_PIXELS = 130_000_000  # the largest phone cameras have 108 million; more would take gigabytes to decode
_DATE = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(r"[+-]\d\d:\d\d")
_CONVERT = N_("save it as JPEG or PNG and add that")
_log = logging.getLogger("huitian.photos")


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The picture, its pixels not read yet. Raises Missing, Refused (kind, size), Unreadable."""
    try:
        size = path.stat().st_size
    except OSError as cause:
        raise Missing("photo.absent", N_("there is no such picture"), where=str(path),
                      advice=N_("check the path")) from cause  # fmt: skip
    if not path.is_file():
        raise Refused("photo.no_file", N_("this is no file"), where=str(path), advice=N_("choose a picture"))
    if size > MAX_BYTES:
        raise Refused("photo.too_large", N_("the picture is larger than {most} MB"), where=str(path),
                      advice=_CONVERT, most=MAX_BYTES // 2**20)  # fmt: skip
    try:
        picture = Image.open(path, formats=FORMATS)
    except UnidentifiedImageError as cause:
        raise Refused("photo.kind", N_("this is not a picture that can be read (JPEG, PNG, WebP)"), where=str(path),
                      advice=_CONVERT) from cause  # fmt: skip
    except Image.DecompressionBombError as cause:
        raise _too_many(path) from cause
    except Exception as cause:  # a hostile file makes its parser raise anything
        raise _damaged(path) from cause
    with picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_many(path)
        yield picture


def _too_many(path: Path) -> Refused:
    return Refused("photo.too_many_pixels", N_("the picture has more than {most} million pixels"), where=str(path),
                   advice=N_("make it smaller and add that"), most=MAX_PIXELS // 1_000_000)  # fmt: skip


def _damaged(path: Path) -> Unreadable:
    return Unreadable("photo.damaged", N_("the picture is damaged"), where=str(path),
                      advice=N_("copy it from the camera again"))  # fmt: skip


def read_facts(path: Path) -> PhotoFacts:
    """Size, time and position of a picture, after a look at its pixels: a file that is cut off is not taken.

    Raises Missing, Refused, Unreadable.
    """
    with _opened(path) as picture:
        facts = _facts(picture)
        _pixels(picture, path, 256)
    return facts


def scaled(path: Path, most_px: int) -> tuple[int, int, bytes]:
    """(width, height, RGB bytes) of the picture upright, no side longer than `most_px`.

    Raises Missing, Refused, Unreadable.
    """
    with _opened(path) as picture:
        small = _pixels(picture, path, most_px)
        return small.width, small.height, small.tobytes()


def _pixels(picture: Image.Image, path: Path, most_px: int) -> Image.Image:
    try:
        picture.draft("RGB", (most_px * 2, most_px * 2))  # a JPEG is decoded at an eighth of its size where that does
        picture.thumbnail((most_px, most_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
        return ImageOps.exif_transpose(picture).convert("RGB")
    except AppError:
        raise
    except Exception as cause:  # a hostile file makes its parser raise anything
        raise _damaged(path) from cause


def _facts(picture: Image.Image) -> PhotoFacts:
    """What the EXIF record says; a record that makes no sense says nothing."""
    base: Mapping[int, Any] = {}
    shot: Mapping[int, Any] = {}
    gps: Mapping[int, Any] = {}
    try:
        base = picture.getexif()
        shot = base.get_ifd(ExifTags.IFD.Exif)
        gps = base.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        _log.info("the EXIF record cannot be read", exc_info=True)
    lon, lat = _degrees(gps, 3, 4, "W", 180.0), _degrees(gps, 1, 2, "S", 90.0)
    if lon is None or lat is None or (lon == 0.0 and lat == 0.0):  # cameras without a fix write zeros
        lon = lat = None
    width, height = picture.size
    if base.get(0x0112) in (5, 6, 7, 8):  # turned by a quarter
        width, height = height, width
    altitude = _number(gps.get(6))
    if altitude is not None and gps.get(5) in (1, b"\x01"):
        altitude = -altitude
    camera = " ".join(_text(base.get(tag)) for tag in (0x010F, 0x0110)).strip()
    return PhotoFacts(picture.format or "", width, height, _time(base, shot), lon, lat, altitude,
                      _number(gps.get(17)), camera[:80])  # fmt: skip


def _time(base: Mapping[int, Any], shot: Mapping[int, Any]) -> str | None:
    for record, tag, zone_tag in ((shot, 0x9003, 0x9011), (shot, 0x9004, 0x9012), (base, 0x0132, 0x9010)):
        found = _DATE.match(_text(record.get(tag)))
        if found is None:
            continue
        zone = _ZONE.fullmatch(_text(shot.get(zone_tag)))
        try:
            at = datetime(*map(int, found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the zone follows
            return (datetime.fromisoformat(at.isoformat() + zone[0]) if zone else at).isoformat()
        except ValueError:
            continue
    return None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return "".join(c for c in str(value) if c.isprintable()).strip() if value is not None else ""


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def _degrees(gps: Mapping[int, Any], ref: int, tag: int, negative: str, most: float) -> float | None:
    value = gps.get(tag)
    if not isinstance(value, tuple | list) or len(value) != 3:
        return None
    parts = [_number(v) for v in value]
    if None in parts:
        return None
    degrees = float(sum(p / 60**i for i, p in enumerate(parts) if p is not None))
    if not 0 <= degrees <= most:
        return None
    return -degrees if _text(gps.get(ref)).upper().startswith(negative) else degrees
