"""Nothing is lost in the window: read-only projects, refused commits, copies, closing, messages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtWidgets import QLabel

from app.gui.dialogs.new_feature import NewFeatureDialog
from app.gui.dialogs.question import Question
from app.gui.dialogs.wastes import WastesDialog
from app.gui.main_window import MainWindow
from app.gui.read_only import WHY, WRITES
from app.gui.unsaved import PROVISIONAL
from app.i18n import _
from app.project import Project
from gis.store import lock
from models.changes import Delete, Insert, Update
from models.errors import Missing, Unreadable, Unwritable
from models.notices import Notice
from tests.app.gui.conftest import circle
from tests.faults.steps import may_mount

FULL = Unwritable("project.disk_full", "there is no room left on the disk; nothing was changed")
EDIT = Notice("test.edit", "edit")


@pytest.fixture
def working(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> MainWindow:
    window.session.open_soon(project_file)
    idle(window.session)
    return window


@contextmanager
def disk_full(window: MainWindow) -> Iterator[None]:
    """The project's connection refuses to write, as it does when SQLite cannot."""
    connections = window.session.project.store._connections
    writing = connections.writing

    @contextmanager
    def refuse() -> Iterator[None]:
        raise FULL
        yield

    connections.writing = refuse
    try:
        yield
    finally:
        connections.writing = writing


def held_elsewhere(project_file: Path) -> None:
    """A lock of another computer."""
    said = {"user": "张工", "host": "office-pc", "computer": "another", "pid": 5, "started": "1", "mark": "m",
            "since": "2026-11-26T01:02:03Z", "program": "Huitian 0.1.0", "path": "/elsewhere/工程.gpkg"}  # fmt: skip
    lock.lock_file(project_file).write_text(json.dumps(said, ensure_ascii=False), encoding="utf8")


def on_disk(path: Path, table: str, fid: int) -> dict[str, Any] | None:
    with Project.open(path, read_only=True) as project:
        return next(iter(project.store.rows(table, fid=fid)), None)


def question(window: MainWindow) -> Question:
    return next(d for d in window.commands._open_dialogs if isinstance(d, Question))


def texts(widget: Any) -> str:
    return "\n".join(w.text() for w in widget.findChildren(QLabel))


# Read-only


