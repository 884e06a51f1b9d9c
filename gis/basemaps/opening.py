"""Which kind of basemap a file is, by its first bytes; opening it read-only, without the network, without helpers."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from gis.dem.opening import TIFF_MAGIC, pointing_sidecar, quiet_gdal
from gis.library_warnings import silenced
from models.errors import Missing, Refused, Unreadable
from models.notices import N_, Notice

FORMATS = "GeoTIFF, COG, JPEG, PNG, MBTiles, GeoPackage"
ADVICE = N_("give a GeoTIFF, a JPEG or PNG with world file, an MBTiles file or a GeoPackage with tiles")
_SQLITE = b"SQLite format 3\0"
MAX_BLOB = 8 * 1024 * 1024
"""A tile of more bytes is none."""
_STEPS = 20_000_000
"""Virtual-machine steps of SQLite for one question: a view that never ends is stopped."""


def kind_of(path: Path) -> str:
    """GTiff, JPEG, PNG (drivers of GDAL) or sqlite. Raises Missing, Unreadable or Refused."""
    text = str(path)
    if text.startswith(("/vsi", "\\vsi")) or re.match(r"^[A-Za-z0-9_]{2,}:", text) or "://" in text:
        what = N_("a basemap is a file on this computer; network addresses are not opened")
        raise Refused("basemap.not_a_file", what, where=text, advice=ADVICE)
    if not path.is_file():
        raise Missing("basemap.no_file", N_("there is no such basemap file"), where=text, advice=N_("check the path"))
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise Unreadable(
            "basemap.no_permission", N_("the basemap file cannot be read"), where=text,
            advice=N_("check the permissions, or whether another program holds it"),
        ) from error  # fmt: skip
    if head.startswith(_SQLITE):
        return "sqlite"
    kind = "GTiff" if head[:4] in TIFF_MAGIC else "JPEG" if head[:3] == b"\xff\xd8\xff" else ""
    kind = kind or ("PNG" if head.startswith(b"\x89PNG\r\n\x1a\n") else "")
    if not kind:
        virtual = b"<vrtdataset" in head.lower() or b"<gdal_wms" in head.lower()
        what = (
            N_("a file that points to other files or to the network (VRT, WMS) is not opened as a basemap")
            if virtual
            else N_("the file is of none of the kinds that can lie under the map ({formats})")
        )
        raise Refused("basemap.format", what, where=text, advice=ADVICE, formats=FORMATS)
    side = pointing_sidecar(path)
    if side is not None:
        raise Refused("basemap.sidecar", N_("the helper file {name} points to other files"), name=side.name, where=text,
                      advice=N_("remove it and add the basemap again"))  # fmt: skip
    return kind


def open_raster(path: Path) -> Any:
    """An open rasterio dataset (close it). Raises what `kind_of` raises, and Unreadable for a damaged file."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    driver = kind_of(path)
    if driver == "sqlite":
        raise damaged(path)
    try:
        with quiet_gdal(), silenced(NotGeoreferencedWarning):
            return rasterio.open(path.resolve(), driver=driver)
    except (RasterioError, OSError, ValueError) as error:
        raise damaged(path) from error


def open_tiles(path: Path) -> sqlite3.Connection:
    """A read-only connection to a file of tiles that leaves no trace beside it (close it).

    Views are allowed (MBTiles are often made of one) but may call nothing, and no question may run for long.
    """
    if kind_of(path) != "sqlite":
        raise damaged(path)
    try:
        con = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        con.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BLOB)
        con.execute("PRAGMA trusted_schema = OFF")
        con.execute("PRAGMA query_only = ON")
        con.execute("PRAGMA cell_size_check = ON")
        budget = [_STEPS // 10_000]

        def spend() -> int:
            budget[0] -= 1
            return int(budget[0] < 0)

        con.set_progress_handler(spend, 10_000)
    except sqlite3.Error as error:
        raise damaged(path) from error
    return con


def damaged(path: Path, reason: Notice | str = "") -> Unreadable:
    """The error for a file that cannot be read; `reason` tells why."""
    if reason:
        return Unreadable("basemap.damaged", N_("the basemap cannot be read: {reason}"), where=str(path), reason=reason,
                          advice=N_("copy it again from its source"))  # fmt: skip
    return Unreadable("basemap.damaged", N_("the basemap file is damaged or not what it says it is"), where=str(path),
                      advice=N_("copy it again from its source"))  # fmt: skip
