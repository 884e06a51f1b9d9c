"""Steps found by person, kind, row and time, against a plain reading of the whole log."""

from __future__ import annotations

import getpass

import pytest
from shapely.geometry import box

from gis.store import estimate_values, log
from gis.store.log_search import StepFilter, find_steps, people
from models.changes import Delete, Insert, Update
from models.notices import Notice
from tests.gis.store.making import made_estimate


def label(key):
    return Notice(key, key)


@pytest.fixture
def filled(store, pit):
    """Seven steps: import 2 pits, a field, an outline, a waste, an estimate, a deletion, its undo."""
    store.transact(label("import.done"), [pit(0), pit(1)])
    first, second = (store.rows("sand_pits", code=c)[0]["fid"] for c in ("SK-001", "SK-002"))
    store.transact(label("feature.set"), [Update("sand_pits", first, {"name": "n"})])
    store.transact(label("vertex.move"), [Update("sand_pits", second, {"geometry": box(0, 0, 9, 9)})])
    store.transact(label("waste"), [Insert("wastes", {"code": "W1", "kind": "other"})])
    store.transact(label("estimate"), [Insert("estimates", estimate_values(made_estimate(store.site("SK-001"))))])
    store.transact(label("feature.delete"), [Delete("sand_pits", second)])
    store.undo()
    return store


def found(store, wanted, **page):
    with store.reader() as con:
        return [s.step for s in find_steps(con, wanted, **page)]


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("", [7, 6, 5, 4, 3, 2, 1]),
        ("features", [7, 6, 3, 2, 1]),
        ("outlines", [3]),
        ("imports", [1]),
        ("deletions", [6]),
        ("wastes", [4]),
        ("results", [5]),
        ("merges", []),
        ("turns", [7]),
    ],
)
def test_kinds(filled, kind, steps):
    assert found(filled, StepFilter(kind=kind)) == steps


def test_a_row_and_what_belongs_to_it(filled):
    uid = filled.site("SK-001").uid
    assert found(filled, StepFilter(uid=uid)) == [5, 2, 1]
    assert found(filled, StepFilter(uid=uid, kind="results")) == [5]


def test_people_and_times(filled):
    with filled.reader() as con:
        names, every = people(con), log.steps(con)
    assert names == [every[0].user] == [getpass.getuser()]
    assert found(filled, StepFilter(user=names[0])) == [7, 6, 5, 4, 3, 2, 1]
    assert found(filled, StepFilter(user="somebody else")) == []
    at = {s.step: s.at for s in every}
    assert found(filled, StepFilter(since=at[4])) == [n for n in at if at[n] >= at[4]]
    assert found(filled, StepFilter(until=at[4])) == [n for n in at if at[n] < at[4]]
    assert found(filled, StepFilter(since="2999-01-01T00:00:00Z")) == []


def test_pages_meet_without_gap_and_say_the_same_as_the_whole_log(filled):
    with filled.reader() as con:
        pages, before = [], None
        while page := find_steps(con, StepFilter(), before=before, limit=3):
            pages += page
            before = page[-1].step
        assert pages == log.steps(con)
