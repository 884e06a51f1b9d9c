"""Values and outlines: what is refused, and in what form the rest is kept."""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from models.changes import Delete, Insert, Update
from models.errors import Missing, Refused
from models.notices import Notice


def in_step(store):
    assert store.check() == []


# What is refused


def spiked(x):
    """A triangle with one coordinate as a careless program may write it."""
    wkb = shapely.to_wkb(Polygon([(0, 0), (77, 0), (1, 1)]), byte_order=1)
    with np.errstate(invalid="ignore"):
        return shapely.from_wkb(wkb.replace(struct.pack("<d", 77), struct.pack("<d", x)))


@pytest.mark.parametrize(
    ("geometry", "key"),
    [
        (None, "geometry.missing"),
        ("POLYGON", "geometry.type"),
        (Point(1, 2), "geometry.type"),
        (LineString([(0, 0), (1, 1)]), "geometry.type"),
        (Polygon(), "geometry.empty"),
        (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), "geometry.invalid"),
        (spiked(1e308), "geometry.coordinates"),
        (spiked(float("inf")), "geometry.coordinates"),
        (spiked(float("nan")), "geometry.coordinates"),
    ],
)
def test_outlines_that_cannot_be_kept(store, label, pit, geometry, key):
    store.transact(label, [pit()])
    for change in (
        Insert("sand_pits", {"code": "S-9", "geometry": geometry}),
        Update("sand_pits", 1, {"geometry": geometry}),
    ):
        with pytest.raises(Refused) as caught:
            store.transact(label, [pit(1), change])
        assert caught.value.key == key
        assert "sand_pits" in caught.value.where
    assert store.revision == 1


def test_outlines_become_multipolygons_without_heights(store, label):
    ring = [(0, 0, 5), (10, 0, 5), (10, 10, 5), (0, 10, 5)]
    store.transact(label, [Insert("sand_pits", {"geometry": Polygon(ring)})])
    outline = store.site("SK-001").outline
    assert isinstance(outline, MultiPolygon)
    assert not outline.has_z
    assert outline.area == 100


def test_points_stay_points(store, label):
    store.transact(label, [Insert("observations", {"geometry": Point(1, 2, 3)})])
    assert store.read("observations").geometry.tolist() == [Point(1, 2)]
    with pytest.raises(Refused):
        store.transact(label, [Insert("observations", {"geometry": box(0, 0, 1, 1)})])
    in_step(store)


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("ground_water_m", float("nan"), "field.bad_value"),
        ("ground_water_m", float("inf"), "field.bad_value"),
        ("ground_water_m", "deep", "field.bad_value"),
        ("ground_water_m", "1_000", "field.bad_value"),
        ("ground_water_m", True, "field.bad_value"),
        ("ground_water_m", 1e308, "field.range"),
        ("ground_water_m", -501, "field.range"),
        ("base_permeability_cm_s", -1e-9, "field.range"),
        ("mineral", "cheese", "field.choice"),
        ("status", "Abandoned", "field.choice"),
        ("name", b"bytes", "field.bad_value"),
        ("name", ["list"], "field.bad_value"),
        ("name", "nul\x00l", "field.bad_value"),
        ("name", "half \ud800 a pair", "field.bad_value"),
        ("name", float("nan"), "field.bad_value"),
        ("surveyed_on", "2024-02-30", "field.bad_value"),
        ("surveyed_on", "soon", "field.bad_value"),
        ("surveyed_on", 20240101, "field.bad_value"),
        ("code", "  ", "field.required"),
        ("code", None, "field.required"),
        ("uid", "mine", "field.system"),
        ("created_at", "2024-01-01", "field.system"),
    ],
)
def test_values_that_do_not_fit_are_named(store, label, pit, field, value, key):
    store.transact(label, [pit()])
    with pytest.raises(Refused) as caught:
        store.transact(label, [Update("sand_pits", 1, {field: value})])
    assert caught.value.key == key
    assert field in str(caught.value)
    str(caught.value).encode()
    assert store.revision == 1


def test_unknown_fields_and_tables(store, label, pit):
    with pytest.raises(Missing, match="ground_water_m"):
        store.transact(label, [pit(depth=3)])
    for use in (
        lambda: store.transact(label, [Insert("pits; DROP TABLE sand_pits", {})]),
        lambda: store.rows("gpkg_contents"),
        lambda: store.count("x"),
        lambda: store.read("wastes"),
        lambda: store.rows("sand_pits", **{"1=1 --": 1}),
        lambda: store.row("sand_pits", 7),
    ):
        with pytest.raises(Missing):
            use()


def test_tables_that_the_program_keeps(store, label):
    for change in (
        Insert("change_log", {"step": 1}),
        Delete("project", 1),
        Insert("project", {"name": "two"}),
        Update("change_log", 1, {"label": "x"}),
    ):
        with pytest.raises(Refused) as caught:
            store.transact(label, [change])
        assert caught.value.key == "table.kept"
    store.transact(label, [Update("project", 1, {"settings": {"paper": "A3"}, "name": "neu"})])
    assert store.project()["settings"] == {"paper": "A3"}
    store.undo()
    assert store.project()["settings"] == {}


