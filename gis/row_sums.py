"""Sums by row of cells, from which totals come out the same whatever the blocks in which they were gathered.

Each part of a site and each tile column has a table of its own, one entry a row. Blocks add to the rows that they hold;
the tables are added up only when all is there, in one order, and their totals by `math.fsum`, which is exact.
"""

from __future__ import annotations

import math

import numpy as np

from gis.arrays import Array


class RowSums:
    """Sums of named quantities in cells (values times shares of cells)."""

    def __init__(self) -> None:
        self._tables: dict[tuple[int, int], tuple[int, Array, dict[str, Array]]] = {}
        self._row0 = 0
        self._table: dict[str, Array] = {}
        self._rows = 0

    def begin(self, part: int, column: int, row0: int, areas: Array) -> None:
        """What is added next belongs to this part and tile column, whose rows begin at `row0`.

        `areas`: ground area of a cell in each of the part's rows, m².
        """
        if (part, column) not in self._tables:
            self._tables[part, column] = (row0, areas, {})
        self.resume(part, column)

    def resume(self, part: int, column: int) -> None:
        """What is added next belongs to this part and tile column again."""
        self._row0, areas, self._table = self._tables[part, column]
        self._rows = areas.size

    def add(self, name: str, row: int, values: Array) -> None:
        """Add sums of the rows from `row` on."""
        table = self._table.get(name)
        if table is None:
            table = self._table[name] = np.zeros(self._rows)
        own = table[row - self._row0 : row - self._row0 + values.size]
        own += values

    def total(self, name: str) -> float:
        """The sum over all cells, times their ground area: m³ of depths, m² of shares."""
        return math.fsum([np.add.reduce(t[name] * areas) for _, areas, t in self._tables.values() if name in t])

    def cells(self, name: str) -> float:
        """The sum over all cells."""
        return math.fsum([np.add.reduce(t[name]) for _, _, t in self._tables.values() if name in t])
