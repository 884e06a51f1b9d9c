"""From a lattice to one of half its step (`gis.interpolation`), line by line, with six lines at hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Array
from gis.compiled.jit import kernel
from gis.interpolation import HALFWAY


def to_finer(coarse: Array, out: Array) -> None:
    """As `gis.interpolation.to_finer`."""
    _to_finer(coarse, out, HALFWAY[0], HALFWAY[1], HALFWAY[2])


@kernel
def _to_finer(coarse: Any, out: Any, far: float, next_: float, near: float) -> None:
    rows, cols = out.shape
    high, width = coarse.shape
    half, middle = (cols + 1) // 2, min((cols - 2) // 2, width - 5)
    wide = np.zeros((6, cols))  # coarse line k is kept in k % 6
    for k in range(high):
        own = wide[k % 6]
        _across(coarse[k], half, middle, own, far, next_, near)
        even = 2 * (k - 1)
        if 0 <= even < rows:
            out[even] = own
        odd = 2 * (k - 4) + 1  # between the coarse lines k - 3 and k - 2
        if 3 <= odd < rows:
            a, b, c = wide[(k - 5) % 6], wide[(k - 4) % 6], wide[(k - 3) % 6]
            d, e = wide[(k - 2) % 6], wide[(k - 1) % 6]
            line = out[odd]
            for j in range(cols):
                line[j] = ((c[j] + d[j]) * near + (b[j] + e[j]) * next_) + (a[j] + own[j]) * far


@kernel
def _across(line: Any, half: int, middle: int, wide: Any, far: float, next_: float, near: float) -> None:
    for j in range(half):
        wide[2 * j] = line[1 + j]
    for j in range(middle):
        total = (line[j + 2] + line[j + 3]) * near + (line[j + 1] + line[j + 4]) * next_
        wide[3 + 2 * j] = total + (line[j] + line[j + 5]) * far
