from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from gis.formats import read_features
from models.errors import Missing, Refused, Unreadable
from tests.gis.formats.here import no_child
from tests.gis.formats.making import write_shapefile

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


def test_a_file_with_a_log_beside_it_is_read_whole_and_left_as_it_is(folder, pits):
    with no_child():
        path = folder / "坑.gpkg"
        pits.iloc[:1].to_file(path, driver="GPKG", engine="pyogrio")
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA journal_mode=wal")
            layer, column = db.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchone()
            db.execute("PRAGMA wal_checkpoint(truncate)")
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f'DROP TRIGGER "{name}"')  # the spatial index needs functions that are not here
            db.execute(f'INSERT INTO "{layer}" ("{column}") SELECT "{column}" FROM "{layer}"')
            db.commit()
            copy = folder / "copy" / path.name
            copy.parent.mkdir()
            for beside in (path, path.with_name(path.name + "-wal")):
                shutil.copy(beside, copy.parent)
        before = {p.name: p.read_bytes() for p in copy.parent.iterdir()}
        assert len(read_features(copy, target_crs=HOME).features) == 2
        assert {p.name: p.read_bytes() for p in copy.parent.iterdir()} == before


@pytest.mark.parametrize("name", ["a;b", "a!b", "a\tb", "长" * 60])
def test_names_that_libraries_misread(folder, pits, name):
    deep = folder.joinpath(*[name] * (3 if len(name) > 9 else 1)).with_name(name)
    deep.mkdir(parents=True)
    pits.to_file(folder / "a.gpkg", driver="GPKG", engine="pyogrio")
    write_shapefile(pits, folder / "a.shp", "UTF-8")
    with no_child():
        for part in [folder / "a.gpkg", *folder.glob("a.*")]:
            shutil.copy(part, deep / f"{name}{part.suffix}")
        for suffix in (".gpkg", ".shp"):
            came = read_features(deep / f"{name}{suffix}", target_crs=HOME)
            assert [f.fields["编号"] for f in came.features] == ["坑-1", "坑-2"]
        assert came.sublayer == name


def test_whole_numbers_beside_missing_ones_keep_their_digits(folder, pits):
    path = folder / "a.gpkg"
    pits.assign(n=pd.array([9007199254740993, None], "Int64")).to_file(path, driver="GPKG", engine="pyogrio")
    with no_child():
        assert [f.fields["n"] for f in read_features(path, target_crs=HOME).features] == [9007199254740993, None]


def test_a_system_that_is_said_to_be_undefined_says_nothing(folder, pits):
    path = folder / "a.gpkg"
    pits.to_file(path, driver="GPKG", engine="pyogrio")
    with closing(sqlite3.connect(path)) as db:
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            db.execute(f"UPDATE {table} SET srs_id = -1")
        db.commit()
    with no_child():
        came = read_features(path, target_crs=HOME, accept_guess=True)
        assert (came.crs, came.crs_basis) == (HOME, "guessed")
