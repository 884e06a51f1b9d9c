"""Pictures laid over the ground by others: the depth of fill of the selected site, with its classes in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from app.gui.canvas.view import Bounds
from app.i18n import _
from layers.classes import MOST_CLASSES, depth_colours, depth_limits
from models.notices import N_

_CUT = N_("cut {low}–{high}")


@dataclass(frozen=True)
class LegendClass:
    """One line of a legend: a colour "#RRGGBB" and what it stands for ("2–4").

    Classes of one `side` with `limits` (low, high) that follow each other can be told as one bar, where room is short.
    """

    colour: str
    label: str
    limits: tuple[float, float] | None = None
    side: str = ""


@dataclass(frozen=True)
class Classes:
    """What a legend tells of an overlay."""

    title: str
    unit: str
    classes: tuple[LegendClass, ...]


@dataclass(frozen=True)
class Overlay:
    """A picture over `bounds` (project CRS, outer edges). Title and classes go to the legend while it is shown."""

    image: QImage
    bounds: Bounds
    title: str = ""
    unit: str = "m"
    classes: tuple[LegendClass, ...] = ()
    opacity: float = 0.85
    smooth: bool = True

    @property
    def told(self) -> Classes:
        """What a legend tells of it: the same for each step of a slider that keeps its classes."""
        return Classes(self.title, self.unit, tuple(self.classes))


def image_of(rgba: NDArray[np.uint8]) -> QImage:
    """A QImage that owns its pixels, premultiplied, of an (h, w, 4) array."""
    rgba = np.ascontiguousarray(rgba)
    h, w = rgba.shape[:2]
    held = QImage(rgba.data, w, h, 4 * w, QImage.Format.Format_RGBA8888)
    return held.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


_SLIGHT = 1 / 20


def class_limits(deepest_m: float, most: int = MOST_CLASSES) -> list[float]:
    """Round class limits 0 .. ≥ deepest (m), at most `most` classes, as on a sheet; one of a metre for nothing."""
    return depth_limits(deepest_m, most) or [0.0, 1.0]


def depth_overlay(depth: NDArray[Any], bounds: Bounds, title: str, *, least_m: float = 0.0) -> Overlay:
    """Depth of fill (m, positive; row 0 in the north; NaN outside; negative = cut) in classes of round limits.

    Fill is blue, cut red (layers.style ramps); cells from 0 to `least_m` stay clear.
    """
    d = np.asarray(depth, np.float32)
    rgba = np.zeros((*d.shape, 4), np.uint8)
    classes: list[LegendClass] = []
    with np.errstate(invalid="ignore"):
        sides = ((d > least_m, d, True, "{low}–{high}"), (d < -least_m, -d, False, _(_CUT)))
        deepest = [float(height[mask].max()) if mask.any() else 0.0 for mask, height, _fill, _words in sides]
        for (mask, height, fill, words), reach in zip(sides, deepest, strict=True):
            if not reach:
                continue
            limits = class_limits(reach)
            colours = depth_colours(len(limits) - 1, fill=fill)
            if reach < max(deepest) * _SLIGHT:  # centimetres of fill beside metres of cut: one class, the palest
                limits, colours = [limits[0], limits[-1]], depth_colours(MOST_CLASSES, fill=fill)[:1]
            side = _("Fill") if fill else _("Cut")
            which = np.clip(np.searchsorted(limits, height[mask], side="left") - 1, 0, len(colours) - 1)
            table = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] + [255] for c in colours], np.uint8)
            rgba[mask] = table[which]
            classes += [
                LegendClass(c, words.format(low=f"{low:g}", high=f"{high:g}"), (low, high), side)
                for c, low, high in zip(colours, limits[:-1], limits[1:], strict=True)
            ]
    return Overlay(image_of(rgba), bounds, title, "m", tuple(classes), smooth=False)
