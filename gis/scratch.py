"""Working arrays that are used again: fresh memory costs more than the arithmetic that is done in it."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.arrays import Array


class _Own(threading.local):
    """What each thread keeps."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Array] = {}


_own = _Own()


def scratch(use: str, shape: tuple[int, ...], dtype: Any = np.float64) -> NDArray[Any]:
    """An array with whatever was left in it, for one use in this thread.

    It is overwritten when the same use asks again: keep nothing in it beyond that, and give no part of it away.
    """
    size, dtype = math.prod(shape), np.dtype(dtype)
    key = use, dtype.char
    buffer = _own.kept.get(key)
    if buffer is None or buffer.size < size:
        buffer = _own.kept[key] = np.empty(1 << (size - 1).bit_length() if size else 0, dtype)
    return buffer[:size].reshape(shape)