def test_a_held_project_opens_read_only_and_says_who_has_it(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    held_elsewhere(project_file)
    before = project_file.read_bytes()
    window.session.open_soon(project_file)
    idle(window.session)
    assert not window.session.writable
    bar = window.care.bars.bars["read_only"]
    assert bar.isVisible()
    assert all(word in texts(bar) for word in ("张工", "office-pc", "2026-11-26"))
    window.session.select_site("SK-001")
    assert [k for k in WRITES if k in window.acts.by_key and window.acts[k].isEnabled()] == []
    assert window.acts["import"].toolTip().endswith(_(WHY))
    assert window.acts["sheet"].isEnabled()
    inspector = window.workspace.inspector
    inspector.show_tab("fields")
    idle(window.session)
    assert not any(e.isEnabled() for e in inspector.fields.editors.values())
    inspector.show_tab("capacity")
    inspector.capacity.touch(now=True)
    idle(window.session)
    assert inspector.capacity.answer is not None
    assert not inspector.capacity.keep.isEnabled()
    assert any("张工" in m.text for m in window.care.messages)
    assert window.toasts.shown == []  # the bar says it
    assert project_file.read_bytes() == before


def test_try_again_opens_for_editing_once_it_is_free(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    held_elsewhere(project_file)
    window.session.open_soon(project_file)
    idle(window.session)
    lock.lock_file(project_file).unlink()
    window.care.bars.bars["read_only"].buttons[0].click()
    idle(window.session)
    assert window.session.writable
    assert not window.care.bars.isVisible()
    assert window.acts["import"].isEnabled()


def test_taking_over_is_explained_and_asked(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    held_elsewhere(project_file)
    window.session.open_soon(project_file)
    idle(window.session)
    window.care.bars.bars["read_only"].buttons[1].click()
    asked = question(window)
    assert "office-pc" in texts(asked)
    assert not window.session.writable
    asked.answers[0].click()
    idle(window.session)
    assert window.session.writable
    assert lock.holder_of(project_file).user != "张工"


def test_go_on_reading_makes_the_bar_short(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> None:
    held_elsewhere(project_file)
    window.session.open_soon(project_file)
    idle(window.session)
    window.care.bars.bars["read_only"].buttons[-1].click()
    bar = window.care.bars.bars["read_only"]
    assert bar.text == ""
    assert len(bar.buttons) == 1


def test_wastes_can_be_looked_at_and_not_edited(
    window: MainWindow, project_file: Path, idle: Callable[[Any], None], qtbot: Any
) -> None:
    held_elsewhere(project_file)
    window.session.open_soon(project_file)
    idle(window.session)
    dialog = WastesDialog(window, window.session)
    qtbot.addWidget(dialog)
    assert dialog.list.count() == 1
    assert not any(e.isEnabled() for e in dialog.editors.values())


# Refused commits


def test_a_refused_edit_stays_on_the_screen_and_is_saved_later(
    working: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = working.session
    session.select_site("SK-001")
    working.workspace.inspector.show_tab("fields")
    idle(session)
    fields = working.workspace.inspector.fields
    editor = fields.editors["name"]
    with disk_full(working):
        editor.set_text("改过的砂坑")
        editor.settle()
        idle(session)
        assert session.table("sand_pits").value(fields.fid, "name") == "改过的砂坑"
        assert "改过的砂坑" in working.workspace.inspector.title.text()
        assert on_disk(project_file, "sand_pits", fields.fid)["name"] == "一号砂坑"
        assert working.status.saved.text() == _("NOT saved")
        bar = working.care.bars.bars["unsaved"]
        assert bar.isVisible()
        assert _(FULL.what.text).lower() in texts(bar).lower()
        session.select_site("SK-002")
        session.select_site("SK-001")
        idle(session)
        assert fields.editors["name"].text() == "改过的砂坑"
        assert len(session.unsaved.edits) == 1
        bar.buttons[0].click()  # still full
        assert on_disk(project_file, "sand_pits", fields.fid)["name"] == "一号砂坑"
        assert "unsaved" in working.care.bars.bars
        assert [t.level for t in working.toasts.shown if t.level == "ok"] == []
    working.care.bars.bars["unsaved"].buttons[0].click()
    idle(session)
    assert not session.unsaved
    assert on_disk(project_file, "sand_pits", fields.fid)["name"] == "改过的砂坑"
    assert "unsaved" not in working.care.bars.bars
    assert working.status.saved.text() != _("NOT saved")


def test_edits_line_up_behind_the_refused_one_in_their_order(working: MainWindow, project_file: Path) -> None:
    session = working.session
    with disk_full(working):
        for name in ("甲", "乙"):
            with pytest.raises(Unwritable):
                session.transact(EDIT, [Update("sand_pits", 1, {"name": name})])
    assert len(session.unsaved.edits) == 2
    steps = session.project.store.revision
    session.transact(EDIT, [Update("sand_pits", 1, {"name": "丙"})])  # there is room again
    assert not session.unsaved
    assert session.project.store.revision == steps + 3
    assert on_disk(project_file, "sand_pits", 1)["name"] == "丙"
    session.undo()
    assert session.table("sand_pits").value(1, "name") == "乙"


def test_the_same_button_twice_keeps_one_edit(working: MainWindow) -> None:
    change = Insert("sand_pits", {"code": "SK-009", "geometry": circle(20, 130, 9)})
    with disk_full(working):
        for _i in range(2):
            with pytest.raises(Unwritable):
                working.session.transact(EDIT, [change])
    assert len(working.session.unsaved.edits) == 1


def test_a_drawn_outline_is_kept_edited_and_stored_as_one_row(
    working: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = working.session
    count = session.project.store.count("sand_pits")
    with disk_full(working):
        dialog = NewFeatureDialog(working, session, circle(20, 130, 9))
        dialog.code.setText("SK-009")
        dialog.take()
        assert dialog.result() == NewFeatureDialog.DialogCode.Accepted
        (fid,) = session.table("sand_pits").where("code", ["SK-009"])
        assert fid >= PROVISIONAL
        session.select("sand_pits", [fid])
        idle(session)
        with pytest.raises(Unwritable):
            session.transact(EDIT, [Update("sand_pits", fid, {"name": "新坑"})])
        assert session.table("sand_pits").value(fid, "name") == "新坑"
        assert len(session.unsaved.edits) == 1
    assert working.care.try_again()
    idle(session)
    assert session.project.store.count("sand_pits") == count + 1
    (real,) = session.table("sand_pits").where("code", ["SK-009"])
    assert real < PROVISIONAL
    assert session.selection == ("sand_pits", frozenset([real]))
    stored = on_disk(project_file, "sand_pits", real)
    assert stored["name"] == "新坑"
    shape = session.table("sand_pits").row(real)["geometry"]
    assert shapely.area(shape) == pytest.approx(shapely.area(circle(20, 130, 9)), rel=1e-4)
    dialog.deleteLater()


def test_undo_forgets_the_refused_edit(working: MainWindow) -> None:
    session = working.session
    revision = session.project.store.revision
    with disk_full(working), pytest.raises(Unwritable):
        session.transact(EDIT, [Delete("sand_pits", 1)])
    assert 1 not in session.table("sand_pits")
    assert working.acts["undo"].isEnabled()
    assert not working.acts["redo"].isEnabled()
    working.trigger("undo")
    assert 1 in session.table("sand_pits")
    assert session.project.store.revision == revision
    assert not session.unsaved


def test_a_waste_keeps_what_was_typed(working: MainWindow, qtbot: Any) -> None:
    dialog = WastesDialog(working, working.session)
    qtbot.addWidget(dialog)
    dialog.show()
    editor = dialog.editors["producer"]
    with disk_full(working):
        editor.set_text("二电厂")
        editor.settle()
        dialog._fill()
        assert editor.text() == "二电厂"
    assert working.care.try_again()
    assert working.session.project.store.rows("wastes")[0]["producer"] == "二电厂"


def test_the_result_of_a_long_job_is_not_lost(working: MainWindow, idle: Callable[[Any], None]) -> None:
    session = working.session
    with disk_full(working):
        working.trigger("estimate_all")
        idle(session)
        assert len(session.unsaved.edits) == 1
        assert session.project.store.estimates() == []
    assert working.care.try_again()
    assert {e.site for e in session.project.store.estimates()} == {"SK-001", "SK-002", "DC-001"}


def test_a_job_does_not_pass_by_what_is_not_saved(working: MainWindow, idle: Callable[[Any], None]) -> None:
    session = working.session
    with disk_full(working), pytest.raises(Unwritable):
        session.transact(EDIT, [Update("sand_pits", 1, {"name": "甲"})])
    with disk_full(working):
        working.trigger("estimate_all")
        idle(session)
        assert len(session.unsaved.edits) == 1
    working.trigger("estimate_all")  # the disk has room: first the edit, then the job
    idle(session)
    assert not session.unsaved
    assert session.project.store.row("sand_pits", 1)["name"] == "甲"
    assert len(session.project.store.estimates()) == 3


def test_a_copy_holds_what_is_not_saved(
    working: MainWindow, tmp_path: Path, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = working.session
    with disk_full(working):
        with pytest.raises(Unwritable):
            session.transact(EDIT, [Update("sand_pits", 1, {"name": "甲"})])
        working.care.save_copy_at(tmp_path / "副本.gpkg")
        idle(session)
        assert on_disk(tmp_path / "副本.gpkg", "sand_pits", 1)["name"] == "甲"
        assert on_disk(project_file, "sand_pits", 1)["name"] == "一号砂坑"
        assert "副本.gpkg" in texts(working.care.bars.bars["unsaved"])
        assert working.status.saved.text() == _("NOT saved")
        assert working.care.may_close()  # all of it is in the copy


def test_closing_asks_for_what_is_not_saved(
    working: MainWindow, project_file: Path, idle: Callable[[Any], None]
) -> None:
    session = working.session
    with disk_full(working):
        with pytest.raises(Unwritable):
            session.transact(EDIT, [Update("sand_pits", 1, {"name": "甲"})])
        working.close()
        assert working.isVisible()
        asked = question(working)
        asked.cancel.click()
        assert session.unsaved
        working.trigger("close")
        assert session.project is not None
        question(working).cancel.click()
    working.close()
    question(working).answers[-1].click()  # try again: there is room now
    assert not working.isVisible()
    assert on_disk(project_file, "sand_pits", 1)["name"] == "甲"


def test_another_project_does_not_push_the_edits_out(
    working: MainWindow, project_file: Path, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    Project.create(tmp_path / "other.gpkg", crs="EPSG:4546").close()
    with disk_full(working):
        with pytest.raises(Unwritable):
            working.session.transact(EDIT, [Update("sand_pits", 1, {"name": "甲"})])
        working.care.open(tmp_path / "other.gpkg")
        assert working.session.project.path == project_file
        question(working).cancel.click()
        working.session.open_soon(tmp_path / "other.gpkg")  # a way that does not ask
        idle(working.session)
        assert working.session.project.path == project_file
        assert working.session.unsaved


@pytest.mark.skipif(not may_mount(), reason="no small file system may be mounted here")
def test_a_disk_that_is_really_full(
    window: MainWindow, project_file: Path, tmp_path: Path, idle: Callable[[Any], None]
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", small], check=True)
    try:
        path = small / "工程.gpkg"
        path.write_bytes(project_file.read_bytes())
        window.session.open_soon(path)
        idle(window.session)
        with suppress(OSError), (small / "filler").open("wb", buffering=0) as out:
            while True:
                out.write(b"x" * 4096)
        with pytest.raises(Unwritable):
            window.session.transact(EDIT, [Update("sand_pits", 1, {"remarks": "记" * 20000})])
        assert window.session.table("sand_pits").value(1, "remarks") == "记" * 20000
        window.care.save_copy_at(tmp_path / "副本.gpkg")
        idle(window.session)
        assert on_disk(tmp_path / "副本.gpkg", "sand_pits", 1)["remarks"] == "记" * 20000
        (small / "filler").unlink()
        assert window.care.try_again()
        assert on_disk(path, "sand_pits", 1)["remarks"] == "记" * 20000
        window.session.close()
    finally:
        window.session.close()
        subprocess.run(["umount", small], check=False)


# Messages


def test_what_the_project_says_is_shown_and_kept(working: MainWindow, qtbot: Any) -> None:
    import threading

    said = Notice("snapshot.failed", "no snapshot was taken: {reason}; the project itself is on disk", reason="x")
    thread = threading.Thread(target=working.session.project.tell, args=(said,))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(working.toasts.shown))
    assert working.toasts.shown[0].level == "warning"
    working.toasts.shown[0].dismiss()
    working.trigger("messages")
    dialog = working.commands._open_dialogs[-1]
    assert said.render(_).lower() in texts(dialog).lower()


def test_an_edit_that_no_longer_fits_is_told_and_can_be_discarded(working: MainWindow, project_file: Path) -> None:
    session = working.session
    with disk_full(working), pytest.raises(Unwritable):
        session.transact(EDIT, [Update("sand_pits", 2, {"name": "甲"})])
    session.project.store.transact(EDIT, [Delete("sand_pits", 2)])  # as another program may
    with pytest.raises(Missing):
        session.transact(EDIT, [Update("sand_pits", 1, {"name": "乙"})])
    assert len(session.unsaved.edits) == 2  # the new one waits behind it and is not lost
    assert session.table("sand_pits").value(1, "name") == "乙"
    session.undo()
    session.undo()
    assert not session.unsaved
    assert on_disk(project_file, "sand_pits", 1)["name"] == "一号砂坑"


def test_a_drive_that_was_pulled_out(working: MainWindow, idle: Callable[[Any], None]) -> None:
    session = working.session
    session.select_site("SK-001")
    working.workspace.inspector.show_tab("fields")
    idle(session)
    connections = session.project.store._connections
    reading = connections.reading

    @contextmanager
    def gone() -> Iterator[None]:
        raise Unreadable("project.disk_error", "the disk reports an error; nothing was changed")
        yield

    with disk_full(working):
        connections.reading = gone
        try:
            editor = working.workspace.inspector.fields.editors["name"]
            editor.set_text("改过的砂坑")
            editor.settle()
            working.refresh_actions()
            assert working.care.bars.bars["unsaved"].isVisible()
            assert session.table("sand_pits").value(1, "name") == "改过的砂坑"
            assert working.acts["save_copy"].isEnabled()
        finally:
            connections.reading = reading
    assert working.care.try_again()
