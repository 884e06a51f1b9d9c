"""Clouds that tests write themselves: a pit in a slope, with trees, roofs and noise if asked."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pyproj

EAST, NORTH, GROUND, DEPTH, RADIUS = 417_000.0, 4_496_000.0, 1050.0, 12.0, 40.0
HOME = "EPSG:4546"
PIT_M3 = np.pi * RADIUS**2 * DEPTH / 2


def ground(x, y):
    """A paraboloid pit in level ground, x and y counted from the middle: ½πr²h."""
    return GROUND - DEPTH * np.maximum(1 - (np.hypot(x, y) / RADIUS) ** 2, 0)


def points(n=200_000, half=100.0, noise=0.03, seed=1):
    """(n, 3) places in a square of 2·half m about the middle."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-half, half, (2, n))
    return np.column_stack((x, y, ground(x, y) + rng.normal(0, noise, n)))


def write(
    path: Path, xyz, classes=None, *, form=6, version="1.4", crs: str | None = HOME, scale=0.001, withheld=None,
    factor=1.0, at=(EAST, NORTH),
) -> Path:  # fmt: skip
    """A LAS or LAZ file by its ending; x and y are moved to `at`."""
    head = laspy.LasHeader(point_format=form, version=version)
    head.offsets, head.scales = [at[0], at[1], 1000.0 * factor], [scale] * 3
    if crs is not None:
        head.add_crs(pyproj.CRS.from_user_input(crs))
    las = laspy.LasData(head)
    las.x, las.y, las.z = xyz[:, 0] + at[0], xyz[:, 1] + at[1], xyz[:, 2] * factor
    if classes is not None:
        las.classification = classes
    if withheld is not None:
        las.withheld = withheld
    path.parent.mkdir(exist_ok=True)
    las.write(path)
    return path
