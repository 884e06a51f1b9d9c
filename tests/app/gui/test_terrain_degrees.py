"""Degrees of terrain points that may be decimal or packed: the choice is in the window, with both places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from app.gui.main_window import MainWindow
from tests.app.gui.test_terrain_dialog import add, surveyed, texts

Idle = Callable[[Any], None]


@pytest.fixture
def working(window: MainWindow, project_file: Path) -> MainWindow:
    window.session.open(project_file)
    return window


def packed(value: float) -> str:
    """109.7534306 as 109.4512350."""
    seconds = round(value * 3600, 4)
    degrees, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{int(degrees)}.{int(minutes):02d}{int(seconds):02d}{round((seconds % 1) * 1e4):04d}"


def table(path: Path) -> Path:
    xyz = surveyed(16)
    lon, lat = Transformer.from_crs("EPSG:4546", "EPSG:4490", always_xy=True).transform(xyz[:, 0], xyz[:, 1])
    rows = [
        f"{i},{packed(a)},{packed(b)},{z:.3f}" for i, (a, b, z) in enumerate(zip(lon, lat, xyz[:, 2], strict=True), 1)
    ]
    path.write_text("\n".join(["点号,经度,纬度,高程", *rows]), encoding="utf-8")
    return path


def test_packed_degrees_are_asked_about_and_chosen(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    dialog = add(working, [table(tmp_path / "测点.csv")], idle)
    page = dialog._page()
    assert not page._form.isRowVisible(page.degrees)
    dialog.crs.setText("EPSG:4490")
    dialog.crs.editingFinished.emit()
    idle(working.session)
    assert dialog.look.refused is not None
    assert dialog.look.refused.key == "import.two_degrees"
    assert not dialog.main.isEnabled()
    assert page._form.isRowVisible(page.degrees)
    told = texts(dialog)
    assert "at the left" in told
    assert "--degrees" not in told
    page.degrees.choose("packed")
    page.degrees.activated.emit(0)
    idle(working.session)
    assert dialog.look.refused is None
    x0, y0, x1, y1 = dialog.look.extent
    xyz = surveyed(16)
    assert (x0, y0) == pytest.approx(xyz[:, :2].min(axis=0), abs=0.02)
    assert (x1, y1) == pytest.approx(xyz[:, :2].max(axis=0), abs=0.02)
    dialog.take()
    idle(working.session)
    made = working.session.project.store.terrain("测点")
    assert made.making.points == len(xyz)
    assert np.isfinite(made.making.rmse_m)


def test_other_files_are_not_read_by_the_choice_for_the_last(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    dialog = add(working, [table(tmp_path / "测点.csv")], idle)
    page = dialog._page()
    dialog.crs.setText("EPSG:4490")
    dialog.crs.editingFinished.emit()
    idle(working.session)
    page.degrees.choose("decimal")
    page.degrees.activated.emit(0)
    idle(working.session)
    assert page.reading()["degrees"] == "decimal"
    dialog.file.set_paths([table(tmp_path / "别的.csv")])
    idle(working.session)
    assert page.degrees.currentData() == "auto"
    assert dialog.look.refused.key == "import.two_degrees"
