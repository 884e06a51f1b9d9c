"""A project of 200 MB opens within the limit, sound or damaged. Made here, so only in the long runs."""

from __future__ import annotations

import time

import pytest
import shapely

from gis.store import Store
from models.changes import Insert
from models.errors import Unreadable
from models.notices import Notice
from tests.gis.store.making import edit_outside

LIMIT_SECONDS = 5
MEGABYTES = 200


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "大 项目.gpkg"
    with Store.create(path, crs="EPSG:4546", name="large") as store:
        while path.stat().st_size < MEGABYTES * 1e6:
            start = store.count("sand_pits")
            shapes = [shapely.Point(5e5 + 10 * (start + n), 4.5e6).buffer(4, quad_segs=5) for n in range(20_000)]
            store.transact(Notice("test", "import"), [Insert("sand_pits", {"geometry": g}) for g in shapes])
    return path


def seconds(use):
    start = time.perf_counter()
    use()
    return time.perf_counter() - start


def test_it_opens_within_the_limit(large):
    def use():
        with Store.open(large, read_only=True) as store:
            assert store.remarks == ()
            assert store.count("sand_pits") > 100_000

    assert seconds(use) < LIMIT_SECONDS


def test_what_another_program_changed_is_told_within_the_limit_of_patience(large):
    edit_outside(large, "UPDATE sand_pits SET name = 'q' WHERE fid = 77777")
    with Store.open(large, read_only=True) as store:
        assert store.changed_outside
        assert [(d.fid, d.after) for d in store.outside()] == [(77777, {"name": "q"})]


def test_a_lost_inner_page_is_seen_at_open(large):
    whole = large.read_bytes()
    try:
        for share in (0.001, 0.5, 0.9):
            at = int(len(whole) * share) // 4096 * 4096
            large.write_bytes(whole[:at] + bytes(4096 * 3000) + whole[at + 4096 * 3000 :])
            start = time.perf_counter()
            with pytest.raises(Unreadable):
                Store.open(large, read_only=True)
            assert time.perf_counter() - start < LIMIT_SECONDS
    finally:
        large.write_bytes(whole)
