"""Overviews of an orthophoto, made as a file beside it (name + .ovr), which QGIS and GDAL use too; never inside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gis.basemaps.opening import damaged, kind_of, open_raster
from gis.dem.opening import quiet_gdal
from gis.library_warnings import silenced
from models.errors import AppError, Refused, Unwritable
from models.notices import N_
from models.progress import Watch

LARGE = 16_000_000
"""Pixels; a smaller picture is quick without overviews."""
_SMALLEST = 512
_LOT = 2048


def overview_path(path: Path) -> Path:
    """The file beside a picture that holds its overviews."""
    return path.with_name(path.name + ".ovr")


def wants_overviews(path: Path) -> bool:
    """True for a large picture without overviews. Raises what opening it raises."""
    if kind_of(path) == "sqlite":
        return False
    with open_raster(path) as ds:
        return bool(ds.width * ds.height > LARGE and not ds.overviews(1))


def check_wanted(path: Path) -> None:
    """Raises Refused where overviews are there already or not needed, and what opening the picture raises."""
    target = overview_path(path)
    if kind_of(path) == "sqlite":
        raise Refused("overview.tiles", N_("tiles have their levels already"), where=str(path),
                      advice=N_("nothing needs to be done"))  # fmt: skip
    if target.exists():
        raise Refused("overview.there", N_("the picture has overviews already ({name})"), where=str(path),
                      name=target.name, advice=N_("remove that file first to make them anew"))  # fmt: skip
    with open_raster(path) as ds:
        _check_needed(ds, path)


def estimated_bytes(path: Path) -> int:
    """About how much room the overviews take (a third of the pixels; photographs compressed to about a tenth)."""
    with open_raster(path) as ds:
        per_pixel = ds.count * 0.12 if _photograph(ds) else ds.count * _bytes(ds) * 0.6
        return int(ds.width * ds.height / 3 * per_pixel)


def build_overviews(path: Path, watch: Watch | None = None) -> Path:
    """Make the overviews; the file appears whole or not at all. Returns its path.

    Halves are means of 2 x 2 pixels (nearest for colour tables). Raises Refused (there are some, or none are needed),
    Unwritable (no room, no permission), Unreadable (damaged picture), Cancelled.
    """
    from rasterio.errors import RasterioError

    watch = watch or Watch()
    target = overview_path(path)
    check_wanted(path)
    part = target.with_name(target.name + ".part")
    try:
        with open_raster(path) as ds, quiet_gdal():
            _first_level(ds, part, watch.part(0.0, 0.75))
            _further_levels(part, watch.part(0.75, 1.0))
        part.replace(target)
    except AppError:
        _remove(part)
        raise
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        _remove(part)
        if isinstance(error, RasterioError) and os.access(part.parent, os.W_OK):
            raise damaged(path) from error
        what = N_("the overviews cannot be written beside the picture")
        advice = N_("check the permissions of the folder and the room on the disk")
        raise Unwritable("overview.not_written", what, where=str(target), advice=advice) from error
    except BaseException:
        _remove(part)
        raise
    return target


def _check_needed(ds: Any, path: Path) -> None:
    advice = N_("nothing needs to be done")
    if ds.overviews(1):
        raise Refused("overview.inside", N_("the picture carries overviews inside"), where=str(path), advice=advice)
    if max(ds.width, ds.height) < 2 * _SMALLEST:
        what = N_("the picture is small enough without overviews")
        raise Refused("overview.small", what, where=str(path), advice=advice)


def _remove(part: Path) -> None:
    for file in (part, part.with_name(part.name + ".aux.xml")):
        file.unlink(missing_ok=True)


def _photograph(ds: Any) -> bool:
    """Three bands of bytes: JPEG with YCbCr, as orthophotos are delivered."""
    return bool(ds.count == 3 and set(ds.dtypes) == {"uint8"} and ds.nodata is None)


def _bytes(ds: Any) -> int:
    import numpy as np

    return int(np.dtype(ds.dtypes[0]).itemsize)


def _resampling(ds: Any) -> Any:
    from rasterio.enums import ColorInterp, Resampling

    return Resampling.nearest if ds.colorinterp[0] == ColorInterp.palette else Resampling.average


def _open(part: Path, mode: str, **profile: Any) -> Any:
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with silenced(NotGeoreferencedWarning):  # its place is that of the picture
        return rasterio.open(part, mode, **profile)


def _first_level(ds: Any, part: Path, watch: Watch) -> None:
    """The half-size picture, window by window: GDAL takes a file of this name as the first overview."""
    from rasterio.enums import ColorInterp
    from rasterio.windows import Window

    width, height = -(-ds.width // 2), -(-ds.height // 2)
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": width, "height": height, "count": ds.count, "dtype": ds.dtypes[0], "tiled": True,
        "blockxsize": 256, "blockysize": 256, "BIGTIFF": "IF_SAFER", "nodata": ds.nodata,
    }  # fmt: skip
    if _photograph(ds):
        profile |= {"compress": "JPEG", "photometric": "YCBCR", "JPEG_QUALITY": 85}
    else:
        profile |= {"compress": "DEFLATE", "predictor": 2 if "int" in ds.dtypes[0] else 3}
    method = _resampling(ds)
    with _open(part, "w", **profile) as out:
        if ds.colorinterp[0] == ColorInterp.palette:
            out.write_colormap(1, ds.colormap(1))
        elif ColorInterp.alpha in ds.colorinterp:
            out.colorinterp = ds.colorinterp
        lots = [(r, c) for r in range(0, height, _LOT) for c in range(0, width, _LOT)]
        for n, (r, c) in enumerate(lots):
            watch.report(n / len(lots))
            h, w = min(_LOT, height - r), min(_LOT, width - c)
            source = Window(2 * c, 2 * r, min(2 * w, ds.width - 2 * c), min(2 * h, ds.height - 2 * r))
            data = ds.read(window=source, out_shape=(ds.count, h, w), resampling=method)
            out.write(data, window=Window(c, r, w, h))


def _further_levels(part: Path, watch: Watch) -> None:
    """The quarter, the eighth and so on, inside that file."""
    with _open(part, "r+") as out:
        factors: list[int] = []
        side = float(max(out.width, out.height))
        while side / 2 >= _SMALLEST / 2:
            side /= 2
            factors.append(2 ** (len(factors) + 1))
        method = _resampling(out)
        for n, factor in enumerate(factors):
            watch.report(n / max(len(factors), 1))
            out.build_overviews([factor], method)
    watch.report(1.0)
