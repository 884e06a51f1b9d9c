"""The map: pictures drawn in the background, moved while one drags; tools; furniture (DESIGN.md D9, D10)."""

from app.gui.canvas.map_layers import MapEntry, MapLayers
from app.gui.canvas.overlay import LegendClass, Overlay, depth_overlay
from app.gui.canvas.widget import MapCanvas

__all__ = [
    "LegendClass", "MapCanvas", "MapEntry", "MapLayers", "Overlay", "depth_overlay",
]  # fmt: skip
