"""Working copies through the window: made, compared, conflicts decided side by side, merged as one step, cancelled."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtWidgets import QLabel, QWidget

from app.gui.dialogs.merge import MergeDialog
from app.gui.dialogs.outline_picture import OutlinePicture
from app.gui.main_window import MainWindow
from app.i18n import set_language
from app.project import Project
from app.verbs import history
from app.verbs.edit import set_fields
from models.changes import Delete, Insert, Update
from models.notices import Notice
from tests.app.gui.test_screens import cut_texts, outside

Idle = Callable[[Any], None]
EDIT = Notice("t", "edit")
LOG = {"change_log", "huitian_mark", "gpkg_contents", "gpkg_ogr_contents", "sqlite_sequence"}


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of every table but the log."""
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as con:
        names = [r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {n: con.execute(f'SELECT * FROM "{n}" ORDER BY 1').fetchall() for n in names
                 if n not in LOG and "rtree" not in n}  # fmt: skip
    con.close()
    return found


def fid_of(project: Project, code: str) -> int:
    return int(project.store.rows("sand_pits", code=code)[0]["fid"])


def shape_of(project: Project, code: str = "SK-001") -> Any:
    return project.store.read("sand_pits", codes=[code]).geometry.iloc[0]


def reshape(project: Project, shape: Any) -> None:
    project.store.transact(EDIT, [Update("sand_pits", fid_of(project, "SK-001"), {"geometry": shape})])


@pytest.fixture
def copy(window: MainWindow, project_file: Path, idle: Idle) -> Path:
    """A copy made by the window, without edits."""
    window.session.open(project_file)
    out = project_file.with_name("外业.gpkg")
    window.commands.copy_out(out)
    idle(window.session)
    return out


@pytest.fixture
def apart(window: MainWindow, copy: Path) -> Path:
    """Edits on both sides: three conflicts (name, outline, a row deleted there), and what comes in without."""
    mine = window.session.project
    with Project.open(copy) as theirs:
        reshape(theirs, shapely.affinity.translate(shape_of(theirs), 4, 0))
        set_fields(theirs, "SK-001", {"name": "外业名", "remarks": "积水"})
        theirs.store.transact(EDIT, [Delete("sand_pits", fid_of(theirs, "SK-002"))])
        far = shapely.affinity.translate(shape_of(theirs), 60, 60)
        theirs.store.transact(EDIT, [Insert("sand_pits", {"code": "SK-900", "geometry": far})])
    reshape(mine, shape_of(mine).buffer(-2))
    set_fields(mine, "SK-001", {"name": "内业名"})
    set_fields(mine, "SK-002", {"remarks": "改过"})
    path = mine.path
    window.session.close()  # the cached layers of the window know nothing of these edits
    window.session.open(path)
    return copy


@pytest.fixture
def dialog(window: MainWindow, apart: Path, idle: Idle) -> MergeDialog:
    window.commands.merge_copy(apart)
    idle(window.session)
    made = window.commands._open_dialogs[-1]
    assert isinstance(made, MergeDialog)
    return made


def said(widget: QWidget) -> str:
    return "\n".join(w.text() for w in widget.findChildren(QLabel) if not w.isHidden())


def test_a_copy_is_a_project_and_never_replaces_a_file(window: MainWindow, copy: Path, idle: Idle) -> None:
    before = copy.read_bytes()
    with Project.open(copy, read_only=True) as made:
        assert made.store.check() == []
    window.commands.copy_out(copy)
    idle(window.session)
    assert copy.read_bytes() == before
    assert window.toasts.shown
    assert [p for p in copy.parent.iterdir() if p.suffix == ".part"] == []


def test_nothing_new_is_said(window: MainWindow, copy: Path, idle: Idle) -> None:
    window.commands.merge_copy(copy)
    idle(window.session)
    made = window.commands._open_dialogs[-1]
    assert not made.main.isEnabled()
    assert "nothing new" in made.main.toolTip()
    assert made.parts.isHidden()


def test_a_file_that_is_no_copy_is_refused_in_words(window: MainWindow, copy: Path, idle: Idle) -> None:
    other = copy.with_name("other.gpkg")
    Project.create(other, crs="EPSG:4546", name="other").close()
    for path in (other, copy.with_name("absent.gpkg"), copy.parent / "samples.csv"):
        window.commands.merge_copy(path)
        idle(window.session)
        made = window.commands._open_dialogs[-1]
        assert made._problem.count() == 1
        assert not made.main.isEnabled()
        made.reject()


def test_looking_changes_nothing_and_says_what_comes(window: MainWindow, apart: Path, idle: Idle) -> None:
    before = content(window.session.project.path)
    window.commands.merge_copy(apart)
    idle(window.session)
    made = window.commands._open_dialogs[-1]
    assert [c.kind for c in made.report.conflicts] == ["field", "outline", "deleted_there"]
    assert made.report.added == {"sand_pits": ["SK-900"]}
    assert made.report.changed == {"sand_pits": ["SK-001"]}
    assert made.report.deleted == {}
    assert "SK-900" in said(made)
    assert not made.main.isEnabled()
    made.reject()
    assert content(window.session.project.path) == before


def test_conflicts_are_decided_one_by_one_and_merged_as_one_step(
    dialog: MergeDialog, window: MainWindow, apart: Path, idle: Idle
) -> None:
    session = window.session
    before, steps = content(session.project.path), session.project.store.revision
    mine = shape_of(session.project)
    for at, side in enumerate(("theirs", "mine", "mine")):
        assert not dialog.main.isEnabled()
        dialog.list.setCurrentRow(at)
        dialog.view.buttons[side].click()
    dialog.main.click()
    idle(session)
    store = session.project.store
    assert store.revision == steps + 1
    row = store.rows("sand_pits", code="SK-001")[0]
    assert (row["name"], row["remarks"]) == ("外业名", "积水")
    assert shape_of(session.project).equals(mine)
    assert store.codes("sand_pits") == {"SK-001", "SK-002", "SK-900"}
    assert session.table("sand_pits").where("code", ["SK-900"])
    origin = history.feature_history(session.project, "SK-001")[0].origin
    assert len(origin) == 2
    window.trigger("undo")
    assert content(session.project.path) == before
    window.trigger("redo")
    assert store.codes("sand_pits") == {"SK-001", "SK-002", "SK-900"}
    assert store.check() == []


def test_both_outlines_are_shown_side_by_side(dialog: MergeDialog, qtbot: Any) -> None:
    dialog.list.setCurrentRow(0)
    assert "内业名" in said(dialog.view)
    assert "外业名" in said(dialog.view)
    assert dialog.view.findChild(OutlinePicture) is None or not dialog.view.findChildren(OutlinePicture)[-1].isVisible()
    dialog.list.setCurrentRow(1)
    qtbot.wait(20)
    picture = dialog.view.findChildren(OutlinePicture)[-1]
    base, mine, theirs = picture.shapes
    x0, y0, x1, y1 = picture.view().bounds
    for shape in (base, mine, theirs):
        assert x0 < shape.bounds[0] < shape.bounds[2] < x1
        assert y0 < shape.bounds[1] < shape.bounds[3] < y1
    assert mine.area < base.area == pytest.approx(theirs.area)
    image = picture.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {"#0f766e", "#c11574"} <= colours


def test_open_conflicts_are_decided_together(dialog: MergeDialog, window: MainWindow, idle: Idle) -> None:
    dialog.decide("sand_pits/SK-001/name", "mine")
    dialog.all_theirs.click()
    assert dialog.open == []
    dialog.main.click()
    idle(window.session)
    store = window.session.project.store
    assert store.rows("sand_pits", code="SK-001")[0]["name"] == "内业名"
    assert store.codes("sand_pits") == {"SK-001", "SK-900"}


def test_what_is_edited_meanwhile_is_asked_again(dialog: MergeDialog, window: MainWindow, idle: Idle) -> None:
    session = window.session
    dialog.decide_open("theirs")
    session.transact(EDIT, [Update("sand_pits", fid_of(session.project, "SK-001"), {"name": "又改"})])
    idle(session)
    assert [c.key for c in dialog.open] == ["sand_pits/SK-001/name"]
    assert not dialog.main.isEnabled()
    assert session.project.store.rows("sand_pits", code="SK-001")[0]["name"] == "又改"


def test_what_the_copy_changed_meanwhile_is_asked_and_not_taken(
    dialog: MergeDialog, window: MainWindow, apart: Path, idle: Idle
) -> None:
    session = window.session
    before = content(session.project.path)
    dialog.decide_open("theirs")
    with Project.open(apart) as theirs:
        set_fields(theirs, "SK-001", {"district": "东河区"})
    set_fields(session.project, "SK-001", {"district": "昆都仑区"})
    dialog._looked_at = session.project.store.revision  # as if it had come between the look and the merge
    before = content(session.project.path)
    dialog.main.click()
    idle(session)
    assert content(session.project.path) == before
    assert [c.field for c in dialog.open] == ["district"]


def test_a_cancelled_merge_leaves_nothing(
    dialog: MergeDialog, window: MainWindow, idle: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gis.store import merge_apply

    session = window.session
    before, steps = content(session.project.path), session.project.store.revision
    real = merge_apply.Applying._write

    def slow(self: Any, *args: Any) -> Any:
        session.tasks.running()[0].cancel()
        return real(self, *args)

    monkeypatch.setattr(merge_apply.Applying, "_write", slow)
    dialog.decide_open("theirs")
    dialog.main.click()
    idle(session)
    assert session.project.store.revision == steps
    assert content(session.project.path) == before
    assert dialog.main.isEnabled()
    monkeypatch.undo()
    dialog.main.click()
    idle(session)
    assert session.project.store.revision == steps + 1


def test_a_merge_that_was_committed_before_it_was_cancelled_is_shown(
    dialog: MergeDialog, window: MainWindow, idle: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.verbs import copies

    session = window.session
    real = copies.merge

    def late(*args: Any, **named: Any) -> Any:
        report = real(*args, **named)
        session.tasks.running()[0].cancel()
        return report

    dialog.decide_open("theirs")
    monkeypatch.setattr(copies, "merge", late)
    dialog.main.click()
    idle(session)
    assert session.table("sand_pits").where("code", ["SK-900"])


def test_a_cancelled_comparison_closes_the_dialog(
    window: MainWindow, apart: Path, idle: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.verbs import copies

    def never(*_args: Any, watch: Any, **_named: Any) -> Any:
        session.tasks.running()[0].cancel()
        watch.pause()
        raise AssertionError

    session = window.session
    monkeypatch.setattr(copies, "merge", never)
    window.commands.merge_copy(apart)
    idle(session)
    assert not any(isinstance(d, MergeDialog) for d in window.commands._open_dialogs)


@pytest.fixture(params=["zh_CN", "en"])
def language(request: Any) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("en")


def test_nothing_is_cut_off(language: str, dialog: MergeDialog, window: MainWindow, qtbot: Any, idle: Idle) -> None:
    for at in range(3):
        dialog.list.setCurrentRow(at)
        qtbot.wait(30)
        assert cut_texts(dialog) + outside(dialog) == []
    assert dialog.height() <= 728
    window.trigger("project_history")
    idle(window.session)
    made = window.commands._open_dialogs[-1]
    for at in range(len(made.model.steps)):
        made.table.selectRow(at)
        qtbot.wait(10)
        assert cut_texts(made) + outside(made) == []
    assert made.height() <= 728
