"""The history page by page, steps taken back from the list, and parts of a row brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from app.project import Project
from app.verbs import history_pages as pages
from app.verbs.edit import set_fields
from app.verbs.history import feature_history
from models.changes import Insert, Update
from models.errors import Cancelled, Refused
from models.notices import Notice
from models.progress import Watch

SQUARE = shapely.box(417_000, 4_496_000, 417_100, 4_496_100)


@pytest.fixture
def project(tmp_path: Path) -> Any:
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:4546", name="p") as made:
        made.store.transact(Notice("t", "add"), [Insert("sand_pits", {"code": "SK-001", "geometry": SQUARE})])
        for n in range(1, 46):
            set_fields(made, "SK-001", {"name": f"n{n}"})
        yield made


def test_pages_of_a_row_are_its_whole_history(project: Project) -> None:
    read: list[Any] = []
    while page := pages.row_page(project, "sand_pits", 1, beyond=read[-1].entry.number if read else None):
        assert len(page) <= pages.PAGE
        read += page
    assert read == feature_history(project, "SK-001")
    assert len(read) == 46


def test_a_step_is_read_by_pages_too(project: Project) -> None:
    many = [Insert("sand_pits", {"geometry": shapely.affinity.translate(SQUARE, 200 * n, 0)}) for n in range(1, 31)]
    step = project.store.transact(Notice("t", "many"), many).revision
    first = pages.step_page(project, step)
    rest = pages.step_page(project, step, beyond=first[-1].entry.number)
    assert [c.code for c in first + rest] == [f"SK-{n:03d}" for n in range(2, 32)]


def test_taking_back_to_a_step_takes_the_later_ones_first(project: Project) -> None:
    stand = pages.turnable(project)
    assert stand.back_to(44) == 3
    done = pages.undo_to(project, 44)
    assert len(done) == 3
    assert project.store.rows("sand_pits")[0]["name"] == "n42"
    assert pages.turnable(project).back_to(44) == 0
    with pytest.raises(Refused):
        pages.undo_to(project, 44)
    for _n in range(3):
        project.store.redo()
    assert project.store.rows("sand_pits")[0]["name"] == "n45"
    assert pages.turnable(project) == stand


def test_taking_back_can_be_stopped_between_two_steps(project: Project) -> None:
    watch = Watch()
    real = project.store.undo

    def undo() -> Any:
        watch.cancel()
        return real()

    project.store.undo = undo  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        pages.undo_to(project, 1, watch)
    assert project.store.rows("sand_pits")[0]["name"] == "n44"


def test_a_part_is_brought_back_alone_and_can_be_undone(project: Project) -> None:
    store = project.store
    store.transact(Notice("t", "move"), [Update("sand_pits", 1, {"geometry": SQUARE.buffer(20), "name": "moved"})])
    before = store.revision - 1
    change = pages.restore_part(project, "sand_pits", 1, before, outline=True)
    assert (
        store.read("sand_pits")
        .geometry.iloc[0]
        .normalize()
        .equals_exact(shapely.MultiPolygon([SQUARE]).normalize(), 1e-6)
    )
    assert store.rows("sand_pits")[0]["name"] == "moved"
    assert "outline" in change.label.render(lambda t: t)
    pages.restore_part(project, "sand_pits", 1, before, fields=["name"])
    assert store.rows("sand_pits")[0]["name"] == "n45"
    with pytest.raises(Refused):
        pages.restore_part(project, "sand_pits", 1, before, fields=["name"])
    store.undo()
    store.undo()
    row = store.read("sand_pits").iloc[0]
    assert row["name"] == "moved"
    assert row.geometry.area == pytest.approx(SQUARE.buffer(20).area)


def test_an_outline_that_cannot_be_read_is_none() -> None:
    assert pages.shape_of(None) is None
    assert pages.shape_of(b"GP\x00broken") is None
