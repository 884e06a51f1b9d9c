"""Where bands lie (`gis.band_masks`): what is done node by node."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Index, Mask
from gis.compiled.jit import kernel


def coarser(nodes: Index, row: int, shape: tuple[int, int]) -> Mask:
    """As `gis.band_masks.coarser`."""
    out = np.zeros(shape, np.bool_)
    _coarser(nodes, row, out)
    return out


@kernel
def _coarser(nodes: Any, row: int, out: Any) -> None:
    for p in nodes:
        i, j = p // row, p % row
        for k in range(i // 2 + 1, i // 2 + 2 + (i & 1)):
            for n in range(j // 2 + 1, j // 2 + 2 + (j & 1)):
                out[k, n] = True
