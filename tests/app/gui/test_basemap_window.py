"""Basemaps through the window: added by the dialog, overviews only when asked for, taken out, dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.gui.dialogs.basemap import BasemapDialog
from app.gui.dialogs.question import Question
from app.gui.dropped import lies_under, makes_terrain
from gis.basemaps import overviews
from tests.app.gui.conftest import words_of
from tests.gis.basemaps.making import png, quarters, write_jpeg, write_mbtiles, write_photo
from tests.gis.basemaps.test_raster import big


@pytest.fixture
def working(window: Any, project_file: Path, idle: Any) -> Any:
    window.session.open(project_file)
    idle(window.session)
    return window


def dialog_of(window: Any, kind: type) -> Any:
    return next(d for d in window.commands._open_dialogs if isinstance(d, kind))


def names(window: Any) -> list[str]:
    return [b.name for b in window.session.project.store.basemaps()]


def test_a_large_picture_is_added_and_overviews_are_made_only_when_asked(
    working: Any, folder: Path, idle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overviews, "LARGE", 1_000_000)
    path = big(folder / "正射.tif")
    working.trigger("basemap_add")
    dialog = dialog_of(working, BasemapDialog)
    dialog.file.set_path(path)
    dialog.take()
    idle(working.session)
    assert names(working) == ["正射"]
    assert [e.basemap for e in working.workspace.map_layers.members("basemaps")] == ["正射"]
    assert working.workspace.layer_tree._items["basemap:正射"].text(0) == "正射"
    assert not overviews.overview_path(path).exists()
    before = path.read_bytes()
    question = dialog_of(working, Question)
    question.answers[0].click()
    idle(working.session)
    assert overviews.overview_path(path).is_file()
    assert path.read_bytes() == before
    working.workspace.layer_tree.basemap_asked.emit("正射", "remove")
    idle(working.session)
    assert names(working) == []
    working.trigger("undo")
    idle(working.session)
    assert names(working) == ["正射"]


def test_what_is_wrong_stands_in_the_dialog_in_the_words_of_the_window(working: Any, folder: Path, idle: Any) -> None:
    working.trigger("basemap_add")
    dialog = dialog_of(working, BasemapDialog)
    dialog.take()  # nothing chosen
    assert dialog.isVisible()
    dialog.file.set_path(write_jpeg(folder / "照片.jpg"))
    dialog.take()
    idle(working.session)
    said = words_of(dialog)
    assert "accept the guess" in said
    assert "--crs" not in said
    assert names(working) == []
    dialog.guess.setChecked(True)
    dialog.take()
    idle(working.session)
    assert names(working) == ["照片"]


def test_dropped_files_go_where_they_belong(folder: Path, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.tif")
    heights = write_photo(tmp_path / "h.tif", quarters()[:1].astype("float32"))
    tiles = write_mbtiles(tmp_path / "t.mbtiles", {(0, 0, 0): png((1, 2, 3))})
    assert [lies_under(p) for p in (photo, heights, tiles, folder / "samples.csv")] == [True, False, True, False]
    assert makes_terrain(heights)


def test_drop_on_the_window_opens_the_dialog(working: Any, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "a.tif")
    working.commands.take_files([path])
    assert dialog_of(working, BasemapDialog).file.path() == path
