"""Opening a terrain file: by what its first bytes say, never by a driver's guess, with a small cache and no network."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gis.dem.plain_tiles import PlainTiles
from gis.library_warnings import silenced
from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import N_

# A small cache reads windows five times faster than GDAL's default of 5 % of memory (platform.md section 6).
_OPTIONS: dict[str, Any] = {
    "GDAL_CACHEMAX": 64,  # MB
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",  # nothing inside a file may point to the network
    "GDAL_HTTP_MAX_RETRY": 0,
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "GDAL_NUM_THREADS": 2,
}
THREADS = 2
"""Threads that decode a compressed terrain."""
_POINTERS = re.compile(rb"OVERVIEW_FILE|/vsi|VRTDataset", re.IGNORECASE)
TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_inside = threading.local()
DRIVERS = {"GTiff": "GeoTIFF", "AAIGrid": "ESRI ASCII grid", "HFA": "ERDAS Imagine"}


def driver_of(path: Path) -> str:
    """The GDAL driver for a file by its first bytes: GTiff, AAIGrid or HFA.

    Raises Missing, Unreadable or Refused (virtual rasters, network names, other formats, sidecars that point
    elsewhere).
    """
    text = str(path)
    if text.startswith(("/vsi", "\\vsi")) or re.match(r"^[A-Za-z0-9_]{2,}:", text) or "://" in text:
        raise Refused(
            "terrain.not_a_file",
            N_("a terrain is a file on this computer; virtual and network names are not opened"),
            where=text,
            advice=N_("give the path of a GeoTIFF, ASCII grid or IMG file"),
        )
    if not path.is_file():
        raise Missing("terrain.no_file", N_("there is no such terrain file"), where=text, advice=N_("check the path"))
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise Unreadable(
            "terrain.no_permission", N_(
                "the terrain file "
                "cannot be read"
            ), where=text, advice=N_("check the permissions, or whether another program holds it")
        ) from error  # fmt: skip
    _check_sidecars(path)
    return _kind(head, text)


def _kind(head: bytes, where: str) -> str:
    if head[:4] in TIFF_MAGIC:
        return "GTiff"
    if head.startswith(b"EHFA_HEADER_TAG"):
        return "HFA"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(
        (
            b"ncols",
            b"nrows",
            b"xllcorner",
            b"xllcenter",
            b"yllcorner",
            b"yllcenter",
            b"cellsize",
            b"dx",
            b"nodata_value",
        )
    ):
        return "AAIGrid"
    if b"<vrtdataset" in start[:400]:
        raise Refused(
            "terrain.vrt",
            N_("a virtual raster (VRT) points to other files and is not registered as a terrain"),
            where=where,
            advice=N_("make one GeoTIFF of it first (gdal_translate)"),
        )
    raise Unreadable(
        "terrain.format",
        N_("the file is not a GeoTIFF, ESRI ASCII grid or ERDAS Imagine raster"),
        where=where,
        advice=N_("convert it to GeoTIFF; of a list of points (XYZ) terrain from-points makes a terrain"),
    )


def _check_sidecars(path: Path) -> None:
    """Refuse helper files that make GDAL open something else."""
    side = pointing_sidecar(path)
    if side is not None:
        raise Refused(
            "terrain.sidecar",
            N_("the helper file {name} points to other files"),
            name=side.name,
            where=str(path),
            advice=N_("remove it and register the terrain again"),
        )


def pointing_sidecar(path: Path) -> Path | None:
    """A helper file beside a raster that makes GDAL open something else (named in .aux.xml, or no raster itself)."""
    for side in (path.with_name(path.name + ".aux.xml"), path.with_suffix(".aux.xml")):
        if side.is_file() and _POINTERS.search(side.read_bytes()[:4_000_000]):
            return side
    for side in (path.with_name(path.name + ".ovr"), path.with_name(path.name + ".msk")):
        if side.is_file():
            with side.open("rb") as file:
                head = file.read(16)
            if head[:4] not in TIFF_MAGIC and not head.startswith(b"EHFA_HEADER_TAG"):
                return side
    return None


@contextmanager
def quiet_gdal() -> Iterator[None]:
    """The options under which every terrain file is opened and read. Each thread enters once; inside, it is free."""
    import rasterio

    if getattr(_inside, "depth", 0):
        yield
        return
    with rasterio.Env(**_OPTIONS):  # type: ignore[no-untyped-call]  # rasterio is partly typed
        _inside.depth = 1
        try:
            yield
        finally:
            _inside.depth = 0


def open_raster(path: Path) -> Any:
    """An open rasterio dataset of a terrain file (close it). Errors as in `driver_of`, and Unreadable if damaged."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    driver = driver_of(path)
    try:
        with quiet_gdal(), silenced(NotGeoreferencedWarning):
            if driver != "GTiff":
                return rasterio.open(path.resolve(), driver=driver)
            ds = open_alone(path)
            if ds.compression is None:  # handing tiles from thread to thread costs more than copying them
                return ds
            ds.close()
            return rasterio.open(path.resolve(), driver=driver)
    except (RasterioError, OSError, ValueError) as error:
        raise damaged(path) from error


def open_alone(path: Path) -> Any:
    """A GeoTIFF of `open_raster` once more, for one of several threads. Raises as rasterio does."""
    import rasterio

    return rasterio.open(path.resolve(), driver="GTiff", NUM_THREADS=1)


def open_plain(path: Path, ds: Any) -> PlainTiles | None:
    """The tiles of an open file that lie in it as they are in memory, for reading large windows without GDAL.

    None where they do not, and for files on the network.
    """
    from gis.store.places import place_of

    try:
        return None if place_of(path).kind == "network" else PlainTiles.of(path.resolve(), ds)
    except (AppError, OSError):  # the other way of reading says what is wrong with it
        return None


def open_direct(path: Path) -> Any:
    """The file of `open_raster` once more, for reading large windows that nobody asks for again.

    GDAL then takes from an uncompressed TIFF the pieces of lines that were asked for, not whole tiles through its
    cache. None where that is not faster: tiles that must be decoded, files on the network.
    """
    import rasterio
    from rasterio.errors import RasterioError

    from gis.store.places import place_of

    try:
        if driver_of(path) != "GTiff" or place_of(path).kind == "network":
            return None
        with rasterio.Env(**_OPTIONS, GTIFF_DIRECT_IO=True):  # type: ignore[no-untyped-call]  # see quiet_gdal
            ds = rasterio.open(path.resolve(), driver="GTiff", NUM_THREADS=1)
            if ds.compression is not None:
                ds.close()
                return None
            return ds
    except (AppError, RasterioError, OSError, ValueError):  # the other way of reading says what is wrong with it
        return None


def damaged(path: Path) -> Unreadable:
    """The error for a file that GDAL cannot read."""
    return Unreadable(
        "terrain.damaged",
        N_("the terrain file is damaged or not a raster that can be read"),
        where=str(path),
        advice=N_("copy it again from its source, or convert it to GeoTIFF with the program that made it"),
    )
