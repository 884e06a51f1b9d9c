"""Colours of the map's own furniture, from the theme in use. Layers keep theirs: what is approved was seen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from app.gui import theme as themes


@dataclass(frozen=True)
class CanvasTheme:
    """Ground without data, text with its halo, boxes of scale bar and legend, and the marks of tools."""

    background: str
    text: str
    muted: str
    halo: str
    box: str
    box_border: str
    accent: str
    danger: str
    snap: str
    terrain_dim: float
    """How much of the background shows through a terrain: a white hillshade glares on a dark desk."""

    @property
    def dark(self) -> bool:
        """True where the ground is dark."""
        return QColor(self.background).lightness() < 128


def of(t: themes.Theme) -> CanvasTheme:
    """The map's colours of one of the program's themes."""
    return CanvasTheme(
        background=t.sunken, text=t.text, muted=t.text_3, halo="#0E1216" if t.dark else "#FFFFFF", box=t.raised,
        box_border=t.border_strong, accent=t.accent, danger=t.danger, snap="#F670C7" if t.dark else "#C11574",
        terrain_dim=0.45 if t.dark else 0.0,
    )  # fmt: skip


LIGHT, DARK = of(themes.LIGHT), of(themes.DARK)


def current() -> CanvasTheme:
    """The map's colours of the theme in use."""
    return of(themes.theme())


def colour(text: str, opacity: float = 1.0) -> QColor:
    """A colour of "#RRGGBB" with an opacity 0..1."""
    return themes.colour(text, min(max(opacity, 0.0), 1.0))
