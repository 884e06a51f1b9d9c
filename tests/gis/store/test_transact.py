from __future__ import annotations

import getpass
import json
import sqlite3
import struct
import time
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gis.store import Store, values
from models.changes import ChangeSet, Delete, Insert, Update
from models.errors import Missing, Refused, Unwritable
from models.notices import Notice


def log(store):
    with sqlite3.connect(store.path) as con:
        con.row_factory = sqlite3.Row
        rows = [dict(r) for r in con.execute("SELECT * FROM change_log ORDER BY fid")]
    con.close()
    return rows


def in_step(store):
    """SQLite's own check of the R-trees, and counts and extents."""
    assert store.check() == []


# What a step makes


def test_an_insert_makes_uid_code_and_times(store, label, pit):
    changed = store.transact(label, [pit(name="坑"), pit(1)])
    assert changed == ChangeSet(1, label, {"sand_pits": (1, 2)})
    assert changed.tables == {"sand_pits"}
    first, second = store.rows("sand_pits")
    assert (first["code"], second["code"], first["name"], second["name"]) == ("SK-001", "SK-002", "坑", None)
    assert first["uid"] != second["uid"]
    assert first["created_at"] == first["updated_at"]
    assert datetime.fromisoformat(first["created_at"]).utcoffset() == timedelta(0)
    assert store.revision == 1
    in_step(store)


