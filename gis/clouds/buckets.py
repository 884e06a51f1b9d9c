"""Points of a cloud sorted into square buckets on disk, so that any place can be read without the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis.arrays import Array
from gis.clouds.header import truncated

Classes = NDArray[np.uint8]
RECORD = np.dtype([("x", "<f8"), ("y", "<f8"), ("z", "<f4"), ("c", "u1")])
"""East and north as they were read (a point on a cell's edge must not change sides), height above `base` (m), class."""
_AT_ONCE = 1_000_000


@dataclass
class Buckets:
    """A folder of buckets of `side` m, heights counted from `base` (m). `count`: points by (column, row) of a bucket.

    `low`, `high`: x, y of all points; `classes`: points by class.
    """

    folder: Path
    side: float
    base: float
    count: dict[tuple[int, int], int] = field(default_factory=dict)
    low: tuple[float, float] = (float("inf"), float("inf"))
    high: tuple[float, float] = (float("-inf"), float("-inf"))
    classes: dict[int, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """All points."""
        return sum(self.count.values())

    def file(self, key: tuple[int, int]) -> Path:
        """Where a bucket's points lie."""
        return self.folder / f"{key[0]}_{key[1]}.pts"

    def add(self, xyz: Array, classes: Classes) -> None:
        """Append points (n, 3; m) with their classes."""
        if not len(xyz):
            return
        cell = np.floor(xyz[:, :2] / self.side).astype(np.int64)
        order = np.lexsort((cell[:, 1], cell[:, 0]))
        cell = cell[order]
        made = np.empty(len(order), RECORD)
        made["x"], made["y"] = xyz[order, :2].T
        made["z"], made["c"] = xyz[order, 2] - self.base, classes[order]
        edges = np.flatnonzero((np.diff(cell, axis=0, prepend=cell[:1] - 1) != 0).any(axis=1))
        for start, end in zip(edges, [*edges[1:], len(order)], strict=True):
            key = int(cell[start, 0]), int(cell[start, 1])
            with self.file(key).open("ab") as file:
                file.write(made[start:end].tobytes())
            self.count[key] = self.count.get(key, 0) + int(end - start)
        (x0, y0), (x1, y1) = xyz[:, :2].min(axis=0), xyz[:, :2].max(axis=0)
        self.low = min(self.low[0], float(x0)), min(self.low[1], float(y0))
        self.high = max(self.high[0], float(x1)), max(self.high[1], float(y1))
        for value, n in zip(*np.unique(classes, return_counts=True), strict=True):
            self.classes[int(value)] = self.classes.get(int(value), 0) + int(n)

    def within(self, x0: float, y0: float, x1: float, y1: float) -> Iterator[tuple[Array, Classes]]:
        """(xyz, classes) of the points of all buckets that meet a box, at most a million at a time."""
        for i in range(int(np.floor(x0 / self.side)), int(np.floor(x1 / self.side)) + 1):
            for j in range(int(np.floor(y0 / self.side)), int(np.floor(y1 / self.side)) + 1):
                if (i, j) in self.count:
                    yield from self.read((i, j))

    def read(self, key: tuple[int, int]) -> Iterator[tuple[Array, Classes]]:
        """(xyz, classes) of one bucket, at most a million at a time."""
        with self.file(key).open("rb") as file:
            while raw := file.read(_AT_ONCE * RECORD.itemsize):
                if len(raw) % RECORD.itemsize:
                    raise truncated(str(self.file(key)))
                part = np.frombuffer(raw, RECORD)
                xyz = np.empty((len(part), 3))
                xyz[:, 0], xyz[:, 1] = part["x"], part["y"]
                xyz[:, 2] = part["z"].astype(np.float64) + self.base
                yield xyz, part["c"]
