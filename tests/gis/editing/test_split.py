"""Splitting: which corners are new, told without a pause of the window."""

from __future__ import annotations

import numpy as np

from gis.editing import split as split_module


def test_new_points_are_those_that_the_outline_has_not_each_once_in_order() -> None:
    rng = np.random.default_rng(8)
    corner = np.array([417_000.0, 4_496_000.0])
    old = np.round(corner + rng.uniform(0, 2000, (5_000, 2)), 3)
    fresh = np.round(corner + rng.uniform(-500, 2500, (300, 2)), 3)
    points = rng.permutation(np.concatenate([old[:2_000], fresh, fresh]))
    held = {tuple(p) for p in old.tolist()}
    wanted = list(dict.fromkeys(tuple(p) for p in points.tolist() if tuple(p) not in held))
    assert [tuple(p) for p in split_module._new_points(points, old).tolist()] == wanted