def test_the_log_says_who_what_when(store, label, pit):
    store.transact(label, [pit(name="a")])
    store.transact(label, [Update("sand_pits", 1, {"name": "b"})])
    store.transact(label, [Delete("sand_pits", 1)])
    made, changed, gone = log(store)
    assert [r["op"] for r in (made, changed, gone)] == ["insert", "update", "delete"]
    assert [r["step"] for r in (made, changed, gone)] == [1, 2, 3]
    assert {r["user"] for r in (made, changed, gone)} == {getpass.getuser()}
    assert len({r["row_uid"] for r in (made, changed, gone)}) == 1
    assert Notice.from_json(json.loads(made["label"])) == label
    assert json.loads(changed["before"])["name"] == "a"
    assert json.loads(changed["after"])["name"] == "b"
    assert set(json.loads(changed["after"])) == {"name", "updated_at"}
    assert changed["after_geom"] is None
    assert made["after_geom"] == gone["before_geom"]
    assert made["before"] is gone["after"] is None
    assert abs(datetime.fromisoformat(made["at"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_update_changes_what_it_names_and_no_more(store, label, pit):
    store.transact(label, [pit(name="a", remarks="kept")])
    before = store.row("sand_pits", 1)
    time.sleep(0.002)
    store.transact(label, [Update("sand_pits", 1, {"name": "b"})])
    after = store.row("sand_pits", 1)
    assert after == {**before, "name": "b", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


def test_what_changes_nothing_makes_no_step(store, label, pit):
    store.transact(label, [pit(name="a", ground_water_m=5)])
    same = store.transact(
        label, [Update("sand_pits", 1, {"name": "a", "ground_water_m": "5", "geometry": pit().values["geometry"]})]
    )
    assert same == ChangeSet(1, label, {})
    assert store.transact(label, []) == ChangeSet(1, label, {})
    assert store.revision == 1


def test_numbering_goes_on_over_all_site_layers(store, label, pit):
    store.transact(label, [pit(code="SK-009"), pit(1, code="SK-012", layer="mine_pits"), pit(2, code="SK-X7"), pit(3)])
    assert store.codes("sand_pits") == {"SK-009", "SK-X7", "SK-013"}
    assert store.next_code("sand_pits") == "SK-014"
    assert store.next_code("mine_pits") == "KK-001"
    assert store.next_code("red_lines") == "HX-001"


def test_all_or_nothing(store, label, pit):
    store.transact(label, [pit(code="A")])
    for bad, error in [
        ([pit(1), pit(2, code="A")], Refused),
        ([pit(1), Update("sand_pits", 99, {"name": "x"})], Missing),
        ([pit(1), Delete("sand_pits", 99)], Missing),
        ([Delete("sand_pits", 1), pit(1, colour="red")], Missing),
        ([Delete("sand_pits", 1), Delete("sand_pits", 1)], Missing),
        ([*(pit(n) for n in range(500)), pit(1, code="A")], Refused),
    ]:
        with pytest.raises(error):
            store.transact(label, bad)
        assert store.codes("sand_pits") == {"A"}
        assert store.revision == 1
    in_step(store)
    assert [p.name for p in store.path.parent.iterdir()] == [store.path.name]


def test_an_interruption_inside_leaves_nothing(store, label, pit, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gis.store.steps.Step.finish", stop)
    with pytest.raises(KeyboardInterrupt):
        store.transact(label, [pit()])
    monkeypatch.undo()
    assert store.count("sand_pits") == 0
    store.transact(label, [pit()])
    assert store.count("sand_pits") == 1


def test_spatial_index_follows_every_edit(store, label, pit):
    store.transact(label, [pit(n) for n in range(6)])
    store.transact(label, [Update("sand_pits", 2, {"geometry": box(700_000, 5_000_000, 700_010, 5_000_010)})])
    store.transact(label, [Delete("sand_pits", 3)])
    in_step(store)
    far = store.read("sand_pits", bbox=(699_000, 4_999_000, 701_000, 5_001_000))
    assert list(far.index) == [2]
    with sqlite3.connect(store.path) as con:
        assert con.execute("SELECT rtreecheck('rtree_sand_pits_geom')").fetchone()[0] == "ok"
        extent = con.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name='sand_pits'")
        assert extent.fetchone() == (500_000, 4_500_000, 700_010, 5_000_010)
    con.close()
    store.transact(label, [Delete("sand_pits", 2)])
    with sqlite3.connect(store.path) as con:
        extent = con.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name='sand_pits'")
        assert extent.fetchone() == pytest.approx((500_000, 4_500_000, 501_100, 4_500_100), abs=1)
    con.close()
    store.transact(label, [Delete("sand_pits", fid) for fid in (1, 4, 5, 6)])
    in_step(store)


def test_ten_thousand_features_in_one_step(store, label):
    corners = [(500_000 + i % 100 * 300, 4_500_000 + i // 100 * 300) for i in range(10_000)]
    angle = np.linspace(0, 2 * np.pi, 21)[:-1]
    ring = 100 * np.column_stack([np.cos(angle), np.sin(angle)])
    changes = [Insert("sand_pits", {"name": f"坑 {i}", "geometry": Polygon(ring + c)}) for i, c in enumerate(corners)]
    start = time.perf_counter()
    store.transact(label, changes)
    assert time.perf_counter() - start < 8  # about 1.5 s alone on two old cores; the machine may be busy
    in_step(store)
    start = time.perf_counter()
    near = store.read("sand_pits", bbox=(500_000, 4_500_000, 500_650, 4_500_650))
    assert time.perf_counter() - start < 1
    assert len(near) == 9
    # After the fast way, the triggers are back.
    store.transact(label, [Delete("sand_pits", 1), Update("sand_pits", 2, {"geometry": Polygon(ring)})])
    in_step(store)


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
    assert row["code"] == text[:40].strip()
    assert store.site(row["code"]).name == text
    assert store.read("sand_pits", codes=[row["code"]])["name"].tolist() == [text]
    assert store.undo_label() == Notice("x", "{t}", t=text)
    assert store.check() == []


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


# Faults of the disk


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (sqlite3.SQLITE_FULL, "project.disk_full"),
        (sqlite3.SQLITE_READONLY, "project.not_writable"),
        (sqlite3.SQLITE_IOERR_WRITE, "project.disk_error"),
        (sqlite3.SQLITE_CANTOPEN, "project.not_writable"),
        (sqlite3.SQLITE_BUSY, "project.in_use"),
    ],
)
def test_what_sqlite_says_becomes_what_to_do(store, label, pit, monkeypatch, code, key):
    def fail(*_):
        error = sqlite3.OperationalError("raw text of the library")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr("gis.store.steps.Step.finish", fail)
    with pytest.raises(Unwritable) as caught:
        store.transact(label, [pit()])
    assert caught.value.key == key
    assert caught.value.advice.text
    assert "raw text" not in str(caught.value)
    monkeypatch.undo()
    assert store.count("sand_pits") == 0
    store.transact(label, [pit()])


def test_a_full_disk_for_real(store, label, pit):
    """SQLite itself runs out of pages half-way: nothing is kept, and the project works on."""
    store.transact(label, [pit()])
    with store._connections.writing() as con:
        pages = con.execute("PRAGMA page_count").fetchone()[0]
        con.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(Unwritable) as caught:
        store.transact(label, [pit(n) for n in range(1, 2000)])
    assert caught.value.key == "project.disk_full"
    assert store.count("sand_pits") == 1
    assert store.check() == []
    with store._connections.writing() as con:
        con.execute("PRAGMA max_page_count=1000000")
    store.transact(label, [pit(1)])
    with Store.open(store.path, read_only=True) as again:
        assert again.count("sand_pits") == 2


# Rows that belong to rows


def test_what_belongs_to_a_site_goes_and_comes_back_with_it(store, label, pit):
    store.transact(label, [pit(code="A"), Insert("wastes", {"code": "W", "kind": "fly_ash"})])
    uid = store.site("A").uid
    store.transact(label, [
        Insert("screenings", {"waste": "W", "site": "A", "site_uid": uid, "verdict": "accept", "record": {}}),
        Insert("photos", {"layer": "sand_pits", "row_uid": uid, "path": "a.jpg"}),
    ])  # fmt: skip
    changed = store.transact(label, [Delete("sand_pits", 1)])
    assert changed.tables == {"sand_pits", "screenings", "photos"}
    assert store.count("screenings") == store.count("photos") == 0
    store.undo()
    assert store.count("screenings") == store.count("photos") == 1
    assert store.check() == []


def test_a_renamed_waste_takes_its_samples_along(store, label):
    store.transact(label, [
        Insert("wastes", {"code": "W", "kind": "fly_ash"}),
        Insert("samples", {"waste": "W", "code": "S1"}),
        Insert("lab_values", {"waste": "W", "sample": "S1", "parameter": "pH", "raw": "7"}),
    ])  # fmt: skip
    store.transact(label, [Update("wastes", 1, {"code": "V"})])
    assert store.rows("samples")[0]["waste"] == "V"
    assert [v.raw for v in store.lab_values("V")] == ["7"]
    assert store.check() == []


def test_bounds_of_shapely_agree_with_the_file(store, label, pit):
    store.transact(label, [pit(n) for n in range(3)])
    assert tuple(store.read("sand_pits").total_bounds) == (500_000, 4_500_000, 500_500, 4_500_100)


def test_a_time_before_the_clock_began():
    assert values.utc_text(datetime(1901, 1, 1, tzinfo=UTC)) == "1901-01-01T00:00:00.000Z"


def test_shapely_is_not_asked_for_more_than_it_has(store, label):
    donut = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    parts = shapely.union_all([donut, box(200, 0, 300, 100)])
    store.transact(label, [Insert("sand_pits", {"geometry": parts})])
    assert store.site("SK-001").outline.equals_exact(parts, 0)
