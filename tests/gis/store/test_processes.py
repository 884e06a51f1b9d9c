"""Threads, a second process, and a process that dies in the middle."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gis.store import Store
from models.changes import Delete, Insert, Update
from models.errors import Unreadable, Unwritable
from models.notices import Notice

ROOT = Path(__file__).resolve().parents[3]

_BUSY = """
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.execute("BEGIN EXCLUSIVE" if sys.argv[2] == "exclusive" else "BEGIN IMMEDIATE")
con.execute("CREATE TABLE held (x)")
print("held", flush=True)
sys.stdin.read()
"""

_EDITS = """
import sys
from pathlib import Path
from shapely.geometry import box
from gis.store import Store
from models.changes import Insert, Update
from models.notices import Notice
store = Store.open(Path(sys.argv[1]))
n = 0
while True:
    n += 1
    many = [Insert("sand_pits", {"name": str(n), "geometry": box(i, n, i + 1, n + 1)}) for i in range(40)]
    store.transact(Notice("n", "step {n}", n=n), [*many, Update("sand_pits", 1, {"name": str(n)})])
    print(n, flush=True)
"""


@pytest.fixture
def holder(store):
    """Another process that holds the file, as QGIS does while it saves."""
    started = []

    def hold(how):
        child = subprocess.Popen(
            [sys.executable, "-c", _BUSY, store.path, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(child)
        assert child.stdout.readline() == "held\n"
        return child

    yield hold
    for child in started:
        child.communicate()


def test_a_file_in_use_by_another_process(store, holder, label, pit):
    other = holder("immediate")
    start = time.monotonic()
    with pytest.raises(Unwritable) as caught:
        store.transact(label, [pit()])
    assert caught.value.key == "project.in_use"
    assert 1 < time.monotonic() - start < 5
    assert store.sites() == []  # reading goes on
    with pytest.raises(Unwritable) as caught:
        Store.open(store.path)
    assert caught.value.key == "project.in_use"
    with Store.open(store.path, read_only=True) as again:
        assert again.count("sand_pits") == 0
    other.communicate()
    store.transact(label, [pit()])
    assert store.count("sand_pits") == 1


def test_a_file_that_another_process_keeps_to_itself(store, holder):
    store.close()
    holder("exclusive")
    for read_only in (False, True):
        with pytest.raises((Unwritable, Unreadable)) as caught:
            Store.open(store.path, read_only=read_only)
        assert caught.value.key == "project.in_use"


def test_two_programs_take_turns(store, label, pit):
    with Store.open(store.path) as other:
        for n in range(6):
            (store, other)[n % 2].transact(label, [pit(n)])
        assert store.codes("sand_pits") == other.codes("sand_pits") == {f"SK-00{n}" for n in range(1, 7)}
        other.undo()
        store.undo()
        assert other.count("sand_pits") == 4
        assert store.revision == 8
        store.redo()
        other.redo()
        assert other.count("sand_pits") == 6
        assert other.redo() is None
    assert store.check() == []


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_killed_process_loses_no_edit_that_it_reported(store, label, pit):
    store.transact(label, [pit(name="0")])
    store.close()
    for pause in (0.0, 0.03, 0.1):
        with Store.open(store.path) as opened:
            before = opened.count("sand_pits")
        child = subprocess.Popen(
            [sys.executable, "-c", _EDITS, store.path], stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        child.stdout.readline()
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        reported = 1 + sum(1 for _ in child.stdout)
        child.wait()
        with Store.open(store.path) as opened:
            kept = (opened.count("sand_pits") - before) / 40
            assert kept in {reported, reported + 1}  # the last one may have been committed and not yet reported
            assert opened.row("sand_pits", 1)["name"] == str(int(kept))
            assert opened.check() == []
            assert opened.undo_label() == Notice("n", "step {n}", n=int(kept))
        assert [p.name for p in store.path.parent.iterdir()] == [store.path.name]


def test_a_hot_journal_is_rolled_back_at_the_next_open(store, label, pit, folder):
    store.transact(label, [pit(n) for n in range(50)])
    store.close()
    con = sqlite3.connect(store.path, isolation_level=None)
    con.execute("PRAGMA cache_size=1")
    con.execute("PRAGMA cache_spill=1")
    con.execute("BEGIN")
    con.execute("UPDATE change_log SET label = label || hex(randomblob(2000))")
    copy = folder / "copy.gpkg"
    copy.write_bytes(store.path.read_bytes())
    Path(f"{copy}-journal").write_bytes(Path(f"{store.path}-journal").read_bytes())
    con.execute("ROLLBACK")
    con.close()
    assert copy.read_bytes() != store.path.read_bytes()
    before = copy.read_bytes()
    with pytest.raises(Unreadable) as caught:
        Store.open(copy, read_only=True)  # must not change a byte, so it cannot put things right
    assert caught.value.key == "project.unfinished"
    assert copy.read_bytes() == before
    with Store.open(copy) as opened:
        assert opened.check() == []
        assert opened.undo_label() == label
    assert not Path(f"{copy}-journal").exists()


def test_reading_from_many_threads_while_the_owner_writes(store, label, pit):
    store.transact(label, [pit(n) for n in range(100)])
    stop = threading.Event()

    def read():
        seen = set()
        while not stop.is_set():
            frame = store.read("sand_pits")
            seen.add(len(frame))
            assert len(store.rows("sand_pits")) >= 100
            assert len(store.sites()) >= 100
        return seen

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read) for _ in range(4)]
        for n in range(25):
            store.transact(label, [pit(100 + 2 * n), pit(101 + 2 * n)])
        stop.set()
        for seen in (r.result(timeout=30) for r in reading):
            assert all(length % 2 == 0 for length in seen)  # never half a step
    assert store.count("sand_pits") == 150


def test_writing_from_many_threads_is_let_in_one_by_one(store, label, pit):
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda n: store.transact(label, [pit(n)]).revision, range(30)))
    assert sorted(done) == list(range(1, 31))
    assert store.codes("sand_pits") == {f"SK-{n:03d}" for n in range(1, 31)}


def test_connections_end_with_their_threads_and_with_close(store):
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: store.count("sand_pits"), range(12)))
    gc.collect()
    assert len(store._connections._readers) <= 1  # our own; those of ended threads are gone
    worker = ThreadPoolExecutor(1)
    worker.submit(store.count, "sand_pits").result()
    store.close()
    with pytest.raises(Unreadable):
        worker.submit(store.count, "sand_pits").result()
    worker.shutdown()


def test_closing_waits_for_a_reader_and_does_not_crash(store, label, pit):
    store.transact(label, [pit(n) for n in range(2000)])
    with ThreadPoolExecutor(3) as pool:
        reading = [pool.submit(store.read, "sand_pits") for _ in range(6)]
        time.sleep(0.05)
        store.close()
        ends = [r.exception(timeout=30) for r in reading]
    assert all(end is None or (isinstance(end, Unreadable) and end.key == "project.closed") for end in ends)


def test_a_step_of_each_kind_leaves_no_file_beside(store, label, pit):
    store.transact(label, [pit(), Insert("wastes", {"code": "W", "kind": "other"})])
    store.transact(label, [Update("sand_pits", 1, {"name": "x"})])
    store.transact(label, [Delete("sand_pits", 1)])
    store.undo()
    assert [p.name for p in store.path.parent.iterdir()] == [store.path.name]
