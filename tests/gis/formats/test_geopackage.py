from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from gis.formats import read_features
from models.errors import Missing, Refused, Unreadable

HOME = "EPSG:4546"


def test_layers_are_chosen_by_name_or_because_there_is_one(folder, pits):
    path = folder / "甲.gpkg"
    pits.to_file(path, layer="砂坑", engine="pyogrio")
    assert read_features(path, target_crs=HOME).sublayer == "砂坑"
    pits.to_file(path, layer="sand_pits", engine="pyogrio")
    with pytest.raises(Refused, match=r"2 layers.*砂坑, sand_pits"):
        read_features(path, target_crs=HOME)
    assert read_features(path, target_crs=HOME, prefer="sand_pits").sublayer == "sand_pits"
    with pytest.raises(Missing, match="no layer 坑"):
        read_features(path, target_crs=HOME, sublayer="坑")


def test_a_renamed_one_is_known_by_content(folder, pits):
    pits.to_file(folder / "a.gpkg", layer="a", engine="pyogrio")
    (folder / "a.gpkg").rename(folder / "a.dat")
    came = read_features(folder / "a.dat", target_crs=HOME)
    assert [f.fields["名称"] for f in came.features] == list(pits["名称"])


def test_a_mere_database_and_a_damaged_one_are_refused(folder, pits):
    with closing(sqlite3.connect(folder / "b.gpkg")) as db:
        db.execute("CREATE TABLE t (a)")
    with pytest.raises(Refused, match="no GeoPackage"):
        read_features(folder / "b.gpkg", target_crs=HOME)
    pits.to_file(folder / "c.gpkg", layer="c", engine="pyogrio")
    data = (folder / "c.gpkg").read_bytes()
    (folder / "c.gpkg").write_bytes(data[: len(data) // 2])
    with pytest.raises(Unreadable, match="damaged"):
        read_features(folder / "c.gpkg", target_crs=HOME)
