"""An open terrain: heights in metres by window, by place, and decimated for display."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from gis.arrays import F32, Array
from gis.dem.grid import Grid
from gis.dem.opening import damaged, open_direct, open_plain, open_raster, quiet_gdal
from gis.dem.packed_tiles import PackedTiles, Window
from gis.dem.plain_tiles import PlainTiles
from gis.dem.probe import missing_cells, no_cell_missing, range_tells
from gis.dem.samples import Samples
from gis.dem.tiles import TileSet
from gis.scratch import scratch
from models.errors import AppError, Refused
from models.notices import N_
from models.terrain import Terrain


class Dem:
    """Heights of a registered terrain. A context manager; one instance belongs to one thread.

    `path` is the terrain's file, or the folder that the tiles of a terrain of several files count from.

    Raises Missing, Unreadable or Refused if the file is gone, damaged or no longer the one that was registered.
    """

    def __init__(self, path: Path, terrain: Terrain) -> None:
        self.path = Path(path)
        self.terrain = terrain
        self.grid = Grid.of(terrain)
        self._ds: Any = TileSet(self.path, terrain) if terrain.tiles else open_raster(self.path)
        if (self._ds.width, self._ds.height) != (terrain.width, terrain.height) or not np.allclose(
            tuple(self._ds.transform)[:6], terrain.transform, rtol=1e-9, atol=1e-9
        ):
            self._ds.close()
            raise Refused(
                "terrain.changed",
                N_("the terrain file is no longer the one that was registered"),
                where=str(path),
                advice=N_("register it again with terrain add"),
            )
        from rasterio.enums import MaskFlags

        self._direct: Any = None
        self._masked = bool({MaskFlags.per_dataset, MaskFlags.alpha} & set(self._ds.mask_flag_enums[0]))
        own = self._ds.nodata
        self._declared = [_as_stored(v, self._ds.dtypes[0]) for v in (own, terrain.nodata) if v is not None]
        self._float32 = self._ds.dtypes[0] == "float32"
        self._single = self._float32 and terrain.z_scale == 1.0 and terrain.z_offset == 0.0
        self.block_shape: tuple[int, int] = tuple(self._ds.block_shapes[0])
        """Rows and columns of the blocks in which the file is stored."""
        self._packed = None if terrain.tiles or not self._single else PackedTiles.of(self.path, self._ds)
        self._patches: list[tuple[int, int, Array]] = []
        self.window = (0, self.grid.height, 0, self.grid.width)
        """(row0, row1, col0, col1) in which there may be heights: the raster, and any patch beyond its edge."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        if self._packed is not None:
            self._packed.close()
        self._samples.forget()
        self._ds.close()
        plain = self.__dict__.get("_plain")  # if it was ever asked for
        if plain is not None:
            plain.close()
        if self._direct is not None:
            self._direct.close()

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) of the outer cell edges in the DEM's CRS."""
        return self.grid.bounds

    @property
    def tiles(self) -> TileSet | None:
        """The tiles of a terrain of several files."""
        return self._ds if isinstance(self._ds, TileSet) else None

    @property
    def has_overviews(self) -> bool:
        """True where the file carries coarser pictures of itself."""
        return bool(self._ds.overviews(1))

    @property
    def overview_levels(self) -> tuple[int, ...]:
        """How many cells lie side by side in one of each of those coarser pictures, where it is a whole number."""
        return tuple(int(f) for f in self._ds.overviews(1) if f > 1)

    def unpatch(self) -> None:
        """Forget all patches."""
        if self._patches:
            self._samples.forget()
        self._patches.clear()
        self.window = (0, self.grid.height, 0, self.grid.width)

    def patch(self, row: int, col: int, heights: Array) -> None:
        """From now on use `heights` (m) where the file has none, in the window whose first cell is (row, col)."""
        self._patches.append((row, col, heights))
        self._samples.forget()
        r0, r1, c0, c1 = self.window
        self.window = (min(r0, row), max(r1, row + heights.shape[0]), min(c0, col), max(c1, col + heights.shape[1]))

    def read(self, row0: int, row1: int, col0: int, col1: int, *, single: bool = False) -> Array:
        """Heights of a window, m, float64 (rows, columns); NaN where there is none and outside the raster.

        With `single`, float32 where the file's own numbers are that and metres already: the same heights, read faster.
        """
        r0, r1, c0, c1 = max(row0, 0), min(row1, self.grid.height), max(col0, 0), min(col1, self.grid.width)
        inside = (r0, r1, c0, c1) == (row0, row1, col0, col1)
        single &= self._single and inside and not self._patches
        # Threads that decode are for the many tiles of a site: a picture of the map has a few.
        raw = self._raw((row0, row1, col0, col1), kept=True) if single and self._packed is None else None
        if raw is not None:
            if not no_cell_missing(raw, self._declared):
                self.clear(raw)
            return raw
        out = np.empty((0, 0)) if inside else np.full((row1 - row0, col1 - col0), np.nan)
        if r0 < r1 and c0 < c1:
            z = self._heights(r0, r1, c0, c1, dtype="float32" if single else "float64")
            if inside:
                out = z
            else:
                out[r0 - row0 : r1 - row0, c0 - col0 : c1 - col0] = z
        elif inside:
            return np.empty((max(row1 - row0, 0), max(col1 - col0, 0)))
        for row, col, heights in self._patches:
            _overlay(out, row0, col0, row, col, heights)
        return out

    def read_raw(self, row0: int, row1: int, col0: int, col1: int) -> F32 | None:
        """The file's own numbers in a window, where they are float32 and metres but for stand-ins for "missing".

        In working memory: use them before this is called again in the same thread.

        None where they are not, or where the window is not wholly inside the raster; see `none_missing` and `clear`.
        """
        return self._raw((row0, row1, col0, col1))

    def _raw(self, window: Window, *, kept: bool = False) -> F32 | None:
        """As `read_raw`; in memory of their own if they are to be `kept`."""
        if not self._is_raw(window):
            return None
        row0, row1, col0, col1 = window
        if self.tiles is not None:
            return self._stored(*window, None, "float32")[0]
        shape = row1 - row0, col1 - col0
        out = np.empty(shape, np.float32) if kept else scratch("raw", shape, np.float32)
        if self._packed is not None:
            self._packed.read(window, out)
            return out
        try:
            if self._plain is not None and self._plain.read(row0, row1, col0, col1, out):
                return out
        except OSError as error:
            raise damaged(self.path) from error
        if self._direct is None:
            self._direct = open_direct(self.path) or self._ds
        return self._stored(*window, None, "float32", self._direct, out)[0]

    def _is_raw(self, window: Window) -> bool:
        row0, row1, col0, col1 = window
        inside = row0 >= 0 and col0 >= 0 and row1 <= self.grid.height and col1 <= self.grid.width
        raw = self._single and not self._masked and not self._patches
        return inside and raw and row0 < row1 and col0 < col1

    def expect(self, window: Window) -> None:
        """Begin to decode a window (row0, row1, col0, col1) that `read_raw` will soon be asked for.

        Nothing happens where there is nothing to decode.
        """
        if self._packed is not None and self._is_raw(window):
            self._packed.expect(window)

    def expect_nothing(self) -> None:
        """What was expected and never asked for is not wanted any more."""
        if self._packed is not None:
            self._packed.forget()

    def none_missing(self, low: float, high: float) -> bool:
        """True where the range of some numbers of the file (NaN where one is) tells that none of them is missing."""
        return range_tells(low, high, self._declared)

    def clear(self, values: Array) -> None:
        """Set those numbers of the file to NaN that are no heights."""
        values[missing_cells(values, self._declared)] = np.nan

    def _heights(
        self, r0: int, r1: int, c0: int, c1: int, shape: tuple[int, int] | None = None, dtype: str = "float64"
    ) -> Array:
        # GDAL converts slowly: what is stored as float32 is read as it is.
        z, mask = self._stored(r0, r1, c0, c1, shape, "float32" if self._float32 else dtype)
        bad = None if no_cell_missing(z, self._declared) else missing_cells(z, self._declared)
        if mask is not None:
            bad = mask == 0 if bad is None else bad | (mask == 0)
        z = z.astype(dtype, copy=False)
        if self.terrain.z_scale != 1.0:
            z *= self.terrain.z_scale
        if self.terrain.z_offset != 0.0:
            z += self.terrain.z_offset
        if bad is not None:
            z[bad] = np.nan
        return z

    def _stored(
        self,
        r0: int,
        r1: int,
        c0: int,
        c1: int,
        shape: tuple[int, int] | None,
        dtype: str,
        ds: Any = None,
        out: Any = None,
    ) -> tuple[Array, Any]:
        """(numbers, mask if the file has one) of a window."""
        from rasterio.errors import RasterioError
        from rasterio.windows import Window

        window = Window(c0, r0, c1 - c0, r1 - r0)
        try:
            with quiet_gdal():
                how = {"out_shape": shape, "out_dtype": dtype} if out is None else {"out": out}
                z: Array = (ds or self._ds).read(1, window=window, **how)
                mask = self._ds.read_masks(1, window=window, out_shape=shape) if self._masked else None
        except AppError:  # a tile's own, which names it
            raise
        except (RasterioError, OSError, ValueError) as error:
            raise damaged(self.path) from error
        return z, mask

    def sample(self, xs: ArrayLike, ys: ArrayLike) -> Array:
        """Bilinear heights (m) at places in the DEM's CRS; NaN outside the raster and in missing cells."""
        return self.sample_pixels(*self.grid.to_pixel(xs, ys))

    def sample_pixels(self, cols: ArrayLike, rows: ArrayLike) -> Array:
        """Bilinear heights (m) at pixel positions.

        Within half a cell of the raster's edge, and beside missing cells, the weights of the cells that are there are
        scaled up; NaN where the cell that holds the place is itself missing.
        """
        return self._samples.at(cols, rows)

    def tags(self, namespace: str) -> dict[str, str]:
        """What the file says of itself in that namespace; nothing for a terrain of several files."""
        return {} if self.tiles is not None else dict(self._ds.tags(ns=namespace))

    @cached_property
    def _plain(self) -> PlainTiles | None:
        return open_plain(self.path, self._ds)

    @cached_property
    def _samples(self) -> Samples:
        return Samples(self)

    def overview(
        self, bounds: tuple[float, float, float, float], width_px: int, height_px: int
    ) -> tuple[F32, tuple[float, float, float, float]]:
        """Heights for display and the extent (xmin, ymin, xmax, ymax) that they cover.

        The array is float32, row 0 in the north, NaN where there is no height. `bounds` in the DEM's CRS; the file's
        overviews are used where it has them. Where the terrain does not meet `bounds`: shape (0, 0) and `bounds`.
        """
        from gis.dem.display import overview

        return overview(self, bounds, width_px, height_px)

    def decimated(self, r0: int, r1: int, c0: int, c1: int, rows: int, cols: int) -> Array:
        """Heights (m) of a window that lies inside the raster, thinned by nearest neighbour to `rows` × `cols`."""
        return self._heights(r0, r1, c0, c1, (rows, cols))


def _as_stored(value: float, dtype: str) -> float:
    """A nodata value as a cell of this type holds it: -3.4028235e38 written as text is not quite the float32."""
    with np.errstate(over="ignore"):
        return float(np.dtype(dtype).type(value)) if np.dtype(dtype).kind == "f" else float(value)


def _overlay(out: Array, row0: int, col0: int, row: int, col: int, heights: Array) -> None:
    r0, r1 = max(row0, row), min(row0 + out.shape[0], row + heights.shape[0])
    c0, c1 = max(col0, col), min(col0 + out.shape[1], col + heights.shape[1])
    if r0 < r1 and c0 < c1:
        view = out[r0 - row0 : r1 - row0, c0 - col0 : c1 - col0]
        extra = heights[r0 - row : r1 - row, c0 - col : c1 - col]
        np.copyto(view, extra, where=np.isnan(view) & ~np.isnan(extra))
