"""Made-up grounds of which a part was spanned between points, in files that say so."""

from __future__ import annotations

import numpy as np
import rasterio

from gis.clouds.cells import bridge
from gis.points.mesh import WIDE
from gis.support import NAMESPACE, SupportBuilder
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, grid_transform, heights, terrain, write

ERRORS = ErrorFigures(0.01, 5.0, 0.0, "stated", 0.0)


def spanned(tmp_path, f, gap, *, size=200, cell=1.0, density=lambda x, y: 1 + 0 * x, name="g", span=True):
    """A ground f(x, y) (from the corner, m) measured but for a gap, which is spanned by triangles as a cloud's is."""
    z, kind, count = ground(f, gap, size=size, cell=cell, density=density, span=span)
    path = kept(tmp_path / f"{name}.tif", z, kind, count, cell)
    return terrain(path, errors=ERRORS, sha256=name.ljust(64, "0")), path


def ground(f, gap, *, size=200, cell=1.0, density=lambda x, y: 1 + 0 * x, span=True):
    """Heights, kinds of triangle and counts of points of a grid."""
    transform = grid_transform(cell, rows=size)
    z = heights(lambda x, y: f(x - X0, y - Y0), transform, size, size)
    hole = heights(lambda x, y: gap(x - X0, y - Y0), transform, size, size) > 0
    if span:
        z, kind = bridge(np.where(hole, np.nan, z), cell, np.inf)
    else:
        kind = (WIDE * hole).astype(np.uint8)
    count = heights(lambda x, y: density(x - X0, y - Y0), transform, size, size)
    return z, kind, np.where(hole, 0, count)


def kept(path, z, kind, count, cell=1.0, col=0):
    """A file of a part of the grid, from column `col` on, that says what it rests on."""
    transform = grid_transform(cell, rows=len(z)) * rasterio.Affine.translation(col, 0)
    made = SupportBuilder(X0 + col * cell, Y0 + len(z) * cell, cell, z.shape[1], len(z))
    made.cells(0, 0, np.isfinite(z), kind)
    made.counts(0, 0, count)
    write(path, z, transform)
    with rasterio.open(path, "r+") as file:
        file.update_tags(ns=NAMESPACE, **made.done().encode())
    return path


def round_gap(cx, cy, radius):
    return lambda x, y: np.hypot(x - cx, y - cy) < radius


def relief(seed):
    """Waves of 40 to 200 m length, 3 m high together."""
    rng = np.random.default_rng(seed)
    length, angle, phase = rng.uniform(40, 200, 8), rng.uniform(0, 2 * np.pi, 8), rng.uniform(0, 2 * np.pi, 8)

    def f(x, y):
        waves = (
            np.sin(2 * np.pi / w * (np.cos(a) * x + np.sin(a) * y) + p)
            for w, a, p in zip(length, angle, phase, strict=True)
        )
        return 90 + 3 / 8**0.5 * sum(waves)

    return f
