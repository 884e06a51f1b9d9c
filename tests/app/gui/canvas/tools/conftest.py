"""A map over a real project: two pits side by side, one with two parts, one with a hole, a red line, a stockpile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from app.gui.session import Session
from models.changes import Insert
from models.notices import Notice

X, Y = 437_000.0, 4_502_000.0


def box(x0: float, y0: float, x1: float, y1: float) -> Any:
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def outlines() -> list[tuple[str, str, Any]]:
    """(layer, code, outline): SK-001 and SK-002 share the edge x = 150 and SK-002 has no vertex at its middle."""
    holed = box(300, 50, 400, 150).difference(box(330, 80, 370, 120))
    return [
        ("sand_pits", "SK-001", shapely.MultiPolygon([box(50, 50, 150, 150)])),
        ("sand_pits", "SK-002", shapely.MultiPolygon([box(150, 50, 250, 150)])),
        ("sand_pits", "SK-003", shapely.MultiPolygon([holed])),
        ("sand_pits", "SK-004", shapely.MultiPolygon([box(50, 250, 100, 300), box(120, 250, 170, 300)])),
        ("stockpiles", "DC-001", shapely.MultiPolygon([box(420, 200, 520, 300)])),
        ("red_lines", "HX-001", shapely.MultiPolygon([box(480, 20, 580, 320)])),
    ]


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from app.project import Project

    path = tmp_path_factory.mktemp("drawing") / "绘图.gpkg"
    with Project.create(path, crs="EPSG:4546", name="绘图") as project:
        rows = [Insert(layer, {"code": c, "name": f"{c} 号", "geometry": g}) for layer, c, g in outlines()]
        project.store.transact(Notice("test", "add"), rows)
    return path


@pytest.fixture
def real(qapp: Any, _made: Path, tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / _made.name
    path.write_bytes(_made.read_bytes())
    session = Session()
    session.open(path)
    yield session
    session.shutdown()


@pytest.fixture
def desk(real: Session, make_hand: Any) -> Any:
    """Hands on the map of that project, at 1 m a pixel."""
    made = make_hand(real)
    made.canvas.set_view(made.canvas.view.fitted((X, Y, X + 600, Y + 450), 0.0))
    made.settle()
    made.session = real
    made.said = []
    real.failed.connect(lambda e: made.said.append(str(e)))
    return made


@pytest.fixture
def shape(real: Session) -> Callable[[str], Any]:
    """The outline of a feature by its code, as the session has it."""

    def find(code: str) -> Any:
        for layer in ("sand_pits", "stockpiles", "red_lines"):
            table = real.table(layer)
            for fid in table.where("code", [code]):
                return table.row(fid)["geometry"]
        return None

    return find


@pytest.fixture
def choose(real: Session) -> Callable[..., None]:
    """Select features by their codes."""

    def select(*codes: str, layer: str = "sand_pits") -> None:
        real.select(layer, real.table(layer).where("code", codes))

    return select
