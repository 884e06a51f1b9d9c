"""Shapefiles whose parts do not belong together, deleted rows, numbers of many digits."""

from __future__ import annotations

import pytest
from pyproj import CRS

from gis.formats import bulk, read_features
from models.errors import Unreadable
from tests.gis.formats.dbase import polygon, square, write
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
NAME = [("NAME", "C", 10)]
THREE = [polygon(square(200 * i)) for i in range(3)]
ROWS = [[b"a"], [b"b"], [b"c"]]


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def read(path):
    came = read_features(path, target_crs=HOME)
    return came, {f.fields["NAME"]: f.geometry.bounds[0] - 389800.0 for f in came.features}


def said(came) -> str:
    return "\n".join(w.render() for w in came.warnings)


@pytest.mark.parametrize(
    "index",
    [
        lambda e: [e[1], e[0], e[2]],  # of another order
        lambda e: e[:2],  # of an older state
        lambda e: [e[0], (0, 0), e[2]],
        lambda e: [(at + 2, length) for at, length in e],  # of another file
    ],
)
def test_an_index_that_does_not_fit_is_made_again_and_told(folder, index):
    came, places = read(write(folder / "坑.shp", THREE, ROWS, NAME, index=index))
    assert places == {"a": 0, "b": 200, "c": 400}
    assert "index (.shx) does not fit" in said(came)
    assert came.crs == HOME


def test_an_index_whose_head_counts_fewer_outlines_is_made_again(folder):
    path = write(folder / "坑.shp", THREE, ROWS, NAME)
    index = bytearray(path.with_suffix(".shx").read_bytes())
    index[24:28] = (50 + 4 * 2).to_bytes(4, "big")
    path.with_suffix(".shx").write_bytes(bytes(index))
    came, places = read(path)
    assert places == {"a": 0, "b": 200, "c": 400}
    assert "index (.shx) does not fit" in said(came)


def test_a_missing_index_is_made_again_and_a_sound_one_is_left_alone(folder):
    path = write(folder / "坑.shp", THREE, ROWS, NAME)
    assert not said(read(path)[0])
    path.with_suffix(".shx").unlink()
    came, places = read(path)
    assert places == {"a": 0, "b": 200, "c": 400}
    assert "index (.shx) is missing" in said(came)
    assert not path.with_suffix(".shx").exists()


def test_a_file_edited_in_place_keeps_its_index(folder):
    # The second record was written again at the end, as GDAL does: no entry leads to the old one any more.
    path = write(folder / "a.shp", [*THREE, polygon(square(900))], [*ROWS, [b"d"]], NAME,
                 index=lambda e: [e[0], e[3], e[2]])  # fmt: skip
    data = bytearray(path.read_bytes())
    at = 100 + 3 * (8 + len(THREE[0]))
    data[at : at + 4] = (2).to_bytes(4, "big")
    path.write_bytes(bytes(data))
    table = path.with_suffix(".dbf")
    rows = bytearray(table.read_bytes())
    rows[4:8] = (3).to_bytes(4, "little")
    table.write_bytes(bytes(rows))
    came, places = read(path)
    assert places == {"a": 0, "b": 900, "c": 400}
    assert "index" not in said(came)


def test_a_main_file_damaged_in_the_middle_without_index_is_refused(folder):
    path = write(folder / "a.shp", THREE, ROWS, NAME)
    path.with_suffix(".shx").unlink()
    data = bytearray(path.read_bytes())
    data[100 + 8 + len(THREE[0]) + 4] = 0x7F
    path.write_bytes(bytes(data))
    with pytest.raises(Unreadable, match="damaged after outline 1"):
        read_features(path, target_crs=HOME)


def test_outlines_without_a_row_and_rows_without_an_outline_are_told_and_nothing_is_lost(folder):
    came, places = read(write(folder / "a.shp", THREE, ROWS[:2], NAME))
    assert places == {"a": 0, "b": 200, None: 400}
    assert "2 rows for 3 outlines: the last 1 have no fields" in said(came)
    came, places = read(write(folder / "b.shp", THREE[:2], ROWS, NAME))
    assert places == {"a": 0, "b": 200}
    assert "3 rows, there are 2 outlines" in said(came)


def test_deleted_rows_neither_come_in_nor_make_others_come_twice(folder, monkeypatch):
    monkeypatch.setattr(bulk, "_BATCH", 4)
    records = [polygon(square(200 * i)) for i in range(11)]
    rows = [[f"n{i}".encode()] for i in range(11)]
    came, places = read(write(folder / "a.shp", records, rows, NAME, deleted=(0, 2, 5, 10)))
    assert places == {f"n{i}": 200 * i for i in (1, 3, 4, 6, 7, 8, 9)}
    assert len(came.features) == 7
    assert [f.row for f in came.features] == [2, 4, 5, 7, 8, 9, 10]
    assert said(came) == "4 rows are marked as deleted in its table and were left out"


def test_numbers_of_many_digits_keep_them_all(folder):
    fields = [*NAME, ("PARCEL", "N", 20), ("CODE", "N", 18)]
    rows = [[b"a", b"15020200100123456789", b"150202001001234567"], [b"b", b"", b"*" * 18], [b"c", b"7", b""]]
    came, _ = read(write(folder / "a.shp", THREE, rows, fields))
    kept = [(f.fields["PARCEL"], f.fields["CODE"]) for f in came.features]
    assert kept == [(15020200100123456789, 150202001001234567), (None, None), (7, None)]


@pytest.mark.parametrize("text", ["EPSG:4546", CRS.from_epsg(4546).to_wkt("WKT2_2019")])
def test_a_prj_in_a_newer_form_is_read(folder, text):
    path = write(folder / "a.shp", THREE, ROWS, NAME)
    path.with_suffix(".prj").write_text(text)
    came, _ = read(path)
    assert (came.crs, came.crs_basis) == (HOME, "file")
