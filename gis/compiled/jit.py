"""How kernels are compiled: once on each computer, kept beside the program or in the user's cache folder."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gis.arrays import Mask

kernel: Any = njit(cache=True, nogil=True, error_model="numpy")
"""Decorator. No fast mathematics: products and sums stay as they are written, so that results do not depend on the
processor. Places are unsigned: a signed index would be looked at for counting from the end. What a kernel takes from
another module is given to it: what is kept of a compiled kernel is only good as long as its own file is the same."""


def by_eight(mask: Mask) -> NDArray[np.uint64]:
    """The mask in words of eight nodes; what is left at its end is not in them."""
    return mask.reshape(-1)[: mask.size // 8 * 8].view(np.uint64)
