"""Everything that stands on a sheet, as plain values: what `draw_sheet` draws and a builder takes from a project."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.package.boundary import BoundaryPoint
from app.package.scale import Bounds, MapWindow
from gis.arrays import Array
from models.conflict import Conflict
from models.earthwork import Earthwork
from models.estimate import CurveRow, Estimate
from models.notices import Notice

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class SheetCrs:
    """The project's coordinate system as a sheet states it.

    `prefix` is the zone number that is put before eastings in print (None: they are printed as they are).
    """

    name: str
    epsg: int | None
    central_meridian: float | None = None
    zone: int | None = None
    prefix: int | None = None
    convergence_deg: float | None = None
    """Angle from true north to grid north at the site's middle, degrees, positive where grid north lies east."""
    cgcs2000: bool = False
    degrees_wide: int | None = None

    def east(self, y_east: float) -> float:
        """An easting as it is printed, with the zone number in front where there is one."""
        return y_east + (self.prefix or 0) * 1e6


@dataclass(frozen=True, eq=False)
class GridPicture:
    """A grid to be drawn: row 0 in the north, NaN = none; `extent` of the outer cell edges in the project CRS, m.

    Two are the same only if they are one: `drawn` keeps what was made of one for the next sheet that shows it.
    """

    values: Grid
    extent: Bounds
    drawn: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def cell_m(self) -> tuple[float, float]:
        """Size of a cell west–east and south–north."""
        x0, y0, x1, y1 = self.extent
        return (x1 - x0) / self.values.shape[1], (y1 - y0) / self.values.shape[0]


@dataclass(frozen=True, eq=False)
class Photo:
    """A basemap to be drawn: RGB, RGBA where it does not fill its extent; rows from the north, extent as of a grid."""

    pixels: NDArray[np.uint8]
    extent: Bounds


@dataclass(frozen=True)
class MapFeature:
    """Another feature on the map. `layer` picks style and word from layers/, `kind` one of a layer's several."""

    layer: str
    kind: str
    code: str
    name: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Source:
    """Where something on the sheet comes from. `what` is an English msgid ("terrain"); `date` ISO or ""."""

    what: str
    text: str
    date: str = ""


@dataclass(frozen=True)
class SignOff:
    """What is known for the sign-off block; empty fields are left for the pen."""

    unit: str = ""
    drawn: str = ""
    checked: str = ""
    approved: str = ""
    date: str = ""


@dataclass(frozen=True)
class TerrainFacts:
    """What the notes say of the terrain under the map."""

    name: str
    kind: str
    cell_m: float
    vertical_datum: str | None
    surveyed_on: str | None
    source: str | None
    sha256: str
    sigma_z_m: float | None = None


@dataclass(frozen=True)
class RimMark:
    """A stretch of the rim edited by hand: its number ("R1"), the action (models.rim_edit), its line on the ground."""

    number: str
    action: str
    line: BaseGeometry


@dataclass(frozen=True)
class SectionView:
    """A section along `line` (project CRS): distance from its start (m on the ground), heights of ground and reference.

    NaN where there is none. `cover_m` and `base_m` are thicknesses of the layers that the estimate counts with.
    """

    letter: str
    line: BaseGeometry
    distance_m: Array
    ground_m: Array
    reference_m: Array
    cover_m: float = 0.0
    base_m: float = 0.0
    scales: tuple[int, int] | None = None
    """Denominators along and up where they are not those of the sheet's other sections."""


@dataclass(frozen=True)
class Station:
    """A monitoring point: code, what it is (msgid), place in the project CRS, m."""

    code: str
    kind: str
    x: float
    y: float
    name: str = ""


@dataclass(frozen=True)
class SiteSummary:
    """A site of an overview. Figures are those of its stored estimate, None where it has none."""

    code: str
    name: str
    layer: str
    district: str
    status: str
    outline: BaseGeometry
    fill_m3: float | None = None
    tonnage_t: float | None = None
    released_m2: float | None = None


@dataclass(frozen=True)
class SheetContent:
    """One sheet. Texts that people entered stand as they are; words of the program's own are msgids or notices."""

    kind: str
    language: str
    paper: str
    project_name: str
    site_code: str
    site_name: str
    layer: str
    outline: BaseGeometry
    points: tuple[BoundaryPoint, ...]
    window: MapWindow
    crs: SheetCrs
    area_m2: float
    """Planar area of the outline in the project CRS."""
    terrain: GridPicture | None = None
    terrain_facts: TerrainFacts | None = None
    depth: GridPicture | None = None
    """Reference minus ground, m, inside the outline; for heaps ground minus reference."""
    fills: bool = True
    controls: tuple[MapFeature, ...] = ()
    neighbours: tuple[MapFeature, ...] = ()
    around: tuple[MapFeature, ...] = ()
    """What the locator map shows, the site itself not among it."""
    locator_bounds: Bounds | None = None
    estimate: Estimate | None = None
    reference_label: str = ""
    """English msgid of the reference surface's name."""
    alternatives: tuple[tuple[str, float | None], ...] = ()
    """(msgid of the reference surface, m³) of the other surfaces."""
    waste_label: str = ""
    conflicts: tuple[Conflict, ...] | None = None
    earthwork: Earthwork | None = None
    earthwork_detail: str = ""
    """Which texts the squares of the grid method bear (`earthwork_layout.DETAILS`)."""
    sources: tuple[Source, ...] = ()
    notes: tuple[Notice, ...] = ()
    photo: Photo | None = None
    """A basemap of the project in place of the shaded terrain."""
    duties: tuple[Notice, ...] = ()
    """What is to be monitored, for kinds that show monitoring points."""
    points_sheet: tuple[str, str] = ("", "")
    """Number and title, in the sheet's language, of the kind of sheet that lists all boundary points of a site.

    Two empty texts where that is this sheet itself, or no other that goes with it."""
    rim_edits: tuple[RimMark, ...] = ()
    """Stretches of the rim that were edited by hand, as far as the estimate knows of them."""
    sign_off: SignOff = field(default_factory=SignOff)
    banner: str = ""
    """Text across the sheet, in the sheet's language already; "" for none."""
    confidentiality: str = ""
    created: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    """Time stamp of the PDF: the same content gives the same bytes."""
    program_version: str = ""
    orientation: str = "landscape"
    final: GridPicture | None = None
    """The ground under the map after filling, m."""
    sections: tuple[SectionView, ...] = ()
    section_scales: tuple[int, int] = (0, 0)
    """Denominators along and up."""
    water_m: float | None = None
    """Highest groundwater elevation known of the site, m."""
    curve: tuple[CurveRow, ...] = ()
    stations: tuple[Station, ...] = ()
    inventory: tuple[SiteSummary, ...] = ()
    """The sites of a sheet of the whole project."""
    place: tuple[tuple[str, str], ...] = ()
    """(msgid, text) of what tells where the site is."""
