"""The child's part of reading a cloud: points, chunk by chunk, into buckets on disk (see gis/formats/child.py).

Dropped here: points that the file calls withheld, and noise (classes 7 and 18). The rest is told by class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from gis.arrays import Array
from gis.clouds.buckets import Buckets, Classes
from gis.clouds.header import read_head, truncated
from gis.formats import reproject
from gis.formats.base import Limits
from models.errors import Refused
from models.notices import N_
from models.terrain import PLAUSIBLE_M

CHUNK = 500_000
NOISE = (7, 18)
LOWEST_M, HIGHEST_M = PLAUSIBLE_M
_MOST_BUCKETS = 50_000


def stream(path: Path, job: dict[str, Any], limits: Limits) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """Messages: progress, then end with what the buckets hold.

    Options: folder, side, base, crs, target, bounds (of the data, in `crs`), factor (metres per unit of height). Raises
    Refused or Unreadable.
    """
    import laspy

    del limits
    options = job["options"]
    head = read_head(path)
    buckets = Buckets(Path(options["folder"]), options["side"], options["base"])
    dropped = {"withheld": 0, "noise": 0, "impossible": 0}
    seen = 0
    with whole_file(path):
        backend = laspy.LazBackend.Lazrs  # one thread, one chunk in memory
        with laspy.open(path, laz_backend=backend, read_evlrs=False) as reader:  # type: ignore[call-overload]
            for points in reader.chunk_iterator(CHUNK):
                seen += len(points)
                xyz, classes = _usable(points, options["factor"], dropped)
                xyz, classes = _moved(xyz, classes, options, dropped, str(path))
                buckets.add(xyz, classes)
                _check_scatter(buckets, str(path))
                yield {"kind": "progress", "share": seen / head.points}, []
    if seen < head.points:
        raise truncated(str(path))
    yield {"kind": "end", "seen": seen, "dropped": dropped, "count": [[*k, n] for k, n in buckets.count.items()],
           "low": buckets.low, "high": buckets.high, "classes": sorted(buckets.classes.items())}, []  # fmt: skip


@contextmanager
def whole_file(path: Path) -> Iterator[None]:
    """Whatever laspy or its decoder raise while they read is a file that is cut short: Unreadable."""
    from laspy.errors import LaspyException

    try:
        yield
    except LaspyException as cause:
        raise truncated(str(path)) from cause
    except Exception as cause:
        if type(cause).__name__ == "LazrsError":  # its module is not to be named where it may be missing
            raise truncated(str(path)) from cause
        raise


def _moved(
    xyz: Array, classes: Classes, options: dict[str, Any], dropped: dict[str, int], where: str
) -> tuple[Array, Classes]:
    """Points in the target's system; those without an image there are left out."""
    source, target = pyproj.CRS.from_user_input(options["crs"]), pyproj.CRS.from_user_input(options["target"])
    way, _ = reproject.across(source, target, tuple(options["bounds"]), where)
    if way is None:
        return xyz, classes
    xyz[:, 0], xyz[:, 1] = way.transform(xyz[:, 0], xyz[:, 1])
    good = np.isfinite(xyz).all(axis=1)
    dropped["impossible"] += int((~good).sum())
    return xyz[good], classes[good]


def _usable(points: Any, factor: float, dropped: dict[str, int]) -> tuple[Array, Classes]:
    """(xyz, classes) of the points that may be ground."""
    classes = np.asarray(points.classification, np.uint8)
    withheld = np.asarray(points.withheld, np.bool_)
    noise = np.isin(classes, NOISE) & ~withheld
    good = ~(withheld | noise)
    dropped["withheld"] += int(withheld.sum())
    dropped["noise"] += int(noise.sum())
    xyz = np.column_stack((points.x, points.y, points.z)).astype(np.float64)
    xyz[:, 2] *= factor
    high = (xyz[:, 2] >= LOWEST_M) & (xyz[:, 2] <= HIGHEST_M) & np.isfinite(xyz).all(axis=1)
    dropped["impossible"] += int((good & ~high).sum())
    good &= high
    return xyz[good], classes[good]


def _check_scatter(buckets: Buckets, where: str) -> None:
    if len(buckets.count) > _MOST_BUCKETS:
        raise Refused(
            "cloud.scattered",
            N_("the points lie scattered over a far larger area than the header says"),
            where=where,
            advice=N_("check the file; points far off must be taken out first"),
        )
