"""What comes out of a file of points or lines with heights, and how much of it is let in."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gis.arrays import Array, Index
from gis.axis_order import Order
from models.errors import Refused
from models.notices import N_, Notice, Translate, _same

Row = tuple[int, list[Any]]
"""Number of the row in its file, from 1, and its cells."""

LONGEST_GROUND_M = 1e8
"""No grid coordinate on Earth is larger."""
NAMED_ROWS = 1000


@dataclass(frozen=True)
class PointLimits:
    """How much a file of points may ask of us; beyond it the file is refused."""

    text_bytes: int = 2 * 1024**3
    line_chars: int = 65_536
    points: int = 10_000_000
    patience_rows: int = 20_000
    """Rows without a single point after which a file is held for no table of points."""
    zip_bytes: int = 768 * 1024**2
    """Unpacked size of a workbook."""
    zip_ratio: int = 250
    zip_members: int = 5_000
    columns: int = 64


POINT_LIMITS = PointLimits()


@dataclass
class Tally:
    """Rows that were left out or noted, by reason: how many, and the numbers of the first `NAMED_ROWS`."""

    reason: Notice
    count: int = 0
    rows: list[int] = field(default_factory=list)
    place: tuple[float, float] | None = None
    """Where the first one is, in the file's coordinates, if that was told."""

    def add(self, row: int, place: tuple[float, float] | None = None) -> None:
        """Count one more."""
        self.count += 1
        self.place = self.place or place
        if len(self.rows) < NAMED_ROWS:
            self.rows.append(row)

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary."""
        return {"reason": self.reason.render(translate), "count": self.count, "rows": self.rows}


class Skips:
    """All reasons for which rows were left out."""

    def __init__(self) -> None:
        self._by_key: dict[str, Tally] = {}

    def add(self, row: int, reason: Notice, place: tuple[float, float] | None = None) -> None:
        """Row `row` was left out for `reason`."""
        self._by_key.setdefault(reason.key, Tally(reason)).add(row, place)

    def add_all(self, rows: Iterable[int], reason: Notice) -> None:
        """Several rows for one reason."""
        for row in rows:
            self.add(int(row), reason)

    @property
    def count(self) -> int:
        """Rows left out in all."""
        return sum(t.count for t in self._by_key.values())

    def __iter__(self) -> Iterator[Tally]:
        return iter(self._by_key.values())


@dataclass(frozen=True)
class LineFile:
    """A file of breaklines that went in beside the points: how it was read, how many lines and vertices were used."""

    path: Path
    sha256: str
    kind: str
    encoding: str | None
    sublayer: str
    crs: str
    crs_basis: str
    heights_said: Notice
    lines: int
    vertices: int
    skips: Skips

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """A plain dictionary, sentences in the language of `translate`."""
        return {
            "file": str(self.path),
            "sha256": self.sha256,
            "kind": self.kind,
            "encoding": self.encoding,
            "sublayer": self.sublayer,
            "crs": self.crs,
            "crs_basis": self.crs_basis,
            "heights": self.heights_said.render(translate),
            "lines": self.lines,
            "vertices": self.vertices,
            "skipped": [t.to_json(translate) for t in self.skips],
        }


def name_rows(rows: Iterable[int], count: int | None = None, most: int = 12) -> str:
    """Row numbers for a sentence: "3, 7-9, 15 …" (at most `most` entries; … where there are more)."""
    numbers = sorted({int(r) for r in rows})
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    text = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs[:most])
    return text + (" …" if len(runs) > most or (count or 0) > len(numbers) else "")


@dataclass
class Columns:
    """Points as a table gives them: first and second coordinate in its own order, height, row. One array each."""

    first: array[float] = field(default_factory=lambda: array("d"))
    second: array[float] = field(default_factory=lambda: array("d"))
    height: array[float] = field(default_factory=lambda: array("d"))
    row: array[int] = field(default_factory=lambda: array("q"))
    twice: list[Row] = field(default_factory=list)
    """Row and cells of longitude, latitude, X and Y, of tables that have all of them."""

    def add(self, first: float, second: float, height: float, row: int) -> None:
        """One more point."""
        self.first.append(first)
        self.second.append(second)
        self.height.append(height)
        self.row.append(row)

    def __len__(self) -> int:
        return len(self.row)


@dataclass
class RawPoints:
    """What a file holds before anything is known of its coordinate system.

    `declared` is the order that the format or the column names say, None where they are silent; `basis` tells which.
    `line` numbers the breakline of a vertex, -1 for single points.
    """

    kind: str
    first: Array
    second: Array
    height: Array
    row: Index
    line: Index
    declared: Order | None
    basis: Notice
    skips: Skips
    rows_read: int
    encoding: str | None = None
    crs: str = ""
    crs_text: str = ""
    sublayer: str = ""
    height_name: str = ""
    """Of a table: what stands above the heights. They are in metres by then if it states a unit."""
    warnings: list[Notice] = field(default_factory=list)
    twice: list[Row] = field(default_factory=list)
    """As in Columns; `twice_names` are the headings."""
    twice_names: tuple[str, ...] = ()
    corners: Any = None
    """Of a surface of triangles (TIN): (m, 3) positions of their corners among the points, int32."""

    @classmethod
    def of_columns(cls, kind: str, columns: Columns, **more: Any) -> RawPoints:
        """Single points out of a table."""
        row = np.array(columns.row, np.int64)
        made = (np.array(c, np.float64) for c in (columns.first, columns.second, columns.height))
        first, second, height = made
        return cls(kind, first, second, height, row, np.full(len(row), -1, np.int64), twice=columns.twice, **more)


def too_many(where: str, most: int) -> Refused:
    """The refusal of a file with more points than one terrain takes."""
    return Refused(
        "points.too_many",
        N_("the file holds more than {most} points"),
        where=where,
        advice=N_("thin the points out, or cut the file into parts"),
        most=most,
    )
