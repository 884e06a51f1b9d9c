"""Where bands lie (`gis.band_masks`): masks are walked through by eight nodes at a time, as most hold none."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Mask
from gis.compiled.jit import by_eight, kernel


def coarser(mask: Mask, shape: tuple[int, int]) -> Mask:
    """As `gis.band_masks.coarser`."""
    out = np.zeros(shape, np.bool_)
    _coarser(mask.reshape(-1), by_eight(mask), mask.shape[1], out)
    return out


@kernel
def _coarser(mask: Any, words: Any, cols: int, out: Any) -> None:
    for word in range(words.size + 1):
        if word == words.size or words[word]:
            for p in range(8 * word, min(8 * word + 8, mask.size)):
                if mask[p]:
                    i, j = p // cols, p % cols
                    a, b = i // 2 + 1, j // 2 + 1
                    for k in range(a, a + (i & 1) + 1):
                        for n in range(b, b + (j & 1) + 1):
                            out[k, n] = True


def amid(core: Mask, inside: Mask) -> Mask:
    """As `gis.band_masks.amid`."""
    out = np.zeros(inside.shape, np.bool_)
    _amid(core.reshape(-1), by_eight(core), core.shape[1], inside, out)
    return out


@kernel
def _amid(core: Any, words: Any, cols: int, inside: Any, out: Any) -> None:
    for word in range(words.size + 1):
        if word == words.size or words[word]:
            for p in range(8 * word, min(8 * word + 8, core.size)):
                if core[p]:
                    i, j = 2 * (p // cols - 1), 2 * (p % cols - 1)
                    for k in range(max(i - 1, 0), min(i + 2, out.shape[0])):
                        for n in range(max(j - 1, 0), min(j + 2, out.shape[1])):
                            out[k, n] = inside[k, n]
