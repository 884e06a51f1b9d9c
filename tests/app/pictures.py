"""Pictures for tests, made on the spot: with time and place as a camera writes them, and odd ones."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from PIL import Image


def camera_picture(
    path: Path, *, size: tuple[int, int] = (320, 240), lon: float | None = 109.98, lat: float | None = 40.6,
    at: str | None = "2026:09:10 10:20:30", zone: str | None = "+08:00", orientation: int = 1, colour: str = "#7a5c3a",
) -> Path:  # fmt: skip
    """A JPEG with an EXIF record."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Camera 1", orientation
    shot = exif.get_ifd(0x8769)
    if at:
        shot[0x9003] = at
    if zone:
        shot[0x9011] = zone
    if lon is not None and lat is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = (
            "N" if lat >= 0 else "S",
            _dms(abs(lat)),
            "E" if lon >= 0 else "W",
            _dms(abs(lon)),
        )
        gps[6], gps[17] = 1052.5, 90.0
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, exif=exif)
    return path


def _dms(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(degrees * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 4)


def bomb(path: Path, side: int = 60_000) -> Path:
    """A small PNG that says it is `side` pixels square."""
    body = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")):
        body += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(body)
    return path
