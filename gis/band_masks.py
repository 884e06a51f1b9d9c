"""Where bands of nodes lie, from lattice to lattice of double step: fine node (2a, 2b) lies on (a + 1, b + 1)."""

from __future__ import annotations

import numpy as np

from gis.arrays import Mask


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


def coarser(mask: Mask, shape: tuple[int, int]) -> Mask:
    """The next lattice's nodes on or beside a node of the mask (whose outermost nodes are not set)."""
    high = np.zeros((mask.shape[0] + 1, mask.shape[1]), np.bool_)
    high[:-1] = mask
    high[:-2] |= mask[1:]
    high[1:] |= mask
    rows = high[: mask.shape[0] : 2]
    out = np.zeros(shape, np.bool_)
    own = out[1 : 1 + rows.shape[0], 1 : 1 + (mask.shape[1] + 1) // 2]
    own |= rows[:, 0::2]
    odd = rows[:, 1::2]
    own[:, : odd.shape[1]] |= odd
    own[:, 1:] |= odd[:, : own.shape[1] - 1]
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
