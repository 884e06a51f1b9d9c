"""What pictures of the map shall show: the wishes that the window hands to its background threads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.gui.canvas.basemaps import BasemapDraw
from app.gui.canvas.features import FeatureSet
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.view import Bounds, View
from layers.base import LayerType
from models.terrain import Terrain


@dataclass(frozen=True)
class LayerDraw:
    """A layer in a picture: its features, declaration, opacity 0..1 and whether it is labelled."""

    features: FeatureSet
    layer: LayerType
    opacity: float = 1.0
    labels: bool = True


@dataclass(frozen=True)
class VectorWish:
    """What the picture of the layers shall show; layers from below to above."""

    view: View
    layers: tuple[LayerDraw, ...]
    theme: CanvasTheme
    font_family: str = ""
    font_px: float = 12.0
    margin_px: int = 0
    """How much of the view lies outside the window: the legend lists what is inside."""
    around_px: int = 0
    """How much further labels are placed: they stand where they will when the picture has a margin."""
    cards: tuple[tuple[float, float, float, float], ...] = ()
    """x, y, width, height of the window's furniture in its logical pixels: labels keep clear of it."""
    covered: tuple[Bounds, ...] = ()
    """Where overlays lie. Sites under one are drawn without their fill, which would spoil its colours."""


@dataclass(frozen=True)
class SelectionWish:
    """Which features to mark as selected."""

    view: View
    features: FeatureSet | None
    layer: LayerType | None
    positions: NDArray[np.int64]
    around_px: int = 0


@dataclass(frozen=True)
class TerrainDraw:
    """A terrain in a picture: what is known of it, its file, and how it is shown."""

    terrain: Terrain
    path: Path
    hillshade: bool = True
    tint: bool = True
    opacity: float = 1.0
    slope: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.terrain.name

    @property
    def plain(self) -> bool:
        """True if nothing of its surface is shown (its contours may be)."""
        return not (self.hillshade or self.tint or self.slope)


@dataclass(frozen=True)
class TerrainWish:
    """What the picture of the ground shall show; terrains and basemaps from below to above."""

    view: View
    crs: str
    draws: tuple[TerrainDraw | BasemapDraw, ...]
    theme: CanvasTheme
