"""The map on a real project through the real session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.gui.session import Session
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.notices import Notice
from tests.app.conftest import pit_outline


@pytest.fixture
def real(qapp: Any, tmp_path: Path, dem_file: Path) -> Iterator[Session]:
    from app.project import Project

    path = tmp_path / "one pit.gpkg"
    with Project.create(path, crs="EPSG:4546", name="one pit") as project:
        pit = Insert("sand_pits", {"code": "SK-001", "name": "SK-001 号", "geometry": pit_outline()})
        project.store.transact(Notice("test", "add"), [pit])
        add_terrain(project, dem_file, name="坑")
    made = Session()
    made.open(path)
    yield made
    made.shutdown()


def test_opens_looks_at_the_sites_and_follows_changes(real: Session, make_hand: Any) -> None:
    hand = make_hand(real)
    canvas = hand.canvas
    x0, y0, x1, y1 = pit_outline().bounds
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    west, south, east, north = canvas.view.bounds
    assert (west < x0, south < y0, east > x1, north > y1) == (True,) * 4
    assert canvas.view.scale < 2 * (y1 - y0) / canvas.height()  # as large as the furniture beside it allows
    assert canvas.elevation_at(*middle) == pytest.approx(1040.0, abs=0.01)
    hand.click(x0 + 3, y0 + 3)
    assert real.site_code == "SK-001"
    outline = pit_outline(x=416_900.0)
    real.transact(Notice("t", "draw"), [Insert("mine_pits", {"code": "KK-001", "geometry": outline})])
    hand.settle()
    hand.settle()
    assert len(canvas.pictures.features["mine_pits"]) == 1
    real.undo()
    hand.settle()
    hand.settle()
    assert len(canvas.pictures.features["mine_pits"]) == 0


def test_closing_while_layers_load_is_quiet(real: Session, make_hand: Any, caplog: Any) -> None:
    hand = make_hand(real)
    for _ in range(5):
        hand.canvas.pictures.reload()
        hand.canvas.pictures.request()
    real.close()
    hand.settle()
    assert hand.canvas.pictures.features == {}
    assert not [r for r in caplog.records if r.levelname == "ERROR"]
