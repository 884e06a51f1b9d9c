"""What is read from an open project: rows, layers and records, each as of the moment when the read began."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.store import reading, records, snapshots
from gis.store.collecting import no_collecting
from gis.store.connection import Connections
from gis.store.gpkg import quote
from gis.store.layer_table import LayerTable
from gis.store.step_log import last_step
from gis.store.steps import last_number
from models.basemap import Basemap
from models.errors import Unreadable
from models.estimate import Estimate
from models.notices import N_
from models.rim_edit import RimEdit
from models.screening import Screening
from models.site import Site
from models.terrain import Terrain
from models.waste import LabValue, Waste

if TYPE_CHECKING:
    import geopandas as gpd


class ProjectReads:
    """The reading half of a Store. From any thread."""

    path: Path
    home: Path
    """The project file whose folder relative paths of terrains start from; another one for a local copy."""
    crs: str
    _connections: Connections

    @property
    def revision(self) -> int:
        """The number of the last step in the change log; 0 in a new project."""
        with self._connections.reading() as con:
            return last_step(con)

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """The calling thread's read-only connection, for what the modules of gis.store offer (log, merging)."""
        with self._connections.reading() as con:
            yield con

    def project(self) -> dict[str, Any]:
        """name, crs, created_at, program_version, schema_version, settings (a dictionary)."""
        with self._connections.reading() as con:
            found = reading.rows(con, "project", {})
        if not found:
            raise Unreadable("project.damaged", N_("the project file is damaged"), where=str(self.path))
        return {**found[0], "name": found[0]["name"] or "", "settings": found[0]["settings"] or {}}

    @property
    def uid(self) -> str:
        """What stays the same for a project and all its copies."""
        return str(self.project()["uid"] or "")

    def state(self) -> str:
        """A mark of what the file holds now: another one after every edit, also by another program."""
        with self._connections.reading() as con:
            return snapshots.state_of(con, self.path)

    def count(self, table: str) -> int:
        """Number of rows."""
        key = reading.table_named(table).key
        with self._connections.reading() as con:
            return int(con.execute(f"SELECT count(*) FROM {quote(key)}").fetchone()[0])

    def read(
        self, layer: str, *, bbox: reading.Box | None = None, codes: Sequence[str] | None = None
    ) -> gpd.GeoDataFrame:
        """A layer as a table with geometry in the project CRS, index fid; the part that meets `bbox` or has `codes`."""
        with self._connections.reading() as con:
            return reading.read_layer(con, layer, self.crs, bbox=bbox, codes=codes)

    def table(self, layer: str, *, codes: Sequence[str] | None = None, first: int | None = None) -> LayerTable:
        """A layer as plain columns, for the window; the part that has `codes`, the `first` rows only."""
        with self._connections.reading() as con, no_collecting():
            return reading.read_table(con, layer, self.crs, codes=codes, first=first)

    def rows(self, table: str, **equals: Any) -> list[dict[str, Any]]:
        """Rows without geometry, each with "fid"; JSON decoded. ``rows("samples", waste="FA-1")``."""
        with self._connections.reading() as con:
            return reading.rows(con, table, equals)

    def row(self, table: str, fid: int) -> dict[str, Any]:
        """One row. Raises Missing."""
        found = self.rows(table, fid=fid)
        if not found:
            raise reading.no_row(table, fid)
        return found[0]

    def codes(self, table: str) -> set[str]:
        """The codes of a table (the names, where rows have no codes)."""
        with self._connections.reading() as con:
            return reading.all_codes(con, table)

    def next_code(self, layer: str) -> str:
        """The next free code of a layer: SK-001 and so on."""
        table = reading.layer_named(layer)
        with self._connections.reading() as con:
            return f"{table.code_prefix}-{last_number(con, table) + 1:03d}"

    def site(self, code: str) -> Site:
        """The site with this code, whatever its layer. Raises Missing with the nearest codes."""
        return self.sites([code])[0]

    def sites(self, codes: Sequence[str] | None = None) -> list[Site]:
        """All sites, or those with these codes; by layer, then code."""
        with self._connections.reading() as con:
            return records.sites(con, self.crs, codes)

    def wastes(self) -> list[Waste]:
        """All waste streams, by code."""
        with self._connections.reading() as con:
            return records.wastes(con)

    def waste(self, code: str) -> Waste:
        """The waste stream with this code. Raises Missing."""
        with self._connections.reading() as con:
            return records.waste(con, code)

    def lab_values(self, waste: str | None = None) -> list[LabValue]:
        """Laboratory values in the order in which they came, of one waste or of all."""
        with self._connections.reading() as con:
            return records.lab_values(con, waste)

    def estimates(self, site_codes: Sequence[str] | None = None, *, latest: bool = True) -> list[Estimate]:
        """Stored estimates, oldest first; `latest` keeps the last one of each site."""
        with self._connections.reading() as con:
            return records.estimates(con, site_codes, latest=latest)

    def screenings(self, waste: str | None = None, site: str | None = None, *, latest: bool = True) -> list[Screening]:
        """Stored screenings, oldest first; `latest` keeps the last one of each waste and site."""
        with self._connections.reading() as con:
            return records.screenings(con, waste, site, latest=latest)

    def rim_edits(self, site_uid: str | None = None) -> list[tuple[int, str, RimEdit]]:
        """(fid, uid of the site, edit) of all rim edits or those of a site, in the order in which they were made."""
        with self._connections.reading() as con:
            return records.rim_edits(con, site_uid)

    def terrains(self) -> list[Terrain]:
        """All registered terrains."""
        with self._connections.reading() as con:
            return records.terrains(con)

    def terrain(self, name: str) -> Terrain:
        """The terrain of that name. Raises Missing."""
        with self._connections.reading() as con:
            return records.terrain(con, name)

    def terrain_path(self, terrain: Terrain) -> Path:
        """Where the terrain's file should be."""
        return records.resolved_path(self.home, terrain.path)

    def basemaps(self) -> list[Basemap]:
        """All registered basemaps."""
        with self._connections.reading() as con:
            return records.basemaps(con)

    def basemap_path(self, basemap: Basemap) -> Path:
        """Where the basemap's file should be."""
        return records.resolved_path(self.home, basemap.path)

    def portable_path(self, file: Path) -> str:
        """How to keep a file's place in the project: relative to its folder where possible."""
        return records.portable_path(self.home, file)
