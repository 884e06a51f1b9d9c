"""Text can be read in every theme: contrast by WCAG 2.2 (1.4.3: 4.5 to 1; 1.4.6: 7 to 1 for the theme of the field)."""

from __future__ import annotations

import pytest

from app.gui.theme import THEMES, Theme

GROUNDS = ("window", "surface", "raised", "sunken", "hover", "selection")
TONES = ("accent", "ok", "warning", "danger", "info", "unknown")
PAIRS = [
    *(("text", g) for g in GROUNDS),
    *(("text_2", g) for g in GROUNDS),
    *(("text_3", g) for g in ("window", "surface", "raised", "sunken")),
    *((tone, g) for tone in TONES for g in ("surface", f"{tone}_soft")),
    ("on_accent", "accent"), ("on_accent", "accent_hover"),
]  # fmt: skip


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.key)
def test_text_can_be_read(theme: Theme) -> None:
    least = 7.0 if theme.key == "contrast" else 4.5
    found = {(a, b): round(ratio(getattr(theme, a), getattr(theme, b)), 2) for a, b in PAIRS}
    assert {pair: r for pair, r in found.items() if r < least} == {}
    assert ratio(theme.border_strong, theme.surface) >= (7.0 if theme.key == "contrast" else 1.4)
