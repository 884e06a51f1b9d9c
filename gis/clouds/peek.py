"""Which classes the points of a cloud have: a sample in pieces all along the file, before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gis.clouds.header import read_head
from gis.clouds.stream import whole_file
from gis.formats import LIMITS, process
from gis.formats.base import Limits
from models.progress import Watch

READER = "las_classes"
PIECES = 20
PIECE_POINTS = 50_000


def stream(path: Path, job: dict[str, Any], limits: Limits) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """The child's part: counts by class of `PIECES` pieces, or of all points where there are no more than that.

    Raises Refused or Unreadable.
    """
    import laspy

    del job, limits
    head = read_head(path)
    counts = np.zeros(256, np.int64)
    with whole_file(path):
        backend = laspy.LazBackend.Lazrs
        with laspy.open(path, laz_backend=backend, read_evlrs=False) as reader:  # type: ignore[call-overload]
            for start, length in pieces(head.points):
                reader.seek(start)
                read = reader.read_points(length)
                counts += np.bincount(np.asarray(read.classification, np.uint8), minlength=256)
                yield {"kind": "progress", "share": (start + length) / head.points}, []
    yield {"kind": "end", "classes": [[k, int(n)] for k, n in enumerate(counts) if n]}, []


def pieces(points: int) -> list[tuple[int, int]]:
    """(first point, count) of what is read: evenly spread, all of a small file."""
    if points <= PIECES * PIECE_POINTS:
        return [(k, min(PIECE_POINTS, points - k)) for k in range(0, points, PIECE_POINTS)]
    last = points - PIECE_POINTS
    return [(last * k // (PIECES - 1), PIECE_POINTS) for k in range(PIECES)]


def sample_classes(paths: Sequence[Path], watch: Watch) -> dict[int, int]:
    """Points by class in a sample of the files (at most a million of each). Raises Refused, Unreadable, Cancelled."""
    found: dict[int, int] = {}
    for index, path in enumerate(paths):
        part = watch.part(index / len(paths), (index + 1) / len(paths))
        for message, _ in process.messages(
            path, READER, sublayer=None, prefer=None, encoding=None, limits=LIMITS, watch=part
        ):
            if message["kind"] == "end":
                for k, n in message["classes"]:
                    found[int(k)] = found.get(int(k), 0) + int(n)
    return dict(sorted(found.items()))
