"""The ground under a horizontal level, coloured by depth: made ready once, so that any level is a picture at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage

from app.gui.canvas.overlay import LegendClass, Overlay, class_limits
from app.gui.canvas.view import Bounds
from app.i18n import _
from layers.classes import depth_colours
from models.notices import N_

_STEPS = 65_534  # heights told apart between the lowest and the highest ground; 0 stands for "not inside"
_CLASSES = 8
_TITLES = {True: N_("Depth under the level"), False: N_("Height above the level")}


class LevelPicture:
    """Each cell holds the number of its height's step, so that a level only changes a table of colours by step.

    `ground` (rows, cols; north first) in m, NaN outside the site; `bounds` in the project CRS. Of a pit what lies under
    the level is coloured, of a heap (`fills` False) what stands above it. The classes are round and stay the same for
    all levels: a colour means one depth while the level moves.
    """

    def __init__(self, ground: Any, bounds: Bounds, *, fills: bool, highest_m: float | None = None) -> None:
        inside = np.isfinite(ground)
        self.bounds, self.fills = bounds, fills
        self.low = float(ground[inside].min()) if inside.any() else 0.0
        top = float(ground[inside].max()) if inside.any() else 1.0
        self.step = max(top - self.low, 1e-6) / (_STEPS - 1)
        self._index = np.zeros(ground.shape, np.uint16)
        self._index[inside] = 1 + np.rint((ground[inside] - self.low) / self.step).astype(np.uint16)
        reach = (top if highest_m is None else max(highest_m, self.low + 1e-3)) - self.low
        self.limits = class_limits(reach, _CLASSES)
        self.colours = depth_colours(len(self.limits) - 1, fill=fills)
        self._pixels = np.zeros(ground.shape, np.uint32)

    def table(self, level: float) -> Any:
        """Colour (ARGB) of each step of height at a level; 0 where nothing is shown."""
        table = np.zeros(_STEPS + 1, np.uint32)
        ends = [self._first_above(level - limit if self.fills else level + limit) for limit in self.limits]
        ends[-1] = 1 if self.fills else _STEPS + 1  # a level above the range: the last class is open
        for near, far, ink in zip(ends[:-1], ends[1:], self.colours, strict=True):
            first, last = (far, near) if self.fills else (near, far)
            table[first:last] = 0xFF000000 | int(ink[1:], 16)
        return table

    def _first_above(self, height: float) -> int:
        """The lowest step that lies above a height."""
        return int(np.clip(1 + np.floor((height - self.low) / self.step + 1e-9) + 1, 1, _STEPS + 1))

    def overlay(self, level: float) -> Overlay:
        """The picture at a level."""
        np.take(self.table(level), self._index, out=self._pixels)
        h, w = self._index.shape
        held = QImage(self._pixels.data, w, h, 4 * w, QImage.Format.Format_ARGB32_Premultiplied)
        shown = tuple(
            LegendClass(ink, f"{low:g}–{high:g}", (low, high))
            for ink, low, high in zip(self.colours, self.limits[:-1], self.limits[1:], strict=True)
        )
        return Overlay(held.copy(), self.bounds, _(_TITLES[self.fills]), "m", shown, smooth=False)
