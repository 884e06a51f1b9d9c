"""A basemap: what is known of an orthophoto or a set of tiles that lies under the map."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

BasemapKind = Literal["raster", "mbtiles", "geopackage"]


@dataclass(frozen=True)
class Basemap:
    """A file of pictures. `path` as the project keeps it; `table` is that of a GeoPackage's tiles, "" otherwise.

    `bounds` are the outer edges in `crs` (x, y order); `width`, `height` pixels at the finest level; `transform` as
    in GDAL's affine order a, b, c, d, e, f; `levels` the zoom levels of tiles, or the overviews of a raster.
    """

    uid: str
    name: str
    path: str
    kind: BasemapKind
    crs: str
    bounds: tuple[float, float, float, float]
    width: int
    height: int
    transform: tuple[float, float, float, float, float, float]
    size_bytes: int
    bands: int = 0
    dtype: str = ""
    levels: tuple[int, ...] = ()
    table: str = ""
    attribution: str = ""
    registered_at: str = ""

    @property
    def pixel(self) -> float:
        """Size of a pixel at the finest level, in the unit of `crs`."""
        a, _, _, d, _, _ = self.transform
        return float((a * a + d * d) ** 0.5)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the project keeps them and the command line prints them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Basemap:
        """The other way. Raises KeyError, TypeError or ValueError for what is no basemap."""
        known = {f.name for f in fields(cls)}
        kept = {k: v for k, v in values.items() if k in known}
        for name in ("bounds", "transform", "levels"):
            kept[name] = tuple(kept[name])
        made = cls(**kept)
        if made.kind not in ("raster", "mbtiles", "geopackage") or len(made.bounds) != 4 or len(made.transform) != 6:
            raise ValueError(made.kind)
        return made
