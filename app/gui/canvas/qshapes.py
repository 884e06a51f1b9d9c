"""Arrays of vertices as Qt polygons and back, copied through memory (a loop in Python takes 25 times as long)."""

from __future__ import annotations

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtGui import QPolygonF

F64 = NDArray[np.float64]


def qpolygon(xy: F64) -> QPolygonF:
    """A QPolygonF of an (n, 2) array."""
    polygon = QPolygonF()
    n = len(xy)
    if n == 0:
        return polygon
    polygon.resize(n)
    memory = shiboken6.VoidPtr(polygon.data(), n * 16, True)
    np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = xy
    return polygon


def array(polygon: QPolygonF) -> F64:
    """The (n, 2) array of a QPolygonF, a copy."""
    n = polygon.size()
    if n == 0:
        return np.empty((0, 2))
    memory = shiboken6.VoidPtr(polygon.data(), n * 16, False)
    return np.frombuffer(memory, np.float64).reshape(-1, 2).copy()
