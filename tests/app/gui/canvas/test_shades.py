"""Shaded ground is kept: a view beside the last one shades only what it uncovers, and looks as if drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.gui.canvas import shades
from gis.raster import Dem
from gis.shading import Sun, shaded_pixels
from tests.app.gui.canvas.conftest import X, Y, hills, write_dem


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    shades.forget()
    yield
    shades.forget()


@pytest.fixture
def dem(tmp_path: Path) -> Iterator[Dem]:
    path = tmp_path / "hills.tif"
    with Dem(path, write_dem(path, hills(), 2.0)) as made:
        yield made


class Shader:
    """Counts the cells that were shaded."""

    def __init__(self) -> None:
        self.cells = 0

    def __call__(self, z: Any, dx: float, dy: float) -> Any:
        made = shaded_pixels(z, dx, dy, None, Sun())
        self.cells += made.size
        return made


def look(dem: Dem, shader: Shader, x: float, y: float, width: float = 200.0, name: str = "a") -> Any:
    bounds = (x, y, x + width, y + width / 2)
    return shades.ground(dem, bounds, 100, 50, name, shader)


@pytest.mark.parametrize("step", [(20, 0), (-30, 0), (0, 16), (0, -22), (14, 10), (-40, -20), (300, 200)])
def test_a_view_beside_the_last_shades_what_it_uncovers(dem: Dem, step: tuple[int, int]) -> None:
    shader = Shader()
    look(dem, shader, X + 100, Y + 100)
    before, shader.cells = shader.cells, 0
    pixels, extent = look(dem, shader, X + 100 + step[0], Y + 100 + step[1])
    if abs(step[0]) < 100:
        share = 1 - (1 - abs(step[0]) / 200) * (1 - abs(step[1]) / 100)
        assert shader.cells == pytest.approx(before * share, rel=0.25)
    shades.forget()
    again, same = look(dem, Shader(), X + 100 + step[0], Y + 100 + step[1])
    assert np.array_equal(pixels, again)
    assert extent == same


def test_the_same_view_is_not_shaded_again(dem: Dem) -> None:
    shader = Shader()
    first = look(dem, shader, X + 100, Y + 100)
    shader.cells = 0
    assert look(dem, shader, X + 100, Y + 100)[0] is first[0]
    assert shader.cells == 0


def test_another_look_and_another_scale_are_their_own(dem: Dem) -> None:
    shader = Shader()
    for width, name in ((200.0, "a"), (200.0, "b"), (500.0, "a")):
        shader.cells = 0
        look(dem, shader, X + 20, Y + 100, width, name)
        assert shader.cells > 0
    shader.cells = 0
    look(dem, shader, X + 20, Y + 100, 200.0, "a")
    assert shader.cells == 0


def test_a_file_that_changed_is_shaded_again(dem: Dem, tmp_path: Path) -> None:
    first, _ = look(dem, Shader(), X + 100, Y + 100)
    path = tmp_path / "hills.tif"
    terrain = write_dem(path, np.zeros((200, 300)), 2.0)
    with Dem(path, terrain) as other:
        second, _ = look(other, Shader(), X + 100, Y + 100)
    assert len(np.unique(second)) == 1
    assert len(np.unique(first)) > 1


def test_beside_the_terrain_there_is_nothing(dem: Dem) -> None:
    assert look(dem, Shader(), X - 5_000, Y) is None


def test_memory_is_bounded(dem: Dem, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = look(dem, Shader(), X + 100, Y + 100)
    monkeypatch.setattr(shades, "_MOST_BYTES", 3 * one.nbytes)
    for n in range(8):
        look(dem, Shader(), X + 100, Y + 100, name=f"look {n}")
    assert sum(p.pixels.nbytes for p in shades._kept.values()) <= 3 * one.nbytes
    assert len(shades._kept) == 3
