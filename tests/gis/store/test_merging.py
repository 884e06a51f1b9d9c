"""Working copies brought back: cases that a person can follow, and random edits on both sides against an oracle."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from gis.store import Store, blob, estimate_values, terrain_values
from gis.store.cells import MARK
from gis.store.merge_plan import Takes
from gis.store.merging import merge
from gis.store.working_copy import copy_out
from models.changes import Delete, Insert, Update
from models.errors import AppError, Refused
from models.notices import Notice
from models.terrain import ErrorFigures, Terrain
from tests.gis.store.making import made_estimate

LABEL = Notice("t", "edit")
OUTSIDE = frozenset({"huitian_mark", "change_log", "gpkg_contents", "gpkg_ogr_contents", "sqlite_sequence"})


def content(store):
    """Every row of every table but the log, as it lies in the file."""
    with sqlite3.connect(store.path) as con:
        names = [
            r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE '%tree%'")
        ]
        found = {n: con.execute(f'SELECT * FROM "{n}" ORDER BY 1').fetchall() for n in names if n not in OUTSIDE}
    con.close()
    return found


@pytest.fixture
def pair(store, pit, folder):
    """A project with three pits and two wastes with samples, and a working copy of it."""
    changes = [pit(n, name=f"n{n}", ground_water_m=10.0) for n in range(3)]
    for code in ("W1", "W2"):
        changes += [Insert("wastes", {"code": code, "kind": "other"}), Insert("samples", {"waste": code, "code": "S"})]
    store.transact(LABEL, changes)
    copy_out(store, folder / "copy.gpkg")
    with Store.open(folder / "copy.gpkg") as copy:
        yield store, copy


def fid_of(store, code, table="sand_pits"):
    return store.rows(table, code=code)[0]["fid"]


def put(store, code, table="sand_pits", /, **values):
    store.transact(LABEL, [Update(table, fid_of(store, code, table), values)])


def drop(store, code, table="sand_pits"):
    store.transact(LABEL, [Delete(table, fid_of(store, code, table))])


def outside(store, *statements):
    """Another program writes into the file: no log."""
    con = sqlite3.connect(store.path)
    blob.register(con)
    for statement in statements:
        con.execute(*statement) if isinstance(statement, tuple) else con.execute(statement)
    con.commit()
    con.close()


# The copy


def test_a_copy_knows_its_ancestor_and_is_a_sound_project(pair, store):
    mine, copy = pair
    mark = copy.project()["settings"][MARK]
    assert mark["revision"] == mine.revision == 1
    assert mark["of"] == mine.path.name
    assert copy.check() == []
    assert MARK not in mine.project()["settings"]
    assert [p.name for p in mine.path.parent.iterdir() if p.suffix != ".gpkg"] == []


def test_a_copy_never_replaces_a_file(pair, folder):
    for name in ("copy.gpkg", "九原区 一期.gpkg"):
        with pytest.raises(Refused):
            copy_out(pair[0], folder / name)


# Without conflicts


def test_changes_of_both_sides_come_together(pair):
    mine, copy = pair
    put(mine, "SK-001", name="office")
    put(copy, "SK-001", remarks="field", geometry=box(0, 0, 7, 7))
    drop(copy, "SK-002")
    copy.transact(LABEL, [Insert("sand_pits", {"code": "NEW", "geometry": box(1, 1, 2, 2)})])
    put(copy, "W1", "wastes", producer="电厂")
    before = content(mine)
    trial = merge(mine, copy, Takes(), dry_run=True)
    assert content(mine) == before
    report = merge(mine, copy, Takes())
    assert replace(report, revision=None) == trial
    assert (report.added, report.changed, report.deleted) == (
        {"sand_pits": ["NEW"]}, {"sand_pits": ["SK-001"], "wastes": ["W1"]}, {"sand_pits": ["SK-002"]}
    )  # fmt: skip
    row = mine.read("sand_pits", codes=["SK-001"]).iloc[0]
    assert (row["name"], row["remarks"], row.geometry.area) == ("office", "field", 49)
    assert mine.codes("sand_pits") == {"SK-001", "SK-003", "NEW"}
    assert mine.check() == []
    assert len({e.step for e in _log(mine, report.revision)}) == 1
    mine.undo()
    assert content(mine) == before
    mine.redo()
    assert mine.codes("sand_pits") == {"SK-001", "SK-003", "NEW"}


def _log(store, step):
    from gis.store.log import entries

    with store.reader() as con:
        return list(entries(con, step=step))


def test_merging_twice_changes_nothing_and_the_copy_may_go_on(pair):
    mine, copy = pair
    put(copy, "SK-001", name="a")
    put(mine, "SK-002", name="mine")
    put(copy, "SK-002", name="theirs")
    merge(mine, copy, Takes(others="mine"))
    revision, after = mine.revision, content(mine)
    again = merge(mine, copy, Takes())
    assert (again.revision, again.conflicts, mine.revision) == (None, (), revision)
    assert content(mine) == after
    put(mine, "SK-001", name="a2")
    assert merge(mine, copy, Takes()).conflicts == ()  # the copy's value was merged before: it is nothing new
    assert mine.site("SK-001").name == "a2"
    put(copy, "SK-003", name="later")
    put(copy, "SK-002", name="theirs again")
    report = merge(mine, copy, Takes(), dry_run=True)
    assert report.changed["sand_pits"] == ["SK-002", "SK-003"]
    assert [c.key for c in report.conflicts] == ["sand_pits/SK-002/name"]


def test_the_same_change_on_both_sides_is_no_conflict(pair):
    mine, copy = pair
    for side in pair:
        put(side, "SK-001", name="same", geometry=box(0, 0, 3, 3))
        drop(side, "SK-002")
    report = merge(mine, copy, Takes())
    assert (report.conflicts, report.count("changed"), report.count("deleted")) == ((), 0, 0)


def test_row_numbers_that_both_gave_do_not_mix_rows(pair, pit):
    mine, copy = pair
    mine.transact(LABEL, [pit(7, code="OFFICE")])
    copy.transact(LABEL, [pit(9, code="FIELD")])
    assert fid_of(mine, "OFFICE") == fid_of(copy, "FIELD") == 4
    merge(mine, copy, Takes())
    assert mine.codes("sand_pits") == {"SK-001", "SK-002", "SK-003", "OFFICE", "FIELD"}
    assert mine.site("FIELD").outline.equals(copy.site("FIELD").outline)


def test_settings_of_the_project_merge_one_by_one(pair):
    mine, copy = pair
    for side, extra in ((mine, {"office": "a"}), (copy, {"crew": "b"})):
        row = side.rows("project")[0]
        side.transact(LABEL, [Update("project", row["fid"], {"settings": {**(row["settings"] or {}), **extra}})])
    merge(mine, copy, Takes())
    assert mine.project()["settings"] == {"office": "a", "crew": "b"}


def test_a_renamed_waste_takes_what_belongs_to_it_along(pair):
    mine, copy = pair
    put(copy, "W1", "wastes", code="W1-neu")
    mine.transact(LABEL, [Insert("samples", {"waste": "W1", "code": "S2"})])
    put(mine, "W2", "wastes", code="W2-neu")
    copy.transact(LABEL, [Insert("samples", {"waste": "W2", "code": "S3"})])
    report = merge(mine, copy, Takes())
    assert report.conflicts == ()
    assert sorted((r["waste"], r["code"]) for r in mine.rows("samples")) == [
        ("W1-neu", "S"), ("W1-neu", "S2"), ("W2-neu", "S"), ("W2-neu", "S3")
    ]  # fmt: skip
    assert mine.check() == []


def test_codes_that_the_copy_exchanged(pair):
    mine, copy = pair
    uids = {s.code: s.uid for s in mine.sites()}
    for old, new in (("SK-001", "T"), ("SK-002", "SK-001"), ("T", "SK-002")):
        put(copy, old, code=new)
    merge(mine, copy, Takes())
    assert {s.code: s.uid for s in mine.sites()} == {
        "SK-001": uids["SK-002"], "SK-002": uids["SK-001"], "SK-003": uids["SK-003"]
    }  # fmt: skip
    assert mine.check() == []


def test_estimates_made_in_the_field_come_along(pair):
    mine, copy = pair
    copy.transact(LABEL, [Insert("estimates", estimate_values(made_estimate(copy.site("SK-001"), 5.0)))])
    mine.transact(LABEL, [Insert("estimates", estimate_values(made_estimate(mine.site("SK-001"), 7.0)))])
    merge(mine, copy, Takes())
    assert sorted(e.fill_m3 for e in mine.estimates(latest=False)) == [5.0, 7.0]
    assert mine.check() == []


def test_a_large_copy_goes_the_fast_way(pair, pit):
    mine, copy = pair
    copy.transact(LABEL, [pit(n + 10) for n in range(400)])
    assert merge(mine, copy, Takes()).count("added") == 400
    assert mine.check() == []
    mine.undo()
    assert mine.count("sand_pits") == 3
    assert mine.check() == []


# Conflicts


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_a_field_that_both_changed(pair, side):
    mine, copy = pair
    put(mine, "SK-001", ground_water_m=11.0)
    put(copy, "SK-001", ground_water_m=12.0, remarks="r")
    with pytest.raises(Refused) as caught:
        merge(mine, copy, Takes())
    assert caught.value.key == "merge.undecided"
    assert mine.site("SK-001").fields["ground_water_m"] == 11.0
    assert mine.site("SK-001").fields["remarks"] is None
    (conflict,) = merge(mine, copy, Takes(), dry_run=True).conflicts
    assert (conflict.key, conflict.base, conflict.mine, conflict.theirs) == (
        "sand_pits/SK-001/ground_water_m", 10.0, 11.0, 12.0
    )  # fmt: skip
    merge(mine, copy, Takes({conflict.key: side}))
    assert mine.site("SK-001").fields["ground_water_m"] == {"mine": 11.0, "theirs": 12.0}[side]
    assert mine.site("SK-001").fields["remarks"] == "r"


def test_an_outline_that_both_changed_is_shown_by_area_and_points(pair):
    mine, copy = pair
    put(mine, "SK-001", geometry=box(0, 0, 10, 10))
    put(copy, "SK-001", geometry=shapely.Polygon([(0, 0), (10, 0), (10, 10)]))
    (conflict,) = merge(mine, copy, Takes(), dry_run=True).conflicts
    assert conflict.key == "sand_pits/SK-001/outline"
    assert [(s.area_m2, s.vertices) for s in (conflict.base, conflict.mine, conflict.theirs)] == [
        (10_000.0, 4), (100.0, 4), (50.0, 3)
    ]  # fmt: skip
    assert shapely.from_wkt(conflict.theirs.wkt).area == 50.0
    merge(mine, copy, Takes(others="theirs"))
    assert mine.site("SK-001").outline.area == 50.0


@pytest.mark.parametrize("side", ["mine", "theirs"])
@pytest.mark.parametrize("deleter", ["mine", "theirs"])
def test_one_deleted_what_the_other_changed(pair, side, deleter):
    mine, copy = pair
    gone, kept = (mine, copy) if deleter == "mine" else (copy, mine)
    drop(gone, "SK-001")
    put(kept, "SK-001", name="changed")
    (conflict,) = merge(mine, copy, Takes(), dry_run=True).conflicts
    assert conflict.kind == ("deleted_here" if deleter == "mine" else "deleted_there")
    merge(mine, copy, Takes(others=side))
    assert ("SK-001" in mine.codes("sand_pits")) == (side != deleter)
    if side != deleter:
        assert mine.site("SK-001").name == "changed"
    assert merge(mine, copy, Takes()).revision is None
    assert mine.check() == []


@pytest.mark.parametrize("side", ["mine", "theirs"])
@pytest.mark.parametrize("deleter", ["mine", "theirs"])
def test_one_deleted_to_what_the_other_added(pair, side, deleter):
    mine, copy = pair
    gone, kept = (mine, copy) if deleter == "mine" else (copy, mine)
    drop(gone, "W1", "wastes")
    kept.transact(LABEL, [Insert("samples", {"waste": "W1", "code": "S2"})])
    (conflict,) = merge(mine, copy, Takes(), dry_run=True).conflicts
    assert (conflict.table, conflict.code, conflict.below) == ("wastes", "W1", 1)
    merge(mine, copy, Takes(others=side))
    samples = sorted(r["code"] for r in mine.rows("samples", waste="W1"))
    assert samples == (["S", "S2"] if side != deleter else [])
    assert mine.check() == []
    assert merge(mine, copy, Takes()).revision is None


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_both_numbered_a_new_pit_alike(pair, pit, side):
    mine, copy = pair
    mine.transact(LABEL, [pit(5, name="office")])
    copy.transact(LABEL, [pit(6, name="field"), pit(7, name="field 2", layer="mine_pits", code="SK-005")])
    (conflict,) = merge(mine, copy, Takes(), dry_run=True).conflicts
    assert (conflict.key, conflict.kind) == ("sand_pits/SK-004/code", "code")
    assert (conflict.mine["name"], conflict.theirs["name"]) == ("office", "field")
    merge(mine, copy, Takes(others=side))
    names = {s.name: s.code for s in mine.sites()}
    winner, other = ("office", "field") if side == "mine" else ("field", "office")
    assert (names[winner], names[other], names["field 2"]) == ("SK-004", "SK-006", "SK-005")
    assert mine.check() == []
    assert merge(mine, copy, Takes()).revision is None


def test_a_terrain_registered_twice(pair):
    mine, copy = pair
    transform = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
    shape = ("EPSG:4546", 1, 1, transform, 1.0, None, "float32", 1.0, 0.0, "m", "dtm", None, None, ErrorFigures())

    def made(uid, sha):
        return Insert("terrains", terrain_values(Terrain(uid, "2024", "a.tif", 1, sha, *shape)))

    mine.transact(LABEL, [made("a", "one")])
    copy.transact(LABEL, [made("b", "one")])
    report = merge(mine, copy, Takes())
    assert (report.conflicts, report.count("added")) == ((), 0)
    assert [r.key for r in report.remarks] == ["merge.same_terrain"]
    copy.transact(LABEL, [Update("terrains", 1, {"sha256": "two", "record": {**made("b", "two").values["record"]}})])
    merge(mine, copy, Takes(others="mine"))
    assert [t.name for t in mine.terrains()] == ["2024"]


# Another program edited the copy


def test_a_copy_that_another_program_edited(pair, folder):
    mine, copy = pair
    put(mine, "SK-003", name="office")
    outside(
        copy,
        "UPDATE sand_pits SET name = 'QGIS' WHERE code = 'SK-001'",
        "UPDATE sand_pits SET name = 'QGIS' WHERE code = 'SK-003'",
        "DELETE FROM sand_pits WHERE code = 'SK-002'",
        ("INSERT INTO sand_pits (geom, name) VALUES (?, 'drawn')", (blob.encode(box(0, 0, 5, 5), 4546),)),
        (
            "UPDATE sand_pits SET geom = ? WHERE code = 'SK-001'",
            (blob.encode(shapely.MultiPolygon([box(0, 0, 2, 2)]), 4546),),
        ),
    )
    report = merge(mine, copy, Takes(), dry_run=True)
    assert [c.key for c in report.conflicts] == ["sand_pits/SK-003/name"]
    merge(mine, copy, Takes(others="mine"))
    assert mine.site("SK-001").name == "QGIS"
    assert mine.site("SK-001").outline.area == 4
    assert mine.site("SK-003").name == "office"
    assert {s.name for s in mine.sites()} == {"QGIS", "office", "drawn"}
    assert mine.check() == []
    assert merge(mine, copy, Takes()).revision is None


def test_the_project_that_another_program_edited_is_not_set_back(pair):
    mine, copy = pair
    outside(mine, "UPDATE sand_pits SET name = 'QGIS' WHERE code = 'SK-001'")
    put(copy, "SK-002", name="field")
    report = merge(mine, copy, Takes())
    assert report.conflicts == ()
    assert (mine.site("SK-001").name, mine.site("SK-002").name) == ("QGIS", "field")


def test_columns_of_other_programs_survive(pair):
    mine, copy = pair
    outside(mine, "ALTER TABLE sand_pits ADD COLUMN depth REAL", "UPDATE sand_pits SET depth = 3.2")
    outside(copy, "ALTER TABLE sand_pits ADD COLUMN crew TEXT", "UPDATE sand_pits SET crew = 'x'")
    put(copy, "SK-001", name="field")
    report = merge(mine, copy, Takes())
    assert mine.row("sand_pits", 1)["depth"] == 3.2
    assert mine.row("sand_pits", 1)["name"] == "field"
    assert [r.facts["column"] for r in report.remarks] == ["crew"]


def test_what_cannot_be_kept_is_named_and_left_out(pair):
    mine, copy = pair
    bow = shapely.MultiPolygon([shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])])
    outside(
        copy,
        ("UPDATE sand_pits SET geom = ? WHERE code = 'SK-001'", (blob.encode(bow, 4546),)),
        "UPDATE sand_pits SET status = 'kaputt' WHERE code = 'SK-002'",
        "INSERT INTO samples (waste, code) VALUES ('NOBODY', 'S')",
        "INSERT INTO estimates (site_uid, record) VALUES ('nobody', '{}')",
    )
    put(copy, "SK-003", name="fine")
    report = merge(mine, copy, Takes())
    assert sorted((t, n if t == "sand_pits" else "") for t, n, _why in report.unfit) == [
        ("estimates", ""), ("samples", ""), ("sand_pits", "SK-001"), ("sand_pits", "SK-002")
    ]  # fmt: skip
    assert mine.site("SK-003").name == "fine"
    assert mine.site("SK-001").outline.area == 10_000
    assert mine.check() == []


# Files that do not belong together


def test_another_project_is_refused(pair, folder):
    with Store.create(folder / "other.gpkg", crs="EPSG:4546", name="o") as other, pytest.raises(Refused) as caught:
        merge(pair[0], other, Takes())
    assert caught.value.key == "merge.unrelated"


def test_a_state_that_the_project_lost_is_refused(pair, folder, pit):
    mine, copy = pair
    mine.transact(LABEL, [pit(8)])
    copy_out(mine, folder / "later.gpkg")
    with Store.open(folder / "later.gpkg") as later, pytest.raises(Refused) as caught:
        merge(copy, later, Takes())  # as a project that was set back to an older snapshot
    assert caught.value.key == "merge.lost_ancestor"


def test_a_plain_copy_of_the_file_serves_too(store, pit, folder):
    store.transact(LABEL, [pit(), pit(1)])
    (folder / "stick.gpkg").write_bytes(store.path.read_bytes())
    with Store.open(folder / "stick.gpkg") as stick:
        put(stick, "SK-001", name="stick")
        put(store, "SK-002", name="office")
        assert merge(store, stick, Takes()).base_step == 1
    assert [s.name for s in store.sites()] == ["stick", "office"]


def test_a_project_of_the_first_version_gets_the_table_of_merges(pair):
    mine, copy = pair
    for side in pair:
        outside(
            side,
            "DROP TABLE merges",
            *(
                f"DELETE FROM {table} WHERE table_name = 'merges'"
                for table in ("gpkg_contents", "gpkg_ogr_contents", "gpkg_data_columns")
            ),
            "UPDATE project SET schema_version = 1",
        )
    put(copy, "SK-001", name="field")
    assert merge(mine, copy, Takes(), dry_run=True).changed == {"sand_pits": ["SK-001"]}
    with Store.open(mine.path) as opened, Store.open(copy.path) as other:
        assert merge(opened, other, Takes()).revision == 2
        assert opened.count("merges") == 1
        assert opened.check() == []


# Random edits on both sides


KINDS = ["name", "remarks", "move", "drop", "draw", "waste", "rename", "sample", "drop waste", "undo", "qgis"]
EDITS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 4)), max_size=7)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def edit(store, who, script, pit):
    for n, (what, which) in enumerate(script):
        try:
            _edit(store, f"{who}{n}", what, which, pit)
        except AppError:
            continue


def _edit(store, text, what, which, pit):
    pits, wastes = store.rows("sand_pits"), store.rows("wastes")
    if what == "undo":
        store.undo() if store.undo_label() and store.undo_label().key == "t" and store.revision > 2 else None
    elif what == "draw":
        store.transact(LABEL, [pit(20 + which, name=text)])
    elif what == "waste":
        store.transact(LABEL, [Insert("wastes", {"code": f"N{which}", "kind": "other", "producer": text})])
    elif what in {"rename", "sample", "drop waste"} and wastes:
        row = wastes[which % len(wastes)]
        store.transact(
            LABEL,
            {
                "rename": [Update("wastes", row["fid"], {"code": f"{text}-{row['code']}"})],
                "sample": [Insert("samples", {"waste": row["code"], "code": text})],
                "drop waste": [Delete("wastes", row["fid"])],
            }[what],
        )
    elif what in {"name", "remarks", "move", "drop", "qgis"} and pits:
        row = pits[which % len(pits)]
        if what == "qgis":
            outside(store, ("UPDATE sand_pits SET district = ? WHERE fid = ?", (text, row["fid"])))
            return
        values = {"geometry": box(which, 0, which + 3, len(text) + ord(text[0]))} if what == "move" else {what: text}
        change = Delete("sand_pits", row["fid"]) if what == "drop" else Update("sand_pits", row["fid"], values)
        store.transact(LABEL, [change])


def state(store):
    """Uid → fields, for the oracle; a sample's waste by the uid of the waste."""
    wastes = {r["code"]: r["uid"] for r in store.rows("wastes")}
    found = {("waste", r["uid"]): {"code": r["code"], "producer": r["producer"]} for r in store.rows("wastes")}
    found |= {("sample", r["uid"]): {"waste": wastes[r["waste"]], "code": r["code"]} for r in store.rows("samples")}
    names = ("code", "name", "remarks", "district")
    for uid, *values, shape in store.read("sand_pits")[["uid", *names, "geometry"]].itertuples(index=False):
        found["pit", uid] = {**dict(zip(names, values, strict=True)), "outline": shape.wkb}
    return found


