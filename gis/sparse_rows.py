"""Weighted sums of a vector's numbers, row by row: a sparse matrix that is kept as its three arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gis.arrays import Array, Index


@dataclass(frozen=True)
class SparseRows:
    """Row k sums weight × number over the entries start[k] … start[k + 1] - 1."""

    start: NDArray[np.int32]
    at: NDArray[np.int32]
    """Places in the vector."""
    weight: Array
    length: int
    """Of the vectors that it takes."""

    @classmethod
    def of(cls, weights: Sequence[Array], places: Sequence[Index], length: int) -> SparseRows:
        """Of tables of weights and of their places, one line of a table a row; places may be of any integers."""
        start, end = [np.zeros(1, np.int32)], 0
        for table in places:
            size, each = table.size, table.shape[1]
            start.append(np.arange(end + each, end + size + 1, each, dtype=np.int32))
            end += size
        return cls(np.concatenate(start), _flat(places).astype(np.int32, copy=False), _flat(weights), length)

    @cached_property
    def places(self) -> NDArray[np.uint32]:
        """`at`, for kernels that must not look at the sign."""
        return self.at.view(np.uint32)

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The same for scipy."""
        return sparse.csr_array((self.weight, self.at, self.start), shape=(self.start.size - 1, self.length))

    def __matmul__(self, vector: Array) -> Array:
        """The sums, one a row."""
        return np.asarray(self.matrix @ vector)


def _flat(tables: Sequence[Any]) -> Any:
    """The numbers of some tables, one after the other."""
    return tables[0].ravel() if len(tables) == 1 else np.concatenate([table.ravel() for table in tables])
