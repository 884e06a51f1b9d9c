"""All sites at once in the window: failures are listed and lead to their sites; stopped, it keeps what is finished."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from app.gui import estimate_all as batch
from app.gui.main_window import MainWindow
from app.project import Project
from app.verbs import workers
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.errors import Cancelled
from models.estimate import EstimateRequest
from models.notices import Notice
from models.progress import Watch
from tests.app.gui.conftest import circle

Idle = Callable[[Any], None]


class _StopAfter(Watch):
    """Asks to stop once so many sites were told."""

    def __init__(self, sites: int) -> None:
        super().__init__()
        self.sites = sites

    def report(self, fraction: float, note: str = "") -> None:
        if note:
            self.sites -= 1
            if self.sites <= 0:
                self.cancel()
        super().report(fraction, note)


@pytest.fixture
def working(window: MainWindow, project_file: Path) -> MainWindow:
    window.session.open(project_file)
    far = {"code": "SK-009", "name": "远", "geometry": circle(900, 900, 20)}
    window.session.transact(Notice("t", "made"), [Insert("sand_pits", far)])
    return window


def test_failures_are_listed_and_lead_to_their_site(working: MainWindow, idle: Idle) -> None:
    working.trigger("estimate_all")
    idle(working.session)
    dialog = working.commands._open_dialogs[-1]
    assert [r[0] for r in dialog.rows] == ["SK-009"]
    assert "terrain" in dialog.rows[0][1]
    assert any("3 sites are estimated" in w.text() for w in dialog.findChildren(QLabel))
    assert working.session.site_code == ""
    dialog.table.cellClicked.emit(0, 1)
    assert working.session.site_code == "SK-009"
    assert len(working.session.project.store.estimates()) == 3


@pytest.mark.parametrize("after", [1, 2])
def test_stopped_it_keeps_what_is_finished(project_file: Path, after: int) -> None:
    with Project.open(project_file) as project:
        whole = {e.site: e.fill_m3 for e in estimate(project, None, request=EstimateRequest(), store=False).estimates}
        report = batch.estimate_all(project, _StopAfter(after))
        kept = {e.site: e.fill_m3 for e in project.store.estimates()}
    assert len(kept) == after
    assert set(kept) | set(report.left) == set(whole)
    assert not set(kept) & set(report.left)
    assert all(kept[code] == whole[code] for code in kept)


def test_many_sites_are_shared_among_processes_and_come_out_the_same(
    project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(project_file) as project:
        whole = estimate(project, None, request=EstimateRequest(), store=False)
        monkeypatch.setattr("app.verbs.workers._MANY_JOBS", 2)
        asked: list[int] = []
        own = workers.each_answer
        monkeypatch.setattr("app.verbs.estimate.each_answer", lambda w, j, n, *a: asked.append(n) or own(w, j, n, *a))
        report = batch.estimate_all(project, Watch())
    assert asked == ([min(4, cores)] if (cores := os.cpu_count() or 1) > 1 else [])
    assert [(e.site, e.fill_m3) for e in report.estimates] == [(e.site, e.fill_m3) for e in whole.estimates]


def test_stopped_before_the_first_it_keeps_nothing(project_file: Path) -> None:
    watch = Watch()
    watch.cancel()
    with Project.open(project_file) as project:
        with pytest.raises(Cancelled):
            batch.estimate_all(project, watch)
        assert project.store.estimates() == []


def test_a_stopped_batch_shows_what_it_kept(working: MainWindow, monkeypatch: pytest.MonkeyPatch, idle: Idle) -> None:
    task: list[Any] = []
    own = batch.estimate_all

    def stopping(project: Any, watch: Watch) -> Any:
        def stop(_fraction: float, note: str) -> None:
            if note:
                task[0].cancel()

        return own(project, _Both(watch, stop))

    class _Both(Watch):
        def __init__(self, outer: Watch, tell: Callable[[float, str], None]) -> None:
            super().__init__()
            self.outer, self.tell = outer, tell

        @property
        def cancelled(self) -> bool:
            return self.outer.cancelled

        def report(self, fraction: float, note: str = "") -> None:
            self.tell(fraction, note)
            self.outer.report(fraction, note)

    monkeypatch.setattr(batch, "estimate_all", stopping)
    working.session.tasks.started.connect(task.append)
    working.trigger("estimate_all")
    idle(working.session)
    kept = working.session.project.store.estimates()
    assert 0 < len(kept) < 3
    shown = {s.code: s.volume_m3 for s in working.workspace.inventory.model.lines}
    assert sum(v is not None for v in shown.values()) == len(kept)
    dialog = working.commands._open_dialogs[-1]
    assert {r[0] for r in dialog.rows} >= {"SK-009"}
    assert any("not reached" in r[1].lower() for r in dialog.rows)


def test_the_summary_names_several_terrains(working: MainWindow, folder: Path) -> None:
    project = working.session.project
    add_terrain(project, folder / "地形.tif", name="二期")
    estimate(project, ["SK-001"], terrain="二期", request=EstimateRequest())
    estimate(project, ["SK-002"], terrain="地形1m", request=EstimateRequest())
    report = batch.estimate_all(project, Watch())
    used = {e.site: e.terrain.name for e in report.estimates}
    assert (used["SK-001"], used["SK-002"]) == ("二期", "地形1m")
    words = batch.summary(report)
    assert "二期" in words
    assert "地形1m" in words
