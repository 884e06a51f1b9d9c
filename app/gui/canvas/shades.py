"""Shaded ground, kept where it was drawn: a view beside the last one reads and shades only what it uncovers."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.gui.canvas.view import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.dem.file import Dem

U32 = NDArray[np.uint32]
Box = tuple[int, int, int, int]
"""First and last row (excluded), first and last column (excluded)."""

_MOST_CELLS = 4_000_000  # beyond it the relief is coarser than the screen: nobody sees it, everybody waits
_MOST_BYTES = 96 << 20


@dataclass(frozen=True)
class _Patch:
    box: Box
    pixels: U32


_kept: OrderedDict[Hashable, _Patch] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Keep nothing: another project, or terrains that may have changed."""
    with _lock:
        _kept.clear()


def can_step(dem: Dem) -> bool:
    """True for a terrain whose rows run from north to south: its cells can be laid on the screen as they are."""
    a, _, _, _, e, _ = dem.grid.transform
    return bool(dem.grid.axis_aligned and a > 0 > e)


def ground(
    dem: Dem, bounds: Bounds, width: int, height: int, look: Hashable, shade: Callable[[Any, float, float], U32]
) -> tuple[U32, Bounds] | None:
    """Pixels 0xAARRGGBB of a terrain within `bounds` (its CRS) for a picture of that many pixels, and their extent.

    `shade(z, dx, dy)` colours heights as gis.shading.shaded_pixels does; `look` names what it does. None where the
    terrain does not meet the bounds.
    """
    from gis.dem.stepped import Stepped

    col, row = dem.grid.to_pixel([bounds[0], bounds[2]], [bounds[1], bounds[3]])
    spans = [(float(min(v)), float(max(v))) for v in (row, col)]
    in_view = math.prod(
        min(b, n) - max(a, 0) for (a, b), n in zip(spans, (dem.grid.height, dem.grid.width), strict=True)
    )
    finest = max((spans[0][1] - spans[0][0]) / height, (spans[1][1] - spans[1][0]) / width)
    grid = Stepped(dem, max(finest, math.ceil(math.sqrt(max(in_view, 0) / _MOST_CELLS))))
    k = grid.k
    i0, j0 = (max(math.floor(a / k), 0) for a, _ in spans)
    i1, j1 = (min(math.ceil(b / k), n) for (_, b), n in zip(spans, (grid.rows, grid.columns), strict=True))
    if i0 >= i1 or j0 >= j1:
        return None
    xs, ys = dem.grid.to_world([k * j0, k * j1], [k * i0, k * i1])
    dx, dy = (float(xs[1]) - float(xs[0])) / (j1 - j0), (float(ys[0]) - float(ys[1])) / (i1 - i0)
    state = dem.path.stat()
    key = (str(dem.path), dem.terrain.sha256, state.st_mtime_ns, state.st_size, k, grid.level, look)
    box = (i0, i1, j0, j1)
    pixels = _filled(_held(key), box, lambda i0, i1, j0, j1: shade(grid.read(i0, i1, j0, j1), dx, dy))
    _keep(key, _Patch(box, pixels))
    return pixels, (float(xs[0]), float(ys[1]), float(xs[1]), float(ys[0]))


def _held(key: Hashable) -> _Patch | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: Hashable, patch: _Patch) -> None:
    with _lock:
        _kept[key] = patch
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(p.pixels.nbytes for p in _kept.values()) > _MOST_BYTES:
            _kept.popitem(last=False)


def _filled(held: _Patch | None, box: Box, make: Callable[[int, int, int, int], U32]) -> U32:
    """The pixels of a box: what is held of it, the strips around that made anew."""
    if held is not None and held.box == box:
        return held.pixels
    i0, i1, j0, j1 = box
    common = _common(held.box, box) if held is not None else None
    if held is None or common is None:
        return make(*box)
    out = np.empty((i1 - i0, j1 - j0), np.uint32)
    a, b, c, d = common
    r, s = held.box[0], held.box[2]
    out[a - i0 : b - i0, c - j0 : d - j0] = held.pixels[a - r : b - r, c - s : d - s]
    for e, f, g, h in ((i0, a, j0, j1), (b, i1, j0, j1), (a, b, j0, c), (a, b, d, j1)):
        if e < f and g < h:
            out[e - i0 : f - i0, g - j0 : h - j0] = make(e, f, g, h)
    return out


def _common(a: Box, b: Box) -> Box | None:
    i0, i1, j0, j1 = max(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), min(a[3], b[3])
    return (i0, i1, j0, j1) if i0 < i1 and j0 < j1 else None
