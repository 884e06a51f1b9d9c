"""Makes the sample file of the present schema version, once, before the version is raised.

``python -m tests.data.old.making`` writes version-N.gpkg beside this file. Files of old versions are never made again:
they are what people have. Every table has a row or two, and the log has steps of each kind.
"""

from __future__ import annotations

import sys
from pathlib import Path

from shapely.geometry import Point, box

from app.i18n import translator
from gis.store import Store, estimate_values, screening_values, terrain_values
from gis.store.schema import SCHEMA_VERSION
from gis.store.tables import TABLES
from models.changes import Delete, Insert, Update
from models.notices import Notice
from models.terrain import ErrorFigures, Terrain
from tests.gis.store.making import made_estimate, made_screening

FOLDER = Path(__file__).parent
TERRAIN = Terrain(
    uid="u-1", name="2024", path="地形.tif", size_bytes=10, sha256="ab" * 32, crs="EPSG:4546", width=10, height=20,
    transform=(1.0, 0.0, 0.0, 0.0, -1.0, 0.0), cell_m=1.0, nodata=-9999.0, dtype="float32", z_scale=1.0, z_offset=0.0,
    z_unit="m", kind="dtm", vertical_datum=None, source="lidar",
    errors=ErrorFigures(0.15, 50.0, 0.15, "default:lidar"),
)  # fmt: skip


def square(n: int) -> object:
    """A pit of 100 m, the n-th in a row."""
    return box(417_000 + 200 * n, 4_496_000, 417_100 + 200 * n, 4_496_100)


def fill(store: Store) -> None:
    """A small project in nine steps."""
    plain = [t.key for t in TABLES.values() if t.geometry == "MULTIPOLYGON"]
    more = {"control_areas": {"kind": "river_range"}}
    rows = [Insert(k, {"name": f"{k} {n}", "geometry": square(n), **more.get(k, {})}) for n, k in enumerate(plain)]
    store.transact(Notice("sample", "outlines"), rows)
    store.transact(Notice("sample", "a point"), [Insert("observations", {"geometry": Point(417_050, 4_496_050)})])
    wastes = [Insert("wastes", {"code": c, "kind": "fly_ash", "name": "粉煤灰"}) for c in ("FA-1", "FA-2")]
    samples = [Insert("samples", {"waste": "FA-1", "code": "S1", "date": "2026-10-01"})]
    values = [Insert("lab_values", {"waste": "FA-1", "sample": "S1", "parameter": "pH", "raw": "9.4", "value": 9.4})]
    store.transact(Notice("sample", "wastes"), [*wastes, *samples, *values])
    store.transact(Notice("sample", "terrain"), [Insert("terrains", terrain_values(TERRAIN))])
    site = store.site("SK-001")
    judged = {**screening_values(made_screening()), "site_uid": site.uid}
    kept = [Insert("estimates", estimate_values(made_estimate(site))), Insert("screenings", judged)]
    store.transact(Notice("sample", "figures"), kept)
    part = {"scenario": "方案一", "waste": "FA-1", "site_uid": site.uid, "start_year": 2027, "volume_m3": 5.0}
    photo = {"layer": "sand_pits", "row_uid": site.uid, "path": "a.jpg"}
    plan = [Insert("scenarios", {"name": "方案一"}), Insert("assignments", part), Insert("photos", photo)]
    store.transact(Notice("sample", "plan"), plan)
    store.transact(Notice("sample", "edit"), [Update("sand_pits", 1, {"name": "砂坑一", "geometry": square(7)})])
    store.transact(Notice("sample", "delete"), [Delete("wastes", 2)])
    store.undo()
    store.transact(Notice("sample", "settings"), [Update("project", 1, {"settings": {"made_up": True}})])


def main() -> int:
    """Write the file; refuses to replace one."""
    path = FOLDER / f"version-{SCHEMA_VERSION}.gpkg"
    with Store.create(path, crs="EPSG:4546", name="旧版样例", translate=translator("zh_CN")) as store:
        fill(store)
        empty = [key for key in TABLES if not store.count(key)]
    sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes, empty tables: {empty}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
