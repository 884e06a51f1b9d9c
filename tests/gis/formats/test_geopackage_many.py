from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.formats.geopackage_many import write_layers
from models.errors import Unwritable

STAMP = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def layers() -> list:
    boxes = [shapely.box(i, 0, i + 1, 1) for i in range(5)]
    return [
        ("sites", gpd.GeoDataFrame({"code": list("abcde")}, geometry=boxes, crs="EPSG:4546")),
        ("points", gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4546")),
        ("about", pd.DataFrame({"what": ["=1+1"]})),
    ]


def test_layers_tables_and_times(tmp_path: Path) -> None:
    path = tmp_path / "成果 #1.gpkg"
    write_layers(layers(), path, STAMP)
    kinds = dict(pyogrio.list_layers(path).tolist())
    assert kinds == {"sites": "MultiPolygon", "points": "Point", "about": None}
    assert pyogrio.read_dataframe(path, layer="about", read_geometry=False)["what"].tolist() == ["=1+1"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA user_version").fetchone() == (10300,)
        assert {r[0] for r in db.execute("SELECT last_change FROM gpkg_contents")} == {"2026-11-26T08:30:00.000Z"}
        assert {r[0] for r in db.execute("SELECT data_type FROM gpkg_contents")} == {"features", "attributes"}


def test_the_same_layers_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in "abcd":
        write_layers(layers(), tmp_path / f"{name}.gpkg", STAMP)
        made.append((tmp_path / f"{name}.gpkg").read_bytes())
    assert len(set(made)) == 1


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="cannot be written"):
        write_layers(layers(), tmp_path / "no" / "a.gpkg", STAMP)
