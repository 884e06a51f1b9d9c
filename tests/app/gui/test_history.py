"""The past in the window: History tab, outlines on the map, values brought back, the project's history, long undo."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from app.gui.dialogs.project_history import HistoryDialog
from app.gui.main_window import MainWindow
from app.gui.session import Session
from app.i18n import set_language
from app.verbs import labels
from app.verbs.edit import set_fields
from app.verbs.screen import screen
from models.changes import Update
from models.notices import Notice

Idle = Callable[[Any], None]


def outline(session: Session, code: str = "SK-001") -> Any:
    return session.project.store.read("sand_pits", codes=[code]).geometry.iloc[0]


def fid_of(session: Session, code: str = "SK-001") -> int:
    return int(session.project.store.rows("sand_pits", code=code)[0]["fid"])


def move(session: Session, by: float, point: str = "J7") -> None:
    shape = outline(session).buffer(by)
    session.transact(
        labels.vertex_moved("sand_pits", "SK-001", point), [Update("sand_pits", fid_of(session), {"geometry": shape})]
    )


def name_it(session: Session, name: str) -> None:
    session.transact(Notice("t", "name"), [Update("sand_pits", fid_of(session), {"name": name})])


@pytest.fixture
def shown(window: MainWindow, project_file: Path, idle: Idle) -> MainWindow:
    """The window with SK-001's history in front."""
    window.session.open(project_file)
    window.session.select_site("SK-001")
    window.workspace.inspector.show_tab("history")
    idle(window.session)
    return window


def test_an_earlier_outline_is_shown_and_brought_back(shown: MainWindow, qtbot: Any, idle: Idle) -> None:
    session, tab, ghost = shown.session, shown.workspace.inspector.history, shown.workspace.canvas.ghost
    first = outline(session)
    move(session, 5)
    card = tab.cards[0]
    assert ghost.shape is None
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert ghost.shape.equals(first)
    assert not card.more.isHidden()
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    idle(session)
    assert outline(session).equals(first)
    assert ghost.shape is None
    assert len(tab.cards) == 3
    shown.trigger("undo")
    assert outline(session).area > first.area + 10


def test_a_value_is_brought_back_alone(shown: MainWindow, qtbot: Any, idle: Idle) -> None:
    session, tab = shown.session, shown.workspace.inspector.history
    name_it(session, "改名")
    move(session, 5)
    shape = outline(session)
    card = tab.cards[1]
    assert any("一号砂坑 → 改名" in w.text() for w in card.findChildren(QLabel))
    qtbot.mouseClick(card.findChild(QToolButton), Qt.MouseButton.LeftButton)
    idle(session)
    assert session.project.store.rows("sand_pits", code="SK-001")[0]["name"] == "一号砂坑"
    assert outline(session).equals(shape)


def test_the_outline_goes_with_the_tab_and_the_selection(shown: MainWindow, idle: Callable[[Any], None]) -> None:
    session, tab, ghost = shown.session, shown.workspace.inspector.history, shown.workspace.canvas.ghost
    move(session, 5)
    tab.choose(tab.cards[0])
    assert ghost.shape is not None
    session.select_site("SK-002")
    idle(session)
    assert ghost.shape is None
    session.select_site("SK-001")
    idle(session)
    tab.choose(tab.cards[0])
    shown.workspace.inspector.show_tab("fields")
    assert ghost.shape is None
    shown.workspace.inspector.show_tab("history")
    tab.choose(tab.cards[0])
    session.close()
    assert ghost.shape is None


def test_a_far_outline_is_brought_into_view(shown: MainWindow) -> None:
    session, canvas, tab = shown.session, shown.workspace.canvas, shown.workspace.inspector.history
    home = outline(session)
    far = shapely.affinity.translate(home, 90_000, 0)
    session.transact(Notice("t", "far"), [Update("sand_pits", fid_of(session), {"geometry": far})])
    canvas.zoom_to(far.bounds)
    tab.choose(tab.cards[0])
    x0, y0, x1, y1 = canvas.view.bounds
    assert x0 < home.bounds[0] < home.bounds[2] < x1
    assert y0 < home.bounds[1] < home.bounds[3] < y1


