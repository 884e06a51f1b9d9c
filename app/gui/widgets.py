"""Small parts that every panel is built of, so that all look alike: one door to basics, inputs, blocks, pages."""

from __future__ import annotations

from app.gui.basics import (
    Elided,
    Fitting,
    Item,
    button,
    card,
    chip,
    clear,
    clearable,
    column,
    fill,
    inner_icon,
    label,
    restyle,
    row,
    rule,
    tool,
)
from app.gui.blocks import Banner, EmptyState, Section, VerdictMark
from app.gui.inputs import Combo, Spin
from app.gui.scrolling import scrolled

__all__ = [
    "Banner",
    "Combo",
    "Elided",
    "EmptyState",
    "Fitting",
    "Item",
    "Section",
    "Spin",
    "VerdictMark",
    "button",
    "card",
    "chip",
    "clear",
    "clearable",
    "column",
    "fill",
    "inner_icon",
    "label",
    "restyle",
    "row",
    "rule",
    "scrolled",
    "tool",
]
