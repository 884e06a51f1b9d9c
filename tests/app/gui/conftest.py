"""A window, and a small project with everything in it: two pits, a heap, a red line, a terrain, a waste with values."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from rasterio.transform import from_origin

from app.gui import libraries
from app.project import Project
from app.verbs.samples import import_samples
from app.verbs.terrain import add_terrain
from app.verbs.waste import add_waste
from models.changes import Insert
from models.notices import Notice

X, Y, SIZE = 417_000.0, 4_496_000.0, 160
SAMPLES = """waste,sample,date,method,parameter,value,unit
FA-1,S1,2026-09-01,HJ 557,pH,8.1,
FA-1,S1,2026-09-01,HJ 557,Pb,0.02,mg/L
FA-1,S1,2026-09-01,HJ 557,Cd,<0.005,mg/L
"""


def heights() -> np.ndarray:
    """Level ground at 1050 m with two bowls of 8 m and a heap of 5 m."""
    row, col = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    z = np.full((SIZE, SIZE), 1050.0) + 0.01 * col
    for x, y, radius, height in ((40, 40, 25, -8.0), (110, 40, 20, -8.0), (60, 115, 20, 5.0)):
        z += height * np.clip(1 - np.hypot(col - x, row - y) / radius, 0, 1)
    return z.astype("float32")


def circle(x: float, y: float, radius: float) -> shapely.MultiPolygon:
    """An outline around a place of the terrain (pixels from its upper left corner)."""
    return shapely.MultiPolygon([shapely.Point(X + x, Y - y).buffer(radius, 16)])


@pytest.fixture(autouse=True)
def _empty_clipboard() -> Iterator[None]:
    """The offscreen platform ends with a fault if its clipboard still holds what Python made (no other does)."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session", autouse=True)
def _drawing() -> None:
    """What draws sheets is there, as after its first use: dialogs that wait for it open at once."""
    libraries.load(libraries.SHEETS)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("window") / "工程 一"
    folder.mkdir()
    with rasterio.open(
        folder / "地形.tif", "w", driver="GTiff", width=SIZE, height=SIZE, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X, Y, 1, 1),
    ) as out:  # fmt: skip
        out.write(heights(), 1)
    with Project.create(folder / "工程.gpkg", crs="EPSG:4546", name="试验工程") as project:
        rows = (
            (
                "sand_pits",
                {"code": "SK-001", "name": "一号砂坑", "district": "九原区", "status": "planned"},
                circle(40, 40, 24),
            ),
            ("sand_pits", {"code": "SK-002", "name": "二号砂坑", "district": "土默特右旗"}, circle(110, 40, 19)),
            ("stockpiles", {"code": "DC-001", "name": "堆场", "district": "九原区"}, circle(60, 115, 21)),
            ("red_lines", {"code": "HX-001", "name": "红线"}, circle(120, 60, 30)),
        )
        project.store.transact(Notice("t", "made"), [Insert(t, {**v, "geometry": g}) for t, v, g in rows])
        add_terrain(project, folder / "地形.tif", name="地形1m", source="lidar")
        add_waste(project, "FA-1", kind="fly_ash", name="粉煤灰", annual_t=120_000)
        table = folder / "samples.csv"
        table.write_text(SAMPLES, encoding="utf8")
        import_samples(project, table)
    return folder


@pytest.fixture
def folder(_template: Path, tmp_path: Path) -> Path:
    """A copy of the project's folder that a test may change."""
    target = tmp_path / _template.name
    target.mkdir()
    for file in _template.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


@pytest.fixture
def project_file(folder: Path) -> Path:
    """The small project."""
    return folder / "工程.gpkg"


@pytest.fixture
def look(qapp: Any) -> Iterator[None]:
    """The program's style on the one application of the tests; taken off again afterwards."""
    from app.gui.theme import apply_theme

    before = qapp.palette(), qapp.font()
    apply_theme("light")
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(before[0])
    qapp.setFont(before[1])


@pytest.fixture
def session(qapp: Any) -> Iterator[Any]:
    """A session without a project; leaves no thread."""
    from app.gui.session import Session

    made = Session()
    yield made
    made.shutdown()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("huitian-")]
    made.deleteLater()


@pytest.fixture
def opened(session: Any, project_file: Path) -> Any:
    """A session with the small project open."""
    session.open(project_file)
    return session


@pytest.fixture
def idle(qtbot: Any) -> Callable[[Any], None]:
    """Wait until a session has nothing under way and its answers have arrived."""

    def wait(session: Any) -> None:
        calm = 0
        end = time.monotonic() + 60
        while calm < 9:  # longer than the capacity tab waits for a person to stop
            assert time.monotonic() < end, [t.title for t in session.tasks.running(quiet=True)]
            qtbot.wait(30)
            calm = 0 if session.tasks.running(quiet=True) else calm + 1

    return wait


@pytest.fixture
def window(qtbot: Any, look: None, session: Any) -> Iterator[Any]:
    """The main window on the start page, at the smallest size that must fit."""
    from app.gui.main_window import MainWindow

    made = MainWindow(session)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    yield made
    made.close()
    if made.workspace is not None:
        made.workspace.shutdown()  # edits that could not be stored keep the window from closing
    made.deleteLater()


def write(qtbot: Any, line: Any, text: str) -> None:
    """Type into a line by keys; what is not ASCII is pasted (QTest has no keys for it)."""
    if text.isascii():
        qtbot.keyClicks(line, text)
        return
    QGuiApplication.clipboard().setText(text)
    line.paste()


def words_of(widget: QWidget) -> str:
    """All texts that labels of a widget show."""
    return "\n".join(w.text() for w in widget.findChildren(QLabel) if w.isVisibleTo(widget))


@pytest.fixture
def import_dialog(window: Any, project_file: Path, idle: Callable[[Any], None]) -> Any:
    """The import dialog over an open project."""
    from app.gui.dialogs.import_features import ImportDialog

    window.session.open(project_file)
    made = ImportDialog(window, window.session)
    made.show()
    idle(window.session)
    yield made
    made.reject()
    made.deleteLater()
