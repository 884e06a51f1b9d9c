"""Colours of the map's own furniture. Layers keep theirs (layers/): what is approved is what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class CanvasTheme:
    """Ground without data, text with its halo, boxes of scale bar and legend, and the marks of tools."""

    background: str = "#F7F8F7"
    text: str = "#1D2939"
    muted: str = "#667085"
    halo: str = "#FFFFFF"
    box: str = "#FFFFFF"
    box_border: str = "#D0D5DD"
    accent: str = "#0F766E"
    danger: str = "#D92D20"
    snap: str = "#C11574"
    terrain_dim: float = 0.0
    """How much of the background shows through a terrain: a white hillshade glares on a dark desk."""


LIGHT = CanvasTheme()
DARK = CanvasTheme(
    background="#1B1F24", text="#F2F4F7", muted="#98A2B3", halo="#12161B", box="#262B32", box_border="#3A414B",
    accent="#2DD4BF", danger="#F97066", snap="#F670C7", terrain_dim=0.45,
)  # fmt: skip


def theme_for(palette: QPalette) -> CanvasTheme:
    """The light or dark table, by the window's own background."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def colour(text: str, opacity: float = 1.0) -> QColor:
    """A colour of "#RRGGBB" with an opacity 0..1."""
    c = QColor(text)
    c.setAlphaF(min(max(opacity, 0.0), 1.0))
    return c