@pytest.mark.parametrize("layer", ["sand_pits", "mine_pits"])
def test_a_code_is_one_sites_only(store, label, pit, layer):
    store.transact(label, [pit(code="A1"), pit(1, code="B1")])
    for change in (
        pit(2, code="A1", layer=layer),
        pit(2, code=" A1 ", layer=layer),
        Update("sand_pits", 2, {"code": "A1"}),
    ):
        with pytest.raises(Refused) as caught:
            store.transact(label, [change])
        assert caught.value.key == "field.taken"
        assert caught.value.what.facts["value"] == "A1"
    store.transact(label, [pit(3, code="A1", layer="districts")])  # no site: a series of its own


def test_a_line_across_the_map_named_like_a_pit_is_no_clash(store, label, pit):
    store.transact(label, [pit(code="1"), pit(1, code="1", layer="red_lines")])
    assert store.site("1").layer == "sand_pits"


# Values that try to do harm


HOSTILE = [
    "Robert'); DROP TABLE sand_pits;--",
    'quote " and `back`',
    "{curly} {0} {}",
    "坑 🕳️ 👷‍♀️ 𠮷",
    "line\nbreak\ttab\r",
    "\u202eright to left",
    "%s %d \\x00 \\",
    "x" * 1_000_000,
    '=HYPERLINK("http://x")',
    "NULL",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_just_texts(store, pit, text):
    store.transact(Notice("x", "{t}", t=text), [pit(name=text, code=text[:40])])
    store.transact(Notice("x", "{t}", t=text), [Delete("sand_pits", 1)])
    store.undo()
    row = store.rows("sand_pits", name=text)[0]
    assert row["name"] == text
    assert row["code"] == " ".join(text[:40].replace("\u202e", "").split())
    assert store.site(row["code"]).name == text
    assert store.read("sand_pits", codes=[row["code"]])["name"].tolist() == [text]
    assert store.undo_label() == Notice("x", "{t}", t=text)
    assert store.check() == []


@pytest.mark.parametrize(("written", "kept"), [
    (" A  1 ", "A 1"), ("A\r\nB", "A B"), ("A\u202eB\u200b", "AB"), ("甲-1", "甲-1"), ("=1+1", "=1+1")])  # fmt: skip
def test_a_code_stands_on_one_line(store, label, pit, written, kept):
    store.transact(label, [pit(code=written)])
    assert store.codes("sand_pits") == {kept}


def test_a_code_that_is_no_code_is_refused(store, label, pit):
    for text in ("x" * 101, "\u200b"):
        with pytest.raises(Refused, match=r"1 to 100 characters|no value"):
            store.transact(label, [pit(code=text)])
    assert store.codes("sand_pits") == set()


def test_numbers_and_dates_in_many_clothes(store, label, pit):
    given = {
        "ground_water_m": np.float32(12.5),
        "base_permeability_cm_s": "1e-7",
        "base_thickness_m": 2,
        "name": 12,
        "remarks": 3.0,
        "parcel_no": np.int64(7),
        "surveyed_on": date(2024, 5, 1),
        "responsible": "",
    }
    store.transact(label, [pit(**given)])
    row = store.row("sand_pits", 1)
    assert {k: row[k] for k in given} == {
        "ground_water_m": 12.5,
        "base_permeability_cm_s": 1e-7,
        "base_thickness_m": 2.0,
        "name": "12",
        "remarks": "3",
        "parcel_no": "7",
        "surveyed_on": "2024-05-01",
        "responsible": None,
    }


@pytest.mark.parametrize(
    "text", ["2024-5-1", "2024/05/01", "20240501", "2024年5月1日", "2024.5.1", "2024-05-01T10:00:00"]
)
def test_dates_as_people_write_them(store, label, pit, text):
    store.transact(label, [pit(surveyed_on=text)])
    assert store.row("sand_pits", 1)["surveyed_on"] == "2024-05-01"


def test_times_are_kept_in_utc(store, label):
    beijing = timezone(timedelta(hours=8))
    when = datetime(2024, 5, 1, 6, 30, tzinfo=beijing)
    for n, value in enumerate((when, when.isoformat(), when.astimezone().replace(tzinfo=None))):
        store.transact(label, [Insert("observations", {"geometry": Point(n, 0), "observed_at": value})])
    assert {r["observed_at"] for r in store.rows("observations")} == {"2024-04-30T22:30:00.000Z"}


def test_records_with_numbers_that_are_none(store, label):
    with pytest.raises(Refused):
        store.transact(label, [Insert("scenarios", {"name": "a", "record": {"cost": float("nan")}})])
    with pytest.raises(Refused):
        store.transact(label, [Insert("scenarios", {"name": "a", "record": {"x": object()}})])
    store.transact(label, [Insert("scenarios", {"name": "a", "record": {"名": [1, None, {"x": 0.1}]}})])
    assert store.rows("scenarios")[0]["record"] == {"名": [1, None, {"x": 0.1}]}
