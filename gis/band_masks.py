"""Where bands of nodes lie, from lattice to lattice of double step: fine node (2a, 2b) lies on (a + 1, b + 1)."""

from __future__ import annotations

import numpy as np

from gis.arrays import Index, Mask


def widened(mask: Mask, steps: tuple[int, int]) -> Mask:
    """What lies within so many (rows, columns) of a mask's nodes; rows run on into the next."""
    out = mask.ravel().copy()
    for way, reach in zip((mask.shape[1], 1), steps, strict=True):
        done = 0
        while done < reach:
            step = min(max(done, 1), reach - done)
            done += step
            before, far = out.copy(), step * way
            out[far:] |= before[:-far]
            out[:-far] |= before[far:]
    return out.reshape(mask.shape)


def coarser(nodes: Index, row: int, shape: tuple[int, int]) -> Mask:
    """The next lattice's nodes on or beside some flat nodes of one with `row` a line, none of them outermost."""
    i, j = np.divmod(nodes, row)
    a, b, down, right = (i >> 1) + 1, (j >> 1) + 1, i & 1, j & 1
    out = np.zeros(shape, np.bool_)
    for k, n in ((a, b), (a + down, b), (a, b + right), (a + down, b + right)):
        out[k, n] = True
    return out


def amid(core: Mask, inside: Mask) -> Mask:
    """The finer lattice's nodes `inside` on or beside a node of `core`, also across corners."""
    rows, cols = inside.shape
    own = core[1 : 1 + (rows + 1) // 2, 1:]
    out = np.zeros(inside.shape, np.bool_)
    even = out[0::2]
    even[:, 0::2] = own[:, : (cols + 1) // 2]
    even[:, 1::2] = own[:, : cols // 2] | own[:, 1 : 1 + cols // 2]
    out[1::2] = even[: rows // 2]
    out[1:-1:2] |= even[1 : 1 + (rows - 1) // 2]
    out &= inside
    return out
