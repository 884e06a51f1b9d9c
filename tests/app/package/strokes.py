"""The lines that were drawn on a page, read back from what matplotlib keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_hex, to_rgba
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from app.package.page import Page


@dataclass(frozen=True)
class Stroke:
    """Lines of one style: #RRGGBB, mm, height of drawing; each line an (n, 2) array in mm."""

    color: str
    width_mm: float
    z: float
    lines: list[np.ndarray]


def strokes(page: Page) -> Iterator[Stroke]:
    """All of a page."""
    for a in page.figure.get_children():
        if isinstance(a, PathPatch) and to_rgba(a.get_facecolor())[3] == 0:
            path = a.get_path()
            assert path.codes is not None
            lines = np.split(path.vertices, np.flatnonzero(path.codes == Path.MOVETO)[1:])
            width = float(a.get_linewidth()) * 25.4 / 72
            yield Stroke(to_hex(a.get_edgecolor()).upper(), width, a.get_zorder(), lines)
