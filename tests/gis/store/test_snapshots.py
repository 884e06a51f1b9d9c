"""Snapshots: taken while others write, verified, named, thinned by a rule that no clock can mislead."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.store import Store, copying, snapshots
from gis.store.snapshots import DAYS, WEEKS, Snapshot, listed, named, newest, superfluous, take, thin
from models.changes import Update
from models.errors import AppError, Cancelled, Missing, Unreadable, Unwritable
from models.notices import Notice
from models.progress import Watch

WHY = Notice("test.why", "before {what}", what="砂坑")
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "snapshots 快照"


def names(folder):
    return sorted(p.name for p in folder.iterdir())


# Taking


def test_a_snapshot_is_the_project_and_says_why(store, place, label, pit):
    store.transact(label, [pit(n) for n in range(30)])
    made = take(place, store.path, WHY, now=NOW)
    assert made.id == "20261126T100000.000Z-r1"
    assert (made.revision, made.taken_at, made.reason, made.origin) == (1, NOW, WHY, str(store.path))
    assert made.size_bytes == made.path.stat().st_size
    with Store.open(made.path, read_only=True) as copy:
        assert copy.check() == []
        assert copy.rows("sand_pits") == store.rows("sand_pits")
    assert listed(place) == [made]
    assert names(place) == [f"{made.id}.gpkg", f"{made.id}.json"]
    assert names(store.path.parent) == [store.path.name]


def test_two_in_one_moment_have_two_names(store, place):
    first, second = (take(place, store.path, WHY, now=NOW) for _ in range(2))
    assert first.id != second.id
    assert len(listed(place)) == 2


def test_the_state_tells_an_edit_of_another_program_and_of_a_diverged_copy(store, folder, label, pit):
    store.transact(label, [pit()])
    state = store.state()
    assert store.state() == state
    store.transact(label, [pit(1)])
    ours = store.state()
    assert ours != state
    with closing(sqlite3.connect(store.path)) as con:
        con.execute("UPDATE project SET name = 'QGIS was here'")
        con.commit()
    assert store.state() != ours


def test_while_others_write(store, place, label, pit):
    store.transact(label, [pit(n) for n in range(400)])
    stop, waits = threading.Event(), []

    def work():
        n = 0
        while not stop.is_set():
            n += 1
            store.transact(label, [Update("sand_pits", 1, {"name": str(n)})])
            waits.append(n)
            stop.wait(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        made = [take(place, store.path, WHY) for _ in range(4)]
        while len(waits) <= 4 and thread.is_alive():  # the writer got on meanwhile, however quick the copies are
            made.append(take(place, store.path, WHY))
    finally:
        stop.set()
        thread.join()
    assert len(waits) > 4
    for m in made:
        with Store.open(m.path, read_only=True) as copy:
            assert copy.check() == []
            assert copy.revision == m.revision


def test_a_writer_without_end_is_copied_in_one_step_or_not_at_all(store, place, label, pit, monkeypatch):
    store.transact(label, [pit(n) for n in range(300)])
    monkeypatch.setattr(copying, "STEP_PAGES", 5)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:

        class Nervous(Watch):
            calls = 0

            def report(self, fraction, note=""):
                self.calls += 1
                if self.calls % 3 == 2:
                    other.execute("UPDATE project SET name = name || 'x'")

        made = take(place, store.path, WHY, watch=Nervous())
        with Store.open(made.path, read_only=True) as copy:
            assert copy.check() == []
        monkeypatch.setattr(copying, "_WHOLE_BYTES", 0)  # as of a project that would hold others up for long
        with pytest.raises(Unwritable) as caught:
            take(place, store.path, WHY, watch=Nervous())
    assert caught.value.key == "copy.no_peace"
    assert [s.id for s in listed(place)] == [made.id]
    assert not list(place.glob(".*"))


def test_cancelled_leaves_nothing(store, place):
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        take(place, store.path, WHY, watch=watch)
    assert names(place) == []


def test_a_damaged_project_gives_no_snapshot(store, place, label, pit):
    store.transact(label, [pit(n) for n in range(600)])
    take(place, store.path, WHY)
    kept = names(place)
    store.close()
    with closing(sqlite3.connect(store.path)) as con:
        root = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sand_pits'").fetchone()[0]
    with store.path.open("rb+") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(Unreadable):
        take(place, store.path, WHY)
    assert names(place) == kept


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("step", ["replace", "fsync", "write_text"])
def test_a_step_that_fails_leaves_the_others_and_no_strays(store, place, monkeypatch, number, step):
    take(place, store.path, WHY)
    kept = {p.name: p.read_bytes() for p in place.iterdir()}

    def fails(*_, **__):
        raise OSError(number, os.strerror(number))

    owner = Path if step == "write_text" else os
    for nth in range(3):
        real, calls = getattr(owner, step), iter(range(100))
        with monkeypatch.context() as patch:
            patch.setattr(owner, step, lambda *a, r=real, c=calls, n=nth, **k: fails() if next(c) == n else r(*a, **k))
            refused = None
            try:
                take(place, store.path, WHY)
            except AppError as error:
                refused = error
        assert refused is None or (isinstance(refused, Unwritable) and refused.advice.render())
        present = {p.name: p.read_bytes() for p in place.iterdir()}
        assert present.items() >= kept.items()
        assert {p.stem for p in place.glob("*.json")} == {p.stem for p in place.glob("*.gpkg")}
        assert not [n for n in present if n.startswith(".")]
        kept = present


def test_what_a_killed_process_left_goes_after_an_hour(store, place):
    take(place, store.path, WHY)
    old, fresh = place / ".snapshot.gpkg.0123abcd.part", place / ".snapshot.gpkg.4567abcd.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    take(place, store.path, WHY)
    assert not old.exists()
    assert fresh.exists()


# What there is


def test_a_snapshot_without_its_card_still_counts(store, place):
    made = take(place, store.path, WHY)
    for body in (b"", b"[]", b'{"reason": 3, "origin": null}', b"\xff"):
        made.path.with_suffix(".json").write_bytes(body)
        assert [s.id for s in listed(place)] == [made.id]
    made.path.with_suffix(".json").unlink()
    (place / "notes.gpkg").write_bytes(b"not ours")
    (place / "20269999T100000.000Z-r1.gpkg").write_bytes(b"no date")
    assert [replace(s, state="") for s in listed(place)] == [replace(made, reason=None, origin="", state="")]
    assert listed(place / "none") == []


def test_they_are_found_by_id_part_and_last(store, place, label, pit):
    first = take(place, store.path, WHY, now=NOW)
    store.transact(label, [pit()])
    second = take(place, store.path, WHY, now=NOW + timedelta(minutes=5))
    assert named(place, "last") == named(place, second.id) == named(place, "r1") == second
    assert named(place, "T1000") == first
    for wrong in ("2026", "nothing", ""):
        with pytest.raises(Missing) as caught:
            named(place, wrong)
        assert caught.value.advice.render()
    with pytest.raises(Missing):
        named(place / "none", "last")


# Thinning


def made_at(when: datetime, revision: int, origin: str = "") -> Snapshot:
    return Snapshot(f"{when.isoformat()}-r{revision}-{origin}", Path("x"), when, revision, 1, None, origin)


def utc_day(when: datetime) -> date:
    return when.date()


def kept_of(snapshots_, now=NOW):
    gone = superfluous(snapshots_, now, utc_day)
    return [s for s in snapshots_ if s.id not in gone]


def test_a_year_of_regular_work_is_thinned_to_days_and_weeks():
    present: list[Snapshot] = []
    revision = 0
    for d in range(365, -1, -1):
        for hour in (1, 3, 5):
            revision += 7
            present.append(made_at(NOW - timedelta(days=d) + timedelta(hours=hour - 8), revision))
            present = kept_of(present, present[-1].taken_at)
    days = [utc_day(s.taken_at) for s in present]
    assert days.count(NOW.date()) == 3
    ages = sorted({(NOW.date() - d).days for d in days})
    assert ages[:DAYS] == list(range(DAYS))
    assert len(ages) <= DAYS + WEEKS
    assert ages[-1] >= 7 * (WEEKS - 2)  # back to three months
    assert all(b - a == 7 for a, b in zip(ages[DAYS + 1 :], ages[DAYS + 2 :], strict=False))


def test_a_pause_of_years_makes_nothing_old():
    present = [made_at(NOW - timedelta(days=d), 100 - d) for d in range(10, -1, -1)]
    assert kept_of(present, NOW + timedelta(days=3000)) == present


def test_two_copies_of_a_project_are_thinned_each_for_itself():
    mine = [made_at(NOW - timedelta(days=d, hours=1), 100 - d, "a") for d in range(60)]
    theirs = [made_at(NOW - timedelta(days=d), 10 + d // 9, "b") for d in range(60)]
    both = kept_of([*mine, *theirs])
    assert [s for s in both if s.origin == "a"] == kept_of(mine)
    assert [s for s in both if s.origin == "b"] == kept_of(theirs)


_MINUTES = st.integers(0, 200 * 24 * 60)
_HISTORY = st.lists(_MINUTES, min_size=1, max_size=80).map(
    lambda ages: [made_at(NOW - timedelta(minutes=m), n) for n, m in enumerate(sorted(ages, reverse=True))]
)


@settings(max_examples=200, deadline=None)
@given(_HISTORY)
def test_the_promise_all_of_today_daily_for_two_weeks_weekly_for_three_months(present):
    kept = {s.id for s in kept_of(present)}
    days: dict[date, Snapshot] = {}
    weeks: dict[tuple[int, int], Snapshot] = {}
    for s in present:
        days[utc_day(s.taken_at)] = s
        weeks[utc_day(s.taken_at).isocalendar()[:2]] = s
        if utc_day(s.taken_at) == NOW.date():
            assert s.id in kept
    for day, s in days.items():
        assert s.id in kept or (NOW.date() - day).days >= DAYS
    for s in weeks.values():
        assert s.id in kept or (NOW.date() - utc_day(s.taken_at)).days > 7 * (WEEKS - 1)
    assert present[-1].id in kept


@settings(max_examples=200, deadline=None)
@given(_HISTORY)
def test_it_is_bounded_and_thinning_again_changes_nothing(present):
    kept = kept_of(present)
    assert kept_of(kept) == kept
    crowded = {NOW.date(), *sorted({utc_day(s.taken_at) for s in present})[-snapshots.WHOLE_DAYS :]}
    assert sum(utc_day(s.taken_at) not in crowded for s in kept) <= DAYS + WEEKS


@settings(max_examples=200, deadline=None)
@given(_HISTORY, st.integers(-40_000, 40_000))
def test_a_clock_that_jumps_deletes_nothing_that_the_right_clock_would_keep(present, jump_days):
    """A snapshot is taken while the clock is off by days; thinning runs while it is off, and after it is right."""
    wrong = NOW + timedelta(days=jump_days)
    assert {s.id for s in kept_of(present)} <= {s.id for s in kept_of(present, wrong)}
    last = max(s.revision for s in present)
    odd = made_at(wrong, last + 1)
    later = made_at(NOW + timedelta(hours=1), last + 2)
    mixed = kept_of([*present, odd], wrong)
    assert odd in mixed
    after = kept_of([*mixed, later], NOW + timedelta(hours=2))
    assert odd in after  # from the future it is kept; from the past its revision gives it away
    assert later in after


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 50), st.sampled_from("ab")), min_size=1, max_size=60
    )
)
def test_whatever_lies_there_the_last_ones_stay(entries):
    present = [made_at(NOW + timedelta(minutes=m), r, o) for m, r, o in set(entries)]
    kept = kept_of(present)
    for origin in {s.origin for s in present}:
        group = [s for s in present if s.origin == origin]
        assert max(s.taken_at for s in group) in {s.taken_at for s in kept if s.origin == origin}
        past = [s for s in group if s.taken_at <= NOW]
        if past:
            assert newest(past, NOW).taken_at in {s.taken_at for s in kept if s.origin == origin}
            assert max(s.revision for s in past) in {s.revision for s in kept if s.origin == origin}
    assert all(s in kept for s in present if s.taken_at > NOW)


def test_thinning_deletes_files_with_their_cards(store, place):
    for d in range(40, -1, -1):
        for hour in (0, 1):
            take(place, store.path, WHY, now=NOW - timedelta(days=d, hours=hour))
    present = listed(place)
    assert len(present) < 82  # each taking thinned
    assert {p.stem for p in place.glob("*.json")} == {p.stem for p in place.glob("*.gpkg")} == {s.id for s in present}
    assert thin(place, NOW) == []
