from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from app.gui.dialogs.new_project import NewProjectDialog, zone_epsg
from app.gui.main_window import MainWindow
from tests.app.gui.conftest import X, Y


@pytest.fixture
def working(window: MainWindow, project_file: Path) -> MainWindow:
    window.session.open(project_file)
    return window


def dialog_of(window: MainWindow, key: str) -> Any:
    window.trigger(key)
    return window.commands._open_dialogs[-1]


@pytest.mark.parametrize(
    ("meridian", "prefix", "epsg"), [(111, False, 4546), (111, True, 4525), (75, False, 4534), (135, True, 4533)]
)
def test_zones_of_cgcs2000(meridian: int, prefix: bool, epsg: int) -> None:
    import pyproj

    assert zone_epsg(meridian, prefix=prefix) == epsg
    facts = {p.name: p.value for p in pyproj.CRS.from_epsg(epsg).coordinate_operation.params}
    assert facts["Longitude of natural origin"] == meridian
    assert facts["False easting"] == 500_000 + (meridian // 3 * 1_000_000 if prefix else 0)


def test_no_other_zone() -> None:
    with pytest.raises(ValueError, match="110"):
        zone_epsg(110, prefix=False)


def test_new_project(window: MainWindow, tmp_path: Path, idle: Callable[[Any], None]) -> None:
    dialog: NewProjectDialog = dialog_of(window, "new")
    dialog.name.setText("我的/项目")
    dialog._rename(dialog.name.text())
    assert dialog.file.path().name == "我的_项目.gpkg"
    dialog.file.line.setText(str(tmp_path / "新 项目"))
    dialog.prefix.setChecked(True)
    dialog.make()
    idle(window.session)
    project = window.session.project
    assert project.path == tmp_path / "新 项目.gpkg"
    assert project.crs == "EPSG:4525"
    assert project.store.project()["name"] == "我的/项目"
    assert window.workspace.inventory.empty.isVisible()


def test_new_project_refused_in_the_dialog(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> None:
    dialog = dialog_of(window, "new")
    dialog.file.line.setText(str(project_file))
    dialog.make()
    idle(window.session)
    assert dialog.isVisible()
    assert dialog.main.isEnabled()
    assert dialog._problem.count() == 1
    assert window.session.project is None


def outlines(path: Path) -> Path:
    square = [[X + 80, Y - 100], [X + 95, Y - 100], [X + 95, Y - 115], [X + 80, Y - 115], [X + 80, Y - 100]]
    bow = [[X + 120, Y - 100], [X + 140, Y - 120], [X + 140, Y - 100], [X + 120, Y - 120], [X + 120, Y - 100]]
    features = [
        {
            "type": "Feature",
            "properties": {"编号": "N-1", "名称": "新坑"},
            "geometry": {"type": "Polygon", "coordinates": [square]},
        },
        {"type": "Feature", "properties": {"编号": "N-2"}, "geometry": {"type": "Polygon", "coordinates": [bow]}},
        {"type": "Feature", "properties": {"编号": "N-3"}, "geometry": None},
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf8")
    return path


def test_import_shows_first_and_takes_then(working: MainWindow, tmp_path: Path, idle: Callable[[Any], None]) -> None:
    dialog = dialog_of(working, "import")
    assert not dialog.main.isEnabled()
    dialog.file.set_path(outlines(tmp_path / "坑.geojson"))
    idle(working.session)
    dialog.options.crs.setEditText("EPSG:4546")
    dialog.options.settled.emit()
    idle(working.session)
    expected = dialog.trial.report.added
    assert expected >= 1
    assert dialog.main.isEnabled()
    assert len(working.session.frame("sand_pits")) == 2  # nothing is taken yet
    dialog.take()
    idle(working.session)
    assert len(working.session.frame("sand_pits")) == 2 + expected
    assert "新坑" in working.session.frame("sand_pits")["name"].tolist()
    working.trigger("undo")
    assert len(working.session.frame("sand_pits")) == 2


def test_a_broken_file_says_what_to_do(working: MainWindow, tmp_path: Path, idle: Callable[[Any], None]) -> None:
    dialog = dialog_of(working, "import")
    path = tmp_path / "坑.shp"
    path.write_bytes(b"broken")
    dialog.file.set_path(path)
    idle(working.session)
    assert not dialog.main.isEnabled()
    assert dialog.trial is None
    texts = "\n".join(w.text() for w in dialog.account.findChildren(QLabel))
    assert "its content is none" in texts or "cannot" in texts, texts


def test_terrain_is_registered_and_removed(working: MainWindow, folder: Path, idle: Callable[[Any], None]) -> None:
    dialog = dialog_of(working, "terrain_add")
    dialog.take()
    assert dialog._problem.count() == 1  # no file yet
    dialog.file.set_path(folder / "地形.tif")
    idle(working.session)
    dialog.name.setText("二期")
    dialog.source.choose("rtk_photogrammetry")
    dialog.take()
    idle(working.session)
    names = {t.name: t for t in working.session.terrains()}
    assert names["二期"].errors.sigma_z_m == 0.08
    listing = dialog_of(working, "terrain_list")
    assert listing._list.count() == 2
    listing._drop("二期")
    assert listing._list.count() == 1


def test_wastes_are_edited_and_added(working: MainWindow, idle: Callable[[Any], None]) -> None:
    dialog = dialog_of(working, "wastes")
    assert dialog.editors["name"].text() == "粉煤灰"
    assert "S1" in dialog.values.table.heads
    said = [[dialog.values.table.item(r, c).text() for c in range(4)] for r in range(dialog.values.table.rowCount())]
    assert [line[3] for line in said if line[0].startswith("Cadmium")] == ["<0.005"]
    dialog.editors["moisture"].control.setText("0.25")
    dialog.editors["moisture"].settle()
    assert working.session.project.store.waste("FA-1").moisture == 0.25
    from app.gui.dialogs.wastes import NewWasteDialog

    new = NewWasteDialog(dialog, working.session)
    new.made.connect(dialog._select)
    new.code.setText("SS-1")
    new.kind.choose("steel_slag")
    new.take()
    idle(working.session)
    assert working.session.project.store.waste("SS-1").kind == "steel_slag"
    assert dialog.editors["code"].text() == "SS-1"
    dialog._delete()
    assert working.session.project.store.codes("wastes") == {"FA-1"}


def test_layer_is_exported(working: MainWindow, tmp_path: Path, idle: Callable[[Any], None]) -> None:
    working.session.select_site("SK-001")
    dialog = dialog_of(working, "export")
    dialog.format.choose("geojson")
    dialog.only.setChecked(True)
    dialog.out.line.setText(str(tmp_path / "出.geojson"))
    dialog.take()
    idle(working.session)
    data = json.loads((tmp_path / "出.geojson").read_text(encoding="utf8"))
    assert len(data["features"]) == 1


def test_conflicts_are_listed(working: MainWindow, idle: Callable[[Any], None]) -> None:
    working.trigger("overlay")
    idle(working.session)
    dialog = working.commands._open_dialogs[-1]
    assert any(r[0] == "SK-002" and r[1] == "HX-001" for r in dialog.rows)


@pytest.mark.parametrize("key", ["about", "shortcuts", "settings", "sheet"])
def test_other_dialogs_open_and_close(working: MainWindow, key: str) -> None:
    working.session.select_site("SK-001")
    dialog = dialog_of(working, key)
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.reject()
    assert working.commands._open_dialogs == []
