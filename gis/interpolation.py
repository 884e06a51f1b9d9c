"""From a lattice to one of half its step: six nodes in line, exact to the fifth power."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gis.arrays import Array
from gis.scratch import scratch

HALFWAY = np.array([3.0, -25.0, 150.0, 150.0, -25.0, 3.0]) / 256
"""Lagrange's weights of six nodes in line for the place halfway between the third and the fourth."""
_BAND_NODES = 1 << 16
"""Nodes of the finer lattice worked on together: few enough for the processor's own cache."""


def to_finer(coarse: Array, out: Array) -> None:
    """Fill `out`, whose node (2i, 2j) lies on node (i + 1, j + 1) of `coarse`, in place.

    The outermost three nodes of `out` that have no six in line are left as they are.
    """
    rows, cols = out.shape
    high, width = coarse.shape
    half, middle = (cols + 1) // 2, min((cols - 2) // 2, width - 5)
    band = max(_BAND_NODES // cols, 8)
    for p in range(0, (rows + 1) // 2, band):
        q = min(p + band, (rows + 1) // 2)
        first, last = max(p - 1, 0), min(q + 4, high)  # coarse rows that rows 2p ... 2q - 1 rest on
        lines = coarse[first:last]
        wide = scratch("wide", (last - first, cols))
        wide[:, 0::2] = lines[:, 1 : 1 + half]
        between = _halfway([lines[:, k : k + middle] for k in range(6)], "across")
        wide[:, 3 : 3 + 2 * middle : 2] = between
        wide[:, 1] = 0.0  # what memory held in columns without six in line might overflow below
        wide[:, 3 + 2 * middle :: 2] = 0.0
        out[2 * p : 2 * q : 2] = wide[p + 1 - first : q + 1 - first]
        a, b = max(p, 1), min(q, high - 4, rows // 2)
        if a < b:
            out[2 * a + 1 : 2 * b : 2] = _halfway(
                [wide[a - 1 - first + k : b - 1 - first + k] for k in range(6)], "down"
            )


def _halfway(six: Sequence[Array], use: str) -> Array:
    """The value halfway between the third and the fourth of six arrays of one shape, in working memory."""
    total: Array = np.add(six[2], six[3], out=scratch(use, six[0].shape))
    total *= HALFWAY[2]
    for k in (1, 0):
        more = np.add(six[k], six[5 - k], out=scratch("more", six[0].shape))
        more *= HALFWAY[k]
        total += more
    return total
