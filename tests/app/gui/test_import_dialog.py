from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from app.gui.dialogs.datum_shifts import DatumShiftsDialog
from app.gui.dialogs.import_account import AccountDialog, keep_account
from app.gui.dialogs.import_features import ImportDialog
from app.verbs import import_trial
from app.verbs.datum_shifts import shifts_of
from tests.app.gui.conftest import X, Y, circle, words_of
from tests.gis.formats.making import made_raw

HOME = "EPSG:4546"
Idle = Callable[[Any], None]


def pit(dx: float, dy: float = 0.0) -> shapely.Polygon:
    return shapely.box(X + dx, Y + dy, X + dx + 30, Y + dy + 30)


@pytest.fixture
def incoming(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Files that need no reader: what it would send is made here, by the name of the file."""
    monkeypatch.setenv("HUITIAN_HOME", str(tmp_path / "home"))
    made: dict[str, Any] = {}

    def read(path: Path, **_how: Any) -> Any:
        answer = made[path.name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(import_trial, "read_raw", read)

    def put(name: str, answer: Any) -> Path:
        made[name] = answer
        (tmp_path / name).write_bytes(b"x")
        return tmp_path / name

    return put


@pytest.fixture
def dialog(import_dialog: Any) -> Any:
    return import_dialog


def test_what_is_seen_is_what_comes_in_as_one_step(dialog: Any, incoming: Any, idle: Idle) -> None:
    session = dialog.session
    dialog.file.set_path(incoming("九原区砂坑.shp", made_raw([pit(0, -150), pit(50, -150)], HOME, 编号=["A", "B"])))
    idle(session)
    assert dialog.main.isEnabled()
    assert len(dialog.picture.shapes) == 2
    assert set(dialog.picture.stays) == {"sand_pits", "stockpiles", "red_lines"}
    assert dialog.options.sublayer.currentText().startswith("a")
    before = session.project.store.revision
    dialog.take()
    idle(session)
    assert session.project.store.revision == before + 1
    assert {"A", "B"} <= session.project.store.codes("sand_pits")
    session.undo()
    assert "A" not in session.project.store.codes("sand_pits")


def test_a_guess_is_shown_with_its_reason_and_waits_to_be_confirmed(dialog: Any, incoming: Any, idle: Idle) -> None:
    dialog.file.set_path(incoming("a.shp", made_raw([pit(0, -150)])))
    idle(dialog.session)
    report = dialog.trial.report
    assert report.crs_basis == "guessed"
    assert not dialog.main.isEnabled()
    assert dialog.options.confirm.isVisibleTo(dialog)
    assert HOME in dialog.options.reason.text()
    dialog.options.confirm.setChecked(True)
    assert dialog.main.isEnabled()
    dialog.options.axes.choose("en")
    dialog.options.crs.setEditText("EPSG:4545")
    dialog.options.settled.emit()
    idle(dialog.session)
    assert dialog.trial.report.crs_basis == "stated"
    assert any(w.key == "zone.wrong" for w in dialog.trial.report.warnings)
    assert not dialog.options.confirm.isVisibleTo(dialog)  # it was stated: far away is told and not asked
    assert "read as EPSG:4546 they fall among it" in words_of(dialog.account)
    assert dialog.main.isEnabled()
    dialog.options.crs.setEditText(HOME)
    dialog.options.settled.emit()
    idle(dialog.session)
    assert not dialog.options.confirm.isVisibleTo(dialog)
    assert dialog.main.isEnabled()


def test_codes_that_are_all_taken_say_where_to_choose(dialog: Any, incoming: Any, idle: Idle) -> None:
    dialog.file.set_path(incoming("a.shp", made_raw([pit(0, -150)], HOME, code=["SK-001"])))
    idle(dialog.session)
    assert dialog.trial.error.key == "import.nothing"
    assert "--duplicates" not in words_of(dialog.account)
    dialog.options.duplicates.choose("add")
    dialog.options.settled.emit()
    idle(dialog.session)
    assert dialog.trial.report.renumbered[0].was == "SK-001"
    assert dialog.main.isEnabled()


def test_exchanged_axes_wait_to_be_confirmed_too(dialog: Any, incoming: Any, idle: Idle) -> None:
    turned = shapely.transform(pit(0, -150), lambda xy: xy[:, ::-1])
    dialog.file.set_path(incoming("a.shp", made_raw([turned], HOME)))
    idle(dialog.session)
    assert dialog.trial.report.exchanged
    assert not dialog.main.isEnabled()
    dialog.options.confirm.setChecked(True)
    assert dialog.main.isEnabled()


def test_a_field_moves_to_the_column_named_last_and_is_remembered(dialog: Any, incoming: Any, idle: Idle) -> None:
    raw = made_raw([pit(0, -150)], HOME, a=["P-1"], b=["P-2"])
    dialog.file.set_path(incoming("a.shp", raw))
    idle(dialog.session)
    for name in ("a", "b"):
        dialog.columns.choices[name].choose("code")
        dialog.columns.choices[name].activated.emit(0)
        idle(dialog.session)
    assert dialog.columns.mapping() == {"a": "", "b": "code"}
    assert dialog.trial.report.codes == ["P-2"]
    dialog.take()
    idle(dialog.session)
    again = ImportDialog(dialog.parentWidget(), dialog.session, incoming("b.shp", raw))
    idle(dialog.session)
    assert again.columns.mapping() == {"a": "", "b": "code"}
    again.reject()
    again.deleteLater()


def test_what_stops_it_is_told_with_what_to_do_in_the_window(dialog: Any, incoming: Any, idle: Idle) -> None:
    dialog.file.set_path(incoming("a.shp", made_raw([shapely.box(0, 0, 9, 9)], 编号=["A"])))
    idle(dialog.session)
    assert not dialog.main.isEnabled()
    assert "--crs" not in words_of(dialog.account)
    assert list(dialog.columns.choices) == ["编号"]
    assert len(dialog.picture.shapes) == 0


def test_layers_are_listed_when_the_file_has_several(dialog: Any, incoming: Any, idle: Idle) -> None:
    from models.errors import Refused

    several = Refused("import.which_sublayer", "several", count=2, layers="x, y", sublayers=[["x", 3], ["y", 5]])
    dialog.file.set_path(incoming("a.gpkg", several))
    idle(dialog.session)
    names = [dialog.options.sublayer.itemData(i) for i in range(dialog.options.sublayer.count())]
    assert names == ["", "x", "y"]
    assert "5" in dialog.options.sublayer.itemText(2)


def test_rows_that_are_mended_or_left_out_are_listed_and_kept(
    dialog: Any, incoming: Any, idle: Idle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spike = shapely.Polygon([(X, Y), (X + 9, Y), (X + 9, Y + 9), (X + 20, Y + 9), (X + 9, Y + 9), (X, Y + 9)])
    dialog.file.set_path(incoming("a.shp", made_raw([spike, None, pit(50)], HOME, code=["A", "B", "C"])))
    idle(dialog.session)
    table = dialog.rows.table
    assert [table.item(r, 1).text() for r in range(table.rowCount())] == ["A", "B"]
    assert table.item(0, 4).text() == table.item(0, 5).text() == "81.00"
    out = tmp_path / "账.csv"
    monkeypatch.setattr("app.gui.dialogs.import_account.QFileDialog.getSaveFileName", lambda *_a: (str(out), "(*.csv)"))
    dialog.keep.click()
    assert len(out.read_text("utf-8-sig").splitlines()) >= 3
    shown = AccountDialog(dialog.parentWidget(), dialog.trial.report, lambda: None)
    assert keep_account(shown, dialog.trial.report) == out
    shown.reject()
    shown.deleteLater()


def test_data_far_away_are_shown_alone_with_an_arrow_to_the_project(dialog: Any, incoming: Any, idle: Idle) -> None:
    dialog.file.set_path(incoming("a.shp", made_raw([pit(60_000)], HOME)))
    idle(dialog.session)
    assert not dialog.picture.together
    alone = dialog.picture.view()
    assert alone.bounds[2] - alone.bounds[0] < 1000
    dialog.picture.look_at("both")
    both = dialog.picture.view()
    assert both.bounds[2] - both.bounds[0] > 60_000
    assert not dialog.picture.grab().isNull()


def test_data_far_away_are_told_before_and_after_and_not_asked(dialog: Any, incoming: Any, idle: Idle) -> None:
    dialog.file.set_path(incoming("a.shp", made_raw([pit(254_000)], HOME, code=["FAR-1"])))
    idle(dialog.session)
    told = "254 km east of everything in the project"
    assert told in words_of(dialog.account)
    assert not dialog.options.confirm.isVisibleTo(dialog)
    assert dialog.main.isEnabled()
    window = dialog.parentWidget()
    dialog.take()
    idle(dialog.session)
    toast = window.toasts.shown[-1]
    assert toast.level == "warning"
    assert told in toast.said[3]


def test_a_guess_of_data_far_away_is_asked_for_as_a_guess(dialog: Any, incoming: Any, idle: Idle) -> None:
    dialog.file.set_path(incoming("a.shp", made_raw([pit(110_000)])))
    idle(dialog.session)
    assert dialog.trial.report.crs_basis == "guessed"
    assert dialog.trial.report.far
    assert dialog.options.confirm.isVisibleTo(dialog)
    assert not dialog.main.isEnabled()


def test_datum_parameters_are_added_and_removed_as_steps(window: Any, project_file: Path, idle: Idle) -> None:
    window.session.open(project_file)
    dialog = DatumShiftsDialog(window, window.session)
    dialog.name.setText("旗县七参数")
    for box, value in zip(dialog.boxes, ("100", "-50", "20", "0.5", "-0.3", "1.1", "x"), strict=True):
        box.setText(value)
    dialog._add()
    assert dialog._problem.count() == 1
    dialog.boxes[6].setText("2.5")
    dialog._add()
    idle(window.session)
    assert [s.name for s in shifts_of(window.session.project)] == ["旗县七参数"]
    assert dialog.table.rowCount() == 1
    dialog.table.selectRow(0)
    dialog._remove()
    idle(window.session)
    assert shifts_of(window.session.project) == []
    dialog.reject()
    dialog.deleteLater()


def test_nothing_of_a_closed_dialog_stays(window: Any, project_file: Path, incoming: Any, idle: Idle) -> None:
    window.session.open(project_file)
    dialog = ImportDialog(window, window.session, incoming("a.shp", made_raw([circle(40, 40, 10)], HOME)))
    dialog.reject()
    dialog.deleteLater()
    idle(window.session)
    assert window.session.tasks.running(quiet=True) == []


def test_a_dropped_file_goes_where_its_content_belongs(tmp_path: Path) -> None:
    from app.gui.dropped import brings_features, makes_terrain

    golden = Path(__file__).resolve().parents[2] / "golden" / "land_txt" / "worked_example.txt"
    points = tmp_path / "p.txt"
    points.write_text("".join(f"{n},,{X + n},{Y + n * n % 7},{1050 + n}\n" for n in range(9)), encoding="utf8")
    assert (brings_features(golden), makes_terrain(golden)) == (True, False)
    assert (brings_features(points), makes_terrain(points)) == (False, True)
    assert not brings_features(tmp_path / "absent.shp")


def test_datum_parameters_are_in_the_menu(window: Any, project_file: Path, idle: Idle) -> None:
    window.session.open(project_file)
    idle(window.session)
    window.trigger("datum_shifts")
    dialog = window.commands._open_dialogs[-1]
    assert type(dialog).__name__ == "DatumShiftsDialog"
    dialog.reject()


def test_rings_inside_others_of_a_drawing_can_be_made_holes(dialog: Any, incoming: Any, idle: Idle) -> None:
    outer = shapely.box(X, Y - 250, X + 80, Y - 170)
    raw = made_raw([outer, pit(20, -230)], HOME, key="dxf", layer=["坑", "坑"])
    dialog.file.set_path(incoming("a.dxf", raw))
    idle(dialog.session)
    assert dialog.options.holes.isVisibleTo(dialog)
    assert dialog.trial.report.added == 2
    dialog.options.holes.setChecked(True)
    idle(dialog.session)
    assert dialog.trial.report.added == 1
    assert dialog.options.holes.isVisibleTo(dialog)
    dialog.file.set_path(incoming("b.shp", made_raw([pit(0, -150)], HOME)))
    idle(dialog.session)
    assert not dialog.options.holes.isVisibleTo(dialog)
    assert not dialog.options.holes.isChecked()
