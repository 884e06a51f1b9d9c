from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shapely.geometry import box

from gis.store import estimate_values, lab_row, screening_values, terrain_values, waste_values
from gis.store.records import natural, portable_path, resolved_path
from models.changes import Insert, Update
from models.errors import Missing, Refused
from models.terrain import ErrorFigures, Terrain
from models.waste import LabValue, Waste
from tests.gis.store.making import made_estimate, made_screening

FLY_ASH = Waste("FA-1", "粉煤灰", "fly_ash", "包头热电", annual_t=1.2e5, mass_basis="dry", moisture=0.2)
PH = LabValue("FA-1", "S1", "2024-05-01", "HJ 557", "pH", "9.4", 9.4, below=False, unit="", row=3)
TERRAIN = Terrain(
    uid="u-1", name="2024", path="dem/地形.tif", size_bytes=10, sha256="ab" * 32, crs="EPSG:4546", width=10, height=20,
    transform=(1.0, 0.0, 0.0, 0.0, -1.0, 0.0), cell_m=1.0, nodata=-9999.0, dtype="float32", z_scale=1.0, z_offset=0.0,
    z_unit="m", kind="dtm", vertical_datum=None, source="lidar",
    errors=ErrorFigures(0.15, 50.0, 0.15, "default:lidar"),
)  # fmt: skip


def test_sites_come_by_layer_and_natural_code(store, label, pit):
    store.transact(label, [
        pit(0, code="SK-10"), pit(1, code="SK-9"), pit(2, code="KK-1", layer="mine_pits"),
        pit(3, code="DC-2", layer="stockpiles"), pit(4, code="HX-1", layer="red_lines"),
    ])  # fmt: skip
    assert [s.code for s in store.sites()] == ["DC-2", "KK-1", "SK-9", "SK-10"]
    assert [s.fills for s in store.sites()] == [False, True, True, True]
    assert [s.code for s in store.sites(["SK-10", "DC-2"])] == ["DC-2", "SK-10"]
    assert store.sites([]) == []


def test_a_site_as_the_engines_see_it(store, label, pit):
    store.transact(label, [pit(code="A", name="北坑", mineral="coal")])
    site = store.site("A")
    assert (site.code, site.name, site.layer, site.crs, site.fills) == ("A", "北坑", "sand_pits", "EPSG:4546", True)
    assert site.outline.equals(box(500_000, 4_500_000, 500_100, 4_500_100))
    assert site.fields["mineral"] == "coal"
    assert site.fields["ground_water_m"] is None
    assert not {"fid", "uid", "code", "name", "geom"} & set(site.fields)
    assert len(site.uid) == 36


@pytest.mark.parametrize(("asked", "offered"), [("sk-01", "SK-010"), ("SK010", "SK-010"), ("东坑", ""), ("", "")])
def test_an_unknown_code_offers_the_nearest(store, label, pit, asked, offered):
    store.transact(label, [pit(code="SK-010"), pit(1, code="KK-777", layer="mine_pits")])
    for use in (lambda: store.site(asked), lambda: store.sites(["SK-010", asked])):
        with pytest.raises(Missing) as caught:
            use()
        assert caught.value.key == "code.unknown"
        assert asked in caught.value.what.render()
        assert offered in caught.value.advice.render()


def test_an_unknown_code_in_an_empty_project(store):
    with pytest.raises(Missing, match="import or draw"):
        store.site("SK-001")
    with pytest.raises(Missing):
        store.waste("W")
    with pytest.raises(Missing):
        store.terrain("2024")


def test_a_code_that_two_sites_share_is_not_guessed(store, label, pit):
    store.transact(label, [pit(code="A")])
    store.transact(label, [pit(1, code="B", layer="mine_pits")])
    with store._connections.writing() as con:
        con.execute("UPDATE mine_pits SET code = 'A'")
    with pytest.raises(Refused) as caught:
        store.site("A")
    assert caught.value.key == "code.twice"


def test_wastes_and_lab_values_round_trip(store, label):
    other = Waste("FA-10", "", "other")
    below = replace(
        PH, waste="FA-10", parameter="Hg", raw="<0.05", value=0.05, below=True, unit="mg/L", method="", row=0
    )
    store.transact(label, [Insert("wastes", waste_values(w)) for w in (other, FLY_ASH)])
    store.transact(label, [Insert("lab_values", lab_row(v)) for v in (PH, below)])
    assert store.wastes() == [FLY_ASH, other]
    assert store.waste("FA-1") == FLY_ASH
    assert store.lab_values("FA-10") == [below]
    assert store.lab_values() == [PH, below]
    assert store.lab_values("none") == []


def test_terrains_round_trip(store, label):
    store.transact(label, [Insert("terrains", terrain_values(TERRAIN))])
    assert store.terrains() == [TERRAIN]
    assert store.terrain("2024") == TERRAIN
    assert store.terrain_path(TERRAIN) == store.path.parent.resolve() / "dem" / "地形.tif"
    assert store.codes("terrains") == {"2024"}
    with pytest.raises(Refused):
        store.transact(label, [Insert("terrains", terrain_values(replace(TERRAIN, uid="u-2")))])


