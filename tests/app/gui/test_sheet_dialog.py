"""The sheet dialog: the page itself, dragging, warnings, and what is written for one site and for many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPoint, QPointF, Qt
from rasterio.transform import from_bounds

from app.gui.dialogs.sheet import SheetDialog
from app.gui.dialogs.sheet_page import PageView
from app.gui.main_window import MainWindow
from app.package.shapes import Rect
from app.verbs.basemap import add_basemap


@pytest.fixture
def working(window: MainWindow, project_file: Path) -> MainWindow:
    window.session.open(project_file)
    return window


@pytest.fixture
def dialog(working: MainWindow, idle: Callable[[Any], None]) -> SheetDialog:
    working.session.select_site("SK-001")
    working.trigger("sheet")
    made = working.commands._open_dialogs[-1]
    made.paper.choose("A4")
    made.kind.choose("present_state")
    made._changed()
    idle(working.session)
    return made


def test_the_preview_is_the_page_and_follows_the_choices(dialog: SheetDialog, idle: Callable[[Any], None]) -> None:
    assert dialog.found.size_mm == (297.0, 210.0)
    assert dialog.found.problem is None
    assert dialog.main.isEnabled()
    x, y = dialog.found.centre
    dialog._moved(10.0, -5.0)
    idle(dialog.session)
    metres = dialog.found.scale / 1000
    # Down on the screen is south on the paper: a map dragged up shows what lies south of it.
    assert dialog.found.centre == pytest.approx((x - 10 * metres, y - 5 * metres), abs=dialog.found.scale / 200)
    assert dialog.middle.isEnabled()
    dialog.orientation.choose("portrait")
    dialog._changed()
    idle(dialog.session)
    assert dialog.found.size_mm == (210.0, 297.0)
    assert dialog.centre is None


def test_a_scale_that_does_not_fit_is_said_and_nothing_can_be_written(
    dialog: SheetDialog, idle: Callable[[Any], None]
) -> None:
    dialog.scale.set_items([(100, "1:100")])
    dialog._changed()
    idle(dialog.session)
    assert dialog.found is None
    assert "1:100" in dialog.view.busy
    assert not dialog.main.isEnabled()


def test_one_site_and_a_file_each_are_written(dialog: SheetDialog, tmp_path: Path, idle: Callable[[Any], None]) -> None:
    dialog.out.line.setText(str(tmp_path / "a.pdf"))
    dialog.take()
    idle(dialog.session)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    folder = tmp_path / "每个"
    folder.mkdir()
    dialog.what.choose("each|all")
    dialog._name()
    dialog.out.line.setText(str(folder))
    dialog.take()
    idle(dialog.session)
    assert sorted(p.name for p in folder.iterdir()) == [f"02 {c} 现状图.pdf" for c in ("DC-001", "SK-001", "SK-002")]


def test_the_choices_of_sites_follow_the_selection(working: MainWindow, idle: Callable[[Any], None]) -> None:
    working.session.select("", ())
    working.trigger("sheet")
    made = working.commands._open_dialogs[-1]
    keys = [made.what.itemData(i) for i in range(made.what.count())]
    assert keys == ["atlas|all", "each|all"]
    assert made._codes() == ["DC-001", "SK-001", "SK-002"]
    made.reject()
    idle(working.session)


def test_dragging_on_the_map_tells_millimetres_of_paper(qtbot: Any) -> None:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(444, 321)  # one pixel a millimetre of A3, but for the margin
    view.show_page(np.full((297, 420, 3), 255, np.uint8), (420.0, 297.0), Rect(33, 40, 300, 260))
    moves: list[tuple[float, float]] = []
    view.moved.connect(lambda dx, dy: moves.append((dx, dy)))
    start = view.map_rect().center().toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + QPoint(30, -12))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(30, -12))
    assert moves == [pytest.approx((30 / view.per_mm, -12 / view.per_mm), abs=0.05)]
    corner = view.page_rect().topLeft() + QPointF(4, 4)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=corner.toPoint())
    qtbot.mouseMove(view, corner.toPoint() + QPoint(40, 40))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corner.toPoint() + QPoint(40, 40))
    assert len(moves) == 1  # beside the map nothing moves
    assert not view.grab().isNull()


def test_a_basemap_of_the_project_can_lie_under_the_map(
    working: MainWindow, idle: Callable[[Any], None], tmp_path: Path
) -> None:
    site = working.session.project.store.site("SK-001")
    x0, y0, x1, y1 = site.outline.bounds
    photo = tmp_path / "photo.tif"
    facts = {"driver": "GTiff", "width": 50, "height": 50, "count": 3, "dtype": "uint8", "crs": site.crs}
    place = from_bounds(x0 - 20, y0 - 20, x1 + 20, y1 + 20, 50, 50)
    with rasterio.open(photo, "w", transform=place, **facts) as out:
        out.write(np.stack([np.full((50, 50), c, np.uint8) for c in (30, 60, 220)]))
    add_basemap(working.session.project, photo, name="photo")
    working.session.select_site("SK-001")
    working.trigger("sheet")
    made = working.commands._open_dialogs[-1]
    made.kind.choose("present_state")
    idle(working.session)
    before = blue_share(made.found.pages[0])
    made.basemap.choose("photo")
    made._draw()
    idle(working.session)
    assert made.found.problem is None
    assert blue_share(made.found.pages[0]) > before + 0.02
    made.kind.choose("sections")
    made._changed()
    assert not made.basemap.isEnabled()
    assert made.options()["basemap"] == ""


def blue_share(page: np.ndarray[Any, Any]) -> float:
    """Share of a page that is the photo's blue."""
    rgb = page.astype(int)
    return float((rgb[..., 2] > rgb[..., 0] + 100).mean())


def test_without_a_page_nothing_can_be_turned_or_written(
    working: MainWindow, folder: Path, idle: Callable[[Any], None]
) -> None:
    """The terrain's file is gone: the reason stands where the page would."""
    (folder / "地形.tif").unlink()
    working.session.select_site("SK-001")
    working.trigger("sheet")
    dialog = working.commands._open_dialogs[-1]
    idle(working.session)
    assert dialog.found is None
    assert not [b for b in (dialog.main, dialog.middle, dialog.before, dialog.after) if b.isEnabled()]