def test_long_histories_come_by_pages(shown: MainWindow, qtbot: Any) -> None:
    session, tab = shown.session, shown.workspace.inspector.history
    shown.workspace.inspector.show_tab("fields")
    for n in range(45):
        set_fields(session.project, "SK-001", {"name": f"n{n}"})
    shown.workspace.inspector.history.show_feature("sand_pits", fid_of(session))
    shown.workspace.inspector.show_tab("history")
    assert len(tab.cards) == 20
    tab.more.click()
    tab.more.click()
    assert len(tab.cards) == 46
    assert tab.more.isHidden()
    assert [c.change.entry.number for c in tab.cards] == sorted(
        (c.change.entry.number for c in tab.cards), reverse=True
    )


def test_read_only_history_can_be_looked_at_only(window: MainWindow, project_file: Path, idle: Idle) -> None:
    from app.project import Project

    session = window.session
    session._adopt(Project.open(project_file, read_only=True), {})
    session.select_site("SK-001")
    window.workspace.inspector.show_tab("history")
    tab = window.workspace.inspector.history
    assert tab.cards
    assert tab.findChildren(QToolButton) == []
    assert not any(c.more is not None and c.more.isEnabled() for c in tab.cards)


# The project's history


@pytest.fixture
def dialog(shown: MainWindow, idle: Idle) -> HistoryDialog:
    for n in range(3):
        name_it(shown.session, f"n{n}")
    move(shown.session, 5)
    shown.trigger("project_history")
    idle(shown.session)
    made = shown.commands._open_dialogs[-1]
    assert isinstance(made, HistoryDialog)
    return made


def test_steps_are_filtered(dialog: HistoryDialog, shown: MainWindow, idle: Idle) -> None:
    every = len(dialog.model.steps)
    assert every == shown.session.project.store.revision
    dialog.kind.choose("outlines")
    dialog._again()
    idle(shown.session)
    assert [s.label.key for s in dialog.model.steps] == ["vertex.move"]
    dialog.kind.choose("")
    dialog.site.setText("SK-001")
    dialog._again()
    idle(shown.session)
    assert len(dialog.model.steps) == 5
    dialog.site.setText("NO-SUCH")
    dialog._again()
    assert dialog._problem.count() == 1
    dialog.site.setText("")
    dialog.period.choose(1)
    dialog._again()
    idle(shown.session)
    assert len(dialog.model.steps) == every


def test_the_chosen_step_says_what_it_changed(dialog: HistoryDialog) -> None:
    dialog.table.selectRow(1)
    texts = [w.text() for w in dialog.detail.findChildren(QLabel)]
    assert any("n1 → n2" in t for t in texts)


def test_results_in_a_step_say_of_what_they_are(shown: MainWindow, idle: Idle) -> None:
    """Nine cards said no more than "screening, new"."""
    shown.session.run_write("t", lambda p, _w: screen(p, ["FA-1"]))
    idle(shown.session)
    shown.trigger("project_history")
    idle(shown.session)
    made = shown.commands._open_dialogs[-1]
    made.table.selectRow(0)
    heads = [w.text() for w in made.detail.findChildren(QLabel) if w.property("role") == "heading"]
    assert sorted(heads) == ["Screening SK-001 FA-1", "Screening SK-002 FA-1"]


def test_steps_are_taken_back_to_the_chosen_one(dialog: HistoryDialog, shown: MainWindow, idle: Idle) -> None:
    session = shown.session
    dialog.table.selectRow(2)
    assert "3 in all" in dialog.back.text()
    dialog.back.click()
    idle(session)
    assert session.project.store.rows("sand_pits", code="SK-001")[0]["name"] == "n0"
    assert session.table("sand_pits").value(fid_of(session), "name") == "n0"
    standing = [dialog.model.stands(s) for s in dialog.model.steps if s.kind == "do"]
    assert standing[:4] == [False, False, False, True]
    assert not dialog.back.isEnabled()  # an undo stands in front now
    for _n in range(3):
        shown.trigger("redo")
    assert session.project.store.rows("sand_pits", code="SK-001")[0]["name"] == "n2"


