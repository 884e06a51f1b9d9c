"""Prisms over triangles, and the reference surface along an outline: what the independent checks share."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array
from gis.surfaces import Surface


def positive_mean(a: Array, b: Array, c: Array) -> Array:
    """Mean over a triangle of max(d, 0) for d linear with corner values a, b, c: exact."""
    d = np.sort(np.stack((a, b, c)), axis=0)
    low, middle, high = d
    out = np.where(low >= 0, (low + middle + high) / 3, 0.0)
    one = (high > 0) & (middle <= 0)
    out[one] = high[one] ** 3 / (3 * (high[one] - middle[one]) * (high[one] - low[one]))
    two = (middle > 0) & (low < 0)
    lost = low[two] ** 3 / (3 * (middle[two] - low[two]) * (high[two] - low[two]))
    out[two] = (low[two] + middle[two] + high[two]) / 3 - lost
    return np.asarray(out)


def at_rim(surface: Surface, outline: Array, own: Array) -> Array:
    """The surface (m) along the outline, (n, 2) pixel places; a membrane ends at the ground `own` there."""
    height = surface.at(outline[:, 0], outline[:, 1])
    return own if getattr(surface, "on_ground", False) else height
