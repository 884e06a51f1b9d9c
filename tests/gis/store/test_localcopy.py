"""A project of a shared folder worked on as a local copy and written back over what was taken, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from gis.store import Store, files, localcopy, lock
from models.changes import Update
from models.errors import AppError, Missing, Refused, Unreadable, Unwritable


@pytest.fixture
def root(tmp_path):
    return tmp_path / "copies"


@pytest.fixture
def origin(store, label, pit):
    store.transact(label, [pit(n) for n in range(5)])
    store.close()
    return store.path


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def work(path, label, name="x"):
    with Store.open(path) as copy:
        copy.transact(label, [Update("sand_pits", 1, {"name": name})])


def name_in(path):
    with Store.open(path, read_only=True) as opened:
        return opened.row("sand_pits", 1)["name"]


def test_there_and_back(root, origin, label):
    before = origin.read_bytes()
    copy = localcopy.take(root, origin, "test")
    assert copy.path.name == origin.name
    assert localcopy.listed(root) == [copy] == [localcopy.of_origin(root, origin)]
    assert localcopy.origin_of(copy.path) == origin
    assert localcopy.origin_of(origin) is None
    assert not copy.changed()
    work(copy.path, label)
    assert copy.changed()
    assert origin.read_bytes() == before
    assert localcopy.write_back(copy, "test")
    assert name_in(origin) == "x"
    assert names(origin.parent) == [origin.name]
    copy = localcopy.of_origin(root, origin)
    assert not copy.changed()
    work(copy.path, label, "y")  # and on
    assert localcopy.write_back(copy, "test")
    assert name_in(origin) == "y"
    localcopy.drop(copy)
    assert names(root) == []


def test_nothing_to_write_touches_nothing(root, origin):
    copy = localcopy.take(root, origin, "test")
    before = origin.stat().st_mtime_ns
    assert not localcopy.write_back(copy, "test")
    assert origin.stat().st_mtime_ns == before


def test_an_origin_that_somebody_changed_is_never_overwritten(root, origin, label):
    copy = localcopy.take(root, origin, "test")
    work(copy.path, label, "mine")
    work(origin, label, "theirs")
    with pytest.raises(Refused) as caught:
        localcopy.write_back(copy, "test")
    assert caught.value.key == "copy.origin_changed"
    assert str(copy.path) in caught.value.advice.render()
    assert (name_in(origin), name_in(copy.path)) == ("theirs", "mine")
    assert names(origin.parent) == [origin.name]


def test_an_origin_that_was_opened_and_not_changed_is_no_reason_to_refuse(root, origin, label):
    copy = localcopy.take(root, origin, "test")
    with closing(sqlite3.connect(origin)) as con:
        con.execute("VACUUM")
    work(copy.path, label)
    assert localcopy.write_back(copy, "test")
    assert name_in(origin) == "x"


def test_a_crash_after_the_swap_is_understood(root, origin, label, monkeypatch):
    copy = localcopy.take(root, origin, "test")
    work(copy.path, label)
    with monkeypatch.context() as patch:
        patch.setattr(localcopy, "_write_card", lambda _copy: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            localcopy.write_back(copy, "test")
    copy = localcopy.of_origin(root, origin)
    assert copy.changed()  # as far as its card knows
    assert not localcopy.write_back(copy, "test")
    assert not localcopy.of_origin(root, origin).changed()


def test_one_copy_a_project_and_projects_of_one_name_apart(root, origin, tmp_path):
    other = tmp_path / "b" / origin.name
    other.parent.mkdir()
    shutil.copy(origin, other)
    localcopy.take(root, origin, "test")
    localcopy.take(root, other, "test")
    assert len(localcopy.listed(root)) == 2
    with pytest.raises(Refused) as caught:
        localcopy.take(root, origin, "test")
    assert caught.value.key == "copy.exists"


def test_who_holds_the_origin_is_respected(root, origin, monkeypatch, label):
    copy = localcopy.take(root, origin, "test")
    work(copy.path, label)
    text = '{"user": "王工", "host": "PC-7", "computer": "x", "pid": 1, "mark": "m", "since": "", "path": "/x"}'
    lock.lock_file(origin).write_text(text, encoding="utf8")
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(Unwritable, match="王工"):
        localcopy.write_back(copy, "test")
    localcopy.drop(copy)
    with pytest.raises(Unwritable, match="王工"):
        localcopy.take(root, origin, "test")
    assert localcopy.listed(root) == []


def test_what_is_open_here_is_not_touched(root, origin, label):
    copy = localcopy.take(root, origin, "test")
    with Store.open(copy.path) as opened:
        opened.transact(label, [Update("sand_pits", 1, {"name": "x"})])
        for act in (lambda: localcopy.write_back(copy, "test"), lambda: localcopy.drop(copy)):
            with pytest.raises(Refused) as caught:
                act()
            assert caught.value.key == "copy.open"
    localcopy.drop(copy)
    with Store.open(origin), pytest.raises(Refused):
        localcopy.take(root, origin, "test")


def test_an_origin_that_is_gone_or_damaged(root, origin, label):
    copy = localcopy.take(root, origin, "test")
    work(copy.path, label)
    away = origin.rename(origin.with_name("away.gpkg"))
    with pytest.raises(Missing) as caught:
        localcopy.write_back(copy, "test")
    assert caught.value.key == "copy.origin_gone"
    assert name_in(copy.path) == "x"
    origin.write_bytes(away.read_bytes()[:5000])
    with pytest.raises((Refused, Unreadable)):
        localcopy.write_back(copy, "test")
    with pytest.raises((Refused, Unreadable, Unwritable)):
        localcopy.take(root / "b", origin, "test")
    with pytest.raises(Missing):
        localcopy.take(root, origin.with_name("none.gpkg"), "test")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_each_step_failing_once(root, origin, label, monkeypatch, number):
    """os.replace and os.fsync fail at call N, for every N of taking and writing back."""

    def failing(owner, name, nth):
        real, calls = getattr(owner, name), iter(range(1000))

        def act(*args, **more):
            if next(calls) == nth:
                raise OSError(number, os.strerror(number))
            return real(*args, **more)

        return act

    for name in ("replace", "fsync"):
        for nth in range(6):
            before = origin.read_bytes()
            with monkeypatch.context() as patch:
                patch.setattr(os, name, failing(os, name, nth))
                try:
                    copy = localcopy.take(root, origin, "test")
                except AppError:
                    assert localcopy.listed(root) == []
                    continue
                finally:
                    assert names(origin.parent) == [origin.name]
                    assert origin.read_bytes() == before
            work(copy.path, label, f"{name}{nth}")
            with monkeypatch.context() as patch:
                patch.setattr(os, name, failing(os, name, nth))
                try:
                    localcopy.write_back(copy, "test")
                except AppError:
                    assert localcopy.of_origin(root, origin) is not None
            assert names(origin.parent) == [origin.name]
            copy = localcopy.of_origin(root, origin)
            localcopy.write_back(copy, "test")  # the second time it works
            assert name_in(origin) == f"{name}{nth}"
            localcopy.drop(copy)


def test_a_card_that_says_nothing_is_no_copy(root, origin):
    copy = localcopy.take(root, origin, "test")
    files.write_text(copy.path.parent / "origin.json", "{}")
    assert localcopy.listed(root) == []
    assert localcopy.origin_of(copy.path) is None
