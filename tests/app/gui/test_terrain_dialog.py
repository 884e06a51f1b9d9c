"""Terrain from what people have, in the window: rasters, tiles, points, contours, clouds, and files that are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtWidgets import QLabel, QPushButton
from rasterio.transform import from_origin
from rasterio.windows import Window

from app.gui.main_window import MainWindow
from tests.app.gui.conftest import SIZE, X, Y, heights

Idle = Callable[[Any], None]
LAB = "waste,sample,date,method,parameter,value,unit\nFA-1,S1,2026-09-01,HJ 557,pH,8.1,\n"


@pytest.fixture
def working(window: MainWindow, project_file: Path) -> MainWindow:
    window.session.open(project_file)
    return window


def texts(dialog: Any) -> str:
    return "\n".join(w.text() for w in dialog.findChildren(QLabel) if not w.isHidden())


def add(working: MainWindow, files: list[Path], idle: Idle) -> Any:
    """The dialog with these files dropped on the window, looked at."""
    working.commands.take_files(files)
    dialog = working.commands._open_dialogs[-1]
    idle(working.session)
    return dialog


def surveyed(step: int = 4) -> np.ndarray:
    """(n, 3) easting, northing, height: every fourth cell of the ground of the tests."""
    z = heights()
    row, col = np.mgrid[1:SIZE:step, 1:SIZE:step]
    return np.column_stack([X + col.ravel() + 0.5, Y - row.ravel() - 0.5, z[row, col].ravel()])


def cass(path: Path) -> Path:
    lines = [f"{n},,{e:.3f},{y:.3f},{z:.3f}" for n, (e, y, z) in enumerate(surveyed(), 1)]
    path.write_text("\n".join(lines), encoding="gb18030")
    return path


def test_points_are_recognised_asked_about_and_made(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    dialog = add(working, [cass(tmp_path / "测点.dat")], idle)
    look = dialog.look
    assert (look.kind, look.points, look.order) == ("points", 1600, "en")
    assert not dialog.main.isEnabled()  # no coordinate system yet, only a guess that waits for its yes
    assert "EPSG:4546" in texts(dialog)
    accept = next(b for b in dialog.findChildren(QPushButton) if "Accept" in b.text())
    accept.click()
    idle(working.session)
    assert dialog.look.refused is None
    assert dialog.main.isEnabled()
    dialog._page().cell.setValue(2)
    dialog.source.choose("total_station")
    dialog.take()
    idle(working.session)
    made = working.session.project.store.terrain("测点")
    assert (made.cell_m, made.making.points, made.source) == (pytest.approx(2), 1600, "total_station")
    told = texts(dialog)
    assert "Cross-validation" in told
    assert "Delaunay" in told
    with rasterio.open(working.session.project.store.terrain_path(made)) as grid:
        low = float(np.nanmin(grid.read(1, masked=True).filled(np.nan)))
    assert low == pytest.approx(float(surveyed()[:, 2].min()), abs=0.6)
    dialog.take()  # is Close by now
    assert working.commands._open_dialogs == []


def test_northing_first_can_be_stated(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    path = tmp_path / "points.csv"
    rows = "\n".join(f"{y:.3f},{e:.3f},{z:.3f}" for e, y, z in surveyed(8))
    path.write_text("X,Y,H\n" + rows, encoding="utf8")
    dialog = add(working, [path], idle)
    assert dialog.look.order == "ne"
    dialog.crs.setText("EPSG:4546")
    page = dialog._page()
    page.order.setCurrentIndex(page.order.findData("en"))
    page.order.activated.emit(1)
    idle(working.session)
    assert dialog.look.refused is not None  # as easting first these are nowhere in the zone
    assert "--" not in texts(dialog)


def test_tiles_are_one_terrain(working: MainWindow, folder: Path, tmp_path: Path, idle: Idle) -> None:
    tiles = []
    with rasterio.open(folder / "地形.tif") as whole:
        for k in range(2):
            window = Window(0, k * SIZE // 2, SIZE, SIZE // 2)
            profile = whole.profile | {"height": SIZE // 2, "transform": whole.window_transform(window)}
            tiles.append(tmp_path / f"t{k}.tif")
            with rasterio.open(tiles[-1], "w", **profile) as out:
                out.write(whole.read(1, window=window), 1)
    dialog = add(working, tiles, idle)
    assert dialog.look.kind == "tiles"
    assert dialog.look.grid == (SIZE, SIZE, pytest.approx(1))
    dialog.name.setText("分幅")
    dialog.take()
    idle(working.session)
    terrain = working.session.project.store.terrain("分幅")
    assert (len(terrain.tiles), terrain.width, terrain.height) == (2, SIZE, SIZE)
    working.trigger("terrain_list")
    assert "2 tiles" in texts(working.commands._open_dialogs[-1])
    assert "not there" not in texts(working.commands._open_dialogs[-1])


def test_a_cloud_shows_its_classes_and_is_made(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    from tests.gis.clouds.synthetic import write

    xyz = np.repeat(surveyed(2), 4, axis=0) + np.random.default_rng(1).uniform(-0.9, 0.9, (25600, 3)) * [1, 1, 0.02]
    classes = np.full(len(xyz), 2, np.uint8)
    classes[::5] = 5
    xyz[::5, 2] += 9
    path = write(tmp_path / "云.laz", xyz - [X, Y, 0], classes, at=(X, Y))
    dialog = add(working, [path], idle)
    assert dialog.look.classes == {2: 20480, 5: 5120}
    assert "5 high vegetation" in texts(dialog)
    page = dialog._page()
    page.ground.choose("classes")
    page.classes.setText("2; x")
    dialog.take()
    assert "0 to 255" in texts(dialog).replace("\n", " ")
    page.classes.setText("2")
    dialog.take()
    idle(working.session)
    terrain = working.session.project.store.terrain("云")
    assert terrain.making.points == 20480
    assert "Cross-validation" in texts(dialog)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("坏.tif", b"no tiff", "not a GeoTIFF"),
        ("坏.laz", b"LASF" + bytes(40), "cut short"),
        ("坏.dat", b"1,2\n3,4\n", "coordinates and a height"),
        ("坏.dxf", b"AC1032" + bytes(90), "CAD"),
    ],
)
def test_wrong_files_say_what_is_wrong(
    working: MainWindow, tmp_path: Path, idle: Idle, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    dialog = add(working, [path], idle)
    assert not dialog.main.isEnabled()
    assert words in texts(dialog)
    assert name in texts(dialog)
    assert len(working.session.terrains()) == 1


def test_files_of_several_kinds_are_refused(working: MainWindow, folder: Path, tmp_path: Path, idle: Idle) -> None:
    dialog = add(working, [folder / "地形.tif", cass(tmp_path / "p.dat")], idle)
    assert dialog.look is None
    assert "different kinds" in texts(dialog)
    assert not dialog.main.isEnabled()
    dialog.file.take_out()
    idle(working.session)
    assert dialog.file.paths() == []


def test_a_name_that_is_taken_keeps_the_entries(working: MainWindow, folder: Path, idle: Idle) -> None:
    dialog = add(working, [folder / "地形.tif"], idle)
    dialog.name.setText("地形1m")
    dialog.date.setText("2026-02-30")
    dialog.take()
    assert "2026-02-30" in texts(dialog)
    dialog.date.setText("2026-02-28")
    dialog._pages["raster"].nodata.setText("none")
    dialog.take()
    assert "“none” is no number" in texts(dialog)
    dialog._pages["raster"].nodata.clear()
    dialog.take()
    idle(working.session)
    assert "already" in texts(dialog)
    assert "--name" not in texts(dialog)
    assert dialog.main.isEnabled()
    dialog.name.setText("二期")
    dialog.take()
    idle(working.session)
    assert working.session.project.store.terrain("二期").surveyed_on == "2026-02-28"


def test_cancel_stops_and_leaves_nothing(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    dialog = add(working, [cass(tmp_path / "p.dat")], idle)
    dialog.guess.setChecked(True)
    idle(working.session)
    out = dialog.out.path()
    dialog.take()
    dialog.reject()
    idle(working.session)
    assert dialog.isVisible()  # the first stops the work, the second closes
    assert dialog.main.isEnabled()
    assert len(working.session.terrains()) == 1
    assert not out.exists()
    dialog.reject()
    assert not dialog.isVisible()


def test_what_is_dropped_goes_where_it_belongs(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    from app.gui.dropped import makes_terrain

    lab, points = tmp_path / "lab.csv", tmp_path / "points.txt"
    lab.write_text(LAB, encoding="utf8")
    points.write_text("\n".join(f"{e:.2f} {y:.2f} {z:.2f}" for e, y, z in surveyed(16)), encoding="utf8")
    small = tmp_path / "values.csv"
    small.write_text("\n".join(f"{k / 7:.3f},{k / 9:.3f},{k / 11:.3f}" for k in range(40)), encoding="utf8")
    cloud = points.with_suffix(".xyz")
    cloud.write_bytes(points.read_bytes())
    found = {p.name: makes_terrain(p) for p in (lab, points, small, cloud, tmp_path)}
    assert found == {
        "lab.csv": False,
        "points.xyz": True,
        "points.txt": True,
        "values.csv": False,
        tmp_path.name: False,
    }
    for code, wanted in ((5, False), (13, True), (11, True)):
        shape = tmp_path / f"s{code}.shp"
        shape.write_bytes(bytes(32) + code.to_bytes(4, "little") + bytes(64))
        assert makes_terrain(shape) is wanted


def test_columns_are_chosen_where_they_are_not_told(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    path = tmp_path / "表.dat"  # what it shows are two heights that look alike: which one is meant cannot be told
    rows = "\n".join(f"{z:.3f} {z + 3:.3f} {y:.3f} {e:.3f}" for e, y, z in surveyed(8))
    path.write_text(rows, encoding="utf8")
    dialog = add(working, [path], idle)
    assert dialog.look.refused is not None
    assert not dialog.main.isEnabled()
    page = dialog._page()
    assert [page.columns["east"].itemText(k)[:2] for k in range(1, 5)] == ["1:", "2:", "3:", "4:"]
    for key, number in (("east", 4), ("north", 3), ("height", 1)):
        page.columns[key].setCurrentIndex(number)
        page.columns[key].activated.emit(number)
    dialog.crs.setText("EPSG:4546")
    dialog.crs.editingFinished.emit()
    idle(working.session)
    assert dialog.look.refused is None
    assert dialog.look.points == 400
    assert dialog.look.heights[1] == pytest.approx(float(surveyed(8)[:, 2].max()), abs=0.001)
    assert [page.columns[k].currentData() for k in ("east", "north", "height")] == [4, 3, 1]


def test_a_terrain_that_was_moved_is_shown_where_it_is(
    window: Any, folder: Path, project_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, idle: Any
) -> None:
    """The project came in another folder: the capacity tab leads to the list, the list to the file."""
    from app.gui.widgets import Banner

    moved = tmp_path / "移动 后.tif"
    (folder / "地形.tif").rename(moved)
    window.session.open(project_file)
    window.session.select_site("SK-001")
    window.workspace.inspector.show_tab("capacity")
    idle(window.session)
    (banner,) = window.workspace.inspector.capacity.findChildren(Banner)
    next(b for b in banner.findChildren(QPushButton)).click()
    dialog = window.commands._open_dialogs[-1]
    monkeypatch.setattr("app.gui.dialogs.terrain.ask_open", lambda *_a: tmp_path / "wrong.tif")
    (tmp_path / "wrong.tif").write_bytes(b"II*\0")

    def find() -> QPushButton:
        return next(b for b in dialog.findChildren(QPushButton) if b.text() == "Show where it is…")

    find().click()
    idle(window.session)
    assert "its content is another" in texts(dialog)
    monkeypatch.setattr("app.gui.dialogs.terrain.ask_open", lambda *_a: moved)
    find().click()
    idle(window.session)
    assert not [b for b in dialog.findChildren(QPushButton) if b.text() == "Show where it is…"]
    dialog.reject()
    window.trigger("estimate")
    idle(window.session)
    assert window.workspace.inspector.capacity.answer is not None


def test_breaklines_of_another_file(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    """A table of points, lines named beside it: looked at together, refused with a reason, made together."""
    import geopandas as gpd
    import shapely

    points = surveyed()
    (x0, y0), (x1, y1) = points[:, :2].min(axis=0) + 20, points[:, :2].max(axis=0) - 20
    ring = [(x, y, 1045.0) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))]
    path, flat = tmp_path / "坎线.shp", tmp_path / "无高程.shp"
    for file, rings in ((path, [ring]), (flat, [[p[:2] for p in ring]])):
        frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.LineString(r) for r in rings], crs="EPSG:4546")
        frame.to_file(file, engine="pyogrio", encoding="UTF-8")
    dialog = add(working, [cass(tmp_path / "测点.dat")], idle)
    page = dialog._pages["points"]
    assert not page.lines_crs.isVisibleTo(dialog)
    dialog.crs.setText("EPSG:4546")
    dialog.crs.editingFinished.emit()
    page.lines.set_path(flat)
    idle(working.session)
    assert dialog.look.refused is not None
    assert "Their field of heights" in texts(dialog)
    assert page.lines_crs.isVisibleTo(dialog)
    page.lines.set_path(path)
    idle(working.session)
    assert dialog.look.refused is None
    assert (dialog.look.kind, dialog.look.lines) == ("lines", 1)
    assert "坎线.shp: 1 breaklines with 5 vertices" in texts(dialog)
    dialog.out.line.setText(str(tmp_path / "g.tif"))
    dialog.main.click()
    idle(working.session)
    (terrain,) = [t for t in working.session.project.store.terrains() if t.making is not None]
    assert terrain.making.source == "测点.dat + 坎线.shp"
    assert "坎线.shp: 1 breaklines with 5 vertices" in texts(dialog)


def test_surfaces_of_triangles_are_recognised_and_made(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    """Faces of a drawing and LandXML: what is asked fits, nothing of tables or fields."""
    import ezdxf

    from tests.gis.points.test_faces import SIDES, as_faces, frustum
    from tests.gis.points.test_landxml import landxml, surface

    doc = ezdxf.new("R2010", units=6)
    as_faces(doc.modelspace())
    doc.saveas(tmp_path / "三角网.dxf")
    (tmp_path / "面.xml").write_text(landxml(surface(frustum())), encoding="utf-8")
    for name, drawn in (("三角网.dxf", True), ("面.xml", False)):
        dialog = add(working, [tmp_path / name], idle)
        dialog.crs.setText("EPSG:4546")
        dialog.crs.editingFinished.emit()
        idle(working.session)
        assert (dialog.look.kind, dialog.look.triangles) == ("surface", 5 * SIDES)
        assert "Surface of triangles" in texts(dialog)
        asked = dialog._pages["points"]
        shown = asked._form.isRowVisible
        assert shown(asked.sublayer)
        assert (shown(asked.unit), shown(asked.height_field)) == (drawn, False)
        dialog.name.setText(name)
        dialog.take()
        idle(working.session)
        assert name in [t.name for t in working.session.terrains()]
        dialog.close()


def test_a_terrain_far_from_the_sites_is_told_before_and_after_it_is_registered(
    working: MainWindow, folder: Path, tmp_path: Path, idle: Idle
) -> None:
    beside = tmp_path / "zone38.tif"
    with rasterio.open(folder / "地形.tif") as here:
        profile, ground = here.profile, here.read(1)
    with rasterio.open(beside, "w", **profile | {"crs": "EPSG:4547"}) as out:
        out.write(ground, 1)
    dialog = add(working, [beside], idle)
    assert dialog.main.isEnabled()  # it is said, not refused
    assert "254 km east of everything in the project; read as EPSG:4546 they fall among it" in texts(dialog)
    dialog.take()
    idle(working.session)
    assert "is registered" in texts(dialog)
    assert "254 km east" in texts(dialog)
    dialog.take()
    said: list[tuple[str, str]] = []
    working.session.notice.connect(lambda level, text: said.append((level, text)))
    dialog = add(working, [beside], idle)
    dialog.name.setText("again")
    dialog.take()
    dialog.hide()  # the window is closed while the file is read
    idle(working.session)
    assert any(level == "warning" and "again: the data lie 254 km east" in text for level, text in said)
    far = tmp_path / "local.tif"
    with rasterio.open(far, "w", **profile | {"transform": from_origin(1000, 3000, 1, 1)}) as out:
        out.write(ground, 1)
    assert "local system" in texts(add(working, [far], idle))


def test_points_far_from_the_sites_are_told(working: MainWindow, tmp_path: Path, idle: Idle) -> None:
    path = tmp_path / "points.csv"
    rows = "\n".join(f"{e + 300_000:.3f},{y:.3f},{z:.3f}" for e, y, z in surveyed(8))
    path.write_text("E,N,H\n" + rows, encoding="utf8")
    dialog = add(working, [path], idle)
    dialog.crs.setText("EPSG:4546")
    dialog.crs.editingFinished.emit()
    idle(working.session)
    assert "km east of everything in the project" in texts(dialog)
