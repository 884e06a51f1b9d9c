"""A terrain: what is known of a DEM file, and how far its heights can be trusted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.notices import N_, Notice

TerrainKind = Literal["dtm", "dsm"]


PLAUSIBLE_M = (-500.0, 9000.0)
"""Heights outside this range are no ground (Dead Sea shore -430 m, deepest open pits -300 m, Everest 8 849 m)."""


@dataclass(frozen=True)
class ErrorFigures:
    """How uncertain a survey is. One standard deviation each; None = not stated.

    `sigma_z_m` random vertical error of a cell; `range_m` its correlation length; `sigma_xy_m` of an outline point;
    `bias_m` of one and the same error of all heights against the height system (it counts where a reference comes from
    elsewhere). `basis` says who says so: "stated", "default:<source>" from ERROR_DEFAULTS, "edited:<source>" from the
    project's own defaults, "cross-validation" (points left out in turn), "stated;default:<source>" where both do.
    """

    sigma_z_m: float | None = None
    range_m: float | None = None
    sigma_xy_m: float | None = None
    basis: str = ""
    bias_m: float | None = None


@dataclass(frozen=True)
class ErrorDefault:
    """The usual error figures of a kind of survey, who says so (a gettext msgid) and how sure that is.

    `confidence` U: from practice, not from a standard (screening-rules.md section 0); "edited" by the user's own.
    """

    source: str
    figures: ErrorFigures
    said_by: str
    confidence: str = "U"
    edited: bool = False


SOURCES = {
    "rtk_photogrammetry": N_("Drone photogrammetry with RTK"),
    "lidar": N_("Airborne lidar"),
    "total_station": N_("Total station or RTK points"),
    "contour_map": N_("Contours of a topographic map"),
    "copernicus_30m": N_("Copernicus DEM 30 m"),
    "srtm_30m": N_("SRTM 30 m"),
}
"""What the kinds of survey with usual error figures are called."""


def _usual(source: str, z: float, reach: float, xy: float, bias: float, said_by: str) -> ErrorDefault:
    return ErrorDefault(source, ErrorFigures(z, reach, xy, f"default:{source}", bias), said_by)


# Practice figures: starting points that the user edits. Correlation lengths: order of the flight-line/tie-point spacing
# for photogrammetry, of the strip overlap for lidar, of the DEM's own smoothing for satellite models.
_USUAL = (
    _usual("rtk_photogrammetry", 0.08, 30.0, 0.05, 0.03,
           N_("practice of surveys with check points; range: order of the spacing of tie points")),
    _usual("lidar", 0.15, 50.0, 0.15, 0.05,
           N_("practice of airborne surveys on open ground; range: order of the overlap of strips")),
    _usual("total_station", 0.05, 20.0, 0.05, 0.02,
           N_("practice of ground surveys, roughness between the points included")),
    _usual("contour_map", 0.7, 60.0, 0.5, 0.3,
           N_("about a third of a contour interval of 2 m; range: order of the spacing of the lines")),
    _usual("copernicus_30m", 2.0, 150.0, 8.0, 1.0,
           N_("order of published comparisons on open ground; range: order of the model's own smoothing")),
    _usual("srtm_30m", 4.0, 200.0, 10.0, 2.0,
           N_("order of published comparisons on open ground; range: order of the model's own smoothing")),
)  # fmt: skip
USUAL_ERRORS: dict[str, ErrorDefault] = {d.source: d for d in _USUAL}
ERROR_DEFAULTS: dict[str, ErrorFigures] = {d.source: d.figures for d in _USUAL}


@dataclass(frozen=True)
class Tile:
    """One file of a terrain that several files make up. Its first cell is (row, col) on the terrain's grid.

    `path` is relative to the terrain's folder with forward slashes, or absolute. The rest as in Terrain.
    """

    path: str
    size_bytes: int
    sha256: str
    row: int
    col: int
    width: int
    height: int
    transform: tuple[float, float, float, float, float, float]
    nodata: float | None
    dtype: str
    z_scale: float
    z_offset: float


@dataclass(frozen=True)
class Making:
    """How a DEM was made of measured points, and how well it meets points that were left out of it.

    `method` in words (a Delaunay TIN, means of ground points …); `source` names the files; `density_per_100_m2` points
    used per 100 m² of ground; `left_out` heights compared; `bias_m`, `rmse_m`, `nmad_m` of ground minus height (None:
    none compared); `survey_sigma_m` the measured points' own error as it was stated.
    """

    method: Notice
    source: str
    source_sha256: str
    points: int
    density_per_100_m2: float | None
    left_out: int
    bias_m: float | None
    rmse_m: float | None
    nmad_m: float | None
    survey_sigma_m: float | None = None


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
    """Relative to the project's folder with forward slashes where possible, else absolute. Of several files: the
    folder that `tiles` count from."""
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
    tiles: tuple[Tile, ...] = ()
    """The files of a terrain of several, in the order in which they count where they overlap; () for one file.

    `sha256` is then that of the tiles' hashes, one a line in this order; heights are read in metres (scale 1).
    """
    making: Making | None = None
    """How the DEM was made, where this program made it."""

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; `from_json` reads it back. `tiles` and `making` are there only where there are any."""
        plain = {**asdict(self), "transform": list(self.transform), "warnings": [w.to_json() for w in self.warnings]}
        tiles, making = plain.pop("tiles"), plain.pop("making")
        if tiles:
            plain["tiles"] = [{**t, "transform": list(t["transform"])} for t in tiles]
        if self.making is not None:
            plain["making"] = {**making, "method": self.making.method.to_json()}
        return plain

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Terrain:
        """The terrain that `to_json` wrote."""
        making = data.get("making")
        plain = {
            **data,
            "transform": tuple(data["transform"]),
            "errors": ErrorFigures(**data["errors"]),
            "warnings": tuple(Notice.from_json(w) for w in data.get("warnings", ())),
            "tiles": tuple(Tile(**{**t, "transform": tuple(t["transform"])}) for t in data.get("tiles", ())),
            "making": Making(**{**making, "method": Notice.from_json(making["method"])}) if making else None,
        }
        return cls(**plain)
