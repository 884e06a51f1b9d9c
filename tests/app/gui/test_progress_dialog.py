"""Two surveys in the window: figures as the verb gives them, offset by a tick, refusals in words, files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtWidgets import QLabel, QPushButton
from scipy.ndimage import map_coordinates

from app.gui.main_window import MainWindow
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.estimate import EstimateRequest
from tests.app.gui.conftest import X, Y, heights

Idle = Callable[[Any], None]
FLOOR_M, OFFSET_M = 1046.0, 0.12
# A cone of 8 m depth and 25 m radius in level ground, filled to half its depth: a cone of half the size.
PLACED_M3 = np.pi * 12.5**2 * 4 / 3


@pytest.fixture
def surveyed(window: MainWindow, folder: Path) -> MainWindow:
    """A second survey, 0.12 m too high, in which the pits are filled up to 1046 m and more."""
    session = window.session
    session.open(folder / "工程.gpkg")
    row, col = np.mgrid[0:160, 0:160] + 0.5
    after = np.where(np.hypot(col - 40, row - 40) < 24, np.maximum(heights(), FLOOR_M + 0.4), heights()) + OFFSET_M
    with rasterio.open(folder / "地形.tif") as first:
        profile = first.profile
    with rasterio.open(folder / "二期.tif", "w", **profile) as out:
        out.write(after.astype("float32"), 1)
    add_terrain(session.project, folder / "二期.tif", name="二期", surveyed_on="2026-10-01", sigma_z_m=0.05, range_m=20)
    estimate(session.project, ["SK-001"], terrain="地形1m", request=EstimateRequest())
    session.select_site("SK-001")
    return window


def opened(window: MainWindow) -> Any:
    window.trigger("progress")
    dialog = window.commands._open_dialogs[-1]
    dialog.before.choose("地形1m")
    dialog.after.choose("二期")
    return dialog


def texts(dialog: Any) -> str:
    return "\n".join(w.text() for w in dialog.findChildren(QLabel) if not w.isHidden())


def test_figures_offset_and_map(surveyed: MainWindow, idle: Idle) -> None:
    dialog = opened(surveyed)
    assert dialog.site.currentData() == "SK-001"
    assert not dialog.offset.isChecked()
    dialog.take()
    idle(surveyed.session)
    found = dialog.shown.found
    assert found.offset_m == pytest.approx(OFFSET_M, abs=0.001)
    assert not found.offset_removed
    assert found.stable_share == pytest.approx(1.0, abs=0.2)
    told = texts(dialog)
    for words in ("median +0.120 m", "NMAD", "left in", "Level of detection", "Remaining", "the earlier survey"):
        assert words in told, words
    assert "(+0.120 m)" in dialog.offset.text()
    assert dialog.picture.overlay.classes
    dialog.offset.setChecked(True)
    idle(surveyed.session)
    removed = dialog.shown.found
    assert removed.offset_removed
    assert removed.placed_m3 == pytest.approx(PLACED_M3, rel=0.15)
    assert removed.share_of_plan == pytest.approx(removed.net_m3 / removed.plan.volume_m3)
    assert found.placed_m3 - removed.placed_m3 == pytest.approx(OFFSET_M * found.raised_m2, rel=0.05)
    assert "taken off" in texts(dialog)
    assert surveyed.session.project.store.undo_label().key != "progress"  # nothing was written


@pytest.fixture
def moved(surveyed: MainWindow, folder: Path) -> MainWindow:
    """Two more surveys, of rolling ground with the same pits: the later one lies 1.5 m to the north."""
    row, col = np.mgrid[0:160, 0:160] + 0.5
    with rasterio.open(folder / "地形.tif") as first:
        profile = first.profile
    for name, north in (("一", 0.0), ("二", 1.5)):
        z = map_coordinates(heights(), [row - 0.5 + north, col - 0.5], order=1, mode="nearest")
        z = z + 1.5 * np.sin(col / 11) + 1.2 * np.cos((row + north) / 13)
        with rasterio.open(folder / f"起伏{name}.tif", "w", **profile) as out:
            out.write(z.astype("float32"), 1)
        add_terrain(surveyed.session.project, folder / f"起伏{name}.tif", name=f"起伏{name}", sigma_z_m=0.05, range_m=5)
    return surveyed


def test_a_sideways_shift_is_shown_and_taken_off_by_a_tick(moved: MainWindow, idle: Idle) -> None:
    dialog = opened(moved)
    dialog._fill()
    dialog.before.choose("起伏一")
    dialog.after.choose("起伏二")
    assert dialog.shift.text() == "take the sideways shift off the later survey"
    dialog.take()
    idle(moved.session)
    found = dialog.shown.found
    assert found.shift.north_m == pytest.approx(1.5, abs=0.1)
    told = texts(dialog)
    assert "m to the north (" in told
    assert "this sideways shift was not removed" in told
    assert "(1.5" in dialog.shift.text()
    dialog.shift.setChecked(True)
    idle(moved.session)
    assert dialog.shown.found.shift.removed
    assert dialog.shown.found.nmad_m < 0.3 * found.nmad_m
    assert found.removed_m3 > 100  # the walls, though nothing was done there
    assert dialog.shown.found.removed_m3 < 0.1 * found.removed_m3
    assert "was taken off the later survey as asked" in texts(dialog)
    assert dialog.picture is not None


def test_a_tilt_is_shown_and_taken_off_by_a_tick(surveyed: MainWindow, folder: Path, idle: Idle) -> None:
    """The later survey rises by 0.4 m per 100 m to the east."""
    random, col = np.random.default_rng(1), np.arange(160) + 0.5
    with rasterio.open(folder / "地形.tif") as first:
        profile = first.profile
    for name, rise in (("平", 0.0), ("斜", 0.004)):
        z = heights() + rise * (col - 40) + random.normal(0, 0.03, (160, 160))
        with rasterio.open(folder / f"{name}.tif", "w", **profile) as out:
            out.write(z.astype("float32"), 1)
        add_terrain(surveyed.session.project, folder / f"{name}.tif", name=name, sigma_z_m=0.03, range_m=3)
    dialog = opened(surveyed)
    dialog._fill()
    dialog.before.choose("平")
    dialog.after.choose("斜")
    assert dialog.tilt.text() == "take the tilt or bend off the later survey"
    dialog.take()
    idle(surveyed.session)
    found = dialog.shown.found
    assert found.tilt.kind == "tilt"
    assert "0.4" in texts(dialog)
    assert "m per 100 m to the east (" in texts(dialog)
    assert " … +" in dialog.tilt.text()
    dialog.tilt.setChecked(True)
    idle(surveyed.session)
    assert dialog.shown.found.tilt.removed
    assert dialog.shown.found.nmad_m < 0.6 * found.nmad_m
    assert "was taken off it as asked" in texts(dialog)
    assert dialog.picture is not None


def test_the_picture_shows_fill_blue_inside_only(surveyed: MainWindow, idle: Idle) -> None:
    dialog = opened(surveyed)
    dialog.offset.setChecked(True)
    dialog.take()
    idle(surveyed.session)
    image, (x0, _y0, _x1, y1) = dialog.picture.overlay.image, dialog.picture.overlay.bounds
    cell = (dialog.picture.overlay.bounds[2] - x0) / image.width()
    middle = image.pixelColor(round((X + 40 - x0) / cell), round((y1 - (Y - 40)) / cell))
    assert middle.blue() > middle.red()
    assert image.pixelColor(0, 0).alpha() == 0


def test_kinds_are_refused_in_words_until_confirmed(surveyed: MainWindow, folder: Path, idle: Idle) -> None:
    project = surveyed.session.project
    add_terrain(project, folder / "二期.tif", name="表面", kind="dsm")
    dialog = opened(surveyed)
    dialog._fill()
    dialog.after.choose("表面")
    dialog.take()
    idle(surveyed.session)
    assert dialog.shown.found is None
    told = texts(dialog)
    assert "surface model" in told
    assert "--confirm" not in told
    assert not dialog.export_map.isEnabled()
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Compare all the same").click()
    idle(surveyed.session)
    assert dialog.shown.found is not None
    assert any(n.key == "progress.kinds_confirmed" for n in dialog.shown.found.warnings)


def test_all_sites_and_the_one_that_fails(surveyed: MainWindow, idle: Idle) -> None:
    from models.changes import Insert
    from models.notices import Notice
    from tests.app.gui.conftest import circle

    far = {"code": "SK-009", "name": "远", "geometry": circle(900, 900, 20)}
    surveyed.session.transact(Notice("t", "made"), [Insert("sand_pits", far)])
    dialog = opened(surveyed)
    dialog._fill()
    dialog.site.choose("*")
    dialog.take()
    idle(surveyed.session)
    by_code = {o.code: o for o in dialog.outcomes}
    assert set(by_code) == {"SK-001", "SK-002", "SK-009", "DC-001"}
    assert by_code["SK-009"].found is None
    dialog.show_one(by_code["SK-009"])
    assert by_code["SK-009"].error.what.text[:12].lower() in texts(dialog).lower()
    assert dialog.export_table.isEnabled()


def test_map_and_table_are_written(surveyed: MainWindow, tmp_path: Path, idle: Idle) -> None:
    dialog = opened(surveyed)
    dialog.take()
    idle(surveyed.session)
    for name in ("变化.png", "变化.tif"):
        dialog.write_map(tmp_path / name)
    dialog.write_table(tmp_path / "数据.csv")
    idle(surveyed.session)
    assert (tmp_path / "变化.png").read_bytes().startswith(b"\x89PNG")
    with rasterio.open(tmp_path / "变化.tif") as grid:
        assert float(np.nansum(grid.read(1))) == pytest.approx(dialog.shown.found.net_m3, rel=0.05)
    with (tmp_path / "数据.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["site"] for r in rows] == ["SK-001"]
    assert float(rows[0]["placed m³"]) == pytest.approx(dialog.shown.found.placed_m3)
    dialog.write_map(tmp_path / "nowhere" / "x.png")
    idle(surveyed.session)
    assert "folder" in texts(dialog)


def test_one_terrain_is_not_enough(window: MainWindow, project_file: Path) -> None:
    window.session.open(project_file)
    window.trigger("progress")
    dialog = window.commands._open_dialogs[-1]
    assert not dialog.main.isEnabled()
    assert "both surveys" in texts(dialog)


def test_the_dialog_steps_aside_for_the_change_on_the_map_and_comes_back(surveyed: MainWindow, idle: Idle) -> None:
    dialog, canvas = opened(surveyed), surveyed.workspace.canvas
    dialog.take()
    idle(surveyed.session)
    dialog.map_button.click()
    assert dialog.isHidden()
    change = canvas.pictures.overlays["change"]
    depth = replace(change, title="depth")
    canvas.set_overlay("depth", depth)  # the figures of the site come a moment later
    assert canvas.pictures.shown_overlay is change
    assert canvas._told()[1] == change.told != depth.told
    bar = surveyed.care.bars.bars["change"]
    assert "地形1m → 二期" in texts(bar)
    back = next(b for b in bar.findChildren(QPushButton) if b.text().startswith("Back"))
    back.click()
    assert dialog.isVisible()
    assert "change" not in surveyed.care.bars.bars
    assert "change" in canvas.pictures.overlays  # until the dialog closes
    dialog.map_button.click()
    away = next(b for b in surveyed.care.bars.bars["change"].findChildren(QPushButton) if b.text().startswith("Take"))
    away.click()
    assert "change" not in canvas.pictures.overlays
    assert canvas.pictures.shown_overlay is depth
    assert surveyed.care.bars.bars == {}
    assert surveyed.commands._open_dialogs == []


def test_a_comparison_that_stands_aside_goes_with_its_project(surveyed: MainWindow, idle: Idle) -> None:
    dialog = opened(surveyed)
    dialog.take()
    idle(surveyed.session)
    dialog.map_button.click()
    surveyed.session.close()
    assert surveyed.care.bars.bars == {}
    assert surveyed.commands._open_dialogs == []
