"""Change between two surveys as a picture: for the map and the sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis.arrays import F32, Array, Mask
from gis.comparison.compass import compass
from gis.comparison.pair import Pair, Survey, open_pair
from gis.comparison.tilt_record import trend_of
from gis.crs import metres_per_unit, parse_crs, same_crs, transformer
from gis.placing import place
from models.comparison import SurveyTilt
from models.progress import Watch
from models.site import Site

_ROWS = 256


@dataclass(frozen=True)
class DifferenceGrid:
    """After minus before (m: positive placed, negative removed), NaN where either has no height. Row 0 in the north.

    `extent` (xmin, ymin, xmax, ymax) of the outer edges in the project CRS. `inside` is True at points in the outline.
    """

    difference: F32
    extent: tuple[float, float, float, float]
    inside: Mask


def difference_grid(
    site: Site,
    before: Survey,
    after: Survey,
    *,
    offset_m: float = 0.0,
    shift_m: tuple[float, float] = (0.0, 0.0),
    tilt: SurveyTilt | None = None,
    margin_m: float = 0.0,
    max_cells: int = 1_000_000,
    watch: Watch | None = None,
) -> DifferenceGrid:
    """Differences at points of a north-up grid in the project CRS over the site and `margin_m` around.

    Less `offset_m` and the heights of `tilt`, and with the later survey taken `shift_m` (east, north) aside.

    Points are the finer survey's own cell centres where it lies north-up in the project CRS; every second (third …) of
    them where there are more than `max_cells`. Outside the outline too: mask with `inside` where only the site counts.
    """
    watch = watch or Watch()
    with open_pair(before, after) as lying:
        placed = place(site, lying.grid)
        step = placed.parts[0].step_x, placed.parts[0].step_y
        pair = lying.displaced(*(compass(site, placed) @ shift_m / step))
        if tilt is not None:
            trend = trend_of(tilt, site, placed)
            pair = pair.levelled(lambda cols, rows: trend.at(np.column_stack((cols, rows)) * step))
        x, y, extent = _points(pair, site, margin_m, max_cells)
        out = np.full((y.size, x.size), np.nan, np.float32)
        inside = np.zeros(out.shape, np.bool_)
        own = parse_crs(site.crs)
        move = None if same_crs(own, pair.grid.crs) else transformer(own, pair.grid.crs)
        for part in placed.parts:
            shapely.prepare(part.polygon)
        for r in range(0, y.size, _ROWS):
            xx, yy = np.meshgrid(x, y[r : r + _ROWS])
            gx, gy = (xx, yy) if move is None else move.transform(xx, yy)
            col, row = pair.grid.to_pixel(gx, gy)
            first, second = pair.sample(col.ravel(), row.ravel())
            out[r : r + _ROWS] = (second - first - offset_m).reshape(xx.shape)
            for part in placed.parts:
                inside[r : r + _ROWS] |= shapely.contains_xy(part.polygon, col, row)
            watch.report((r + _ROWS) / max(y.size, 1))
        return DifferenceGrid(out, extent, inside)


def _points(
    pair: Pair, site: Site, margin_m: float, max_cells: int
) -> tuple[Array, Array, tuple[float, float, float, float]]:
    """(x of columns, y of rows from the north, extent) in the project CRS."""
    crs, grid = parse_crs(site.crs), pair.grid
    unit = metres_per_unit(crs)
    x0, y0, x1, y1 = shapely.buffer(shapely.box(*site.outline.bounds), margin_m / unit, join_style="mitre").bounds
    a, _, c, _, e, f = grid.transform
    if same_crs(crs, grid.crs) and grid.axis_aligned:
        dx, dy, origin_x, origin_y = abs(a), abs(e), c, f
    else:
        dx = dy = pair.finer.terrain.cell_m / unit
        origin_x, origin_y = x0, y0
    stride = max(int(np.ceil(np.sqrt((x1 - x0) / dx * (y1 - y0) / dy / max(max_cells, 1)))), 1)
    dx, dy = dx * stride, dy * stride
    left, bottom = origin_x + np.floor((x0 - origin_x) / dx) * dx, origin_y + np.floor((y0 - origin_y) / dy) * dy
    columns, rows = max(int(np.ceil((x1 - left) / dx)), 1), max(int(np.ceil((y1 - bottom) / dy)), 1)
    x, y = left + (np.arange(columns) + 0.5) * dx, bottom + (np.arange(rows)[::-1] + 0.5) * dy
    return x, y, (float(left), float(bottom), float(left + columns * dx), float(bottom + rows * dy))
