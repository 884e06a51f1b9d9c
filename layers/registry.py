"""The table of layer types, in drawing order from below to above."""

from __future__ import annotations

from layers import control_areas, districts, mine_pits, observations, red_lines, sand_pits, stockpiles
from layers.base import LayerType

LAYERS: dict[str, LayerType] = {
    layer.key: layer
    for layer in (
        districts.LAYER,
        control_areas.LAYER,
        stockpiles.LAYER,
        mine_pits.LAYER,
        sand_pits.LAYER,
        red_lines.LAYER,
        observations.LAYER,
    )
}

SITE_LAYERS = tuple(k for k, layer in LAYERS.items() if layer.role == "site")
CONTROL_LAYERS = tuple(k for k, layer in LAYERS.items() if layer.role == "control")
