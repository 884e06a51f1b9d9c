"""PySide6 6.12 drops a reference to None in every void Qt method on CPython 3.11, and the interpreter dies of it."""

from __future__ import annotations

import sys

from PySide6.QtGui import QPolygonF


def test_void_qt_methods_keep_their_reference_to_none() -> None:
    polygon = QPolygonF()
    polygon.reserve(5)
    before = sys.getrefcount(None)
    for _ in range(500):
        polygon.reserve(5)
    assert abs(sys.getrefcount(None) - before) < 100
