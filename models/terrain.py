"""A terrain: what is known of a DEM file, and how far its heights can be trusted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.notices import Notice

TerrainKind = Literal["dtm", "dsm"]


@dataclass(frozen=True)
class ErrorFigures:
    """How uncertain a survey is. One standard deviation each; None = not stated.

    `sigma_z_m` random vertical error of a cell; `range_m` its correlation length; `sigma_xy_m` of an outline point;
    `bias_m` between two surveys. `basis` says who says so: "stated", "default:<source>" from ERROR_DEFAULTS, or
    "cross-validation" (points left out in turn).
    """

    sigma_z_m: float | None = None
    range_m: float | None = None
    sigma_xy_m: float | None = None
    basis: str = ""
    bias_m: float | None = None


# Practice figures, not from a standard (confidence U in the sense of screening-rules.md section 0): starting points
# that the user edits. Correlation lengths: order of the flight-line/tie-point spacing for photogrammetry, of the
# strip overlap for lidar, of the DEM's own smoothing for satellite models.
ERROR_DEFAULTS: dict[str, ErrorFigures] = {
    "rtk_photogrammetry": ErrorFigures(0.08, 30.0, 0.05, "default:rtk_photogrammetry"),
    "lidar": ErrorFigures(0.15, 50.0, 0.15, "default:lidar"),
    "total_station": ErrorFigures(0.05, 20.0, 0.05, "default:total_station"),
    "contour_map": ErrorFigures(0.7, 60.0, 0.5, "default:contour_map"),
    "copernicus_30m": ErrorFigures(2.0, 150.0, 8.0, "default:copernicus_30m"),
    "srtm_30m": ErrorFigures(4.0, 200.0, 10.0, "default:srtm_30m"),
}


@dataclass(frozen=True)
class Terrain:
    """A registered DEM. The file stays where it is; this is what the project knows of it.

    `transform` is GDAL-like (a, b, c, d, e, f): x = a·col + b·row + c, y = d·col + e·row + f at cell corners.
    `z_scale`, `z_offset` turn a stored value into metres: z = stored·scale + offset, feet included.
    `cell_m` is the square root of the ground area of a cell at the grid's middle, metres.
    """

    uid: str
    name: str
    path: str
    """Relative to the project's folder with forward slashes where possible, else absolute."""
    size_bytes: int
    sha256: str
    crs: str
    """An authority code ("EPSG:4546") or WKT."""
    width: int
    height: int
    transform: tuple[float, float, float, float, float, float]
    cell_m: float
    nodata: float | None
    dtype: str
    z_scale: float
    z_offset: float
    z_unit: str
    kind: TerrainKind
    vertical_datum: str | None
    source: str | None
    """A key of ERROR_DEFAULTS, or None."""
    errors: ErrorFigures
    surveyed_on: str | None = None
    registered_at: str = ""
    warnings: tuple[Notice, ...] = ()
    """What registration found odd and did not refuse (undeclared zeros, feet, a surface model …)."""

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; `from_json` reads it back."""
        return {**asdict(self), "transform": list(self.transform), "warnings": [w.to_json() for w in self.warnings]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Terrain:
        """The terrain that `to_json` wrote."""
        warnings = tuple(Notice.from_json(w) for w in data.get("warnings", ()))
        plain = {**data, "transform": tuple(data["transform"]), "errors": ErrorFigures(**data["errors"])}
        return cls(**{**plain, "warnings": warnings})
