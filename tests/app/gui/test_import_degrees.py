"""Degrees that may be decimal or D.MMSS in the import dialog: both places shown, the picture follows the choice."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from app.verbs import import_trial
from gis.formats.packed_degrees import digits_of
from gis.formats.placing import Raw
from tests.gis.formats.making import made_raw

Idle = Callable[[Any], None]
CORNERS = [(109.4512, 40.3922), (109.4515, 40.3923), (109.4519, 40.3926), (109.4511, 40.3925)]


def packed(corners: list[tuple[float, float]] = CORNERS) -> Raw:
    raw = made_raw([shapely.Polygon(corners)], "EPSG:4490", key="csv")
    raw.head["degrees"] = digits_of([(n, list(c)) for n, c in enumerate(corners, 2)], [(0, 1)], ["L", "B"])
    return raw


@pytest.fixture
def dialog(import_dialog: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    files = {"a.csv": packed(), "b.csv": packed([(x + 0.0085, y) for x, y in CORNERS])}
    monkeypatch.setattr(import_trial, "read_raw", lambda path, **_how: files[path.name])
    for name in files:
        (tmp_path / name).write_bytes(b"x")
    return import_dialog


def choose(dialog: Any, idle: Idle, which: str) -> None:
    combo = dialog.options.degrees.combo
    combo.choose(which)
    combo.activated.emit(combo.currentIndex())
    idle(dialog.session)


def test_the_choice_is_asked_for_and_the_picture_follows_it(dialog: Any, tmp_path: Path, idle: Idle) -> None:
    options = dialog.options.degrees
    assert not options.isVisibleTo(dialog)
    dialog.file.set_path(tmp_path / "a.csv")
    idle(dialog.session)
    assert dialog.trial.error.key == "import.two_degrees"
    assert options.isVisibleTo(dialog)
    assert not dialog.main.isEnabled()
    # half way from 109.4511 to 109.4519, and from 109°45′11″ to 109°45′19″
    assert "109.4515°" in options.places.text()
    assert "109.7542°" in options.places.text()

    choose(dialog, idle, "packed")
    packed_at = shapely.total_bounds(dialog.picture.shapes)
    assert dialog.trial.error is None
    assert dialog.main.isEnabled()
    assert "109.7542" in dialog.where.text()
    choose(dialog, idle, "decimal")
    decimal_at = shapely.total_bounds(dialog.picture.shapes)
    # from 109.4511, 40.3922 to 109°45′11″, 40°39′22″: 25.55 km east, 29.31 km north
    assert math.dist(packed_at[:2], decimal_at[:2]) == pytest.approx(38_880, abs=100)
    assert options.isVisibleTo(dialog)
    choose(dialog, idle, "auto")
    assert dialog.trial.error.key == "import.two_degrees"


def test_another_file_is_not_read_as_the_last_was(dialog: Any, tmp_path: Path, idle: Idle) -> None:
    dialog.file.set_path(tmp_path / "a.csv")
    idle(dialog.session)
    choose(dialog, idle, "packed")
    dialog.file.set_path(tmp_path / "b.csv")  # 109.4597: no seconds
    idle(dialog.session)
    assert dialog.options.degrees.choice() == "auto"
    assert not dialog.options.degrees.isVisibleTo(dialog)
    assert dialog.trial.error is None
    assert "109.4600" in dialog.where.text()
