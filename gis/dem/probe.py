"""What a raster file holds, found out in a child process: a hostile file may crash or hang a decoder, not the program.

The child opens the file, reads every block once and sends plain facts.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gis.arrays import Mask
from gis.dem.opening import damaged, open_raster, quiet_gdal
from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import N_

SENTINELS = (-9999.0, -32768.0, -32767.0, -99999.0, -10000.0, -999.0)
HUGE = 1e30  # no height is; the float minimum is often rounded when it is written as text
LIMIT_BLOCK = 1 << 29
LIMIT_CELLS = 10**11
_CELLS_A_READ = 4_000_000


@dataclass
class Facts:
    """What the file says, in plain types (it crosses a process border). Heights are stored values, not metres."""

    driver: str
    width: int
    height: int
    bands: int
    dtype: str
    transform: tuple[float, float, float, float, float, float]
    crs_wkt: str | None
    nodata: float | None
    scale: float
    offset: float
    unit: str
    masked: bool
    valid: int = 0
    low: float = float("nan")
    high: float = float("nan")
    low_count: int = 0
    next_low: float = float("nan")
    high_count: int = 0
    next_high: float = float("nan")
    sentinels: dict[str, int] = field(default_factory=dict)
    """Stored value as text → number of cells, for values that other programs use for \"no height\"."""


FLAG = "--probe-terrain"
"""The only argument of a frozen program that starts itself as this child."""


def serve_if_asked(argv: list[str]) -> None:
    """Early in a frozen program's entry point: becomes the child and never returns, if it was started as one."""
    if argv[1:2] == [FLAG]:
        serve(json.loads(sys.stdin.buffer.readline()))
        raise SystemExit(0)


def serve(job: dict[str, Any]) -> None:
    """Entry of the child. Lines of JSON on standard output: progress, then facts or error, for this job and the next.

    The further jobs come on standard input, a line each; its end is the end.
    """
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    _limit()
    _answer(job, out)
    for line in sys.stdin.buffer:
        _answer(json.loads(line), out)


def _answer(job: dict[str, Any], out: IO[str]) -> None:
    def tell(**message: Any) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    path = Path(job["file"])
    try:
        tell(facts=asdict(probe(path, job["nodata"], lambda share: tell(progress=share))))
    except AppError as error:
        tell(error=_plain(error))
    except (MemoryError, OverflowError, ValueError, OSError):
        tell(error=_plain(damaged(path)))


def _plain(error: AppError) -> dict[str, Any]:
    facts = {k: v if isinstance(v, int | float | str) else str(v) for k, v in error.what.facts.items()}
    return {"kind": type(error).__name__, "key": error.key, "what": error.what.text, "where": error.where,
            "advice": error.advice.text, "facts": facts}  # fmt: skip


def error_of(message: dict[str, Any]) -> AppError:
    """The error that the child sent."""
    kind = {k.__name__: k for k in (Refused, Missing, Unreadable)}.get(message["kind"], Unreadable)
    return kind(message["key"], message["what"], where=message["where"], advice=message["advice"], **message["facts"])


def _limit() -> None:
    """No chatter on either output and no more than 6 GB of address space."""
    logging.disable(logging.CRITICAL)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    for name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
        os.environ.pop(name, None)
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def probe(path: Path, nodata: float | None, progress: Any = None) -> Facts:
    """Facts of a raster and of every value in it. `nodata` is what the user states on top of what the file declares."""
    from rasterio.enums import MaskFlags

    with open_raster(path) as ds:
        _check_shape(ds, path)
        flags = ds.mask_flag_enums[0]
        facts = Facts(
            ds.driver,
            ds.width,
            ds.height,
            ds.count,
            ds.dtypes[0],
            tuple(ds.transform)[:6],
            ds.crs.to_wkt() if ds.crs else None,
            None if ds.nodata is None else float(ds.nodata),
            float(ds.scales[0]),
            float(ds.offsets[0]),
            ds.units[0] or "",
            bool({MaskFlags.per_dataset, MaskFlags.alpha} & set(flags)),
        )
        _scan(ds, path, facts, nodata, progress)
    return facts


def _check_shape(ds: Any, path: Path) -> None:
    from rasterio.enums import ColorInterp

    where = str(path)
    if ds.count > 4 or (ds.count > 2 and ds.dtypes[0] == "uint8"):
        raise Refused(
            "terrain.picture",
            N_("the file has {bands} bands and looks like a picture, not like heights"),
            bands=ds.count,
            where=where,
            advice=N_("give the elevation model, a raster with one band of heights"),
        )
    if ds.dtypes[0] == "uint8" and ds.colorinterp[0] == ColorInterp.palette:
        raise Refused(
            "terrain.palette",
            N_("its cells are numbers of colours, not heights"),
            where=where,
            advice=N_("give the elevation model itself; a coloured picture of it can be a basemap"),
        )
    if ds.dtypes[0].startswith("complex") or ds.width * ds.height > LIMIT_CELLS:
        raise damaged(path)
    rows, cols = ds.block_shapes[0]
    if rows * cols * np.dtype(ds.dtypes[0]).itemsize > LIMIT_BLOCK:
        raise Refused(
            "terrain.one_block",
            N_("the raster is stored as one block of {rows} × {cols} cells and cannot be read by windows"),
            rows=rows,
            cols=cols,
            where=where,
            advice=N_("store it again as a tiled GeoTIFF (gdal_translate -co TILED=YES)"),
        )
    if ds.tags(ns="OVERVIEWS"):
        raise Refused(
            "terrain.sidecar",
            N_("the helper file {name} points to other files"),
            name=path.name,
            where=where,
            advice=N_("remove it and register the terrain again"),
        )