def test_the_latest_estimate_of_each_site(store, label, pit):
    store.transact(label, [pit(code="A"), pit(1, code="B")])
    a, b = store.sites()
    stored = [made_estimate(a, 1.0), made_estimate(b, 2.0), made_estimate(a, 3.0)]
    store.transact(label, [Insert("estimates", estimate_values(e)) for e in stored])
    assert store.estimates() == [stored[1], stored[2]]
    assert store.estimates(latest=False) == stored
    assert store.estimates(["A"]) == [stored[2]]
    assert store.estimates(["none"]) == []
    store.transact(label, [Update("sand_pits", 1, {"code": "C"})])
    assert store.estimates(["C"]) == [replace(stored[2], site="C")]


def test_the_latest_screening_of_each_waste_and_site(store, label, pit):
    store.transact(label, [pit(), Insert("wastes", waste_values(FLY_ASH))])
    uid = store.site("SK-001").uid
    old, new, bare = made_screening(), made_screening(verdict="reject"), made_screening(site="")
    store.transact(label, [
        Insert("screenings", screening_values(s, uid if s.site else None)) for s in (old, new, bare)
    ])  # fmt: skip
    assert store.screenings() == [new, bare]
    assert store.screenings(latest=False) == [old, new, bare]
    assert store.screenings("FA-1", "SK-001") == [new]
    assert store.screenings("X") == []


def test_paths_move_with_the_project(tmp_path):
    project = tmp_path / "one" / "a.gpkg"
    inside, beside = tmp_path / "one" / "dem" / "z.tif", tmp_path / "terrain 数据" / "z.tif"
    assert portable_path(project, inside) == "dem/z.tif"
    assert portable_path(project, beside) == "../terrain 数据/z.tif"
    for file in (inside, beside):
        assert resolved_path(project, portable_path(project, file)) == file.resolve()
    moved = tmp_path / "elsewhere" / "one" / "a.gpkg"
    assert (
        resolved_path(moved, "../terrain 数据/z.tif") == (tmp_path / "elsewhere" / "terrain 数据" / "z.tif").resolve()
    )
    far = Path("/nowhere/at/all/z.tif")
    deep = Path("/a/b/c/d/e/f/p.gpkg")
    assert portable_path(deep, far) == far.resolve().as_posix()
    assert resolved_path(deep, far.as_posix()) == far


def test_natural_order():
    assert sorted(["SK-10", "SK-9", "9", "10", "坑2", "坑10", ""], key=natural) == [
        "",
        "9",
        "10",
        "SK-9",
        "SK-10",
        "坑2",
        "坑10",
    ]


def test_a_row_without_geometry_is_no_crash(store, label, pit):
    store.transact(label, [pit()])
    with store._connections.writing() as con:
        con.execute("UPDATE sand_pits SET geom = NULL")
    assert store.site("SK-001").outline.is_empty
    assert store.read("sand_pits").geometry.isna().all()
    assert [p.table for p in store.check()] == ["sand_pits"]


def test_read_as_a_table(store, label, pit):
    store.transact(label, [pit(n, code=f"S{n}", ground_water_m=n) for n in range(4)])
    frame = store.read("sand_pits")
    assert frame.index.name == "fid"
    assert frame.crs == "EPSG:4546"
    assert frame.geometry.name == "geometry"
    assert frame["ground_water_m"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert frame["mineral"].tolist() == [None] * 4
    assert frame["name"].dtype == object
    assert list(store.read("sand_pits", codes=["S2", "S0"]).index) == [1, 3]
    with pytest.raises(Missing):
        store.read("sand_pits", codes=["S2", "S9"])
    assert list(store.read("sand_pits", bbox=(500_150, 0, 500_450, 5e6)).index) == [2, 3]
    assert list(store.read("sand_pits", bbox=(500_100, 4_500_100, 500_200, 4_500_200)).index) == [1, 2]  # corners touch
    assert len(store.read("sand_pits", bbox=(0, 0, 1, 1))) == 0
    empty = store.read("red_lines")
    assert (len(empty), empty.crs, empty.geometry.name) == (0, "EPSG:4546", "geometry")
    assert set(empty.columns) >= {"code", "name", "red_line_type", "geometry"}


def test_a_damaged_geometry_is_named(store, label, pit):
    store.transact(label, [pit(), pit(1)])
    with store._connections.writing() as con:
        con.execute("UPDATE sand_pits SET geom = substr(geom, 1, 60) WHERE fid = 2")
    for use in (store.sites, lambda: store.read("sand_pits")):
        with pytest.raises(OSError, match="row 2"):
            use()
    assert len(store.read("sand_pits", codes=["SK-001"])) == 1
    assert [(p.key, p.fid) for p in store.check()] == [("geometry.bad", 2)]
