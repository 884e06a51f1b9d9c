"""Evenly spread points that are the same each time (the R sequences of Roberts 2018): no random state, no seeds."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array


def quasi_random(n: int, dimensions: int) -> Array:
    """N points of the unit cube, evenly spread: frac(0.5 + i·φ⁻ᵏ), φ the root of x^(d+1) = x + 1."""
    phi = 2.0
    for _ in range(60):
        phi = (1 + phi) ** (1 / (dimensions + 1))
    steps = phi ** -np.arange(1, dimensions + 1)
    return np.asarray((0.5 + np.arange(1, n + 1)[:, None] * steps) % 1)