def _alpha(ds: Any) -> int | None:
    """The band that says which cells are transparent: GDAL takes it for a mask only where it holds small integers."""
    from rasterio.enums import ColorInterp

    return next((n for n, what in enumerate(ds.colorinterp, 1) if what == ColorInterp.alpha), None)


def _scan(ds: Any, path: Path, facts: Facts, nodata: float | None, progress: Any) -> None:
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    step_r, step_c = ds.block_shapes[0]
    cols = (
        ds.width if ds.width * step_r <= 4 * _CELLS_A_READ else max(step_c, _CELLS_A_READ // step_r // step_c * step_c)
    )
    rows = max(step_r, _CELLS_A_READ // cols // step_r * step_r)
    wanted = [v for v in (facts.nodata, nodata) if v is not None]
    alpha = None if facts.masked else _alpha(ds)
    for row in range(0, ds.height, rows):
        for col in range(0, ds.width, cols):
            window = Window(col, row, min(cols, ds.width - col), min(rows, ds.height - row))
            try:
                with quiet_gdal():
                    values = ds.read(1, window=window)
                    mask = ds.read_masks(1, window=window) if facts.masked else None
                    clear = alpha is not None and not ds.read(alpha, window=window).all()
            except (RasterioError, OSError, ValueError) as error:
                raise damaged(path) from error
            if clear:
                raise Refused(
                    "terrain.alpha",
                    N_("band {band} marks cells as transparent, but not in the way that masks are read"),
                    band=alpha,
                    where=str(path),
                    advice=N_("make the terrain again with a nodata value (gdalwarp -dstnodata -9999, not -dstalpha)"),
                )
            _count(facts, values, mask, wanted)
        if progress:
            progress(min(row + rows, ds.height) / ds.height)


def no_cell_missing(values: NDArray[Any], declared: list[float]) -> bool:
    """True where the range of the values already tells that none is missing: two passes instead of five."""
    if not values.size:
        return True
    return range_tells(float(values.min()), float(values.max()), declared)


def range_tells(low: float, high: float, declared: list[float]) -> bool:
    """True where values between `low` and `high` (NaN if one of them is) can none be missing."""
    return low > -HUGE and high < HUGE and not any(low <= v <= high for v in declared)


def missing_cells(values: NDArray[Any], declared: list[float]) -> Mask:
    """Where stored values are no heights: a declared nodata value, NaN, ±inf, or beyond 1e30."""
    out = np.zeros(values.shape, np.bool_)
    if values.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            np.greater(np.abs(values), HUGE, out=out)
        out |= np.isnan(values)
    for value in declared:
        if np.isfinite(value) and (values.dtype.kind == "f" or float(value).is_integer()):
            out |= values == (values.dtype.type(value) if values.dtype.kind == "f" else int(value))
    return out


def _count(facts: Facts, values: NDArray[Any], mask: NDArray[Any] | None, declared: list[float]) -> None:
    bad = missing_cells(values, declared)
    if mask is not None:
        bad |= mask == 0
    good = values[~bad] if bad.any() else values.ravel()
    if not good.size:
        return
    facts.valid += int(good.size)
    low, high = float(good.min()), float(good.max())
    if low <= SENTINELS[-1]:
        for s in SENTINELS:
            n = int(np.count_nonzero(good == s))
            if n:
                facts.sentinels[f"{s:g}"] = facts.sentinels.get(f"{s:g}", 0) + n
    above, below = good[good > low], good[good < high]
    facts.low, facts.next_low, facts.low_count = _end(
        (facts.low, facts.next_low, facts.low_count),
        (low, float(above.min()) if above.size else float("nan"), int(good.size - above.size)),
    )
    # The other end is the same with signs turned.
    turned = _end(
        (-facts.high, -facts.next_high, facts.high_count),
        (-high, -float(below.max()) if below.size else float("nan"), int(good.size - below.size)),
    )
    facts.high, facts.next_high, facts.high_count = -turned[0], -turned[1], turned[2]


End = tuple[float, float, int]
"""The lowest value, the next one above it (NaN: none) and how many cells hold the lowest."""


def _end(kept: End, block: End) -> End:
    """The end of the values of all blocks so far and of one more."""
    seen = np.array([*kept[:2], *block[:2]])
    lowest = float(np.nanmin(seen))
    count = sum(c for v, _, c in (kept, block) if v == lowest)
    higher = seen[seen > lowest]
    return lowest, float(higher.min()) if higher.size else float("nan"), count