def test_a_deleted_feature_is_brought_back_from_its_step(shown: MainWindow, idle: Idle) -> None:
    session = shown.session
    shape = outline(session)
    shown.trigger("delete")
    shown.trigger("project_history")
    idle(session)
    dialog = shown.commands._open_dialogs[-1]
    back = [b for b in dialog.detail.findChildren(QPushButton) if b.isVisible() and b is not dialog.detail.more]
    assert len(back) == 1
    back[0].click()
    idle(session)
    assert session.select_site("SK-001")
    assert outline(session).equals(shape)


def test_the_log_is_written_for_an_audit(dialog: HistoryDialog, shown: MainWindow, tmp_path: Path, idle: Idle) -> None:
    out = tmp_path / "日志.csv"
    dialog.export_log(out)
    idle(shown.session)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert {r[0] for r in rows[1:]} == {str(s.step) for s in dialog.model.steps}
    assert any(r[-3:-1] == ["n1", "n2"] for r in rows)


def test_many_steps_come_as_the_list_is_scrolled(shown: MainWindow, idle: Idle) -> None:
    session = shown.session
    for n in range(130):
        set_fields(session.project, "SK-001", {"name": f"n{n}"})
    shown.trigger("project_history")
    idle(session)
    dialog = shown.commands._open_dialogs[-1]
    assert len(dialog.model.steps) == 100
    dialog.table.scrollToBottom()
    idle(session)
    assert [s.step for s in dialog.model.steps] == list(range(session.project.store.revision, 0, -1))


# Undo and redo over days


def test_two_hundred_steps_back_and_forth_across_a_restart(shown: MainWindow, project_file: Path, idle: Idle) -> None:
    session = shown.session
    set_language("zh_CN")
    try:
        states = [(outline(session).wkt, "一号砂坑")]
        for n in range(200):
            if n % 3:
                name_it(session, f"名{n}")
            else:
                move(session, 0.05 if n % 2 else -0.04, f"J{n}")
            states.append((outline(session).wkt, session.table("sand_pits").value(fid_of(session), "name")))
        for n in range(199, -1, -1):
            if n % 3 == 0:
                shown.refresh_actions()
                assert shown.acts["undo"].text() == f"撤销：移动拐点 J{n}（砂坑 SK-001）"
            shown.trigger("undo")
            assert (outline(session).wkt, session.table("sand_pits").value(fid_of(session), "name")) == states[n]
        session.close()
        session.open(project_file)
        idle(session)
        assert shown.acts["redo"].text() == "重做：移动拐点 J0（砂坑 SK-001）"
        for n in range(1, 201):
            shown.trigger("redo")
            assert (outline(session).wkt, session.table("sand_pits").value(fid_of(session), "name")) == states[n]
        assert not shown.acts["redo"].isEnabled()
        assert session.project.store.check() == []
    finally:
        set_language("en")


def test_the_weight_of_a_step_is_its_rows_and_its_outlines(shown: MainWindow) -> None:
    session = shown.session
    name_it(session, "改名")
    assert session.project.store.weight_to_turn(back=True) == (1, 0)
    assert session.project.store.weight_to_turn(back=False) == (0, 0)
    move(session, 5)
    rows, size = session.project.store.weight_to_turn(back=True)
    corners = shapely.get_num_coordinates(outline(session))
    assert rows == 1
    assert 16 * corners / 2 < size < 2 * 16 * corners + 400  # before and after, 16 bytes a corner at most, and headers


@pytest.mark.parametrize("limit", ["MANY_ROWS", "HEAVY_BYTES"])
def test_a_heavy_step_is_turned_in_the_background(
    shown: MainWindow, idle: Idle, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    from app.gui import history_commands

    session = shown.session
    name_it(session, "改名")
    monkeypatch.setattr(history_commands, limit, -1)
    shown.trigger("undo")
    assert session.tasks.writing
    assert not shown.acts["undo"].isEnabled()
    idle(session)
    assert session.table("sand_pits").value(fid_of(session), "name") == "一号砂坑"
    shown.trigger("redo")
    idle(session)
    assert session.table("sand_pits").value(fid_of(session), "name") == "改名"
    assert not shown.acts["redo"].isEnabled()
