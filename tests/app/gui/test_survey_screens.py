"""The windows of terrain and of two surveys with something in them, in Chinese and English: no text cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.gui.main_window import MainWindow
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.estimate import EstimateRequest
from tests.app.gui.test_screens import assert_whole, language, window  # noqa: F401 - fixtures
from tests.app.gui.test_terrain_dialog import cass


@pytest.mark.parametrize("name", ["测点.dat", "地形.tif"])
def test_terrain(
    window: MainWindow,  # noqa: F811
    folder: Path,
    name: str,
    qtbot: Any,
    idle: Callable[[Any], None],
) -> None:
    window.session.open(folder / "工程.gpkg")
    window.commands.take_files([folder / name if name.endswith("tif") else cass(folder / name)])
    dialog = window.commands._open_dialogs[-1]
    idle(window.session)
    assert_whole(dialog, qtbot)
    dialog.crs.setText("EPSG:4546")
    dialog.crs.editingFinished.emit()
    idle(window.session)
    dialog.name.setText("二期")
    dialog.take()
    idle(window.session)
    assert [t.name for t in window.session.terrains()] == ["地形1m", "二期"]
    assert_whole(dialog, qtbot)
    window.trigger("terrain_list")
    assert_whole(window.commands._open_dialogs[-1], qtbot)


def test_two_surveys(
    window: MainWindow,  # noqa: F811
    folder: Path,
    qtbot: Any,
    idle: Callable[[Any], None],
) -> None:
    import rasterio

    session = window.session
    session.open(folder / "工程.gpkg")
    with rasterio.open(folder / "地形.tif") as first, rasterio.open(folder / "二.tif", "w", **first.profile) as out:
        out.write(first.read(1) + 0.3, 1)
    add_terrain(session.project, folder / "二.tif", name="二期", kind="dsm", source="lidar", surveyed_on="2026-10-01")
    estimate(session.project, ["SK-001"], terrain="地形1m", request=EstimateRequest())
    window.trigger("progress")
    dialog = window.commands._open_dialogs[-1]
    dialog.before.choose("地形1m")
    dialog.after.choose("二期")
    dialog.site.choose("*")
    dialog.take()
    idle(session)
    assert_whole(dialog, qtbot)
    dialog._confirmed.add("kind")
    dialog.take()
    idle(session)
    assert dialog.shown.found is not None
    assert_whole(dialog, qtbot)
