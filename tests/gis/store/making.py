"""Records as the engine and the screening make them."""

from __future__ import annotations

import sqlite3

from gis.store import blob
from models.estimate import (
    Alternative,
    Estimate,
    EstimateRequest,
    Interval95,
    ReferenceUsed,
    SecondMethod,
    TerrainUsed,
)
from models.notices import Notice
from models.screening import Finding, Screening


def edit_outside(path, *statements):
    """What another program does: SQLite with the ST_ functions that GDAL has, in one go, no word in our log.

    A statement is SQL, or SQL and its values.
    """
    con = sqlite3.connect(path)
    blob.register(con)
    if not any("PRAGMA" in str(s) for s in statements):
        con.execute("BEGIN")
    for statement in statements:
        con.execute(*(statement if isinstance(statement, tuple) else (statement,)))
    con.commit()
    con.close()


def made_estimate(site, fill=100.0):
    return Estimate(
        site=site.code, layer=site.layer, terrain=TerrainUsed("2024", "ab", 1.0, "EPSG:4546", None, "dtm"),
        reference=ReferenceUsed("spill", {"x": 1}, 1.0, 0.0, 2.0), fill_m3=fill, cut_m3=0.0, net_m3=fill,
        footprint_m2=1.0, flooded_m2=1.0, covered_share=1.0, max_depth_m=1.0, mean_depth_m=0.5, waste_m3=fill,
        cover_m3=0.0, base_m3=0.0, density_t_m3=None, tonnage_t=None, tonnage_wet_t=None, land_released_m2=1.0,
        interval95=Interval95(3.0, None, {"terrain_m3": 1.5}), check=SecondMethod("tin", 101.0, 1.0),
        alternatives=(Alternative("level", None),), warnings=(Notice("w", "{a} 亩", a=1),), site_uid=site.uid,
        request=EstimateRequest("spill", {"level_m": 3}, waste="FA-1"),
    )  # fmt: skip


def made_screening(waste="FA-1", site="SK-001", verdict="accept"):
    finding = Finding(
        "r1", "meets", 1.0, "mg/L", 2.0, "<=", "S1", "4.1", "GB", "A", None, Notice("f", "fine {x}", x="好")
    )
    return Screening(waste, site, (("gb18599", "1"),), verdict, "I", (finding,))
