from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from app.gui import settings
from app.gui.session import Session
from models.changes import Delete, Insert, Update
from models.errors import Missing, Refused
from models.notices import Notice
from tests.app.gui.conftest import circle

STEP = Notice("t", "step")


def fid_of(session: Session, code: str, layer: str = "sand_pits") -> int:
    frame = session.frame(layer)
    return int(frame.index[frame["code"] == code][0])


def test_open_and_close(session: Session, project_file: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(session.opened):
        session.open(project_file)
    assert list(session.frame("sand_pits")["code"]) == ["SK-001", "SK-002"]
    assert settings.recent_projects() == [project_file]
    assert settings.recent_name(project_file) == "试验工程"
    with qtbot.waitSignal(session.closed):
        session.close()
    assert session.project is None
    with pytest.raises(Refused):
        session.frame("sand_pits")


def test_failed_opening_leaves_what_was_open(opened: Session, tmp_path: Path) -> None:
    held = opened.project
    with pytest.raises(Missing):
        opened.open(tmp_path / "gone.gpkg")
    assert opened.project is held


def test_open_in_the_background(session: Session, project_file: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open_soon(project_file)
    assert len(session.frame("stockpiles")) == 1


def test_failed_opening_in_the_background_is_told(session: Session, tmp_path: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(session.failed, timeout=20_000) as told:
        session.open_soon(tmp_path / "gone.gpkg")
    assert isinstance(told.args[0], Missing)
    assert session.project is None


def test_selection_tells_the_one_site(opened: Session) -> None:
    told: list[str] = []
    opened.site_changed.connect(told.append)
    one, two = fid_of(opened, "SK-001"), fid_of(opened, "SK-002")
    opened.select("sand_pits", [one])
    opened.select("sand_pits", [one])
    opened.select("sand_pits", [one, two])
    opened.select("red_lines", opened.frame("red_lines").index)
    assert opened.select_site("DC-001")
    assert not opened.select_site("nobody")
    assert told == ["SK-001", "", "DC-001"]


def test_changes_reach_the_cached_layers(opened: Session) -> None:
    heard: list[Any] = []
    opened.changed.connect(heard.append)
    fid = fid_of(opened, "SK-001")
    opened.transact(STEP, [Update("sand_pits", fid, {"name": "新名"})])
    assert opened.frame("sand_pits")["name"][fid] == "新名"
    change = opened.transact(STEP, [Insert("sand_pits", {"code": "SK-009", "geometry": circle(80, 80, 5)})])
    new = change.fids["sand_pits"][0]
    frame = opened.frame("sand_pits")
    assert frame["code"][new] == "SK-009"
    assert frame.crs is not None
    assert frame.geometry[new].area > 70
    opened.select("sand_pits", [new])
    opened.transact(STEP, [Delete("sand_pits", new)])
    assert new not in opened.frame("sand_pits").index
    assert opened.selection == ("", frozenset())
    assert len(heard) == 3


def test_undo_and_redo_reach_the_cached_layers(opened: Session) -> None:
    fid = fid_of(opened, "SK-001")
    opened.transact(STEP, [Update("sand_pits", fid, {"name": "新名"})])
    opened.undo()
    assert opened.frame("sand_pits")["name"][fid] == "一号砂坑"
    opened.redo()
    assert opened.frame("sand_pits")["name"][fid] == "新名"


def test_a_large_change_is_read_in_the_background(opened: Session, qtbot: Any) -> None:
    opened.frame("sand_pits")
    many = [Insert("sand_pits", {"geometry": circle(5 + i % 100, 100, 2)}) for i in range(300)]
    with qtbot.waitSignal(opened.changed, timeout=20_000):
        opened.transact(STEP, many)
    assert len(opened.frame("sand_pits")) == 302


def test_verbs_in_the_background_are_announced(opened: Session, qtbot: Any) -> None:
    opened.frame("sand_pits")
    heard: list[Any] = []
    opened.changed.connect(heard.append)
    results: list[int] = []

    def work(project: Any, _watch: Any) -> int:
        for i in range(2):
            project.store.transact(STEP, [Insert("sand_pits", {"code": f"N{i}", "geometry": circle(80, 80, 5)})])
        return 7

    opened.run_write("work", work, results.append)
    qtbot.waitUntil(lambda: bool(results), timeout=20_000)
    assert results == [7]
    assert {"N0", "N1"} <= set(opened.frame("sand_pits")["code"])
    assert len(heard) == 1
    assert len(heard[0].fids["sand_pits"]) == 2


def test_edits_are_refused_while_a_job_writes(opened: Session, qtbot: Any) -> None:
    fid = fid_of(opened, "SK-001")
    done: list[Any] = []
    opened.run_write("slow", lambda _p, _w: time.sleep(0.2), lambda _r: done.append(1))
    with pytest.raises(Refused) as told:
        opened.transact(STEP, [Update("sand_pits", fid, {"name": "x"})])
    assert told.value.key == "session.writing"
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    opened.transact(STEP, [Update("sand_pits", fid, {"name": "x"})])


def test_steps_of_a_job_that_failed_or_was_stopped_are_told(opened: Session, idle: Any) -> None:
    told: list[Any] = []
    failed: list[Any] = []
    opened.changed.connect(told.append)
    fid = fid_of(opened, "SK-001")

    def work(project: Any, watch: Any, end: Any) -> None:
        project.store.transact(STEP, [Update("sand_pits", fid, {"name": f"n{len(told)}"})])
        end(watch)

    def refuse(_watch: Any) -> None:
        raise Missing("t", "t")

    def stop(watch: Any) -> None:
        watch.cancel()
        watch.pause()

    opened.run_write("fails", lambda p, w: work(p, w, refuse), failed=failed.append)
    idle(opened)
    assert [type(e) for e in failed] == [Missing]
    assert opened.table("sand_pits").value(fid, "name") == "n0"
    opened.run_write("stops", lambda p, w: work(p, w, stop), failed=failed.append)
    idle(opened)
    assert opened.table("sand_pits").value(fid, "name") == "n1"
    assert len(told) == 2
    assert len(failed) == 1


def test_a_job_that_nobody_waits_for_is_done_all_the_same(opened: Session, idle: Any) -> None:
    fid = fid_of(opened, "SK-001")
    change = [Update("sand_pits", fid, {"name": "quiet"})]
    opened.run_write("quiet", lambda project, _watch: project.store.transact(STEP, change))
    idle(opened)
    assert opened.table("sand_pits").value(fid, "name") == "quiet"