def oracle(base, mine, theirs):
    """Three states by hand: theirs where only they changed something, mine everywhere else."""
    made = {}
    kept_wastes = {k for k in base if k[0] == "waste" and k in mine and k not in theirs and _touched(k, base, mine)}
    for key in mine.keys() | theirs.keys():
        b, m, t = base.get(key), mine.get(key), theirs.get(key)
        above = ("waste", (m or t).get("waste")) if key[0] == "sample" else None
        if m is not None and t is not None:
            made[key] = {f: t[f] if b is not None and m[f] == b[f] else m[f] for f in m}
        elif t is None:
            keep = b is None or m != b or key in kept_wastes or above in kept_wastes
            if keep and not (above in base and above not in theirs and above not in kept_wastes):
                made[key] = m
        elif b is None and not (above in base and above not in mine):
            made[key] = t
    return made


def _touched(key, base, mine):
    own = {k for k in mine if k[0] == "sample" and mine[k]["waste"] == key[1]}
    return mine[key] != base[key] or any(base.get(k) != mine[k] for k in own)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(EDITS, EDITS)
def test_random_edits_on_both_sides(tmp_path_factory, pit, ours, others):
    folder = tmp_path_factory.mktemp("merge")
    with Store.create(folder / "a.gpkg", crs="EPSG:4546", name="a") as mine:
        _build(mine, pit)
        copy_out(mine, folder / "b.gpkg")
        base = state(mine)
        with Store.open(folder / "b.gpkg") as copy:
            edit(mine, "m", ours, pit)
            edit(copy, "t", others, pit)
            before, was_mine, was_theirs = content(mine), state(mine), state(copy)
            trial = merge(mine, copy, Takes(others="mine"), dry_run=True)
            assert content(mine) == before
            report = merge(mine, copy, Takes(others="mine"))
            assert replace(report, revision=None) == trial
            _same_but_for_new_codes(state(mine), oracle(base, was_mine, was_theirs), report)
            assert mine.check() == []
            revision = mine.revision
            assert merge(mine, copy, Takes()).revision is None
            assert mine.revision == revision
            if report.revision is not None:
                mine.undo()
                assert content(mine) == before
                mine.redo()
                mine.undo()
            merge(mine, copy, Takes(others="theirs"))
            assert mine.check() == []
            assert merge(mine, copy, Takes()).revision is None


def _build(store, pit):
    changes = [pit(n, name=f"n{n}") for n in range(3)]
    changes += [Insert("wastes", {"code": "W1", "kind": "other"}), Insert("samples", {"waste": "W1", "code": "S"})]
    store.transact(LABEL, [*changes, Insert("wastes", {"code": "W2", "kind": "other"})])


def _same_but_for_new_codes(found, wanted, report):
    moved = {c.uid for c in report.conflicts if c.kind == "code"}
    assert found.keys() == wanted.keys()
    for key, fields in wanted.items():
        compared = fields.keys() - ({"code"} if key[1] in moved else set())
        assert {k: found[key][k] for k in compared} == {k: fields[k] for k in compared}
