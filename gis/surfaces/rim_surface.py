"""A membrane over the rim: the harmonic surface that takes the rim's heights, the ground as it was before digging."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from gis import compiled, membrane
from gis.arrays import Array
from gis.lattice_crossings import Lattice
from gis.membrane import BORDER
from gis.multigrid import Multigrid
from gis.rim import Rim
from gis.surfaces import rim_plane
from gis.surfaces.base import Context, RimError, Surface, SurfaceType
from models.errors import Refused
from models.notices import N_, Notice

_log = logging.getLogger(__name__)

MAX_NODES = 4_000_000
"""Nodes of the bounding box: beyond, every second (fourth …) cell carries a node. 4·10⁶ take about 100 MB."""


@dataclass(frozen=True)
class Membrane:
    """Heights at the centres of a window of cells (NaN where not defined).

    `step` cells between nodes (1: every cell).
    """

    row: int
    col: int
    heights: Array
    step: int = 1
    parameters: dict[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    rim_error: RimError = "membrane"
    fit_sigma_m: float = 0.0
    level: float | None = None
    on_ground: bool = True
    """True where the membrane ends at the ground's own heights (not over a rim that was edited by hand)."""
    rim: Rim | None = None
    """The rim that it hangs on where that is not the terrain's own (edited by hand)."""

    def block(self, row0: int, row1: int, col0: int, col1: int) -> Array | float:
        """Heights at the cell centres of a window: do not write into them."""
        if self.step == 1:
            i, j = row0 - self.row, col0 - self.col
            high, wide = self.heights.shape
            if i >= 0 and j >= 0 and row1 - self.row <= high and col1 - self.col <= wide:
                return self.heights[i : row1 - self.row, j : col1 - self.col]
            out = np.full((row1 - row0, col1 - col0), np.nan)
            r0, c0 = max(row0, self.row), max(col0, self.col)
            r1, c1 = min(row1, self.row + self.heights.shape[0]), min(col1, self.col + self.heights.shape[1])
            if r0 < r1 and c0 < c1:
                source = self.heights[r0 - self.row : r1 - self.row, c0 - self.col : c1 - self.col]
                out[r0 - row0 : r1 - row0, c0 - col0 : c1 - col0] = source
            return out
        rows, cols = np.meshgrid(np.arange(row0, row1) + 0.5, np.arange(col0, col1) + 0.5, indexing="ij")
        return self.at(cols.ravel(), rows.ravel()).reshape(rows.shape)

    def at(self, cols: Array, rows: Array) -> Array:
        """Bilinear heights at pixel positions, NaN outside."""
        u = (np.asarray(cols, np.float64) - 0.5 - self.col) / self.step
        v = (np.asarray(rows, np.float64) - 0.5 - self.row) / self.step
        out = ndimage.map_coordinates(self.heights, [v, u], order=1, mode="constant", cval=np.nan)
        return np.asarray(out, np.float64)


def build(context: Context) -> Surface:
    """The membrane of the part; a plane through the rim where the part holds fewer than four cell centres."""
    rim, part = context.rim, context.part
    row0, row1, col0, col1 = part.edges.bounds
    step = 1
    while ((row1 - row0) // step + 2 * BORDER) * ((col1 - col0) // step + 2 * BORDER) > MAX_NODES:
        step *= 2
    rows, cols = (n // step + 1 + 2 * BORDER for n in (row1 - row0, col1 - col0))
    row, col = row0 - BORDER * step, col0 - BORDER * step
    lattice = Lattice(col + 0.5, row + 0.5, float(step), rows, cols)
    wx, wy = 1 / part.step_x**2, 1 / part.step_y**2
    grid = Multigrid([*part.rings], lattice, (0.5 * wx / (wx + wy), 0.5 * wy / (wx + wy)) if wx != wy else (0.25, 0.25))
    if np.count_nonzero(grid.levels[0].inside) < 4:
        return rim_plane.build(context)
    outline = np.column_stack((rim.cols, rim.rows))

    @cache
    def samples() -> cKDTree:
        return cKDTree(outline)

    def nearest(c: Array, r: Array) -> Array:
        return np.asarray(rim.z[samples().query(np.column_stack((c, r)))[1]])

    def boundary(c: Array, r: Array) -> Array:
        z = context.rim_heights(c, r)
        gaps = ~np.isfinite(z)
        if gaps.any():  # at most 0.5 % of the rim, see Context.rim
            z[gaps] = nearest(c[gaps], r[gaps])
        return z

    try:
        heights = grid.solve(boundary, datum=rim.mean, pause=context.watch.pause)
    except ArithmeticError as error:
        _log.warning("%s: membrane: %s after %d cycles", context.code, error, grid.cycles)
        raise Refused(
            "surface.no_solution",
            N_("the membrane over the rim could not be computed for this outline"),
            where=context.code,
            advice=N_("choose rim_plane, or simplify the outline"),
        ) from error
    compiled.twin(membrane).spread(heights, grid.levels[0], outline, nearest)
    notices: tuple[Notice, ...] = ()
    if step > 1:
        text = N_("the outline is very large: the membrane was computed at every {step}th cell")
        notices = (Notice("surface.coarser", text, step=step),)
    return Membrane(row, col, heights, step, {"node_step_cells": step}, notices)


TYPE = SurfaceType("rim_surface", build)
