"""The DEM of the sample: 3 km x 2 km at 1 m, computed by arithmetic and written as a tiled GeoTIFF with overviews."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from app.sample.ground import SIZE_U, SIZE_V, natural
from app.sample.noise import F32, F64
from app.sample.places import CRS, HEAPS, ORIGIN_E, ORIGIN_N, PITS
from app.sample.works import dig, pile
from models.progress import Watch

CELL_M = 1.0
VERSION = "1"
"""Raised when the ground or the places change: an older sample is then made anew."""
VERSION_TAG = "HUITIAN_SAMPLE"
_STEP = 100  # rows at a time: small enough for the processor's cache
_THREADS = 2  # numpy works outside the interpreter lock; the answer does not depend on the order
_QUANTUM = 256.0  # heights are kept to 1/256 m: finer than any survey, and the file packs to a third


def heights(us: F64, vs: F64, watch: Watch | None = None) -> F32:
    """Ground with pits and heaps at local axes us (columns, m east) and vs (rows, m north), m; any step."""
    watch = watch or Watch()
    z = np.empty((len(vs), len(us)), dtype=np.float32)
    starts = range(0, len(vs), _STEP)
    pool = ThreadPoolExecutor(_THREADS)
    try:
        blocks = pool.map(lambda start: natural(us, vs[start : start + _STEP]), starts)
        for start, block in zip(starts, blocks, strict=True):
            z[start : start + _STEP] = block
            watch.report(0.7 * start / len(vs))
    finally:
        pool.shutdown(cancel_futures=True)
    for done, pit in enumerate(PITS):
        dig(pit, us, vs, z)
        watch.report(0.7 + 0.25 * done / len(PITS))
    for heap in HEAPS:
        pile(heap, us, vs, z)
    watch.report(1.0)
    return z


def axes(step_m: float = CELL_M) -> tuple[F64, F64]:
    """Local coordinates of cell centres: columns from west, rows from north."""
    us = (np.arange(round(SIZE_U / step_m), dtype=np.float64) + 0.5) * step_m
    vs = SIZE_V - (np.arange(round(SIZE_V / step_m), dtype=np.float64) + 0.5) * step_m
    return us.astype(np.float64), vs.astype(np.float64)


def write_terrain(path: Path, watch: Watch | None = None) -> Path:
    """Write the DEM (EPSG:4546, float32, deflate, overviews) beside and put it in place of `path`; returns `path`."""
    import rasterio
    from rasterio.enums import Resampling
    from rasterio.transform import Affine

    watch = watch or Watch()
    z = np.rint(heights(*axes(), watch.part(0.0, 0.6)) * np.float32(_QUANTUM)) / np.float32(_QUANTUM)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "width": z.shape[1], "height": z.shape[0], "crs": CRS,
        "transform": Affine(CELL_M, 0.0, ORIGIN_E, 0.0, -CELL_M, ORIGIN_N + SIZE_V), "nodata": -9999.0, "tiled": True,
        "blockxsize": 256, "blockysize": 256, "compress": "deflate", "zlevel": 1, "predictor": 3, "num_threads": 2,
    }  # fmt: skip
    try:
        with rasterio.open(beside, "w", **profile) as dem:
            dem.write(z, 1)
            dem.update_tags(**{VERSION_TAG: VERSION, "TIFFTAG_IMAGEDESCRIPTION": "made-up terrain, not a survey"})
            watch.report(0.8)
            dem.build_overviews([2, 4, 8, 16], Resampling.average)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    watch.report(1.0)
    return path
